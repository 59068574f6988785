"""`tbtui export --format parquet`: types, names, row groups, where it may go."""

from __future__ import annotations

import io
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.terminal import Terminal
from tests.tui.cli.commands import only_line, tbtui
from tests.tui.cli.export.rows import parquet_rows
from tui.cli.export.parquet import write_parquet
from tui.cli.export.table import Block, Column, ColumnType, Table

NAME = pa.dictionary(pa.int32(), pa.string())


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    root = tmp_path / "logs"
    builders.write(root / "b" / builders.FILE_NAME, [builders.scalar_event("t", 2, 0.1, 1.5)])
    events = [builders.scalar_event("t", -1, math.inf, math.inf), builders.scalar_event("u", 1, math.nan, 2.5)]
    builders.write(root / "a" / builders.FILE_NAME, events)
    return root


def test_scalars_are_typed(logdir: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.parquet"
    assert tbtui("export", logdir, "--format", "parquet", "-o", path).returncode == 0
    table = pq.read_table(path)
    assert [(field.name, field.type) for field in table.schema] == [
        ("run", NAME), ("tag", NAME), ("step", pa.int64()), ("wall_time", pa.float64()), ("value", pa.float32()),
    ]  # fmt: skip
    assert table.column("run").to_pylist() == ["a", "a", "b"]
    assert table.column("tag").to_pylist() == ["t", "u", "t"]
    assert table.column("step").to_pylist() == [-1, 1, 2]
    assert table.column("wall_time").to_pylist() == [math.inf, 2.5, 1.5]
    np.testing.assert_array_equal(table.column("value").to_numpy(), np.array([np.inf, np.nan, 0.1], np.float32))
    assert pq.ParquetFile(path).metadata.row_group(0).column(4).compression == "ZSTD"


def test_values_are_wide_where_any_is(logdir: Path) -> None:
    double = builders.tensor("d", to_tensor_proto(np.float64(0.1)), "scalars")
    builders.append(logdir / "a" / builders.FILE_NAME, [builders.event(double, step=5)])
    values = {(row["run"], row["tag"]): row["value"] for row in parquet_rows(logdir)}
    assert values["a", "d"] == 0.1
    assert values["b", "t"] == float(np.float32(0.1))
    assert [row["tag"] for row in parquet_rows(logdir, "--tag", "d")] == ["d"]


def test_to_a_pipe_and_never_to_a_terminal(logdir: Path) -> None:
    command = [sys.executable, "-m", "tui", "export", str(logdir), "--format", "parquet"]
    piped = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    assert piped.stderr == b""
    assert pq.read_table(io.BytesIO(piped.stdout)).num_rows == 3
    with Terminal(*command) as terminal:
        assert terminal.end() == 2
        assert terminal.text.strip() == "tbtui: parquet is nothing for a terminal; write it to a file with -o PATH"


def test_closing_a_pipe_early_is_no_error(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, builders.points("t", range(40_000)))
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "export", str(tmp_path), "--format", "parquet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(60) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_line(logdir: Path) -> None:
    shown = tbtui("export", logdir, "--format", "parquet", "-o", "/dev/full")
    assert (shown.returncode, only_line(shown.stderr)) == (2, "tbtui: cannot write /dev/full: No space left on device")


def test_without_pyarrow_it_says_how_to_install_it(logdir: Path) -> None:
    code = (
        "import sys\n"
        "sys.modules['pyarrow'] = None\n"
        "from tui.cli.main import entry_point\n"
        f"sys.argv = ['tbtui', 'export', {str(logdir)!r}, '--format', 'parquet']\n"
        "sys.exit(entry_point())\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stdout) == (2, "")
    said = only_line(shown.stderr)
    assert said.startswith("tbtui: --format parquet needs pyarrow (")
    assert said.endswith("): pip install 'tbtui[parquet]'")


def test_other_formats_do_not_import_pyarrow(logdir: Path) -> None:
    code = (
        "import sys\n"
        "from tui.cli.main import entry_point\n"
        f"sys.argv = ['tbtui', 'export', {str(logdir)!r}]\n"
        "entry_point()\n"
        "sys.exit('pyarrow' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_names_that_are_no_utf8_are_escaped(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    builders.write(root / os.fsdecode(b"r\xff\n") / builders.FILE_NAME, builders.points("t\x1b", [1]))
    (row,) = parquet_rows(root)
    assert (row["run"], row["tag"]) == ("r\\udcff\n", "t\x1b")


def test_row_groups_hold_so_many_rows() -> None:
    out = io.BytesIO()
    columns = [Column("name", ColumnType.NAME), Column("n", ColumnType.INTEGER)]
    sizes = [100_000, 31_072, 5, 0, 200_000]
    blocks = (Block((f"n{place % 2}",), [np.arange(size)], size) for place, size in enumerate(sizes))
    assert write_parquet(out, Table(columns, blocks, sum(sizes))) == sum(sizes)
    file = pq.ParquetFile(out)
    groups = [file.metadata.row_group(place).num_rows for place in range(file.metadata.num_row_groups)]
    assert groups == [131_072, 200_005]
    names = file.read().column("name").to_pylist()
    assert names == ["n0"] * 100_000 + ["n1"] * 31_072 + ["n0"] * 200_005


def test_row_groups_hold_so_many_bytes() -> None:
    out = io.BytesIO()
    blocks = (Block((), [["x" * (1 << 20)] * 8], 8) for _ in range(9))
    write_parquet(out, Table([Column("text", ColumnType.TEXT)], blocks, 72))
    file = pq.ParquetFile(out)
    assert [file.metadata.row_group(place).num_rows for place in range(file.metadata.num_row_groups)] == [32, 32, 8]


def test_no_rows_are_a_file_with_columns() -> None:
    out = io.BytesIO()
    assert write_parquet(out, Table([Column("a\udcff", ColumnType.FLOATS)], iter([]), 0)) == 0
    assert pq.read_table(out).schema.names == ["a\\udcff"]


def test_an_error_leaves_an_earlier_file(logdir: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.parquet"
    path.write_text("older")
    assert tbtui("export", logdir, "--format", "parquet", "--tag", "nothing", "-o", path).returncode == 1
    assert path.read_text() == "older"

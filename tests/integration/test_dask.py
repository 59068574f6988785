"""`tbtui export --dask` on a real cluster: the same table for every reader, and whatever dies, nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import distributed
import duckdb
import numpy as np
import polars as pl
import psutil
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from logging_lib.tfevents.proto.event_pb2 import Event
from logging_lib.tfevents.tensor import to_tensor_proto
from tests.builders import FILE_NAME, append, event, points, scalar_event, tensor, version_event, write
from tests.integration.dask_cluster import Cluster, cluster
from tests.terminal import DEADLINE
from tests.tui.cli.commands import called, tbtui
from tui.cli.export import dask_client
from tui.cli.export.partitions import file_name, partition_of

NAMES = (
    "001",
    "1e5",
    "2024-01-01",
    "run=x",
    "a=b/c",
    "é ü",
    "%41",
    "_hidden",
    "A",
    "a",
    "null",
    "n" * 200 + "/" + "m" * 200,
)
MANY = 30


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


def text_event(text: str) -> Event:
    return event(tensor("note", to_tensor_proto(np.array(text)), "text"), step=1)


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """Runs of any name, one in the logdir itself, with scalars, texts and histograms; one restarted, one damaged."""
    root = tmp_path / "logs"
    odd = [scalar_event("t", -1, float("nan")), scalar_event("t/é=%", 2**40, float("-inf")), scalar_event("t", 3, 0.1)]
    sums = [[0.0, 1.5, 3.0], [1.5, 2.0, 0.0]]
    histogram = tensor("h", to_tensor_proto(np.array(sums)), "histograms")
    for number, name in enumerate((".", *NAMES)):
        items = [
            version_event(),
            *odd,
            *points("x", range(number)),
            text_event("a\n,b"),
            text_event("ü \x00"),
            event(histogram, step=number),
        ]
        write(root / name / FILE_NAME, items)
    again = [scalar_event("x", step, 9.0, wall_time=2e12 + step) for step in range(2, 5)]
    write(root / "A" / FILE_NAME.replace("1700000000", "1700000100"), [version_event(2e12), *again])
    with (root / "a" / FILE_NAME).open("ab") as file:
        file.write(b"garbage that is no record at all")
    write(root / "empty" / FILE_NAME, [version_event()])
    return root


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs that take a moment each."""
    root = tmp_path_factory.mktemp("many")
    first = write(root / "run_00" / FILE_NAME, [version_event(), *points("Loss/train", range(40_000))])
    for number in range(1, MANY):
        (root / f"run_{number:02}").mkdir()
        shutil.copy(first, root / f"run_{number:02}" / FILE_NAME)
    return root


def exported(logdir: Path, out: Path, scheduler: str, *options: object) -> subprocess.CompletedProcess[str]:
    return tbtui("export", logdir, "--format", "parquet", "--dask", scheduler, "-o", out, *options)


def assert_same(logdir: Path, out: Path, *options: object) -> None:
    """The table is the one of the ordinary export, for each reader: columns, types, and every row."""
    ordinary = out.with_name("ordinary.parquet")
    called("export", logdir, "--format", "parquet", "-o", ordinary, *options)
    whole, parts = duckdb.sql(f"from '{ordinary}'"), duckdb.sql(f"from '{out}/*.parquet'")
    assert (whole.columns, whole.types) == (parts.columns, parts.types)
    assert duckdb.sql("from whole except all from parts").fetchall() == []
    assert duckdb.sql("from parts except all from whole").fetchall() == []
    assert whole.count("*").fetchall() != [(0,)]
    columns = [pl.col(pl.Categorical).cast(pl.String)]
    frames = [pl.read_parquet(ordinary).with_columns(columns), pl.read_parquet(out).with_columns(columns)]
    assert frames[0].schema == frames[1].schema
    kept = ["run", "tag", "step", "wall_time"]
    ordered, other = (frame.sort(kept, maintain_order=True) for frame in frames)
    assert ordered.equals(other)
    schema, dataset = pq.read_schema(ordinary), ds.dataset(out, partitioning="hive")
    assert dataset.schema.equals(schema)
    by_arrow = pl.from_arrow(dataset.to_table())
    assert isinstance(by_arrow, pl.DataFrame)
    assert by_arrow.with_columns(columns).sort(kept, maintain_order=True).equals(ordered)


def files_of(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir()) if out.is_dir() else []


def finished(out: Path) -> list[str]:
    return [name for name in files_of(out) if name.endswith(".parquet")]


def until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + DEADLINE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def begun(logdir: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    """An export that has finished some runs, and not all."""
    before = finished(out)
    command = [
        sys.executable,
        "-m",
        "tui",
        "export",
        str(logdir),
        "--format",
        "parquet",
        "-o",
        str(out),
        "--dask",
        *options,
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until(lambda: len(finished(out)) > len(before) + 2)
    assert process.poll() is None
    return process


def test_every_reader_sees_the_same_table(dask: Cluster, logdir: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = exported(logdir, out, dask.address)
    ordinary = called("export", logdir, "--format", "csv", "-o", tmp_path / "ordinary.csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ordinary.stderr)
    assert ordinary.stderr.splitlines()[-1].endswith("left out; --superseded exports them too")
    assert files_of(out) == sorted(map(file_name, (".", "empty", *NAMES)))
    assert_same(logdir, out)
    types = "{'run': 'VARCHAR', 'tag': 'VARCHAR', 'step': 'BIGINT', 'wall_time': 'DOUBLE', 'value': 'FLOAT'}"
    csv = duckdb.sql(f"from read_csv('{tmp_path}/ordinary.csv', columns = {types}, header = true)")
    parts = duckdb.sql(f"from '{out}/*.parquet'")
    assert duckdb.sql("from csv except all from parts").fetchall() == []
    assert csv.count("*").fetchall() == parts.count("*").fetchall()
    assert {run for (run,) in duckdb.sql("select distinct run from parts").fetchall()} == {".", *NAMES}

    # Other kinds, from the scheduler's file; a name that is no UTF-8; a choice, with what was logged again.
    write(logdir / os.fsdecode(b"r\xff") / FILE_NAME, [*points("t", range(3)), text_event("odd")])
    for options in (
        ["--kind", "histograms"],
        ["--kind", "text"],
        ["--superseded", "--tag", "^(x|t)$", "--run", "a|A|r"],
    ):
        out = tmp_path / "-".join(map(str, options)).replace("/", "")
        assert exported(logdir, out, str(dask.file), *options).returncode == 0
        assert_same(logdir, out, *options)


def test_only_what_changed_is_done_again(dask: Cluster, logdir: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert exported(logdir, out, dask.address).returncode == 0
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    append(logdir / "001" / FILE_NAME, points("x", range(50, 60)))
    (out / "_tbtui-0123-4567.part").write_bytes(b"left by an export that was killed")
    again = exported(logdir, out, dask.address)
    assert (again.returncode, again.stderr.splitlines()[0]) == (
        0,
        f"tbtui: {len(NAMES) + 1} of {len(NAMES) + 2} runs unchanged since the last export",
    )
    after = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    assert {name for name in after if after[name] != before.get(name)} == {file_name("001")}
    assert_same(logdir, out)

    # One value needs 64 bits, and then all have them, as in the ordinary export.
    append(logdir / "1e5" / FILE_NAME, [event(tensor("d", to_tensor_proto(np.float64(0.1)), "scalars"), step=1)])
    assert exported(logdir, out, dask.address).returncode == 0
    assert str(duckdb.sql(f"from '{out}/*.parquet'").types[-1]) == "DOUBLE"
    assert_same(logdir, out)
    partition = partition_of(out / file_name("A"))
    assert partition is not None and (partition.wide, partition.is_wide) == (False, True)

    # What is gone from the logdir is kept, and told; another export has no place here.
    shutil.rmtree(logdir / "A")
    gone = exported(logdir, out, dask.address)
    assert gone.stderr.splitlines()[0] == f"tbtui: 1 run is gone from the logdir, and kept in {out}: A"
    assert (out / file_name("A")).exists()
    other = exported(logdir, out, dask.address, "--tag", "x")
    assert (other.returncode, other.stderr) == (
        2,
        f"tbtui: {out} holds another export, of {logdir} --kind scalars; give another directory with -o DIR\n",
    )


def test_a_killed_worker_is_no_loss(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with cluster(tmp_path) as dask:
        process = begun(many, out, dask.address)
        dask.workers[0].kill()
        assert process.communicate(timeout=DEADLINE) == ("", "")
        assert process.returncode == 0
    assert files_of(out) == sorted(file_name(f"run_{number:02}") for number in range(MANY))
    assert_same(many, out)


def test_a_worker_that_dies_with_a_result_is_no_lost_scheduler(tmp_path: Path) -> None:
    with cluster(tmp_path) as dask, distributed.Client(dask.address, set_as_default=False) as client:
        future = client.submit(lambda: str(os.getpid()), pure=False)
        first = future.result(timeout=DEADLINE)
        os.kill(int(first), signal.SIGKILL)
        end = time.monotonic() + DEADLINE
        while future.status == "finished" and time.monotonic() < end:
            time.sleep(0.001)
        outcome = dask_client._outcome(future, 7, "the scheduler")
    assert (outcome.at, outcome.failure) == (7, "")
    assert outcome.result not in ("", first)


def test_a_killed_scheduler_is_no_loss(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with cluster(tmp_path) as dask:
        process = begun(many, out, dask.address)
        dask.scheduler.kill()
        _, errors = process.communicate(timeout=2 * DEADLINE)
        lost = f"tbtui: {dask.address} was lost; what is finished is kept, call again for the rest\n"
        assert (process.returncode, errors) == (2, lost)
    done = files_of(out)
    assert 2 < len(done) < MANY
    assert done == finished(out)
    times = {name: (out / name).stat().st_mtime_ns for name in done}
    again = tbtui("export", many, "--format", "parquet", "-o", out, "--dask")  # on a cluster of its own
    assert (again.returncode, again.stdout) == (0, "")
    assert again.stderr == f"tbtui: {len(done)} of {MANY} runs unchanged since the last export\n"
    assert {name: (out / name).stat().st_mtime_ns for name in times} == times
    assert_same(many, out)


def test_a_cluster_of_its_own_ends_with_the_export(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = begun(many, out)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) > 1
    process.kill()
    process.communicate()
    until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children))

    # Ctrl+C, which a terminal sends to the whole process group, is quiet; and what the other left is cleared.
    before = len(finished(out))
    process = begun(many, out)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=DEADLINE)
    assert (process.returncode, errors) == (130, f"tbtui: {before} of {MANY} runs unchanged since the last export\n")
    assert files_of(out) == finished(out)
    assert all(partition_of(out / name) for name in finished(out))


def test_ctrl_c_takes_the_tasks_off_a_cluster(dask: Cluster, many: Path, tmp_path: Path) -> None:
    from distributed import Client

    process = begun(many, tmp_path / "out", dask.address)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=DEADLINE) == ("", "")
    assert process.returncode == 130
    with Client(dask.address, set_as_default=False) as client:
        until(lambda: not any(client.processing().values()))
    done = files_of(tmp_path / "out")
    time.sleep(0.5)
    assert files_of(tmp_path / "out") == done
    assert len(done) < MANY


def test_a_worker_without_tbtui(logdir: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with cluster(tmp_path, workers=0) as dask:
        dask.add_worker(before="sys.modules['tui'] = None")
        done = exported(logdir, out, dask.address)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tbtui: worker tcp://127.0.0.1:")
    assert re.fullmatch(
        r"tbtui: worker tcp://127\.0\.0\.1:\d+: it cannot import tbtui \(.*\): pip install 'tbtui\[dask\]' there\n",
        done.stderr,
    )
    assert files_of(out) == []


def test_what_cannot_be_done_is_one_line(logdir: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for scheduler, reason in (("nowhere", "missing port number in address 'nowhere'"), (str(logdir), "Is a directory")):
        done = exported(logdir, out, scheduler)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"tbtui: no Dask scheduler at {scheduler}: ")
        assert reason in done.stderr
        assert done.stderr.count("\n") == 1


def test_nothing_is_imported_from_the_working_directory(logdir: Path, tmp_path: Path) -> None:
    """Which may be a logdir that somebody else wrote: `cd logs; tbtui export . --dask`."""
    canary = tmp_path / "canary"
    for name in ("multiprocessing", "distributed", "dask", "tui", "numpy", "socket", "sitecustomize"):
        (logdir / f"{name}.py").write_text(f"open({str(canary)!r}, 'a').write({name!r})\nraise SystemExit(9)\n")
    command = [Path(sys.executable).with_name("tbtui"), "export", ".", "--format", "parquet", "-o", tmp_path / "out"]
    done = subprocess.run([*command, "--dask"], cwd=logdir, capture_output=True, text=True, timeout=120, check=False)
    assert not canary.exists()
    assert (done.returncode, done.stdout) == (0, "")
    assert len(finished(tmp_path / "out")) == len(NAMES) + 2

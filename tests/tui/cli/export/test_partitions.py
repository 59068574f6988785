"""A run on its own, and the file that it becomes: names, what a file says of itself, refusals; without a cluster."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import FILE_NAME, points, scalar_event, version_event, write
from tests.tui.cli.commands import called, only_line
from tui.cli.errors import CommandError
from tui.cli.export.partitions import (
    Options,
    Partition,
    file_name,
    partition_of,
    states,
    unfinished_name,
    written_partitions,
)
from tui.cli.export.run_task import Task, do
from tui.ingest.ingester import Ingester
from tui.reader.logdir import discover
from tui.reader.named_logdir import LogDir
from tui.reader.one_run import read_run
from tui.store.store import Store

OPTIONS = Options("/logs", "scalars", "", "", superseded=False)


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """A run with damage and three points of each of two tags, one of them other than the run's others."""
    path = write(tmp_path / "logs" / "a" / FILE_NAME, [version_event(), *points("t", range(3)), *points("u", range(3))])
    with path.open("ab") as file:
        file.write(b"garbage that is no record at all")
    out = tmp_path / "out"
    out.mkdir()
    (out / unfinished_name("e")).touch()
    return Task("a", (str(path),), (), OPTIONS, str(out), "e", wide=False)


@given(st.lists(st.binary(max_size=250).map(os.fsdecode), unique=True, max_size=20))
def test_file_names_are_safe_and_differ(runs: list[str]) -> None:
    names = [file_name(run) for run in runs]
    assert len({name.casefold() for name in names}) == len(runs)
    for name in names:
        assert name.startswith("run-") and name.endswith(".parquet")
        assert not set(name) & set("/\\%=*?[]{}:'\" \n\0")
        assert len(name.encode()) < 200


def test_a_task_becomes_a_file_that_tells_of_itself(task: Task) -> None:
    partition = Partition.of(do(task.text()))
    (path,) = (path for path in Path(task.directory).iterdir() if path.suffix == ".parquet")
    assert path.name == file_name("a")
    assert partition_of(path) == partition
    assert (partition.rows, partition.left_out, partition.wide, partition.is_wide) == (6, 0, False, False)
    assert (partition.inputs, partition.more) == (states(task.files), 0)
    assert [line.partition(" at byte")[0] for line, _ in partition.problems] == [task.files[0]]
    assert written_partitions(path.parent, OPTIONS) == {"a": partition}
    assert not (path.parent / unfinished_name("e")).exists()  # cleared with all that is unfinished


def test_the_width_is_changed_without_reading_again(task: Task) -> None:
    do(task.text())
    path = Path(task.directory, file_name("a"))
    before = pq.read_table(path)
    Path(task.files[0]).unlink()
    Path(task.files[0]).symlink_to("nowhere")
    wide = Partition.of(do(replace(task, wide=True, only_width=True).text()))
    assert (wide.wide, wide.is_wide) == (False, True)
    table = pq.read_table(path)
    assert [str(field.type) for field in table.schema][2:] == ["int64", "double", "double"]
    assert table.cast(before.schema).equals(before)
    do(replace(task, wide=False, only_width=True).text())
    assert pq.read_table(path).equals(before)
    assert pq.read_schema(path).equals(before.schema)


def test_where_a_worker_does_not_see_what_it_needs(task: Task) -> None:
    elsewhere = replace(task, files=("/no/such/events.out.tfevents.1",))
    assert do(elsewhere.text()) == (
        "!it does not see /no/such/events.out.tfevents.1: the log directory must be on a path that all workers share"
    )
    assert do(replace(task, version="0").text()).endswith(", not 0: install the same there")
    Path(task.directory, unfinished_name("e")).unlink()
    assert do(task.text()) == f"!it does not see {task.directory}: give a path that all workers share with -o"
    assert list(Path(task.directory).iterdir()) == []


@pytest.mark.parametrize("name", [file_name("b"), unfinished_name("e", "x")])
@pytest.mark.parametrize(
    "make", [Path.mkdir, lambda path: path.symlink_to(path.parents[1] / "elsewhere"), lambda path: os.mkfifo(path)]
)
def test_what_is_no_file_is_of_something_else(tmp_path: Path, make: Callable[[Path], None], name: str) -> None:
    """Neither followed nor waited for, whatever it is called."""
    (directory := tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").write_text("mine")
    make(directory / name)
    with pytest.raises(CommandError, match=f"{name} is not of an export with --dask"):
        written_partitions(directory, OPTIONS)
    assert [path.name for path in directory.iterdir()] == [name]
    assert (tmp_path / "elsewhere").read_text() == "mine"


def test_a_directory_of_something_else(task: Task) -> None:
    do(task.text())
    directory = Path(task.directory)
    with pytest.raises(CommandError, match=r"holds another export, of /logs --kind scalars; give another"):
        written_partitions(directory, replace(OPTIONS, tag="x"))
    broken = directory / file_name("b")
    broken.write_bytes(b"")
    assert written_partitions(directory, OPTIONS).keys() == {"a"}
    (directory / "mine.parquet").touch()
    with pytest.raises(CommandError, match=r"mine.parquet is not of an export with --dask"):
        written_partitions(directory, OPTIONS)
    assert broken.exists()


def test_a_run_alone_is_read_as_among_others(task: Task) -> None:
    logdir = LogDir("", Path(task.files[0]).parents[1])
    later = logdir.path / "a" / FILE_NAME.replace("1700000000", "1700000100")
    write(later, [version_event(2e9), *(scalar_event("t", step, 9.0, 2e9 + step) for step in range(1, 3))])
    write(logdir.path / "a" / "below" / FILE_NAME, points("t", range(9)))
    store = Store()
    for batch in read_run("a", discover(logdir).runs["a"]):
        store.apply(batch)
    alone, among = store.snapshot(), Ingester([logdir]).read_all()
    assert alone.runs == {"a": among.runs["a"]}
    assert alone.problems == among.problems
    for key, series in alone.scalars.items():
        other = among.scalars[key]
        assert series.steps.tolist() == other.steps.tolist()
        assert series.values.tolist() == other.values.tolist()
        assert (series.superseded is None) == (other.superseded is None)
    assert alone.scalars.keys() == {key for key in among.scalars if key.run == "a"}


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--format", "csv"], "--dask writes Parquet: add --format parquet"),
        (["--format", "parquet"], "--dask writes a file for each run; give a directory for them with -o DIR"),
        (
            ["--format", "parquet", "-o", "out", "--kind", "hparams"],
            "--dask writes scalars, histograms, text; leave it out for --kind hparams",
        ),
    ],
)
def test_options_that_do_not_go_together(tmp_path: Path, options: list[str], line: str) -> None:
    done = called("export", tmp_path, "--dask", *options)
    assert (done.returncode, done.stdout, only_line(done.stderr)) == (2, "", f"tbtui: {line}")


def test_without_dask(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "tui.cli.export.dask_client", raising=False)
    logdir, out = Path(task.files[0]).parents[1], Path(task.directory)
    done = called("export", logdir, "--format", "parquet", "--dask", "-o", out)
    assert (done.returncode, done.stdout) == (2, "")
    assert only_line(done.stderr).startswith("tbtui: --dask needs dask and distributed (")
    assert only_line(done.stderr).endswith("): pip install 'tbtui[dask]'")
    assert list(out.iterdir()) == []
    assert called("export", logdir, "--format", "parquet", "--dask", "-o", out, "--run", "x").stderr == (
        "tbtui: no runs match --run; `tbtui ls` lists them\n"
    )

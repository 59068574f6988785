"""What a Dask worker does: one run, from its files to a Parquet file. It is told, and tells, in JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from logging_lib.tfevents import plugins
from tui import __version__
from tui.cli.export.blobs import histogram_table, text_table
from tui.cli.export.choice import Choice, kept
from tui.cli.export.parquet import write_parquet
from tui.cli.export.partitions import (
    Options,
    Partition,
    file_name,
    metadata,
    partition_of,
    states,
    unfinished_name,
    widened,
)
from tui.cli.export.scalars import scalar_table
from tui.cli.export.table import Block, Column, ColumnType, Table
from tui.cli.pattern import pattern
from tui.cli.reading import ProblemLines, problem_line
from tui.reader.one_run import read_run
from tui.reader.peers.names import Kind, PeerFile
from tui.store.snapshot import StoreSnapshot
from tui.store.store import Store

_KEPT_PROBLEMS = 10


@dataclass(frozen=True, slots=True)
class Task:
    """A run to be exported. `files` are its event files, `peers` (kind, path, tag) what other tools logged; `export`
    names the export whose mark is in the directory for as long as it goes on; `wide`: values have 64 bits, needed or
    not. With `only_width` the run's file is there, and only has values of the wrong width.
    """

    run: str
    files: tuple[str, ...]
    peers: tuple[tuple[str, str, str], ...]
    options: Options
    directory: str
    export: str
    wide: bool
    only_width: bool = False
    version: str = __version__

    @property
    def paths(self) -> tuple[str, ...]:
        """Of all its inputs."""
        return (*self.files, *(path for _, path, _ in self.peers))

    def text(self) -> str:
        """As JSON, in ASCII."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> Task:
        """What `text` made."""
        found: dict[str, Any] = json.loads(text)
        found["options"] = Options(**found["options"])
        found["files"] = tuple(found["files"])
        found["peers"] = tuple((kind, path, tag) for kind, path, tag in found["peers"])
        return cls(**found)


class _Refused(Exception):  # noqa: N818 - no error of this program
    """The run cannot be exported here; the message says why, and what to do."""


class _Collected(ProblemLines):
    """Problems that are told elsewhere: the first ones, and how many more there were."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, int]] = []
        self.more = 0

    def tell(self, message: str, count: int = 1) -> None:
        if len(self.lines) < _KEPT_PROBLEMS:
            self.lines.append((message, count))
        else:
            self.more += count


def do(text: str) -> str:
    """Do a Task; returns a Partition, or a line after `!` on why it could not be done."""
    version = json.loads(text)["version"]
    if version != __version__:
        return f"!it has tbtui {__version__}, not {version}: install the same there"
    task = Task.of(text)
    directory = Path(task.directory)
    part = directory / unfinished_name(task.export, uuid4().hex)
    try:
        _check(task)
        partition = _widened(task, part) if task.only_width else _written(task, part)
        part.replace(directory / file_name(task.run))
    except _Refused as refused:
        return f"!{refused}"
    except OSError as error:
        return f"!it cannot write {task.directory}: {error.strerror or error}"
    finally:
        part.unlink(missing_ok=True)
    return partition.text()


def _check(task: Task) -> None:
    """Raise _Refused where this machine does not see what it needs."""
    if not _goes_on(task):
        raise _Refused(f"it does not see {task.directory}: give a path that all workers share with -o")
    if not any(os.path.lexists(path) for path in task.paths):
        raise _Refused(f"it does not see {task.paths[0]}: the log directory must be on a path that all workers share")


def _goes_on(task: Task) -> bool:
    """Whether the export's mark is there: it is taken away when it ends."""
    return os.path.exists(os.path.join(task.directory, unfinished_name(task.export)))  # noqa: PTH110, PTH118


def _written(task: Task, part: Path) -> Partition:
    inputs = states(task.paths)  # before they are read: what comes after is found to be new
    peers = [PeerFile(Kind[kind], path, tag) for kind, path, tag in task.peers]
    store = Store()
    for batch in read_run(task.run, task.files, peers):
        store.apply(batch)
    problems = _Collected()
    snapshot = store.snapshot()
    for problem in snapshot.problems:
        problems.tell(problem_line(problem), problem.count)
    table, left_out = _table(snapshot, task.options, problems)
    wide = any(column.type is ColumnType.FLOAT64 and column.name == "value" for column in table.columns)
    about = Partition(task.run, task.options, inputs, 0, left_out, wide, wide or task.wide, (), 0)

    def whole(rows: int) -> dict[str, str]:
        nonlocal about
        about = replace(about, rows=rows, problems=tuple(problems.lines), more=problems.more)
        return metadata(about)

    with part.open("xb") as stream:
        write_parquet(stream, _watched(_in_64_bits(table) if task.wide else table, task), whole)
    return about


def _widened(task: Task, part: Path) -> Partition:
    source = Path(task.directory) / file_name(task.run)
    known = partition_of(source)
    if known is None:
        raise _Refused(f"it does not see {source}: give a path that all workers share with -o")
    about = replace(known, is_wide=task.wide)
    widened(source, part, about, wide=task.wide)
    return about


def _table(snapshot: StoreSnapshot, options: Options, problems: ProblemLines) -> tuple[Table, int]:
    """What was asked for, without rows where there is nothing, and how many superseded points are left out."""
    choice = Choice(pattern("--run", options.run), pattern("--tag", options.tag))
    flagged = options.superseded
    if options.kind == plugins.SCALARS:
        scalars, left_out = kept(choice.series(snapshot.scalars, options.kind), superseded=flagged)
        return scalar_table(scalars, flagged=flagged), left_out
    blobs, left_out = kept(choice.series(snapshot.blobs, options.kind), superseded=flagged)
    make = histogram_table if options.kind == plugins.HISTOGRAMS else text_table
    return make(blobs, problems, flagged=flagged), left_out


def _in_64_bits(table: Table) -> Table:
    return replace(table, columns=[_wide(column) for column in table.columns])


def _wide(column: Column) -> Column:
    return replace(column, type=ColumnType.FLOAT64) if column.type is ColumnType.FLOAT32 else column


def _watched(table: Table, task: Task) -> Table:
    """The table, until the export is given up."""

    def blocks() -> Iterator[Block]:
        for block in table.blocks:
            if not _goes_on(task):
                raise _Refused("the export was given up")
            yield block

    return replace(table, blocks=blocks())


def peers_of(files: Sequence[PeerFile]) -> tuple[tuple[str, str, str], ...]:
    """What a Task says of files that other tools logged."""
    return tuple((file.kind.name, file.path, file.tag) for file in files)

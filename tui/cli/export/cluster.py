"""`tbtui export --dask`: a task a run on a Dask cluster, each of which writes a Parquet file of its own."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from tui.cli.errors import CommandError
from tui.cli.export.choice import tell_left_out
from tui.cli.export.partitions import Options, Partition, states, unfinished_name, written_partitions
from tui.cli.export.run_task import Task, peers_of
from tui.cli.logdirs import parse_logdirs
from tui.cli.pattern import pattern
from tui.cli.progress import Progress
from tui.cli.reading import ProblemLines, problem_line, tell
from tui.reader.logdir import Discovery, discover
from tui.reader.named_logdir import LogDir
from tui.render.numbers import count, plural
from tui.render.text import printable

if TYPE_CHECKING:
    from tui.cli.export.dask_client import Do

_KINDS = ("scalars", "histograms", "text")
_NAMED = 3  # runs, where there are many to name


def export_on_cluster(arguments: argparse.Namespace) -> int:
    """Write what was asked for; returns the exit code, 1 where nothing matched or a run could not be exported.

    Raises:
        CommandError: it cannot be done with these options, in this directory, or on this cluster.
    """
    if arguments.kind not in _KINDS:
        raise CommandError(f"--dask writes {', '.join(_KINDS)}; leave it out for --kind {arguments.kind}")
    logdir = _local_logdir(arguments.logdir)
    options = Options(
        str(logdir.path), arguments.kind, arguments.run_re, arguments.tag_re, superseded=arguments.superseded
    )
    chosen, _ = pattern("--run", options.run), pattern("--tag", options.tag)
    found = discover(logdir)
    runs = [run for run in sorted({*found.runs, *found.peers}) if chosen.search(run)]
    if not runs:
        tell(_why_nothing(found, arguments))
        return 1
    problems = ProblemLines()
    for problem in found.problems:
        problems.tell(problem_line(problem), problem.count)
    directory = Path(arguments.path).absolute()
    with _export_in(directory) as export:
        before = written_partitions(directory, options)
        _tell_gone(before.keys() - {*found.runs, *found.peers}, directory)
        tasks = [_task(run, found, options, directory, export) for run in runs]
        written = _Export(tasks, before, problems).do(arguments.dask)
    for partition in written:
        _tell_problems(partition, problems)
    problems.end()
    tell_left_out(sum(partition.left_out for partition in written))
    if len(written) == len(tasks) and not any(partition.rows for partition in written):
        tell(f"no {options.kind} in these runs" + (" match --tag" if options.tag else ""))
        return 1
    return 0 if len(written) == len(tasks) else 1


def _local_logdir(argument: str) -> LogDir:
    (logdir,) = parse_logdirs([argument])
    if logdir.url:
        raise CommandError(
            f"{printable(logdir.place)}: --dask is for paths that all workers share; leave it out for URLs"
        )
    return replace(logdir, path=logdir.path.resolve())


def _why_nothing(found: Discovery, arguments: argparse.Namespace) -> str:
    if found.runs or found.peers:
        return "no runs match --run; `tbtui ls` lists them"
    return f"no event files under {printable(arguments.logdir)}"


def _task(run: str, found: Discovery, options: Options, directory: Path, export: str) -> Task:
    files, peers = tuple(found.runs.get(run, ())), peers_of(found.peers.get(run, ()))
    return Task(run, files, peers, options, str(directory), export, wide=False)


def _tell_gone(runs: set[str], directory: Path) -> None:
    if runs:
        names = ", ".join(sorted(runs)[:_NAMED]) + (", ..." if len(runs) > _NAMED else "")
        are = "is" if len(runs) == 1 else "are"
        tell(printable(f"{plural(len(runs), 'run')} {are} gone from the logdir, and kept in {directory}: {names}"))


def _tell_problems(partition: Partition, problems: ProblemLines) -> None:
    for line, times in partition.problems:
        problems.tell(line, times)
    if partition.more:
        problems.tell(f"{partition.run}: more problems", partition.more)


@contextlib.contextmanager
def _export_in(directory: Path) -> Iterator[str]:
    """The name of an export into the directory, which has it to itself; what it leaves unfinished is removed.

    Raises:
        CommandError: the directory cannot be made, or another export writes to it.
    """
    shown, export = printable(str(directory)), uuid4().hex
    try:
        directory.mkdir(exist_ok=True)
        held = os.open(directory, os.O_RDONLY)
    except OSError as error:
        reason = "not a directory" if directory.is_file() else error.strerror
        raise CommandError(f"cannot write to {shown}: {reason}") from None
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"another export writes to {shown}; wait for its end, or give another -o DIR") from None
        except (
            OSError
        ) as error:  # not every network file system has locks; each file appears whole or not at all anyway
            tell(f"{shown} cannot be locked ({error.strerror}): let no other export write to it now")
        try:
            yield export
        finally:
            # The mark is among them: tasks that still run end.
            for left in directory.glob(f"{unfinished_name(export).removesuffix('.part')}*.part"):
                left.unlink(missing_ok=True)
    finally:
        os.close(held)


class _Export:
    """Runs on their way into files. `before` are the files that are there."""

    def __init__(self, tasks: Sequence[Task], before: Mapping[str, Partition], problems: ProblemLines) -> None:
        self._tasks = tasks
        self._problems = problems
        self._now = {task.run: before[task.run] for task in tasks if _is_done(task, before.get(task.run))}

    def do(self, scheduler: str) -> list[Partition]:
        """Do what is not done yet; returns what is written now. A run that fails is told and left out.

        Raises:
            CommandError: the cluster cannot do any.
        """
        waiting = self._waiting()
        if self._now:
            tell(f"{len(self._now)} of {plural(len(self._tasks), 'run')} unchanged since the last export")
        if waiting or self._of_other_width():
            try:
                from tui.cli.export.dask_client import on_cluster
            except ImportError as error:
                raise CommandError(f"--dask needs dask and distributed ({error}): pip install 'tbtui[dask]'") from None
            try:
                Path(self._tasks[0].directory, unfinished_name(self._tasks[0].export)).touch()
            except OSError as error:
                raise CommandError(f"cannot write to {printable(self._tasks[0].directory)}: {error.strerror}") from None
            with on_cluster(scheduler, len(waiting)) as do:
                self._run(waiting, do)
                self._run(self._of_other_width(), do)
        return [self._now[task.run] for task in self._tasks if task.run in self._now]

    @property
    def _is_wide(self) -> bool:
        """Whether values have 64 bits: those of all runs, where any needs them."""
        return any(partition.wide for partition in self._now.values())

    def _waiting(self) -> list[Task]:
        """What is to be read: the largest first, so that none is left over at the end."""
        wide = self._is_wide
        waiting = [replace(task, wide=wide) for task in self._tasks if task.run not in self._now]
        return sorted(waiting, key=lambda task: -sum(size for _, size, _ in states(task.paths)))

    def _of_other_width(self) -> list[Task]:
        wide = self._is_wide
        return [
            replace(task, wide=wide, only_width=True)
            for task in self._tasks
            if task.run in self._now and self._now[task.run].is_wide != wide
        ]

    def _run(self, tasks: Sequence[Task], do: Do) -> None:
        failed = ProblemLines()
        with (
            Progress("exporting runs", count) as progress,
            contextlib.closing(do([task.text() for task in tasks])) as outcomes,
        ):
            for done, outcome in enumerate(outcomes, len(self._tasks) - len(tasks) + 1):
                progress.show(done, len(self._tasks))
                run = tasks[outcome.at].run
                if outcome.failure:
                    self._now.pop(run, None)
                    failed.tell(f"run {run} is not exported: {outcome.failure}")
                else:
                    self._now[run] = Partition.of(outcome.result)
        failed.end()


def _is_done(task: Task, partition: Partition | None) -> bool:
    """Whether a run's files are as they were when it was exported."""
    return partition is not None and partition.inputs == states(task.paths)

"""One pass over a logdir for a headless command, with progress and problems told on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.cli.errors import CommandError
from tui.cli.logdirs import parse_logdirs
from tui.cli.progress import Progress, clear_progress
from tui.ingest.ingester import Ingester
from tui.model import Problem
from tui.reader.named_logdir import LogDir
from tui.render.text import printable
from tui.store.snapshot import StoreSnapshot

if TYPE_CHECKING:  # nobody with local logdirs waits for it
    from tui.remote.link import Link

_SHOWN_PROBLEMS = 10


class ProblemLines:
    """Problems as lines on stderr: the first ten, and at the end how many more there were."""

    def __init__(self) -> None:
        self._lines = 0
        self._rest = 0

    def tell(self, message: str, count: int = 1) -> None:
        """A problem, or `count` alike. The message may hold anything."""
        if self._lines < _SHOWN_PROBLEMS:
            self._lines += 1
            tell(printable(message))
        else:
            self._rest += count

    def end(self) -> None:
        """Tell how many were not told; nothing where all were."""
        if self._rest:
            tell("and one more problem" if self._rest == 1 else f"and {self._rest} more problems")


def read_logdir(argument: str) -> StoreSnapshot:
    """Everything in a logdir; what could not be read is listed on stderr.

    Raises:
        CommandError: it is no readable directory.
    """
    return read_logdirs([argument])


def read_logdirs(arguments: Sequence[str], *, check: bool = True) -> StoreSnapshot:
    """Everything in some logdirs, as the screen shows them together; what could not be read is listed on stderr.

    `check`: also the data of long records, images and the like, which takes as long as reading them.

    Raises:
        CommandError: one is no readable directory, or two have one name.
    """
    logdirs = fetched_logdirs(arguments)
    with Progress("reading") as progress:
        ingester = Ingester(logdirs, on_commit=lambda version: _show(progress, ingester))
        snapshot = ingester.read_all(check=check)
    _tell_problems(snapshot.problems)
    return snapshot


def fetched_logdirs(arguments: Sequence[str]) -> list[LogDir]:
    """As `parse_logdirs`, and everything in remote ones is here; what could not be read is listed on stderr.

    Raises:
        CommandError: as there, or a remote one cannot be read completely.
    """
    logdirs = parse_logdirs(arguments)
    for logdir in logdirs:
        if logdir.url:
            _fetch(logdir)
    return logdirs


def start_links(logdirs: Sequence[LogDir]) -> list[Link]:
    """Keep remote logdirs up to date from now on, until these are stopped; a link that drops is told on stderr."""
    return [_started(logdir) for logdir in logdirs if logdir.url]


def _started(logdir: LogDir) -> Link:
    from tui.remote.link import Link
    from tui.remote.place import RemoteLogDir

    assert isinstance(logdir, RemoteLogDir)
    told = ""

    def say() -> None:
        nonlocal told
        status = link.status
        text = f"{status.state.value}: {status.text}" if status.is_bad else ""
        if text and text != told:
            tell(printable(f"{status.url}: {text}; it is tried again"))
        told = text

    link = Link(logdir, say)
    link.start()
    return link


def _fetch(logdir: LogDir) -> None:
    from tui.remote.once import RemoteError, fetch_once
    from tui.remote.place import RemoteLogDir

    assert isinstance(logdir, RemoteLogDir)
    with Progress("fetching") as progress:
        try:
            problems = fetch_once(logdir, lambda status: progress.show(status.done, status.total))
        except RemoteError as error:
            raise CommandError(printable(str(error))) from None
    lines = ProblemLines()
    for name, problem in problems:
        lines.tell(f"{logdir.url}/{name}: {problem}" if name else f"{logdir.url}: {problem}")
    lines.end()


def tell(message: str) -> None:
    """A line of diagnostics on stderr, in place of a progress bar that may be there."""
    clear_progress()
    sys.stderr.write(f"tbtui: {message}\n")


def _show(progress: Progress, ingester: Ingester) -> None:
    status = ingester.status
    if status.silence is not None:  # told by another thread, once: this one waits
        tell(printable(str(status.silence)))
    progress.show(status.bytes_read, status.bytes_total)


def _tell_problems(problems: Sequence[Problem]) -> None:
    lines = ProblemLines()
    for problem in problems:
        lines.tell(problem_line(problem), problem.count)
    lines.end()


def problem_line(problem: Problem) -> str:
    """What a problem is, and where. It may hold anything."""
    place = "" if problem.offset is None else f" at byte {problem.offset}"
    return f"{problem.path}{place}: {problem.reason}"

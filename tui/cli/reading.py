"""One pass over a logdir for a headless command, with progress and problems told on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tui.cli.logdirs import parse_logdirs
from tui.cli.progress import Progress, clear_progress
from tui.ingest.ingester import Ingester
from tui.model import Problem
from tui.render.text import printable
from tui.store.snapshot import StoreSnapshot

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
    logdirs = parse_logdirs(arguments)
    with Progress("reading") as progress:
        ingester = Ingester(logdirs, on_commit=lambda version: _show(progress, ingester))
        snapshot = ingester.read_all(check=check)
    _tell_problems(snapshot.problems)
    return snapshot


def tell(message: str) -> None:
    """A line of diagnostics on stderr, in place of a progress bar that may be there."""
    clear_progress()
    sys.stderr.write(f"tbtui: {message}\n")


def _show(progress: Progress, ingester: Ingester) -> None:
    progress.show(ingester.status.bytes_read, ingester.status.bytes_total)


def _tell_problems(problems: Sequence[Problem]) -> None:
    lines = ProblemLines()
    for problem in problems:
        place = "" if problem.offset is None else f" at byte {problem.offset}"
        lines.tell(f"{problem.path}{place}: {problem.reason}", problem.count)
    lines.end()

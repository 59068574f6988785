"""One pass over a logdir for a headless command, with progress and problems told on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tui.cli.logdirs import parse_logdirs
from tui.ingest.ingester import Ingester
from tui.model import Problem
from tui.render.numbers import bytes_
from tui.render.text import printable
from tui.store.snapshot import StoreSnapshot

_SHOWN_PROBLEMS = 10
_CLEAR_LINE = "\r\x1b[K"


def read_logdir(argument: str) -> StoreSnapshot:
    """Everything in a logdir; what could not be read is listed on stderr.

    Raises:
        CommandError: it is no readable directory.
    """
    ingester = Ingester(parse_logdirs([argument]), on_commit=lambda version: _show_progress(ingester))
    snapshot = ingester.read_all()
    if sys.stderr.isatty():
        sys.stderr.write(_CLEAR_LINE)
    _tell_problems(snapshot.problems)
    return snapshot


def tell(message: str) -> None:
    """A line of diagnostics on stderr."""
    sys.stderr.write(f"tbtui: {message}\n")


def _show_progress(ingester: Ingester) -> None:
    if sys.stderr.isatty():
        status = ingester.status
        percent = 100 * status.bytes_read // max(status.bytes_total, 1)
        sys.stderr.write(f"{_CLEAR_LINE}reading {bytes_(status.bytes_total)} {percent}%")
        sys.stderr.flush()


def _tell_problems(problems: Sequence[Problem]) -> None:
    for problem in problems[:_SHOWN_PROBLEMS]:
        place = "" if problem.offset is None else f" at byte {problem.offset}"
        tell(f"{printable(problem.path)}{place}: {printable(problem.reason)}")
    if len(problems) > _SHOWN_PROBLEMS:
        rest = sum(problem.count for problem in problems[_SHOWN_PROBLEMS:])
        tell("and one more problem" if rest == 1 else f"and {rest} more problems")

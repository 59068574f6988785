"""A bar on stderr for work that takes a while: how much is done, how fast, and how long it will take."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

from tui.cli.harmless import unguarded
from tui.render.numbers import bytes_, duration

# Work that is done sooner than this shows no bar; a bar that is there moves so often. In seconds.
_PATIENCE = 0.3
_PAUSE = 0.1
_CLEAR_LINE = "\r\x1b[K"
_LONGEST_BAR = 30
_SHORTEST_BAR = 5
# Some pseudo-terminals have no size.
_USUAL_COLUMNS = 80
_LONGEST_LEFT = 99 * 3600.0
# There is one stderr: whoever writes a line to it takes away the bar that is on it.
_shown: list[Progress] = []


class Progress:
    """A bar for one piece of work; as a context manager it is gone at the end, however that comes.

    Nothing is shown unless stderr is a terminal that this process is in the foreground of.
    """

    def __init__(
        self,
        label: str,
        unit: Callable[[float], str] = bytes_,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._label = label
        self._unit = unit
        self._stream = unguarded(sys.stderr if stream is None else stream)
        self._clock = clock
        self._wanted = can_show(self._stream)
        self._full, self._empty = _cells(self._stream)
        self._start = clock()
        self._next = self._start + _PATIENCE

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.clear()

    def show(self, done: float, total: float) -> None:
        """Draw the bar, if it is time to."""
        now = self._clock()
        if not self._wanted or now < self._next:
            return
        self._next = now + _PAUSE
        line = progress_line(
            self._label,
            self._unit,
            done,
            total,
            now - self._start,
            columns=_columns(self._stream),
            cells=(self._full, self._empty),
        )
        self._write(f"\r{line}\x1b[K")
        _shown[:] = [self]

    def clear(self) -> None:
        """Take the bar away; the next `show` may draw it again."""
        if self in _shown:
            _shown.remove(self)
            self._write(_CLEAR_LINE)

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # a terminal that hung up; the work itself may go on
            self._wanted = False


def clear_progress() -> None:
    """Take away the bar that is on stderr, for a line of text to come."""
    for progress in list(_shown):
        progress.clear()


def can_show(stream: TextIO) -> bool:
    """Whether a bar may be drawn on a stream: a terminal that can clear a line, in whose foreground we are."""
    if not stream.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return False
    try:
        return os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    except OSError:  # not the terminal that we were started from, whose foreground is nobody's
        return True


def progress_line(
    label: str,
    unit: Callable[[float], str],
    done: float,
    total: float,
    seconds: float,
    *,
    columns: int,
    cells: tuple[str, str],
) -> str:
    """Label, bar, percentage, how much of how much, rate and time left; the last ones only where there is room.

    `seconds` is how long it has taken so far, `cells` the characters of what is done and of what is not. The line
    is at most `columns` long.
    """
    fraction = min(done / total, 1.0) if total > 0 else 0.0
    share = f"{int(100 * fraction):3d}%"
    rate = done / seconds if seconds > 0 else 0.0
    amount = f"{unit(done)}/{unit(total)}"
    parts = [amount, f"{unit(rate)}/s"]
    if rate > 0 and (left := (total - done) / rate) < _LONGEST_LEFT:
        parts = [amount, f"{duration(max(left, 1.0))} left", f"{unit(rate)}/s"]
    while parts and columns < _least(label, share, parts):
        parts.pop()
    room = min(columns - _least(label, share, parts) + _SHORTEST_BAR, _LONGEST_BAR)
    full = round(fraction * room)
    bar = cells[0] * full + cells[1] * (room - full)
    return " ".join([label, *([bar] if room >= _SHORTEST_BAR else []), share, *parts])[: max(columns, 0)]


def _least(label: str, share: str, parts: list[str]) -> int:
    """Columns of a line with the shortest bar."""
    return len(" ".join([label, "." * _SHORTEST_BAR, share, *parts]))


def _columns(stream: TextIO) -> int:
    """Columns to draw in: all but the last, which makes some terminals go on to the next line."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except OSError:  # a terminal that hung up: what is drawn there does not matter
        columns = 0
    return (columns or _USUAL_COLUMNS) - 1


def _cells(stream: TextIO) -> tuple[str, str]:
    """Blocks where the stream's encoding has them, else plain ASCII."""
    try:
        "█░".encode(stream.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return "#", "."
    return "█", "░"

"""Spans of cells as escape sequences, in as few bytes as the terminals that are in use agree on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from tui.app.output.pens import PLAIN, Pen, change, change_for_blanks, draws_blank

# Blanks: erasing so many and moving behind them takes up to 10 bytes, erasing to the edge of the screen 3.
_LEAST_ERASED, _LEAST_ERASED_TO_EDGE = 12, 4
_MANY = 50  # spans
_SURE, _UNSURE = -1, -2
_LONG_BLANKS = re.compile(f"( {{{_LEAST_ERASED},}})")


class Span(NamedTuple):
    """Cells side by side in one pen, the first at row `y` and column `x`; `to_edge` if the last is the row's last.

    `chars` is what stands in each: nothing in the second of a wide character, perhaps combining marks too.
    """

    y: int
    x: int
    pen: Pen
    chars: Sequence[str]
    to_edge: bool

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing but blanks in it."""
        return self.chars[0] == " " and not "".join(self.chars).strip(" ")


def written(spans: Sequence[Span], *, erases_in_colour: bool) -> str:
    """The sequences that draw the spans, with the default pen before and after.

    Many spans are drawn pen by pen: a move takes a third of the bytes of a change between two colours of 24 bits. Few
    are drawn in whichever order is shorter.
    """
    by_pen = _in_order(_by_pen(spans), erases_in_colour)
    return by_pen if len(spans) > _MANY else min(_in_order(spans, erases_in_colour), by_pen, key=len)


def _in_order(spans: Iterable[Span], erases_in_colour: bool) -> str:
    writer = _Writer(erases_in_colour)
    for span in spans:
        writer.write(span)
    return writer.finish()


def _by_pen(spans: Sequence[Span]) -> list[Span]:
    """The spans that are drawn with one pen one after another; blanks stay behind what they can be drawn along with."""
    order: dict[Pen, list[Span]] = {}
    pen, at_y, at_x = PLAIN, -1, -1
    for span in spans:
        y, x, own, chars, _ = span
        if not (x == at_x and y == at_y and span.is_blank and draws_blank(pen, own)):
            pen = own
        alike = order.get(pen)
        if alike is None:
            order[pen] = [span]
        else:
            alike.append(span)
        at_y, at_x = y, x + len(chars)
    return [span for alike in order.values() for span in alike]


class _Writer:
    """Writes spans at the cursor, knowing where that is and what the pen is."""

    def __init__(self, erases_in_colour: bool) -> None:
        self._erases_in_colour = erases_in_colour
        self._out: list[str] = []
        self._pen = PLAIN
        self._cursor: tuple[int, int] | None = None  # y, x; None is unknown
        self._is_sure = True  # whether the cursor's column is the same on every terminal

    def finish(self) -> str:
        """All that was written, and back to the default pen."""
        self._use(PLAIN)
        return "".join(self._out)

    def write(self, span: Span) -> None:
        """Write a span where it belongs."""
        y, x, pen, chars, to_edge = span
        self._go(y, x)
        text, count = "".join(chars), len(chars)
        if not text.strip(" "):
            self._write_blanks(count, pen, to_edge=to_edge)
        else:
            self._use(pen)
            if len(text) != count or "" in chars:
                self._write_wide(chars)
            elif count < _LEAST_ERASED:
                self._put(text, count)
            else:
                self._write_narrow(text, to_edge=to_edge)
        if to_edge:
            # The cursor waits on the last cell or behind it, as terminals differ.
            self._cursor = None

    def _go(self, y: int, x: int) -> None:
        """Move the cursor, by the shortest way."""
        at = self._cursor
        if at is None:
            way = _to(y, x)
        else:
            at_y, at_x = at
            if at_y == y and at_x == x and self._is_sure:
                return
            way, lines = _to(y, x), _down(y - at_y)
            in_column = lines + _in_row(x)
            if len(in_column) < len(way):
                way = in_column
            if self._is_sure and len(lines + (along := _along(x - at_x))) < len(way):
                way = lines + along
        self._out.append(way)
        self._cursor, self._is_sure = (y, x), True

    def _write_blanks(self, count: int, pen: Pen, *, to_edge: bool) -> None:
        sequence, self._pen = change_for_blanks(self._pen, pen)
        self._out.append(sequence)
        erases = not pen.marks and (self._erases_in_colour or not pen.paper)
        if erases and to_edge and count >= _LEAST_ERASED_TO_EDGE:
            self._put("\x1b[K", 0)
        elif erases and not to_edge and count >= _LEAST_ERASED:
            self._put(f"\x1b[{count}X\x1b[{count}C", count)
        else:
            self._put(" " * count, count)

    def _write_narrow(self, text: str, *, to_edge: bool) -> None:
        """Write characters of one cell each; the pen is for blanks too if there are any."""
        *pieces, last = filter(None, _LONG_BLANKS.split(text))
        for piece, is_last in (*((piece, False) for piece in pieces), (last, True)):
            if piece.strip(" "):
                self._put(piece, len(piece))
            else:
                self._write_blanks(len(piece), self._pen, to_edge=to_edge and is_last)

    def _write_wide(self, chars: Sequence[str]) -> None:
        """Write characters some of which are wide or have marks: where the cursor is behind those, terminals differ."""
        widths = [2 if after == "" else 1 for after in [*chars[1:], " "]]
        wholes = [(char, width) for char, width in zip(chars, widths, strict=True) if char]
        for kind, group in groupby(enumerate(wholes), key=_kind):
            stretch = [whole for _, whole in group]
            self._put("".join(char for char, _ in stretch), sum(width for _, width in stretch), is_sure=kind == _SURE)

    def _put(self, text: str, cells: int, *, is_sure: bool = True) -> None:
        assert self._cursor is not None
        y, x = self._cursor
        if not self._is_sure:
            self._go(y, x)
        self._out.append(text)
        self._cursor, self._is_sure = (y, x + cells), is_sure

    def _use(self, pen: Pen) -> None:
        if pen != self._pen:
            self._out.append(change(self._pen, pen))
            self._pen = pen


def _kind(placed: tuple[int, tuple[str, int]]) -> int:
    """What can be written in one go: characters of one cell, those that may be wide or not, and by itself each with a
    mark for which some terminals take a cell more."""
    at, (char, width) = placed
    if width == len(char) == 1:
        return _SURE
    return _UNSURE if all(map(unicodedata.combining, char[1:])) else at


def _to(y: int, x: int) -> str:
    """The sequence that moves the cursor to a cell."""
    return f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1 if y else ''}H"


@cache
def _in_row(x: int) -> str:
    """The one that moves it to another cell of its row."""
    return f"\x1b[{x + 1}G" if x else "\r"


@cache
def _down(lines: int) -> str:
    """The one that moves it so many lines down, or up."""
    return steps(lines, "B", "A") if lines else ""


@cache
def _along(by: int) -> str:
    """The shortest way along a row; a backspace moves one cell back and draws nothing."""
    return "" if not by else min("\b" * -by if by < 0 else steps(by, "C", "D"), steps(by, "C", "D"), key=len)


def steps(by: int, forward: str, back: str) -> str:
    """The sequence that moves the cursor so many cells one way or the other."""
    return f"\x1b[{abs(by) if abs(by) > 1 else ''}{forward if by > 0 else back}"

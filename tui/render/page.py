"""A long text laid out in lines of a width, with an ink for every character: what texts of any kind become."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntFlag

import numpy as np
import numpy.typing as npt

from tui.render.cells import width
from tui.render.text import printable_whole

_TAB = 4
_LEAST_CELLS = 8
"""What is left for a text however far it is indented."""


class Ink(IntFlag):
    """What a character is part of; several at once where they are inside each other."""

    PLAIN = 0
    STRONG = 1
    EMPHASIS = 2
    STRIKE = 4
    HEADING = 8
    LINK = 16
    DIM = 32
    RULE = 64
    KEY = 128
    ADDED = 256
    REMOVED = 512


Span = tuple[str, Ink]
"""Characters of one ink, printable already."""


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """Lines `text[starts[i]:ends[i]]`, each after its prefix: indentation and marks, which are not searched.

    What lies between two lines is "\\n", or where a paragraph was wrapped the blanks that were there: a match may go on
    in the next line. `inks[k]` holds from `ink_starts[k]` on. `cells` is the width of the widest line.
    """

    text: str
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    prefixes: Sequence[tuple[Span, ...]]
    prefix_of: npt.NDArray[np.int32]
    ink_starts: npt.NDArray[np.int64]
    inks: npt.NDArray[np.int32]
    cells: int

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def nbytes(self) -> int:
        """About what the page takes in memory."""
        arrays = (self.starts, self.ends, self.prefix_of, self.ink_starts, self.inks)
        return sys.getsizeof(self.text) + sum(array.nbytes for array in arrays)

    def prefix(self, line: int) -> tuple[Span, ...]:
        """What stands before a line's text."""
        return self.prefixes[int(self.prefix_of[line])]

    def spans(self, line: int) -> list[tuple[int, str, Ink]]:
        """A line's text in stretches of one ink, each with where it begins in `text`."""
        start, end = int(self.starts[line]), int(self.ends[line])
        first = int(np.searchsorted(self.ink_starts, start, "right")) - 1
        last = int(np.searchsorted(self.ink_starts, end, "left"))
        cuts = [start, *self.ink_starts[first + 1 : last].tolist(), end]
        inks = self.inks[first:last].tolist()
        return [(a, self.text[a:b], Ink(ink)) for a, b, ink in zip(cuts, cuts[1:], inks, strict=False) if b > a]

    def line_text(self, line: int) -> str:
        """A line as it is read, prefix and all."""
        return "".join(text for text, _ in self.prefix(line)) + self.text[int(self.starts[line]) : int(self.ends[line])]

    def line_of(self, place: int) -> int:
        """The line that a place in `text` is in."""
        return max(int(np.searchsorted(self.starts, place, "right")) - 1, 0)


@dataclass
class PageBuilder:
    """Takes lines one after the other. With `cells` they are wrapped to fit there."""

    cells: int
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0
    _starts: list[int] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)
    _prefixes: dict[tuple[Span, ...], int] = field(default_factory=dict)
    _prefix_of: list[int] = field(default_factory=list)
    _ink_starts: list[int] = field(default_factory=list)
    _inks: list[int] = field(default_factory=list)
    _widest: int = 0

    def __len__(self) -> int:
        return len(self._starts)

    def add_whole(self, spans: Sequence[Span], prefix: tuple[Span, ...] = ()) -> None:
        """A line that is not wrapped, however long it is."""
        text = self._text_of(spans)
        self._add_line(prefix, self._length, self._length + len(text), text)
        self._end_source_line(text)

    def add(self, spans: Sequence[Span], first: tuple[Span, ...] = (), rest: tuple[Span, ...] | None = None) -> None:
        """A line of the source: as many lines as it takes, the first after `first`, the others after `rest`."""
        rest = first if rest is None else rest
        text = self._text_of(spans)
        taken = max(span_cells(first), span_cells(rest))
        prefix = first
        for start, end in breaks(text, max(self.cells - taken, _LEAST_CELLS)):
            self._add_line(prefix, self._length + start, self._length + end, text[start:end])
            prefix = rest
        self._end_source_line(text)

    def _text_of(self, spans: Sequence[Span]) -> str:
        """The spans' text, whose inks begin here."""
        at = self._length
        for part, ink in spans:
            if not self._inks or self._inks[-1] != ink:
                self._ink_starts.append(at)
                self._inks.append(int(ink))
            at += len(part)
        return "".join(part for part, _ in spans)

    def _add_line(self, prefix: tuple[Span, ...], start: int, end: int, text: str) -> None:
        self._starts.append(start)
        self._ends.append(end)
        self._prefix_of.append(self._prefixes.setdefault(prefix, len(self._prefixes)))
        self._widest = max(self._widest, span_cells(prefix) + width(text))

    def _end_source_line(self, text: str) -> None:
        self._pieces += (text, "\n")
        self._length += len(text) + 1

    def page(self) -> Page:
        """The lines so far; one blank line where there are none."""
        if not self._starts:
            self.add([("", Ink.PLAIN)])
        return Page(
            "".join(self._pieces), np.array(self._starts, np.int64), np.array(self._ends, np.int64),
            list(self._prefixes), np.array(self._prefix_of, np.int32),
            np.array(self._ink_starts or [0], np.int64), np.array(self._inks or [0], np.int32), self._widest,
        )  # fmt: skip


def shown(text: str) -> str:
    """A line of a file, printable, tabs as blanks up to every fourth cell."""
    return printable_whole(text.expandtabs(_TAB) if "\t" in text else text)


def source_lines(text: str) -> list[str]:
    """The lines of a text, whichever way they end; a last line end begins none."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if len(lines) > 1 and not lines[-1] else lines


def span_cells(spans: Sequence[Span]) -> int:
    """How wide spans are."""
    return sum(width(text) for text, _ in spans)


def breaks(text: str, cells: int) -> list[tuple[int, int]]:
    """Where to break a line: starts and ends of stretches of at most `cells`, between words where that is possible.

    Blanks at a break belong to no stretch; those that the line begins with stay.
    """
    if len(text) <= cells and width(text) <= cells:
        return [(0, len(text))]
    found: list[tuple[int, int]] = []
    start, indent = 0, len(text) - len(text.lstrip(" "))
    while start < len(text):
        end = _reach(text, start, cells)
        if end < len(text):
            cut = text.rfind(" ", max(start + 1, indent), end + 1)
            if cut > start:
                last = cut
                while text[last - 1] == " ":
                    last -= 1
                found.append((start, last))
                start = cut + 1
                while text[start : start + 1] == " ":
                    start += 1
                if start < len(text) and not width(text[start]):
                    start -= 1  # a mark stays on the blank that it stands on
                continue
        found.append((start, end))
        start = end
    return found


def _reach(text: str, start: int, cells: int) -> int:
    """The end of what fits in so many cells from `start` on; at least one character."""
    if text[start : start + cells + 1].isascii():  # the next one, too: a mark stays with what it stands on
        return min(start + cells, len(text))
    end, used = start, 0
    while end < len(text):
        used += width(text[end])
        if used > cells and end > start:
            break
        end += 1
    return end


def cut_at(spans: Sequence[Span], offsets: Sequence[tuple[int, int]]) -> list[list[Span]]:
    """Spans cut into stretches of their text."""
    starts = [0]
    for text, _ in spans:
        starts.append(starts[-1] + len(text))
    lines: list[list[Span]] = []
    for start, end in offsets:
        line: list[Span] = []
        at = max(bisect_right(starts, start) - 1, 0)
        while at < len(spans) and starts[at] < end:
            text, ink = spans[at]
            if part := text[max(start - starts[at], 0) : end - starts[at]]:
                line.append((part, ink))
            at += 1
        lines.append(line)
    return lines

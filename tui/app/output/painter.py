"""The shadow: what is known to be on the terminal. Painting on it finds out what has to be sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.app.output.cells import Cells
from tui.app.output.pens import PIECE, Pen, draws_blank
from tui.app.output.pixels import PixelOutput, blank
from tui.app.output.writer import Span, steps, written

_LONGEST_JUMP = 6  # bytes of a sequence that jumps over unchanged cells


class Painter:
    """Paints cells on a screen of `width` x `height` of which nothing is known yet.

    `take` gives the escape sequences for all that was painted since it was last called. They may start with the
    terminal's cursor anywhere; the terminal's pen is the default one then, and afterwards. Cells of pictures go to
    `pixels`, and are blank without it.
    """

    def __init__(self, width: int, height: int, *, erases_in_colour: bool, pixels: PixelOutput | None = None) -> None:
        self._width, self._height = width, height
        self._erases_in_colour = erases_in_colour
        self._pixels = pixels
        self._pictures: list[frozenset[int]] = [frozenset()] * height
        self._touched: set[int] = set()
        self._chars: list[list[str | None]] = [[None] * width for _ in range(height)]
        self._pens: list[list[Pen | None]] = [[None] * width for _ in range(height)]
        self._out: list[str] = []
        self._spans: list[Span] = []

    def take(self) -> str:
        """The escape sequences, and a new start."""
        self._write_spans()
        text = "".join(self._out)
        self._out.clear()
        return text if self._pixels is None else text + self._pixels.after(self._shown())

    def _shown(self) -> frozenset[int]:
        """The numbers of the pictures that are on the screen."""
        for y in self._touched:
            pens = {pen for pen in self._pens[y] if pen is not None and pen.marks & PIECE}
            self._pictures[y] = frozenset(int(pen.ink) for pen in pens)
        self._touched.clear()
        return frozenset().union(*self._pictures)

    def holds(self, y: int, x: int, length: int) -> bool:
        """Whether so many cells from there on are on the screen."""
        return 0 <= y < self._height and 0 <= x <= x + length <= self._width

    def write_as_is(self, y: int, x: int, text: str, *, follows: bool) -> None:
        """Write a text of any width; from there on nothing is known of the row any more.

        Args:
            y, x: where it starts.
            text: what to write; takes the default pen, and leaves it.
            follows: whether it starts where the last such text ended, wherever that was.
        """
        self._write_spans()
        self._out.append(text if follows else f"\x1b[{y + 1};{x + 1}H{text}")
        if 0 <= y < self._height:
            # A wide character that starts before has lost its second half.
            self._forget(y, max(0, x - 1), self._width)

    def paint(self, y: int, x: int, cells: Cells) -> None:
        """Let a row, from `x` on, show the cells. The screen must hold them."""
        end = x + len(cells.chars)
        row_chars, row_pens = self._chars[y], self._pens[y]
        changed = _changed(row_chars[x:end], row_pens[x:end], cells)
        if not changed:
            return
        # A wide character across an edge of what is painted loses both halves.
        if x and row_chars[x] == "":
            self._forget(y, x - 1, x)
        if end < self._width and row_chars[end] == "":
            self._forget(y, end, end + 1)
        row_chars[x:end], row_pens[x:end] = cells
        self._touched.add(y)
        for start, stop in _runs(changed, cells):
            self._add_spans(y, x, start, stop, cells)
            if self._pixels is not None and self._pixels.leans_left:
                self._hold_up(y, x + stop)

    def _add_spans(self, y: int, x: int, start: int, stop: int, cells: Cells) -> None:
        """Have these of the cells of a row written, which begins at `x`."""
        chars, pens = cells
        add, edge = self._spans.append, self._width - x
        while start < stop:
            pen, end = pens[start], start + 1
            while end < stop and pens[end] == pen:
                end += 1
            span = Span(y, x + start, pen, chars[start:end], end == edge)
            if pen.marks & PIECE:
                self._add_piece(span)
            else:
                add(span)
            start = end

    def _hold_up(self, y: int, x: int) -> None:
        """Have a piece of a picture written that leans on the cell to its left, unless that is the piece before it."""
        chars, pens = self._chars[y], self._pens[y]
        pen, char = (pens[x], chars[x]) if x < self._width else (None, None)
        if pen is None or char is None or not pen.marks & PIECE:
            return
        before = chars[x - 1]
        if pens[x - 1] != pen or not before or ord(char) != ord(before) + 1:
            self._add_piece(Span(y, x, pen, [char], x + 1 == self._width))

    def _add_piece(self, span: Span) -> None:
        pixels = self._pixels
        if pixels is None or (pixels.spares_last_row and span.y == self._height - 1):
            self._spans.append(blank(span))
        elif (written := pixels.paint(span)) is not None:
            self._spans.append(written)

    def _write_spans(self) -> None:
        if self._spans:
            self._out.append(written(self._spans, erases_in_colour=self._erases_in_colour))
            self._spans.clear()

    def _forget(self, y: int, start: int, end: int) -> None:
        self._touched.add(y)
        self._chars[y][start:end] = [None] * (end - start)
        self._pens[y][start:end] = [None] * (end - start)


def _changed(known_chars: Sequence[str | None], known_pens: Sequence[Pen | None], cells: Cells) -> list[int]:
    """The places of the cells that differ from what is known."""
    if known_chars == cells.chars and known_pens == cells.pens:
        return []
    pairs = enumerate(zip(known_chars, cells.chars, known_pens, cells.pens, strict=True))
    return [i for i, (old_char, char, old_pen, pen) in pairs if old_char != char or old_pen != pen]


def _runs(changed: Sequence[int], cells: Cells) -> Iterator[tuple[int, int]]:
    """Stretches of cells to write, as start and end: changed ones, and others where that is shorter than a jump."""
    start = changed[0]
    end = start + 1
    for place in changed[1:]:
        if place > end and not _writing_is_shorter(cells, end, place):
            yield _whole(start, end, cells)
            start = place
        end = place + 1
    yield _whole(start, end, cells)


def _writing_is_shorter(cells: Cells, start: int, end: int) -> bool:
    """Whether unchanged cells take no more bytes, drawn with the pen of the cell before, than a jump over them."""
    if end - start > _LONGEST_JUMP:
        return False
    pen, chars = cells.pens[start - 1], cells.chars[start:end]
    for char, other in zip(chars, cells.pens[start:end], strict=True):
        if other != pen and not (char == " " and draws_blank(pen, other)):
            return False
    return len("".join(chars).encode()) <= len(steps(end - start, "C", "D"))


def _whole(start: int, end: int, cells: Cells) -> tuple[int, int]:
    """The stretch with both halves of the wide characters at its ends."""
    chars = cells.chars
    while start and not chars[start]:
        start -= 1
    while end < len(chars) and not chars[end]:
        end += 1
    return start, end

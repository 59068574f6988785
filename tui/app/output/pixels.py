"""Where cells that are pieces of pictures become a terminal's pixels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterable, Sequence, Set
from itertools import groupby
from operator import itemgetter
from typing import ClassVar, NamedTuple

from tui.app.output.album import Album, KittyPicture, PixelPicture, SixelPicture
from tui.app.output.pens import PLAIN, Pen
from tui.app.output.writer import Span
from tui.render import kitty
from tui.render.pieces import column_of

MOST_DOTS = 16 << 20
"""Dots of pictures that the terminal keeps for when they are shown again."""


class PixelOutput(ABC):
    """What the shadow hands changed cells of pictures to: it makes spans of them, or keeps them until they are taken.

    `held` are the pictures on the screen; they stay in memory as long as they are, for a part of one may have to be
    sent again. Where `spares_last_row`, no picture may be drawn on the screen's last row; where it `leans_left`, a cell
    tells which piece it shows by the one to its left.
    """

    spares_last_row: ClassVar[bool] = False
    leans_left: ClassVar[bool] = False

    def __init__(self, album: Album) -> None:
        self._album = album
        self.held: dict[int, PixelPicture] = {}

    def paint(self, span: Span) -> Span | None:
        """Have cells of one row of one picture shown, whose pen is a PIECE.

        Returns:
            What is to be written for that, if it is characters.
        """
        number = int(span.pen.ink)
        picture = self.held.get(number) or self._album.get(number)
        if picture is None:
            return blank(span)
        self.held[number] = picture
        return self._show(picture, span, int(span.pen.paper), [column_of(char) for char in span.chars])

    @abstractmethod
    def _show(self, picture: PixelPicture, span: Span, row: int, columns: Sequence[int]) -> Span | None:
        """The same for cells whose picture is there, and which columns of it they show."""

    def before(self) -> str:
        """What to send before the cells: it draws nothing."""
        return ""

    def after(self, shown: Set[int]) -> str:
        """What to send behind the cells, when these are the numbers of the pictures on the screen."""
        self.held = {number: picture for number, picture in self.held.items() if number in shown}
        return ""

    @abstractmethod
    def forget(self) -> None:
        """The terminal may show anything. What is held still is: it is about to be asked for again."""

    def end(self) -> str:
        """What to send so that nothing is left in the terminal."""
        self.forget()
        return ""


class KittyOutput(PixelOutput):
    """By kitty's protocol: a picture is sent before the first cell that names it. Those that are shown no more are
    deleted when all together have more than `most_dots`."""

    leans_left = True

    def __init__(self, album: Album, *, in_tmux: bool = False, most_dots: int = MOST_DOTS) -> None:
        super().__init__(album)
        self._in_tmux = in_tmux
        self._most_dots = most_dots
        self._sent: OrderedDict[int, int] = OrderedDict()
        """Number -> dots of what the terminal has, that shown last at the end."""
        self._gone: list[int] = []
        self._waiting: list[KittyPicture] = []

    def _show(self, picture: PixelPicture, span: Span, row: int, columns: Sequence[int]) -> Span | None:
        assert isinstance(picture, KittyPicture)
        if picture.number not in self._sent:
            self._waiting.append(picture)
            self._sent[picture.number] = picture.dots
        cells = [
            kitty.PLACEHOLDER if at and column == columns[at - 1] + 1 else kitty.placeholder(row, column)
            for at, column in enumerate(columns)
        ]
        return span._replace(pen=Pen(ink=kitty.ink(picture.number)), chars=cells)

    def before(self) -> str:
        gone, waiting, self._gone, self._waiting = self._gone, self._waiting, [], []
        sequences = [kitty.deletion(number) for number in gone]
        for picture in waiting:
            sequences += kitty.transmission(picture.number, picture.png, picture.columns, picture.rows)
        return self._joined(sequences)

    def after(self, shown: Set[int]) -> str:
        super().after(shown)
        for number in self._sent.keys() & shown:
            self._sent.move_to_end(number)
        dots = sum(self._sent.values())
        gone = []
        for number in self._sent:
            if dots <= self._most_dots or number in shown:
                break
            dots -= self._sent[number]
            gone.append(number)
        for number in gone:
            del self._sent[number]
        return self._joined(map(kitty.deletion, gone))

    def forget(self) -> None:
        waiting = {picture.number for picture in self._waiting}
        self._gone += [number for number in self._sent if number not in waiting]
        self._sent.clear()
        self._waiting.clear()

    def end(self) -> str:
        super().end()
        return self.before()  # nothing but deletions

    def _joined(self, sequences: Iterable[str]) -> str:
        return "".join(map(kitty.through_tmux, sequences) if self._in_tmux else sequences)


def blank(span: Span) -> Span:
    """Blanks in the place of cells."""
    return span._replace(pen=PLAIN, chars=" " * len(span.chars))


class _Stretch(NamedTuple):
    """Cells side by side that show as many of a picture's, the first one at (`x`, `y`) its `column` and `row`."""

    x: int
    column: int
    length: int
    y: int
    row: int


class SixelOutput(PixelOutput):
    """By sixel: the cells that have changed are sent as few rectangles of dots; what is written over them later takes
    their place."""

    spares_last_row = True  # a terminal may scroll then

    def __init__(self, album: Album) -> None:
        super().__init__(album)
        self._damage: dict[int, list[_Stretch]] = {}

    def _show(self, picture: PixelPicture, span: Span, row: int, columns: Sequence[int]) -> Span | None:
        stretch = _Stretch(span.x, columns[0], len(columns), span.y, row)
        self._damage.setdefault(picture.number, []).append(stretch)
        return None

    def after(self, shown: Set[int]) -> str:
        damage, self._damage = self._damage, {}
        text = "".join(
            _drawn(picture, rectangle)
            for number, stretches in damage.items()
            if isinstance(picture := self.held[number], SixelPicture)
            for rectangle in _rectangles(stretches)
        )
        return text + super().after(shown)

    def forget(self) -> None:
        self._damage.clear()


def _rectangles(stretches: Iterable[_Stretch]) -> Iterable[list[_Stretch]]:
    """Stretches as rectangles: those under each other that begin and end in the same columns."""
    for _, alike in groupby(sorted(stretches), key=itemgetter(0, 1, 2)):
        found: list[_Stretch] = []
        for stretch in alike:
            if found and (stretch.y, stretch.row) != (found[-1].y + 1, found[-1].row + 1):
                yield found
                found = []
            found.append(stretch)
        yield found


def _drawn(picture: SixelPicture, rectangle: Sequence[_Stretch]) -> str:
    """The sequences that draw the dots of a rectangle of a picture's cells."""
    from tui.render.sixel import sixel  # with numpy, which the first frame does without

    first, (width, height) = rectangle[0], picture.cell
    if len(rectangle) == picture.rows and first.length == picture.columns:
        drawn = picture.whole
    else:
        left, top = first.column * width, first.row * height
        drawn = sixel(picture.pixels.part(left, top, first.length * width, len(rectangle) * height))
    return f"\x1b[{first.y + 1};{first.x + 1}H{drawn}"

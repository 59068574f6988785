"""How pictures are asked for, and drawn with what the terminal has."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from weakref import ReferenceType, ref

import numpy as np
import numpy.typing as npt
from textual.strip import Strip

from tui.analysis.image_pixels import ImageDifference, Rgba, as_rgba, image_difference, over, raster_size, seen
from tui.analysis.image_view import ImageView, Room, image_view
from tui.app.blobs import Unreadable
from tui.app.terminal_kind import Colours, TerminalKind
from tui.app.theme import Look
from tui.model import BlobRef
from tui.reader.payload import PayloadError
from tui.reader.payload.picture import Picture, Size, read_picture
from tui.render.cells import wrap
from tui.render.half_blocks import ASCII_INK, SHADES, PictureCells, colour_cells, grey_cells, marked
from tui.render.picture_strips import picture_strips
from tui.render.strips import row_strip

_MOST_CELLS = 40_000  # of strips that are kept: some full screens


class Drawing(Enum):
    """What pictures are made of."""

    COLOURS = "blocks of 24 bit colours"
    MANY = "blocks of 256 colours"
    SHADES = "blocks and shades of one colour"
    ASCII = "characters"


def drawing(images: str, kind: TerminalKind) -> Drawing:
    """What suits a terminal, unless ASCII is asked for."""
    if images == "ascii" or kind.ascii:
        return Drawing.ASCII
    match kind.colours:
        case Colours.ALL:
            return Drawing.COLOURS
        case Colours.MANY:
            return Drawing.MANY
        case _:
            return Drawing.SHADES


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """Reads one picture of an entry for `BlobCache`: whole, or just as many pixels as show all of it in a room."""

    item: int = 0
    frame: int = 0
    room: Room | None = None

    def __call__(self, ref: BlobRef) -> Picture:
        return read_picture(ref, self.item, self.frame, self.reduced)

    def reduced(self, size: Size) -> Size | None:
        """The size that it is reduced to, None where it is not."""
        view = None if self.room is None else image_view(size, self.room)
        return raster_size(view) if view is not None and view.reduces else None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class PictureDifference:
    """The difference of two pictures of a size, width and height."""

    difference: ImageDifference
    size: Size

    @property
    def nbytes(self) -> int:
        """Bytes that it takes in memory."""
        return self.difference.pixels.nbytes


@dataclass(frozen=True, slots=True)
class ReadDifference:
    """Reads the difference of an entry's picture to that of another entry."""

    other: BlobRef
    item: int = 0
    frame: int = 0

    def __call__(self, ref: BlobRef) -> PictureDifference:
        one, other = (read_picture(which, self.item, self.frame) for which in (ref, self.other))
        try:
            return PictureDifference(image_difference(one.pixels, other.pixels), one.facts.size)
        except ValueError as error:
            raise PayloadError(str(error)) from error


def raster_of(picture: Picture, view: ImageView) -> Rgba:
    """What a view shows of a picture, which was reduced to the view or is whole."""
    return seen(picture.pixels, view) if picture.is_whole else as_rgba(picture.pixels)


class Pictures:
    """Draws pictures as strips, and keeps the latest: a screen is composed anew whenever data come in."""

    def __init__(self, drawing: Drawing = Drawing.COLOURS) -> None:
        self.drawing = drawing
        self._drawn: OrderedDict[tuple[object, ...], tuple[ReferenceType[object], list[Strip]]] = OrderedDict()
        self._cells = 0

    def body(
        self,
        picture: Picture | Unreadable | None,
        room: Room,
        look: Look,
        view: ImageView | None = None,
        mark: tuple[int, int] | None = None,
    ) -> list[Strip]:
        """At most `room.rows` lines: the view of a picture, all of it without one, in the middle of the room's columns;
        or why there is none. `mark` is a pixel of the view."""
        if picture is None or isinstance(picture, Unreadable):
            style = look.dim if picture is None else look.error
            lines = wrap(picture or "reading…", room.columns)[: room.rows]
            return [row_strip([(line, style)], room.columns, look.text) for line in lines]
        shown = view or image_view(picture.facts.size, room)
        cell = None if mark is None else shown.cell_of(*mark)
        strips = self.strips(picture, shown, lambda: raster_of(picture, shown), look, cell)
        return centred(strips, room.columns, look)

    def strips(
        self,
        what: Picture | PictureDifference,
        view: ImageView,
        raster: Callable[[], Rgba],
        look: Look,
        mark: tuple[int, int] | None = None,
    ) -> list[Strip]:
        """The strips of an RGBA raster over the look's background, with a mark at a cell (column, row) of it.

        `raster` is asked for only where the strips of `what` in this view are not known.
        """
        wanted = id(what), view, mark, look.background, self.drawing
        known = self._drawn.get(wanted)
        if known is None or known[0]() is not what:  # another that has come to lie where one lay that is gone
            self._forget(wanted)
            known = self._drawn[wanted] = ref(what), self._draw(raster(), look, mark)
            self._cells += _cells_of(known[1])
        self._drawn.move_to_end(wanted)
        while self._cells > _MOST_CELLS and len(self._drawn) > 1:
            self._forget(next(iter(self._drawn)))
        return known[1]

    def _forget(self, wanted: tuple[object, ...]) -> None:
        if wanted in self._drawn:
            self._cells -= _cells_of(self._drawn.pop(wanted)[1])

    def _draw(self, raster: Rgba, look: Look, mark: tuple[int, int] | None) -> list[Strip]:
        cells = self._in_cells(over(raster, _channels(look.background)), look)
        return picture_strips(cells if mark is None else marked(cells, *mark), look.text)

    def _in_cells(self, raster: npt.NDArray[np.uint8], look: Look) -> PictureCells:
        match self.drawing:
            case Drawing.COLOURS | Drawing.MANY:
                return colour_cells(raster, many=self.drawing is Drawing.MANY)
            case Drawing.SHADES:
                return grey_cells(raster, SHADES, dark=look.dark)
            case Drawing.ASCII:
                return grey_cells(raster, ASCII_INK, dark=look.dark)


def _cells_of(strips: Sequence[Strip]) -> int:
    return sum(strip.cell_length for strip in strips)


def centred(strips: Sequence[Strip], columns: int, look: Look) -> list[Strip]:
    """The strips in the middle of so many columns."""
    if not strips or strips[0].cell_length >= columns:
        return [strip.crop(0, columns) for strip in strips]
    left = row_strip([], (columns - strips[0].cell_length) // 2, look.text)
    return [Strip.join([left, strip]).adjust_cell_length(columns, look.text) for strip in strips]


def _channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of #rrggbb."""
    number = int(colour[1:], 16)
    return number >> 16, number >> 8 & 255, number & 255

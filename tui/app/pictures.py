"""How pictures are asked for, and drawn with what the terminal has."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple, TypeAlias
from weakref import ReferenceType, ref

import numpy as np
import numpy.typing as npt
from rich.style import Style
from textual.strip import Strip

from tui.analysis.image_pixels import Rgba, as_rgba, over, seen, seen_difference
from tui.analysis.image_view import ImageView, Room, image_view
from tui.app.blobs import BlobCache, Unreadable
from tui.app.output.album import Album, CellSize
from tui.app.picture_pixels import Encode
from tui.app.picture_reading import PictureDifference, ReadPicture
from tui.app.terminal_kind import Colours, Pixels, TerminalKind
from tui.app.theme import Look
from tui.reader.payload.picture import Picture, Size
from tui.render.cells import wrap
from tui.render.half_blocks import ASCII_INK, SHADES, PictureCells, colour_cells, grey_cells, marked
from tui.render.kitty import MOST_CELLS
from tui.render.picture_strips import picture_strips
from tui.render.pieces import piece_strips, with_mark
from tui.render.strips import row_strip

_MOST_CELLS = 40_000  # of strips that are kept: some full screens


class Drawing(Enum):
    """What pictures are made of where they are made of characters."""

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


class InPixels(NamedTuple):
    """What it takes to show pixels: the protocol, the size of a cell, which may change, and where pictures are kept."""

    pixels: Pixels
    cell: Callable[[], CellSize]
    album: Album


Drawable: TypeAlias = Picture | PictureDifference


class Pictures:
    """Draws pictures as strips, and keeps the latest: a screen is composed anew whenever data come in.

    With `in_pixels` strips are of pieces, for the output to draw; pictures are encoded by `blobs`, on its thread.
    """

    def __init__(self, blobs: BlobCache, drawing: Drawing = Drawing.COLOURS, in_pixels: InPixels | None = None) -> None:
        self.drawing = drawing
        self.in_pixels = in_pixels
        self._blobs = blobs
        self._drawn: OrderedDict[tuple[object, ...], tuple[ReferenceType[object], list[Strip]]] = OrderedDict()
        self._cells = 0

    def room(self, columns: int, rows: int) -> Room:
        """The room that so many cells are, as far as a picture can fill it."""
        if self.in_pixels is None:
            return Room(columns, rows)
        cell = self.in_pixels.cell()
        return Room(min(columns, MOST_CELLS), min(rows, MOST_CELLS), cell.height / cell.width, cell.width)

    def reading(self, item: int = 0, frame: int = 0, room: Room | None = None) -> ReadPicture:
        """How to read a picture that is to be shown in a room, or closer."""
        return ReadPicture(item, frame, room, None if self.in_pixels is None else self.in_pixels.cell())

    def scale(self, view: ImageView) -> float:
        """How many pixels of the screen, or cells, a view's pixels are wide."""
        return view.scale if self.in_pixels is None else view.scale * self.in_pixels.cell().width

    def body(self, what: Drawable | Unreadable | None, room: Room, look: Look) -> list[Strip]:
        """`shown`, or the word that it is being read."""
        found = self.shown(what, room, look)
        return [row_strip([("reading…", look.dim)], room.columns, look.text)] if found is None else found

    def shown(
        self,
        what: Drawable | Unreadable | None,
        room: Room,
        look: Look,
        view: ImageView | None = None,
        mark: tuple[int, int] | None = None,
    ) -> list[Strip] | None:
        """At most `room.rows` lines: the view of a picture, all of it without one, in the middle of the room's columns;
        or why there is none. None while it is being read, or made. `mark` is a pixel of the view."""
        if isinstance(what, Unreadable):
            lines = wrap(what, room.columns)[: room.rows]
            return [row_strip([(line, look.error)], room.columns, look.text) for line in lines]
        if what is None:
            return None
        chosen = view or image_view(size_of(what), room)
        cell = None if mark is None else chosen.cell_of(*mark)
        strips = (self._strips if self.in_pixels is None else self._pieces)(what, chosen, look, cell)
        return centred(strips, room.columns, look) if isinstance(strips, list) else self.shown(strips, room, look)

    def _pieces(
        self, what: Drawable, view: ImageView, look: Look, mark: tuple[int, int] | None
    ) -> list[Strip] | Unreadable | None:
        """The strips in pixels."""
        assert self.in_pixels is not None
        pixels, cell, album = self.in_pixels
        # What is seen in part moves with the mark, so that there is nothing to spare.
        drawn = mark if (view.width, view.height) != size_of(what) else None
        found = self._blobs.get(what, Encode(view, pixels, cell(), _channels(look.background), album, drawn))
        if found is None or isinstance(found, Unreadable):
            return found
        strips = piece_strips(found.number, found.columns, found.rows, look.text)
        return strips if mark is None or drawn is not None else with_mark(strips, *mark, look.text + Style(bold=True))

    def _strips(self, what: Drawable, view: ImageView, look: Look, mark: tuple[int, int] | None) -> list[Strip]:
        """The strips in characters, over the look's background, with a mark at a cell (column, row)."""
        wanted = id(what), view, mark, look.background, self.drawing
        known = self._drawn.get(wanted)
        if known is None or known[0]() is not what:  # another that has come to lie where one lay that is gone
            self._forget(wanted)
            known = self._drawn[wanted] = ref(what), self._draw(_raster_of(what, view), look, mark)
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


def size_of(what: Drawable) -> Size:
    """Width and height of all of it."""
    return what.size if isinstance(what, PictureDifference) else what.facts.size


def _raster_of(what: Drawable, view: ImageView) -> Rgba:
    """What a view shows of a picture, which was reduced to the view or is whole."""
    if isinstance(what, PictureDifference):
        return seen_difference(what.difference, view)
    return seen(what.pixels, view) if what.is_whole else as_rgba(what.pixels)


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

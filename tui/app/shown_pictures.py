"""Pictures in their places: what is read of each, what stands there until it is, and what lies under a cell."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple

from textual.strip import Strip

from tui.analysis.image_view import ImageView, Room, image_view
from tui.app.blobs import Unreadable
from tui.app.picture_files import Entry
from tui.app.picture_reading import PictureDifference, ReadPicture
from tui.app.picture_texts import pixel_text
from tui.app.pictures import Drawable, size_of
from tui.app.shared import Shared
from tui.app.theme import Look
from tui.model import SeriesKey
from tui.reader.payload.picture import Picture, Size


@dataclass(frozen=True, slots=True)
class Eye:
    """Which part of the pictures is looked at, the same of all. `zoom` counts steps from where all is seen.

    `at` is where the cursor is, as shares of width and height, so that it is the same place in pictures of all sizes;
    None for no cursor. Of entries with several pictures `item` is seen, of those that move `frame`; -1 is the last.
    """

    zoom: int = 0
    at: tuple[float, float] | None = None
    item: int = 0
    frame: int = 0

    @property
    def is_close(self) -> bool:
        """Whether single pixels are asked for, and not just all of the picture."""
        return self.zoom > 0 or self.at is not None

    def pixel(self, size: Size) -> tuple[int, int] | None:
        """The pixel (x, y) that the cursor is on in a picture of a size."""
        if self.at is None:
            return None
        return min(int(self.at[0] * size[0]), size[0] - 1), min(int(self.at[1] * size[1]), size[1] - 1)

    def view(self, size: Size, room: Room) -> ImageView:
        """What is in view of a picture of a size."""
        return image_view(size, room, self.zoom, self.pixel(size))


ALL = Eye()
"""All of the first picture."""


class Placed(NamedTuple):
    """A picture on the screen: its first cell in the widget, the room it has, its size, and whose it is."""

    left: int
    top: int
    room: Room
    size: Size
    run: str

    def pixel_at(self, x: int, y: int, view: ImageView) -> tuple[int, int] | None:
        """The pixel under a cell of the widget; None beside the picture."""
        return view.pixel_at(x - self.left - (self.room.columns - view.columns) // 2, y - self.top)


class ShownPictures:
    """The pictures of one widget. `placed` are those that `begin` was not called since, `aspect` is that of the last
    one: how many times as wide as high it is."""

    def __init__(self, shared: Shared) -> None:
        self.aspect = 1.0
        self.placed: list[Placed] = []
        self._shared = shared
        self._read: dict[SeriesKey, Picture] = {}
        self._bodies: dict[Hashable, list[Strip]] = {}
        self._before = self._bodies

    def begin(self) -> None:
        """All are about to be drawn anew."""
        self.placed = []
        self._before, self._bodies = self._bodies, {}

    def forget(self) -> None:
        """Others are going to be shown."""
        self._read, self._bodies = {}, {}

    def room(self, columns: int, rows: int) -> Room:
        """The room that so many cells are."""
        return self._shared.pictures.room(columns, rows)

    def reading(self, eye: Eye, room: Room) -> ReadPicture:
        """How to read a picture that the eye sees in a room."""
        return self._shared.pictures.reading(eye.item, eye.frame, None if eye.is_close else room)

    def scale(self, size: Size, room: Room, eye: Eye) -> float:
        """How large a picture's pixels are there."""
        return self._shared.pictures.scale(eye.view(size, room))

    def picture(self, key: SeriesKey) -> Picture | None:
        """That of a series which was read last."""
        return self._read.get(key)

    def value(self, key: SeriesKey, eye: Eye) -> str:
        """The value of the pixel at the cursor in the picture of a series."""
        picture = self.picture(key)
        pixel = None if picture is None else eye.pixel(picture.facts.size)
        if picture is None or pixel is None or not picture.is_whole:
            return ""
        return pixel_text(picture.pixels, *pixel)

    def draw(
        self, entry: Entry, room: Room, look: Look, eye: Eye = ALL, corner: tuple[int, int] | None = None
    ) -> list[Strip]:
        """An entry's picture; until it is read, what was there before. Keys and the mouse are about those with a
        `corner`, the first cell of the room."""
        key = entry.series.key
        found = self._shared.blobs.get(entry.ref, self.reading(eye, room))
        if isinstance(found, Picture):
            self._read[key] = found
            self.aspect = found.facts.size[0] / found.facts.size[1]
        elif found is not None:
            self._read.pop(key, None)
            found = Unreadable(f"{found}: {self._shared.key('export')} saves the file")
        known = self.picture(key)
        if corner is not None and known is not None:
            self.placed.append(Placed(*corner, room, known.facts.size, key.run))
        return self._drawn(key, found, room, look, eye)

    def draw_difference(
        self, entry: Entry, found: PictureDifference | Unreadable | None, room: Room, look: Look, eye: Eye,
        corner: tuple[int, int],
    ) -> list[Strip]:  # fmt: skip
        """The difference of an entry's picture to another one; until it is known, what was there before."""
        if isinstance(found, PictureDifference):
            self.placed.append(Placed(*corner, room, found.size, entry.series.key.run))
        return self._drawn((entry.series.key, "difference"), found, room, look, eye)

    def _drawn(
        self, place: Hashable, what: Drawable | Unreadable | None, room: Room, look: Look, eye: Eye
    ) -> list[Strip]:
        pictures, view, pixel = self._shared.pictures, None, None
        if isinstance(what, Picture | PictureDifference):
            view, pixel = eye.view(size_of(what), room), eye.pixel(size_of(what))
        body = pictures.shown(what, room, look, view, pixel) or self._before.get((place, room))
        body = pictures.body(None, room, look) if body is None else body
        self._bodies[place, room] = body
        return body

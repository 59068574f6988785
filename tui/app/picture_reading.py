"""What is asked of `BlobCache` for pictures: to read them, as large as they are shown, and to compare them."""

from __future__ import annotations

from dataclasses import dataclass

from tui.analysis.image_pixels import ImageDifference, dots_size, image_difference, raster_size
from tui.analysis.image_view import Room, image_view
from tui.app.output.album import CellSize
from tui.model import BlobRef
from tui.reader.payload import PayloadError
from tui.reader.payload.picture import Picture, Size, read_picture


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """Reads one picture of an entry: whole, or just as many pixels as show all of it in a room, of whose cells each has
    as many dots as `cell` says; two by two without it."""

    item: int = 0
    frame: int = 0
    room: Room | None = None
    cell: CellSize | None = None

    def __call__(self, ref: BlobRef) -> Picture:
        return read_picture(ref, self.item, self.frame, self.reduced)

    def reduced(self, size: Size) -> Size | None:
        """The size that it is reduced to, None where it is not."""
        if self.room is None:
            return None
        view = image_view(size, self.room)
        if self.cell is None:
            return raster_size(view) if view.reduces else None
        dots = dots_size(view, self.cell)
        return dots if dots[0] < size[0] or dots[1] < size[1] else None


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

"""Pictures as the pixels that the terminal takes: made on the thread that decodes, for that takes longer than a key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO

import numpy as np

from tui.analysis.image_pixels import Rgba, dots_size, over, seen_difference_in_dots, seen_in_dots
from tui.analysis.image_view import ImageView
from tui.app.output.album import Album, CellSize, KittyPicture, PixelPicture, SixelPicture
from tui.app.picture_reading import PictureDifference
from tui.app.terminal_kind import Pixels
from tui.reader.payload.picture import Picture
from tui.render.half_blocks import Bytes
from tui.render.sixel import indexed, sixel

_EFFORT = 6
"""Of zlib: more takes as long again for one byte in a hundred."""


@dataclass(frozen=True, slots=True)
class Encode:
    """Makes for `BlobCache`, of a picture, what fills the cells of a view of it, over a background. `mark` is a cell of
    the view with a cross on it."""

    view: ImageView
    pixels: Pixels
    cell: CellSize
    background: tuple[int, int, int]
    album: Album
    mark: tuple[int, int] | None = None

    def __call__(self, what: Picture | PictureDifference) -> PixelPicture:
        make = _kitty_picture if self.pixels is Pixels.KITTY else _sixel_picture
        return self.album.add(partial(make, self.filled(what), self.view, self.cell))

    def filled(self, what: Picture | PictureDifference) -> Bytes:
        """The dots of the view's cells as RGB; the picture ends within the last of them."""
        raster = over(in_dots(what, self.view, dots_size(self.view, self.cell)), self.background)
        height, width = self.view.rows * self.cell.height, self.view.columns * self.cell.width
        filled = np.full((height, width, 3), self.background, np.uint8)
        raster = raster[:height]
        filled[: raster.shape[0], : raster.shape[1]] = raster
        if self.mark is not None:
            _cross(filled, self.mark, self.cell)
        return filled


def _cross(rgb: Bytes, at: tuple[int, int], cell: CellSize) -> None:
    """Draw a cross on a cell (column, row), white on black: it is seen on everything."""
    x, y = at[0] * cell.width + cell.width // 2, at[1] * cell.height + cell.height // 2
    arm = max(cell.width // 2, 2)
    for colour, wider in ((0, 1), (255, 0)):
        across, along = slice(max(y - wider, 0), y + wider + 1), slice(max(x - arm - wider, 0), x + arm + wider + 1)
        rgb[across, along] = colour
        rgb[max(y - arm - wider, 0) : y + arm + wider + 1, max(x - wider, 0) : x + wider + 1] = colour


def in_dots(what: Picture | PictureDifference, view: ImageView, size: tuple[int, int]) -> Rgba:
    """What a view shows of a picture that is whole, or was reduced to the view, or of a difference."""
    if isinstance(what, PictureDifference):
        return seen_difference_in_dots(what.difference, view, size)
    if what.is_whole:
        return seen_in_dots(what.pixels, view, size)
    height, width = what.pixels.shape[:2]
    return seen_in_dots(what.pixels, replace(view, left=0, top=0, width=width, height=height), size)


def _kitty_picture(rgb: Bytes, view: ImageView, cell: CellSize, number: int) -> KittyPicture:
    from PIL import Image  # not before there is an image: start-up does without it

    file = BytesIO()
    Image.fromarray(rgb).save(file, "PNG", compress_level=_EFFORT)
    return KittyPicture(number, view.columns, view.rows, rgb.shape[0] * rgb.shape[1], file.getvalue())


def _sixel_picture(rgb: Bytes, view: ImageView, cell: CellSize, number: int) -> SixelPicture:
    pixels = indexed(rgb)
    return SixelPicture(number, view.columns, view.rows, cell, pixels, sixel(pixels))

"""Which part of an image is in view, and how large: fitting, zoom, pixels under cells."""

from __future__ import annotations

import math
from dataclasses import dataclass

CLOSEST = 16
"""Cells that a pixel is wide at the closest zoom."""
_FEWEST = 3
"""Pixels that stay in view each way."""


@dataclass(frozen=True, slots=True)
class Room:
    """Cells for an image."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class ImageView:
    """A window on an image, `width` x `height` pixels from (`left`, `top`) on, and the size it is shown in.

    `scale` is how many half cells high (and cells wide) a pixel is. The window is shown on `columns` cells by `lines`
    half cells.
    """

    left: int
    top: int
    width: int
    height: int
    scale: float

    @property
    def columns(self) -> int:
        return max(1, round(self.width * self.scale))

    @property
    def lines(self) -> int:
        return max(1, round(self.height * self.scale))

    @property
    def rows(self) -> int:
        """The cells that the lines take."""
        return -(-self.lines // 2)

    @property
    def reduces(self) -> bool:
        """Whether a half cell shows more than a pixel."""
        return self.scale < 1

    def pixel_at(self, column: int, row: int) -> tuple[int, int] | None:
        """The pixel (x, y) of the image at the middle of a cell of the view; None beside it."""
        if not (0 <= column < self.columns and 0 <= row < self.rows):
            return None
        x = self.left + min(int((column + 0.5) / self.scale), self.width - 1)
        y = self.top + min(int((2 * row + 0.5) / self.scale), self.height - 1)
        return x, y

    def cell_of(self, x: int, y: int) -> tuple[int, int]:
        """The cell (column, row) of the view at the middle of a pixel in it."""
        column = int((x - self.left + 0.5) * self.scale)
        row = int((y - self.top + 0.5) * self.scale) // 2
        return min(column, self.columns - 1), min(row, self.rows - 1)


def fit_scale(size: tuple[int, int], room: Room) -> float:
    """The scale at which all of an image is seen: a whole number, so that pixels are of one size, or less than 1."""
    width, height = size
    scale = min(room.columns / width, 2 * room.rows / height)
    return math.floor(scale) if scale >= 1 else scale


def scales(size: tuple[int, int], room: Room) -> list[float]:
    """The scales to zoom through: that at which all is seen, then powers of two up to the closest."""
    fit = fit_scale(size, room)
    closest = min(CLOSEST, max(room.columns, 2) // _FEWEST, 2 * room.rows // _FEWEST)
    first = math.floor(math.log2(fit)) + 1
    return [fit, *(2.0**power for power in range(first, CLOSEST.bit_length()) if 2.0**power <= max(closest, 1))]


def image_view(size: tuple[int, int], room: Room, zoom: int = 0, at: tuple[int, int] | None = None) -> ImageView:
    """The view of an image of `size` (width, height) after so many steps of zoom, about the pixel `at` or the middle;
    at its edges the window stays in the image."""
    all_scales = scales(size, room)
    scale = all_scales[min(max(zoom, 0), len(all_scales) - 1)]
    width = _seen(size[0], room.columns, scale)
    height = _seen(size[1], 2 * room.rows, scale)
    x, y = at or (size[0] // 2, size[1] // 2)
    left = min(max(x - width // 2, 0), size[0] - width)
    top = min(max(y - height // 2, 0), size[1] - height)
    return ImageView(left, top, width, height, scale)


def _seen(pixels: int, units: int, scale: float) -> int:
    """How many of the pixels are seen on so many units."""
    return min(pixels, max(1, math.floor(units / scale + 1e-9)))


def scale_text(scale: float) -> str:
    """A scale as it is written: 1:4 for a quarter, 2:1 for twice."""
    if scale >= 1:
        return f"{scale:.0f}:1"
    parts = 1 / scale
    return f"1:{parts:.1f}" if parts < 10 and not parts.is_integer() else f"1:{parts:.0f}"

"""Which part of an image is in view, and how large: fitting, zoom, pixels under cells."""

from __future__ import annotations

import math
from dataclasses import dataclass

CLOSEST = 16
"""Cells that a pixel is wide at the closest zoom."""
EVEN = 3
"""Pixels enlarged so many times look alike, though some are a dot wider than others."""
_FEWEST = 3
"""Pixels that stay in view each way."""


USUAL_ASPECT = 2.0
"""How many times as high as wide cells are taken to be."""


@dataclass(frozen=True, slots=True)
class Room:
    """Cells for an image. `aspect` is how many times as high as wide each is, `dots` how many of the least parts that
    can be told apart are in its width: one, where there are no smaller ones than cells."""

    columns: int
    rows: int
    aspect: float = USUAL_ASPECT
    dots: int = 1


@dataclass(frozen=True, slots=True)
class ImageView:
    """A window on an image, `width` x `height` pixels from (`left`, `top`) on, and the size it is shown in.

    `scale` is how many cells wide a pixel is, and as high. The window is shown on `columns` cells by `lines` half
    cells, which are `aspect` / 2 times as high as wide, and `dots` dots wide.
    """

    left: int
    top: int
    width: int
    height: int
    scale: float
    aspect: float = USUAL_ASPECT
    dots: int = 1

    @property
    def columns(self) -> int:
        return self._cells(self.width * self.scale)

    @property
    def lines(self) -> int:
        return self._cells(self.height * self.scale * 2 / self.aspect)

    def _cells(self, needed: float) -> int:
        """As many as come nearest; where there are dots, the last cell may be filled in part."""
        return max(1, round(needed) if self.dots == 1 else math.ceil(needed - 1e-6))

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
        y = self.top + min(int((2 * row + 0.5) * self.aspect / 2 / self.scale), self.height - 1)
        return x, y

    def cell_of(self, x: int, y: int) -> tuple[int, int]:
        """The cell (column, row) of the view at the middle of a pixel in it."""
        column = int((x - self.left + 0.5) * self.scale)
        row = int((y - self.top + 0.5) * self.scale * 2 / self.aspect) // 2
        return min(column, self.columns - 1), min(row, self.rows - 1)


def fit_scale(size: tuple[int, int], room: Room) -> float:
    """The scale at which all of an image is seen: one at which pixels are of one size, a whole number of dots, unless
    that would leave much of the room, or they are smaller."""
    width, height = size
    dots = min(room.columns / width, room.aspect * room.rows / height) * room.dots
    return (math.floor(dots) if dots >= (1 if room.dots == 1 else EVEN) else dots) / room.dots


def scales(size: tuple[int, int], room: Room) -> list[float]:
    """The scales to zoom through: that at which all is seen, then powers of two, in dots, up to the closest."""
    fit = fit_scale(size, room)
    closest = min(CLOSEST, max(room.columns, 2) // _FEWEST, int(room.aspect * room.rows) // _FEWEST)
    scale = 2.0 ** (math.floor(math.log2(fit * room.dots)) + 1) / room.dots
    found = [fit]
    # Where cells are wider than high, a pixel as wide as a cell may be higher than all rows.
    while scale <= max(closest, min(1.0, room.aspect * room.rows)):
        found.append(scale)
        scale *= 2
    return found


def image_view(size: tuple[int, int], room: Room, zoom: int = 0, at: tuple[int, int] | None = None) -> ImageView:
    """The view of an image of `size` (width, height) after so many steps of zoom, about the pixel `at` or the middle;
    at its edges the window stays in the image."""
    all_scales = scales(size, room)
    scale = all_scales[min(max(zoom, 0), len(all_scales) - 1)]
    width = _seen(size[0], room.columns, scale)
    height = _seen(size[1], room.aspect * room.rows, scale)
    x, y = at or (size[0] // 2, size[1] // 2)
    left = min(max(x - width // 2, 0), size[0] - width)
    top = min(max(y - height // 2, 0), size[1] - height)
    return ImageView(left, top, width, height, scale, room.aspect, room.dots)


def _seen(pixels: int, units: float, scale: float) -> int:
    """How many of the pixels are seen on so many units."""
    return min(pixels, max(1, math.floor(units / scale + 1e-9)))


def scale_text(scale: float) -> str:
    """A scale as it is written: 1:4 for a quarter, 2:1 for twice."""
    return f"{_few_digits(scale)}:1" if scale >= 1 else f"1:{_few_digits(1 / scale)}"


def _few_digits(parts: float) -> str:
    return f"{parts:.1f}" if parts < 10 and not float(parts).is_integer() else f"{parts:.0f}"

"""Pixels of images: brought to the size of their view, laid over the background, compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tui.analysis.image_view import EVEN, ImageView

Pixels: TypeAlias = npt.NDArray[Any]
"""[height, width, channels], grey, grey and alpha, RGB or RGBA; uint8, or uint16 for grey of 16 bits."""
_BEYOND = 0.01
Rgba = npt.NDArray[np.uint8]


def as_rgba(pixels: Pixels) -> Rgba:
    """The pixels as RGBA [height, width, 4], of 16 bits the upper 8."""
    eight = (pixels >> 8).astype(np.uint8) if pixels.dtype == np.uint16 else pixels
    channels = eight.shape[2]
    colour = eight[..., :-1] if channels in (2, 4) else eight
    alpha = eight[..., -1:] if channels in (2, 4) else np.full_like(eight[..., :1], 255)
    return np.concatenate([np.broadcast_to(colour, (*eight.shape[:2], 3)), alpha], axis=2)


def raster_size(view: ImageView) -> tuple[int, int]:
    """Width and height of the raster of a view: two pixels a cell each way."""
    return 2 * view.columns, view.lines


def dots_size(view: ImageView, cell: tuple[int, int]) -> tuple[int, int]:
    """Width and height of what a view shows in dots of the screen, of which a cell has so many each way."""
    dots = view.scale * cell[0]
    width, height = round(view.width * dots), round(view.height * dots)
    return min(max(width, 1), view.columns * cell[0]), min(max(height, 1), view.rows * cell[1])


def seen(pixels: Pixels, view: ImageView) -> Rgba:
    """The window of a view on an image's pixels as an RGBA raster of `raster_size`: pixels repeated, or their mean."""
    window = as_rgba(pixels[view.top : view.top + view.height, view.left : view.left + view.width])
    if view.reduces:
        return _resized(window, raster_size(view))
    scale = round(view.scale)
    return window.repeat(scale, axis=0).repeat(2 * scale, axis=1)


def seen_in_dots(pixels: Pixels, view: ImageView, size: tuple[int, int]) -> Rgba:
    """The same in the dots of a screen, `size` of them each way: where pixels are enlarged a little, what is between
    them is filled in, for lines that are a dot thick here and two there look broken."""
    return _resized(as_rgba(pixels[view.top : view.top + view.height, view.left : view.left + view.width]), size)


def _resized(window: Rgba, size: tuple[int, int]) -> Rgba:
    from PIL import Image  # not before there is an image: start-up does without it

    across, down = size[0] / window.shape[1], size[1] / window.shape[0]
    if min(across, down) < 1:
        how = Image.Resampling.BOX
    elif max(across, down) >= EVEN or (across.is_integer() and down.is_integer()):
        how = Image.Resampling.NEAREST
    else:
        how = Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(window).resize(size, how))


def over(raster: Rgba, background: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    """An RGBA raster over a colour, as RGB of whole cells: a line more where their number is odd."""
    if raster.shape[0] % 2 == 0 and (raster[..., 3] == 255).all():
        return raster[..., :3]
    if raster.shape[0] % 2:
        raster = np.concatenate([raster, np.zeros_like(raster[:1])])
    alpha = raster[..., 3:].astype(np.float32) / 255
    mixed = raster[..., :3] * alpha + np.array(background, np.float32) * (1 - alpha)
    return mixed.round().astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class ImageDifference:
    """What tells two images of one size apart.

    `pixels` are the absolute differences, [height, width, 1 or 3]; `max` and `mean` are over all of them, `at` is the
    first pixel (x, y) with the largest, and `share` that of the pixels that differ at all. `gain` is the power of two
    that makes them visible: times it, those of at most one pixel in a hundred are beyond the range of brightness.
    """

    pixels: Pixels
    max: int
    at: tuple[int, int]
    mean: float
    share: float
    gain: int


def image_difference(a: Pixels, b: Pixels) -> ImageDifference:
    """The difference of two images, that of their alpha added to every colour; of 8 bits where only one has 16.

    Raises:
        ValueError: their sizes differ.
    """
    if a.shape[:2] != b.shape[:2]:
        raise ValueError(f"sizes differ: {a.shape[1]}x{a.shape[0]} and {b.shape[1]}x{b.shape[0]}")
    if a.shape != b.shape or a.dtype != b.dtype or a.shape[2] in (2, 4):
        a, b = as_rgba(a), as_rgba(b)
    pixels = np.maximum(a, b) - np.minimum(a, b)
    if pixels.shape[2] == 4:
        pixels = np.maximum(pixels[..., :3], pixels[..., 3:])
    largest = pixels.max(2)
    y, x = divmod(int(largest.argmax()), pixels.shape[1])
    share = float(np.count_nonzero(largest) / largest.size)
    return ImageDifference(pixels, int(largest[y, x]), (x, y), float(pixels.mean()), share, _gain(largest))


def _gain(largest: npt.NDArray[Any]) -> int:
    """The gain for differences whose largest is this in each pixel."""
    counts = np.cumsum(np.bincount(largest.reshape(-1)))
    usual = int(np.searchsorted(counts, counts[-1] * (1 - _BEYOND))) or len(counts) - 1
    return 1 << (int(np.iinfo(largest.dtype).max) // usual).bit_length() - 1 if usual else 1


def seen_difference(difference: ImageDifference, view: ImageView) -> Rgba:
    """What a view shows of a difference, times its gain: where it reduces, the largest in the area, so that a single
    pixel that differs is seen."""
    brighter = _brighter(difference, view)
    if not view.reduces:
        return seen(brighter, replace(view, left=0, top=0))
    return _largest(brighter, raster_size(view))


def seen_difference_in_dots(difference: ImageDifference, view: ImageView, size: tuple[int, int]) -> Rgba:
    """The same in the dots of a screen, `size` of them each way."""
    brighter = _brighter(difference, view)
    if size[0] < view.width or size[1] < view.height:
        return _largest(brighter, size)
    return seen_in_dots(brighter, replace(view, left=0, top=0), size)


def _brighter(difference: ImageDifference, view: ImageView) -> Rgba:
    window = difference.pixels[view.top : view.top + view.height, view.left : view.left + view.width]
    full = int(np.iinfo(window.dtype).max)
    return as_rgba((window.astype(np.uint32) * difference.gain).clip(0, full).astype(window.dtype))


def _largest(raster: Rgba, size: tuple[int, int]) -> Rgba:
    """The largest of each channel in each of so many areas (across, down)."""
    (columns, lines), (height, width) = size, raster.shape[:2]
    rows = np.maximum.reduceat(raster, np.arange(lines) * height // lines, axis=0)
    return np.asarray(np.maximum.reduceat(rows, np.arange(columns) * width // columns, axis=1))

"""Pixels of any dtype and axis order -> bytes [height, width, channels]: the arithmetic that pictures share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

Pixels: TypeAlias = "npt.NDArray[Any]"
Bytes: TypeAlias = "npt.NDArray[np.uint8]"
MOST_ENLARGED = 100_000_000
"""Pixels that a picture is scaled up to; a larger one would take gigabytes of a training's memory."""
_GRID_COLUMNS = 8
_UINT16_PER_UINT8 = 257  # 65535 is 255


def check_layout(shape: tuple[int, ...], dataformats: object) -> None:
    """Refuse at the call what could not be drawn later.

    Raises:
        TypeError: `dataformats` is not a str.
        ValueError: it is no order of N, C, H and W, or the shape does not fit it.
    """
    if not isinstance(dataformats, str):
        raise TypeError(f"dataformats must be a str, got {type(dataformats).__name__}")
    axes = dataformats.upper()
    if sorted(axes) not in (sorted("HW"), sorted("CHW"), sorted("NCHW")):
        raise ValueError(f"dataformats {dataformats!r} is no order of HW, CHW or NCHW")
    if len(shape) != len(axes):
        raise ValueError(f"shape {list(shape)} does not fit dataformats {dataformats!r}")
    if 0 in shape:
        raise ValueError(f"no pixels in shape {list(shape)}")
    if "C" in axes and shape[axes.index("C")] > 4:
        raise ValueError(f"{shape[axes.index('C')]} channels, not 1 to 4, in shape {list(shape)}")


def picture_size(shape: tuple[int, ...], dataformats: str) -> tuple[int, int]:
    """Width and height of what `as_hwc` makes of this shape."""
    sizes = dict(zip(dataformats.upper(), shape, strict=True))
    rows, columns = _grid_size(sizes.get("N", 1))
    return columns * sizes["W"], rows * sizes["H"]


def scaled_size(size: tuple[int, int], factor: float) -> tuple[int, int]:
    """Both sizes times `factor`, rounded down.

    Raises:
        ValueError, OverflowError: nothing is left, it is enlarged beyond MOST_ENLARGED, or `factor` is no factor.
    """
    width, height = int(size[0] * factor), int(size[1] * factor)
    if width < 1 or height < 1:
        raise ValueError(f"rescale {factor} leaves {width} x {height} pixels of {size[0]} x {size[1]}")
    if width * height > max(MOST_ENLARGED, size[0] * size[1]):
        raise ValueError(f"rescale {factor} makes {width} x {height} pixels, and at most {MOST_ENLARGED:,} are made")
    return width, height


def as_hwc(pixels: Pixels, dataformats: str) -> Pixels:
    """[height, width, channels], grey widened to three channels; a batch becomes a grid of 8 columns."""
    axes = dataformats.upper()
    if len(axes) == 2:
        pixels, axes = pixels[..., np.newaxis], axes + "C"
    if len(axes) == 4:
        batch = pixels.transpose([axes.index(axis) for axis in "NHWC"])
        hwc = grid(batch, *_grid_size(len(batch)))
    else:
        hwc = pixels.transpose([axes.index(axis) for axis in "HWC"])
    return np.repeat(hwc, 3, axis=2) if hwc.shape[2] == 1 else hwc


def grid(batch: Pixels, rows: int, columns: int) -> Pixels:
    """[n, height, width, channels] -> one image, row by row, zero where there are fewer than rows * columns."""
    number, height, width, channels = batch.shape
    cells = np.zeros((rows * columns, height, width, channels), batch.dtype)
    cells[:number] = batch
    by_row = cells.reshape(rows, columns, height, width, channels).transpose(0, 2, 1, 3, 4)
    return by_row.reshape(rows * height, columns * width, channels)


def as_bytes(pixels: Pixels) -> Bytes:
    """uint8 as it is, uint16 from its whole range; any other dtype from 0 to 1, clipped, NaN as 0.

    Source: torch.utils.tensorboard.summary.image, which has no uint16: it takes that from 0 to 1, too.
    """
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype.kind == "u" and pixels.dtype.itemsize == 2:  # of either byte order
        return (pixels // _UINT16_PER_UINT8).astype(np.uint8)
    with np.errstate(over="ignore"):  # clipped just below
        scaled = (pixels.astype(np.float32) * 255).clip(0, 255)
    scaled[np.isnan(scaled)] = 0
    return scaled.astype(np.uint8)


def _grid_size(number: int) -> tuple[int, int]:
    """Rows and columns of a grid of so many images."""
    columns = min(number, _GRID_COLUMNS)
    return math.ceil(number / columns), columns

"""Images: pixels in any axis order -> PNG -> Summary."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.proto import summary_pb2

Pixels = npt.NDArray[Any]
_GRID_COLUMNS = 8


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
    allowed = (1, 3) if "N" in axes else (1, 2, 3, 4)
    if "C" in axes and shape[axes.index("C")] not in allowed:
        raise ValueError(f"{shape[axes.index('C')]} channels, not one of {list(allowed)}, in shape {list(shape)}")


def image(tag: str, pixels: Pixels, dataformats: str) -> summary_pb2.Summary:
    """A PNG of `pixels`, laid out as `dataformats` says; a batch becomes a grid of 8 columns.

    uint8 is taken as it is; any other dtype is taken as 0 to 1, and clipped; NaN is black. Source:
    torch.utils.tensorboard.summary.image.
    """
    hwc = _as_hwc(pixels, dataformats.upper())
    height, width, channels = hwc.shape
    return summary_pb2.Summary(
        value=[
            summary_pb2.Summary.Value(
                tag=tag,
                image=summary_pb2.Summary.Image(
                    height=height, width=width, colorspace=channels, encoded_image_string=_png(_as_bytes(hwc))
                ),
            )
        ]
    )


def _as_hwc(pixels: Pixels, axes: str) -> Pixels:
    """[height, width, channels], grey widened to three channels."""
    if len(axes) == 2:
        pixels, axes = pixels[..., np.newaxis], axes + "C"
    if len(axes) == 4:
        hwc = _grid(pixels.transpose([axes.index(axis) for axis in "NHWC"]))
    else:
        hwc = pixels.transpose([axes.index(axis) for axis in "HWC"])
    return np.repeat(hwc, 3, axis=2) if hwc.shape[2] == 1 else hwc


def _grid(batch: Pixels) -> Pixels:
    """[n, height, width, channels] -> one image, row by row, black where the last row is short."""
    number, height, width, channels = batch.shape
    columns = min(number, _GRID_COLUMNS)
    rows = math.ceil(number / columns)
    cells = np.zeros((rows * columns, height, width, channels), batch.dtype)
    cells[:number] = batch
    by_row = cells.reshape(rows, columns, height, width, channels).transpose(0, 2, 1, 3, 4)
    return by_row.reshape(rows * height, columns * width, channels)


def _as_bytes(hwc: Pixels) -> npt.NDArray[np.uint8]:
    if hwc.dtype == np.uint8:
        return hwc
    with np.errstate(over="ignore"):  # clipped just below
        scaled = (hwc.astype(np.float32) * 255).clip(0, 255)
    scaled[np.isnan(scaled)] = 0
    return scaled.astype(np.uint8)


def _png(hwc: npt.NDArray[np.uint8]) -> bytes:
    from PIL import Image

    output = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(hwc)).save(output, format="PNG")
    return output.getvalue()

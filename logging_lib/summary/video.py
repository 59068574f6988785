"""Videos: a batch of frames in time -> an animated GIF -> Summary."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from logging_lib.summary.gif import MAX_SIDE, delays, gif
from logging_lib.summary.image import image_summary
from logging_lib.summary.pixels import as_bytes, grid
from logging_lib.tfevents.proto import summary_pb2

_CHANNELS = (1, 3, 4)


def check_video(shape: tuple[int, ...]) -> None:
    """Refuse at the call what could not be encoded later.

    Raises:
        ValueError: not [number, time, channels, height, width], no pixels, channels that are not grey, RGB or RGBA, or
            more pixels across than a GIF can have.
    """
    if len(shape) != 5:
        raise ValueError(f"expected a video of shape [N, T, C, H, W], got {list(shape)}")
    if 0 in shape:
        raise ValueError(f"no pixels in shape {list(shape)}")
    number, _, channels, height, width = shape
    if channels not in _CHANNELS:
        raise ValueError(f"{channels} channels, not one of {list(_CHANNELS)}, in shape {list(shape)}")
    rows, columns = grid_size(number)
    if max(rows * height, columns * width) > MAX_SIDE:
        raise ValueError(f"shape {list(shape)} makes {columns * width} x {rows * height} pixels, too many for a GIF")


def video(tag: str, batch: npt.ArrayLike, fps: float) -> summary_pb2.Summary:
    """A GIF of [number, time, channels, height, width], all of the batch side by side; opacity is left out.

    Source: torch.utils.tensorboard.summary.video.
    """
    pixels = np.asarray(batch)
    number, frames, channels, height, width = pixels.shape
    rows, columns = grid_size(number)
    pictures = (grid(as_bytes(pixels[:, time, :3]).transpose(0, 2, 3, 1), rows, columns) for time in range(frames))
    encoded = gif(pictures, delays(frames, fps))
    return image_summary(tag, columns * width, rows * height, channels, encoded)


def grid_size(number: int) -> tuple[int, int]:
    """Rows and columns for a batch: its number, filled up to a power of 2, as square as it goes, and rather wide."""
    cells = 1 << (number - 1).bit_length()
    rows = 1 << (number.bit_length() - 1) // 2
    return rows, cells // rows

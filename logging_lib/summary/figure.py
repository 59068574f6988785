"""Figures, drawn already -> one PNG -> Summary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from logging_lib.summary.image import png_summary
from logging_lib.summary.pixels import Bytes, as_hwc
from logging_lib.tfevents.proto import summary_pb2


def figures(tag: str, drawn: Sequence[Bytes]) -> summary_pb2.Summary:
    """A PNG of figures, each [height, width, RGBA] and all of one size, in a grid of 8 columns.

    Source: torch.utils.tensorboard.SummaryWriter.add_figure, which leaves out how transparent a pixel is: the edges
    of lines and letters on a transparent background become thick.
    """
    return png_summary(tag, as_hwc(np.stack([_on_white(rgba) for rgba in drawn]), "NHWC"))


def _on_white(rgba: Bytes) -> Bytes:
    colors, opacity = rgba[..., :3], rgba[..., 3:].astype(np.uint16)
    if opacity.min() == 255:
        return colors
    return ((colors * opacity + 255 * (255 - opacity) + 127) // 255).astype(np.uint8)

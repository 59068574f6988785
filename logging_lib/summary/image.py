"""Images: pixels in any axis order, perhaps with boxes drawn on them -> PNG -> Summary."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from logging_lib.summary.pixels import Bytes, as_bytes, as_hwc, scaled_size
from logging_lib.tfevents.proto import summary_pb2

if TYPE_CHECKING:
    from PIL.Image import Image

# Of zlib. Photos and plots take 30 to 70 % less time than at Pillow's own level, 6, and 5 to 30 % more bytes.
_COMPRESS_LEVEL = 2
_BOX_COLOR = "red"
_LABEL_COLOR = "black"
_BOX_WIDTH = 2
# Beyond any image, and still an int of C, as which Pillow takes coordinates.
_FARTHEST = 1e9


def image(tag: str, pixels: npt.ArrayLike, dataformats: str) -> summary_pb2.Summary:
    """A PNG of `pixels`, laid out as `dataformats` says. Source: torch.utils.tensorboard.summary.image."""
    return png_summary(tag, as_bytes(as_hwc(np.asarray(pixels), dataformats)))


def image_with_boxes(
    tag: str,
    pixels: npt.ArrayLike,
    dataformats: str,
    boxes: npt.ArrayLike,
    labels: Sequence[str | None] | None = None,
    rescale: float = 1,
) -> summary_pb2.Summary:
    """A PNG of `pixels` with red boxes, scaled by `rescale` afterwards.

    Source: torch.utils.tensorboard.summary.image_boxes. Unlike there, a box with a NaN is not drawn, an infinite one
    ends beyond the image, and the summary's height and width are those of the PNG.

    Args:
        boxes: [n, 4 or more] of left, top, right, bottom in pixels; columns beyond are ignored.
        labels: a text or None for each box.
    """
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(as_bytes(as_hwc(np.asarray(pixels), dataformats))))
    corners = np.asarray(boxes).astype(np.float64)
    for box, label in zip(corners, labels or [None] * len(corners), strict=True):
        if not np.isnan(box[:4]).any():
            _draw_box(picture, box[:4].clip(-_FARTHEST, _FARTHEST).tolist(), label)
    if rescale != 1:
        picture = picture.resize(scaled_size(picture.size, rescale), Image.Resampling.LANCZOS)
    return _picture_summary(tag, picture)


def png_summary(tag: str, hwc: Bytes) -> summary_pb2.Summary:
    """A PNG of [height, width, 1 to 4]: grey, grey and alpha, RGB, RGBA."""
    from PIL import Image

    return _picture_summary(tag, Image.fromarray(np.ascontiguousarray(hwc)))


def image_summary(tag: str, width: int, height: int, channels: int, encoded: bytes) -> summary_pb2.Summary:
    """An image that is encoded already: PNG, GIF."""
    proto = summary_pb2.Summary.Image(height=height, width=width, colorspace=channels, encoded_image_string=encoded)
    return summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, image=proto)])


def _picture_summary(tag: str, picture: Image) -> summary_pb2.Summary:
    output = io.BytesIO()
    picture.save(output, format="PNG", compress_level=_COMPRESS_LEVEL)
    return image_summary(tag, *picture.size, len(picture.getbands()), output.getvalue())


def _draw_box(picture: Image, box: list[float], label: str | None) -> None:
    """The outline, and inside its lower left corner the label."""
    from PIL import ImageDraw, ImageFont

    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = box
    outline = [(left, top), (left, bottom), (right, bottom), (right, top), (left, top)]
    draw.line(outline, width=_BOX_WIDTH, fill=_BOX_COLOR)
    if not label:
        return
    font: Any = ImageFont.load_default()
    text_left, text_top, text_right, text_bottom = font.getbbox(label)
    width, height = text_right - text_left, text_bottom - text_top
    margin = math.ceil(0.05 * height)
    draw.rectangle([(left, bottom - height - 2 * margin), (left + width, bottom)], fill=_BOX_COLOR)
    draw.text((left + margin, bottom - height - margin), label, fill=_LABEL_COLOR, font=font)

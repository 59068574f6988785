"""SummaryWriter.add_image, add_images, add_image_with_boxes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import SupportsInt

from logging_lib.arguments import About
from logging_lib.calls.sink import EventSink
from logging_lib.capture import captured_array
from logging_lib.summary.pixels import check_layout, picture_size, scaled_size


class ImageCalls(EventSink):
    """Images."""

    def add_image(
        self,
        tag: str,
        img_tensor: object,
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:
        """Log an image: uint8 of 0 to 255, uint16 of 0 to 65535, or any other dtype of 0 to 1; copied.

        `dataformats` is the order of the axes: any of HW, CHW, and NCHW for a batch drawn as a grid; 1 to 4 channels.
        """
        from logging_lib.summary.image import image

        with About(tag):
            pixels = captured_array(img_tensor)
            check_layout(pixels.shape, dataformats)
        self._log_event(tag, partial(image, tag, pixels, dataformats), global_step, walltime, nbytes=pixels.nbytes)

    def add_images(
        self,
        tag: str,
        img_tensor: object,
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
        dataformats: str = "NCHW",
    ) -> None:
        """Log a batch of images as one grid of 8 columns."""
        ImageCalls.add_image(self, tag, img_tensor, global_step, walltime, dataformats)  # a subclass may take others

    def add_image_with_boxes(
        self,
        tag: str,
        img_tensor: object,
        box_tensor: object,
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
        rescale: float = 1,
        dataformats: str = "CHW",
        labels: Sequence[str | None] | str | None = None,
    ) -> None:
        """Log an image, as `add_image` takes it, with red boxes drawn on it.

        Args:
            box_tensor: [n, 4] of xmin, ymin, xmax, ymax in pixels; further columns are ignored.
            rescale: factor of the image's size, once the boxes are drawn.
            labels: a text or None for each box; a str where there is one box.
        """
        from logging_lib.summary.image import image_with_boxes

        with About(tag):
            pixels, boxes = captured_array(img_tensor), captured_array(box_tensor)
            check_layout(pixels.shape, dataformats)
            _check_boxes(boxes.shape)
            texts = _checked_labels(labels, boxes.shape[0])
            scaled_size(picture_size(pixels.shape, dataformats), rescale)  # would fail here rather than later
        make = partial(image_with_boxes, tag, pixels, dataformats, boxes, texts, rescale)
        self._log_event(tag, make, global_step, walltime, nbytes=pixels.nbytes + boxes.nbytes)


def _check_boxes(shape: tuple[int, ...]) -> None:
    if shape[:1] != (0,) and (len(shape) != 2 or shape[1] < 4):
        raise ValueError(f"expected boxes of shape [n, 4], got {list(shape)}")


def _checked_labels(labels: Sequence[str | None] | str | None, boxes: int) -> list[str | None] | None:
    if labels is None:
        return None
    texts: list[str | None] = [labels] if isinstance(labels, str) else list(labels)
    if len(texts) != boxes:
        raise ValueError(f"got {len(texts)} labels for {boxes} boxes")
    for text in texts:
        if text is not None and not isinstance(text, str):
            raise TypeError(f"a label must be a str, got {type(text).__name__}")
    return texts

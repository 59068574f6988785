"""SummaryWriter.add_image, add_images."""

from __future__ import annotations

from functools import partial
from typing import SupportsInt

from logging_lib.arguments import About
from logging_lib.arrays import captured
from logging_lib.calls.sink import EventSink
from logging_lib.summary.image import check_layout, image


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
        """Log an image: uint8 of 0 to 255, or any other dtype of 0 to 1; 1, 3 or 4 channels; copied.

        `dataformats` is the order of the axes: any of HW, CHW, and NCHW for a batch drawn as a grid.
        """
        with About(tag):
            pixels = captured(img_tensor)
            check_layout(pixels.shape, dataformats)
        self._log(tag, partial(image, tag, pixels, dataformats), global_step, walltime, nbytes=pixels.nbytes)

    def add_images(
        self,
        tag: str,
        img_tensor: object,
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
        dataformats: str = "NCHW",
    ) -> None:
        """Log a batch of images as one grid of 8 columns."""
        self.add_image(tag, img_tensor, global_step, walltime, dataformats)

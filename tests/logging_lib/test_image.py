"""Images and boxes where torch has nothing to compare with, and what is refused at the call."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tensorboard.util import tensor_util

from logging_lib import SummaryWriter
from logging_lib.summary.image import image, image_with_boxes
from logging_lib.tfevents.proto.summary_pb2 import Summary
from tests.logging_lib.event_files import shown_events, summaries
from tests.logging_lib.shown_blobs import only_blob
from tui.reader import payload

BLACK = np.zeros((3, 40, 60), np.uint8)
RED = [255, 0, 0]


def decoded(summary: Summary) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(summary.value[0].image.encoded_image_string)))


def test_tensorboard_and_our_reader_show_the_image(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 4, 6), dtype=np.uint8)
    with SummaryWriter(tmp_path) as writer:
        writer.add_image("i", pixels, 7)
    value = shown_events(tmp_path)[1].summary.value[0]
    assert value.metadata.plugin_data.plugin_name == "images"
    width, height, png = tensor_util.make_ndarray(value.tensor).tolist()
    assert (width, height) == (b"6", b"4")
    assert (np.asarray(Image.open(io.BytesIO(png))) == pixels.transpose(1, 2, 0)).all()
    step, ref = only_blob(tmp_path, "i", "images")
    assert (step, payload.read_image(ref)) == (7, [png])


@pytest.mark.parametrize("order", ["<u2", ">u2"])
def test_uint16_is_of_its_whole_range(order: str) -> None:
    """torch takes it from 0 to 1, which leaves black and white."""
    pixels = decoded(image("i", np.array([[0, 256, 257, 32896, 65535]], order), "HW"))
    assert pixels[0, :, 0].tolist() == [0, 0, 1, 128, 255]


def test_a_batch_may_have_opacity() -> None:
    """As in tensorboardX; torch raises."""
    pixels = decoded(image("i", np.full((9, 4, 2, 3), 200, np.uint8), "NCHW"))
    assert pixels.shape == (4, 24, 4)
    assert (pixels[:2] == 200).all()
    assert (pixels[2:, :3] == 200).all()
    assert (pixels[2:, 3:] == 0).all()


def test_what_is_logged_is_a_copy(tmp_path: Path) -> None:
    pixels, boxes = BLACK.copy(), np.array([[1, 1, 30, 30]])
    with SummaryWriter(tmp_path, flush_secs=3600) as writer:
        writer.add_scalar("first", 1)  # written at once; what follows waits
        writer.add_image_with_boxes("b", pixels, boxes)
        pixels[:], boxes[:] = 255, 20
    drawn = decoded(summaries(tmp_path)[1].summary)
    assert (drawn[1, 1].tolist(), drawn[35, 50].tolist()) == (RED, [0, 0, 0])


@pytest.mark.parametrize("column", range(4))
def test_a_box_of_nan_is_not_drawn_and_the_others_are(column: int) -> None:
    boxes = np.array([[5.0, 5, 20, 20], [25, 5, 40, 20]])
    boxes[0, column] = np.nan
    drawn = decoded(image_with_boxes("b", BLACK, "CHW", boxes, ["lost", None]))
    assert (drawn == decoded(image_with_boxes("b", BLACK, "CHW", boxes[1:]))).all()
    assert drawn[5, 30].tolist() == RED


def test_an_infinite_box_ends_beyond_the_image() -> None:
    endless = np.array([[5, -np.inf, np.inf, 20.0]])
    drawn = decoded(image_with_boxes("b", BLACK, "CHW", endless, ["cat"]))
    assert (drawn == decoded(image_with_boxes("b", BLACK, "CHW", [[5, -1e6, 1e6, 20]], ["cat"]))).all()
    assert drawn[20, 59].tolist() == RED


def test_boxes_of_bytes_near_the_top_are_labelled_inside_them() -> None:
    """torch subtracts the text's height in 8 bits, from which there is no number below 0."""
    boxes = np.array([[3, 1, 30, 5]])
    drawn = [decoded(image_with_boxes("b", BLACK, "CHW", boxes.astype(dtype), ["cat"])) for dtype in ("u1", "i8")]
    assert (drawn[0] == drawn[1]).all()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"box_tensor": np.zeros(4)}, ValueError, r"expected boxes of shape \[n, 4\], got \[4\]"),
        ({"box_tensor": np.zeros((2, 3))}, ValueError, r"expected boxes of shape \[n, 4\], got \[2, 3\]"),
        ({"box_tensor": 5}, ValueError, r"expected boxes of shape \[n, 4\], got \[\]"),
        ({"box_tensor": None}, TypeError, "expected numbers, got NoneType"),
        ({"labels": ["a"]}, ValueError, "got 1 labels for 2 boxes"),
        ({"labels": "a"}, ValueError, "got 1 labels for 2 boxes"),
        ({"labels": ["a", 5]}, TypeError, "a label must be a str, got int"),
        ({"labels": 5}, TypeError, "'int' object is not iterable"),
        ({"rescale": 0.01}, ValueError, "rescale 0.01 leaves 0 x 0 pixels of 60 x 40"),
        ({"rescale": 1e3}, ValueError, "rescale 1000.0 makes 60000 x 40000 pixels, and at most 100,000,000 are made"),
        ({"rescale": 1e300}, ValueError, "are made"),
        ({"rescale": -1}, ValueError, "rescale -1 leaves -60 x -40 pixels"),
        ({"rescale": float("nan")}, ValueError, "cannot convert float NaN"),
        ({"rescale": float("inf")}, ValueError, "cannot convert float infinity"),
        ({"rescale": None}, TypeError, "unsupported operand"),
        ({"dataformats": "HWC"}, ValueError, "60 channels"),
        ({"img_tensor": np.zeros((0, 3, 4, 4)), "dataformats": "NCHW"}, ValueError, "no pixels in shape"),
    ],
)
def test_bad_boxes_raise_at_the_call(
    tmp_path: Path, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(error, match=f"^tag 't': .*{message}"):
        writer.add_image_with_boxes("t", **({"img_tensor": BLACK, "box_tensor": np.zeros((2, 4))} | arguments))
    assert summaries(tmp_path) == []

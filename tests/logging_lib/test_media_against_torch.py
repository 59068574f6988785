"""Pictures, sounds and meshes: the same calls on our writer and on torch's give the same events."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from PIL import Image, ImageSequence
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.util import tensor_util
from torch.utils.tensorboard import SummaryWriter as TorchWriter
from torch.utils.tensorboard import summary as torch_summary

from logging_lib import SummaryWriter
from logging_lib.summary.image import image_with_boxes
from logging_lib.summary.video import video
from tests.logging_lib.test_against_torch import written

RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.random((3, 40, 60)).astype(np.float32)
BYTES = RANDOM.integers(0, 256, (3, 40, 60), dtype=np.uint8)
RGBA = np.concatenate([BYTES, BYTES[:1]])
BOXES = np.array([[3, 5, 30, 20], [10.5, 0, 59, 39]])
WAVE = np.sin(np.linspace(0, 50, 300)).astype(np.float32)
VERTICES = RANDOM.normal(size=(2, 7, 3)).astype(np.float32)
FACES = RANDOM.integers(0, 7, (2, 4, 3))
COLORS = RANDOM.integers(0, 256, (2, 7, 3))

CALLS: dict[str, Callable[[Any], None]] = {
    "boxes": lambda w: w.add_image_with_boxes("b", PIXELS, BOXES, 1, 2.5),
    "boxes on bytes": lambda w: w.add_image_with_boxes("b", BYTES, BOXES, 1),
    "boxes of ints": lambda w: w.add_image_with_boxes("b", BYTES, torch.tensor([[3, 5, 30, 20]]), 1),
    "boxes with columns beyond": lambda w: w.add_image_with_boxes("b", BYTES, np.ones((2, 6), np.float32) * 9, 1),
    "boxes, none": lambda w: w.add_image_with_boxes("b", BYTES, torch.tensor([]), 1),
    "boxes inside out": lambda w: w.add_image_with_boxes("b", BYTES, BOXES[:, ::-1], 1, labels=["a", "b"]),
    "boxes, labels": lambda w: w.add_image_with_boxes("b", PIXELS, BOXES, 1, labels=["cat", "dog é"]),
    "boxes, one label": lambda w: w.add_image_with_boxes("b", PIXELS, BOXES[:1], 1, labels="cat"),
    "boxes, a label missing": lambda w: w.add_image_with_boxes("b", PIXELS, BOXES, 1, labels=[None, "dog"]),
    "boxes HWC": lambda w: w.add_image_with_boxes("b", BYTES.transpose(1, 2, 0), BOXES, dataformats="HWC"),
    "boxes NCHW": lambda w: w.add_image_with_boxes("b", BYTES[np.newaxis].repeat(9, 0), BOXES, dataformats="NCHW"),
    "boxes on grey": lambda w: w.add_image_with_boxes("b", BYTES[0], BOXES, dataformats="HW"),
    "boxes on RGBA": lambda w: w.add_image_with_boxes(
        "b", np.concatenate([BYTES, BYTES[:1]]), BOXES, labels=["a", "b"]
    ),
    "image bool": lambda w: w.add_image("i", PIXELS > 0.5, 1),
    "image float16": lambda w: w.add_image("i", torch.from_numpy(PIXELS).half(), 1),
    "image bfloat16": lambda w: w.add_image("i", torch.from_numpy(PIXELS).bfloat16(), 1),
    "figure": lambda w: w.add_figure("f", figure(), 1, walltime=2.5),
    "figure of pyplot": lambda w: w.add_figure("f", figure(plt.figure), 1),
    "figures": lambda w: w.add_figure("f", [figure() for _ in range(9)], 1),
    "audio": lambda w: w.add_audio("a", WAVE, 1, 8000, 2.5),
    "audio tensor [1, L]": lambda w: w.add_audio("a", torch.from_numpy(WAVE)[None].requires_grad_(), 1),
    "audio [L, 1]": lambda w: w.add_audio("a", WAVE[:, np.newaxis].astype(np.float64), 1),
    "audio clipped": lambda w: w.add_audio("a", WAVE * 3, 1),
    "audio of ints that are -1 to 1": lambda w: w.add_audio("a", np.array([-1, 0, 1]), 1),
    "mesh": lambda w: w.add_mesh("m", VERTICES, COLORS, FACES, {"camera": {"cls": "P", "fov": 75}}, 1, 2.5),
    "mesh tensors": lambda w: w.add_mesh("m", *map(torch.from_numpy, (VERTICES, COLORS, FACES)), global_step=1),
    "mesh of bytes": lambda w: w.add_mesh("m", VERTICES, COLORS.astype(np.uint8), FACES.astype(np.int32)),
    "mesh of float64": lambda w: w.add_mesh("m", VERTICES / 3.0, COLORS / 3.0, FACES.astype(np.float64)),
    "points": lambda w: w.add_mesh("m", VERTICES, global_step=1),
    "points, none": lambda w: w.add_mesh("m", np.zeros((1, 0, 3)), global_step=1),
}

VIDEOS = {
    **{f"{number} videos": RANDOM.random((number, 3, 3, 2, 3)) for number in (*range(1, 10), 16, 17, 33)},
    "grey": RANDOM.random((2, 5, 1, 4, 5)).astype(np.float32),
    "RGBA": RANDOM.random((1, 2, 4, 3, 3)),
    "bytes": RANDOM.integers(0, 256, (3, 4, 3, 2, 5), dtype=np.uint8),
    "all bytes": np.arange(256, dtype=np.uint8).reshape(1, 1, 1, 16, 16),
    "beyond 0 to 1": RANDOM.normal(size=(1, 2, 3, 4, 4)),
    "equal frames": np.zeros((1, 6, 3, 4, 4), np.float32),
}


def figure(make: Callable[..., Figure] = Figure) -> Figure:
    drawn = make(figsize=(2, 1.5), dpi=80)
    drawn.subplots().plot([1, 3, 2], label="loss")
    return drawn


def same_form(events: dict[str, list[Event]]) -> dict[str, list[Event]]:
    """With meshes as float32, as torch stores them all."""
    for value in (value for run in events.values() for event in run for value in event.summary.value):
        if value.metadata.plugin_data.plugin_name == "mesh":
            array = tensor_util.make_ndarray(value.tensor).astype(np.float32)
            value.tensor.CopyFrom(tensor_util.make_tensor_proto(array))
    return events


@pytest.mark.parametrize("name", CALLS)
def test_same_events(tmp_path: Path, name: str) -> None:
    theirs = same_form(written(TorchWriter, tmp_path / "torch", CALLS[name]))
    ours = same_form(written(SummaryWriter, tmp_path / "ours", CALLS[name]))
    assert ours == theirs
    assert any(event.HasField("summary") for events in ours.values() for event in events)


def raw_frames(tensor: np.ndarray, fps: float) -> Summary.Image:
    """In place of torch's make_video, which needs moviepy: [time, height, width, channels] as they are."""
    _, height, width, channels = tensor.shape
    rgb = tensor[..., :3].repeat(3 if channels == 1 else 1, axis=-1)
    return Summary.Image(height=height, width=width, colorspace=channels, encoded_image_string=rgb.tobytes())


@pytest.mark.parametrize("name", VIDEOS)
def test_same_frames(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Frames of up to 256 colors, which a GIF holds as they are."""
    monkeypatch.setattr(torch_summary, "make_video", raw_frames)
    theirs = torch_summary.video("v", VIDEOS[name], 4)
    ours = Summary.FromString(video("v", VIDEOS[name], 4).SerializeToString())
    decoded = Image.open(io.BytesIO(ours.value[0].image.encoded_image_string))
    frames = [np.asarray(frame.convert("RGB")).tobytes() for frame in ImageSequence.Iterator(decoded)]
    assert len(frames) == VIDEOS[name].shape[1]
    ours.value[0].image.encoded_image_string = b"".join(frames)
    assert ours == theirs


@st.composite
def boxes_and_labels(draw: st.DrawFn) -> tuple[np.ndarray, list[str | None] | None]:
    count = draw(st.integers(0, 4))
    dtype = draw(st.sampled_from([np.int64, np.float32, np.float64]))
    # Sixty-fourths: torch adds a label's width to them in float32, or in float64 with NumPy 1, we always in float64.
    corner = st.integers(-90 * 64, 90 * 64).map(lambda number: number / 64)
    corners = draw(st.lists(corner, min_size=4 * count, max_size=4 * count))
    text = st.none() | st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=9)
    labels = draw(st.none() | st.lists(text, min_size=count, max_size=count))
    return np.array(corners).reshape(count, 4).astype(dtype), labels


@given(boxes_and_labels())
def test_boxes_are_torchs_pixel_for_pixel(given_boxes: tuple[np.ndarray, list[str | None] | None]) -> None:
    boxes, labels = given_boxes
    theirs = torch_summary.image_boxes("b", BYTES, boxes, labels=labels).value[0].image.encoded_image_string
    ours = image_with_boxes("b", BYTES, "CHW", boxes, labels).value[0].image.encoded_image_string
    assert (np.asarray(Image.open(io.BytesIO(ours))) == np.asarray(Image.open(io.BytesIO(theirs)))).all()


@pytest.mark.parametrize("rescale", [0.5, 1.7, 3])
def test_rescaled_boxes_are_torchs(rescale: float) -> None:
    """Other than torch's, the summary tells the size of the picture that is in it."""
    theirs = torch_summary.image_boxes("b", BYTES, BOXES, rescale, labels=["a", "b"]).value[0].image
    ours = image_with_boxes("b", BYTES, "CHW", BOXES, ["a", "b"], rescale).value[0].image
    picture = Image.open(io.BytesIO(ours.encoded_image_string))
    assert (np.asarray(picture) == np.asarray(Image.open(io.BytesIO(theirs.encoded_image_string)))).all()
    assert (theirs.width, theirs.height) == (60, 40)
    assert (ours.width, ours.height) == picture.size == (int(60 * rescale), int(40 * rescale))

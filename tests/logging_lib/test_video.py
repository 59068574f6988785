"""add_video read back, and what it refuses at the call."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence
from tensorboard.util import tensor_util

from logging_lib import SummaryWriter
from tests.logging_lib.event_files import shown_events, summaries
from tests.logging_lib.shown_blobs import only_blob
from tui.reader import payload

FRAMES = np.random.default_rng(0).integers(0, 256, (2, 5, 3, 7, 9), dtype=np.uint8)


def test_tensorboard_and_our_reader_show_the_video(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_video("v", FRAMES, 3, fps=30)
    value = shown_events(tmp_path)[1].summary.value[0]
    assert value.metadata.plugin_data.plugin_name == "images"
    width, height, gif = tensor_util.make_ndarray(value.tensor).tolist()
    assert (width, height) == (b"18", b"7")
    step, ref = only_blob(tmp_path, "v", "images")
    assert (step, payload.read_image(ref)) == (3, [gif])
    frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(Image.open(io.BytesIO(gif)))]
    side_by_side = np.concatenate(list(FRAMES), axis=-1)
    assert (np.array(frames) == side_by_side.transpose(0, 2, 3, 1)).all()


def test_what_is_logged_is_a_copy(tmp_path: Path) -> None:
    frames = FRAMES.copy()
    with SummaryWriter(tmp_path, flush_secs=3600) as writer:
        writer.add_scalar("first", 1)  # written at once; what follows waits
        writer.add_video("v", frames)
        frames[:] = 0
    encoded = summaries(tmp_path)[1].summary.value[0].image.encoded_image_string
    assert (np.asarray(Image.open(io.BytesIO(encoded)).convert("RGB"))[:, :9] == FRAMES[0, 0].transpose(1, 2, 0)).all()


@pytest.mark.parametrize(
    ("video", "arguments", "error", "message"),
    [
        (FRAMES[0], {}, ValueError, r"expected a video of shape \[N, T, C, H, W\], got \[5, 3, 7, 9\]"),
        (FRAMES[:0], {}, ValueError, "no pixels in shape"),
        (FRAMES[:, :0], {}, ValueError, "no pixels in shape"),
        (FRAMES[:, :, :2], {}, ValueError, r"2 channels, not one of \[1, 3, 4\]"),
        (np.zeros((1, 1, 1, 1, 65536), np.uint8), {}, ValueError, "65536 x 1 pixels, too many for a GIF"),
        (np.zeros((4, 1, 1, 40000, 1), np.uint8), {}, ValueError, "2 x 80000 pixels, too many for a GIF"),
        (FRAMES, {"fps": 0}, ValueError, "fps 0 is not"),
        (FRAMES, {"fps": None}, TypeError, "NoneType"),
        (FRAMES.astype(complex), {}, TypeError, "complex"),
        (None, {}, TypeError, "expected numbers, got NoneType"),
    ],
)
def test_bad_videos_raise_at_the_call(
    tmp_path: Path, video: Any, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(error, match=f"^tag 't': .*{message}"):
        writer.add_video("t", video, **arguments)
    assert summaries(tmp_path) == []


def test_the_widest_gif_there_is(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_video("t", np.zeros((1, 1, 1, 1, 65535), np.uint8))
    encoded = summaries(tmp_path)[0].summary.value[0].image.encoded_image_string
    assert Image.open(io.BytesIO(encoded)).size == (65535, 1)

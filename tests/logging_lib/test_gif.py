"""GIFs decoded by Pillow: frames, their number, times and colors."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageSequence
from PIL.Image import Quantize

from logging_lib.summary.gif import checked_fps, delays, gif

RANDOM = np.random.default_rng(0)


def decode(encoded: bytes) -> tuple[list[np.ndarray], list[int]]:
    """RGB frames, and how long each is shown in ms."""
    picture = Image.open(io.BytesIO(encoded))
    frames = [(np.asarray(frame.convert("RGB")), frame.info["duration"]) for frame in ImageSequence.Iterator(picture)]
    return [pixels for pixels, _ in frames], [duration for _, duration in frames]


@given(
    st.tuples(st.integers(1, 5), st.integers(1, 16), st.integers(1, 16), st.sampled_from([1, 3])).flatmap(
        lambda shape: hnp.arrays(np.uint8, shape)
    ),
    st.data(),
)
def test_frames_of_few_colors_are_exact(frames: np.ndarray, data: st.DataObject) -> None:
    durations = data.draw(st.lists(st.integers(1, 65535), min_size=len(frames), max_size=len(frames)))
    decoded, shown = decode(gif(frames, durations))
    assert shown == [10 * duration for duration in durations]
    assert (np.array(decoded) == np.broadcast_to(frames, (*frames.shape[:3], 3))).all()


@pytest.mark.parametrize("colors", [1, 2, 3, 4, 5, 128, 129, 255, 256])
def test_any_number_of_colors_up_to_256(colors: int) -> None:
    palette = np.unique(RANDOM.integers(0, 256, (400, 3), dtype=np.uint8), axis=0)[:colors]
    frame = palette[np.arange(20 * 30) % colors].reshape(20, 30, 3)
    (decoded,), _ = decode(gif([frame], [5]))
    assert (decoded == frame).all()


def test_equal_frames_stay_and_loop_for_ever() -> None:
    """Pillow's writer would make one of them."""
    frame = RANDOM.integers(0, 256, (8, 9, 3), dtype=np.uint8)
    encoded = gif([frame, frame, 255 - frame, frame, frame], [25, 25, 25, 25, 25])
    decoded, shown = decode(encoded)
    assert (len(decoded), shown) == (5, [250] * 5)
    picture = Image.open(io.BytesIO(encoded))
    assert (picture.info["loop"], picture.info["version"], picture.size) == (0, b"GIF89a", (9, 8))


def test_a_palette_that_all_frames_share_is_there_once() -> None:
    grey = list(RANDOM.integers(0, 256, (3, 4, 4, 1), dtype=np.uint8))
    assert len(gif(grey, [1] * 3)) - len(gif(grey[:2], [1] * 2)) < 60


def pictures() -> dict[str, np.ndarray]:
    y, x = np.mgrid[0:96, 0:128] / 128
    smooth = np.stack([x, y, x * y], -1) * 255
    grain = RANDOM.normal(size=smooth.shape)
    waves = 127 + 90 * np.stack([np.sin(9 * x + k) * np.cos(7 * y * k + 1) for k in range(1, 4)], -1)
    return {
        name: pixels.clip(0, 255).astype(np.uint8)
        for name, pixels in {"smooth": smooth, "grain": smooth + 6 * grain, "waves": waves + 2 * grain}.items()
    }


@pytest.mark.parametrize("name", pictures())
def test_many_colors_are_nearly_as_near_as_by_pillows_slow_way(name: str) -> None:
    """Its median cut, as moviepy has it; the root of the mean square of the error."""
    frame = pictures()[name]
    assert Image.fromarray(frame).getcolors(256) is None
    (ours,), _ = decode(gif([frame], [1]))
    slow = np.asarray(Image.fromarray(frame).quantize(256, method=Quantize.MEDIANCUT).convert("RGB"))
    assert error(ours, frame) < 1.2 * error(slow, frame)


def error(decoded: np.ndarray, frame: np.ndarray) -> float:
    return float(np.sqrt(np.square(decoded.astype(float) - frame).mean()))


@given(st.integers(1, 500), st.floats(0.01, 50))
def test_the_whole_lasts_as_the_rate_says(frames: int, fps: float) -> None:
    durations = delays(frames, fps)
    assert len(durations) == frames
    assert abs(sum(durations) - 100 * frames / fps) <= 0.5
    assert max(durations) - min(durations) <= 1
    assert min(durations) >= 2


def test_delays() -> None:
    assert delays(6, 4) == [25] * 6
    assert delays(7, 30) == [3, 4, 3, 3, 4, 3, 3]
    assert delays(3, 1000) == [2, 2, 2]
    assert delays(2, 100 / 65535) == [65535, 65535]


@pytest.mark.parametrize("fps", [0, -4, float("nan"), float("inf"), 1e-4])
def test_rates_that_are_none(fps: float) -> None:
    with pytest.raises(ValueError, match=r"is not at least 1 in 655\.35 s"):
        checked_fps(fps)

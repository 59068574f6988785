"""add_audio read back, channels and integers that torch does not take, and what is refused at the call."""

from __future__ import annotations

import io
import logging
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tensorboard.util import tensor_util

from logging_lib import SummaryWriter
from logging_lib.summary.audio import audio
from tests.logging_lib.event_files import shown_events, summaries
from tests.logging_lib.shown_blobs import only_blob
from tests.missing import Package
from tui.reader import payload

torch = Package("torch")
STEREO = np.random.default_rng(0).integers(-32768, 32768, (50, 2), dtype=np.int16)


def samples(encoded: bytes) -> tuple[list[list[int]], int]:
    """[frames, channels] and the rate of a WAV."""
    with wave.open(io.BytesIO(encoded), "rb") as file:
        assert file.getsampwidth() == 2
        flat = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return flat.reshape(-1, file.getnchannels()).tolist(), file.getframerate()


def logged(sound: Any, rate: float = 8000) -> list[list[int]]:
    proto = audio("a", sound, rate).value[0].audio
    frames, stored_rate = samples(proto.encoded_audio_string)
    assert (proto.length_frames, proto.num_channels) == (len(frames), len(frames[0]))
    assert (proto.sample_rate, proto.content_type) == (np.float32(stored_rate), "audio/wav")
    return frames


def test_tensorboard_and_our_reader_play_the_sound(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_audio("a", torch.from_numpy(STEREO), 4, sample_rate=16000)
    value = shown_events(tmp_path)[1].summary.value[0]
    assert value.metadata.plugin_data.plugin_name == "audio"
    (wav,) = tensor_util.make_ndarray(value.tensor).tolist()
    assert samples(wav) == (STEREO.tolist(), 16000)
    step, ref = only_blob(tmp_path, "a", "audio")
    (clip,) = payload.read_audio(ref)
    assert (step, clip.encoded, clip.sample_rate, clip.channels, clip.frames) == (4, wav, 16000, 2, 50)


@given(hnp.arrays(st.sampled_from(["<i2", ">i2"]), st.integers(1, 50)))
def test_int16_is_as_it_is(sound: np.ndarray) -> None:
    """torch clips it to -1, 0 and 1."""
    assert logged(sound) == sound[:, np.newaxis].tolist()


def test_other_integers_of_sound_files_are_of_their_whole_range() -> None:
    assert logged(np.array([0, 127, 128, 255], np.uint8)) == [[-32768], [-256], [0], [32512]]
    assert logged(np.array([-(2**31), -1, 65535, 65536, 2**31 - 1], np.int32)) == [[-32768], [-1], [0], [1], [32767]]


@pytest.mark.parametrize(
    ("sound", "frames"),
    [
        (STEREO, STEREO),
        (STEREO.T, STEREO),
        (STEREO.T[:, np.newaxis], STEREO),
        (STEREO[:2], STEREO[:2]),  # as tensorboardX has it
        (STEREO[:1], STEREO[0][:, np.newaxis]),  # [1, 2] is two frames, as in torch
        (STEREO[:1, :1], STEREO[:1, :1]),
    ],
)
def test_channels(sound: np.ndarray, frames: np.ndarray) -> None:
    assert logged(sound) == frames.tolist()


def test_values_that_are_no_samples() -> None:
    assert logged(np.array([np.nan, np.inf, -np.inf, 0.5], np.float32)) == [[0], [32767], [-32767], [16383]]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_halves_are_as_loud_as_floats(tmp_path: Path, dtype: str) -> None:
    """torch multiplies in 16 bits, where 1.0 becomes 32768, and that -32768."""
    with SummaryWriter(tmp_path) as writer:
        writer.add_audio("a", torch.tensor([1.0, -1.0, 0.5], dtype=getattr(torch, dtype)), sample_rate=8000)
    assert samples(summaries(tmp_path)[0].summary.value[0].audio.encoded_audio_string)[0] == [
        [32767],
        [-32767],
        [16383],
    ]


def test_clipping_is_told_once_for_each_tag(caplog: pytest.LogCaptureFixture) -> None:
    tag = "clipped once"
    with caplog.at_level(logging.WARNING, logger="logging_lib"):
        for sound in ([0.5, 1.0, -1.0], [0.5, 1.5], [2.0]):
            audio(tag, np.array(sound), 8000)
    (message,) = caplog.messages
    assert message.startswith("tag 'clipped once': audio amplitude out of range")


@pytest.mark.parametrize(
    ("sound", "arguments", "error", "message"),
    [
        ([], {}, ValueError, r"no samples in shape \[0\]"),
        (0.5, {}, ValueError, r"expected samples of shape \[L\], \[L, 2\] or \[2, L\], got \[\]"),
        (np.zeros((3, 9)), {}, ValueError, r"got \[3, 9\]"),
        (np.zeros((2, 2, 9)), {}, ValueError, r"got \[2, 2, 9\]"),
        ([0.5], {"sample_rate": 0}, ValueError, "sample_rate 0 is not between"),
        ([0.5], {"sample_rate": 2**30}, ValueError, "sample_rate 1073741824 is not between"),
        ([0.5], {"sample_rate": float("nan")}, ValueError, "sample_rate nan is not between"),
        ([0.5], {"sample_rate": None}, TypeError, "NoneType"),
        ([1j], {}, TypeError, "complex"),
        ("beep", {}, TypeError, "expected numbers, got str"),
    ],
)
def test_bad_sounds_raise_at_the_call(
    tmp_path: Path, sound: Any, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(error, match=f"^tag 't': .*{message}"):
        writer.add_audio("t", sound, **arguments)
    assert summaries(tmp_path) == []


def test_the_highest_rate_there_is() -> None:
    assert logged(STEREO, 2**30 - 1) == STEREO.tolist()

"""Audio clips of both encodings, and WAV headers that lie."""

from __future__ import annotations

import io
import struct
import wave
from pathlib import Path

import pytest
from tensorboard import data_compat
from tensorboard.compat.proto import summary_pb2 as tensorboard_pb2

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import summary_pb2
from tests.tui.reader.payload.stored import Value, store, strings
from tui.reader.payload import AudioClip, PayloadError, read_audio


def wav(rate: int = 8000, channels: int = 2, frames: int = 3, width: int = 2) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setframerate(rate)
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.writeframes(bytes(channels * frames * width))
    return out.getvalue()


def audio(data: bytes, **fields: object) -> Value:
    return Value(tag="a", audio=summary_pb2.Summary.Audio(encoded_audio_string=data, **fields))


def only(clips: list[AudioClip]) -> AudioClip:
    (clip,) = clips
    return clip


def test_the_first_encoding(tmp_path: Path) -> None:
    clip = only(read_audio(store(tmp_path, audio(wav(), sample_rate=8000, content_type="audio/wav"))))
    assert clip == AudioClip(wav(), "audio/wav", "", 8000.0, 2, 3)
    assert clip.seconds == 3 / 8000


def test_the_least_that_a_summary_may_say(tmp_path: Path) -> None:
    value = audio(b"fLaC...", sample_rate=0.5, num_channels=1, length_frames=1)
    assert only(read_audio(store(tmp_path, value))) == AudioClip(b"fLaC...", "audio/flac", "", 0.5, 1, 1)


def test_clips_without_labels_and_of_a_type_that_nothing_tells(tmp_path: Path) -> None:
    clips = read_audio(store(tmp_path, strings(b"OggS1", b"ID3", b"?", plugin=plugins.AUDIO)))
    assert [(clip.encoded, clip.content_type, clip.label) for clip in clips] == [
        (b"OggS1", "audio/ogg", ""),
        (b"ID3", "audio/mpeg", ""),
        (b"?", "application/octet-stream", ""),
    ]


@pytest.mark.parametrize(
    ("rate", "frames", "seconds"), [(8.0, 4, 0.5), (8.0, 0, 0.0), (8.0, None, None), (None, 4, None), (0.0, 4, None)]
)
def test_how_long_it_plays(rate: float | None, frames: int | None, seconds: float | None) -> None:
    assert AudioClip(b"", "audio/mpeg", "", rate, 1, frames).seconds == seconds


def test_the_header_is_believed_before_the_summary(tmp_path: Path) -> None:
    value = audio(wav(), sample_rate=1, num_channels=7, length_frames=9)
    assert only(read_audio(store(tmp_path, value))) == AudioClip(wav(), "audio/wav", "", 8000.0, 2, 3)


def test_the_summary_speaks_for_what_is_no_wav(tmp_path: Path) -> None:
    value = audio(b"fLaC...", sample_rate=44100, num_channels=1, length_frames=10)
    assert only(read_audio(store(tmp_path, value))) == AudioClip(b"fLaC...", "audio/flac", "", 44100.0, 1, 10)
    unknown = audio(b"?", content_type="audio/x", sample_rate=float("nan"), num_channels=-1, length_frames=-1)
    clip = only(read_audio(store(tmp_path, unknown)))
    assert clip == AudioClip(b"?", "audio/x", "", None, None, None)
    assert clip.seconds is None


def test_the_second_encoding(tmp_path: Path) -> None:
    value = strings(wav(), "ü".encode(), wav(frames=0), b"\xff", shape=(2, 2), plugin=plugins.AUDIO)
    first, second = read_audio(store(tmp_path, value))
    assert first == AudioClip(wav(), "audio/wav", "ü", 8000.0, 2, 3)
    assert second == AudioClip(wav(frames=0), "audio/wav", "\ufffd", 8000.0, 2, 0)


@pytest.mark.parametrize("shape", [(), (1,)])
def test_clips_without_labels(tmp_path: Path, shape: tuple[int, ...]) -> None:
    value = strings(b"OggS", shape=shape, plugin=plugins.AUDIO)
    assert only(read_audio(store(tmp_path, value))) == AudioClip(b"OggS", "audio/ogg", "", None, None, None)


def test_both_encodings_are_the_same_as_tensorboard_has_it(tmp_path: Path) -> None:
    first = audio(wav(), sample_rate=8000, num_channels=2, length_frames=3, content_type="audio/wav")
    theirs = tensorboard_pb2.Summary.Value.FromString(first.SerializeToString())
    second = Value.FromString(data_compat.migrate_value(theirs).SerializeToString())
    assert second.WhichOneof("value") == "tensor"
    (a,) = read_audio(store(tmp_path / "1", first))
    (b,) = read_audio(store(tmp_path / "2", second))
    assert a == b


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", None),
        (b"RIFF", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"RIFF\xff\xff\xff\xffWAVEdata\xff\xff\xff\xff", None),  # no format
        (wav()[:20], None),
        (wav()[:-4], (8000.0, 2, 2)),  # fewer bytes than it claims
        (wav().replace(b"data\x0c\0\0\0", b"data\xff\xff\xff\xff"), (8000.0, 2, 3)),
        (wav(width=2).replace(struct.pack("<HH", 4, 16), struct.pack("<HH", 0, 16)), None),  # no bytes a frame
        (b"RIFF\0\0\0\0WAVEjunk\x03\0\0\0abc\0" + wav()[12:], (8000.0, 2, 3)),  # chunks are padded
        (b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * 300 + wav()[12:], None),
        (b"RIFF\0\0\0\0WAVEjunk\xff\xff\xff\xff" + wav()[12:], None),
    ],
)
def test_wav_headers(tmp_path: Path, data: bytes, expected: tuple[float, int, int] | None) -> None:
    clip = only(read_audio(store(tmp_path, audio(data))))
    assert (clip.sample_rate, clip.channels, clip.frames) == (expected or (None, None, None))
    assert clip.encoded == data


@pytest.mark.parametrize("shape", [(1, 1, 2), (2, 1), (1, 3)])
def test_a_tensor_of_another_shape(tmp_path: Path, shape: tuple[int, ...]) -> None:
    value = strings(*[b""] * (shape[0] * shape[1] * (shape[2] if len(shape) > 2 else 1)), shape=shape)
    with pytest.raises(PayloadError, match=r"not \[k, 2\]"):
        read_audio(store(tmp_path, value))

"""Audio clips of either encoding, as encoded files, and what their headers say about them."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from logging_lib.tfevents.proto import summary_pb2
from tui.model import BlobRef
from tui.reader.payload.record import not_shown, read_value, strings_of

_RIFF = struct.Struct("<4sI4s")
_CHUNK = struct.Struct("<4sI")
# Format, channels, frames a second, bytes a second, bytes a frame.
_FORMAT = struct.Struct("<HHIIH")
# A header has a handful of chunks before its sound; one of millions is there to keep its reader busy.
_MOST_CHUNKS = 256
_WAV = "audio/wav"
# The first bytes of what a tensor may hold, which has no field for its type.
_MAGIC = (
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class AudioClip:
    """One clip: `encoded` is a whole file of type `content_type` (MIME), `label` Markdown, often empty.

    `sample_rate` is in frames a second, `frames` counts samples of each channel. A WAV's own header tells them, else
    the summary; None where neither does, or says nonsense.
    """

    encoded: bytes
    content_type: str
    label: str
    sample_rate: float | None
    channels: int | None
    frames: int | None

    @property
    def seconds(self) -> float | None:
        """How long it plays, None where unknown."""
        return self.frames / self.sample_rate if self.sample_rate and self.frames is not None else None


def read_audio(ref: BlobRef) -> list[AudioClip]:
    """The clips of an audio summary of either encoding: one, or k of a tensor [k, 2] (clip, label) or [k].

    Raises:
        PayloadError: as `read_value`, or the value holds no audio.
    """
    value = read_value(ref)
    if value.WhichOneof("value") == "audio":
        return [_clip_of_proto(value.audio)]
    array = strings_of(ref, value)
    if array.ndim > 2 or (array.ndim == 2 and array.shape[1] != 2):
        raise not_shown(ref, f"audio tensor of shape {list(array.shape)}, not [k, 2]")
    if array.ndim < 2:
        return [_clip(data, _type_of(data), "") for data in array.reshape(-1).tolist()]
    return [_clip(data, _type_of(data), label.decode("utf-8", errors="replace")) for data, label in array.tolist()]


def _clip_of_proto(audio: summary_pb2.Summary.Audio) -> AudioClip:
    data = audio.encoded_audio_string
    clip = _clip(data, audio.content_type or _type_of(data), "")
    if clip.sample_rate is not None:
        return clip
    rate = audio.sample_rate if math.isfinite(audio.sample_rate) and audio.sample_rate > 0 else None
    channels = audio.num_channels if audio.num_channels > 0 else None
    frames = audio.length_frames if audio.length_frames > 0 else None
    return AudioClip(data, clip.content_type, "", rate, channels, frames)


def _clip(data: bytes, content_type: str, label: str) -> AudioClip:
    return AudioClip(data, content_type, label, *(_wav_header(data) or (None, None, None)))


def _type_of(data: bytes) -> str:
    if _is_wav(data):
        return _WAV
    return next((content_type for magic, content_type in _MAGIC if data.startswith(magic)), _UNKNOWN_TYPE)


def _is_wav(data: bytes) -> bool:
    return len(data) >= _RIFF.size and data[:4] == b"RIFF" and data[8:12] == b"WAVE"


def _wav_header(data: bytes) -> tuple[float, int, int] | None:
    """Frames a second, channels and frames of a WAV file; None where its header does not tell.

    No claimed size is believed beyond the bytes that are there.
    """
    if not _is_wav(data):
        return None
    form: tuple[int, int, int] | None = None
    position = _RIFF.size
    for _ in range(_MOST_CHUNKS):
        if position + _CHUNK.size > len(data):
            return None
        name, size = _CHUNK.unpack_from(data, position)
        position += _CHUNK.size
        if name == b"fmt " and position + _FORMAT.size <= len(data):
            _, channels, rate, _, frame_bytes = _FORMAT.unpack_from(data, position)
            form = (rate, channels, frame_bytes)
        if name == b"data":
            return _frames(form, min(size, len(data) - position))
        position += size + size % 2
    return None


def _frames(form: tuple[int, int, int] | None, size: int) -> tuple[float, int, int] | None:
    if form is None or 0 in form:
        return None
    rate, channels, frame_bytes = form
    return float(rate), channels, size // frame_bytes

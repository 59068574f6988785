"""Audio clips of either encoding, as encoded files, and what their headers say about them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from logging_lib.tfevents.proto import summary_pb2
from tui.model import BlobRef
from tui.reader.payload.record import check_items, not_shown, read_value, strings_of
from tui.reader.payload.wav import is_wav, wav_form

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
        PayloadError: as `read_value`, or the value holds no audio, or more than MOST_ITEMS clips.
    """
    value = read_value(ref)
    if value.WhichOneof("value") == "audio":
        return [_clip_of_proto(value.audio)]
    array = strings_of(ref, value)
    if array.ndim > 2 or (array.ndim == 2 and array.shape[1] != 2):
        raise not_shown(ref, f"audio tensor of shape {list(array.shape)}, not [k, 2]")
    check_items(ref, len(array) if array.ndim else 1, "sounds")
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
    form = wav_form(data)
    if form is None:
        return AudioClip(data, content_type, label, None, None, None)
    return AudioClip(data, content_type, label, float(form.rate), form.channels, form.frames)


def _type_of(data: bytes) -> str:
    if is_wav(data):
        return _WAV
    return next((content_type for magic, content_type in _MAGIC if data.startswith(magic)), _UNKNOWN_TYPE)

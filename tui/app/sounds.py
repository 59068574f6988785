"""What the audio tab decodes on the worker: what each clip is, an overview of its samples, and closer looks at them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.analysis.waveform import Envelope, Loudness, block_for, envelope, overview
from tui.model import BlobRef
from tui.reader.payload import AudioClip, PayloadError, read_audio
from tui.reader.payload.wav import WavForm, samples, wav_form
from tui.render.numbers import bytes_

MOST_BYTES = 64 << 20
"""A record that is longer is not read to be shown: six minutes of music in stereo."""
MOST_CHANNELS = 8
"""Channels that are drawn."""
_MOST_CLIPS = 64
_FRAMES_AT_ONCE = 1 << 19
_OUTLINE = 256


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """One clip: facts, and where it is a WAV whose samples can be read, `whole`, `loudness` and `outline`.

    `outline` float32[n] is how loud it is from the first to the last frame, for a line of the list. `why` says in
    words why the clip is not drawn, "" where it is; `label` is as logged.
    """

    content_type: str
    label: str
    size: int
    rate: float | None
    channels: int | None
    frames: int | None
    encoding: str
    why: str = ""
    whole: Envelope | None = None
    loudness: Loudness | None = None
    outline: npt.NDArray[np.float32] | None = None

    @property
    def seconds(self) -> float | None:
        """How long it plays, None where unknown."""
        return self.frames / self.rate if self.rate and self.frames is not None else None


@dataclass(frozen=True, slots=True, eq=False)
class Sounds:
    """The clips of one audio summary; `more` are not among them, for they are too many."""

    clips: tuple[Sound, ...]
    more: int

    @property
    def nbytes(self) -> int:
        """What they take in memory."""
        return sum(clip.whole.nbytes for clip in self.clips if clip.whole is not None) + 4096 * len(self.clips)


def read_sounds(ref: BlobRef) -> Sounds:
    """The clips of an audio summary. PayloadError as `read_audio`, or there is too much of it."""
    clips = _read(ref)
    return Sounds(tuple(map(_sound, clips[:_MOST_CLIPS])), len(clips[_MOST_CLIPS:]))


@dataclass(frozen=True, slots=True)
class CloserLook:
    """The envelope of the frames from `first` up to `last` of a clip, in blocks of so many."""

    clip: int
    first: int
    last: int
    block: int

    def __call__(self, ref: BlobRef) -> Envelope:
        data = _read(ref)[self.clip].encoded
        form = wav_form(data)
        if form is None or not form.readable:
            raise PayloadError(f"{ref.path}: no WAV any more (at byte {ref.offset})")
        part = samples(data, form, self.first, self.last)[:MOST_CHANNELS]
        return envelope(part, self.block, form.full_scale, self.first)


def _read(ref: BlobRef) -> list[AudioClip]:
    if ref.length > MOST_BYTES:
        raise PayloadError(f"{bytes_(ref.length)} of audio: up to {bytes_(MOST_BYTES)} are shown, more can be exported")
    return read_audio(ref)


def _sound(clip: AudioClip) -> Sound:
    form = wav_form(clip.encoded)
    facts = (clip.content_type, clip.label, len(clip.encoded), clip.sample_rate, clip.channels, clip.frames)
    encoding = "" if form is None else form.words
    if form is None or not form.readable:
        what = clip.content_type if form is None else f"WAV with {form.words}"
        return Sound(*facts, encoding, f"not drawn: {what}, only WAV with PCM or float samples is")
    if not form.frames:
        return Sound(*facts, encoding, "no samples")
    return Sound(*facts, encoding, "", *_overview(clip.encoded, form))


def _overview(data: bytes, form: WavForm) -> tuple[Envelope, Loudness, npt.NDArray[np.float32]]:
    block = block_for(form.frames, form.channels)
    step = max(_FRAMES_AT_ONCE // block, 1) * block
    parts = (samples(data, form, first, first + step) for first in range(0, form.frames, step))
    whole, loudness = overview(parts, block, form.full_scale)
    loud = np.nan_to_num(np.fmax(np.abs(whole.low), np.abs(whole.high))).max(axis=0)
    starts = np.unique(np.linspace(0, len(loud), min(_OUTLINE, len(loud)), endpoint=False).astype(np.int64))
    drawn = Envelope(
        whole.low[:MOST_CHANNELS], whole.high[:MOST_CHANNELS], whole.clipped[:MOST_CHANNELS], 0, block, whole.frames
    )
    return drawn, loudness, np.maximum.reduceat(loud, starts)

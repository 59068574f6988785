"""Sound in numbers: the envelope that a waveform is drawn from, peak and RMS, clipped samples."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

MOST_BLOCKS = 1 << 16
"""Blocks of an overview, of all channels together."""
_IN_A_ROW = 3
"""So many samples at full scale are no accident."""


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """The least and the greatest sample of each block of frames, float32[channels, n], and whether one is clipped.

    `first` is the frame that the first block begins with; a block of one frame is that sample. NaN where a block has
    no finite sample. `frames` is how many there are in all blocks.
    """

    low: Samples
    high: Samples
    clipped: Flags
    first: int
    block: int
    frames: int

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        return self.low.nbytes + self.high.nbytes + self.clipped.nbytes

    def curve(self, channel: int, rate: float) -> tuple[npt.NDArray[np.float64], Samples]:
        """A channel as a polyline: seconds and values. A block of several frames has its extremes at its middle."""
        low, high = self.low[channel], self.high[channel]
        seconds = self.seconds(rate)
        if self.block == 1:
            return seconds, high
        return np.repeat(seconds, 2), np.stack([low, high], axis=1).reshape(-1)

    def seconds(self, rate: float) -> npt.NDArray[np.float64]:
        """The middle of each block."""
        middles = self.first + np.arange(self.low.shape[1]) * self.block + (self.block - 1) / 2
        return np.asarray(middles / rate, np.float64)


@dataclass(frozen=True, slots=True)
class Loudness:
    """Peak and root mean square of all channels, 1 being full scale, and how many samples are clipped.

    NaN for no finite sample; `bad` counts the samples that are NaN or infinite.
    """

    peak: float
    rms: float
    clipped: int
    bad: int


def envelope(part: Samples, block: int, clip_at: float, first: int = 0) -> Envelope:
    """The envelope of samples [channels, n] in blocks of so many frames.

    `clip_at` is the size of a sample from which on it is at full scale.
    """
    return _envelope(part, block, first, clipped(np.abs(part) >= clip_at))


def _envelope(part: Samples, block: int, first: int, clips: Flags) -> Envelope:
    frames = part.shape[1]
    starts = np.arange(0, frames, block)
    finite = np.where(np.isfinite(part), part, np.float32(np.nan))
    if block == 1 or not frames:
        return Envelope(finite, finite, clips, first, block, frames)
    low, high = (extreme.reduceat(finite, starts, axis=1) for extreme in (np.fmin, np.fmax))
    return Envelope(low, high, np.logical_or.reduceat(clips, starts, axis=1), first, block, frames)


def clipped(full: Flags) -> Flags:
    """Which samples are clipped, of flags [channels, n] that tell which are at full scale: several in a row."""
    flags = np.zeros_like(full)
    several = full.shape[1] - _IN_A_ROW + 1
    if several > 0:
        begin = np.logical_and.reduce([full[:, at : at + several] for at in range(_IN_A_ROW)])
        for at in range(_IN_A_ROW):
            flags[:, at : at + several] |= begin
    return flags


def overview(parts: Iterable[Samples], block: int, clip_at: float) -> tuple[Envelope, Loudness]:
    """Envelope and loudness of a sound in parts [channels, n], each of whole blocks but the last; one at least."""
    found: list[Envelope] = []
    peak = squares = 0.0
    values = bad = clips = 0
    tail = tail_clips = np.zeros((0, 0), np.bool_)
    for part in parts:
        finite = np.isfinite(part)
        known = part if finite.all() else np.where(finite, part, np.float32(0))
        full = np.concatenate([tail.reshape(len(part), -1), np.abs(known) >= clip_at], axis=1)
        flags, before = clipped(full), tail.size // len(part)
        clips += int(flags.sum()) - int((flags[:, :before] & tail_clips.reshape(len(part), -1)).sum())
        found.append(_envelope(part, block, 0, flags[:, before:]))
        # A run of clipped samples may go on in the next part.
        tail, tail_clips = full[:, 1 - _IN_A_ROW :], flags[:, 1 - _IN_A_ROW :]
        peak = max(peak, float(np.abs(known).max(initial=0)))
        squares += float(np.square(known, dtype=np.float64).sum())
        values += int(finite.sum())
        bad += part.size - int(finite.sum())
    low, high, flags = (
        np.concatenate([getattr(part, name) for part in found], axis=1) for name in ("low", "high", "clipped")
    )
    whole = Envelope(low, high, flags, 0, block, sum(part.frames for part in found))
    if not values:
        return whole, Loudness(math.nan, math.nan, 0, bad)
    return whole, Loudness(peak, math.sqrt(squares / values), clips, bad)


def block_for(frames: int, channels: int) -> int:
    """Frames in a block, so that there are about MOST_BLOCKS at most."""
    return max(1, -(-frames * channels // MOST_BLOCKS))


def decibels(amplitude: float) -> float:
    """In dB relative to full scale; -inf for silence."""
    return 20 * math.log10(amplitude) if amplitude > 0 else math.nan if math.isnan(amplitude) else -math.inf

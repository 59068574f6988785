"""Which clips the audio view shows of which runs, and how the rows of the window are shared among them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui.analysis.waveform import Envelope
from tui.app.blobs import BlobCache
from tui.app.sounds import CloserLook, Sound
from tui.model import BlobRef
from tui.store.snapshot import BlobSeries

Stretch = tuple[float, float]

_LANE_LEAST, _LANE_MOST = 2, 14
_LEAST_FRAMES = 8
"""Frames that stay in view however close one looks."""


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """One clip of a run's entry, or `problem` in place of what could not be read, or is not read yet."""

    series: BlobSeries
    entry: int
    item: int
    of: int
    sound: Sound | None
    problem: str = ""

    @property
    def ref(self) -> BlobRef:
        """Where it lies."""
        return self.series.refs[self.entry]

    @property
    def lanes(self) -> int:
        """How many waveforms are drawn of it."""
        return len(self.sound.whole.low) if self.sound is not None and self.sound.whole is not None else 0

    @property
    def rows(self) -> int:
        """The rows that it takes at least: one for what is said of it."""
        return 1 + _LANE_LEAST * self.lanes


def lane_rows(strips: Sequence[Strip], rows: int) -> tuple[int, int]:
    """How many of the strips fit into so many rows, at least one; and how many rows each waveform of them has."""
    shown, taken = 0, 0
    for strip in strips:
        if shown and taken + strip.rows > rows:
            break
        taken += strip.rows
        shown += 1
    lanes = sum(strip.lanes for strip in strips[:shown])
    return shown, min(max((rows - shown) // lanes, _LANE_LEAST), _LANE_MOST) if lanes else 0


def whole_stretch(strips: Sequence[Strip]) -> Stretch | None:
    """From 0 to the end of the longest that is drawn; None where none is."""
    ends = [strip.sound.seconds for strip in strips if strip.lanes and strip.sound is not None]
    longest = max((end for end in ends if end), default=None)
    return None if longest is None else (0.0, longest)


def limit(strips: Sequence[Strip]) -> float:
    """What the waveforms are drawn up to: the greatest peak, rounded up to two digits; 1 where all is silent."""
    peaks = [strip.sound.loudness.peak for strip in strips if strip.sound is not None and strip.sound.loudness]
    peak = max((peak for peak in peaks if peak > 0), default=1.0)
    unit = 10.0 ** (math.floor(math.log10(peak)) - 1)
    return max(float(f"{math.ceil(peak / unit) * unit:.2g}"), peak)


def least_stretch(strips: Sequence[Strip]) -> float:
    """The shortest time that can be looked at, in seconds."""
    rates = [strip.sound.rate for strip in strips if strip.sound is not None and strip.sound.rate]
    return _LEAST_FRAMES / max(rates, default=1.0)


def envelope_of(strip: Strip, view: Stretch, dots: int, blobs: BlobCache) -> Envelope:
    """What is drawn of a strip with lanes in a view that is so many dots wide: the overview, or a closer look where it
    is too coarse. Until that is read, the overview.
    """
    sound = strip.sound
    if sound is None or sound.whole is None or not sound.rate:
        raise ValueError("a strip without samples")
    frames = (view[1] - view[0]) * sound.rate
    wanted = max(int(frames / max(dots, 1)), 1)
    if sound.whole.block <= wanted:
        return sound.whole
    block = 1 << (wanted.bit_length() - 1)
    # A little more on either side: the line goes on to the edges.
    first, last = int(view[0] * sound.rate) - 2 * block, int(np.ceil(view[1] * sound.rate)) + 2 * block
    first, last = max(first, 0), max(min(last, sound.whole.frames), 0)
    if first >= last:
        return sound.whole
    look = blobs.get(strip.ref, CloserLook(strip.item, first - first % block, last, block))
    return look if isinstance(look, Envelope) else sound.whole


def values_at(envelope: Envelope, frame: int) -> list[tuple[float, float]]:
    """The least and greatest sample of each channel about a frame; [] beyond the end."""
    block = (frame - envelope.first) // envelope.block
    if not 0 <= block < envelope.low.shape[1]:
        return []
    return list(zip(envelope.low[:, block].tolist(), envelope.high[:, block].tolist(), strict=True))

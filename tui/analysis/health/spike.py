"""Rule spike: a value of a loss that rises far above the points before it and those after it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tui.analysis.health.curve import MAD_TO_SIGMA, Curve, Floats, median, row_medians, thinned
from tui.analysis.health.findings import Finding, many, short
from tui.analysis.health.rules import RULES, SPIKE, Thresholds
from tui.model import SeriesKey

_BLOCK = 25
_MOST_LOOKED_AT = 64
_RARE, _RARE_LEAST = 0.002, 10
"""Spikes are at most so much of a curve, or so many points; more than that nobody would say that they stand out."""


class _Spike(NamedTuple):
    """A spike's place, how many robust sigmas it is out, and the higher of the medians before and after it."""

    at: int
    sigmas: float
    around: float


def spike(key: SeriesKey, curve: Curve, limits: Thresholds) -> Finding | None:
    """The largest spike of a loss, and how many there are.

    It is above the medians of the points before and after it: a curve that falls steeply, steps from one level to
    another or ends in a rise has no spike. Noise with a long tail has none either: a spike lies far beyond nearly all
    other points. Downwards there is nothing to fear. Where more than half of the points equal their neighbours
    nothing can be told.
    """
    values, side = curve.values, limits.spike_side
    if len(values) < max(limits.spike_points, 2 * side + 1):
        return None
    logs = np.log(values) if bool((values > 0).all()) else None
    looked = values if logs is None else logs
    out, scale = _deviations(looked)
    if not scale.min() > 0:
        return None
    sigmas = out / scale
    least = limits.spike_sigmas if logs is None else limits.spike_log_sigmas
    inner = np.flatnonzero(sigmas[side:-side] > least) + side
    if not len(inner):
        return None
    rare = max(_RARE_LEAST, int(_RARE * len(values)))
    beyond = limits.spike_beyond_others * float(np.partition(np.abs(sigmas), -rare)[-rare])
    inner = inner[sigmas[inner] > beyond]
    candidates = inner[np.argsort(sigmas[inner])[::-1][:_MOST_LOOKED_AT]]
    width = float(np.subtract(*np.percentile(thinned(values), [98, 2])))
    found = [
        checked for at in candidates if (checked := _checked(int(at), values, logs, scale, width, limits)) is not None
    ]
    return _told(key, curve, found, side) if found else None


def _deviations(values: Floats) -> tuple[Floats, Floats]:
    """How far each value is from the line through the medians of blocks, and the usual distance there; both [n].

    The scale is 0 where nothing can be told.
    """
    n = len(values)
    blocks = n // _BLOCK
    middles = np.arange(blocks) * _BLOCK + _BLOCK // 2
    rows = values[: blocks * _BLOCK].reshape(blocks, _BLOCK)
    out = values - np.interp(np.arange(n), middles, row_medians(rows))
    distances = row_medians(np.abs(out[: blocks * _BLOCK]).reshape(blocks, _BLOCK))
    # That of the blocks around, so that a few spikes in one do not hide each other.
    around = np.lib.stride_tricks.sliding_window_view(np.pad(distances, 2, mode="edge"), 5)
    local = np.maximum(row_medians(around), median(distances) / 10)
    return out, MAD_TO_SIGMA * np.pad(np.repeat(local, _BLOCK), (0, n - blocks * _BLOCK), mode="edge")


def _checked(
    at: int, values: Floats, logs: Floats | None, scale: Floats, width: float, limits: Thresholds
) -> _Spike | None:
    """The spike at a place, if there is one by the medians on both sides."""
    side = limits.spike_side
    before, after = values[at - side : at], values[at + 1 : at + 1 + side]
    value, level = float(values[at]), max(median(before), median(after))
    rise = value - level
    if rise <= 0:
        return None
    around = np.concatenate((before, after))
    spread = MAD_TO_SIGMA * median(np.abs(around - median(around)))
    if logs is None:
        spread = max(spread, float(scale[at]))
        large = rise > limits.spike_range_share * width
    else:
        ratio = value / level
        large = ratio >= limits.spike_ratio and math.log(ratio) > limits.spike_log_sigmas * float(scale[at])
    large = large and spread > 0 and rise >= limits.spike_sigmas * spread
    return _Spike(at, rise / spread, level) if large else None


def _told(key: SeriesKey, curve: Curve, found: list[_Spike], side: int) -> Finding:
    largest = max(found, key=lambda spike: spike.sigmas)
    places = np.sort([spike.at for spike in found])
    apart = 1 + int((np.diff(places) > side).sum())
    at = largest.at
    text = (
        f"{short(curve.value(float(curve.values[at])))} at step {curve.steps[at]} is {largest.sigmas:.0f} robust "
        f"deviations above the {short(curve.value(largest.around))} around it"
    )
    if apart > 1:
        text += f"; the largest of {many(apart, 'spike')}"
    step, time = int(curve.steps[at]), curve.wall_time(at)
    return Finding(SPIKE, key.run, key.tag, step, time, text, RULES[SPIKE].severity)

"""Percentiles of histograms, by the rule of TensorBoard's distributions dashboard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.histogram import Buckets
from tui.analysis.buckets import countable

Floats = npt.NDArray[np.float64]

BASIS_POINTS = (0, 668, 1587, 3085, 5000, 6915, 8413, 9332, 10000)
"""TensorBoard's percentiles, in hundredths of a percent: those of a normal law at -1.5 to 1.5 sigma, median, ends."""

MEDIAN = len(BASIS_POINTS) // 2
"""Its place among these."""


def percentiles(buckets: Buckets, basis_points: Sequence[float] = BASIS_POINTS) -> Floats | None:
    """The values below which so many hundredths of a percent lie, float64[len(basis_points)]; None where empty.

    `basis_points` ascend. This is `compress_histogram` of tensorboard/plugins/distribution/compressor.py: values lie
    evenly between the right edge of the bucket before and that of their own, those of the first filled bucket from the
    left edge of the first one, empty or not. Buckets that do not count (see `countable`) are left out before.
    """
    buckets = countable(buckets)
    total = float(buckets.counts.sum())
    if not total > 0:
        return None
    wanted = np.asarray(basis_points, np.float64)
    right = np.maximum.accumulate(buckets.right)  # of buckets that overlap one may end before the one before it
    first, last = float(buckets.left[0]), float(right[-1])
    upto = (buckets.counts * 10_000 / total).cumsum()
    at = np.searchsorted(upto, wanted, side="right")
    inside = np.minimum(at, len(upto) - 1)
    before = np.where(inside > 0, upto[inside - 1], 0.0)
    low = np.where(before > 0, np.maximum(right[inside - 1], first), first)
    high = np.minimum(right[inside], last)
    found = _between(wanted, before, upto[inside], low, high)
    return np.where(at == len(upto), last, found)


def _between(wanted: Floats, before: Floats, upto: Floats, low: Floats, high: Floats) -> Floats:
    """From `low` at `before` to `high` at `upto`; in other words where the distance is too large for a number."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        plain = low + (wanted - before) * (high - low) / (upto - before)
        share = np.clip((wanted - before) / (upto - before), 0.0, 1.0)
        return np.where(np.isfinite(plain), plain, low * (1.0 - share) + high * share)

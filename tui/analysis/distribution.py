"""What histograms tell: mean and spread, percentiles, the same values in other buckets, the share of zeros."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.histogram import EMPTY, Buckets

Floats = npt.NDArray[np.float64]

BASIS_POINTS = (0, 668, 1587, 3085, 5000, 6915, 8413, 9332, 10000)
"""TensorBoard's percentile bands, in hundredths of a percent: the quantiles at -1.5 to 1.5 sigma, median and ends."""
BINS = 30
"""How many bins TensorBoard shows a histogram in."""
_ZERO = 1e-6
_LARGEST = sys.float_info.max
_TOO_MANY = 1e300
"""Counts below it can be added up; no honest histogram has more."""


class Moments(NamedTuple):
    """Mean and standard deviation."""

    mean: float
    std: float


def usable(buckets: Buckets) -> Buckets:
    """The buckets with finite edges and a sane count (above 0, below 1e300), ascending, each with left <= right."""
    kept = np.isfinite(buckets.left) & np.isfinite(buckets.right) & (buckets.counts > 0) & (buckets.counts < _TOO_MANY)
    if not kept.any():
        return EMPTY
    left = np.minimum(buckets.left, buckets.right)[kept]
    right = np.maximum(buckets.left, buckets.right)[kept]
    ascending = np.lexsort((right, left))
    return Buckets(left[ascending], right[ascending], buckets.counts[kept][ascending])


def moments(buckets: Buckets) -> Moments | None:
    """Mean and standard deviation, as if each bucket's values lay at its middle; None for an empty histogram."""
    buckets = usable(buckets)
    if not len(buckets.counts):
        return None
    shares = _shares(buckets)
    middles = buckets.left / 2 + buckets.right / 2
    scale = float(np.abs(middles).max()) or 1.0  # squares of what is left are at most 4
    middles = middles / scale
    mean = float(shares @ middles)
    return Moments(mean * scale, float(np.sqrt(shares @ (middles - mean) ** 2)) * scale)


def percentiles(buckets: Buckets, basis_points: Sequence[float] = BASIS_POINTS) -> Floats | None:
    """The values below which so many hundredths of a percent lie, float64[len(basis_points)]; None where empty.

    Values are taken to lie evenly in their bucket. 0 and 10000 give the outer edges.
    """
    buckets = usable(buckets)
    if not len(buckets.counts):
        return None
    upto = np.cumsum(buckets.counts)
    before = np.concatenate([[0.0], upto[:-1]])
    wanted = np.asarray(basis_points, np.float64) / 10_000 * upto[-1]
    at = np.minimum(np.searchsorted(upto, wanted), len(upto) - 1)
    within = np.clip((wanted - before[at]) / (upto[at] - before[at]), 0, 1)
    return np.asarray(buckets.left[at] * (1 - within) + buckets.right[at] * within, np.float64)


def shared_edges(histograms: Iterable[Buckets], bins: int = BINS) -> Floats | None:
    """Edges [bins + 1] of equal bins over all values of the histograms, strictly ascending; None where all are empty.

    Histograms of one single value, or of values too close for so many bins, get bins around it.
    """
    filled = [buckets for buckets in map(usable, histograms) if len(buckets.counts)]
    if not filled:
        return None
    lo = min(float(buckets.left[0]) for buckets in filled)
    hi = max(float(buckets.right.max()) for buckets in filled)
    edges = _equal_bins(lo, hi, bins)
    if not (np.diff(edges / 2) > 0).all():
        room = abs(lo) * 0.1 + 1
        edges = _equal_bins(max(lo - room, -_LARGEST), min(hi + room, _LARGEST), bins)
    return edges


def rebin(buckets: Buckets, edges: Floats) -> Floats:
    """Counts [len(edges) - 1] in the bins between ascending `edges`, each bucket spread over the bins it overlaps.

    A bucket of one single value counts where it lies; the last bin includes its right edge. What lies outside the
    edges is left out.
    """
    buckets = usable(buckets)
    below = np.array([_count_below(buckets, edge) for edge in edges])
    if len(below):
        below[-1] += buckets.counts[(buckets.left == buckets.right) & (buckets.left == edges[-1])].sum()
    return np.diff(below)


def share_of_zero(buckets: Buckets) -> float | None:
    """Which part of the values is zero, 0..1; None for an empty histogram.

    A bucket around or beside 0 counts as zeros if it is narrower than a millionth of the largest magnitude, as
    TensorFlow's are around most data; in coarser ones zeros cannot be told from small values, and are not counted.
    """
    buckets = usable(buckets)
    if not len(buckets.counts):
        return None
    largest = max(abs(float(buckets.left[0])), abs(float(buckets.right.max())))
    holds_zero = (buckets.left <= 0) & (buckets.right >= 0)
    magnitude = np.maximum(-buckets.left, buckets.right)
    return float(_shares(buckets)[holds_zero & (magnitude <= _ZERO * largest)].sum())


def _equal_bins(lo: float, hi: float, bins: int) -> Floats:
    along = np.linspace(0, 1, bins + 1)
    return lo * (1 - along) + hi * along  # linspace(lo, hi) overflows for the widest ranges


def _shares(buckets: Buckets) -> Floats:
    return np.asarray(buckets.counts / buckets.counts.sum(), np.float64)


def _count_below(buckets: Buckets, edge: float) -> float:
    """How many values lie below `edge`; halves, since the width of a bucket may overflow."""
    width = buckets.right / 2 - buckets.left / 2
    inside = np.clip(edge / 2 - buckets.left / 2, 0, width)
    points = (buckets.left < edge).astype(np.float64)
    return float(buckets.counts @ np.divide(inside, width, out=points, where=width > 0))

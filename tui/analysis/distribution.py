"""What histograms tell: mean and spread, the same values in other buckets, the share of zeros and of clipped values."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from logging_lib.tfevents.histogram import Buckets
from tui.analysis.buckets import filled
from tui.analysis.percentiles import Floats, percentiles

Span = tuple[float, float]

BINS = 30
"""How many bins TensorBoard shows a histogram in."""
CORE = (500, 9500)
"""Where the extreme twentieths end, in hundredths of a percent: what is an outlier of scalars is one here."""
_SAME = 1e-6
"""Sums of float32 are off by less, relatively."""
_ROUNDED = 1e-12
"""A variance that is a smaller part of the mean square is what rounding left."""
_ZERO = 1e-6
_PILED_UP = 2.0
"""An end holds values that were clipped there if it has so many times those beside it."""
_LEAST_PILE, _LEAST_VALUES = 0.05, 30
_WIDE = 0.25
"""From which part of the values on an outermost bucket is too wide to tell a pile in it."""
_LARGEST = sys.float_info.max


class Moments(NamedTuple):
    """Mean and standard deviation."""

    mean: float
    std: float


def moments(buckets: Buckets) -> Moments | None:
    """Mean and standard deviation, as if each bucket's values lay at its middle; None for an empty histogram."""
    buckets = filled(buckets)
    if not len(buckets.counts):
        return None
    shares = _shares(buckets)
    middles = buckets.left / 2 + buckets.right / 2
    scale = float(np.abs(middles).max()) or 1.0  # squares of what is left are at most 4
    middles = middles / scale
    mean = float(shares @ middles)
    return Moments(mean * scale, float(np.sqrt(shares @ (middles - mean) ** 2)) * scale)


def moments_of_sums(buckets: Buckets, num: float, total: float, squares: float) -> Moments | None:
    """Mean and standard deviation by the sums that were logged beside the buckets: of `num` values, and their squares.

    They tell a spread that is less than a bucket's width. None where values with such sums cannot lie in the buckets,
    as with sums that somebody left at 0, or where the spread is lost in rounding.
    """
    buckets = filled(buckets)
    if not len(buckets.counts) or not math.isclose(num, buckets.total, rel_tol=_SAME):
        return None
    mean, square = total / num, squares / num
    shares, left, right = _shares(buckets), buckets.left, buckets.right
    with np.errstate(over="ignore", invalid="ignore"):
        largest = np.maximum(left**2, right**2)
        least = np.where((left <= 0) & (right >= 0), 0.0, np.minimum(left**2, right**2))
        bounds = [float(shares @ ends) for ends in (left, right, least, largest)]
    if not all(map(math.isfinite, (mean, square, *bounds))):
        return None
    room, room_of_squares = _SAME * math.sqrt(bounds[3]), _SAME * bounds[3]
    inside = bounds[0] - room <= mean <= bounds[1] + room
    inside &= bounds[2] - room_of_squares <= square <= bounds[3] + room_of_squares
    variance = square - mean * mean  # where `mean**2` would raise for a large one
    if not inside or variance <= _ROUNDED * square:
        return None
    return Moments(mean, math.sqrt(variance))


def span(buckets: Buckets) -> Span | None:
    """The outer edges of the filled buckets, None for an empty histogram."""
    buckets = filled(buckets)
    return (float(buckets.left[0]), float(buckets.right.max())) if len(buckets.counts) else None


def equal_edges(spans: Iterable[Span], bins: int = BINS) -> Floats | None:
    """Edges [bins + 1] of equal bins over all of the spans, strictly ascending; None without any.

    A span of one value, or of values too close for so many bins, gets bins around it.
    """
    every = list(spans)
    if not every:
        return None
    lo, hi = min(low for low, _ in every), max(high for _, high in every)
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
    buckets = filled(buckets)
    if not len(edges) or not len(buckets.counts):
        return np.zeros(max(len(edges) - 1, 0))
    apart = bool((buckets.left[1:] >= buckets.right[:-1]).all())
    below = _apart_below(buckets, edges) if apart else np.array([_count_below(buckets, edge) for edge in edges])
    below[-1] += buckets.counts[(buckets.left == buckets.right) & (buckets.left == edges[-1])].sum()
    return np.maximum(np.diff(below), 0.0)


def share_of_zero(buckets: Buckets) -> float | None:
    """Which part of the values is zero, 0..1; None for an empty histogram.

    A bucket around or beside 0 counts as zeros if it is narrower than a millionth of the largest magnitude, as
    TensorFlow's are around most data; in coarser ones zeros cannot be told from small values, and are not counted.
    """
    buckets = filled(buckets)
    if not len(buckets.counts):
        return None
    largest = max(abs(float(buckets.left[0])), abs(float(buckets.right.max())))
    holds_zero = (buckets.left <= 0) & (buckets.right >= 0)
    magnitude = np.maximum(-buckets.left, buckets.right)
    return min(float(_shares(buckets)[holds_zero & (magnitude <= _ZERO * largest)].sum()), 1.0)


def share_clipped(buckets: Buckets) -> float | None:
    """Which part of the values is piled up at an end, as saturated or clipped ones are, 0..1; None where empty.

    An end is as wide as one of 30 bins over the values without their extreme twentieths, or as the outermost bucket,
    and holds a pile if there is more than twice as much in it as beside it. An end at 0 is none: those are zeros. So
    is one in a bucket so wide that it does not show. Less than a twentieth of all counts as none, or less than thirty
    values: outliers are no pile.
    """
    buckets, ends, core = filled(buckets), span(buckets), percentiles(buckets, CORE)
    if ends is None or core is None:
        return None
    bin_width = (float(core[1]) / 2 - float(core[0]) / 2) / BINS * 2
    widths = [max(bin_width, float(buckets.right[at]) - float(buckets.left[at])) for at in (0, -1)]
    piled = 0.0
    for end, width, inward in ((ends[0], widths[0], 1), (ends[1], widths[1], -1)):
        reach = sorted(end + inward * width * n for n in range(3))
        if end == 0 or not 0 < width <= BINS * _WIDE * bin_width or not np.isfinite(reach).all():
            continue
        at_end, beside = rebin(buckets, np.array(reach))[::inward]
        piled += float(at_end) if at_end > _PILED_UP * beside and at_end >= _LEAST_VALUES else 0.0
    share = min(piled / buckets.total, 1.0)
    return share if share >= _LEAST_PILE else 0.0


def _equal_bins(lo: float, hi: float, bins: int) -> Floats:
    along = np.linspace(0, 1, bins + 1)
    return lo * (1 - along) + hi * along  # linspace(lo, hi) overflows for the widest ranges


def _shares(buckets: Buckets) -> Floats:
    return np.asarray(buckets.counts / buckets.counts.sum(), np.float64)


def _apart_below(buckets: Buckets, edges: Floats) -> Floats:
    """How many values lie below each edge, for buckets that do not overlap."""
    before = np.concatenate(([0.0], np.cumsum(buckets.counts)[:-1]))
    last = np.searchsorted(buckets.left, edges, side="left") - 1
    at = np.maximum(last, 0)
    low, width = buckets.left[at] / 2, buckets.right[at] / 2 - buckets.left[at] / 2
    share = np.divide(np.clip(edges / 2 - low, 0, width), width, out=np.ones_like(width), where=width > 0)
    return np.where(last < 0, 0.0, before[at] + buckets.counts[at] * share)


def _count_below(buckets: Buckets, edge: float) -> float:
    """How many values lie below `edge`; halves, since the width of a bucket may overflow."""
    width = buckets.right / 2 - buckets.left / 2
    inside = np.clip(edge / 2 - buckets.left / 2, 0, width)
    points = (buckets.left < edge).astype(np.float64)
    return float(buckets.counts @ np.divide(inside, width, out=points, where=width > 0))

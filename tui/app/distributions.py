"""A histogram as the screen needs it: decoded and measured once, off the screen's thread."""

from __future__ import annotations

import math
from dataclasses import dataclass

from logging_lib.tfevents.histogram import Buckets
from tui.analysis.buckets import countable
from tui.analysis.distribution import CORE, Moments, Span, moments, moments_of_sums, share_clipped, share_of_zero, span
from tui.analysis.percentiles import Floats, percentiles
from tui.model import BlobRef
from tui.reader.payload import LoggedHistogram, read_logged_histogram


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What a histogram that is not empty tells. `core` is its span without the extreme twentieths; shares are 0..1."""

    span: Span
    core: Span
    moments: Moments
    percentiles: Floats
    zeros: float
    clipped: float


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """Buckets in order, and what they tell; `measures` is None where they hold nothing.

    `total` values are in the buckets. `lost` is the share of those that are in none, NaN and infinities; NaN where
    there are some, it is not known how many.
    """

    buckets: Buckets
    measures: Measures | None
    total: float
    lost: float

    @property
    def nbytes(self) -> int:
        """Bytes in memory, about."""
        return 3 * self.buckets.counts.nbytes + 1024


def read_distribution(ref: BlobRef) -> Distribution:
    """The histogram at a place, of either encoding.

    Raises:
        PayloadError: as `read_logged_histogram`.
    """
    return distribution(read_logged_histogram(ref))


def distribution(logged: LoggedHistogram) -> Distribution:
    """What is to be known of a histogram."""
    buckets = countable(logged.buckets)
    total = buckets.total
    return Distribution(buckets, _measures(buckets, logged), total, _lost(logged, total))


def _measures(buckets: Buckets, logged: LoggedHistogram) -> Measures | None:
    ends, middle = span(buckets), _moments(buckets, logged)
    points, core = percentiles(buckets), percentiles(buckets, CORE)
    zeros, clipped = share_of_zero(buckets), share_clipped(buckets)
    if ends is None or middle is None or points is None or core is None or zeros is None or clipped is None:
        return None
    return Measures(ends, (float(core[0]), float(core[1])), middle, points, zeros, clipped)


def _moments(buckets: Buckets, logged: LoggedHistogram) -> Moments | None:
    """By the sums where these were logged, else as the buckets tell."""
    exact = None
    if logged.num is not None and logged.total is not None and logged.squares is not None:
        exact = moments_of_sums(buckets, logged.num, logged.total, logged.squares)
    return exact or moments(buckets)


def _lost(logged: LoggedHistogram, total: float) -> float:
    """By how much what was counted is more than what the buckets hold; a sum that is no number gives it away, too."""
    num = logged.num
    if num is not None and math.isfinite(num) and num - total > 1e-9 * num:
        return (num - total) / num
    return math.nan if logged.total is not None and not math.isfinite(logged.total) else 0.0

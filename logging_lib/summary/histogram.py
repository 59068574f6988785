"""Histograms: values -> counted buckets -> Summary."""

from __future__ import annotations

import functools
import logging
import math
import operator
from collections.abc import Sequence
from typing import Any, SupportsFloat, TypeAlias

import numpy as np
import numpy.typing as npt

from logging_lib.capture import TorchArray, Values, captured_array
from logging_lib.summary.device_counts import DeviceValues
from logging_lib.summary.host_counts import Counts, Floats, HostValues, Statistics
from logging_lib.tfevents.histogram import histogram_proto
from logging_lib.tfevents.proto import summary_pb2

# A rule's name ("tensorflow" or one of numpy.histogram's), a count, or edges.
Bins: TypeAlias = str | int | npt.NDArray[Any]

_SMALLEST_EDGE = 1e-12
_LARGEST_EDGE = 1e20
_EDGE_RATIO = 1.1
# Of a histogram: 16 MB in the file. Two billion were 16 GB of edges in the training.
MOST_BINS = 1_000_000
# numpy's rules that follow the quartiles: one value far from the others makes their bins as many as it likes.
_BY_QUARTILES = ("fd", "auto")

_logger = logging.getLogger("logging_lib")


def checked_bins(bins: object, max_bins: int | None) -> Bins:
    """`bins`, edges copied, after a trial: what numpy would refuse later is refused now.

    Raises:
        ValueError, TypeError: unknown rule, edges that do not rise, a count that is no integer or not 1 to MOST_BINS.
    """
    if max_bins is not None and operator.index(max_bins) < 1:
        raise ValueError(f"max_bins is {max_bins}, not at least 1")
    if isinstance(bins, str) and bins == "tensorflow":
        return bins
    kept: Bins = bins if isinstance(bins, (str, int)) else np.asarray(captured_array(bins))
    if not isinstance(kept, str) and np.ndim(kept) == 0 and operator.index(kept) > MOST_BINS:
        raise ValueError(f"bins is {kept}, and at most {MOST_BINS:,} are counted")
    edges = np.histogram_bin_edges(np.zeros(1), bins=kept)
    if len(edges) < 2 or np.isnan(edges).any():
        raise ValueError("bins need at least two edges, none of them NaN")
    return kept


def histogram(tag: str, values: Values, bins: Bins = "tensorflow", max_bins: int | None = None) -> summary_pb2.Summary:
    """Counts of `values` (real, any shape, not empty) between edges; those on a GPU are counted there.

    Source: torch.utils.tensorboard.summary.make_histogram. Unlike there, the outer buckets of "tensorflow" reach to
    the smallest and the largest value, so that none beyond 1e20 is missing; values that are not finite never fail:
    they go into min, max and sums, and into no bucket; and where `bins` cannot be fitted between the values, one
    bucket holds them all. As there, values outside edges that were given are in no bucket.
    """
    statistics, counts, edges = _counted(values, bins)
    if max_bins is not None and len(counts) > max_bins:
        counts, edges = _merge(counts, edges, max_bins)
    counts, limits = _support(counts, edges)
    return histogram_raw(tag, statistics, limits, counts)


def histogram_raw(tag: str, statistics: Sequence[SupportsFloat], limits: Values, counts: Values) -> summary_pb2.Summary:
    """Buckets that were counted elsewhere, right edges [k] and counts [k].

    `statistics` of all values are minimum, maximum, number, sum and sum of squares.
    """
    minimum, maximum, num, total, sum_squares = map(float, statistics)
    proto = histogram_proto(
        np.asarray(limits),
        np.asarray(counts),
        minimum=minimum,
        maximum=maximum,
        num=num,
        total=total,
        sum_squares=sum_squares,
    )
    return summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, histo=proto)])


@functools.cache
def tensorflow_edges() -> Floats:
    """TensorFlow's default edges: 0 and +-1e-12 * 1.1**k below 1e20."""
    positive = []
    edge = _SMALLEST_EDGE
    while edge < _LARGEST_EDGE:
        positive.append(edge)
        edge *= _EDGE_RATIO
    return np.array([-edge for edge in reversed(positive)] + [0.0] + positive)


def _counted(values: Values, bins: Bins) -> tuple[Statistics, Floats, Floats]:
    """Statistics, counts [k] and edges [k + 1]."""
    if isinstance(values, TorchArray):
        try:
            with values.read() as tensor:
                return _count(DeviceValues(tensor), bins)
        except RuntimeError as error:  # the device lacks memory or float64: what torch raises for all that
            _logger.debug("counting on the host: %s", error)
    return _count(HostValues(np.asarray(values)), bins)


def _count(values: HostValues | DeviceValues, bins: Bins) -> tuple[Statistics, Floats, Floats]:
    statistics = values.statistics()
    extremes: tuple[float, float] | None = (statistics.minimum, statistics.maximum)
    if not (math.isfinite(statistics.minimum) and math.isfinite(statistics.maximum)):
        extremes = values.finite_range()
    if extremes is None:
        return statistics, np.empty(0), np.empty(1)
    if isinstance(bins, str) and bins == "tensorflow":
        return statistics, *_reaching(values.counts(_closed(tensorflow_edges())), tensorflow_edges(), extremes)
    try:
        edges = _edges(values, bins, extremes)
    except (ValueError, ArithmeticError, IndexError):  # so close together, or so far apart, that no edges fit between
        edges = np.array([np.nextafter(extremes[0], -np.inf), extremes[1]])
    return statistics, values.counts(_closed(edges))[1:-1].astype(np.float64), edges


def _edges(values: HostValues | DeviceValues, bins: Bins, extremes: tuple[float, float]) -> Floats:
    """numpy's edges [k + 1] for the values between the extremes.

    Raises:
        ValueError: the values are too close for so many. numpy before 2.1 makes edges of no width then.
        ArithmeticError, IndexError: they, or their squares, are beyond what numpy's rules can work with.
    """
    fitted = np.array(extremes)
    if isinstance(bins, str):
        fitted = values.finite()
        bins = _bounded(bins, fitted, extremes)
    with np.errstate(over="ignore", invalid="ignore"):  # a range beyond float64's has no bins, as one without width
        edges = np.histogram_bin_edges(fitted, bins).astype(np.float64)
    if np.ndim(bins) == 0 and not (len(edges) > 1 and (edges[:-1] < edges[1:]).all()):
        raise ValueError("edges of no width")
    return edges


def _bounded(rule: str, values: Floats, extremes: tuple[float, float]) -> str | int:
    """The rule, or how many bins "auto" has since numpy 2.3 where it would find more than MOST_BINS.

    Source: numpy's `_hist_bin_fd` and `_hist_bin_auto`.
    """
    if rule not in _BY_QUARTILES:
        return rule
    with np.errstate(over="ignore", invalid="ignore"):  # a range beyond float64's is infinite
        low, high = np.percentile(values, [25, 75])
        found = (extremes[1] - extremes[0]) * len(values) ** (1 / 3)
        too_many = found > 2 * (high - low) * MOST_BINS and high > low
    return math.ceil(2 * math.sqrt(len(values))) if too_many else rule


def _closed(edges: Floats) -> Floats:
    """`edges` for counting, the last one moved out by the least there is: the last bucket holds its right edge too."""
    with np.errstate(over="ignore"):
        return np.append(edges[:-1], np.nextafter(edges[-1], np.inf))


def _reaching(counts: Counts, edges: Floats, extremes: tuple[float, float]) -> tuple[Floats, Floats]:
    """Counts and edges, the outer ones moved out to where all values are between them."""
    inner = counts[1:-1].astype(np.float64)
    inner[0] += counts[0]
    inner[-1] += counts[-1]
    reaching = edges.copy()
    reaching[[0, -1]] = min(edges[0], extremes[0]), max(edges[-1], extremes[1])
    return inner, reaching


def _merge(counts: Floats, edges: Floats, max_bins: int) -> tuple[Floats, Floats]:
    """Sum groups of neighbours; as in torch there may be a few more than `max_bins` groups."""
    group = len(counts) // max_bins
    starts = np.arange(0, len(counts), group)
    return np.add.reduceat(counts, starts), np.append(edges[starts], edges[-1])


def _support(counts: Floats, edges: Floats) -> tuple[Floats, Floats]:
    """Counts and right edges from the first filled bucket to the last, both [n].

    One empty bucket stands before them: its right edge is the first filled one's left edge, which the proto has no
    other place for.
    """
    filled = np.flatnonzero(counts > 0)
    if not len(filled):
        return np.empty(0), np.empty(0)
    start, end = int(filled[0]), int(filled[-1]) + 1
    return np.concatenate([[0.0], counts[start:end]]), edges[start : end + 1]

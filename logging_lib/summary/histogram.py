"""Histograms: values -> counted buckets -> Summary."""

from __future__ import annotations

import functools
import operator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from logging_lib.arrays import captured
from logging_lib.tfevents.histogram import histogram_proto
from logging_lib.tfevents.proto import summary_pb2

Floats = npt.NDArray[np.float64]
# A rule's name ("tensorflow" or one of numpy.histogram's), a count, or edges.
Bins: TypeAlias = str | int | npt.NDArray[Any]

_SMALLEST_EDGE = 1e-12
_LARGEST_EDGE = 1e20
_EDGE_RATIO = 1.1


def checked_bins(bins: object, max_bins: int | None) -> Bins:
    """`bins`, edges copied, after a trial: what numpy would refuse later is refused now.

    Raises:
        ValueError, TypeError: unknown rule, edges that do not rise, a count below 1 or that is no integer.
    """
    if max_bins is not None and operator.index(max_bins) < 1:
        raise ValueError(f"max_bins is {max_bins}, not at least 1")
    if isinstance(bins, str) and bins == "tensorflow":
        return bins
    kept: Bins = bins if isinstance(bins, (str, int)) else captured(bins)
    if len(np.histogram_bin_edges(np.zeros(1), bins=kept)) < 2:
        raise ValueError("bins need at least two edges")
    return kept


def histogram(
    tag: str, values: npt.NDArray[Any], bins: Bins = "tensorflow", max_bins: int | None = None
) -> summary_pb2.Summary:
    """Counts of `values` (real, any shape, not empty) between edges.

    Source: torch.utils.tensorboard.summary.make_histogram. Unlike there, the outer buckets of "tensorflow" reach to
    the smallest and the largest value, so that none beyond 1e20 is missing; values that are not finite never fail:
    they go into min, max and sums, and into no bucket; and where `bins` cannot be fitted between the values, one
    bucket holds them all. As there, values outside edges that were given are in no bucket.
    """
    flat = values.reshape(-1).astype(np.float64)
    counts, edges = _count(flat, bins)
    if max_bins is not None and len(counts) > max_bins:
        counts, edges = _merge(counts, edges, max_bins)
    counts, limits = _support(counts, edges)
    with np.errstate(invalid="ignore", over="ignore"):  # infinities of both signs, squares beyond the range
        minimum, maximum, total, sum_squares = flat.min(), flat.max(), flat.sum(), flat.dot(flat)
    proto = histogram_proto(
        limits,
        counts,
        minimum=float(minimum),
        maximum=float(maximum),
        num=len(flat),
        total=float(total),
        sum_squares=float(sum_squares),
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


def _count(flat: Floats, bins: Bins) -> tuple[Floats, Floats]:
    """Counts [k] and edges [k + 1]."""
    finite = flat[np.isfinite(flat)]
    if not len(finite):
        return np.empty(0), np.empty(1)
    if isinstance(bins, str) and bins == "tensorflow":
        bins = _reaching(tensorflow_edges(), finite)
    try:
        counts, edges = np.histogram(finite, bins=bins)
    except ValueError:  # the values are so close together, or a rule finds so many bins, that no edges fit between
        return np.array([float(len(finite))]), np.array([np.nextafter(finite.min(), -np.inf), finite.max()])
    return counts.astype(np.float64), edges.astype(np.float64)


def _reaching(edges: Floats, finite: Floats) -> Floats:
    """`edges`, the outer ones moved out to where all of `finite` is between them."""
    smallest, largest = finite.min(), finite.max()
    if edges[0] <= smallest and largest <= edges[-1]:
        return edges
    return np.array([min(edges[0], smallest), *edges[1:-1], max(edges[-1], largest)])


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

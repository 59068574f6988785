"""Moments, percentiles, re-binning and zeros of histograms."""

from __future__ import annotations

import math
import sys
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.plugins.distribution import compressor

from logging_lib.tfevents.histogram import EMPTY, Buckets
from tui.analysis.distribution import (
    BASIS_POINTS,
    BINS,
    Moments,
    moments,
    percentiles,
    rebin,
    share_of_zero,
    shared_edges,
    usable,
)

NAN, INF = math.nan, math.inf


def buckets(*rows: tuple[float, float, float]) -> Buckets:
    columns = np.array(rows, np.float64).reshape(-1, 3)
    return Buckets(columns[:, 0], columns[:, 1], columns[:, 2])


def rows(found: Buckets) -> list[list[float]]:
    return np.stack([found.left, found.right, found.counts], axis=1).tolist()


POINT = buckets((2, 2, 5))
HOLED = buckets((0, 1, 2), (1, 2, 0), (3, 5, 2))
BROKEN = buckets((NAN, 1, 1), (0, INF, 1), (0, 1, NAN), (0, 1, INF), (0, 1, 1e300), (0, 1, -3), (0, 1, 0))
WIDEST = buckets((-1.7e308, 0, 1e299), (0, 1.7e308, 1e299))


@st.composite
def contiguous(draw: st.DrawFn) -> Buckets:
    counts = draw(st.lists(st.integers(0, 20), min_size=1, max_size=12).filter(any))
    widths = draw(st.lists(st.floats(0.125, 8), min_size=len(counts), max_size=len(counts)))
    edges = draw(st.floats(-20, 20)) + np.concatenate([[0.0], np.cumsum(widths)])
    return Buckets(edges[:-1], edges[1:], np.array(counts, np.float64))


def test_usable_drops_what_counts_nothing_and_sorts() -> None:
    assert rows(usable(buckets((3, 5, 1), (NAN, 1, 1), (2, 1, 4), (0, 9, 0)))) == [[1, 2, 4], [3, 5, 1]]
    assert rows(usable(BROKEN)) == []


@pytest.mark.parametrize(
    ("histogram", "expected"),
    [
        (POINT, Moments(2.0, 0.0)),
        (HOLED, Moments(2.25, 1.75)),
        (buckets((0, 0, 3)), Moments(0.0, 0.0)),
        (buckets((-1e200, -1e200, 1), (1e200, 1e200, 1)), Moments(0.0, 1e200)),
        (EMPTY, None),
        (BROKEN, None),
    ],
)
def test_moments(histogram: Buckets, expected: Moments | None) -> None:
    assert moments(histogram) == expected


@pytest.mark.parametrize(
    ("histogram", "points", "expected"),
    [
        (buckets((0, 10, 4)), [0, 2500, 10000], [0.0, 2.5, 10.0]),
        (HOLED, [0, 2500, 5000, 5001, 7500, 10000], [0.0, 0.5, 1.0, 3.0004, 4.0, 5.0]),
        (POINT, [0, 5000, 10000], [2.0, 2.0, 2.0]),
        (buckets((0, 0, 5), (0, 1, 5)), [4999, 7500], [0.0, 0.5]),
        (WIDEST, [0, 5000, 10000], [-1.7e308, 0.0, 1.7e308]),
        (POINT, [], []),
    ],
)
def test_percentiles(histogram: Buckets, points: list[int], expected: list[float]) -> None:
    found = percentiles(histogram, points)
    assert found is not None
    assert found.tolist() == pytest.approx(expected)


@pytest.mark.parametrize("histogram", [EMPTY, BROKEN])
def test_an_empty_histogram_has_no_percentiles(histogram: Buckets) -> None:
    assert percentiles(histogram) is None
    assert share_of_zero(histogram) is None
    assert shared_edges([histogram]) is None


@given(contiguous())
def test_percentiles_are_tensorboards(histogram: Buckets) -> None:
    found = percentiles(histogram)
    assert found is not None
    filled = usable(histogram)
    # TensorBoard begins at the edge of the first bucket, empty or not, and takes gaps for part of a bucket.
    if len(filled.counts) == len(histogram.counts):
        expected = compressor.compress_histogram(np.array(rows(histogram)), BASIS_POINTS)
        assert found.tolist() == pytest.approx([value for _, value in expected])
    assert (np.diff(found) >= 0).all()
    assert (found[0], found[-1]) == (filled.left[0], filled.right[-1])


@pytest.mark.parametrize(
    ("histograms", "expected"),
    [
        ([buckets((0, 1, 1)), EMPTY, buckets((-2, -1, 1), (-1, 2, 0))], [-2.0, -1.25, -0.5, 0.25, 1.0]),
        ([POINT], [0.8, 1.4, 2.0, 2.6, 3.2]),
        ([buckets((0, 0, 1))], [-1.0, -0.5, 0.0, 0.5, 1.0]),
        ([WIDEST], [-1.7e308, -0.85e308, 0.0, 0.85e308, 1.7e308]),
    ],
)
def test_shared_edges(histograms: list[Buckets], expected: list[float]) -> None:
    edges = shared_edges(histograms, 4)
    assert edges is not None
    assert edges.tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (1.0, float(np.nextafter(1.0, 2.0))),
        (0.0, 5e-324),
        (sys.float_info.max, sys.float_info.max),
        (-sys.float_info.max, -sys.float_info.max),
        (-sys.float_info.max, sys.float_info.max),
    ],
)
def test_shared_edges_ascend_however_close_or_far_the_values_are(low: float, high: float) -> None:
    edges = shared_edges([buckets((low, high, 5))])
    assert edges is not None and len(edges) == BINS + 1
    assert np.isfinite(edges).all() and (np.diff(edges / 2) > 0).all()
    assert edges[0] <= low and high <= edges[-1]


@pytest.mark.parametrize(
    ("histogram", "edges", "expected"),
    [
        (buckets((0, 4, 8)), [0, 1, 2, 4], [2, 2, 4]),
        (buckets((0, 4, 8)), [1, 3, 9], [4, 2]),
        (HOLED, [0, 2, 4, 6], [2, 1, 1]),
        (POINT, [0, 2, 4], [0, 5]),
        (POINT, [0, 1, 2], [0, 5]),
        (POINT, [2.5, 3], [0]),
        (POINT, [2, 2], [5]),
        (WIDEST, [-1.7e308, 0, 1.7e308], [1e299, 1e299]),
        (EMPTY, [0, 1, 2], [0, 0]),
        (BROKEN, [0, 1, 2], [0, 0]),
        (POINT, [1], []),
    ],
)
def test_rebin(histogram: Buckets, edges: list[float], expected: list[float]) -> None:
    assert rebin(histogram, np.array(edges, np.float64)).tolist() == pytest.approx(expected)


@given(contiguous(), st.integers(1, 40))
def test_rebinning_loses_nothing_and_spreads_evenly(histogram: Buckets, bins: int) -> None:
    edges = shared_edges([histogram], bins)
    assert edges is not None
    counts = rebin(histogram, edges)
    assert counts.sum() == pytest.approx(histogram.total)
    assert counts.tolist() == pytest.approx(overlaps(histogram, edges), abs=1e-9)


def overlaps(histogram: Buckets, edges: npt.NDArray[np.float64]) -> list[float]:
    return [
        sum(
            count * max(0.0, min(right, high) - max(left, low)) / (right - left)
            for left, right, count in rows(histogram)
        )
        for low, high in pairwise(edges.tolist())
    ]


@pytest.mark.parametrize(
    ("histogram", "share"),
    [
        (buckets((0, 0, 7)), 1.0),
        (buckets((-1, 0, 1), (0, 0, 2), (0, 1, 1)), 0.5),
        (buckets((-1, -1e-12, 1), (-1e-12, 1e-12, 3)), 0.75),
        (buckets((0, 1e-12, 1), (1e-12, 1, 3)), 0.25),
        (buckets((-0.1, 0.1, 3), (0.1, 1, 1)), 0.0),
        (buckets((1e-9, 2e-9, 3), (2e-9, 1, 1)), 0.0),
    ],
)
def test_share_of_zero(histogram: Buckets, share: float) -> None:
    assert share_of_zero(histogram) == share


@given(st.lists(st.tuples(st.floats(), st.floats(), st.floats()), max_size=6))
def test_any_buckets_are_taken(table: list[tuple[float, float, float]]) -> None:
    histogram = buckets(*table)
    edges = shared_edges([histogram])
    if edges is None:
        assert moments(histogram) is None
    else:
        assert np.isfinite(edges).all()
        assert not np.isnan(rebin(histogram, edges)).any()
        found, spread = percentiles(histogram), moments(histogram)
        assert found is not None
        assert np.isfinite(found).all()
        assert spread is not None
        assert math.isfinite(spread.mean)
        assert 0 <= (share_of_zero(histogram) or 0) <= 1

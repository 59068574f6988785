"""Moments, re-binning, zeros and clipped values of histograms."""

from __future__ import annotations

import math
import sys
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logging_lib.tfevents.histogram import EMPTY, Buckets
from tests.tui.analysis.histograms import (
    BROKEN,
    HOLED,
    POINT,
    WIDEST,
    any_rows,
    buckets,
    contiguous,
    rows,
    separate,
)
from tui.analysis.distribution import (
    BINS,
    Moments,
    equal_edges,
    moments,
    moments_of_sums,
    rebin,
    share_clipped,
    share_of_zero,
    span,
)


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


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=60), st.integers(1, 9))
def test_sums_tell_mean_and_spread_of_any_values(values: list[float], bins: int) -> None:
    array = np.array(values)
    counts, edges = np.histogram(array, bins)
    counted = Buckets(edges[:-1], edges[1:], counts.astype(np.float64))
    found = moments_of_sums(counted, len(array), float(array.sum()), float(array @ array))
    if found is not None:
        assert found.mean == pytest.approx(array.mean(), rel=1e-9, abs=1e-9)
        assert found.std == pytest.approx(array.std(), rel=1e-3)
    else:  # the spread is lost in rounding
        assert array.std() ** 2 <= 2e-12 * float(array @ array) / len(array)


def test_values_within_one_bucket_have_a_spread_by_their_sums() -> None:
    one = buckets((0.5, 1.5, 4))
    assert moments(one) == Moments(1.0, 0.0)
    assert moments_of_sums(one, 4, 4.0, 4.25) == Moments(1.0, 0.25)


@pytest.mark.parametrize(
    ("num", "total", "squares"),
    [
        (4, 0, 0),  # left out by who logged
        (5, 4.0, 4.25),  # of other values than the buckets hold
        (4, 4.0, 40.0),
        (4, 8.0, 17.0),
        (4, 4.0, 4.0),  # no spread, or none that is not lost
        (4, math.nan, math.nan),
        (4, math.inf, math.inf),
    ],
)
def test_sums_that_do_not_go_with_the_buckets_tell_nothing(num: float, total: float, squares: float) -> None:
    assert moments_of_sums(buckets((0.5, 1.5, 4)), num, total, squares) is None
    assert moments_of_sums(EMPTY, 0, 0, 0) is None
    assert moments_of_sums(WIDEST, WIDEST.total, 0, 1) is None
    assert moments_of_sums(buckets((0.5, 1.5, 4)), 4, 1e300, 17.0) is None  # the square of which is no float


@pytest.mark.parametrize("histogram", [EMPTY, BROKEN])
def test_an_empty_histogram_tells_nothing(histogram: Buckets) -> None:
    assert span(histogram) is None
    assert share_of_zero(histogram) is None
    assert share_clipped(histogram) is None
    assert equal_edges([]) is None


@pytest.mark.parametrize(
    ("histograms", "expected"),
    [
        ([buckets((0, 1, 1)), buckets((-2, -1, 1), (-1, 2, 0))], [-2.0, -1.25, -0.5, 0.25, 1.0]),
        ([POINT], [0.8, 1.4, 2.0, 2.6, 3.2]),
        ([buckets((0, 0, 1))], [-1.0, -0.5, 0.0, 0.5, 1.0]),
        ([WIDEST], [-1.7e308, -0.85e308, 0.0, 0.85e308, 1.7e308]),
    ],
)
def test_equal_edges(histograms: list[Buckets], expected: list[float]) -> None:
    edges = equal_edges([ends for ends in map(span, histograms) if ends is not None], 4)
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
def test_equal_edges_ascend_however_close_or_far_the_values_are(low: float, high: float) -> None:
    edges = equal_edges([(low, high)])
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


@given(contiguous() | separate(), st.integers(1, 40))
def test_rebinning_loses_nothing_and_spreads_evenly(histogram: Buckets, bins: int) -> None:
    ends = span(histogram)
    edges = equal_edges([ends] if ends else [], bins)
    if edges is None:
        return
    counts = rebin(histogram, edges)
    assert counts.sum() == pytest.approx(histogram.total)
    if (histogram.left < histogram.right).all():
        assert counts.tolist() == pytest.approx(overlaps(histogram, edges), rel=1e-6, abs=1e-6)


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


@pytest.mark.parametrize(
    ("histogram", "share"),
    [
        (buckets((-1, 1, 300)), 0.0),  # even
        (buckets((-1, -0.98, 200), (-0.98, 0.98, 600), (0.98, 1, 200)), 0.4),  # tanh, saturated at both ends
        (buckets((-1, -0.98, 2), (-0.98, 0.98, 6), (0.98, 1, 2)), 0.0),  # too few to tell
        (buckets((0, 0, 500), (0, 5.9, 300), (5.9, 6, 200)), 0.2),  # relu6: zeros are no pile
        (buckets((-1, 1, 9990), (1, 100, 0), (100, 101, 10)), 0.0),  # outliers are none either
        (buckets((-1, 0.99, 9700), (0.99, 1, 300)), 0.0),  # too small a part
        (POINT, 0.0),
    ],
)
def test_share_clipped(histogram: Buckets, share: float) -> None:
    assert share_clipped(histogram) == pytest.approx(share, abs=0.03)


@given(any_rows)
def test_any_buckets_are_taken(table: list[tuple[float, float, float]]) -> None:
    histogram = buckets(*table)
    ends, spread = span(histogram), moments(histogram)
    if ends is None:
        assert spread is None
        return
    edges = equal_edges([ends])
    assert edges is not None and np.isfinite(edges).all()
    assert not np.isnan(rebin(histogram, edges)).any()
    assert spread is not None and math.isfinite(spread.mean)
    assert 0 <= (share_of_zero(histogram) or 0) <= 1
    assert 0 <= (share_clipped(histogram) or 0) <= 1

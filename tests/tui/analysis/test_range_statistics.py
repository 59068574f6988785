"""Statistics of a range: exact values, what is not finite, and numbers at the ends of float64."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.range_statistics import RangeStatistics, range_statistics

NAN, INF = math.nan, math.inf


def statistics(x: list[float], y: list[float]) -> RangeStatistics:
    return range_statistics(np.array(x), np.array(y, np.float64))


def test_a_straight_line_has_its_own_slope() -> None:
    assert statistics([10, 20, 30, 40], [1.0, 0.5, 0.0, -0.5]) == RangeStatistics(4, 0, -0.5, 1.0, 0.25, -0.05)


def test_the_slope_is_that_of_the_least_squares_line() -> None:
    found = statistics([0, 1, 2, 3], [0.0, 2.0, 1.0, 3.0])
    assert (found.slope, found.mean) == (pytest.approx(0.8), 1.5)


def test_values_that_are_not_finite_are_counted_and_left_out() -> None:
    found = statistics([0, 1, 2, 3, 4, 5], [NAN, 1.0, INF, 3.0, -INF, NAN])
    assert found == RangeStatistics(2, 4, 1.0, 3.0, 2.0, 1.0)


@pytest.mark.parametrize(("y", "bad"), [([], 0), ([NAN, INF], 2)])
def test_without_a_finite_value_there_is_nothing_to_tell(y: list[float], bad: int) -> None:
    found = statistics([0.0] * len(y), y)
    assert (found.points, found.bad) == (0, bad)
    assert all(math.isnan(value) for value in (found.min, found.max, found.mean, found.slope))


def test_one_x_has_no_slope() -> None:
    assert math.isnan(statistics([7], [1.0]).slope)
    assert math.isnan(statistics([7, 7], [1.0, 2.0]).slope)


def test_large_steps_and_wall_times_lose_nothing() -> None:
    steps = np.arange(2**52, 2**52 + 4)
    assert range_statistics(steps, np.array([0.0, 1.0, 2.0, 3.0])).slope == pytest.approx(1.0)
    ends = np.array([-(2**63), 2**63 - 1])
    assert range_statistics(ends, np.array([0.0, 2.0])).slope == pytest.approx(2.0**-63)
    times = 1.7e9 + np.arange(4) / 1024
    assert range_statistics(times, np.array([0.0, 1.0, 2.0, 3.0])).slope == pytest.approx(1024.0)


def test_the_largest_and_smallest_numbers_do_not_overflow() -> None:
    found = statistics([0, 1], [-1.7e308, 1.7e308])
    assert (found.mean, found.slope) == (0.0, INF)
    assert statistics([0, 1, 2], [1.7e308] * 3) == RangeStatistics(3, 0, 1.7e308, 1.7e308, 1.7e308, 0.0)
    assert statistics([0, 1], [0.0, 5e-324]).max == 5e-324
    assert statistics([-1e308, 0.0, 1e308], [1.0, 2.0, 3.0]).slope == pytest.approx(1e-308)


def test_float32_is_not_rounded_away() -> None:
    y = np.full(100_001, 0.1, np.float32)
    assert range_statistics(np.arange(len(y)), y).mean == pytest.approx(float(np.float32(0.1)), rel=1e-12)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_mean_and_slope_are_those_of_numpy(y: list[float]) -> None:
    found = statistics(list(range(len(y))), y)
    slope, _ = np.polyfit(np.arange(len(y)), y, 1)
    assert found.mean == pytest.approx(np.mean(y), abs=1e-6)
    assert found.slope == pytest.approx(slope, abs=1e-6 * max(1.0, max(map(abs, y))))

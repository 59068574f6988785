"""Where points lie along the three x axes, and in which order they are drawn."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tui.analysis.x_axis import XAxis, first_time, order, x_values

STEPS = np.array([10, 20, 30])


@pytest.mark.parametrize(
    ("axis", "x"),
    [(XAxis.STEP, [10.0, 20.0, 30.0]), (XAxis.RELATIVE, [0.0, 2.5, -1.0]), (XAxis.WALL, [100.0, 102.5, 99.0])],
)
def test_x_values(axis: XAxis, x: list[float]) -> None:
    values = x_values(axis, STEPS, np.array([100.0, 102.5, 99.0]), 100.0)
    assert values.dtype == np.float64
    assert values.tolist() == x


def test_relative_counts_from_the_first_finite_wall_time() -> None:
    times = np.array([math.nan, 5.0, 7.0])
    assert first_time(times) == 5.0
    np.testing.assert_array_equal(x_values(XAxis.RELATIVE, STEPS, times, 5.0), [math.nan, 0.0, 2.0])


def test_relative_without_any_finite_wall_time() -> None:
    times = np.array([math.inf, -math.inf, math.nan])
    assert math.isnan(first_time(times))
    assert math.isnan(first_time(np.empty(0)))
    assert np.isnan(x_values(XAxis.RELATIVE, STEPS, times, math.nan)).all()


def test_a_nan_that_signals_is_a_nan_like_any_other() -> None:
    signals = np.array([0x7FF0000000000001], np.uint64).view(np.float64)
    assert np.isnan(x_values(XAxis.RELATIVE, np.array([1]), signals, 0.0)).all()


def test_relative_time_may_overflow() -> None:
    assert x_values(XAxis.RELATIVE, STEPS, np.array([-1.7e308, 1.7e308, 0.0]), -1.7e308)[1] == math.inf


@pytest.mark.parametrize("x", [[], [1.0], [1.0, 1.0, 2.0]])
def test_sorted_x_needs_no_order(x: list[float]) -> None:
    assert order(np.array(x)) is None


@pytest.mark.parametrize(
    ("x", "indices"),
    [
        ([2.0, 1.0, 2.0, 1.0], [1, 3, 0, 2]),
        ([1.0, math.nan, 0.0], [2, 0]),
        ([1.0, 2.0, math.inf], [0, 1]),
        ([-math.inf, 1.0], [1]),
        ([math.nan], []),
    ],
)
def test_order_is_stable_and_drops_what_is_not_finite(x: list[float], indices: list[int]) -> None:
    ordered = order(np.array(x))
    assert ordered is not None
    assert ordered.tolist() == indices


@given(hnp.arrays(np.float64, st.integers(0, 20), elements=st.sampled_from([0.0, 1.0, 2.0, math.nan, math.inf])))
def test_order_equals_pythons_sort(x: npt.NDArray[np.float64]) -> None:
    expected = sorted((i for i in range(len(x)) if math.isfinite(x[i])), key=lambda i: x[i])
    ordered = order(x)
    assert (list(range(len(x))) if ordered is None else ordered.tolist()) == expected

"""The range without outliers: TensorBoard's percentiles and padding."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui.analysis.outliers import inner_range

NAN, INF = math.nan, math.inf


def test_the_range_is_that_of_the_inner_percentiles_and_a_fifth() -> None:
    # Of 0 to 100 the percentiles are 5 and 95.
    assert inner_range([np.arange(101.0)]) == pytest.approx((5 - 18, 95 + 18))
    assert inner_range([np.arange(50.0), np.arange(50.0, 101.0)]) == pytest.approx((5 - 18, 95 + 18))


def test_percentiles_lie_between_values_as_those_of_d3() -> None:
    assert inner_range([np.array([0.0, 1.0])]) == pytest.approx((0.05 - 0.18, 0.95 + 0.18))


def test_a_single_value_has_the_padding_of_one() -> None:
    assert inner_range([np.full(9, 2.0)]) == pytest.approx((2 - 3.3, 2 + 3.3))
    assert inner_range([np.zeros(3)]) == pytest.approx((-1.1, 1.1))


def test_what_is_not_finite_does_not_count() -> None:
    values = np.concatenate([np.arange(101.0), [NAN, INF, -INF] * 50])
    assert inner_range([values]) == pytest.approx((5 - 18, 95 + 18))
    assert inner_range([np.array([NAN, INF])]) is None
    assert inner_range([]) is None
    assert inner_range([np.array([-1.0, 0.0])], log=True) is None


def test_a_log_axis_is_padded_in_decades() -> None:
    low, high = inner_range([10.0 ** np.arange(101), np.array([-1.0, 0.0, NAN])], log=True) or (NAN, NAN)
    assert (math.log10(low), math.log10(high)) == pytest.approx((5 - 18, 95 + 18))


def test_the_largest_numbers_do_not_overflow() -> None:
    largest = np.finfo(np.float64).max
    assert inner_range([np.array([-largest, largest])]) == (-largest, largest)
    low, high = inner_range([np.array([1e-308, 1e308])], log=True) or (NAN, NAN)
    assert 0 < low < high < INF


def test_float32_keeps_its_digits() -> None:
    assert inner_range([np.arange(101, dtype=np.float32)]) == pytest.approx((5 - 18, 95 + 18))

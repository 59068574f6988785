"""The smoothing is TensorBoard's, point for point."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tui.analysis.smooth import ema, ema_continued


def naive(values: npt.NDArray[np.float64], weight: float) -> list[float]:
    last, n, smoothed = 0.0, 0, []
    for y in values.tolist():
        if math.isfinite(y):
            last = last * weight + (1 - weight) * y
            n += 1
            smoothed.append(last / (1 - weight**n))
        else:
            smoothed.append(y)
    return smoothed


def test_exact_values() -> None:
    assert ema(np.array([1.0, 3.0]), 0.5).tolist() == pytest.approx([1.0, 3.5 / 1.5])


@pytest.mark.parametrize("weight", [0.1, 0.6, 0.99])
@pytest.mark.parametrize("count", [1, 2, 40, 2000])
def test_the_largest_numbers_are_smoothed_without_a_warning(weight: float, count: int) -> None:
    largest = np.full(count, np.finfo(np.float64).max)
    for smoothed in (ema(largest, weight), ema_continued(ema(largest[:1], weight), largest, weight)):
        assert (smoothed[np.isfinite(smoothed)] > 1.7e308).all()
        assert (smoothed[~np.isfinite(smoothed)] == np.inf).all()


def test_non_finite_values_pass_through_and_do_not_count() -> None:
    smoothed = ema(np.array([math.nan, 1.0, math.inf, 3.0, -math.inf]), 0.5)
    np.testing.assert_allclose(smoothed, [math.nan, 1.0, math.inf, 3.5 / 1.5, -math.inf])


def test_no_weight_changes_nothing_and_copies() -> None:
    values = np.array([1.0, math.nan, 2.0])
    smoothed = ema(values, 0)
    np.testing.assert_array_equal(smoothed, values)
    assert not np.shares_memory(smoothed, values)


def test_float32_is_smoothed_in_float64() -> None:
    values = np.array([0.1, 0.2], np.float32)
    smoothed = ema(values, 0.6)
    assert smoothed.dtype == np.float64
    assert smoothed.tolist() == pytest.approx(naive(values.astype(np.float64), 0.6), rel=1e-12)


@pytest.mark.parametrize("n", [0, 1, 31, 32, 33, 1024, 1025, 100_000])
def test_any_length(n: int) -> None:
    values = np.random.default_rng(n).normal(1, 1, n)
    np.testing.assert_allclose(ema(values, 0.99), naive(values, 0.99), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("weight", [-0.1, 1.0, math.nan])
def test_a_weight_outside_0_to_1_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="smoothing weight"):
        ema(np.ones(3), weight)


@given(
    hnp.arrays(np.float64, st.integers(0, 300), elements=st.floats(-1e300, 1e300) | st.just(math.nan)),
    st.floats(0, 0.9999),
)
def test_equals_the_loop(values: npt.NDArray[np.float64], weight: float) -> None:
    finite = np.abs(values[np.isfinite(values)])
    np.testing.assert_allclose(
        ema(values, weight), naive(values, weight), rtol=1e-9, atol=1e-9 * finite.max(initial=0.0)
    )


@given(
    hnp.arrays(np.float64, st.integers(0, 70), elements=st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf])),
    st.integers(0, 70),
    st.sampled_from([0.0, 0.1, 0.6, 0.99, 0.999]),
)
def test_continued_it_is_that_of_all_values(values: npt.NDArray[np.float64], cut: int, weight: float) -> None:
    before = ema(values[:cut], weight)
    more = ema_continued(before, values[cut:], weight)
    np.testing.assert_allclose(np.concatenate((before, more)), ema(values, weight), rtol=1e-6, atol=1e-6)


def test_continued_a_point_at_a_time_it_does_not_drift() -> None:
    values = np.random.default_rng(2).normal(1, 1, 2000)
    smoothed = ema(values[:1], 0.99)
    for at in range(1, len(values)):
        smoothed = np.concatenate((smoothed, ema_continued(smoothed, values[at : at + 1], 0.99)))
    np.testing.assert_allclose(smoothed, ema(values, 0.99), rtol=1e-12)

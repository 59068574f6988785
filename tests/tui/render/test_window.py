"""Where values fall on the grid of dots, and which window shows a set of curves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.window import Window, fit_window

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def test_the_bounds_are_the_first_and_last_dots() -> None:
    window = Window(10.0, 20.0, -1.0, 1.0)
    assert window.x_dots(np.array([10.0, 15.0, 20.0]), 5).tolist() == [0.0, 2.0, 4.0]
    assert window.y_dots(np.array([1.0, 0.0, -1.0]), 9).tolist() == [0.0, 4.0, 8.0]
    assert window.x_at(np.array([0.0, 2.0, 4.0]), 5).tolist() == [10.0, 15.0, 20.0]


def test_a_log_axis_gives_each_decade_the_same_height() -> None:
    window = Window(0.0, 1.0, 0.01, 100.0, log_y=True)
    assert window.y_dots(np.array([100.0, 1.0, 0.01]), 5) == pytest.approx([0.0, 2.0, 4.0])


def test_what_cannot_be_drawn_is_nan() -> None:
    window = Window(0.0, 1.0, 0.1, 1.0, log_y=True)
    assert np.isnan(window.y_dots(np.array([np.nan, np.inf, -np.inf, 0.0, -1.0]), 8)).all()


def test_a_single_value_is_in_the_middle() -> None:
    window = Window(7.0, 7.0, -3.0, -3.0)
    assert float(window.x_dots(7.0, 9)) == 4.0
    assert float(window.y_dots(-3.0, 9)) == 4.0


@pytest.mark.parametrize(
    "bounds",
    [(1.0, 0.0, 0.0, 1.0), (0.0, 1.0, 1.0, 0.0), (0.0, np.nan, 0.0, 1.0), (0.0, 1.0, -np.inf, 1.0)],
)
def test_bounds_out_of_order_or_not_finite_are_refused(bounds: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="bounds"):
        Window(*bounds)


def test_a_log_axis_from_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Window(0.0, 1.0, 0.0, 1.0, log_y=True)


def test_the_fitted_window_ignores_what_cannot_be_drawn() -> None:
    x = np.arange(5.0)
    assert fit_window([(x, np.array([1.0, np.nan, 3.0, np.inf, -np.inf]))], margin=0.1) == Window(0.0, 4.0, 0.8, 3.2)


def test_the_fitted_log_window_ignores_zero_and_below() -> None:
    window = fit_window([(np.arange(4.0), np.array([0.0, 0.1, 10.0, -5.0]))], log_y=True, margin=0.0)
    assert window == Window(0.0, 3.0, 0.1, 10.0, log_y=True)


def test_nothing_to_show_has_no_window() -> None:
    empty = np.array([])
    assert fit_window([]) is None
    assert fit_window([(empty, empty), (np.array([1.0]), np.array([np.nan]))]) is None
    assert fit_window([(np.array([1.0]), np.array([-1.0]))], log_y=True) is None


@given(st.lists(FINITE, min_size=1, max_size=6), st.booleans())
def test_every_fitted_value_is_inside(values: list[float], log_y: bool) -> None:
    y = np.array(values)
    window = fit_window([(np.arange(len(y), dtype=np.float64), y)], log_y=log_y)
    drawable = y[y > 0] if log_y else y
    if window is None:
        assert not len(drawable)
    else:
        dots = window.y_dots(drawable, 100)
        assert ((dots >= -0.001) & (dots <= 99.001)).all()

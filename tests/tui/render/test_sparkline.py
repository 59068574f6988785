"""Sparklines: exact text of small ones, and what holds for all of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as np_st

from tui.render.glyphs import ASCII
from tui.render.sparkline import Spark, sparkline

NAN = float("nan")


def text(values: list[float], width: int) -> str:
    return sparkline(np.array(values, np.float64), width).text


@pytest.mark.parametrize(
    ("values", "width", "expected"),
    [
        ([], 3, "   "),
        ([5.0], 3, "⡄  "),
        ([2.0, 2.0, 2.0], 4, "⣤⣤⣤⣤"),
        ([0.0, 1.0], 4, "⣀⣤⣶⣿"),
        ([0, 1, 2, 3, 3, 2, 1, 0], 4, "⣠⣾⣷⣄"),
        ([1.0, 2.0], 0, ""),
        ([1.0, 2.0], -1, ""),
    ],
)
def test_exact_text(values: list[float], width: int, expected: str) -> None:
    assert text(values, width) == expected


@pytest.mark.parametrize(("base", "spike", "expected"), [(0.0, 1.0, "⣇"), (1.0, 0.0, "⣿")])
def test_one_point_of_many_is_seen_whichever_way_it_goes(base: float, spike: float, expected: str) -> None:
    values = np.full(100_000, base)
    values[50_100] = spike
    line = sparkline(values, 10).text
    assert len(set(line)) == 2
    assert sum(character != line[0] for character in line) == 1
    assert (line[0] == expected) == (base > spike)


def test_a_column_of_small_noise_shows_its_mean() -> None:
    values = np.tile([0.45, 0.55], 500)
    values[0], values[-1] = 0.0, 1.0
    assert set(sparkline(values, 12).text[1:-1]) <= {"⣤", "⣶", "⣴", "⣦"}


def test_cells_with_nan_or_infinity_are_crossed() -> None:
    assert sparkline(np.array([0.0, 0, NAN, 0, np.inf, 0, 1, 1]), 4) == Spark("⣀××⣿", (1, 2))
    assert sparkline(np.array([NAN] * 4), 2) == Spark("××", (0, 1))


def test_the_line_goes_on_around_a_lone_nan() -> None:
    assert sparkline(np.array([1.0, NAN, 1.0]), 5) == Spark("⣤⣤×⣤⣤", (2,))


def test_points_go_where_their_x_is() -> None:
    values = np.array([0.0, 0.0, 1.0])
    assert sparkline(values, 4, x=np.array([0, 90, 100])).text == "⣀⣀⣀⣸"
    assert sparkline(values, 4, x=np.array([0, 10, 20]), x_range=(0, 70)).text == "⣀⡇  "
    assert sparkline(values, 3, x=np.array([7, 7, 7])).text == "⡇  "
    assert sparkline(values, 3, x=np.array([1, 2, 3]), x_range=(10, 20)).text == "   "


def test_values_are_drawn_over_a_range_that_others_share() -> None:
    assert sparkline(np.array([0.0, 1.0]), 2, y_range=(0, 3)).text == "⣀⣤"
    assert sparkline(np.array([2.0, 2.0]), 2, y_range=(0, 3)).text == "⣶⣶"
    assert sparkline(np.array([2.0, 2.0]), 2, y_range=(2, 2)).text == "⣤⣤"
    assert sparkline(np.array([np.nan, 3.0]), 2, y_range=(0, 3)) == Spark("×⢸", (0,))


def test_ascii_has_one_level_a_cell() -> None:
    assert sparkline(np.arange(7.0), 7, glyphs=ASCII).text == ".:-=+*#"
    assert sparkline(np.array([0.0, NAN, 1.0]), 3, glyphs=ASCII) == Spark(".x#", (1,))


def test_values_of_any_dtype() -> None:
    assert sparkline(np.arange(8, dtype=np.float32), 4) == sparkline(np.arange(8), 4) == Spark("⣀⣤⣶⣿", ())


@given(np_st.arrays(np.float64, st.integers(0, 60), elements=st.floats()), st.integers(0, 12), st.booleans())
def test_any_values_fill_the_width(values: npt.NDArray[np.float64], width: int, by_x: bool) -> None:
    x = np.arange(len(values)) ** 2 if by_x else None
    for glyphs in ({}, {"glyphs": ASCII}):
        spark = sparkline(values, width, x=x, **glyphs)
        assert len(spark.text) == width
        assert bool(spark.bad) == (bool(width) and not np.isfinite(values).all())
        assert (spark.text.strip() == "") == (not width or not len(values))

"""Amounts on a plane: halves of cells, levels, bands between percentiles, bars to the right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.canvas import Canvas, Part, curve_paint
from tui.render.chart import PlotArea
from tui.render.heatmap import (
    DENSE,
    DENSE_ASCII,
    amounts,
    band_levels,
    draw_levels,
    draw_sideways,
    levels_of,
    pair,
)

COUNTS = np.array([[1.0, 2, 3, 4], [4, 0, 0, 8]])


def test_the_lowest_bin_lies_below() -> None:
    found = amounts(COUNTS, np.array([0, 1, -1, 0]), 2)
    assert found.tolist() == [[4, 8, 0, 4], [3, 0, 0, 3], [2, 0, 0, 2], [1, 4, 0, 1]]


def test_a_bin_over_several_halves_is_as_much_in_each_and_several_in_one_are_averaged() -> None:
    assert amounts(COUNTS[:, :2], np.array([0]), 2)[:, 0].tolist() == [2, 2, 1, 1]
    assert amounts(COUNTS, np.array([0]), 1)[:, 0].tolist() == [3.5, 1.5]
    assert amounts(np.array([[3.0, 6.0, 9.0]]), np.array([0]), 1)[:, 0].tolist() == pytest.approx([8.0, 4.0])


@given(st.lists(st.floats(0, 1e300), min_size=1, max_size=8), st.integers(1, 40))
def test_no_size_loses_anything(counts: list[float], rows: int) -> None:
    found = amounts(np.array([counts]), np.array([0]), rows)
    assert found.shape == (2 * rows, 1)
    assert found.sum() / (2 * rows) * len(counts) == pytest.approx(sum(counts), rel=1e-9)


def test_levels_go_in_even_steps_and_only_nothing_has_none() -> None:
    some = np.array([0.0, 1e-9, 1, 25, 26, 50, 75, 100])
    assert levels_of(some, 100.0, 5).tolist() == [0, 1, 1, 1, 2, 2, 3, 4]
    assert levels_of(np.array([0.0, 1, 9, 99, 999, 9999]), 9999.0, 5, log=True).tolist() == [0, 1, 1, 2, 3, 4]
    assert levels_of(some, 0.0, 5).tolist() == [0] * 8


def test_bands_are_nested_about_the_median() -> None:
    points = np.array([[0.0, 2, 4, 6, 8], [np.nan] * 5, [0.1, 0.1, 0.1, 0.1, 0.1]])
    assert band_levels(points, 0.0, 8.0, 4).T.tolist() == [
        [1, 1, 2, 2, 3, 2, 2, 1],
        [0] * 8,
        [0, 0, 0, 0, 0, 0, 0, 3],
    ]


def test_a_steep_median_is_joined_and_what_is_outside_the_view_left_out() -> None:
    points = np.array([[9.0] * 3, [7.9] * 3, [4.1] * 3, [0.1] * 3])
    assert band_levels(points, 0.0, 8.0, 4).T.tolist() == [
        [0] * 8,
        [2, 0, 0, 0, 0, 0, 0, 0],
        [0, 2, 2, 2, 0, 0, 0, 0],
        [0, 0, 0, 0, 2, 2, 2, 2],
    ]


def test_half_blocks_show_two_levels_a_cell() -> None:
    canvas = Canvas(4, 3)
    draw_levels(canvas, np.array([[0, 2], [0, 1], [1, 0], [1, 2]]), PlotArea(1, 0, 2, 2), 3)
    assert canvas.rows == ["  ▀ ", "  ▀ ", "    "]
    assert canvas.paints[0, 1:3].tolist() == [curve_paint(pair(0, 0, 3)), curve_paint(pair(2, 1, 3))]
    assert canvas.paints[1, 1:3].tolist() == [curve_paint(pair(1, 1, 3)), curve_paint(pair(0, 2, 3))]
    assert canvas.paints[2].tolist() == [Part.BLANK] * 4


@pytest.mark.parametrize("signs", [DENSE, DENSE_ASCII])
def test_signs_show_the_greater_level(signs: str) -> None:
    canvas = Canvas(7, 1)
    levels = np.array([[0, 1, 2, 3, 4, 5, 6], [0] * 7])
    draw_levels(canvas, levels, PlotArea(0, 0, 7, 1), 7, signs)
    assert canvas.rows == [signs[0] + signs[1] + signs[2] + signs[3] + signs[4] + signs[5] + signs[5]]
    assert canvas.paints[0].tolist() == [Part.BLANK, *(curve_paint(level) for level in range(1, 7))]


def test_no_two_signs_are_the_same() -> None:
    assert len(set(DENSE)) == len(DENSE) == len(set(DENSE_ASCII)) == len(DENSE_ASCII)
    assert DENSE_ASCII.isascii()


def test_bars_to_the_right_have_eighths_of_a_cell() -> None:
    canvas = Canvas(6, 5)
    draw_sideways(canvas, [8.0, 4.0, 1.0, 1e-9, 0.0], PlotArea(2, 0, 4, 5), 1)
    assert canvas.rows == ["  ████", "  ██  ", "  ▌   ", "  ▏   ", "      "]
    assert canvas.paints[0, 2] == curve_paint(1)


def test_no_values_have_no_bars() -> None:
    canvas = Canvas(3, 2)
    draw_sideways(canvas, [0.0, 0.0], PlotArea(0, 0, 3, 2), 0)
    assert canvas.rows == ["   "] * 2

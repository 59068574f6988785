"""Curves as lines: what is left of them shows the same, gaps stay gaps, and nothing is drawn past the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.polyline import Floats, Polyline, marks_along, polyline
from tui.render.window import Window

NAN, INF = float("nan"), float("inf")


def line(y: list[float], window: Window | None = None, columns: int = 100) -> Polyline:
    values = np.array(y, np.float64)
    return polyline(np.arange(len(y), dtype=np.float64), values, window or Window(0, len(y) - 1, 0, 10), columns)


def pieces(drawn: Polyline) -> list[list[tuple[float, float]]]:
    return [list(zip(p.x.round(9).tolist(), p.y.round(9).tolist(), strict=True)) for p in drawn.pieces]


def test_points_become_shares_of_the_window() -> None:
    assert pieces(line([0, 10, 5])) == [[(0, 0), (0.5, 1), (1, 0.5)]]


def test_a_logarithmic_axis_is_straight_in_decades() -> None:
    drawn = line([0.01, 1, 0, -3], Window(0, 3, 0.01, 100, log_y=True), columns=4)
    assert pieces(drawn) == [[(0, 0), (0.333333333, 0.5)]]
    assert (drawn.below.tolist(), drawn.undrawn, drawn.beyond) == ([0.625, 0.875], 2, 0)


def test_what_cannot_be_drawn_makes_a_gap_and_is_told() -> None:
    drawn = line([1, NAN, 2, INF, -INF, 3, 4], columns=7)
    assert pieces(drawn) == [[(0, 0.1)], [(0.333333333, 0.2)], [(0.833333333, 0.3), (1, 0.4)]]
    middles = [(column + 0.5) / 7 for column in range(7)]
    assert drawn.nan.tolist() == pytest.approx([middles[1]])
    assert drawn.above.tolist() == pytest.approx([middles[3]])
    assert drawn.below.tolist() == pytest.approx([middles[4]])
    assert drawn.undrawn == 3


def test_lines_end_where_they_cross_the_edges() -> None:
    drawn = line([5, 15, 5, -5, -5, 5, 10], Window(0, 6, 0, 10), columns=7)
    assert pieces(drawn) == [
        [(0, 0.5), (0.083333333, 1)],
        [(0.25, 1), (0.333333333, 0.5), (0.416666667, 0)],
        [(0.75, 0), (0.833333333, 0.5), (1, 1)],
    ]
    assert (len(drawn.over), len(drawn.under), drawn.beyond, drawn.undrawn) == (1, 2, 3, 0)


def test_a_line_from_below_to_above_is_drawn_between_the_edges() -> None:
    assert pieces(line([-10, 30], Window(0, 1, 0, 10))) == [[(0.25, 0), (0.5, 1)]]
    assert pieces(line([30], Window(0, 1, 0, 10))) == []


def test_a_crowd_of_points_leaves_four_a_column() -> None:
    y = np.random.default_rng(3).normal(size=100_000)
    drawn = polyline(np.arange(100_000.0), y, Window(0, 99_999, y.min(), y.max()), 50)
    (piece,) = drawn.pieces
    assert len(piece.x) == 200
    assert (piece.y.min(), piece.y.max()) == (0, 1)


def extremes(x: Floats, y: Floats, columns: int) -> dict[int, tuple[float, float, float, float]]:
    """First, last, least and greatest y of each column."""
    found: dict[int, list[float]] = {}
    for column, value in zip(np.minimum(x * columns, columns - 1).astype(int).tolist(), y.tolist(), strict=True):
        found.setdefault(column, []).append(value)
    return {column: (held[0], held[-1], min(held), max(held)) for column, held in found.items()}


@given(st.lists(st.floats(0, 10) | st.just(NAN), min_size=2, max_size=60), st.integers(1, 8))
def test_every_column_keeps_its_ends_and_extremes(values: list[float], columns: int) -> None:
    y = np.array(values)
    x = np.arange(float(len(y)))
    drawn = polyline(x, y, Window(0, len(y) - 1, 0, 10), columns)
    kept_x = np.concatenate([piece.x for piece in drawn.pieces]) if drawn.pieces else np.empty(0)
    kept_y = np.concatenate([piece.y for piece in drawn.pieces]) if drawn.pieces else np.empty(0)
    finite = np.isfinite(y)
    whole = polyline(x[finite], y[finite], Window(0, len(y) - 1, 0, 10), 10_000)
    every_y = np.concatenate([piece.y for piece in whole.pieces]) if whole.pieces else np.empty(0)
    assert extremes(kept_x, kept_y, columns) == extremes(x[finite] / (len(y) - 1), every_y, columns)
    assert (np.diff(kept_x) > 0).all()
    assert drawn.undrawn == int((~finite).sum())


def test_marks_lie_on_the_line_beside_those_of_others() -> None:
    drawn = line([0, 10])
    assert marks_along(drawn, 0, 2, 2) == [(0.125, 0.125), (0.625, 0.625)]
    assert marks_along(drawn, 1, 2, 2) == [(0.375, 0.375), (0.875, 0.875)]


def test_a_short_line_has_its_mark_at_its_end() -> None:
    assert marks_along(line([NAN, 4, NAN, NAN], Window(0, 3, 0, 10)), 0, 1, 2) == [(pytest.approx(1 / 3), 0.4)]
    assert marks_along(line([NAN, NAN]), 0, 1, 2) == []

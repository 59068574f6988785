"""Parallel coordinates and the scatter matrix as text."""

from __future__ import annotations

import numpy as np
import pytest

from tui.render.canvas import Part, curve_paint
from tui.render.parallel import AxisSpec, axes_that_fit, axis_columns, draw_parallel, parallel_lines, place_at
from tui.render.scatter import Scatter
from tui.render.scatter_matrix import draw_matrix, panels_that_fit

NONE = np.array([False, False])


def test_lines_from_axis_to_axis() -> None:
    lines = parallel_lines(np.array([[0.0, 1.0], [1.0, 1.0]]), [0, 1], NONE, 16, 8)
    axes = [
        AxisSpec("lr log", "0.001", "0.1", brush=(0.0, 0.5), cursor=0.0),
        AxisSpec("opt", "", "", ((0.0, "adam"), (1.0, "sgd"))),
    ]
    canvas = draw_parallel(axes, lines, 16, 8)
    assert [row.rstrip() for row in canvas.rows] == [
        " lr log    opt",
        "   0.1",
        "    │⠉⠉⠉⠉⠉⠉⡩│sgd",
        "    │    ⢀⠎ │",
        "    ┃  ⢀⠔⠁  │",
        "    ┃ ⡰⠁    │",
        "    ◆⠊      │ad…",
        "  0.001",
    ]
    assert canvas.paints[6, 4] == Part.CURSOR
    assert canvas.paints[2, 5] == curve_paint(1)


def test_dotted_lines_leave_gaps_where_others_do_not() -> None:
    places = np.array([[1.0, 0.0], [1.0, 0.0]])
    lines = parallel_lines(places, [0, 1], NONE, 16, 8, dotted=1)
    axes = [AxisSpec("lr", "", ""), AxisSpec("opt", "", "")]
    rows = [row[5:12] for row in draw_parallel(axes, lines, 16, 8).rows]
    assert (rows[2], rows[6]) == (" ⠁ ⠁ ⠁ ", "⣀⣀⣀⣀⣀⣀⣀")


def test_a_missing_value_is_a_gap() -> None:
    lines = parallel_lines(np.array([[0.5], [np.nan], [0.5]]), [0], np.array([False]), 30, 8)
    assert lines is not None
    assert not lines.codes.any(axis=0)[6:24].any()


def test_no_room() -> None:
    assert parallel_lines(np.zeros((2, 1)), [0], NONE[:1], 16, 4) is None
    assert draw_parallel([], None, 5, 3).text.strip() == ""


@pytest.mark.parametrize(("row", "place"), [(0, 1.0), (2, 1.0), (6, 0.0), (4, 0.5), (9, 0.0)])
def test_place_at(row: int, place: float) -> None:
    assert place_at(row, 8) == place


def test_how_many_axes_and_panels_fit() -> None:
    assert (axes_that_fit(50), axes_that_fit(5)) == (4, 2)
    assert axis_columns(4, 40) == [5, 15, 25, 35]
    assert (panels_that_fit(70, 20), panels_that_fit(5, 3)) == ((2, 3), (1, 1))


def test_a_matrix_of_panels() -> None:
    points = Scatter(np.array([0.0, 1.0]), np.array([0.0, 1.0]), np.array([0, 1], np.int16), NONE, "ox", dots=False)
    canvas = draw_matrix([[points, points]], ["lr", "batch size"], ["loss"], (0, 1), 30, 6)
    assert [row.rstrip() for row in canvas.rows] == [
        " loss / lr      loss /…h size",
        "│            x │            x",
        "│              │",
        "│              │",
        "│o             │o",
        "└───────────── └─────────────",
    ]
    assert canvas.paints[5, 15] == Part.CURSOR
    assert canvas.paints[5, 0] == Part.AXIS

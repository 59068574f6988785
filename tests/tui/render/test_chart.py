"""Charts as text: axes, labels, cursor, marks, and sizes down to nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.canvas import Behind, Part, curve_paint, split_paint
from tui.render.cells import width as cells
from tui.render.chart import ChartSpec, PlotArea, draw_chart, plot_area
from tui.render.glyphs import ASCII
from tui.render.raster import Curve
from tui.render.window import Window

X = np.array([0.0, 100.0])
RISE = ChartSpec(
    curves=[Curve(X, np.array([0.0, 1.0]), 0)],
    window=Window(0.0, 100.0, 0.0, 1.0),
    x_ticks=[(0.0, "0"), (50.0, "50"), (100.0, "100")],
    y_ticks=[(0.0, "0"), (0.5, "0.5"), (1.0, "1")],
    grid=False,
)


def lines(spec: ChartSpec, width: int, height: int) -> list[str]:
    return [row.rstrip() for row in draw_chart(spec, width, height).rows]


def test_axes_and_curve() -> None:
    assert lines(RISE, 20, 7) == [
        "  1┤             ⡠⠔⠊",
        "   │         ⢀⡠⠔⠉",
        "0.5┤      ⢀⠤⠒⠁",
        "   │   ⣀⠔⠊⠁",
        "  0┤⡠⠔⠊",
        "   └┬───────┬──────┬",
        "    0      50    100",
    ]


def test_grid_and_ascii() -> None:
    assert lines(replace(RISE, grid=True, glyphs=ASCII), 20, 6) == [
        "  1+   .   .   ..--'",
        "   |        .--'",
        "0.5+   ..--'   .   .",
        "  0+.--'   .   .   .",
        "   ++-------+------+",
        "    0      50    100",
    ]
    assert draw_chart(replace(RISE, glyphs=ASCII, cursor_x=1.0, marks_x=[2.0]), 30, 9).text.isascii()


def test_without_ticks_there_are_only_curves() -> None:
    spec = replace(RISE, x_ticks=(), y_ticks=())
    assert plot_area(spec, 10, 3) == PlotArea(0, 0, 10, 3)
    assert lines(spec, 4, 1) == ["⣀⠤⠒⠉"]


def test_labels_that_do_not_fit_are_thinned_evenly() -> None:
    spec = replace(RISE, x_ticks=[(float(x), f"{x}00") for x in range(0, 101, 10)])
    assert lines(spec, 34, 7)[-1].split() == ["000", "3000", "6000", "9000"]
    assert lines(spec, 20, 7)[-1].split() == ["000", "4000", "8000"]


@pytest.mark.parametrize(
    ("width", "labels"), [(4, []), (5, ["start"]), (12, ["start"]), (14, ["start"]), (15, ["start", "finish"])]
)
def test_labels_are_whole_or_absent(width: int, labels: list[str]) -> None:
    spec = replace(RISE, x_ticks=[(0.0, "start"), (100.0, "finish")])
    assert lines(spec, width, 6)[-1].split() == labels


def test_wide_labels_count_in_cells() -> None:
    canvas = draw_chart(replace(RISE, y_ticks=[(0.0, "零"), (1.0, "1")]), 20, 6)
    assert [row[:4] for row in canvas.rows[:1]] == [" 1┤ "]
    assert canvas.rows[3].startswith("零┤")
    assert {cells(row) for row in canvas.rows} == {20}


def test_labels_in_neighbouring_rows_are_for_low_plots_only() -> None:
    spec = replace(RISE, y_ticks=[(0.0, "low"), (0.12, "near"), (1.0, "high")])
    assert [row[:5] for row in lines(spec, 20, 12) if row[4:5] == "┤"] == ["high┤", " low┤"]
    assert [row[:5] for row in lines(spec, 20, 4) if row[4:5] == "┤"] == ["high┤", " low┤"]


def test_two_ticks_in_one_row_leave_the_first() -> None:
    rows = lines(replace(RISE, y_ticks=[(0.5, "0.50"), (0.51, "0.51")]), 20, 5)
    assert [row[:5] for row in rows[:3]] == ["    │", "0.50┤", "    │"]


def test_the_cursor_stands_in_blank_cells_and_lights_the_others() -> None:
    canvas = draw_chart(replace(RISE, cursor_x=50.0), 20, 7)
    assert [row[12] for row in canvas.rows] == ["│", "│", "⠒", "│", "│", "┴", "0"]
    assert [split_paint(int(paint))[3] for paint in canvas.paints[:, 12]] == [Behind.HIGHLIGHT] * 5 + [
        Behind.NOTHING
    ] * 2


def test_a_cursor_outside_the_window_is_not_drawn() -> None:
    assert draw_chart(replace(RISE, cursor_x=101.0, marks_x=[-1.0]), 20, 7).text == draw_chart(RISE, 20, 7).text


def test_marked_places_are_dotted_lines() -> None:
    canvas = draw_chart(replace(RISE, marks_x=[0.0]), 20, 7)
    assert [row[4] for row in canvas.rows] == ["┊", "┊", "┊", "┊", "⡠", "┴", "0"]
    assert canvas.paints[5, 4] == Part.MARK


def test_points_past_the_edges_are_marked_in_their_curves_colours() -> None:
    y = np.array([0.5, 7.0, -7.0, 0.5])
    canvas = draw_chart(replace(RISE, curves=[Curve(np.array([0.0, 25, 75, 100]), y, 3)]), 20, 7)
    assert (canvas.rows[0][8], canvas.rows[4][15]) == ("▴", "▾")
    assert canvas.paints[0, 8] == canvas.paints[4, 15] == curve_paint(3)


def test_a_range_is_shaded_as_far_as_it_is_in_view() -> None:
    def shaded(first: float, last: float) -> list[int]:
        canvas = draw_chart(replace(RISE, shaded=(first, last), cursor_x=None), 20, 7)
        behind = [split_paint(int(paint))[3] for paint in canvas.paints[2]]
        return [column for column, what in enumerate(behind) if what is Behind.SHADE]

    assert shaded(25, 50) == [8, 9, 10, 11, 12]
    assert shaded(75, 900) == [15, 16, 17, 18, 19]
    assert shaded(-9, 200) == list(range(4, 20))
    assert shaded(101, 200) == shaded(-9, -1) == []


def test_missing_points_are_marked_in_the_warning_part() -> None:
    y = np.array([0.5, np.nan, np.inf, -np.inf, 0.5])
    canvas = draw_chart(replace(RISE, curves=[Curve(np.array([0.0, 25, 50, 75, 100]), y, 0)]), 20, 7)
    warnings = [(row, column) for row, column in np.argwhere(canvas.paints == Part.WARNING).tolist()]
    assert [(row, column, canvas.rows[row][column]) for row, column in warnings] == [
        (0, 12, "▴"),
        (4, 15, "▾"),
        (5, 8, "×"),
    ]


def test_without_an_axis_nan_is_marked_in_the_last_row() -> None:
    spec = replace(RISE, x_ticks=(), y_ticks=(), curves=[Curve(X, np.array([np.nan, 1.0]), 0)])
    assert lines(spec, 4, 2) == ["   ⠛", "×"]


def test_columns_and_values_are_each_others_inverse() -> None:
    area = plot_area(RISE, 60, 12)
    assert area == PlotArea(4, 0, 56, 10)
    for column in range(4, 60):
        x = area.x_at(column, RISE.window)
        assert x is not None
        assert area.column_of(x, RISE.window) == column
    assert area.x_at(3, RISE.window) is None
    assert area.x_at(60, RISE.window) is None
    assert area.row_of(1.0, RISE.window) == 0
    assert area.row_of(0.0, RISE.window) == 9
    assert area.row_of(1.5, RISE.window) is None


@pytest.mark.parametrize(("width", "height"), [(10, 3), (1, 1), (0, 0), (5, 0), (-1, 4), (3, 40)])
def test_tiny_sizes_have_their_size(width: int, height: int) -> None:
    canvas = draw_chart(replace(RISE, cursor_x=30.0), width, height)
    assert (canvas.width, canvas.height) == (max(width, 0), max(height, 0))


@given(st.integers(0, 50), st.integers(0, 15), st.lists(st.text(max_size=8), max_size=5), st.floats())
def test_any_size_and_labels_give_whole_rows(width: int, height: int, labels: list[str], cursor: float) -> None:
    ticks = [(100.0 * i / max(len(labels) - 1, 1), label) for i, label in enumerate(labels)]
    spec = replace(RISE, x_ticks=ticks, y_ticks=[(x / 100, label) for x, label in ticks], cursor_x=cursor)
    rows = draw_chart(spec, width, height).rows
    assert [cells(row) for row in rows] == [width] * height

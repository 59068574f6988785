"""A histogram as bars and several as outlines, as text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.bars import BarsSpec, bars_area, bin_at, bin_columns, draw_bars
from tui.render.canvas import Part, curve_paint, split_paint
from tui.render.cells import width as cells
from tui.render.chart import PlotArea

ONE = BarsSpec(
    [np.array([1.0, 4, 2, 0])],
    np.linspace(0.0, 8.0, 5),
    4.0,
    x_ticks=[(0.0, "0"), (4.0, "4"), (8.0, "8")],
    y_ticks=[(0.0, "0"), (2.0, "2"), (4.0, "4")],
)


def lines(spec: BarsSpec, width: int, height: int) -> list[str]:
    return [row.rstrip() for row in draw_bars(spec, width, height).rows]


def test_bars_with_axes() -> None:
    assert lines(ONE, 10, 6) == [
        "4┤  ██   ·",
        " │  ██",
        "2┤  ████ ·",
        "0┤██████ ·",
        " └┬───┬──┬",
        "  0   4  8",
    ]


def test_eighths_of_a_row_and_the_least_count() -> None:
    spec = replace(ONE, heights=[np.array([16.0, 9, 4, 1e-9])], top=16.0, x_ticks=(), y_ticks=())
    assert lines(spec, 4, 2) == ["█▁", "██▄▁"]


def test_what_is_pointed_at_stands_out() -> None:
    canvas = draw_bars(replace(ONE, cursor=1), 10, 6)
    assert canvas.rows[4] == " └┬─▴▴┬──┬"
    assert [split_paint(int(paint))[0] for paint in canvas.paints[0, 4:6]] == [Part.CURSOR] * 2
    assert canvas.paints[3, 2] == curve_paint(0)
    behind = [split_paint(int(paint))[3] for paint in canvas.paints[1]]
    assert [bool(b) for b in behind] == [column in (4, 5) for column in range(10)]


def test_of_few_colours_it_is_hatched() -> None:
    canvas = draw_bars(replace(ONE, cursor=1, hatched=True), 10, 6)
    assert canvas.rows == ["4┤  ▒▒   ·", " │  ▒▒    ", "2┤  ▒▒██ ·", "0┤██▒▒██ ·", " └┬─▴▴┬──┬", "  0   4  8"]
    assert not any(split_paint(int(paint))[3] for paint in canvas.paints.ravel())


def test_several_are_outlines_in_their_colours() -> None:
    spec = replace(ONE, heights=[np.array([1.0, 4, 2, 0]), np.array([0.0, 0, 0, 4])], x_ticks=(), y_ticks=())
    canvas = draw_bars(spec, 8, 4)
    assert canvas.rows == ["  ⡏⠉⡇⢸⠉⠉", "  ⡇ ⡇⢸  ", "⣀⣀⡇ ⠉⢹  ", "⣀⣀⣀⣀⣀⣸⣀⣀"]
    owners = {split_paint(int(paint))[1] for paint in canvas.paints.ravel()} - {-1}
    assert owners == {0, 1}
    assert draw_bars(replace(spec, patterns=True), 8, 4).rows[0] == "  ⡏⠉⡇⢸ ⠈"


@pytest.mark.parametrize("bins", [1, 3, 30])
@pytest.mark.parametrize("width", [1, 7, 29, 30, 100])
def test_a_column_belongs_to_one_bin(bins: int, width: int) -> None:
    area = PlotArea(3, 0, width, 5)
    starts = bin_columns(bins, area)
    assert (starts[0], starts[-1], len(starts)) == (3, 3 + width, bins + 1)
    found = [bin_at(column, bins, area) for column in range(3, 3 + width)]
    assert found == sorted(at for at in found if at is not None)
    for at in range(bins):
        assert all(found[column - 3] == at for column in range(starts[at], starts[at + 1]))
    assert bin_at(2, bins, area) is None and bin_at(3 + width, bins, area) is None


@given(
    st.lists(st.floats(0, 1e300), min_size=2, max_size=9).map(np.array),
    st.integers(1, 3),
    st.integers(0, 40),
    st.integers(0, 12),
    st.sampled_from([1e-300, 1.0, 1e308]),
)
def test_any_heights_and_size_give_whole_rows(
    heights: np.ndarray, n: int, width: int, height: int, scale: float
) -> None:
    edges = np.linspace(-1.0, 1.0, len(heights) + 1) * scale
    top = float(heights.max()) or 1.0
    spec = BarsSpec([heights] * n, edges, top, x_ticks=[(0.0, "0")], y_ticks=[(0.0, "0")], cursor=1)
    assert [cells(row) for row in draw_bars(spec, width, height).rows] == [width] * height
    assert bars_area(spec, width, height).width <= width

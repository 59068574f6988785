"""Grids of pictures: as large as they can be, pages, which pane is where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual.strip import Strip

from tui.app.picture_grid import Grid, fitting_grid, laid_out, pane


@pytest.mark.parametrize(
    ("count", "aspect", "across", "down"),
    [(1, 1.0, 1, 1), (2, 1.0, 2, 1), (3, 1.0, 3, 1), (3, 4.0, 1, 3), (6, 1.5, 3, 2), (12, 1.0, 4, 3)],
)
def test_pictures_are_as_large_as_they_can_be(count: int, aspect: float, across: int, down: int) -> None:
    grid = fitting_grid(count, 132, 41, aspect)
    assert (grid.across, grid.down) == (across, down)


def test_many_are_cards() -> None:
    grid = fitting_grid(1000, 132, 41, 1.0)
    assert (grid.across, grid.down, grid.width, grid.height) == (5, 3, 24, 13)
    assert grid.page(1000, 0) == range(15) and grid.page(1000, 999) == range(990, 1000)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 100), st.floats(0.01, 100), st.integers(0, 299))
def test_a_grid_stays_in_its_room(count: int, width: int, height: int, aspect: float, focus: int) -> None:
    grid = fitting_grid(count, width, height, aspect)
    assert grid.width >= 1 and grid.height >= 1 and grid.capacity >= 1
    last, _ = grid.corner(grid.across - 1)
    assert last + grid.width <= max(width, 2)
    assert grid.down * grid.height <= height
    focus = min(focus, count - 1)
    page = grid.page(count, focus)
    assert focus in page and len(page) <= grid.capacity and page.stop <= count


@given(st.integers(1, 8), st.integers(1, 5), st.integers(1, 40), st.integers(1, 20), st.integers(0, 39))
def test_the_pane_at_a_place(across: int, down: int, width: int, height: int, place: int) -> None:
    grid = Grid(across, down, width, height)
    place %= grid.capacity
    left, top = grid.corner(place)
    for x, y in ((left, top), (left + width - 1, top + height - 1)):
        assert grid.place_at(x, y) == place
    assert grid.place_at(left + width, top) is None  # between two, or behind the last
    assert grid.place_at(left, down * height) is None
    assert grid.place_at(0, 0) is None  # the margin


def test_panes_are_laid_out() -> None:
    grid = Grid(2, 2, 4, 2)
    panes = [pane([(name, Style())], [Strip.blank(4)], 4, 2, Style()) for name in ("one", "longer", "c")]
    lines = [strip.text for strip in laid_out(panes, grid, 12, 5, Style())]
    assert lines == [" one   lon… ", " " * 12, " c          ", " " * 12, " " * 12]

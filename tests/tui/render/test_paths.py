"""Lines in any direction, as dots: exact pictures of small ones, and what holds for all of them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from tui.render.canvas import Behind
from tui.render.chart import ChartSpec, Spot, draw_chart
from tui.render.paths import path_dots
from tui.render.raster import NO_OWNER, Curve, Path, rasterise
from tui.render.window import Window

NAN, INF = math.nan, math.inf
UNIT = Window(0.0, 1.0, 0.0, 1.0)


def dots(
    x: list[float], y: list[float], columns: int = 8, rows: int = 4, window: Window = UNIT
) -> npt.NDArray[np.bool_]:
    return path_dots(np.array(x, np.float64), np.array(y, np.float64), window, columns, rows)


def picture(x: list[float], y: list[float], window: Window = UNIT) -> list[str]:
    return ["".join("#" if dot else "." for dot in row) for row in dots(x, y, window=window)]


def test_a_path_turns_back_and_stands_upright() -> None:
    assert picture([0, 1, 1, 0.5], [1, 1, 0, 0]) == ["########", ".......#", ".......#", "....####"]


def test_a_direction_and_its_reverse_are_drawn() -> None:
    assert picture([0, 1], [0, 1]) == ["......##", "....##..", "..##....", "##......"]
    assert picture([1, 0], [0, 1]) == ["##......", "..##....", "....##..", "......##"]


def test_what_is_not_on_the_plane_is_a_gap() -> None:
    for bad in (NAN, INF, -INF):
        assert picture([0, 0.3, 0.5, 0.7, 1], [1, 1, bad, 0, 0]) == ["###.....", "........", "........", ".....###"]
        assert picture([0, 0.3, bad, 0.7, 1], [1, 1, 0.5, 0, 0]) == ["###.....", "........", "........", ".....###"]


def test_a_point_without_a_line_is_a_block() -> None:
    assert picture([0.5], [1]) == ["....##..", "....##..", "........", "........"]
    assert picture([0.5, 0.5], [1, 1]) == ["....##..", "....##..", "........", "........"]
    assert picture([0, NAN, 0.6, 1], [0, 0, 1, 1]) == ["....####", "........", "##......", "##......"]


def test_nothing_is_nothing() -> None:
    assert not dots([], []).any()
    assert not dots([NAN], [0]).any()
    assert not dots([2, 3], [0, 1]).any()
    assert not dots([2], [0.5]).any()


def test_lines_are_drawn_up_to_the_edges() -> None:
    assert picture([-1, 2], [-1, 2]) == picture([0, 1], [0, 1])
    assert picture([-1, 2], [0.66, 0.66]) == ["........", "########", "........", "........"]
    assert picture([0.5, 0.5], [-5, 5])[0] == "....#..."


def test_a_zoomed_window_shows_its_part() -> None:
    assert picture([0, 1], [0, 1], Window(0.5, 1, 0.5, 1)) == picture([0, 1], [0, 1])


def test_the_farthest_points() -> None:
    assert dots([-1e300, 1e300], [0.5, 0.5]).any(axis=0).all()


COORDINATES = st.floats(-0.5, 1.5, width=16)
POINTS = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=2, max_size=6)
INSIDE = st.lists(st.tuples(st.floats(0, 1, width=16), st.floats(0, 1, width=16)), min_size=2, max_size=6)


@given(INSIDE)
def test_lines_touch_all_their_points_and_hang_together(points: list[tuple[float, float]]) -> None:
    x, y = (list(ends) for ends in zip(*points, strict=True))
    drawn = dots(x, y, 20, 12)
    for column, row in zip(UNIT.x_dots(np.array(x), 20), UNIT.y_dots(np.array(y), 12), strict=True):
        assert drawn[math.floor(row + 0.5), math.floor(column + 0.5)]
    places = {(int(row), int(column)) for row, column in np.argwhere(drawn)}
    reached, new = set(), {min(places)}
    while new:
        reached |= new
        near = {(row + down, column + right) for row, column in new for down in (-1, 0, 1) for right in (-1, 0, 1)}
        new = (near & places) - reached
    assert reached == places


@given(POINTS)
def test_one_line_after_the_other_makes_the_path(points: list[tuple[float, float]]) -> None:
    x, y = (list(ends) for ends in zip(*points, strict=True))
    in_parts = np.zeros((12, 20), np.bool_)
    different = False
    for at in range(len(points) - 1):
        one, other = (
            [math.floor(dot + 0.5) for dot in (*UNIT.x_dots(x[i], 20).flat, *UNIT.y_dots(y[i], 12).flat)]
            for i in (at, at + 1)
        )
        if one != other:  # a line of one dot is drawn as a block where it stands alone
            different = True
            in_parts |= dots(x[at : at + 2], y[at : at + 2], 20, 12)
    if different:
        assert (dots(x, y, 20, 12) == in_parts).all()


def test_many_lines_are_drawn_in_parts() -> None:
    """More than are worked on together."""
    x = np.tile([0.0, 1.0], 20_000)
    drawn = path_dots(x, np.linspace(0, 1, len(x)), UNIT, 60, 40)
    assert drawn.all()


# On a raster and in a chart


def path(x: list[float], y: list[float], owner: int = 0, *, faint: bool = False) -> Path:
    return Path(np.array(x, np.float64), np.array(y, np.float64), owner, faint)


def test_a_path_on_a_raster() -> None:
    raster = rasterise([path([0, 1, 1], [1, 1, 0], 3)], UNIT, 3, 1)
    assert ["".join(chr(0x2800 + code) for code in row) for row in raster.codes.tolist()] == ["⠉⠉⢹"]
    assert raster.owners.tolist() == [[3, 3, 3]]
    assert not raster.faint.any()


def test_paths_lie_before_curves_and_faint_ones_behind_all() -> None:
    curve = Curve(np.array([0.0, 1.0]), np.array([1.0, 1.0]), 0)
    raster = rasterise([path([1, 0], [1, 1], 1), curve, path([0, 1], [0, 0], 2, faint=True)], UNIT, 2, 2)
    assert raster.owners.tolist() == [[1, 1], [2, 2]]
    assert raster.faint.tolist() == [[False, False], [True, True]]


def test_points_outside_leave_no_mark() -> None:
    marks = rasterise([path([0, 0.5, 1], [2, NAN, -1])], UNIT, 4, 1).marks
    assert not marks.nan.any()
    assert (marks.over == NO_OWNER).all()
    assert (marks.under == NO_OWNER).all()


def test_spots_stand_over_the_curves() -> None:
    spots = [
        Spot(0.0, 1.0, "●", 0),
        Spot(1.0, 0.0, "▲", 1, Behind.HIGHLIGHT),
        Spot(2.0, 0.5, "!", 1),
        Spot(0, NAN, "!", 0),
    ]
    canvas = draw_chart(ChartSpec([path([0, 1], [1, 1])], UNIT, spots=spots), 3, 2)
    assert canvas.rows == ["●⠉⠉", "  ▲"]
    assert canvas.paints[1, 2] > 1 << 20

"""Curves as braille: exact pictures of small ones, and what holds for all of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as np_st

from tui.render.raster import NO_OWNER, PATTERNS, Curve, Raster, pattern_sample, rasterise
from tui.render.window import Window, fit_window

UNIT = Window(0.0, 1.0, 0.0, 1.0)


def curve(x: list[float], y: list[float], owner: int = 0, *, faint: bool = False) -> Curve:
    return Curve(np.array(x, np.float64), np.array(y, np.float64), owner, faint)


def picture(raster: Raster) -> list[str]:
    return ["".join(chr(0x2800 + code) for code in row) for row in raster.codes.tolist()]


def draw(one: Curve, window: Window = UNIT, width: int = 4, height: int = 2) -> list[str]:
    return picture(rasterise([one], window, width, height))


def test_a_diagonal_has_one_dot_a_column() -> None:
    assert draw(curve([0, 1], [0, 1])) == ["⠀⠀⡠⠊", "⡠⠊⠀⠀"]
    assert draw(curve([0, 1], [1, 0])) == ["⠑⢄⠀⠀", "⠀⠀⠑⢄"]


def test_a_level_line_has_one_row_of_dots() -> None:
    assert draw(curve([0, 1], [1, 1])) == ["⠉⠉⠉⠉", "⠀⠀⠀⠀"]
    assert draw(curve([0, 1], [0, 0])) == ["⠀⠀⠀⠀", "⣀⣀⣀⣀"]


def test_a_steep_line_changes_columns_halfway() -> None:
    assert draw(curve([0, 1], [0, 1]), width=1, height=2) == ["⢸", "⡇"]


def test_points_in_one_column_reach_from_the_least_to_the_greatest() -> None:
    assert draw(curve([0.0, 0.01, 0.02, 1.0], [0, 1, 0, 0])) == ["⡇⠀⠀⠀", "⣇⣀⣀⣀"]


def test_one_high_point_of_a_million_is_seen() -> None:
    y = np.zeros(1_000_000)
    y[600_000] = 1.0
    raster = rasterise([Curve(np.linspace(0, 1, len(y)), y, 0)], UNIT, 10, 1)
    assert picture(raster) == ["⣀⣀⣀⣀⣀⣸⣀⣀⣀⣀"]


def test_a_single_point_is_a_block_of_dots() -> None:
    assert draw(curve([0.5], [1.0])) == ["⠀⠀⠛⠀", "⠀⠀⠀⠀"]


def test_a_point_between_gaps_is_a_block_and_no_line_crosses_a_gap() -> None:
    nan = np.nan
    assert draw(curve([0, 0.2, 0.5, 0.8, 1], [0, nan, 0, nan, 0])) == ["⠀⠀⠀⠀", "⣤⠀⣤⣤"]


def test_gaps_are_marked_where_they_are() -> None:
    raster = rasterise([curve([0, 0.3, 0.6, 1], [np.nan, np.inf, -np.inf, 0.5])], UNIT, 4, 2)
    assert np.flatnonzero(raster.marks.nan).tolist() == [0]
    assert np.flatnonzero(raster.marks.above).tolist() == [1]
    assert np.flatnonzero(raster.marks.below).tolist() == [2]


def test_what_has_no_logarithm_is_marked_below() -> None:
    window = Window(0.0, 1.0, 0.1, 1.0, log_y=True)
    raster = rasterise([curve([0, 0.5, 1], [0.0, 1.0, -2.0])], window, 4, 1)
    assert np.flatnonzero(raster.marks.below).tolist() == [0, 3]
    assert picture(raster) == ["⠀⠀⠛⠀"]


def test_a_line_on_a_log_axis_is_straight() -> None:
    window = Window(0.0, 1.0, 0.001, 1.0, log_y=True)
    assert draw(curve([0, 1], [0.001, 1.0]), window) == draw(curve([0, 1], [0, 1]))


def test_lines_between_points_outside_the_window_are_drawn_to_its_edges() -> None:
    assert draw(curve([-1, 2], [-1, 2])) == draw(curve([0, 1], [0, 1]))
    assert draw(curve([-1, 3 / 7, 2], [-1, 3 / 7, 2])) == draw(curve([0, 1], [0, 1]))


def test_points_outside_the_window_are_not_drawn() -> None:
    assert draw(curve([-2, -1], [0, 1])) == ["⠀⠀⠀⠀", "⠀⠀⠀⠀"]
    raster = rasterise([curve([-1, 2], [np.nan, np.inf])], UNIT, 4, 2)
    assert not (raster.marks.nan.any() or raster.marks.above.any())


def test_a_curve_that_leaves_at_the_top_is_not_smeared_along_it() -> None:
    assert draw(curve([0, 0.5, 1], [0, 8, 0])) == ["⡇⠀⠀⢸", "⡇⠀⠀⢸"]


def test_a_plain_curve_replaces_faint_dots_in_its_cells_only() -> None:
    faint, plain = curve([0, 1], [1, 1], 1, faint=True), curve([0, 0.4], [0.6, 0.6], 2)
    raster = rasterise([plain, faint], UNIT, 4, 1)
    assert picture(raster) == ["⠒⠒⠉⠉"]
    assert raster.owners.tolist() == [[2, 2, 1, 1]]
    assert raster.faint.tolist() == [[False, False, True, True]]


def test_plain_curves_share_a_cell_and_the_last_one_colours_it() -> None:
    raster = rasterise([curve([0, 1], [1, 1], 5), curve([0, 1], [0, 0], 3)], UNIT, 2, 1)
    assert picture(raster) == ["⣉⣉"]
    assert raster.owners.tolist() == [[3, 3]]


def test_blank_cells_have_no_owner() -> None:
    raster = rasterise([curve([0, 1], [1, 1])], UNIT, 2, 2)
    assert raster.owners.tolist() == [[0, 0], [NO_OWNER, NO_OWNER]]


def test_no_cells_and_no_points_are_fine() -> None:
    assert rasterise([curve([0, 1], [0, 1])], UNIT, 0, 5).codes.shape == (5, 0)
    assert rasterise([curve([0, 1], [0, 1])], UNIT, 5, -1).codes.shape == (0, 5)
    assert not rasterise([curve([], [])], UNIT, 3, 2).codes.any()


def test_points_past_the_edges_name_their_curve_there() -> None:
    window = Window(0.0, 1.0, 0.0, 1.0)
    curves = [curve([0, 0.3, 1], [0.5, 9, 0.5], 4), curve([0, 0.6, 1], [0.5, -9, 0.5], 7, faint=True)]
    raster = rasterise(curves, window, 4, 2)
    assert raster.marks.over.tolist() == [NO_OWNER, 4, NO_OWNER, NO_OWNER]
    assert raster.marks.under.tolist() == [NO_OWNER, NO_OWNER, 7, NO_OWNER]
    assert (rasterise([curve([0, 1], [0, 1])], window, 4, 2).marks.over == NO_OWNER).all()


def test_points_outside_x_do_not_count_as_past_the_edges() -> None:
    marks = rasterise([curve([-1, 0, 1, 2], [9, 0.5, 0.5, -9])], UNIT, 4, 2).marks
    assert (marks.over == NO_OWNER).all() and (marks.under == NO_OWNER).all()


def test_patterns_leave_gaps_in_level_lines() -> None:
    level = curve([0, 1], [1, 1])
    drawn = [draw(replace(level, pattern=number), width=8, height=1) for number in range(len(PATTERNS))]
    # A line begins and ends with a dot, whatever its pattern.
    assert drawn == [["⠉⠉⠉⠉⠉⠉⠉⠉"], ["⠉⠉⠀⠀⠉⠉⠀⠈"], ["⠁⠁⠁⠁⠁⠁⠁⠉"], ["⠉⠉⠉⠀⠉⠀⠉⠉"], ["⠉⠀⠉⠀⠉⠀⠉⠈"], ["⠁⠀⠁⠀⠁⠀⠁⠈"]]
    assert draw(replace(level, pattern=len(PATTERNS)), width=8, height=1) == drawn[0]


def test_samples_of_patterns_all_differ() -> None:
    samples = [pattern_sample(number, 5) for number in range(len(PATTERNS))]
    assert len(set(samples)) == len(PATTERNS)
    assert samples[:2] == ["⠒⠒⠒⠒⠒", "⠒⠒  ⠒"]


def test_a_spike_and_lone_points_are_seen_with_every_pattern() -> None:
    for pattern in range(len(PATTERNS)):
        for at in range(600_000, 600_200, 40):
            y = np.zeros(1_000_000)
            y[at] = 1.0
            raster = rasterise([Curve(np.linspace(0, 1, len(y)), y, 0, pattern=pattern)], UNIT, 10, 3)
            assert raster.codes[:, 5:7].any(axis=1).all(), (pattern, at)
        lone = curve([0, 0.4, 0.45, 0.5, 1], [0, np.nan, 0.5, np.nan, 0])
        assert any(row[1] != "⠀" for row in draw(replace(lone, pattern=pattern)))


def test_many_curves_are_drawn_as_if_one_after_the_other() -> None:
    """More than are worked on at once, of equal and of other x, some with gaps, some with no point."""
    rng = np.random.default_rng(5)
    shared = np.linspace(0, 1, 50)
    curves = []
    for owner in range(700):
        x = shared if owner % 3 else np.sort(rng.random(owner % 40))
        y = rng.random(len(x))
        y[rng.random(len(x)) < 0.05 * (owner % 2)] = np.nan
        curves.append(Curve(x, y, owner, faint=owner % 5 == 0))
    whole = rasterise(curves, UNIT, 60, 8)
    codes, owners = np.zeros_like(whole.codes), np.full_like(whole.owners, NO_OWNER)
    for faint in (True, False):
        touched = np.zeros(codes.shape, np.bool_)
        for one in (c for c in curves if c.faint is faint):
            single = rasterise([one], UNIT, 60, 8)
            here = single.codes != 0
            codes[here & ~touched] = 0
            codes |= single.codes
            owners[here] = one.owner
            touched |= here
    assert (whole.codes == codes).all()
    assert (whole.owners == owners).all()


VALUES = np_st.arrays(np.float64, st.integers(1, 40), elements=st.floats())
SIZES = st.tuples(st.integers(1, 12), st.integers(1, 6))


@given(VALUES, SIZES, st.booleans())
def test_every_drawable_point_has_a_dot_in_its_cell(
    y: npt.NDArray[np.float64], size: tuple[int, int], log_y: bool
) -> None:
    x = np.sort(np.random.default_rng(len(y)).integers(0, 30, len(y))).astype(np.float64)
    window = fit_window([(x, y)], log_y=log_y)
    if window is None:
        return
    width, height = size
    raster = rasterise([Curve(x, y, 0)], window, width, height)
    dots = window.x_dots(x, 2 * width)
    for dot, row, value in zip(dots, window.y_dots(y, 4 * height), y, strict=True):
        # A point on the border of two columns may be in either.
        columns = [int(np.floor(dot + 0.5 + noise)) // 2 for noise in (-1e-9, 1e-9)]
        if np.isfinite(row):
            assert raster.codes[int(np.floor(row + 0.5)) // 4, columns].any()
        elif np.isnan(value):
            assert raster.marks.nan[columns].any()
        else:
            assert (raster.marks.above if value == np.inf else raster.marks.below)[columns].any()


@given(VALUES, VALUES, SIZES, st.booleans(), st.tuples(*[st.floats(-1e308, 1e308)] * 4))
def test_any_window_gives_a_whole_raster(
    y: npt.NDArray[np.float64],
    other: npt.NDArray[np.float64],
    size: tuple[int, int],
    faint: bool,
    bounds: tuple[float, float, float, float],
) -> None:
    (x0, x1), (y0, y1) = sorted(bounds[:2]), sorted(bounds[2:])
    window = Window(x0, x1, y0, y1, log_y=y0 > 0)
    curves = [Curve(np.arange(len(v), dtype=np.float64), v, i, faint and i == 0) for i, v in enumerate((y, other))]
    raster = rasterise(curves, window, *size)
    assert raster.codes.shape == raster.owners.shape == raster.faint.shape == size[::-1]
    assert ((raster.owners == NO_OWNER) == (raster.codes == 0)).all()


@given(np_st.arrays(np.float32, st.integers(2, 60), elements=st.floats(0, 1, width=32)))
def test_a_line_has_no_holes(y: npt.NDArray[np.float32]) -> None:
    raster = rasterise([Curve(np.linspace(0, 1, len(y)), y, 0)], UNIT, 6, 3)
    dots = np.zeros((12, 12), np.bool_)
    for (row, column), code in np.ndenumerate(raster.codes):
        for i, bits in enumerate(((1, 8), (2, 16), (4, 32), (64, 128))):
            for j, bit in enumerate(bits):
                dots[4 * row + i, 2 * column + j] = bool(int(code) & bit)
    reach = [(np.flatnonzero(column).min(), np.flatnonzero(column).max()) for column in dots.T]
    for left, right in pairwise(reach):
        assert left[0] <= right[1] + 1 and right[0] <= left[1] + 1


def band(low: list[float], high: list[float], owner: int = 0) -> Curve:
    x = np.linspace(0, 1, len(low))
    return Curve(x, np.array(high, np.float64), owner, faint=True, low=np.array(low, np.float64))


def test_a_band_is_filled_sparsely_from_bound_to_bound() -> None:
    assert draw(band([0, 0], [1, 1])) == ["⠡⠡⠡⠡", "⠡⠡⠡⠡"]
    assert draw(band([0, 0], [0.4, 0.4])) == ["⠀⠀⠀⠀", "⠡⠡⠡⠡"]
    assert draw(band([0, 0], [1, 0])) == ["⠡⠀⠀⠀", "⠡⠡⠡⠀"]


def test_a_band_lies_behind_every_curve() -> None:
    raster = rasterise([curve([0, 1], [0, 0], 1), band([0, 0], [1, 1], 2)], UNIT, 3, 2)
    assert picture(raster) == ["⠡⠡⠡", "⣀⣀⣀"]
    assert raster.owners.tolist() == [[2, 2, 2], [1, 1, 1]]
    assert raster.faint.tolist() == [[True] * 3, [False] * 3]
    faint = rasterise([curve([0, 1], [0, 0], 1, faint=True), band([0, 0], [1, 1], 2)], UNIT, 3, 2)
    assert (picture(faint), faint.owners.tolist()) == (picture(raster), raster.owners.tolist())
    assert faint.faint.all()


def test_a_band_has_gaps_where_its_bounds_have_and_marks_nothing() -> None:
    nan = float("nan")
    raster = rasterise([band([0, 0, nan, 0, 0], [1, 1, nan, 1, 1])], UNIT, 9, 1)
    assert picture(raster) == ["⠡⠡⠁⠀⠀⠀⠠⠡⠡"]
    assert raster.owners[0, 4] == NO_OWNER
    assert not raster.marks.nan.any() and (raster.marks.over == NO_OWNER).all()


def test_on_a_log_axis_a_band_that_reaches_below_0_goes_down_to_the_edge() -> None:
    window = Window(0.0, 1.0, 1.0, 100.0, log_y=True)
    assert draw(band([-1, -1], [100, 100]), window) == ["⠡⠡⠡⠡", "⠡⠡⠡⠡"]
    assert draw(band([-2, -2], [-1, -1]), window) == ["⠀⠀⠀⠀", "⠀⠀⠀⠀"]

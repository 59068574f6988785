"""Ridgelines as text: outlines that hide what is behind them, labels, axis, and sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.canvas import Part, curve_paint
from tui.render.cells import width as cells
from tui.render.ridgeline import Ridge, RidgelineSpec, draw_ridgeline, ridge_capacity, ridge_rows

EDGES = np.linspace(0.0, 8.0, 9)
HUMP = np.array([0.0, 0, 1, 3, 3, 1, 0, 0])
ONE = RidgelineSpec([Ridge("7", HUMP)], EDGES, x_ticks=[(0.0, "0"), (4.0, "4"), (8.0, "8")])


def lines(spec: RidgelineSpec, width: int, height: int) -> list[str]:
    return [row.rstrip() for row in draw_ridgeline(spec, width, height).rows]


def test_one_ridge_with_its_label_and_axis() -> None:
    assert lines(ONE, 18, 6) == [
        "      ⢰⠉⠉⡆",
        "     ⢀⠇  ⠸⡀",
        "    ⢀⠎    ⠱⡀",
        "   ⡠⠃      ⠘⢄    7",
        "┬───────┬──────┬",
        "0       4      8",
    ]


def test_the_chosen_ridge_is_filled_and_its_label_coloured() -> None:
    spec = replace(ONE, chosen=0)
    assert lines(spec, 18, 6)[:4] == [
        "      ⢰⣿⣿⡆",
        "     ⢀⣿⣿⣿⣿⡀",
        "    ⢀⣾⣿⣿⣿⣿⣷⡀",
        "   ⣠⣿⣿⣿⣿⣿⣿⣿⣿⣄    7",
    ]
    canvas = draw_ridgeline(spec, 18, 6)
    assert canvas.paints[3, 17] == curve_paint(0)
    assert draw_ridgeline(ONE, 18, 6).paints[3, 17] == Part.LABEL


def test_a_nearer_ridge_hides_the_one_behind() -> None:
    block = np.array([0.0, 0, 2, 2, 2, 2, 0, 0])
    spec = RidgelineSpec([Ridge("old", HUMP), Ridge("mid", block), Ridge("new", HUMP)], EDGES)
    assert lines(spec, 22, 4) == [
        "      ⢠⠊⠉⠉⠑⡄",
        "   ⢀⡠⡢⠥⠤⠤⠤⠤⠬⢔⢄⡀    old",
        "   ⢀⠔⠁⢠⠊⠉⠉⠑⡄⠈⠢⡀    mid",
        "   ⢀⡠⠒⠁    ⠈⠒⢄⡀    new",
    ]


def test_heights_are_on_one_scale_of_density() -> None:
    canvas = draw_ridgeline(RidgelineSpec([Ridge("a", HUMP), Ridge("b", HUMP / 4)], EDGES), 20, 12)
    used = [np.flatnonzero((canvas.paints == curve_paint(i)).any(axis=1)) for i in (0, 1)]
    assert len(used[0]) > 2 * len(used[1])


def test_pictures_that_share_a_peak_share_a_scale() -> None:
    alone = RidgelineSpec([Ridge("", HUMP)], EDGES)
    tall, low = lines(alone, 20, 8), lines(replace(alone, peak=2 * float(HUMP.max())), 20, 8)
    assert sum(bool(row.strip()) for row in tall) == 8
    assert sum(bool(row.strip()) for row in low) == 4
    assert lines(replace(alone, peak=float(HUMP.max())), 20, 8) == tall


def test_wide_and_narrow_bins_of_one_density_are_level() -> None:
    spec = RidgelineSpec([Ridge("", np.array([1.0, 1, 2, 4]))], np.array([0.0, 1, 2, 4, 8]))
    assert len(set(lines(spec, 20, 1)[0][3:-3])) == 1


def test_the_newest_stands_in_the_last_row_and_the_others_evenly_above() -> None:
    spec = RidgelineSpec([Ridge("", HUMP)] * 4, EDGES)
    assert ridge_rows(spec, 40, 20) == [7, 11, 15, 19]
    assert ridge_rows(spec, 40, 2) == [0, 0, 0, 1]


@pytest.mark.parametrize(("height", "capacity"), [(35, 24), (15, 10), (4, 1), (1, 1), (0, 1)])
def test_capacity(height: int, capacity: int) -> None:
    assert ridge_capacity(height) == capacity


@given(st.integers(0, 60))
def test_as_many_as_the_capacity_have_a_row_each(height: int) -> None:
    spec = RidgelineSpec([Ridge("1", HUMP)] * ridge_capacity(height), EDGES, x_ticks=[(0.0, "0")])
    rows = ridge_rows(spec, 40, height)
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("edges", [[], [1.0], [0, 0, 1], [1, 0, 2], [0, np.nan, 2], [0, 1, np.inf], [0, 1, 2, 3]])
def test_edges_that_do_not_fit_are_refused(edges: list[float]) -> None:
    with pytest.raises(ValueError, match="edges"):
        RidgelineSpec([Ridge("", np.ones(2))], np.array(edges))


def test_no_ridges_are_an_empty_picture() -> None:
    assert draw_ridgeline(RidgelineSpec([], EDGES), 5, 2).rows == [" " * 5] * 2


def test_empty_histograms_are_blank() -> None:
    assert lines(RidgelineSpec([Ridge("0", np.zeros(8))], EDGES), 12, 2) == ["", "           0"]


COUNTS = st.lists(st.floats(), min_size=3, max_size=3).map(np.array)


@given(st.lists(COUNTS, max_size=6), st.integers(0, 40), st.integers(0, 12), st.sampled_from([1e-300, 1.0, 1e308]))
def test_any_counts_and_size_give_whole_rows(counts: list, width: int, height: int, scale: float) -> None:
    ridges = [Ridge(str(i), row) for i, row in enumerate(counts)]
    spec = RidgelineSpec(ridges, np.array([-1.0, -0.5, 0.25, 1.0]) * scale, chosen=1, x_ticks=[(0.0, "0")])
    assert [cells(row) for row in draw_ridgeline(spec, width, height).rows] == [width] * height

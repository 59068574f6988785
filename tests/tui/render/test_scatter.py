"""Points as characters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.render.canvas import Part
from tui.render.raster import NO_OWNER
from tui.render.scatter import Label, Scatter, ScatterSpec, draw_scatter, scatter_cells
from tui.render.window import Window

WINDOW = Window(0, 10, 0, 4)


def scatter(
    x: Sequence[float], y: Sequence[float], owners: Sequence[int] = (), faint: Sequence[int] = (), *, dots: bool = True
) -> Scatter:
    """Points of these owners, all 0 unless given; `faint` are places."""
    n = len(x)
    behind = np.isin(np.arange(n), list(faint))
    return Scatter(
        np.array(x, float), np.array(y, float), np.array(owners or [0] * n, np.int16), behind, ("●", "▲"), dots
    )


def drawn(points: Scatter, *labels: Label, cursor: int | None = None, near: Sequence[int] = ()) -> list[str]:
    """The rows of a picture of 12 x 5 cells."""
    spec = ScatterSpec(WINDOW, cursor=cursor, near=near, labels=labels)
    return [row.rstrip() for row in draw_scatter(spec, points, 12, 5).rows]


def test_few_points_have_marks() -> None:
    assert drawn(scatter([0, 10, 5, np.nan], [0, 4, 2, 1], [0, 1, 0, 1])) == ["           ▲", "", "      ●", "", "●"]


def test_many_points_are_dots() -> None:
    x, y = np.linspace(0, 10, 24), np.linspace(0, 4, 24)
    assert drawn(scatter(x.tolist(), y.tolist())) == [
        "         ⢀⠤⠊",
        "       ⣀⠔⠁",
        "     ⡠⠊",
        "  ⢀⠔⠉",
        "⡠⠒⠁",
    ]
    assert drawn(scatter(x.tolist(), y.tolist(), dots=False))[0] == "         ●●●"


def test_points_out_of_view_are_left_out() -> None:
    assert drawn(scatter([-5, 5, 15, 5], [2, 9, 2, -9])) == [""] * 5


def test_a_cell_has_the_look_of_most_of_its_points_and_faint_ones_are_behind() -> None:
    points = scatter([5, 5, 5, 0, 0, 0], [2, 2, 2, 0, 0, 0], [1, 1, 0, 0, 1, 1], faint=[4, 5])
    cells = scatter_cells(points, WINDOW, 12, 5)
    assert cells.chosen[2, 6] == 1
    assert (cells.chosen[4, 0], bool(cells.faint[4, 0])) == (0, False)
    behind = scatter_cells(scatter([5], [2], [1], faint=[0]), WINDOW, 12, 5)
    assert (behind.chosen[2, 6], bool(behind.faint[2, 6])) == (1, True)


def test_labels_stand_where_there_is_room() -> None:
    points = scatter([0, 10, 5], [0, 4, 2])
    labels = Label(0, "left"), Label(1, "right"), Label(2, "mid"), Label(2, "again")
    assert drawn(points, *labels) == ["     right ●", "", "      ● mid", "", "● left"]


def test_labels_do_not_cover_points_or_other_labels() -> None:
    points = scatter([0, 2, 10], [0, 0, 0])
    assert drawn(points, Label(0, "first"))[4] == "● ●        ●"
    assert drawn(points, Label(1, "abcdef"), Label(2, "z"))[4] == "● ● abcdef ●"
    assert drawn(points, Label(1, "abcdefg"), Label(2, "z"))[4] == "● ●      z ●"


def test_long_labels_are_cut() -> None:
    spec = ScatterSpec(WINDOW, labels=(Label(0, "x" * 30),))
    row = draw_scatter(spec, scatter([0], [0]), 40, 1).rows[0].rstrip()
    assert row == "● " + "x" * 23 + "…"


def test_the_cursor_and_what_is_near() -> None:
    points = scatter([0, 10, 5], [0, 4, 2])
    spec = ScatterSpec(WINDOW, cursor=0, near=(2,))
    canvas = draw_scatter(spec, points, 12, 5)
    assert [row.rstrip() for row in canvas.rows] == ["           ●", "", "      ○", "", "◉"]
    assert canvas.paints[2, 6] == Part.MARK


def test_axes_take_their_room() -> None:
    spec = ScatterSpec(WINDOW, x_ticks=((0, "0"), (10, "10")), y_ticks=((0, "0"), (4, "4")))
    rows = [row.rstrip() for row in draw_scatter(spec, scatter([0, 10], [0, 4]), 20, 6).rows]
    assert rows == ["4┤                 ●", " │", " │", "0┤●", " └┬────────────────┬", "  0               10"]


@given(
    arrays(np.float64, 30, elements=st.floats(allow_nan=True, width=32)),
    arrays(np.float64, 30, elements=st.floats(allow_nan=True, width=32)),
    st.integers(0, 30),
    st.integers(0, 12),
)
def test_any_points_at_any_size(x: np.ndarray, y: np.ndarray, width: int, height: int) -> None:
    points = Scatter(x, y, np.arange(30, dtype=np.int16) % 2, x > 0, ("a", "b"))
    spec = ScatterSpec(Window(-1, 1, -1, 1), ((0, "0"),), ((0, "0"),), 3, (4,), (Label(3, "x"),))
    canvas = draw_scatter(spec, points, width, height)
    assert (canvas.width, canvas.height) == (width, height)
    if width and height:
        cells = scatter_cells(points, spec.window, width, height)
        inside = (np.abs(x) <= 1) & (np.abs(y) <= 1)
        assert (cells.rows[inside] >= 0).all() and ((cells.chosen != NO_OWNER).any() or not inside.any())

"""The canvas keeps every row at its width, whatever is written over what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.render.canvas import Behind, Canvas, Part, curve_paint, split_paint
from tui.render.cells import width as cells


def test_text_outside_is_cut_off() -> None:
    canvas = Canvas(4, 2)
    canvas.write(0, -1, "abc", Part.LABEL)
    canvas.write(1, 2, "漢字", Part.LABEL)
    canvas.write(2, 0, "no such row", Part.LABEL)
    canvas.put(-1, 0, "x", Part.AXIS)
    assert canvas.rows == ["bc  ", "  漢"]


def test_a_wide_character_that_loses_a_half_is_gone() -> None:
    canvas = Canvas(6, 2)
    for row, column in ((0, 1), (1, 2)):
        canvas.write(row, 1, "漢", Part.LABEL)
        canvas.put(row, column, "x", Part.AXIS)
    assert canvas.text == " x    \n  x   "


def test_controls_are_escaped_and_marks_without_a_cell_left_out() -> None:
    canvas = Canvas(8, 1)
    canvas.write(0, 0, "e\u0301\x1b[0m", Part.LABEL)
    assert canvas.text == r"e\x1b[0m"


def test_paints_can_be_told_apart() -> None:
    canvas = Canvas(3, 1)
    canvas.put(0, 0, "a", curve_paint(3, faint=True))
    canvas.put(0, 1, "b", Part.WARNING)
    paints = [(None, 3, True), (Part.WARNING, -1, False), (Part.BLANK, -1, False)]
    for behind in (Behind.NOTHING, Behind.SHADE, Behind.HIGHLIGHT, Behind.HIGHLIGHT, Behind.SHADE, Behind.NOTHING):
        canvas.put_behind(behind, slice(0, 3), slice(0, 1))
        assert [split_paint(int(paint)) for paint in canvas.paints[0]] == [(*paint, behind) for paint in paints]


@given(st.lists(st.tuples(st.integers(-3, 12), st.text(max_size=6))))
def test_rows_keep_their_width(writes: list[tuple[int, str]]) -> None:
    canvas = Canvas(9, 1)
    for column, text in writes:
        canvas.write(0, column, text, Part.LABEL)
    assert cells(canvas.rows[0]) == 9

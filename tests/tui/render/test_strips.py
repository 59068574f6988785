"""Strips: exact widths, and the style of every cell."""

from __future__ import annotations

import numpy as np
from rich.style import Style
from textual.strip import Strip

from tui.render.canvas import Behind, Canvas, Part, curve_paint
from tui.render.chart import ChartSpec, draw_chart
from tui.render.raster import Curve
from tui.render.strips import ChartStyles, canvas_strips, row_strip
from tui.render.window import Window

RED, BLUE, GREY = Style(color="red"), Style(color="blue"), Style(color="#333333")
BASE = Style(color="white", bgcolor="#101010")
STYLES = ChartStyles(
    base=BASE, axis=GREY, warning=RED, highlight=Style(bgcolor="#303030"), curves={0: BLUE, 1: RED}, faint={1: GREY}
)


def pieces(strip: Strip) -> list[tuple[str, Style | None]]:
    return [(segment.text, segment.style) for segment in strip]


def test_each_row_is_a_strip_of_the_whole_width() -> None:
    curves = [Curve(np.arange(50.0), np.sin(np.arange(50.0)), owner) for owner in (0, 1)]
    spec = ChartSpec(curves, Window(0, 50, -1, 1), [(0.0, "零")], [(0.0, "0.0")], cursor_x=20.0)
    canvas = draw_chart(spec, 40, 12)
    strips = canvas_strips(canvas, STYLES)
    assert [strip.cell_length for strip in strips] == [40] * 12
    assert [strip.text for strip in strips] == canvas.rows
    assert all(sum(segment.cell_length for segment in strip) == 40 for strip in strips)


def test_blanks_continue_the_style_before_them() -> None:
    canvas = Canvas(6, 1)
    canvas.put(0, 1, "a", curve_paint(0))
    canvas.put(0, 4, "b", curve_paint(1))
    [strip] = canvas_strips(canvas, STYLES)
    assert pieces(strip) == [(" ", BASE), ("a  ", BASE + BLUE), ("b ", BASE + RED)]


def test_blanks_do_not_continue_a_background_or_a_line() -> None:
    canvas = Canvas(3, 2)
    for row in (0, 1):
        canvas.put(row, 0, "a", curve_paint(row))
    canvas.put_behind(Behind.HIGHLIGHT, slice(0, 1), slice(0, 1))
    underlined = ChartStyles(base=BASE, highlight=STYLES.highlight, curves={0: BLUE, 1: Style(underline=True)})
    first, second = canvas_strips(canvas, underlined)
    assert pieces(first) == [("a", BASE + BLUE + STYLES.highlight), ("  ", BASE)]
    assert pieces(second) == [("a", BASE + Style(underline=True)), ("  ", BASE)]


def test_styles_of_paints() -> None:
    assert STYLES.of(Part.WARNING) == BASE + RED
    assert STYLES.of(Part.BLANK) == BASE
    assert STYLES.of(curve_paint(1, faint=True)) == BASE + GREY
    assert STYLES.of(curve_paint(0, faint=True)) == BASE + BLUE + Style(dim=True)
    assert STYLES.of(curve_paint(9)) == BASE


def test_every_part_has_its_own_style() -> None:
    names = ("axis", "label", "grid", "cursor", "mark", "warning")
    styles = ChartStyles(**{name: Style(color=f"color({i + 20})") for i, name in enumerate(names)})
    for name in names:
        assert styles.of(Part[name.upper()]) == getattr(styles, name)


def test_a_row_is_padded_or_cut_to_its_width() -> None:
    assert pieces(row_strip([("ab", RED), ("", BLUE), ("c", BLUE)], 5, BASE)) == [
        ("ab", BASE + RED),
        ("c", BASE + BLUE),
        ("  ", BASE),
    ]
    assert row_strip([("abc", RED), ("def", BLUE)], 4).text == "abcd"
    assert row_strip([("漢字", RED)], 3).text == "漢 "
    assert row_strip([], 3).text == "   "
    assert row_strip([("a", RED)], -1).cell_length == 0


def test_an_empty_canvas_has_no_strips() -> None:
    assert canvas_strips(Canvas(5, 0), STYLES) == []
    assert [strip.cell_length for strip in canvas_strips(Canvas(0, 2), STYLES)] == [0, 0]

"""Colours reduced to what the terminal has: what must be seen is seen, and nothing else is sent."""

from __future__ import annotations

import pytest
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as TextualColor

from tui.app.output.colours import Reduced, colour_filter
from tui.app.terminal_kind import Colours
from tui.app.theme import DARK, LIGHT, THEMES, Look
from tui.render.palette import PALETTES, faint

LOOKS = [("tbtui-dark", DARK), ("tbtui-light", LIGHT)]
BOTH = pytest.mark.parametrize(("theme", "look"), LOOKS)


def reducing(colours: Colours, theme: str = "tbtui-dark") -> Reduced:
    """The filter for so many colours."""
    found = colour_filter(colours, theme)
    assert found is not None
    return found


def numbers(style: Style) -> tuple[int | None, int | None]:
    """Ink and paper as numbers among the terminal's colours, None for its default."""
    ink, paper = style.color, style.bgcolor
    return (None if ink is None else ink.number, None if paper is None else paper.number)


def test_where_there_are_all_nothing_is_reduced() -> None:
    assert colour_filter(Colours.ALL, "tbtui-dark") is None


@pytest.mark.parametrize("colours", [Colours.MANY, Colours.SIXTEEN, Colours.EIGHT, Colours.NONE])
@BOTH
def test_text_and_whatever_else_a_segment_has_stay(colours: Colours, theme: str, look: Look) -> None:
    style = look.text + Style(underline=True, link="https://example.org") + Style.from_meta({"a": 1})
    [segment] = reducing(colours, theme).apply([Segment("é", style)], TextualColor(0, 0, 0))
    assert segment.text == "é"
    assert segment.style is not None
    assert (segment.style.underline, segment.style.link, segment.style.meta) == (True, "https://example.org", {"a": 1})


def test_a_segment_without_a_style_has_none_afterwards() -> None:
    assert reducing(Colours.SIXTEEN).apply([Segment("a")], TextualColor(0, 0, 0)) == [Segment("a")]


def test_the_nearest_of_256() -> None:
    reduced = reducing(Colours.MANY).reduced(Style(color="#ffff01", bgcolor=DARK.background))
    assert numbers(reduced) == (226, 233)
    assert numbers(reducing(Colours.MANY).reduced(Style(color="red"))) == (1, None)


@BOTH
def test_with_256_runs_the_cursor_line_and_greys_differ(theme: str, look: Look) -> None:
    many = reducing(Colours.MANY, theme)
    inks = [numbers(many.reduced(Style(color=colour)))[0] for colour, _ in PALETTES["default"]]
    assert len(set(inks)) == len(inks)
    papers = {numbers(many.reduced(Style(bgcolor=paper)))[1] for paper in (look.background, look.cursor_background)}
    greys = {numbers(many.reduced(style))[0] for style in (look.text, look.dim, look.faint)}
    assert (len(papers), len(greys)) == (2, 3)


@BOTH
def test_with_sixteen_text_is_read_and_what_is_behind_is_dim(theme: str, look: Look) -> None:
    sixteen = reducing(Colours.SIXTEEN, theme)
    text, dim, faint_text = (sixteen.reduced(style) for style in (look.text, look.dim, look.faint))
    assert numbers(text) == ((15, 0) if look.dark else (0, 15))
    assert numbers(dim) == ((7, 0) if look.dark else (8, 15))
    assert (numbers(faint_text), faint_text.dim, dim.dim) == (numbers(dim), True, False)


@BOTH
@pytest.mark.parametrize("colours", [Colours.SIXTEEN, Colours.EIGHT])
def test_no_ink_is_the_background(colours: Colours, theme: str, look: Look) -> None:
    sixteen = reducing(colours, theme)
    runs = [colour for palette in PALETTES.values() for colour, _ in palette]
    styles = [look.text, look.dim, look.faint, look.accent, look.good, look.warning, look.error]
    styles += [Style(color=colour, bgcolor=look.background) for colour in runs]
    styles += [Style(color=faint(colour, look.background), bgcolor=look.background) for colour in runs]
    for style in (sixteen.reduced(style) for style in styles):
        ink, paper = numbers(style)
        # A dark grey is the bold one of black.
        assert (ink, bool(style.bold and colours is Colours.EIGHT)) != (paper, False)


def test_runs_differ_with_sixteen_colours_and_none_is_red() -> None:
    sixteen = reducing(Colours.SIXTEEN)
    inks = [numbers(sixteen.reduced(Style(color=colour)))[0] for colour, _ in PALETTES["default"]]
    assert len(set(inks)) == 8
    assert not {1, 9}.intersection(inks)


@BOTH
def test_a_faint_curve_is_its_runs_colour_dimmed(theme: str, look: Look) -> None:
    sixteen = reducing(Colours.SIXTEEN, theme)
    for colour, _ in PALETTES["default"]:
        curve = sixteen.reduced(Style(color=colour, bgcolor=look.background))
        behind = sixteen.reduced(Style(color=faint(colour, look.background), bgcolor=look.background))
        assert (numbers(behind), behind.dim, curve.dim) == (numbers(curve), True, False)


@BOTH
@pytest.mark.parametrize("colours", [Colours.SIXTEEN, Colours.EIGHT])
def test_the_cursor_line_stands_out_with_all_that_is_on_it(colours: Colours, theme: str, look: Look) -> None:
    reducer = reducing(colours, theme)
    for style in (look.text, look.faint, look.error, look.coloured("#2ca779")):
        on_cursor = reducer.reduced(look.on_cursor(style))
        assert (numbers(on_cursor), bool(on_cursor.dim)) == ((0, 6), False)


def test_eight_colours_are_bright_by_being_bold() -> None:
    eight = reducing(Colours.EIGHT)
    text, dim, run = (eight.reduced(style) for style in (DARK.text, DARK.dim, DARK.coloured("#2c77c3")))
    assert (numbers(text), text.bold) == ((7, 0), True)
    assert (numbers(dim), bool(dim.bold)) == ((7, 0), False)
    assert (numbers(run), run.bold) == ((4, 0), True)
    behind = eight.reduced(DARK.coloured(faint("#2c77c3", DARK.background)))
    assert (numbers(behind), behind.bold, behind.dim) == ((4, 0), False, True)


@BOTH
def test_without_colours_none_is_sent_and_marked_lines_are_reversed(theme: str, look: Look) -> None:
    none = reducing(Colours.NONE, theme)
    panel = THEMES[theme][1].panel
    plain, faint_text, on_cursor, panelled, selected = (
        none.reduced(style)
        for style in (
            look.text,
            look.faint,
            look.on_cursor(look.faint),
            Style(bgcolor=panel),
            Style(bgcolor=THEMES[theme][1].primary),
        )
    )
    for style in (plain, faint_text, on_cursor, panelled, selected):
        assert style.color == Color.default()
        assert style.bgcolor == Color.default()
    assert [bool(style.reverse) for style in (plain, faint_text, on_cursor, panelled, selected)] == [
        False, False, True, False, True,
    ]  # fmt: skip
    assert [bool(style.dim) for style in (plain, faint_text, on_cursor)] == [False, True, False]
    assert none.reduced(look.accent).bold

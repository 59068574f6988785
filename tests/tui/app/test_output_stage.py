"""What the stage sends draws the same screen as what Textual would have sent, whatever came before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from tests.tui.app.emulator import emulator, seen
from tui.app.output import stage as stage_module
from tui.app.output.stage import Stage, Update, why_not

WIDTH, HEIGHT = 14, 4
SIZE = Size(WIDTH, HEIGHT)
HOME = "\x1b[H"
CONSOLE = Console(color_system="truecolor", force_terminal=True)
STYLES = [
    None,
    Style(),
    Style(color="#d8dbe4", bgcolor="#11131a"),
    Style(color="#7aa2f7", bgcolor="#11131a", bold=True),
    Style(color="#4a4f5e", bgcolor="#262b3a", dim=True),
    Style(color="red", bgcolor="#262b3a", italic=True),
    Style(bgcolor="#11131a"),
    Style(reverse=True, bgcolor="#11131a"),
    Style(underline=True, strike=True),
    Style(color="green", bold=True, dim=True),
    Style(link="https://example.org", color="blue"),
    Style(color="#d8dbe4", bgcolor="#11131a") + Style.from_meta({"offset": (3, 4)}),
]
TEXTS = [
    *"     abc0", "      ", "..............", "⣀⣤⣶⣿", "│─●", "漢字", "e\u0301", "ñ", "❤\ufe0f", "👍🏽",
    "🇩🇪", "x\u20dd", "a漢b",
]  # fmt: skip

styles = st.sampled_from(STYLES)
texts = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=6).map("".join)
segments = st.tuples(texts, styles).map(lambda drawn: Segment(*drawn))


@st.composite
def lines(draw: st.DrawFn, width: int = WIDTH) -> dict[int, Strip]:
    """A row of the screen as strips, by where they start."""
    cuts = sorted({0, *draw(st.lists(st.integers(1, width - 1), max_size=3))})
    ends = [*cuts[1:], width]
    found = {}
    for start, end in zip(cuts, ends, strict=True):
        whole = Strip(draw(st.lists(segments, min_size=1, max_size=4)))
        found[start] = whole.adjust_cell_length(end - start, draw(styles))
    return found


@st.composite
def layouts(draw: st.DrawFn) -> Update:
    """The whole screen."""
    rows = [draw(lines()) for _ in range(HEIGHT)]
    return LayoutUpdate([row.values() for row in rows], Region(0, 0, WIDTH, HEIGHT))


@st.composite
def chops(draw: st.DrawFn) -> Update:
    """Some parts of some rows."""
    rows = [draw(lines()) for _ in range(HEIGHT)]
    ends = [[*list(row)[1:], WIDTH] for row in rows]
    spans = []
    for y in sorted(draw(st.sets(st.integers(0, HEIGHT - 1), min_size=1))):
        left, right = sorted(draw(st.tuples(st.integers(0, WIDTH), st.integers(0, WIDTH))))
        if left < right:
            spans.append((y, left, right))
    missing = draw(st.sets(st.sampled_from([(y, x) for y, row in enumerate(rows) for x in row]), max_size=2))
    for y, x in missing:
        rows[y][x] = None  # type: ignore[assignment]
    return ChopsUpdate(rows, spans or [(0, 0, WIDTH)], ends)


def assert_same_screen(updates: Sequence[Update], *, erases_in_colour: bool = True) -> None:
    """Textual's bytes and the stage's draw the same after each update."""
    expected, textual = emulator(WIDTH, HEIGHT)
    actual, ours = emulator(WIDTH, HEIGHT)
    stage = Stage(erases_in_colour=erases_in_colour)
    for update in updates:
        # Behind every update Textual puts the cursor where the app has its own.
        textual.feed(update.render_segments(CONSOLE) + HOME)
        ours.feed(stage.frame(update, SIZE, CONSOLE).text + HOME)
        assert seen(actual) == seen(expected)


@settings(max_examples=120, deadline=None)
@given(st.lists(layouts() | chops(), min_size=1, max_size=6), st.booleans())
def test_any_updates_draw_what_textual_draws(updates: list[Update], erases_in_colour: bool) -> None:
    assert_same_screen(updates, erases_in_colour=erases_in_colour)


def whole(*texts: str) -> LayoutUpdate:
    """The whole screen, plain."""
    return LayoutUpdate([[Strip([Segment(text.ljust(WIDTH))])] for text in texts], Region(0, 0, WIDTH, len(texts)))


def test_of_an_update_only_what_differs_is_sent() -> None:
    stage = Stage(erases_in_colour=True)
    stage.frame(whole("loss 0.5", "val 0.25"), SIZE, CONSOLE)
    assert stage.frame(whole("loss 0.4", "val 0.25"), SIZE, CONSOLE).text == "\x1b[1;8H4"
    assert stage.frame(whole("loss 0.4", "val 0.25"), SIZE, CONSOLE).text == ""


@pytest.mark.parametrize(
    "lost", [lambda stage: stage.forget(), lambda stage: stage.frame(whole(""), Size(1, 1), CONSOLE)]
)
def test_what_was_forgotten_is_sent_again(lost: Callable[[Stage], object]) -> None:
    stage = Stage(erases_in_colour=True)
    first = stage.frame(whole("a", "b"), SIZE, CONSOLE).text
    lost(stage)
    assert first
    assert stage.frame(whole("a", "b"), SIZE, CONSOLE).text == first


def test_links_are_written_as_textual_writes_them() -> None:
    strip = Strip([Segment("docs".ljust(WIDTH), Style(link="https://example.org"))])
    update = LayoutUpdate([[strip]], Region(0, 0, WIDTH, 1))
    stage = Stage(erases_in_colour=True)
    assert stage.frame(update, SIZE, CONSOLE).text == update.render_segments(CONSOLE)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a\x1b]0;t\x07b", "a]0;tb"),
        ("a\x9b2Jb\x7f\r", "a2Jb"),
        ("a\u202eb\u2066\u200bc", "abc"),
        ("a\xadb", "a?b"),
        ("a\ud800b", "a?b"),
        ("a\U0010eeeeb", "a?b"),
        ("a\x00👍🏽", "a👍🏽"),
    ],
)
def test_what_no_widget_may_draw_is_not_sent(text: str, sent: str) -> None:
    strip = Strip([Segment(text, Style(bold=True))])
    frame = Stage(erases_in_colour=True).frame(LayoutUpdate([[strip]], Region(0, 0, WIDTH, 1)), SIZE, CONSOLE)
    assert frame.text == f"\x1b[1;1H\x1b[1m{sent}\x1b[0m"


def test_this_textual_is_as_expected() -> None:
    assert why_not() is None


def test_a_textual_with_other_arguments_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def display(self: object, screen: object, renderable: object, sync: bool) -> None:
        """As a later Textual may have it."""

    monkeypatch.setattr(stage_module.App, "_display", display)
    why = why_not()
    assert why is not None
    assert "display takes other arguments" in why


def test_a_textual_that_writes_something_else_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def render_segments(self: object, console: Console) -> str:
        return "\x1b[1;1Haa"

    monkeypatch.setattr(ChopsUpdate, "render_segments", render_segments)
    assert why_not() == "ChopsUpdate writes something else"

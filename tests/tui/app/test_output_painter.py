"""The bytes for what was painted: only what differs, by the shortest way that all terminals go."""

from __future__ import annotations

import sys

import pytest
from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.tui.app.emulator import emulator
from tui.app.output.cells import Cells, _are_narrow, cells_of
from tui.app.output.painter import Painter
from tui.app.output.pens import PLAIN, Pen, for_blanks

RED, BLUE = Pen(ink="31", paper="40"), Pen(ink="34", paper="40")


def cells(*parts: tuple[str, Pen]) -> Cells:
    """Cells of texts in pens."""
    chars = [char for text, _ in parts for char in text]
    pens = [for_blanks(pen) if char == " " else pen for text, pen in parts for char in text]
    return Cells(chars, pens)


def painter(width: int = 40, height: int = 5, *, erases: bool = True) -> Painter:
    """A painter of a screen that is all dots."""
    found = Painter(width, height, erases_in_colour=erases)
    for y in range(height):
        found.paint(y, 0, cells(("." * width, PLAIN)))
    found.take()
    return found


def test_what_is_there_is_not_sent_again() -> None:
    screen = painter()
    screen.paint(1, 3, cells(("abc", RED)))
    assert screen.take() == "\x1b[2;4H\x1b[31;40mabc\x1b[m"
    screen.paint(1, 3, cells(("abc", RED)))
    assert screen.take() == ""


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a.......", "\x1b[Ha"),
        ("a.b.....", "\x1b[Ha.b"),
        ("a...b...", "\x1b[Ha...b"),
        ("a.....b.", "\x1b[Ha\x1b[7Gb"),
    ],
)
def test_cells_between_are_written_or_jumped_over(text: str, sent: str) -> None:
    screen = painter()
    screen.paint(0, 0, cells((text, PLAIN)))
    assert screen.take() == sent


def test_braille_between_is_jumped_over() -> None:
    screen = painter()
    screen.paint(0, 0, cells(("a⣀⣀b", PLAIN)))
    screen.take()
    screen.paint(0, 0, cells(("c⣀⣀d", PLAIN)))
    assert screen.take() == "\x1b[Hc\x1b[4Gd"


def test_the_next_row_is_reached_downwards() -> None:
    screen = painter()
    screen.paint(1, 4, cells(("a", PLAIN)))
    screen.paint(2, 5, cells(("b", PLAIN)))
    screen.paint(4, 30, cells(("c", PLAIN)))
    assert screen.take() == "\x1b[2;5Ha\x1b[Bb\x1b[5;31Hc"


def test_what_is_in_one_pen_is_sent_together() -> None:
    screen = painter()
    ink, other = Pen(ink="38;2;1;2;3"), Pen(ink="38;2;4;5;6")
    for y in range(3):
        screen.paint(y, 0, cells(("a", ink), (":", other)))
    assert screen.take() == "\x1b[H\x1b[38;2;1;2;3ma\x1b[2Ha\x1b[3Ha\x1b[2A\x1b[38;2;4;5;6m:\x1b[B\b:\x1b[B\b:\x1b[m"


def test_blanks_are_drawn_along_with_what_is_before_them() -> None:
    screen = painter()
    screen.paint(0, 0, cells(("a  ", RED), ("  ", BLUE), ("b", RED)))
    assert screen.take() == "\x1b[H\x1b[31;40ma    b\x1b[m"


@pytest.mark.parametrize(
    ("erases", "pen", "sent"),
    [
        (True, RED, "\x1b[H\x1b[31;40ma\x1b[20X\x1b[20Cb\x1b[K\x1b[m"),
        (False, RED, f"\x1b[H\x1b[31;40ma{' ' * 20}b{' ' * 18}\x1b[m"),
        (False, PLAIN, "\x1b[Ha\x1b[20X\x1b[20Cb\x1b[K"),
        (True, Pen(marks=64), f"\x1b[H\x1b[7ma{' ' * 20}b{' ' * 18}\x1b[m"),
    ],
    ids=["coloured", "not where the colour is lost", "default colour", "not where they are reversed"],
)
def test_long_blanks_are_erased(erases: bool, pen: Pen, sent: str) -> None:
    screen = painter(erases=erases)
    screen.paint(0, 0, cells((f"a{' ' * 20}b{' ' * 18}", pen)))
    assert screen.take() == sent


def test_behind_a_wide_character_the_cursor_is_put_where_it_should_be() -> None:
    screen = painter()
    screen.paint(0, 0, Cells(["漢", "", "字", "", "a"], [PLAIN] * 5))
    assert screen.take() == "\x1b[H漢字\x1b[5Ga"


def test_nothing_is_thought_known_behind_the_last_column() -> None:
    screen = painter(width=4)
    screen.paint(0, 3, cells(("a", PLAIN)))
    screen.paint(1, 3, cells(("b", PLAIN)))
    assert screen.take() == "\x1b[1;4Ha\x1b[2;4Hb"


def test_half_a_wide_character_is_drawn_anew() -> None:
    screen = painter()
    screen.paint(0, 0, Cells(["漢", "", "."], [PLAIN] * 3))
    screen.take()
    screen.paint(0, 1, cells(("x", PLAIN)))
    assert screen.take() == "\x1b[1;2Hx"
    screen.paint(0, 0, cells((" ", PLAIN)))
    assert screen.take() == "\x1b[H "


def test_from_what_is_written_as_it_is_nothing_is_known_to_the_end_of_the_row() -> None:
    screen = painter()
    screen.write_as_is(0, 2, "\x1b[31m❤\ufe0f\x1b[0m", follows=False)
    screen.write_as_is(0, 4, "..", follows=True)
    assert screen.take() == "\x1b[1;3H\x1b[31m❤\ufe0f\x1b[0m.."
    screen.paint(0, 0, cells(("." * 40, PLAIN)))
    assert screen.take() == f"\x1b[1;2H{'.' * 39}"


def test_cells_of_a_strip() -> None:
    strip = Strip([Segment("a漢", Style(color="red")), Segment("e\u0301 x\u20dd", None)])
    assert cells_of(strip, ColorSystem.TRUECOLOR) == Cells(
        ["a", "漢", "", "e\u0301", " ", "x\u20dd"], [*[Pen(ink="31")] * 3, PLAIN, PLAIN, PLAIN]
    )


def test_what_may_take_a_cell_more_is_followed_by_a_move() -> None:
    screen = painter()
    screen.paint(0, 0, cells(("ab", PLAIN)))
    screen.take()
    found = cells_of(Strip([Segment("क\u093eक\u093eb")]), ColorSystem.TRUECOLOR)
    assert found is not None and found.chars == ["क\u093e", "क\u093e", "b"]
    screen.paint(0, 0, found)
    assert screen.take() == "\x1b[Hक\u093e\x1b[2Gक\u093e\x1b[3Gb"


@pytest.mark.parametrize(
    "segment",
    [
        Segment("❤\ufe0f"),
        Segment("👩\u200d💻"),
        Segment("🇩🇪"),
        Segment("👍🏽"),
        Segment("\u0301a"),
        Segment("a\tb"),
        Segment("\xad"),
        Segment("\ud800"),
        Segment("\U0010eeee"),
        Segment("a", Style(link="https://example.org")),
        Segment("\x1b[2J", None, [(1,)]),  # type: ignore[list-item]
    ],
)
def test_what_terminals_may_disagree_on_has_no_cells(segment: Segment) -> None:
    assert cells_of(Strip([Segment("a"), segment]), ColorSystem.TRUECOLOR) is None


def test_what_is_taken_for_narrow_is_one_cell_wide() -> None:
    narrow = [chr(code) for code in range(sys.maxunicode + 1) if _are_narrow(chr(code))]
    assert len(narrow) > 1000
    assert {get_character_cell_size(char) for char in narrow} == {1}
    # The emulator, with tables of its own, thinks so too.
    screen, stream = emulator(len(narrow) + 1, 1)
    stream.feed("".join(narrow))
    assert screen.cursor.x == len(narrow)

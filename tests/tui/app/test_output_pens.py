"""Pens: what a style becomes, and that every change between two leaves the terminal with the second."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.style import Style

from tests.tui.app.emulator import emulator
from tui.app.output import pens as output_pens
from tui.app.output.pens import PLAIN, Pen, change, change_for_blanks, draws_blank, for_blanks, pen_of

BOLD, DIM, UNDERLINE, REVERSE = 1, 2, 8, 64

# Marks that the emulator knows: bold, italic, underline, blink, reverse, strike.
pens = st.builds(
    Pen,
    st.lists(st.sampled_from([1, 4, 8, 16, 64, 256]), unique=True).map(sum),
    st.sampled_from(["", "31", "92", "38;5;200", "38;2;1;2;3"]),
    st.sampled_from(["", "41", "48;5;17", "48;2;4;5;6"]),
)


def test_a_style_becomes_a_pen() -> None:
    style = Style(color="#010203", bgcolor="red", bold=True, underline=True, link="https://example.org")
    assert pen_of(style, ColorSystem.TRUECOLOR) == Pen(BOLD | UNDERLINE, "38;2;1;2;3", "41")
    assert pen_of(Style(color="default", bgcolor="default", bold=False), ColorSystem.TRUECOLOR) == PLAIN
    assert pen_of(Style(color="#ff0000"), ColorSystem.EIGHT_BIT) == Pen(ink="38;5;196")


@pytest.mark.parametrize(
    ("old", "new", "sequence"),
    [
        (PLAIN, PLAIN, ""),
        (Pen(BOLD, "31"), PLAIN, "\x1b[m"),
        (Pen(ink="38;2;1;2;3", paper="48;2;4;5;6"), Pen(ink="31", paper="48;2;4;5;6"), "\x1b[31m"),
        (Pen(BOLD, "31"), Pen(0, "31"), "\x1b[22m"),
        (Pen(BOLD | DIM, "38;2;1;2;3"), Pen(DIM, "38;2;1;2;3"), "\x1b[22;2m"),
        (Pen(BOLD | UNDERLINE, "31", "41"), Pen(0, "32"), "\x1b[0;32m"),
        (Pen(ink="38;2;1;2;3", paper="41"), Pen(paper="41"), "\x1b[39m"),
    ],
)
def test_the_shortest_change_is_taken(old: Pen, new: Pen, sequence: str) -> None:
    assert change(old, new) == sequence


@given(pens, pens)
def test_after_a_change_the_pen_is_the_new_one(old: Pen, new: Pen) -> None:
    screen, stream = emulator(4, 1)
    stream.feed(change(PLAIN, new) + "a" + change(new, PLAIN) + change(PLAIN, old) + change(old, new) + "a")
    assert screen.buffer[0][1] == screen.buffer[0][0]


@given(pens, pens)
def test_blanks_look_alike_with_whatever_ink(old: Pen, new: Pen) -> None:
    blank = for_blanks(new)
    sequence, held = change_for_blanks(old, blank)
    assert len(sequence) <= len(change(old, blank))
    assert draws_blank(held, blank)
    screen, stream = emulator(4, 1)
    stream.feed(change(PLAIN, old) + sequence + "b" + change(held, PLAIN) + change(PLAIN, held) + "b")
    assert screen.buffer[0][1] == screen.buffer[0][0]


def test_only_a_blanks_background_counts_unless_it_is_lined_or_reversed() -> None:
    assert for_blanks(Pen(BOLD, "31", "41")) == Pen(paper="41")
    assert for_blanks(Pen(REVERSE, "31", "41")) == Pen(REVERSE, "31", "41")
    assert draws_blank(Pen(BOLD, "31", "41"), Pen(paper="41"))
    assert not draws_blank(Pen(UNDERLINE, "31", "41"), Pen(paper="41"))
    assert not draws_blank(Pen(BOLD, "31", "42"), Pen(paper="41"))


def test_marks_are_the_bits_of_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    assert output_pens.why_not() is None
    monkeypatch.setattr(output_pens, "_MARKS", (*output_pens._MARKS[1:], output_pens._MARKS[0]))
    assert output_pens.why_not() == "dim is another bit"

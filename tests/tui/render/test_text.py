"""No string from a file may move the cursor, hide or spread over lines."""

from __future__ import annotations

import re
import sys
import unicodedata

import pyte
import pytest
import wcwidth
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size

from tui.render.cells import width
from tui.render.text import LONGEST, MOST_MARKS, printable, printable_whole

SHORT = {"n": "\n", "t": "\t", "r": "\r"}
ESCAPE = re.compile(r"\\([ntr]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
MARKS = re.compile(f"[\u0300-\u036f\u093f\u20dd]{{{MOST_MARKS + 1}}}")


@pytest.mark.parametrize(
    "s",
    [
        "",
        "Loss/train",
        "naïve é",
        "e\u0301",
        "日本語",
        "שלום",
        "हिन्दी",
        "\u1112\u1161\u11ab",
        "🚀 ok",
        "a\\nb",
        "½ ≤ →",
    ],
)
def test_ordinary_text_is_unchanged(s: str) -> None:
    assert printable(s) == s


@pytest.mark.parametrize(
    ("s", "shown"),
    [
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("\u202eevil", r"\u202eevil"),
        ("a\u2028b\u2029c", r"a\u2028b\u2029c"),
        ("ze\u200bro", r"ze\u200bro"),
        ("\ufefftag", r"\ufefftag"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("❤\ufe0f", r"❤\ufe0f"),
        ("👩\u200d🔬", r"👩\u200d🔬"),
        ("\u0301e", r"\u0301e"),
        ("\n\u0301", r"\n\u0301"),
        ("\u3164", r"\u3164"),
        ("🇩🇪", r"\U0001f1e9\U0001f1ea"),
        ("\U0010eeee\ue000\u0378", r"\U0010eeee\ue000\u0378"),
        ("e" + "\u0301" * 9 + "e\u0301", "e" + "\u0301" * 8 + r"\u0301e" + "\u0301"),
        ("\u1112" + "\u1161" * 9, "\u1112" + "\u1161" * 8 + r"\u1161"),
    ],
)
def test_what_could_hide_is_shown(s: str, shown: str) -> None:
    assert printable(s) == shown


any_text = st.text(st.characters(exclude_categories=[])) | st.text(
    st.sampled_from("a\\\x1b\x9b\n\t\x7f\u202e\ud83d\u0301\u093f\u20dd\ufe0f\u200d\U0010eeeeक語👩"), max_size=600
)


@given(any_text)
def test_any_string_becomes_safe(s: str) -> None:
    shown = printable(s)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}
    assert len(shown.splitlines()) <= 1
    assert shown.encode("utf-8").decode() == shown
    assert printable(shown) == shown
    assert not MARKS.search(shown)


@given(any_text)
def test_it_is_as_wide_as_it_is_laid_out(s: str) -> None:
    shown = printable(s)
    assert width(shown) == sum(map(wcwidth.wcwidth, shown)) == sum(map(get_character_cell_size, shown))


@given(any_text.map(lambda s: s.replace("\\", "/")))
def test_without_a_backslash_what_was_there_can_be_told(s: str) -> None:
    assert ESCAPE.sub(lambda found: SHORT.get(found[1]) or chr(int(found[1][1:], 16)), printable_whole(s)) == s


def test_every_character_shows_itself_in_cells_that_all_agree_on_or_is_escaped() -> None:
    """The layout counts by rich's tables, the emulator by wcwidth's, which terminals follow."""
    escaped = 0
    # Between these planes nothing is assigned.
    for character in map(chr, (*range(0x34000), *range(0xE0000, 0xE1000), 0xF0000, 0x10EEEE, sys.maxunicode)):
        shown = printable(f"a{character}")[1:]
        if shown != character:
            assert ESCAPE.fullmatch(shown)
            escaped += 1
        else:
            assert get_character_cell_size(character) == wcwidth.wcwidth(character), f"U+{ord(character):04X}"
    assert escaped > 20_000


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_the_emulator_s_cursor_goes_as_far(s: str) -> None:
    shown = "".join(c for c in printable(s) if wcwidth.wcwidth(c))  # it stops at marks that have no class
    screen = pyte.Screen(800, 1)
    pyte.Stream(screen).feed(shown)
    assert screen.cursor.x == min(width(shown), 800)
    assert screen.display[0].rstrip() == shown.rstrip()


def test_a_long_text_is_escaped_as_a_short_one() -> None:
    assert printable_whole("é\n" * 5000) == r"é\n" * 5000


@pytest.mark.parametrize("text", ["x" * 4097, "é" * 10**6, "\n" * 4096, "a" + "\u0301" * 5000, "\x1b[31m" * 10**5])
def test_a_name_of_megabytes_is_cut_in_its_middle(text: str) -> None:
    shown = printable(text)
    assert len(shown) == LONGEST
    head, cut, tail = shown.partition("…")
    assert (head, cut) == (printable_whole(text[:LONGEST])[: LONGEST // 2], "…")
    assert tail == printable_whole(text[-LONGEST:])[1 - LONGEST // 2 :]
    assert printable(shown) == shown


def test_a_path_is_never_cut() -> None:
    path = ("/" + "d" * 255) * 16
    assert printable(path) == path

"""No string from a file may move the cursor, hide or spread over lines."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.text import printable


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
    ],
)
def test_what_could_hide_is_shown(s: str, shown: str) -> None:
    assert printable(s) == shown


@given(st.text(st.characters()) | st.text(st.sampled_from("a\x1b\n\u202e\ud83d\u0301\ufe0f\u200d語"), max_size=600))
def test_any_string_becomes_safe(s: str) -> None:
    shown = printable(s)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(shown.splitlines()) <= 1
    assert shown.encode("utf-8").decode() == shown
    assert printable(shown) == shown


def test_a_long_text_is_escaped_as_a_short_one() -> None:
    assert printable("é\n" * 5000) == r"é\n" * 5000

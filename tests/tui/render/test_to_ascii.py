"""Text in ASCII, cell for cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.render.glyphs import ASCII, BRAILLE
from tui.render.palette import MARKS_IN_ASCII
from tui.render.to_ascii import to_ascii


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("loss/train 0.5", "loss/train 0.5"),
        ("● lr_0.01 ★ 0.17", "o lr_0.01 * 0.17"),
        ("…/weight ↓ 2.1% → ±", "~/weight v 2.1% > +"),
        ("0.5 ± 0.1", "0.5 +-0.1"),
        ("│ Loss ──┼", "| Loss --+"),
        ("café naïve Ångström", "cafe naive Angstrom"),
        ("cafe\u0301", "cafe"),
        ("x²", "x2"),
        ("漢字/run", "????/run"),
        ("Ｆｕｌｌ", "F u l l "),
        ("🚀 go", "?? go"),
        ("👩\u200d💻|", "??|"),
        ("α½", "??"),
        ("⣀⣿⠁ ", ".#' "),
        ("", ""),
    ],
)
def test_each_sign_has_one_in_ascii(text: str, expected: str) -> None:
    assert to_ascii(text) == expected


@given(st.text())
def test_any_text_keeps_its_cells(text: str) -> None:
    in_ascii = to_ascii(text)
    assert in_ascii.isascii()
    # What is ASCII already is left as it is, control characters too: those are not for here.
    assert len(in_ascii) == cell_len(text) or text.isascii() or not text.isprintable()


def test_every_mark_of_a_run_stays_another() -> None:
    marks = to_ascii("".join(MARKS_IN_ASCII))
    assert marks == "".join(MARKS_IN_ASCII.values())
    assert len(set(marks + to_ascii("★○"))) == len(MARKS_IN_ASCII) + 2


def test_a_charts_signs_become_those_of_the_ascii_chart() -> None:
    assert to_ascii("".join(map(chr, BRAILLE.dots.tolist()))) == "".join(map(chr, ASCII.dots.tolist()))
    for name in (
        "vertical",
        "horizontal",
        "corner",
        "tick_left",
        "tick_below",
        "grid",
        "mark",
        "nan",
        "above",
        "below",
    ):
        assert to_ascii(getattr(BRAILLE, name)) == getattr(ASCII, name)

"""A strip as cells, one character and one pen each; or nothing where terminals may disagree on what goes where."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

from tui.app.output.harmless import is_harmful
from tui.app.output.pens import PIECE, PLAIN, Pen, for_blanks, pen_of, plain_pen_of
from tui.render.text import joins


class Cells(NamedTuple):
    """Cells side by side. Two lists and not one of pairs: so many small objects would keep the garbage collector busy.

    A character is empty in the second cell of a wide one, and may have combining marks; a blank's pen is for blanks.
    """

    chars: list[str]
    pens: list[Pen]


# One cell each, on every terminal; a test looks them up in rich's table.
_are_narrow = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03a9\u03b1-\u03c9\u0400-\u0482\u2010-\u2027\u2190-\u21ff\u2500-\u25fc"
    r"\u2605\u2606\u2713-\u2718\u271a\u2800-\u28ff]*"
).fullmatch
# Segments of a single cell, of which a picture has thousands, few of them alike: not to be looked up as texts are.
_SINGLES = frozenset(map(chr, (*range(0x20, 0x7F), *range(0x2580, 0x25A0))))
# Flags are made of two, and skin tones join what is before them, where a terminal knows that.
_join = re.compile("[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]").search


def cells_of(strip: Strip, colours: ColorSystem) -> Cells | None:
    """The strip's cells, None unless every character is plainly one or two cells wide: emoji that are joined or
    varied, links and control sequences are for Textual to write."""
    chars: list[str] = []
    pens: list[Pen] = []
    for text, style, control in strip:
        if text in _SINGLES and not control:
            if style is not None and style.link:
                return None
            pen = PLAIN if style is None else _pen_of_single(style, colours)
            chars.append(text)
            pens.append(for_blanks(pen) if text == " " else pen)
            continue
        found = None if control else _of_segment(text, style, colours)
        if found is None:
            return None
        chars += found.chars
        pens += found.pens
    return Cells(chars, pens) if len(chars) == strip.cell_length else None


@lru_cache(maxsize=2048)
def _of_segment(text: str, style: Style | None, colours: ColorSystem) -> Cells | None:
    if style is not None and style.link:
        return None
    pen = PLAIN if style is None else pen_of(style, colours)
    blank = for_blanks(pen)
    chars = [*text] if pen.marks & PIECE or _are_narrow(text) else _characters(text)
    if chars is None:
        return None
    pens = [pen] * len(chars) if blank is pen else [blank if char == " " else pen for char in chars]
    return Cells(chars, pens)


_pen_of_single = lru_cache(maxsize=16384)(plain_pen_of)


def _characters(text: str) -> list[str] | None:
    """What stands in each cell, None if that is not plain."""
    if _join(text) or any(map(is_harmful, text)):
        return None
    chars: list[str] = []
    for char in text:
        width = get_character_cell_size(char)
        if width:
            chars.append(char)
            chars += [""] * (width - 1)
        elif chars and joins(char):
            chars[-1 if chars[-1] else -2] += char
        else:
            return None
    return chars

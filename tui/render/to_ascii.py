"""Text in ASCII that takes the same cells, for terminals that show nothing else."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

from rich.cells import split_graphemes

from tui.render.palette import MARKS_IN_ASCII

UNKNOWN = "?"
# What stands for what: signs of the screen first, then what Textual draws borders and bars with.
_SIGNS = {
    "*": "★☆◉", "~": "…≈", "x": "×✗", "%": "□", ".": "○·░", "=": "◌═━", ":": "┊▒", "+": "±┼├┤┬┴┌┐└┘╭╮╯╰┏┓┗┛╔╗╚╝",
    ">": "→▸›»", "<": "←◂‹«", "^": "↑▴", "v": "↓▾", "d": "Δδ", "s": "σ", "u": "µμ", "o": "•", "'": "‘’", '"': "“”",
    "r": "ρ", "w": "ω", "2": "²",
    "|": "│┃║╏▏▎▍▌▋▊▉▐▕", "-": "─╍–—−↔▔▀", "_": "▁▂▃▄", "#": "█▓▅▆▇▖▗▘▙▛▜▝▟", "/": "÷▞", "\\": "▚",
}  # fmt: skip
_ASCII_OF = MARKS_IN_ASCII | {sign: ascii_sign for ascii_sign, signs in _SIGNS.items() for sign in signs}
_ASCII_OF["🔎"] = " >"
_SPREAD, _SPREAD_IN_ASCII = " ± ", " +-"
"""Between two numbers a sign of one cell would say that they are added."""


@lru_cache(maxsize=8192)
def to_ascii(text: str) -> str:
    """The text with an ASCII sign for every other one, cell for cell: a like one, a letter without its accents, or `?`.

    Braille becomes signs whose ink lies where its dots are.
    """
    text = text.replace(_SPREAD, _SPREAD_IN_ASCII)
    if text.isascii():
        return text
    spans, _ = split_graphemes(text)
    return "".join(_in_cells(text[start:end], cells) for start, end, cells in spans)


def _in_cells(grapheme: str, cells: int) -> str:
    if grapheme.isascii() or not cells:
        return grapheme[:cells]
    known = _ASCII_OF.get(grapheme) or (_of_braille(grapheme) if "\u2800" <= grapheme <= "\u28ff" else _base(grapheme))
    return known.ljust(cells) if known.isascii() and len(known) <= cells else UNKNOWN * cells


def _base(grapheme: str) -> str:
    """A letter without its accents, a digit that is not raised; what has no such part stays as it is."""
    return "".join(char for char in unicodedata.normalize("NFKD", grapheme) if not unicodedata.combining(char))


@cache
def _of_braille(char: str) -> str:
    # numpy comes with the glyphs, and the first frame does without it.
    from tui.render.glyphs import ASCII

    return chr(ASCII.dots[ord(char[0]) - 0x2800])

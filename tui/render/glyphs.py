"""The characters charts are made of: braille and box drawing, or plain ASCII where a terminal has no such glyphs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """`dots` uint32[256] maps a braille code to a code point; the other fields are single narrow characters.

    `sparks` are the levels of a sparkline drawn with one character a cell, lowest first.
    """

    dots: npt.NDArray[np.uint32]
    vertical: str
    horizontal: str
    corner: str
    tick_left: str
    tick_below: str
    grid: str
    cursor: str
    cursor_foot: str
    mark: str
    nan: str
    above: str
    below: str
    sparks: str


def _ascii_dots() -> npt.NDArray[np.uint32]:
    """For each braille code the ASCII character whose ink lies nearest: by the rows of the cell that have dots."""
    shapes = {
        0b0000: " ", 0b0001: "'", 0b0010: "-", 0b0100: "-", 0b1000: ".",
        0b0011: "'", 0b0110: "-", 0b1100: ".", 0b1001: ":", 0b0101: ":", 0b1010: ":",
        0b0111: "|", 0b1110: "|", 0b1011: "|", 0b1101: "|", 0b1111: "|",
    }  # fmt: skip
    rows = (0x01 | 0x08, 0x02 | 0x10, 0x04 | 0x20, 0x40 | 0x80)
    by_code = []
    for code in range(256):
        left, right = code & 0b01000111, code & 0b10111000
        used = sum(1 << row for row, bits in enumerate(rows) if code & bits)
        dense = code.bit_count() >= 6 and left and right
        by_code.append("#" if dense else shapes[used])
    return np.array([ord(character) for character in by_code], np.uint32)


def _braille_dots() -> npt.NDArray[np.uint32]:
    dots = np.arange(0x2800, 0x2900, dtype=np.uint32)
    dots[0] = ord(" ")
    return dots


BRAILLE = Glyphs(
    dots=_braille_dots(),
    vertical="│",
    horizontal="─",
    corner="└",
    tick_left="┤",
    tick_below="┬",
    grid="·",
    cursor="│",
    cursor_foot="┴",
    mark="┊",
    nan="×",
    above="▴",
    below="▾",
    sparks="",
)

ASCII = Glyphs(
    dots=_ascii_dots(),
    vertical="|",
    horizontal="-",
    corner="+",
    tick_left="+",
    tick_below="+",
    grid=".",
    cursor="|",
    cursor_foot="^",
    mark=":",
    nan="x",
    above="^",
    below="v",
    sparks=".:-=+*#",
)

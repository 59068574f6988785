"""Pictures by kitty's graphics protocol: sent once, by a number, and shown wherever a cell names a piece of them.

https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders: a cell with the character PLACEHOLDER shows the
piece whose row and column two marks tell, of the picture whose number its colour is. Nothing of it asks the terminal to
answer: answers would come in between the keys.
"""

from __future__ import annotations

from base64 import standard_b64encode
from itertools import chain

PLACEHOLDER = "\U0010eeee"
_CHUNK = 4096
_QUIET = "q=2"  # neither of success nor of failure is anything said
# Code points of the marks that stand for 0, 1, 2, ...: kitty's gen/rowcolumn-diacritics.txt.
_MARKS = (
    "305 30D-30E 310 312 33D-33F 346 34A-34C 350-352 357 35B 363-36F 483-487 592-595 597-599 59C-5A1 5A8-5A9"
    " 5AB-5AC 5AF 5C4 610-617 657-65B 65D-65E 6D6-6DC 6DF-6E2 6E4 6E7-6E8 6EB-6EC 730 732-733 735-736 73A 73D"
    " 73F-741 743 745 747 749-74A 7EB-7F1 7F3 816-819 81B-823 825-827 829-82D 951 953-954 F82-F83 F86-F87"
    " 135D-135F 17DD 193A 1A17 1A75-1A7C 1B6B 1B6D-1B73 1CD0-1CD2 1CDA-1CDB 1CE0 1DC0-1DC1 1DC3-1DC9 1DCB-1DCC"
    " 1DD1-1DE6 1DFE 20D0-20D1 20D4-20D7 20DB-20DC 20E1 20E7 20E9 20F0 2CEF-2CF1 2DE0-2DFF A66F A67C-A67D"
    " A6F0-A6F1 A8E0-A8F1 AAB0 AAB2-AAB3 AAB7-AAB8 AABE-AABF AAC1 FE20-FE26 10A0F 10A38 1D185-1D189 1D1AA-1D1AD"
    " 1D242-1D244"
)


def _code_points(stretch: str) -> range:
    first, _, last = stretch.partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)


_NUMBERS = [chr(point) for point in chain.from_iterable(map(_code_points, _MARKS.split()))]
MOST_CELLS = len(_NUMBERS)
"""As many rows and columns as a picture can have."""
MOST_NUMBERS = 1 << 24
"""Numbers of pictures are from 1 to below: colours of 24 bits."""


def transmission(number: int, png: bytes, columns: int, rows: int) -> list[str]:
    """The sequences that give the terminal a picture for so many cells. They draw nothing."""
    data = standard_b64encode(png).decode("ascii")
    chunks = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
    first = f"a=T,U=1,f=100,i={number},c={columns},r={rows},{_QUIET}"
    heads = [first, *([_QUIET] * (len(chunks) - 1))]
    return [
        f"\x1b_G{head},m={int(at < len(chunks) - 1)};{chunk}\x1b\\"
        for at, (head, chunk) in enumerate(zip(heads, chunks, strict=True))
    ]


def deletion(number: int) -> str:
    """The sequence that takes a picture from the screen and from the terminal's memory."""
    return f"\x1b_Ga=d,d=I,i={number},{_QUIET}\x1b\\"


def placeholder(row: int, column: int) -> str:
    """What stands in a cell for a piece of a picture; without the marks it is the piece next to that on its left."""
    return PLACEHOLDER + _NUMBERS[row] + _NUMBERS[column]


def ink(number: int) -> str:
    """The SGR parameters of the colour that names a picture."""
    return f"38;2;{number >> 16};{number >> 8 & 255};{number & 255}"


def through_tmux(sequence: str) -> str:
    """A sequence that tmux hands on to its own terminal as it is, if its option allow-passthrough is on."""
    return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\"

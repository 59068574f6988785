"""Strips whose cells say which piece of which picture they show: it is drawn where they become bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

_FIRST, _LAST = 0xF0000, 0xFFFFD  # a plane of private characters, which take one cell each: they tell columns
_META = "picture"
_PIECES = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")


class Piece(NamedTuple):
    """A row of a picture, whose `number` tells which."""

    number: int
    row: int


def piece_strips(number: int, columns: int, rows: int, ink: Style) -> list[Strip]:
    """Strips whose every cell is a piece of a picture, however they are cut and put together afterwards: the style
    tells picture and row, the character the column."""
    text = _text(columns)
    return [Strip([Segment(text, ink + Style(meta={_META: (number, row)}))], columns) for row in range(rows)]


@lru_cache(maxsize=64)
def _text(columns: int) -> str:
    return "".join(map(chr, range(_FIRST, _FIRST + columns)))


def piece_of(style: Style) -> Piece | None:
    """What the cells of a style are pieces of, if they are."""
    found = style.meta.get(_META)
    return None if found is None else Piece(*found)


def column_of(character: str) -> int:
    """Which column of its picture a cell shows."""
    return ord(character) - _FIRST


def without_pieces(text: str) -> str:
    """A text with blanks for pieces."""
    return _PIECES.sub(" ", text)


def with_mark(strips: Sequence[Strip], column: int, row: int, ink: Style, mark: str = "+") -> list[Strip]:
    """The strips with a mark in place of a cell, so that none of the picture has to be drawn anew for it."""
    before, _, after = (
        strips[row].crop(start, end) for start, end in ((0, column), (column, column + 1), (column + 1, None))
    )
    return [*strips[:row], Strip.join([before, Strip([Segment(mark, ink)], 1), after]), *strips[row + 1 :]]

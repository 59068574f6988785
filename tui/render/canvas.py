"""A grid of characters, each with the part of the picture it belongs to: what charts draw on before any colour."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from tui.render.cells import width as cells
from tui.render.glyphs import BRAILLE, Glyphs
from tui.render.raster import Raster
from tui.render.text import printable

_BLANK = ord(" ")
# The right half of a wide character: the cell is taken and has no character of its own.
_TAKEN = 0
# Paints of curves start at 0, two for an owner; what is put behind a cell's character is above all of them.
_BEHIND = 1 << 20


class Part(IntEnum):
    """What is drawn besides curves. (Curves have the paints from 0 on: see `curve_paint`.)"""

    BLANK = -1
    AXIS = -2
    LABEL = -3
    GRID = -4
    CURSOR = -5
    MARK = -6
    WARNING = -7


class Behind(IntEnum):
    """What a cell has behind its character, whatever that is."""

    NOTHING = 0
    SHADE = 1
    HIGHLIGHT = 2


def curve_paint(owner: int, faint: bool = False) -> int:
    """The paint of a curve's cells."""
    return 2 * owner + faint


def split_paint(paint: int) -> tuple[Part | None, int, bool, Behind]:
    """A cell's paint as (part, owner, faint, what is behind); `part` is None for the cells of curves."""
    behind = (paint + _BEHIND // 2) // _BEHIND
    paint -= behind * _BEHIND
    if paint < 0:
        return Part(paint), -1, False, Behind(behind)
    return None, paint // 2, bool(paint % 2), Behind(behind)


class Canvas:
    """`chars` uint32[h, w] are code points, `paints` int32[h, w] what each belongs to. Drawing outside is cut off."""

    def __init__(self, width: int, height: int) -> None:
        shape = max(height, 0), max(width, 0)
        self.chars = np.full(shape, _BLANK, np.uint32)
        self.paints = np.full(shape, Part.BLANK, np.int32)

    @property
    def width(self) -> int:
        return self.chars.shape[1]

    @property
    def height(self) -> int:
        return self.chars.shape[0]

    @property
    def rows(self) -> list[str]:
        """The characters of each row, `width` cells wide."""
        return [decode(row) for row in self.chars]

    @property
    def text(self) -> str:
        """The whole picture in plain characters, a line a row."""
        return "\n".join(self.rows)

    def put(self, row: int, column: int, character: str, paint: int) -> None:
        """One narrow character."""
        if 0 <= row < self.height:
            self._place(row, column, 1, character, paint)

    def write(self, row: int, column: int, text: str, paint: int) -> None:
        """A line of text from `column` on, made printable. A wide character that would be cut in two is left out,
        and so are marks that have no cell of their own."""
        if not 0 <= row < self.height:
            return
        for character in printable(text):
            size = cells(character)
            if size:
                self._place(row, column, size, character, paint)
            column += size

    def _place(self, row: int, column: int, size: int, character: str, paint: int) -> None:
        end = column + size
        if column < 0 or end > self.width:
            return
        chars = self.chars[row]
        # A wide character that loses one half loses the other.
        if chars[column] == _TAKEN:
            chars[column - 1] = _BLANK
        if end < self.width and chars[end] == _TAKEN:
            chars[end] = _BLANK
        chars[column:end] = _TAKEN
        chars[column] = ord(character)
        self.paints[row, column:end] = paint

    def draw(self, raster: Raster, left: int, top: int, glyphs: Glyphs = BRAILLE) -> None:
        """The raster's curves with its upper left cell at (top, left); the raster must fit."""
        height, width = raster.codes.shape
        area = np.s_[top : top + height, left : left + width]
        drawn = raster.codes != 0
        paints = 2 * raster.owners.astype(np.int32) + raster.faint
        self.chars[area] = np.where(drawn, glyphs.dots[raster.codes], self.chars[area])
        self.paints[area] = np.where(drawn, paints, self.paints[area])

    def put_behind(self, behind: Behind, columns: slice, rows: slice) -> None:
        """Put something behind cells, whatever they show, in place of what was behind them."""
        cells = self.paints[rows, columns]
        cells += _BEHIND * (behind - (cells + _BEHIND // 2) // _BEHIND)


def decode(chars: npt.NDArray[np.uint32]) -> str:
    """The text of a stretch of `Canvas.chars`."""
    return str(chars[chars != _TAKEN].astype("<u4").tobytes(), "utf-32-le")

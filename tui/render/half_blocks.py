"""Pictures as characters: for every cell a block and two colours, or a character as dense as the picture is bright.

A picture comes as a raster of 2 by 2 pixels a cell. Cells are twice as high as wide, and so are these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

# The place of a block tells which quarters of the cell are inked: 1 upper left, 2 upper right, 4 and 8 below.
_BLOCKS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
_UPPER = 3
# Of a pattern and its negative, one; the first wins where several are as good.
_PATTERNS = (_UPPER, 5, 1, 2, 4, 8, 6)
_LEAST_GAIN = 4 * 3 * 6.0**2
"""How much nearer to the picture, in squared levels over a cell, a block other than the upper half has to come.

Below, colours are 6 levels nearer in each channel, which nobody sees, and more cells change from step to step."""


class _Tolerance(NamedTuple):
    """Levels that colours are rounded to, and by how many they may be off to be the same as their neighbours."""

    step: int
    unseen: float


# Coarser where so much goes on that nobody sees it: photographs take half of the bytes and of the time then.
_FINE, _COARSE = _Tolerance(4, 2.5), _Tolerance(8, 6.0)
_MOST_RUNS = 1500
_QUARTERS = np.array([[at >> quarter & 1 for quarter in range(4)] for at in range(16)], np.float32)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Characters, and how much of the four quarters of a cell each inks: `ink` [n, 4] from 0 to 1, in the order of the
    blocks."""

    characters: str
    ink: Floats


SHADES = Glyphs(
    _BLOCKS + "░▒▓",
    np.concatenate([_QUARTERS, np.full((3, 4), 1.0, np.float32) * np.array([[0.25], [0.5], [0.75]], np.float32)]),
)
"""Blocks and shades, in one colour."""
# Ink in per cent, as DejaVu Sans Mono has it.
_ASCII: Mapping[str, tuple[int, int, int, int]] = {
    " ": (0, 0, 0, 0), ".": (0, 0, 5, 5), "'": (6, 7, 0, 0), "-": (0, 0, 5, 6), ":": (5, 5, 5, 5), '"': (13, 12, 0, 0),
    "_": (0, 0, 13, 13), "^": (14, 13, 0, 0), "*": (17, 18, 1, 1), "+": (5, 5, 16, 16), "/": (1, 18, 22, 1),
    "\\": (20, 0, 3, 19), "=": (11, 11, 11, 11), "|": (9, 10, 13, 14), "x": (11, 11, 17, 17), "L": (22, 0, 23, 11),
    "J": (5, 24, 12, 19), "7": (10, 26, 12, 7), "F": (29, 19, 19, 0), "o": (14, 14, 22, 21), "X": (20, 20, 20, 19),
    "#": (22, 27, 25, 21), "@": (20, 25, 33, 26),
}  # fmt: skip
_DENSEST = 26.0
ASCII_INK = Glyphs("".join(_ASCII), np.minimum(np.array([*_ASCII.values()], np.float32) / _DENSEST, 1.0))
"""Characters of ASCII; the densest counts as full."""


@dataclass(frozen=True, slots=True, eq=False)
class PictureCells:
    """`chars` uint32[h, w] are code points; `inks` and `papers` uint8[h, w, 3] their colours, None for one ink on the
    usual background."""

    chars: npt.NDArray[np.uint32]
    inks: Bytes | None = None
    papers: Bytes | None = None


def colour_cells(raster: Bytes, *, many: bool = False) -> PictureCells:
    """Cells that come nearest to an RGB raster [2h, 2w, 3].

    Args:
        many: the terminal has 256 colours: colours are those of its fixed ones that are nearest.
    """
    height, width = len(raster) // 2, raster.shape[1] // 2
    pattern, colours = _two_colours(_by_cell(raster.astype(np.float32)).reshape(height * width, 4, 3))
    pattern, colours = pattern.reshape(height, width), colours.reshape(2, height, width, 3)
    if many:
        return _plain(pattern, among_256(colours))
    fine = _plain(pattern, _fewer(colours, _FINE))
    return fine if runs(fine) <= _MOST_RUNS else _plain(pattern, _fewer(colours, _COARSE))


def grey_cells(raster: Bytes, glyphs: Glyphs, *, dark: bool) -> PictureCells:
    """Cells that come nearest to the brightness of an RGB raster [2h, 2w, 3], in one ink. Nothing is dithered: what is
    of one colour must look so.

    Args:
        dark: whether the ink is light on a dark background.
    """
    quarters = _by_cell(luma(raster)[..., None])[..., 0] / np.float32(255)
    wanted = quarters if dark else 1 - quarters
    # The squared difference to every glyph, without what is the same for all of them.
    error = (glyphs.ink**2).sum(1) - 2 * (wanted.reshape(-1, 4) @ glyphs.ink.T)
    chars = np.array([ord(character) for character in glyphs.characters], np.uint32)
    return PictureCells(chars[error.argmin(1)].reshape(wanted.shape[:2]))


def marked(cells: PictureCells, column: int, row: int, mark: str = "+") -> PictureCells:
    """The cells with a mark on one of them, black or white as its background asks for."""
    chars = cells.chars.copy()
    chars[row, column] = ord(mark)
    if cells.inks is None or cells.papers is None:
        return PictureCells(chars)
    inks = cells.inks.copy()
    inks[row, column] = 0 if luma(cells.papers[row, column]) > 128 else 255
    return PictureCells(chars, inks, cells.papers)


def luma(rgb: npt.NDArray[Any]) -> Floats:
    """Brightness [...] of colours [..., 3], in the same units (ITU-R BT.601)."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    return np.asarray(rgb.astype(np.float32) @ weights)


def _by_cell(raster: Floats) -> Floats:
    """[2h, 2w, channels] as [h, w, 4, channels], quarters in the order of the blocks."""
    height, width, channels = raster.shape
    cells = raster.reshape(height // 2, 2, width // 2, 2, channels).transpose(0, 2, 1, 3, 4)
    return cells.reshape(height // 2, width // 2, 4, channels)


def _two_colours(quarters: Floats) -> tuple[npt.NDArray[np.intp], Floats]:
    """For cells [n, 4, 3] the places among the blocks of their patterns, the upper half unless another is clearly
    nearer, and their ink and paper [2, n, 3].

    The best two colours are the means of the two parts. The squared difference that is left is least where the sum,
    over both, of the number of quarters times the square of their mean is largest.
    """
    inked = _QUARTERS[list(_PATTERNS)]
    # One product of matrices: of very many small ones numpy makes a slow loop.
    sums = (inked @ quarters.transpose(1, 2, 0).reshape(4, -1)).reshape(len(_PATTERNS), 3, -1)
    others = quarters.sum(1).T - sums
    count = inked.sum(1)[:, None]
    kept = (sums**2).sum(1) / count + (others**2).sum(1) / (4 - count)
    best, each = kept.argmax(0), np.arange(len(quarters))
    best = np.where(kept[best, each] - kept[0] > _LEAST_GAIN, best, 0)
    inks, papers = sums[best, :, each] / count[best], others[best, :, each] / (4 - count[best])
    return np.array(_PATTERNS)[best], np.stack([inks, papers])


def _plain(pattern: npt.NDArray[np.intp], colours: Bytes) -> PictureCells:
    """Cells with their ink and paper [2, h, w, 3]. Those of one colour are blanks: they take fewer bytes."""
    inks, papers = colours
    alike = (inks == papers).all(-1)
    blocks = np.array([ord(block) for block in _BLOCKS], np.uint32)
    return PictureCells(np.where(alike, ord(" "), blocks[pattern]).astype(np.uint32), inks, papers)


def runs(cells: PictureCells) -> int:
    """How many stretches of cells in the same colours there are: each takes bytes, and time."""
    if cells.inks is None or cells.papers is None:
        return len(cells.chars)
    differ = [(colours[:, 1:] != colours[:, :-1]).any(-1) for colours in (cells.inks, cells.papers)]
    return len(cells.chars) + int(np.count_nonzero(differ[0] | differ[1]))


def _fewer(colours: Floats, tolerance: _Tolerance) -> Bytes:
    """Colours [2, h, w, 3] with fewer different ones: rounded, or the same as on the left where that is near enough."""
    step = tolerance.step
    # Column by column, each in one piece.
    wanted = np.ascontiguousarray(colours.transpose(2, 3, 0, 1))
    found = ((wanted + step / 2) // step * step).clip(0, 255)
    for x in range(1, len(found)):
        near = np.abs(wanted[x] - found[x - 1]).max(0) <= tolerance.unseen
        np.copyto(found[x], found[x - 1], where=near)
    return found.astype(np.uint8).transpose(2, 3, 0, 1)


_CUBE = np.array((0, 95, 135, 175, 215, 255), np.float32)


def among_256(colours: npt.NDArray[Any]) -> Bytes:
    """The nearest of the 240 fixed colours among 256: of the 6x6x6 cube, or of the 24 greys."""
    wanted = colours.astype(np.float32)
    in_cube = _CUBE[np.searchsorted((_CUBE[1:] + _CUBE[:-1]) / 2, wanted)]
    level = ((wanted.mean(-1, keepdims=True) - 8) / 10).round().clip(0, 23) * 10 + 8
    greys = np.broadcast_to(level, wanted.shape)
    nearer = ((greys - wanted) ** 2).sum(-1) < ((in_cube - wanted) ** 2).sum(-1)
    return np.asarray(np.where(nearer[..., None], greys, in_cube).astype(np.uint8))

"""Cells of pictures as Textual strips."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.render.canvas import decode
from tui.render.half_blocks import Bytes, PictureCells


def picture_strips(cells: PictureCells, ink: Style) -> list[Strip]:
    """One strip a row; `ink` is for cells without colours of their own."""
    height, width = cells.chars.shape
    if cells.inks is None or cells.papers is None:
        return [Strip([Segment(decode(row), ink)], width) for row in cells.chars]
    inks, papers = _numbers(cells.inks), _numbers(cells.papers)
    # A blank shows no ink: it goes along with the cell before it.
    pairs = np.where(cells.chars == ord(" "), papers, inks << 24 | papers)
    return [_row(cells.chars[y], pairs[y], inks[y], papers[y]) for y in range(height)]


def _row(
    chars: npt.NDArray[np.uint32],
    pairs: npt.NDArray[np.int64],
    inks: npt.NDArray[np.int64],
    papers: npt.NDArray[np.int64],
) -> Strip:
    starts = [0, *(np.flatnonzero(pairs[1:] != pairs[:-1]) + 1).tolist()]
    text, ends = decode(chars), [*starts[1:], len(chars)]
    styles = map(_style, inks[starts].tolist(), papers[starts].tolist())
    segments = [Segment(text[a:b], style) for a, b, style in zip(starts, ends, styles, strict=True)]
    return Strip(segments, len(chars))


def _numbers(colours: Bytes) -> npt.NDArray[np.int64]:
    """Colours [..., 3] as one number each."""
    return np.asarray(colours.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1]))


@lru_cache(maxsize=16384)
def _style(ink: int, paper: int) -> Style:
    return Style.from_color(_colour(ink), _colour(paper))


@lru_cache(maxsize=16384)
def _colour(number: int) -> Color:
    return Color.from_triplet(ColorTriplet(number >> 16, number >> 8 & 255, number & 255))

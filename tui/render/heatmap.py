"""Amounts on a plane as levels, two in a cell: one above the other in half-blocks, or the greater by a dense sign.

Where there are colours enough a level is a colour; else signs of more and more ink tell it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tui.render.canvas import Canvas, Part, curve_paint
from tui.render.chart import PlotArea
from tui.render.window import Floats

Levels = npt.NDArray[np.int64]
"""[2 * rows, columns], the upper half of the first row first; 0 is nothing."""

DENSE, DENSE_ASCII = " ·░▒▓█", " .:+%#"
"""Signs of more and more ink."""
_HALF = "▀"


def amounts(counts: Floats, columns: npt.NDArray[np.intp], rows: int) -> Floats:
    """What each half of each cell has of the counts in a bin, float64[2 * rows, len(columns)].

    Args:
        counts: [steps, bins], the lowest bin first; it comes to lie below.
        columns: which step each column shows, -1 for none.
    """
    steps, bins = counts.shape
    upto = np.concatenate((np.zeros((steps, 1)), np.cumsum(counts, axis=1)), axis=1)
    places = np.linspace(0.0, bins, 2 * rows + 1)
    below = np.minimum(places.astype(np.int64), bins - 1)
    at_places = upto[:, below] + counts[:, below] * (places - below)
    of_steps = np.maximum(np.diff(at_places, axis=1), 0.0) * (2 * rows / bins)
    return np.where(columns >= 0, of_steps.T[::-1, columns], 0.0)


def levels_of(amount: Floats, most: float, n: int, *, log: bool = False) -> Levels:
    """Amounts as levels 0 to n - 1, in even steps up to `most`, or of its logarithm; only 0 itself has level 0."""
    if not most > 0:
        return np.zeros(amount.shape, np.int64)
    share = np.log1p(amount) / np.log1p(most) if log else amount / most
    return np.clip(np.ceil(share * (n - 1) - 1e-9), amount > 0, n - 1).astype(np.int64)


def band_levels(points: Floats, lo: float, hi: float, rows: int) -> Levels:
    """Nested bands between percentiles as levels: 1 for the outermost, one more inside each, the most for the median.

    Args:
        points: float64[columns, 2 k + 1] ascending in each column, whose middle is the median; NaN for none.
        lo, hi: the values at the lower and the upper edge of the plane.
    """
    halves = 2 * rows
    with np.errstate(over="ignore", invalid="ignore"):
        share = (hi / 2 - points / 2) / (hi / 2 - lo / 2) * halves
    found = np.isfinite(points).all(axis=1)
    at = np.clip(np.floor(np.where(np.isfinite(share), share, -1.0)), -1, halves).astype(np.int64)
    row = np.arange(halves)[:, np.newaxis]
    bands = points.shape[1] // 2
    levels = np.zeros((halves, len(points)), np.int64)
    for band in range(bands):
        top, bottom = at[:, -1 - band], at[:, band]
        levels += (row >= top) & (row <= bottom) & found
    middle = at[:, bands]
    before = np.concatenate((middle[:1], middle[:-1]))
    joined = np.roll(found, 1) & (np.abs(before - middle) > 1)
    top = np.where(joined, np.minimum(middle, before + 1), middle)
    bottom = np.where(joined, np.maximum(middle, before - 1), middle)
    levels[(row >= top) & (row <= bottom) & found] = bands + 1
    return levels


def draw_levels(canvas: Canvas, levels: Levels, area: PlotArea, n: int, signs: str | None = None) -> None:
    """Draw levels below `n` where the area is, which has their size.

    In half-blocks a cell is the curve of owner `pair(upper, lower, n)`; with `signs` of ink, the first blank, of the
    greater of both levels.
    """
    upper, lower = levels[::2], levels[1::2]
    inside = np.s_[area.top : area.top + area.height, area.left : area.left + area.width]
    if signs is None:
        canvas.chars[inside] = np.where(upper == lower, ord(" "), ord(_HALF))
        canvas.paints[inside] = curve_paint(0) + (upper * n + lower) * (curve_paint(1) - curve_paint(0))
        return
    level = np.maximum(upper, lower)
    ink = np.array([ord(sign) for sign in signs], np.uint32)
    canvas.chars[inside] = ink[-(-level * (len(signs) - 1) // (n - 1))]
    paints = curve_paint(0) + level * (curve_paint(1) - curve_paint(0))
    canvas.paints[inside] = np.where(level > 0, paints, int(Part.BLANK))


def pair(upper: int, lower: int, n: int) -> int:
    """The owner of the cells with these two levels."""
    return upper * n + lower


_EIGHTHS = " ▏▎▍▌▋▊▉█"


def draw_sideways(canvas: Canvas, amount: Sequence[float], area: PlotArea, owner: int) -> None:
    """Bars to the right, one a row of the area, the greatest over its whole width."""
    lengths = np.asarray(amount, np.float64)
    most = float(lengths.max()) if len(lengths) else 0.0
    for row, length in enumerate(lengths / most if most > 0 else lengths):
        eighths = max(round(float(length) * area.width * 8), int(length > 0))
        bar = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
        canvas.write(area.top + row, area.left, bar, curve_paint(owner))

"""A series in one line of text: filled braille, four levels high, two columns of dots a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.render.glyphs import BRAILLE, Glyphs
from tui.render.raster import pack_dots
from tui.render.window import Floats

Numbers = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

_BRAILLE_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Spark:
    """`text` is exactly the asked number of cells; `bad` are the indices of cells marked for a NaN or infinity."""

    text: str
    bad: tuple[int, ...]


def sparkline(
    values: Numbers,
    width: int,
    *,
    x: Numbers | None = None,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    glyphs: Glyphs = BRAILLE,
) -> Spark:
    """Draw `values` (any float[n]) in `width` cells, over its own range unless `y_range` gives another that holds it.

    Points are spread evenly, or by `x` (ascending, finite, [n]) over `x_range` (first to last x unless given; points
    outside are left out). The range's foot is one dot high, its top four, a range of one value two. A column of dots
    stands for the mean of its points, unless one strays by more than a dot: then for the one that strays most, so a
    spike is seen whichever way it goes. Columns without points continue the line.
    """
    levels = len(glyphs.sparks) or _BRAILLE_LEVELS
    columns = width if glyphs.sparks else 2 * width
    if width <= 0 or not len(values):
        return Spark(" " * width, ())
    starts = _starts(len(values), columns) if x is None else _starts_by_x(x, columns, x_range)
    if starts[0] == starts[-1]:
        return Spark(" " * width, ())
    heights, is_bad = _heights(np.asarray(values), starts, levels, y_range)
    bad = tuple(np.flatnonzero(is_bad.reshape(width, -1).any(axis=1)).tolist())
    cells = list(_characters(heights, levels, glyphs))
    for cell in bad:
        cells[cell] = glyphs.nan
    return Spark("".join(cells), bad)


def _starts(n: int, columns: int) -> Ints:
    """Where each column's points begin, int[columns + 1]: the points are spread from the first column to the last."""
    inner = np.ceil((np.arange(1, columns) - 0.5) * ((n - 1) / max(columns - 1, 1)))
    return np.concatenate(([0], inner.astype(np.int64), [n])) if n > 1 else np.array([0] + [1] * columns)


def _starts_by_x(x: Numbers, columns: int, x_range: tuple[float, float] | None) -> Ints:
    lo, hi = x_range or (float(x[0]), float(x[-1]))
    share = (np.arange(1, columns) - 0.5) / max(columns - 1, 1)
    inner = np.searchsorted(x, lo * (1 - share) + hi * share, "left")
    first, last = np.searchsorted(x, lo, "left"), np.searchsorted(x, hi, "right")
    # Where lo equals hi, every point is in the first column.
    inner = np.clip(inner, first, last) if hi > lo else np.full(columns - 1, last)
    return np.concatenate(([first], inner, [last]))


def _heights(
    values: Numbers, starts: Ints, levels: int, y_range: tuple[float, float] | None
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The level of each column (1 to `levels`, 0 for blank), and whether it holds non-finite values."""
    is_bad = np.zeros(len(starts) - 1, np.bool_)
    heights = np.zeros(len(starts) - 1, np.int64)
    filled = np.flatnonzero(starts[1:] > starts[:-1])
    low, mean, high, is_bad[filled] = _reduce(values[: starts[-1]], starts[filled], starts[filled + 1])
    known = ~np.isnan(mean)
    if not known.any():
        return heights, is_bad
    lo, hi = y_range or (np.nanmin(low), np.nanmax(high))
    if not hi / 2 > lo / 2:
        level = np.full(int(known.sum()), levels // 2 - 1.0)
    else:
        low, mean, high = ((part[known] / 2 - lo / 2) / (hi / 2 - lo / 2) * (levels - 1) for part in (low, mean, high))
        farthest = np.where(high - mean >= mean - low, high, low)
        level = np.where(np.abs(farthest - mean) > 1, farthest, mean)
    line = np.interp(np.arange(len(heights)), filled[known], level, left=np.nan, right=np.nan)
    drawn = ~np.isnan(line)
    heights[drawn] = np.floor(line[drawn] + 1.5).astype(np.int64)
    return heights, is_bad


def _reduce(values: Numbers, begin: Ints, end: Ints) -> tuple[Floats, Floats, Floats, npt.NDArray[np.bool_]]:
    """Least, mean and greatest finite value of each stretch (NaN where there is none), and if it holds others.

    The stretches follow one another and end with `values`.
    """
    low, high = np.minimum.reduceat(values, begin), np.maximum.reduceat(values, begin)
    is_bad = ~(np.isfinite(low) & np.isfinite(high))
    counts = end - begin
    if is_bad.any():
        finite = np.isfinite(values)
        low = np.fmin.reduceat(np.where(finite, values, np.nan), begin)
        high = np.fmax.reduceat(np.where(finite, values, np.nan), begin)
        counts = np.add.reduceat(finite, begin, dtype=np.int64)
        values = np.where(finite, values, 0)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.add.reduceat(values, begin, dtype=np.float64) / counts
    low, high = low.astype(np.float64), high.astype(np.float64)
    # The sum of very large values overflows; the middle of the range does as well for them.
    return low, np.where(np.isfinite(mean), np.clip(mean, low, high), low / 2 + high / 2), high, is_bad


def _characters(heights: Ints, levels: int, glyphs: Glyphs) -> str:
    if glyphs.sparks:
        return "".join((" " + glyphs.sparks)[height] for height in heights)
    dots = np.arange(levels)[::-1, np.newaxis] < heights
    return "".join(map(chr, glyphs.dots[pack_dots(dots)[0]]))

"""Curves to braille: a numpy rasteriser that loses no spike, however many points share a column.

A cell is two dots wide and four high. Each curve becomes a lowest and a highest dot for every column of dots; a
column's points are reduced to their extremes first, so the cost hardly grows with the number of points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.render.window import Floats, Window

Values = npt.NDArray[np.floating[Any]]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

# Bit of each dot in a braille code point, by row and column of the cell.
DOT_BITS = np.array([[1, 8], [2, 16], [4, 32], [64, 128]], np.uint8)
NO_OWNER = -1
# Farther than any screen is high, and small enough for sums of two.
_NOWHERE = 1 << 30


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A polyline. `x` float64[n], ascending and finite; `y` any float[n], where NaN and infinities make gaps.

    `owner` says whose colour it has (0 or more); a faint curve lies behind every other one.
    """

    x: Values
    y: Values
    owner: int
    faint: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Columns of cells in which some point could not be drawn; each bool[width].

    `below` holds -inf and, on a log axis, everything else that is not above 0.
    """

    nan: Bools
    above: Bools
    below: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """What the cells show: `codes` uint8[height, width], braille bits; `owners` int16, NO_OWNER in blank cells;
    `faint` bool, set where only faint curves pass; `marks` for the points that are not on the plane.
    """

    codes: npt.NDArray[np.uint8]
    owners: npt.NDArray[np.int16]
    faint: Bools
    marks: Marks


def rasterise(curves: Sequence[Curve], window: Window, width: int, height: int) -> Raster:
    """Draw the curves into `width` x `height` cells.

    Within a cell a plain curve replaces the faint ones, so that it stays crisp; plain curves add their dots, and
    the last one gives the colour. Lines that cross the window's edges are drawn up to them.
    """
    width, height = max(width, 0), max(height, 0)
    raster = Raster(
        codes=np.zeros((height, width), np.uint8),
        owners=np.full((height, width), NO_OWNER, np.int16),
        faint=np.zeros((height, width), np.bool_),
        marks=Marks(*(np.zeros(width, np.bool_) for _ in range(3))),
    )
    if not width or not height:
        return raster
    for curve in sorted(curves, key=lambda curve: not curve.faint):
        part = _visible_part(curve, window)
        if len(part.y):
            _mark_undrawable(part, window, raster.marks)
            _stamp(raster, curve, _trace(part, window, 2 * width, 4 * height))
    return raster


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The points in the x window, and one more on each side if there is one: `first:last` are those within."""

    x: Values
    y: Values
    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class _Trace:
    """For each column of dots the top and bottom row of dots that a curve covers; top > bottom where none."""

    top: Ints
    bottom: Ints


def _visible_part(curve: Curve, window: Window) -> _Part:
    first = int(np.searchsorted(curve.x, window.x0, "left"))
    last = int(np.searchsorted(curve.x, window.x1, "right"))
    start, stop = max(first - 1, 0), min(last + 1, len(curve.x))
    return _Part(curve.x[start:stop], curve.y[start:stop], first - start, last - start)


def _mark_undrawable(part: _Part, window: Window, marks: Marks) -> None:
    y = part.y[part.first : part.last]
    if not len(y) or _all_drawable(float(y.min()), float(y.max()), window):
        return
    width = len(marks.nan)
    x = part.x[part.first : part.last]
    below = y <= 0 if window.log_y else np.isneginf(y)
    for flags, where in ((marks.nan, np.isnan(y)), (marks.above, np.isposinf(y)), (marks.below, below)):
        flags[_rounded(window.x_dots(x[where], 2 * width)) // 2] = True


def _all_drawable(lowest: float, highest: float, window: Window) -> bool:
    return bool(np.isfinite(lowest) and np.isfinite(highest) and not (window.log_y and lowest <= 0))


def _trace(part: _Part, window: Window, columns: int, rows: int) -> _Trace:
    """Reduce the points of each column to their extremes, then carry the line across the columns' borders."""
    border_x = window.x_at(np.arange(1, columns) - 0.5, columns)
    borders = _line_at(border_x, part, window, rows)
    starts = np.concatenate(([part.first], np.searchsorted(part.x, border_x, "left"), [part.last]))
    starts = np.clip(starts, part.first, part.last)

    # Where no point falls the line's own height stands in for one. The window's edges have it as well, for the
    # line that comes in from outside.
    on_line = _line_at(window.x_at(np.arange(columns), columns), part, window, rows)
    top, bottom, entry, leave = (on_line.copy() for _ in range(4))
    filled = np.flatnonzero(starts[1:] > starts[:-1])
    if len(filled):
        begin, end = starts[:-1][filled], starts[1:][filled]
        lowest, highest = _extremes(part.y[: part.last], begin, window)
        top[filled], bottom[filled] = window.y_dots(highest, rows), window.y_dots(lowest, rows)
        entry[filled] = window.y_dots(part.y[begin], rows)
        leave[filled] = window.y_dots(part.y[end - 1], rows)
        for edge in (0, columns - 1):
            top[edge] = np.fmin(top[edge], on_line[edge])
            bottom[edge] = np.fmax(bottom[edge], on_line[edge])
    trace = _Trace(_rounded(top, _NOWHERE), _rounded(bottom, -_NOWHERE))
    _join(trace, entry, leave, borders)
    _enlarge_lone_points(trace, np.isnan(leave[:-1] + borders + entry[1:]))
    return trace


def _extremes(y: Values, begin: Ints, window: Window) -> tuple[Values, Values]:
    """The least and greatest drawable value of each stretch of `y`; NaN where a stretch has none."""
    lowest, highest = np.minimum.reduceat(y, begin), np.maximum.reduceat(y, begin)
    if _all_drawable(float(lowest.min()), float(highest.max()), window):
        return lowest, highest
    drawable = np.isfinite(y) & (y > 0) if window.log_y else np.isfinite(y)
    clean = np.where(drawable, y, np.nan)
    return np.fmin.reduceat(clean, begin), np.fmax.reduceat(clean, begin)


def _line_at(x: Floats, part: _Part, window: Window, rows: int) -> Floats:
    """The row of dots (fractional) at which the polyline passes each x, NaN where it does not.

    Interpolates on the screen, so that a line on a log axis is straight.
    """
    if len(part.x) < 2:
        return np.full(len(x), np.nan)
    left = np.clip(np.searchsorted(part.x, x, "right") - 1, 0, len(part.x) - 2)
    x_left, x_right = part.x[left], part.x[left + 1]
    row_left, row_right = window.y_dots(part.y[left], rows), window.y_dots(part.y[left + 1], rows)
    with np.errstate(all="ignore"):
        share = np.where(x_right > x_left, np.clip((x - x_left) / (x_right - x_left), 0.0, 1.0), 1.0)
    row = np.where(share == 0, row_left, np.where(share == 1, row_right, row_left + (row_right - row_left) * share))
    # A point on the very x is the column's own; a gap beside it is none of the line's business.
    return np.where((x >= part.x[0]) & (x <= part.x[-1]), row, np.nan)


def _join(trace: _Trace, entry: Floats, leave: Floats, borders: Floats) -> None:
    """Let neighbouring columns meet where a steep line crosses their border.

    Each row between the two ends goes to one of the columns, so that a line stays one dot thick.
    """
    crossed = ~np.isnan(leave[:-1] + borders + entry[1:])
    start, stop, border = _rounded(leave[:-1]), _rounded(entry[1:]), _rounded(borders)
    falls, climbs = crossed & (stop > start), crossed & (stop < start)
    (top, next_top), (bottom, next_bottom) = ((rows[:-1], rows[1:]) for rows in (trace.top, trace.bottom))
    np.maximum(bottom, np.minimum(border, stop - 1), out=bottom, where=falls)
    np.minimum(next_top, np.maximum(border, start) + 1, out=next_top, where=falls)
    np.minimum(top, np.maximum(border, stop + 1), out=top, where=climbs)
    np.maximum(next_bottom, np.minimum(border, start) - 1, out=next_bottom, where=climbs)


def _enlarge_lone_points(trace: _Trace, cut: Bools) -> None:
    """Give a point that no line reaches the four dots of a quarter cell: a single dot is easily overlooked.

    `cut` bool[columns - 1] says which borders no line crosses.
    """
    cut = np.concatenate(([True], cut, [True]))
    lone = np.flatnonzero((trace.top == trace.bottom) & cut[:-1] & cut[1:])
    upper = trace.top[lone] & ~1
    partner = lone ^ 1
    free = trace.top[partner] > trace.bottom[partner]
    for columns, row in ((lone, upper), (partner[free], upper[free])):
        trace.top[columns], trace.bottom[columns] = row, row + 1


def _stamp(raster: Raster, curve: Curve, trace: _Trace) -> None:
    height = raster.codes.shape[0]
    row = np.arange(4 * height)[:, np.newaxis]
    codes = pack_dots((row >= trace.top) & (row <= trace.bottom))
    touched = codes != 0
    if not curve.faint:
        raster.codes[touched & raster.faint] = 0
    np.bitwise_or(raster.codes, codes, out=raster.codes)
    raster.owners[touched] = curve.owner
    raster.faint[touched] = curve.faint


def pack_dots(dots: Bools) -> npt.NDArray[np.uint8]:
    """Braille bits uint8[h, w] of dots bool[4h, 2w]."""
    rows, columns = dots.shape
    cells = dots.reshape(rows // 4, 4, columns // 2, 2) * DOT_BITS[:, np.newaxis, :]
    return np.asarray(cells.sum(axis=(1, 3), dtype=np.uint8))


def _rounded(dots: Floats, missing: int = 0) -> Ints:
    """The nearest dots as integers, `missing` for NaN."""
    return np.where(np.isnan(dots), missing, np.floor(np.nan_to_num(dots) + 0.5)).astype(np.int64)

"""From points in any order to dots: lines that may turn back, cross themselves or stand upright."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.render.window import Window

Values = npt.NDArray[np.floating[Any]]
Bools = npt.NDArray[np.bool_]
_Places = npt.NDArray[np.int64]
_Ways = npt.NDArray[np.float64]

_DOTS_AT_ONCE = 1 << 18
"""Dots of lines that are worked on together: what their arrays take stays small, however long a path is."""


def path_dots(x: Values, y: Values, window: Window, columns: int, rows: int) -> Bools:
    """The dots [rows, columns] of the lines from each point (x, y), any float[n], to the next.

    A line is one dot thick and is drawn up to the window's edges. A point that is not on the plane leaves a gap; a
    point that has no line has the four dots of a quarter cell.
    """
    dots = np.zeros((rows, columns), np.bool_)
    column, row = window.x_dots(x, columns), window.y_dots(y, rows)
    on_plane = np.isfinite(x) & np.isfinite(row)
    if not on_plane.any():
        return dots
    ends = np.stack((np.floor(column[on_plane] + 0.5), np.floor(row[on_plane] + 0.5))).astype(np.int64)
    piece = np.cumsum(~on_plane)[on_plane]
    new = np.ones(len(piece), np.bool_)
    new[1:] = (np.diff(ends) != 0).any(axis=0) | (np.diff(piece) != 0)
    ends, piece = ends[:, new], piece[new]
    joined = np.diff(piece) == 0
    for lines in _batches(ends[:, :-1][:, joined], ends[:, 1:][:, joined], columns, rows):
        _draw_lines(dots, *lines)
    alone = ~(np.append(False, joined) | np.append(joined, False))
    _draw_points(dots, ends[:, alone])
    return dots


def _batches(start: _Places, end: _Places, columns: int, rows: int) -> Iterator[tuple[_Places, _Places, _Ways, _Ways]]:
    """Lines [2, k] that touch the window, with the shares of the way at which each is inside."""
    first, last = _inside(start, end, (columns, rows))
    seen = first <= last
    start, end, first, last = start[:, seen], end[:, seen], first[seen], last[seen]
    at_once = max(1, _DOTS_AT_ONCE // (columns + rows))
    for some in (slice(at, at + at_once) for at in range(0, start.shape[1], at_once)):
        yield start[:, some], end[:, some], first[some], last[some]


def _inside(start: _Places, end: _Places, size: tuple[int, int]) -> tuple[_Ways, _Ways]:
    """From which share of its way to which each line is within half a dot of the grid; first > last where it is not.

    Each side of the grid cuts something off (Liang and Barsky).
    """
    first, last = np.zeros(start.shape[1]), np.ones(start.shape[1])
    for at, to, dots in zip(start, end, size, strict=True):
        way = (to - at).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            one, other = (-0.5 - at) / way, (dots - 0.5 - at) / way
        outside = (way == 0) & ((at < 0) | (at >= dots))
        first = np.where(way == 0, first, np.maximum(first, np.minimum(one, other)))
        last = np.where(outside, -1.0, np.where(way == 0, last, np.minimum(last, np.maximum(one, other))))
    return first, last


def _draw_lines(dots: Bools, start: _Places, end: _Places, first: _Ways, last: _Ways) -> None:
    """A dot for each step along the longer side of a line."""
    rows, columns = dots.shape
    way = end - start
    steps = np.abs(way).max(axis=0)
    low, high = np.floor(first * steps).astype(np.int64), np.ceil(last * steps).astype(np.int64)
    counts = high - low + 1
    line = np.repeat(np.arange(len(counts)), counts)
    along = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts - low, counts)
    column, row = np.floor(start[:, line] + way[:, line] * (along / steps[line]) + 0.5).astype(np.int64)
    seen = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    dots[row[seen], column[seen]] = True


def _draw_points(dots: Bools, places: _Places) -> None:
    rows, columns = dots.shape
    column, row = places
    seen = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    for right in (0, 1):
        for below in (0, 1):
            dots[(row[seen] & ~1) + below, (column[seen] & ~1) + right] = True

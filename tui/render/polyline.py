"""A curve as straight lines for those who draw lines: what the columns of a picture can show of it, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.render.window import Floats, Window

Values = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

_ROUNDING = 1e-9
"""By so much of the axis a point may lie past its end, and yet be no point beyond it."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Points that a line joins: shares 0..1 of a window, `x` ascending from its left, `y` from below; one shape, [n],
    n >= 1.
    """

    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Polyline:
    """The pieces of a curve, from left to right; between them there are points that are not seen.

    Where those are is told by shares of x: NaN, `above` +inf, `below` -inf and, on a log axis, what is not above 0;
    these are `undrawn` in number. `over` and `under` are what lies past the window's edges, `beyond` in number.
    """

    pieces: tuple[Piece, ...]
    nan: Floats
    above: Floats
    below: Floats
    over: Floats
    under: Floats
    undrawn: int
    beyond: int


def polyline(x: Floats, y: Values, window: Window, columns: int) -> Polyline:
    """The curve through points with ascending, finite `x`, float64[n], and any `y`, [n], in so many columns.

    Of each column the first, last, least and greatest points are left, in their order: drawn with lines as wide as
    a column it looks like the whole. Gaps within one column are not seen, and not made.
    """
    across = np.clip(window.x_dots(x, 2), 0.0, 1.0)
    up = 1.0 - window.y_dots(y, 2)
    drawn = np.isfinite(up)
    over, under = drawn & (up > 1 + _ROUNDING), drawn & (up < -_ROUNDING)
    nan, above = np.isnan(y), np.isposinf(y)
    below = ~(drawn | nan | above)
    return Polyline(
        tuple(part for piece in _pieces(across, up, drawn, columns) for part in _inside(piece)),
        _places(across[nan], columns),
        _places(across[above], columns),
        _places(across[below], columns),
        _places(across[over], columns),
        _places(across[under], columns),
        int(len(y) - drawn.sum()),
        int(over.sum() + under.sum()),
    )


def _pieces(across: Floats, up: Floats, drawn: Flags, columns: int) -> list[Piece]:
    """The telling points of those that can be drawn, in pieces with the others between them."""
    gaps = np.cumsum(~drawn)[drawn]
    across, up = across[drawn], up[drawn]
    column = np.minimum((across * columns).astype(np.int64), columns - 1)
    kept = _telling(column, up)
    if not len(kept):
        return []
    cuts = np.flatnonzero((np.diff(gaps[kept]) > 0) & (np.diff(column[kept]) > 0)) + 1
    return [Piece(*piece) for piece in zip(np.split(across[kept], cuts), np.split(up[kept], cuts), strict=True)]


def _inside(piece: Piece) -> Iterator[Piece]:
    """The parts of a piece between the lower and the upper edge, cut where its line crosses them."""
    if piece.y.min() >= 0 and piece.y.max() <= 1:
        yield piece
        return
    parts: list[list[tuple[float, float]]] = [[]]
    points = list(zip(piece.x.tolist(), piece.y.tolist(), strict=True))
    for (x0, y0), (x1, y1) in pairwise(points) if len(points) > 1 else [(points[0], points[0])]:
        first, last = _seen(y0, y1)
        if first <= last:
            start, end = ((x0 + share * (x1 - x0), y0 + share * (y1 - y0)) for share in (first, last))
            if not parts[-1] or first > 0:
                parts.append([start])
            parts[-1].append(end)
        if last < 1 or first > last:
            parts.append([])
    for part in parts:
        if part:
            x, y = np.array(part).T
            yield Piece(x, np.clip(y, 0.0, 1.0))


def _seen(start: float, end: float) -> tuple[float, float]:
    """From which to which part of its way, 0..1, a line from one height to another is between 0 and 1; the first is
    greater than the second where it never is.
    """
    if start == end:
        return (0.0, 1.0) if 0 <= start <= 1 else (1.0, 0.0)
    low, high = sorted(((0.0 - start) / (end - start), (1.0 - start) / (end - start)))
    return max(low, 0.0), min(high, 1.0)


def _telling(column: npt.NDArray[np.int64], up: Floats) -> Indices:
    """The places of the points to keep, ascending."""
    starts = np.flatnonzero(np.diff(column, prepend=-1))
    sizes = np.diff(starts, append=len(column))
    if not len(starts) or sizes.max() <= 4:
        return np.arange(len(column))
    group = np.repeat(np.arange(len(starts)), sizes)
    found = [starts, starts + sizes - 1]
    for extreme in (np.minimum.reduceat(up, starts), np.maximum.reduceat(up, starts)):
        at = np.flatnonzero(up == extreme[group])
        found.append(at[np.diff(group[at], prepend=-1) > 0])
    return np.unique(np.concatenate(found))


def _places(across: Floats, columns: int) -> Floats:
    """One place for each column that has any: the middle of it."""
    return (np.unique(np.minimum((across * columns).astype(np.int64), columns - 1)) + 0.5) / columns


def marks_along(line: Polyline, number: int, of: int, count: int) -> list[tuple[float, float]]:
    """Where the curve with this number, 0 to `of` - 1, bears its mark, about `count` times; shares as in Piece.

    The marks of different curves are at different x. A curve with any piece has one mark at least.
    """
    marks = []
    for target in ((turn + (number + 0.5) / of) / count for turn in range(count)):
        piece = next((piece for piece in line.pieces if piece.x[0] <= target <= piece.x[-1]), None)
        if piece is not None:
            marks.append((target, float(np.interp(target, piece.x, piece.y))))
    if not marks and line.pieces:
        last = line.pieces[-1]
        marks = [(float(last.x[-1]), float(last.y[-1]))]
    return marks

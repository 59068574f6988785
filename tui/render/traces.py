"""From points to columns of dots: how high each curve reaches in every column, for many curves at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.render.window import Floats, Window

Values = npt.NDArray[np.floating[Any]]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int32]
Indices = npt.NDArray[np.intp]

PLACES_AT_ONCE = 1 << 15
"""Columns times curves for which the arrays of one call stay in the processor's cache."""
# Farther than any screen is high, and small enough for sums of two in 32 bits.
_NOWHERE = 1 << 29
# Beyond so many points it is quicker to look for their columns than for the same x among other curves.
_COMPARED = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The columns of dots of a window. `probes` are the x where the height of lines is wanted: the middles of the
    first and last column, the borders between columns, the middles of the other columns.
    """

    window: Window
    count: int
    rows: int
    borders: Floats
    probes: Floats

    @classmethod
    def of(cls, window: Window, count: int, rows: int) -> Columns:
        """So many columns, two at least, of so many rows of dots."""
        middles = window.x_at(np.arange(count), count)
        borders = window.x_at(np.arange(1, count) - 0.5, count)
        return cls(window, count, rows, borders, np.concatenate((middles[[0, -1]], borders, middles[1:-1])))


@dataclass(frozen=True, slots=True, eq=False)
class Undrawable:
    """Columns that hold points which are not on the plane; each bool[columns], for all curves together."""

    nan: Bools
    above: Bools
    below: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Traces:
    """The dots of curves, arrays of shape [curves, columns].

    `top` and `bottom` are the rows that a curve covers in a column, top > bottom where none; they may lie outside the
    window. `through` tells where its line crosses both borders of the column, `over` and `under` where it has a
    point past that edge of the window.
    """

    top: Ints
    bottom: Ints
    through: Bools
    over: Bools
    under: Bools
    undrawable: Undrawable

    def part(self, some: slice) -> Traces:
        """The traces of some of the curves."""
        return Traces(
            self.top[some], self.bottom[some], self.through[some], self.over[some], self.under[some], self.undrawable
        )


def trace(curves: Sequence[tuple[Values, Values]], columns: Columns) -> Traces:
    """The traces of curves, each x float64[n] (ascending and finite) and y any float[n].

    A column's points are reduced to their extremes; then the line is carried across the columns' borders.
    """
    places = _places([x for x, _ in curves], columns)
    samples = _Samples(places, columns)
    undrawable = Undrawable(*(np.zeros(columns.count, np.bool_) for _ in range(3)))
    parts = [y[place.start : place.stop] for (_, y), place in zip(curves, places, strict=True)]
    for number, (part, place) in enumerate(zip(parts, places, strict=True)):
        samples.take(number, part, place)
    for number in samples.with_undrawable(columns.window):
        (x, y), place = curves[number], places[number]
        _mark_undrawable(x[place.within], y[place.within], columns, undrawable)
        samples.take_drawable(number, parts[number], place, columns.window)
    return _traced(samples, columns, undrawable)


def _traced(samples: _Samples, columns: Columns, undrawable: Undrawable) -> Traces:
    """From samples in units of y to dots."""
    rows, lines = columns.window.y_dots(samples.points, columns.rows), _lines(samples, columns)
    edges, borders = lines[:, :2], lines[:, 2 : columns.count + 1]
    if not samples.filled.all():
        # Where no point falls the line's own height stands in for one.
        on_line = np.concatenate((edges[:, :1], lines[:, columns.count + 1 :], edges[:, 1:]), axis=1)
        rows = np.where(samples.filled, rows, on_line)
    top, bottom, entry, leave = rows
    over, under = samples.filled & (top < -0.5), samples.filled & (bottom >= columns.rows - 0.5)
    # The window's edges have it as well, for the line that comes in from outside.
    for edge, column in zip(edges.T, (0, -1), strict=True):
        np.fmin(top[:, column], edge, out=top[:, column])
        np.fmax(bottom[:, column], edge, out=bottom[:, column])
    upper, lower = _rounded(top, _NOWHERE), _rounded(bottom, -_NOWHERE)
    crossings = np.stack((leave[:, :-1], entry[:, 1:], borders))
    crossed = ~np.isnan(crossings.sum(axis=0))
    _join(upper, lower, crossed, *_rounded(crossings))
    cut = np.ones((len(crossed), columns.count + 1), np.bool_)
    np.logical_not(crossed, out=cut[:, 1:-1])
    _enlarge_lone_points(upper, lower, cut[:, :-1] & cut[:, 1:])
    return Traces(upper, lower, ~(cut[:, :-1] | cut[:, 1:]), over, under, undrawable)


def _lines(samples: _Samples, columns: Columns) -> Floats:
    """The row of dots (fractional) at which each polyline passes the probes, NaN where it does not.

    Interpolates on the screen, so that a line on a log axis is straight. Where every column has points only the
    edges and borders are wanted.
    """
    probes = columns.count + 1 if samples.filled.all() else len(columns.probes)
    share = samples.share[:, :probes]
    above, below = columns.window.y_dots(samples.ends[:, :, :probes], columns.rows)
    with np.errstate(invalid="ignore"):
        row = above + (below - above) * share
    # A point on the very x is the column's own; a gap beside it is none of the line's business.
    return np.asarray(np.where(share == 0, above, np.where(share == 1, below, row)))


def _join(top: Ints, bottom: Ints, crossed: Bools, start: Ints, stop: Ints, border: Ints) -> None:
    """Let neighbouring columns meet where a steep line crosses their border.

    Each row between the two ends goes to one of the columns, so that a line stays one dot thick.
    """
    falls, climbs = crossed & (stop > start), crossed & (stop < start)
    np.maximum(bottom[:, :-1], np.minimum(border, stop - 1), out=bottom[:, :-1], where=falls)
    np.minimum(top[:, 1:], np.maximum(border, start) + 1, out=top[:, 1:], where=falls)
    np.minimum(top[:, :-1], np.maximum(border, stop + 1), out=top[:, :-1], where=climbs)
    np.maximum(bottom[:, 1:], np.minimum(border, start) - 1, out=bottom[:, 1:], where=climbs)


def _enlarge_lone_points(top: Ints, bottom: Ints, alone: Bools) -> None:
    """Give a point that no line reaches the four dots of a quarter cell: a single dot is easily overlooked.

    `alone` tells of which columns no line crosses a border.
    """
    curve, column = np.nonzero(alone & (top == bottom))
    if not len(curve):
        return
    upper, partner = top[curve, column] & ~1, column ^ 1
    free = top[curve, partner] > bottom[curve, partner]
    for curves, columns, row in ((curve, column, upper), (curve[free], partner[free], upper[free])):
        top[curves, columns], bottom[curves, columns] = row, row + 1


def _rounded(dots: Floats, missing: int = 0) -> Ints:
    """The nearest dots as integers, `missing` for NaN."""
    return np.where(np.isnan(dots), missing, np.floor(dots + 0.5)).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Where one x array meets the columns: its points in the window, and one more on each side if there is one, are
    `start:stop`; those `within` the window are of that. All places are counted from `start`.

    `filled` bool[columns] tells which columns have points, `begins` where those of each begin, up to `end`. `wanted`
    are the first and last points of all columns, which mean nothing where there is none, then the points before and
    after each probe; `share` [probes] is how far a probe is on the way between them, NaN outside the line.
    """

    start: int
    stop: int
    within: slice
    filled: Bools
    begins: Indices
    end: int
    wanted: Indices
    share: Floats


def _places(all_x: Sequence[Values], columns: Columns) -> list[_Places]:
    """Runs that log at the same steps have equal x: what holds for one holds for the others."""
    by_object: dict[int, _Places] = {}
    by_ends: dict[tuple[int, float, float], tuple[Values, _Places]] = {}
    for x in all_x:
        if id(x) in by_object:
            continue
        ends = (len(x), float(x[0]), float(x[-1])) if len(x) else (0, 0.0, 0.0)
        known = by_ends.get(ends)
        if known is None or len(x) > _COMPARED or not (x == known[0]).all():
            known = by_ends[ends] = x, _places_of(x, columns)
        by_object[id(x)] = known[1]
    return [by_object[id(x)] for x in all_x]


def _places_of(x: Values, columns: Columns) -> _Places:
    window = columns.window
    first, last = int(np.searchsorted(x, window.x0, "left")), int(np.searchsorted(x, window.x1, "right"))
    start, stop = max(first - 1, 0), min(last + 1, len(x))
    part = x[start:stop]
    inner = np.searchsorted(part, columns.borders, "left")
    starts = np.concatenate(([first - start], inner, [last - start]))
    np.clip(starts, first - start, last - start, out=starts)
    left, share = np.zeros(len(columns.probes), np.intp), np.full(len(columns.probes), np.nan)
    if len(part) > 1:
        left = np.clip(np.searchsorted(part, columns.probes, "right") - 1, 0, len(part) - 2)
        x_left, x_right = part[left], part[left + 1]
        with np.errstate(all="ignore"):
            way = np.clip((columns.probes - x_left) / (x_right - x_left), 0.0, 1.0)
        on_line = (columns.probes >= part[0]) & (columns.probes <= part[-1])
        share = np.where(on_line, np.where(x_right > x_left, way, 1.0), np.nan)
    filled = starts[1:] > starts[:-1]
    wanted = np.concatenate((starts[:-1], starts[1:] - 1, left, left + 1))
    return _Places(start, stop, slice(first, last), filled, starts[:-1][filled], last - start, wanted, share)


class _Samples:
    """What is taken of curves, in units of y: each one's points are gone through once, while they are at hand.

    `points` [4, curves, columns] are the greatest, least, first and last value of each column; NaN, or meaningless,
    in those that are not `filled`. `ends` [2, curves, probes] are the values before and after each probe.
    """

    def __init__(self, places: Sequence[_Places], columns: Columns) -> None:
        self.filled = np.stack([place.filled for place in places])
        self.share = np.stack([place.share for place in places])
        self.points = np.full((4, len(places), columns.count), np.nan)
        self.ends = np.full((2, len(places), len(columns.probes)), np.nan)

    def take(self, number: int, part: Values, place: _Places) -> None:
        """Take those of one curve, whose points are `part`. A NaN spreads to its column."""
        if not len(part):
            return
        values, columns = part.take(place.wanted, mode="clip"), len(place.filled)
        self.points[2:, number] = values[: 2 * columns].reshape(2, -1)
        self.ends[:, number] = values[2 * columns :].reshape(2, -1)
        if len(place.begins):
            inner = part[: place.end]
            self._extremes(
                number, place, np.maximum.reduceat(inner, place.begins), np.minimum.reduceat(inner, place.begins)
            )

    def take_drawable(self, number: int, part: Values, place: _Places, window: Window) -> None:
        """Take the extremes of one curve again, of those of its points that are on the plane."""
        inner = part[: place.end]
        inner = np.where(_drawable(inner, window), inner, np.nan)
        self._extremes(number, place, np.fmax.reduceat(inner, place.begins), np.fmin.reduceat(inner, place.begins))

    def _extremes(self, number: int, place: _Places, highest: Values, lowest: Values) -> None:
        # In two steps: numpy takes longer for a number and flags in one.
        rows = self.points[0, number], self.points[1, number]
        rows[0][place.filled], rows[1][place.filled] = highest, lowest

    def with_undrawable(self, window: Window) -> list[int]:
        """The curves of which a column has a point that is not on the plane."""
        fine = np.isfinite(self.points[0]) & _drawable(self.points[1], window)
        found: list[int] = np.flatnonzero((self.filled & ~fine).any(axis=1)).tolist()
        return found


def _drawable(y: Values, window: Window) -> Bools:
    """Which values are on the plane."""
    return np.asarray(np.isfinite(y) & (y > 0) if window.log_y else np.isfinite(y))


def _mark_undrawable(x: Values, y: Values, columns: Columns, undrawable: Undrawable) -> None:
    below = y <= 0 if columns.window.log_y else np.isneginf(y)
    kinds = ((undrawable.nan, np.isnan(y)), (undrawable.above, np.isposinf(y)), (undrawable.below, below))
    for flags, where in kinds:
        if where.any():
            flags[_rounded(columns.window.x_dots(x[where], columns.count))] = True

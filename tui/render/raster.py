"""Curves to braille: a numpy rasteriser that loses no spike, however many points share a column.

A cell is two dots wide and four high. Each curve becomes a lowest and a highest dot for every column of dots; a
column's points are reduced to their extremes first, so the cost hardly grows with the number of points. Paths, whose
points go in any direction, are drawn line by line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tui.render.glyphs import BRAILLE
from tui.render.paths import path_dots
from tui.render.traces import PLACES_AT_ONCE, Bools, Columns, Indices, Ints, Traces, Values, trace
from tui.render.window import Window

# Bit of each dot in a braille code point, by row and column of the cell.
DOT_BITS = np.array([[1, 8], [2, 16], [4, 32], [64, 128]], np.uint8)
NO_OWNER = -1
# Dots that are drawn and left out in turn along a curve, one pattern after the other; a steep part is always drawn.
PATTERNS: tuple[tuple[int, ...], ...] = ((1,), (4, 4), (1, 1), (6, 2, 2, 2), (2, 2), (1, 3))
_STEEP = 4
_BANDS, _BEHIND, _FRONT = range(3)
_SPARSE = np.uint8(DOT_BITS[0, 0] | DOT_BITS[2, 1])
"""What a band keeps of the dots in a cell: ⠡."""
_POINTS_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A polyline. `x` float64[n], ascending and finite; `y` any float[n], where NaN and infinities make gaps.

    `owner` says whose colour it has (0 or more); a faint curve lies behind every other one. `pattern` is a place in
    PATTERNS, which is gone through round and round. With `low`, as long as `y`, it is a band from there up to `y`, and
    faint behind all curves.
    """

    x: Values
    y: Values
    owner: int
    faint: bool = False
    pattern: int = 0
    low: Values | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Lines from point to point, in whatever direction they go. `x` and `y` are any float[n]; points that are not on
    the plane make gaps, and those outside the window leave no mark. `owner` and `faint` are as in Curve.
    """

    x: Values
    y: Values
    owner: int
    faint: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Columns of cells in which some point could not be drawn.

    `nan`, `above` and `below` are bool[width]; `below` holds -inf and, on a log axis, everything else that is not
    above 0. `over` and `under` int16[width] name the owner of a curve with a point past that edge of the window.
    """

    nan: Bools
    above: Bools
    below: Bools
    over: npt.NDArray[np.int16]
    under: npt.NDArray[np.int16]

    @classmethod
    def none(cls, width: int) -> Marks:
        """Nothing to mark in so many columns."""
        nan, above, below = (np.zeros(width, np.bool_) for _ in range(3))
        over, under = (np.full(width, NO_OWNER, np.int16) for _ in range(2))
        return cls(nan, above, below, over, under)


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """What the cells show: `codes` uint8[height, width], braille bits; `owners` int16, NO_OWNER in blank cells;
    `faint` bool, set where only faint curves pass; `marks` for the points that are not on the plane.
    """

    codes: npt.NDArray[np.uint8]
    owners: npt.NDArray[np.int16]
    faint: Bools
    marks: Marks


def rasterise(curves: Sequence[Curve | Path], window: Window, width: int, height: int) -> Raster:
    """Draw the curves, and then the paths, into `width` x `height` cells.

    Within a cell a plain curve replaces the faint ones, so that it stays crisp; plain curves add their dots, and
    the last one gives the colour. Lines that cross the window's edges are drawn up to them.
    """
    width, height = max(width, 0), max(height, 0)
    marks, layers = Marks.none(width), _Layers(width, height)
    if width and height:
        columns = Columns.of(window, 2 * width, 4 * height)
        functions = [curve for curve in curves if isinstance(curve, Curve)]
        layers.fill([curve for curve in functions if curve.low is not None], columns)
        for batch in _batches([curve for curve in functions if curve.low is None], 2 * width):
            traces = trace([(curve.x, curve.y) for curve in batch], columns)
            _mark(marks, batch, traces)
            layers.add(batch, traces, [_BEHIND if curve.faint else _FRONT for curve in batch])
        for path in (curve for curve in curves if isinstance(curve, Path)):
            dots = path_dots(path.x, path.y, window, 2 * width, 4 * height)
            layers.add_dots(dots, path.owner, _BEHIND if path.faint else _FRONT)
    return layers.raster(marks)


def _batches(curves: Sequence[Curve], columns: int) -> Iterator[list[Curve]]:
    """The curves in order, so many together that working on them all at once stays in the processor's cache."""
    most = max(1, PLACES_AT_ONCE // columns)
    batch: list[Curve] = []
    points = 0
    for curve in curves:
        if batch and (len(batch) == most or points + len(curve.x) > _POINTS_AT_ONCE):
            yield batch
            batch, points = [], 0
        batch.append(curve)
        points += len(curve.x)
    if batch:
        yield batch


def _mark(marks: Marks, curves: Sequence[Curve], traces: Traces) -> None:
    """Mark where these curves cannot be drawn."""
    for flags, seen in (
        (marks.nan, traces.undrawable.nan),
        (marks.above, traces.undrawable.above),
        (marks.below, traces.undrawable.below),
    ):
        flags |= seen.reshape(-1, 2).any(axis=1)
    owners = np.array([curve.owner for curve in curves], np.int16)
    for edge, past in ((marks.over, traces.over), (marks.under, traces.under)):
        if past.any():
            curve, column = np.nonzero(past)
            edge[column // 2] = owners[curve]


class _Layers:
    """The dots of many curves in three layers, one before the other; the last curve of a layer to touch a cell owns it
    there.
    """

    def __init__(self, width: int, height: int) -> None:
        self._owners = np.full((3, height, width), NO_OWNER, np.int16)
        # In each column the dots begin where the sum down to a row becomes positive, and end where it is 0 again.
        self._steps = np.zeros((3, 4 * height + 1, 2 * width), np.int64)

    def add(self, curves: Sequence[Curve], traces: Traces, layers: Sequence[int]) -> None:
        """Draw curves over those drawn before, each in a layer."""
        _, rows, columns = self._steps.shape
        top, bottom = np.maximum(traces.top, 0), np.minimum(traces.bottom, rows - 2)
        seen = (top <= bottom) & ~_left_out([curve.pattern for curve in curves], traces)
        curve, column = np.nonzero(seen)
        top, bottom = top[seen], bottom[seen]
        layer, owner = np.array(layers)[curve], np.array([curve.owner for curve in curves], np.int16)[curve]
        for step, row in ((1, top), (-1, bottom + 1)):
            places = (layer * rows + row) * columns + column
            self._steps += step * np.bincount(places, minlength=self._steps.size).reshape(self._steps.shape)
        self._own(layer, top // 4, bottom // 4, column // 2, owner)

    def _own(self, layer: Indices, first: Ints, last: Ints, column: Indices, owner: npt.NDArray[np.int16]) -> None:
        """Give stretches of cells, from a first to a last row of one column, to their owners, in order."""
        _, height, width = self._owners.shape
        sizes = last - first + 1
        ends = np.cumsum(sizes)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        starts = (layer * height + first) * width + column
        self._owners.reshape(-1)[np.repeat(starts, sizes) + within * width] = np.repeat(owner, sizes)

    def add_dots(self, dots: Bools, owner: int, layer: int) -> None:
        """Draw dots [4 * height, 2 * width] over those drawn before."""
        row, column = np.nonzero(dots)
        self._steps[layer, row, column] += 1
        self._steps[layer, row + 1, column] -= 1
        self._owners[layer, row // 4, column // 2] = owner

    def fill(self, bands: Sequence[Curve], columns: Columns) -> None:
        """Draw what lies between the bounds of bands, last of all layers."""
        if bands:
            traces = trace([(band.x, y) for band in bands for y in _bounds(band, columns.window)], columns)
            between = replace(traces.part(slice(0, None, 2)), top=traces.top[1::2])
            self.add(bands, between, [_BANDS] * len(bands))

    def raster(self, marks: Marks) -> Raster:
        """What is seen of all layers. Bands have only two dots a cell, so that they are seen to lie behind the rest."""
        shape = self._owners.shape
        dots = np.cumsum(self._steps, axis=1)[:, :-1] > 0
        codes = pack_dots(dots.reshape(dots.shape[0] * dots.shape[1], dots.shape[2])).reshape(shape)
        codes[_BANDS] &= _SPARSE
        drawn = codes != 0
        shown = np.where(drawn[_FRONT], _FRONT, np.where(drawn[_BEHIND], _BEHIND, _BANDS))[np.newaxis]
        seen = np.take_along_axis(codes, shown, axis=0)[0]
        owners = np.where(seen != 0, np.take_along_axis(self._owners, shown, axis=0)[0], NO_OWNER)
        return Raster(seen, owners, (seen != 0) & ~drawn[_FRONT], marks)


def _bounds(band: Curve, window: Window) -> tuple[Values, Values]:
    """The lower and the upper bound; where only the upper one is on a log axis the band reaches down to its edge."""
    low = band.y if band.low is None else band.low
    return np.where((low <= 0) & (band.y > 0), window.y0 / 2, low) if window.log_y else low, band.y


def _left_out(patterns: Sequence[int], traces: Traces) -> Bools:
    """Where curves have the gaps of their patterns [curves, columns]: only on lines that are not steep."""
    if not any(patterns):
        return np.zeros(traces.top.shape, np.bool_)
    columns = traces.top.shape[1]
    gaps = np.stack([_gaps(PATTERNS[pattern % len(PATTERNS)], columns) for pattern in patterns])
    return gaps & traces.through & (traces.bottom - traces.top < _STEEP)


def _gaps(pattern: Sequence[int], columns: int) -> Bools:
    """Which columns a pattern leaves out; one of one stretch leaves out none."""
    if len(pattern) < 2:
        return np.zeros(columns, np.bool_)
    period = np.repeat(np.arange(len(pattern)) % 2 == 1, pattern)
    return np.resize(period, columns)


def pattern_sample(pattern: int, cells: int) -> str:
    """A level line with a pattern in braille, for legends."""
    dots = np.zeros((4, 2 * cells), np.bool_)
    dots[1] = ~_gaps(PATTERNS[pattern % len(PATTERNS)], 2 * cells)
    return "".join(chr(BRAILLE.dots[code]) for code in pack_dots(dots)[0])


def pack_dots(dots: Bools) -> npt.NDArray[np.uint8]:
    """Braille bits uint8[h, w] of dots bool[4h, 2w]."""
    codes = np.zeros((dots.shape[0] // 4, dots.shape[1] // 2), np.uint8)
    for (row, column), bit in np.ndenumerate(DOT_BITS):
        codes |= dots[row::4, column::2] * bit
    return codes

"""A chart with axes, ticks, a cursor and marks for what cannot be drawn: data and a size become a canvas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from tui.render.canvas import Behind, Canvas, Part, curve_paint
from tui.render.cells import width as text_width
from tui.render.glyphs import BRAILLE, Glyphs
from tui.render.raster import NO_OWNER, Curve, Marks, Path, Raster, rasterise
from tui.render.text import printable
from tui.render.window import Window

# A tick is where it stands and what is written there.
Tick = tuple[float, str]

_LEAST_PLOT_WIDTH = 8
_LEAST_PLOT_HEIGHT = 2
_AXIS_ROWS = 2
_LOW_PLOT = 5
_LABEL_GAP = 2
_GRID_EVERY = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """One narrow character at a place in the plane, in the colour of a curve's owner, with something behind it."""

    x: float
    y: float
    character: str
    owner: int
    behind: Behind = Behind.NOTHING


class Flag(NamedTuple):
    """One narrow character at the upper edge, at an x; `severe` ones are drawn as warnings are, others as marks."""

    x: float
    character: str
    severe: bool


@dataclass(frozen=True, eq=False)
class ChartSpec:
    """What a chart shows. Without `y_ticks` there is no left axis, without `x_ticks` no lower one.

    The cursor, the other marked places and the ends of the `shaded` stretch are x values, `spots` places over the
    curves; what of them and of the `flags` is outside the window is left out. Of flags in one column the last is seen.
    """

    curves: Sequence[Curve | Path]
    window: Window
    x_ticks: Sequence[Tick] = ()
    y_ticks: Sequence[Tick] = ()
    cursor_x: float | None = None
    marks_x: Sequence[float] = ()
    shaded: tuple[float, float] | None = None
    spots: Sequence[Spot] = ()
    flags: Sequence[Flag] = ()
    grid: bool = True
    glyphs: Glyphs = BRAILLE


@dataclass(frozen=True, slots=True)
class PlotArea:
    """The cells inside the axes: the first column and row, and how many there are of each."""

    left: int
    top: int
    width: int
    height: int

    def x_at(self, column: int, window: Window) -> float | None:
        """The x in the middle of a chart's column, None beside the plot."""
        inside = column - self.left
        if not 0 <= inside < self.width:
            return None
        return float(window.x_at(2 * inside + 0.5, 2 * self.width))

    def column_of(self, x: float, window: Window) -> int | None:
        """The chart's column that shows `x`, None when it is outside the window."""
        if not window.x0 <= x <= window.x1 or not self.width:
            return None
        return self.left + _nearest(float(window.x_dots(x, 2 * self.width))) // 2

    def columns_of(self, first: float, last: float, window: Window) -> slice:
        """The chart's columns that show the stretch of x from `first` to `last`."""
        first, last = max(first, window.x0), min(last, window.x1)
        start, end = self.column_of(first, window), self.column_of(last, window)
        return slice(0) if first > last or start is None or end is None else slice(start, end + 1)

    def row_of(self, y: float, window: Window) -> int | None:
        """The chart's row that shows `y`, None when it is outside the window."""
        dot = float(window.y_dots(y, 4 * self.height))
        if np.isnan(dot) or not 0 <= _nearest(dot) < 4 * self.height:
            return None
        return self.top + _nearest(dot) // 4


def plot_area(spec: ChartSpec, width: int, height: int) -> PlotArea:
    """Where the curves are in a chart of this size. An axis that would leave too little room is dropped."""
    width, height = max(width, 0), max(height, 0)
    gutter = max((label_cells(label) for _, label in spec.y_ticks), default=-1) + 1
    if width - gutter < max(_LEAST_PLOT_WIDTH, width // 3):
        gutter = 0
    below = _AXIS_ROWS if spec.x_ticks and height >= _LEAST_PLOT_HEIGHT + _AXIS_ROWS else 0
    return PlotArea(gutter, 0, width - gutter, height - below)


def draw_chart(spec: ChartSpec, width: int, height: int, raster: Raster | None = None) -> Canvas:
    """The whole chart in `width` x `height` cells, whatever they are; too small for axes it is curves only.

    `raster` spares drawing the curves again: that of a chart of this size with the same curves and window, of which
    only the cursor or the marks moved (`plot_area` says how large it is).
    """
    canvas = Canvas(width, height)
    area = plot_area(spec, width, height)
    if not area.width or not area.height:
        return canvas
    y_rows = dict(_y_labels(spec, area))
    if spec.grid:
        _draw_grid(canvas, spec, area, y_rows)
    marks = [column for x in spec.marks_x if (column := area.column_of(x, spec.window)) is not None]
    cursor = None if spec.cursor_x is None else area.column_of(spec.cursor_x, spec.window)
    for column in marks:
        _draw_vertical(canvas, area, column, spec.glyphs.mark, Part.MARK)
    if cursor is not None:
        _draw_vertical(canvas, area, cursor, spec.glyphs.cursor, Part.CURSOR)
    raster = raster or rasterise(spec.curves, spec.window, area.width, area.height)
    canvas.draw(raster, area.left, area.top, spec.glyphs)
    if area.left:
        _draw_y_axis(canvas, spec, area, y_rows)
    if area.height < canvas.height:
        draw_x_axis(canvas, spec.x_ticks, spec.window, area, spec.glyphs)
    _draw_undrawable(canvas, spec, area, raster.marks)
    _draw_feet(canvas, spec, area, marks, cursor)
    _draw_spots(canvas, spec, area)
    for flag in spec.flags:
        if (column := area.column_of(flag.x, spec.window)) is not None:
            canvas.put(area.top, column, flag.character, Part.WARNING if flag.severe else Part.MARK)
    return canvas


def _draw_spots(canvas: Canvas, spec: ChartSpec, area: PlotArea) -> None:
    for spot in spec.spots:
        column, row = area.column_of(spot.x, spec.window), area.row_of(spot.y, spec.window)
        if column is not None and row is not None:
            canvas.put(row, column, spot.character, curve_paint(spot.owner))
            canvas.put_behind(spot.behind, slice(column, column + 1), slice(row, row + 1))


def _draw_feet(canvas: Canvas, spec: ChartSpec, area: PlotArea, marks: Sequence[int], cursor: int | None) -> None:
    """Where the marked places and the cursor meet the axis, and what is behind them."""
    rows = slice(area.top, area.top + area.height)
    if spec.shaded is not None:
        canvas.put_behind(Behind.SHADE, area.columns_of(*spec.shaded, spec.window), rows)
    if cursor is not None:
        canvas.put_behind(Behind.HIGHLIGHT, slice(cursor, cursor + 1), rows)
    if area.height < canvas.height:
        for column in marks:
            canvas.put(area.height, column, spec.glyphs.cursor_foot, Part.MARK)
        if cursor is not None:
            canvas.put(area.height, cursor, spec.glyphs.cursor_foot, Part.CURSOR)


def _y_labels(spec: ChartSpec, area: PlotArea) -> Iterator[tuple[int, str]]:
    """The rows that have a label; of two ticks in one row the first stays, of two in neighbouring rows only where the
    plot is so low that there would be one label at most.
    """
    used: list[int] = []
    apart = 2 if area.height > _LOW_PLOT else 1
    for value, label in spec.y_ticks:
        row = area.row_of(value, spec.window)
        if row is not None and all(abs(row - other) >= apart for other in used):
            used.append(row)
            yield row, label


def _draw_grid(canvas: Canvas, spec: ChartSpec, area: PlotArea, y_rows: dict[int, str]) -> None:
    for row in y_rows:
        for column in range(area.left + _GRID_EVERY - 1, area.left + area.width, _GRID_EVERY):
            canvas.put(row, column, spec.glyphs.grid, Part.GRID)


def _draw_vertical(canvas: Canvas, area: PlotArea, column: int, character: str, part: Part) -> None:
    for row in range(area.top, area.top + area.height):
        canvas.put(row, column, character, part)


def _draw_y_axis(canvas: Canvas, spec: ChartSpec, area: PlotArea, y_rows: dict[int, str]) -> None:
    axis = area.left - 1
    for row in range(area.top, area.top + area.height):
        label = y_rows.get(row)
        canvas.put(row, axis, spec.glyphs.vertical if label is None else spec.glyphs.tick_left, Part.AXIS)
        if label is not None:
            canvas.write(row, axis - label_cells(label), label, Part.LABEL)


def draw_x_axis(canvas: Canvas, ticks: Sequence[Tick], window: Window, area: PlotArea, glyphs: Glyphs) -> None:
    """The axis line in the row below `area`, the ticks' labels in the row below that."""
    row = area.top + area.height
    for column in range(area.left, area.left + area.width):
        canvas.put(row, column, glyphs.horizontal, Part.AXIS)
    if area.left:
        canvas.put(row, area.left - 1, glyphs.corner, Part.AXIS)
    for column, start, label in _x_labels(ticks, window, area, canvas.width):
        canvas.put(row, column, glyphs.tick_below, Part.AXIS)
        canvas.write(row + 1, start, label, Part.LABEL)


def _x_labels(ticks: Sequence[Tick], window: Window, area: PlotArea, width: int) -> list[tuple[int, int, str]]:
    """(tick column, first cell, label) of the labels to write: every one, or every second, ... until they fit."""
    places = []
    for value, label in ticks:
        column, size = area.column_of(value, window), label_cells(label)
        if column is not None and label and size <= width:
            places.append((column, min(max(column - size // 2, 0), width - size), label))
    for stride in range(1, len(places) + 1):
        kept = places[::stride]
        if all(start + label_cells(label) + _LABEL_GAP <= after for (_, start, label), (_, after, _) in pairwise(kept)):
            return kept
    return []


def _draw_undrawable(canvas: Canvas, spec: ChartSpec, area: PlotArea, marks: Marks) -> None:
    """Say where points are missing: NaN on the lower axis (or in the last row), infinities at the plot's edges.

    So are points past the edges, in the colours of their curves.
    """
    last = area.top + area.height - 1
    for owners, row, character in ((marks.over, area.top, spec.glyphs.above), (marks.under, last, spec.glyphs.below)):
        for column in np.flatnonzero(owners != NO_OWNER).tolist():
            canvas.put(row, area.left + column, character, curve_paint(int(owners[column])))
    places = (
        (marks.above, area.top, spec.glyphs.above),
        (marks.below, last, spec.glyphs.below),
        (marks.nan, min(last + 1, canvas.height - 1), spec.glyphs.nan),
    )
    for where, row, character in places:
        for column in np.flatnonzero(where).tolist():
            canvas.put(row, area.left + column, character, Part.WARNING)


def label_cells(label: str) -> int:
    """How wide a label is on a canvas."""
    return text_width(printable(label))


def _nearest(dot: float) -> int:
    return int(np.floor(dot + 0.5))

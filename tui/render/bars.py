"""A histogram as bars with axes, a level of an eighth of a row; several ones as outlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui.render.canvas import Behind, Canvas, Part, curve_paint
from tui.render.chart import ChartSpec, PlotArea, Tick, draw_chart, plot_area
from tui.render.raster import Curve
from tui.render.window import Floats, Window

_EIGHTHS = np.array([ord(sign) for sign in " ▁▂▃▄▅▆▇█"], np.uint32)
_FULL, _HATCH = 8, "▒"


@dataclass(frozen=True, slots=True, eq=False)
class BarsSpec:
    """What to draw: `heights` float64[bins] each, finite and 0 or more, over the bins between `edges` [bins + 1].

    One histogram is drawn as bars, several as outlines, the i-th as the curve of owner i; with `patterns` each has
    one of its own, which tells them apart without colours. So does `hatched` with the bar that is pointed at.
    `top` is the height of the plot, above 0. `cursor` is the bin that is pointed at.
    """

    heights: Sequence[Floats]
    edges: Floats
    top: float
    x_ticks: Sequence[Tick] = ()
    y_ticks: Sequence[Tick] = ()
    cursor: int | None = None
    patterns: bool = False
    hatched: bool = False


def bars_area(spec: BarsSpec, width: int, height: int) -> PlotArea:
    """Where the bars are in a canvas of this size."""
    return plot_area(_chart(spec), width, height)


def bin_columns(bins: int, area: PlotArea) -> list[int]:
    """The first column of each bin, and where the last one ends; narrow plots leave bins without a column."""
    return [area.left + round(place) for place in np.linspace(0, area.width, bins + 1).tolist()]


def bin_at(column: int, bins: int, area: PlotArea) -> int | None:
    """The bin that a column shows, None beside the plot."""
    if not area.left <= column < area.left + area.width:
        return None
    return min(int(np.searchsorted(bin_columns(bins, area), column, side="right")) - 1, bins - 1)


def draw_bars(spec: BarsSpec, width: int, height: int) -> Canvas:
    """The bars in `width` x `height` cells, whatever they are."""
    chart = _chart(spec)
    canvas = draw_chart(chart, width, height)
    area = plot_area(chart, width, height)
    if not (area.width and area.height):
        return canvas
    columns = bin_columns(len(spec.edges) - 1, area)
    if len(spec.heights) == 1:
        _fill(canvas, spec, area, columns)
    if spec.cursor is not None:
        _point_at(canvas, spec, spec.cursor, area, columns)
    return canvas


def _chart(spec: BarsSpec) -> ChartSpec:
    window = Window(float(spec.edges[0]), float(spec.edges[-1]), 0.0, spec.top)
    outlines = [
        Curve(np.repeat(spec.edges, 2)[1:-1], np.repeat(heights, 2), owner, pattern=owner * spec.patterns)
        for owner, heights in enumerate(spec.heights)
    ]
    return ChartSpec(outlines if len(outlines) > 1 else (), window, spec.x_ticks, spec.y_ticks)


def _fill(canvas: Canvas, spec: BarsSpec, area: PlotArea, columns: Sequence[int]) -> None:
    """Bars up from the lower axis; the least count is seen, and the bar that is pointed at stands out."""
    heights, bins = spec.heights[0], np.repeat(np.arange(len(columns) - 1), np.diff(columns))
    eighths = np.clip(np.ceil(heights / spec.top * area.height * 8 - 1e-9), heights > 0, area.height * 8)
    above = 8 * np.arange(area.height - 1, -1, -1)[:, np.newaxis]
    levels = np.clip(eighths[bins].astype(np.int64) - above, 0, 8)
    inside = np.s_[area.top : area.top + area.height, area.left : area.left + area.width]
    paints = np.where(bins == spec.cursor, int(Part.CURSOR), curve_paint(0))
    signs = np.where(spec.hatched & (bins == spec.cursor) & (levels == _FULL), ord(_HATCH), _EIGHTHS[levels])
    canvas.chars[inside] = np.where(levels > 0, signs, canvas.chars[inside])
    canvas.paints[inside] = np.where(levels > 0, paints, canvas.paints[inside])


def _point_at(canvas: Canvas, spec: BarsSpec, cursor: int, area: PlotArea, columns: Sequence[int]) -> None:
    start = columns[cursor]
    stretch = slice(start, max(columns[cursor + 1], start + 1))
    if len(spec.heights) > 1 or not spec.hatched:  # of few colours what is behind would swallow the bar
        canvas.put_behind(Behind.HIGHLIGHT, stretch, slice(area.top, area.top + area.height))
    if area.height < canvas.height:
        for column in range(stretch.start, min(stretch.stop, canvas.width)):
            canvas.put(area.top + area.height, column, "▴", int(Part.CURSOR))

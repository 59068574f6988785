"""One channel of a sound as a waveform, and the axis of seconds under several of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.render.canvas import Canvas, Part
from tui.render.chart import ChartSpec, PlotArea, Tick, draw_chart, draw_x_axis, plot_area
from tui.render.glyphs import BRAILLE
from tui.render.numbers import number
from tui.render.raster import Curve
from tui.render.window import Window

AXIS_ROWS = 2
_LABELLED = 5
"""Rows from which on the greatest and the least value are written beside a waveform."""


@dataclass(frozen=True, eq=False)
class Lane:
    """A channel: seconds `x` float64[n] and values `y`, in colour `owner`; `clipped` are the seconds where it clips.

    `name` is what it is called at its middle line.
    """

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float32]
    clipped: npt.NDArray[np.float64]
    owner: int = 0
    name: str = "0"


def gutter_cells(limit: float) -> int:
    """How wide the labels beside waveforms from -limit to limit are."""
    return max(len(number(limit)), len(number(-limit)))


def draw_lane(
    lane: Lane, window: Window, width: int, height: int, cursor: float | None = None, marks: Sequence[float] = ()
) -> Canvas:
    """The waveform in `width` x `height` cells, with a mark over the columns that clip."""
    spec = ChartSpec(
        [Curve(lane.x, lane.y, lane.owner)],
        window,
        y_ticks=_labels(lane.name, window, height),
        cursor_x=cursor,
        marks_x=marks,
        grid=False,
    )
    canvas = draw_chart(spec, width, height)
    area = plot_area(spec, width, height)
    inside = lane.clipped[(lane.clipped >= window.x0) & (lane.clipped <= window.x1)]
    if area.width and len(inside):
        columns = np.floor(window.x_dots(inside, 2 * area.width) + 0.5).astype(np.int64) // 2
        for column in np.unique(columns).tolist():
            canvas.put(area.top, area.left + column, BRAILLE.above, Part.WARNING)
    return canvas


def _labels(name: str, window: Window, height: int) -> list[Tick]:
    """Labels of one width, so that the waveforms stand under one another."""
    cells = gutter_cells(window.y1)
    ends = [(value, number(value).rjust(cells)) for value in (window.y1, window.y0)] if height >= _LABELLED else []
    return [*ends, (0.0, name.rjust(cells))]


def draw_seconds(ticks: Sequence[Tick], window: Window, width: int) -> Canvas:
    """The axis under waveforms of this width."""
    canvas = Canvas(width, AXIS_ROWS)
    area = lane_area(window, width)
    draw_x_axis(canvas, ticks, window, PlotArea(area.left, 0, area.width, 0), BRAILLE)
    return canvas


def lane_area(window: Window, width: int) -> PlotArea:
    """Where a waveform's columns are in `width` cells."""
    return plot_area(ChartSpec((), window, y_ticks=_labels("", window, _LABELLED)), width, _LABELLED)

"""Ticks of the scalar chart: which kind of tick each axis wants, and how many fit."""

from __future__ import annotations

from tui.analysis.ticks import log_ticks, ticks
from tui.analysis.time_ticks import clock_ticks, duration_ticks
from tui.analysis.x_axis import XAxis
from tui.app.choices import Fit
from tui.app.selection import Selection
from tui.render.chart import Tick
from tui.render.numbers import clock, count, duration
from tui.render.window import Window

_ROWS_A_TICK = 4
_CELLS_A_TICK = 14


def x_text(x: float, selection: Selection) -> str:
    """A place on the x axis, in few characters; the day of a wall time is left out."""
    if selection.fit is Fit.PROGRESS:
        return f"{x:.0%}"
    match selection.axis:
        case XAxis.STEP:
            return count(x)
        case XAxis.RELATIVE:
            return duration(x)
        case XAxis.WALL:
            return clock(x)


def x_ticks(window: Window, selection: Selection, width: int) -> list[Tick]:
    """Ticks below a plot `width` cells wide; in percent where each run goes from 0 to 1."""
    most = max(2, width // _CELLS_A_TICK)
    if selection.fit is Fit.PROGRESS:
        percents = ticks(window.x0 * 100, window.x1 * 100, most)
        return [(tick.value / 100, f"{tick.label}%") for tick in percents]
    match selection.axis:
        case XAxis.STEP:
            made = ticks(window.x0, window.x1, most, whole=True)
        case XAxis.RELATIVE:
            made = duration_ticks(window.x0, window.x1, most)
        case XAxis.WALL:
            made = clock_ticks(window.x0, window.x1, most)
    return [(tick.value, tick.label) for tick in made]


def y_ticks(window: Window, height: int) -> list[Tick]:
    """Ticks beside a plot `height` rows high."""
    most = max(2, height // _ROWS_A_TICK + 1)
    make = log_ticks if window.log_y else ticks
    return [(tick.value, tick.label) for tick in make(window.y0, window.y1, most)]

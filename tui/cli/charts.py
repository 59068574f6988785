"""Charts for commands that print or write them: which runs are drawn, their curves and window, and what is left out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.analysis.outliers import inner_range
from tui.analysis.statistics import Extremes, Goal, extremes, goal
from tui.analysis.x_axis import XAxis
from tui.app.axes import x_ticks, y_ticks
from tui.app.catalog import tag_labels
from tui.app.curves import RunCurve, prepare
from tui.app.selection import Selection
from tui.render.chart import Tick
from tui.render.numbers import plural
from tui.render.palette import RunStyle, assign
from tui.render.polyline import Polyline, polyline
from tui.render.window import Window, fit_window
from tui.store.snapshot import RunSummary, ScalarSeries

X_LABELS = {XAxis.STEP: "step", XAxis.RELATIVE: "time since the run's first point", XAxis.WALL: "local time"}


@dataclass(frozen=True, slots=True)
class View:
    """How curves are shown: the quantity along x, TensorBoard's smoothing 0..1, a logarithmic y axis; `outliers`
    stretch the y axis, or else lie beyond it by TensorBoard's rule.
    """

    axis: XAxis = XAxis.STEP
    weight: float = 0.0
    log_y: bool = False
    outliers: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ChartLine:
    """One run's curve of a tag, and how it is told apart. `label` names the tag where there are several, else is "".

    `timeless` counts its points that are not in the curve, having no finite wall time.
    """

    curve: RunCurve
    label: str
    style: RunStyle
    extremes: Extremes | None
    timeless: int = 0

    @property
    def last(self) -> float:
        """The value of the point with the largest x, NaN where there is none."""
        return float(self.curve.values[-1]) if len(self.curve.x) else math.nan


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """Lines in a window; None where there is no point that can be drawn. `left_out` says which runs are not shown."""

    title: str
    lines: tuple[ChartLine, ...]
    window: Window | None
    view: View
    left_out: str
    goal: Goal | None

    def x_ticks(self, cells: int) -> list[Tick]:
        """Ticks below a plot so many cells wide, by their shares 0..1 of it."""
        if (window := self.window) is None:
            return []
        made = x_ticks(window, Selection(axis=self.view.axis), cells)
        return [(float(window.x_dots(value, 2)), label) for value, label in made]

    def y_ticks(self, rows: int) -> list[Tick]:
        """Ticks beside a plot so many rows high, by their shares 0..1 of it from below."""
        if (window := self.window) is None:
            return []
        return [(1.0 - float(window.y_dots(value, 2)), label) for value, label in y_ticks(window, rows)]

    def shape(self, line: ChartLine, columns: int, *, raw: bool) -> Polyline:
        """A line, smoothed or `raw`, as it is drawn in so many columns; nothing of it without a window."""
        if self.window is None:
            return polyline(line.curve.x[:0], line.curve.values[:0], Window(0, 1, 0, 1), 1)
        return polyline(line.curve.x, line.curve.values if raw else line.curve.smoothed, self.window, columns)

    def why_empty(self) -> str:
        """What to say where there is no window."""
        if self.view.log_y and any(np.isfinite(line.curve.values).any() for line in self.lines):
            return "no value above 0 to draw on a logarithmic axis"
        if any(len(line.curve.x) for line in self.lines):
            return "every value is NaN or infinite"
        return "no point has a wall time; by step it can be drawn" if self._timeless else "no points"

    @property
    def _timeless(self) -> int:
        """Points that have no place on an axis of time."""
        return sum(line.timeless for line in self.lines)

    def notes(self, *, briefly: bool = False) -> list[str]:
        """What is not as it was logged, in a few words each. `briefly`: without what all charts of a view have."""
        raw = [self.shape(line, 1, raw=True) for line in self.lines]
        undrawn, beyond = sum(one.undrawn for one in raw), sum(one.beyond for one in raw)
        notes = [self.left_out] if self.left_out else []
        if not briefly:
            notes += [f"smoothed {self.view.weight:g}"] if self.view.weight else []
            notes += ["logarithmic y"] if self.view.log_y else []
        if timeless := self._timeless:
            notes.append(f"{plural(timeless, 'point')} without a wall time: not drawn")
        if undrawn:
            what = "NaN, infinite or not above 0" if self.view.log_y else "NaN or infinite"
            notes.append(f"{plural(undrawn, 'point')} {what}: not drawn")
        if beyond:
            notes.append(f"{plural(beyond, 'outlier')} beyond the y axis")
        if old := sum(line.curve.superseded for line in self.lines):
            notes.append(f"{plural(old, 'superseded point')} left out")
        return notes


def chart_of(
    title: str, series: Sequence[ScalarSeries], styles: Mapping[str, RunStyle], view: View, left_out: str
) -> Chart:
    """The chart of some series, each in the style of its run; in one of its own where there are several tags."""
    tags = list(dict.fromkeys(one.key.tag for one in series))
    labels = tag_labels(tags) if len(tags) > 1 else {}
    own = assign(f"{one.key.run}\n{one.key.tag}" for one in series)
    lines = []
    for one in series:
        curve = prepare(one, view.axis, view.weight)
        style = own[f"{one.key.run}\n{one.key.tag}"] if labels else styles[one.key.run]
        timeless = len(one.steps) - curve.superseded - len(curve.x)
        ends = extremes(curve.values, curve.steps)
        lines.append(ChartLine(curve, labels.get(one.key.tag, ""), style, ends, timeless))
    drawn = [(line.curve.x, values) for line in lines for values in (line.curve.values, line.curve.smoothed)]
    goals = {goal(tag) for tag in tags}
    window = fit_window(drawn, log_y=view.log_y)
    if window is not None and not view.outliers:
        window = _without_outliers(window, [line.curve.values for line in lines])
    return Chart(title, tuple(lines), window, view, left_out, goals.pop() if len(goals) == 1 else None)


def _without_outliers(window: Window, values: Sequence[npt.NDArray[np.floating[Any]]]) -> Window:
    """The window, less high where that leaves most of it to most of the points."""
    inner = inner_range(values, log=window.log_y)
    if inner is None:
        return window
    low, high = max(window.y0, inner[0]), min(window.y1, inner[1])
    return replace(window, y0=low, y1=high) if low < high else window


def choose_runs(series: Sequence[ScalarSeries], runs: Mapping[str, RunSummary], most: int) -> tuple[list[str], str]:
    """At most so many of the runs of some series, in the order of all runs, and what to say of the others.

    They are the best by the first tag that tells what is better; without one those with the newest events.
    """
    names = {one.key.run for one in series}
    in_order = [run for run in runs if run in names]
    if len(in_order) <= most:
        return in_order, ""
    tag = next((one.key.tag for one in series if goal(one.key.tag) is not None), None)
    rank = _newest(runs) if tag is None else _best(series, tag)
    chosen = set(sorted(in_order, key=lambda run: rank.get(run, math.inf))[:most])
    which = "newest" if tag is None else "best"
    return [run for run in in_order if run in chosen], f"the {most} {which} of {len(in_order)} runs"


def _newest(runs: Mapping[str, RunSummary]) -> dict[str, float]:
    return {name: -run.last_wall_time for name, run in runs.items() if run.last_wall_time is not None}


def _best(series: Sequence[ScalarSeries], tag: str) -> dict[str, float]:
    """The best value of each run, negative where more is better."""
    found: dict[str, float] = {}
    for one in (one for one in series if one.key.tag == tag):
        current = one.current()
        if (ends := extremes(current.values, current.steps)) is not None:
            found[one.key.run] = ends.min if goal(tag) == "min" else -ends.max
    return found

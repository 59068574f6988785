"""The table under the full chart, which is also its legend: a row a curve, with as many columns as fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from tui.analysis.comparison import Difference
from tui.analysis.x_axis import XAxis
from tui.app.catalog import tag_labels
from tui.app.choices import Fit
from tui.app.parts import Part
from tui.app.plot import Plot
from tui.app.readouts import Reading, ranked, reading
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.theme import Look
from tui.render.cells import fit, fit_distinct, width
from tui.render.numbers import clock, count, duration, number, percent, plural
from tui.render.raster import pattern_sample
from tui.render.strips import row_strip
from tui.render.text import printable

_LONG_STEP, _LONG_PLACE = 10**9, 10**8
_NAME_LEAST, _NAME_ENOUGH, _TAG_LEAST, _SAMPLE = 8, 16, 6, 5
_MARGIN = 4


@dataclass(frozen=True, slots=True)
class _Column:
    """A heading, how many cells it has, how early it is given up (the highest first), and what a row has there."""

    heading: str
    cells: int
    rank: int
    text: Callable[[Reading], str]
    plain: bool = True


class ReadoutTable:
    """Draws readings as rows; columns that do not fit a narrow pane are left out, the run's name and value never."""

    def __init__(self, shared: Shared, look: Look, plot: Plot, selection: Selection) -> None:
        self._shared = shared
        self._look = look
        self._plot = plot
        self._selection = selection
        self._ranked = ranked(plot, selection)
        labels = tag_labels(plot.tags) if len(plot.tags) > 1 else {}
        self._tags = {tag: printable(label) for tag, label in labels.items()}

    def strips(self, cells: int, rows: int, undrawn: int = 0, *, head: bool) -> list[Strip]:
        """At most `rows` lines after the heading; the last one says how many are left out, `undrawn` ones too."""
        left_out = len(self._ranked) - rows
        shown = self._ranked if left_out <= 0 else self._ranked[: max(rows - 1, 1)]
        names = [self._shared.runs.name(at.run) for _, at in shown]
        runs, tags, columns = self._widths(max(map(width, names), default=0), cells)
        tag_names = fit_distinct(set(self._tags.values()), tags)
        lines = [self._head(columns, runs, tags, cells)] if head else []
        for curve, at in shown:
            lines.append(self._row(reading(curve, at, self._plot, self._selection), columns, runs, tag_names, cells))
        if left_out > 0 and rows > 1:
            noun = "more curve" if self._tags else "more run"
            also = f", and {plural(undrawn, 'run')} not drawn" if undrawn else ""
            text = fit(f"   and {plural(len(self._ranked) - len(shown), noun)}{also}", cells)
            lines.append(row_strip([(text, self._look.dim)], cells, self._look.text))
        return lines

    def _widths(self, longest_run: int, cells: int) -> tuple[int, int, list[_Column]]:
        """Cells of the runs' names, of the tags' without their samples (0 without tags), and the columns that fit."""
        tag = max(map(width, self._tags.values()), default=0)
        fixed = _MARGIN + (_SAMPLE + 2 if self._tags else 0)
        least = fixed + min(max(longest_run, _NAME_LEAST), _NAME_ENOUGH) + min(tag, _TAG_LEAST)
        columns, kept = self._columns(), list[_Column]()
        for column in sorted(columns, key=lambda column: column.rank):
            if kept and least + sum(c.cells for c in kept) + column.cells > cells:
                break
            kept.append(column)
        left = cells - fixed - sum(column.cells for column in kept)
        tags = min(tag, max(_TAG_LEAST, left - longest_run)) if self._tags else 0
        runs = min(max(longest_run, _NAME_LEAST), max(_NAME_LEAST, left - tags))
        return runs, tags, [column for column in columns if column in kept]

    def _columns(self) -> list[_Column]:
        """All columns that have something to tell, in order."""
        s, columns = self._selection, []
        if s.smoothing_weight > 0:
            columns.append(_Column("smoothed", 11, 2, lambda r: "outline" if r.at.outline else number(r.at.smoothed)))
        columns.append(_Column("value", 11, 0, lambda r: number(r.at.value)))
        if any(curve.band is not None for curve in self._plot.curves):
            columns.append(_Column("band", 24, 4, _band))
        if any(curve.band is not None and curve.band.members for curve in self._plot.curves):
            columns.append(_Column("n", 5, 2, lambda r: "" if r.at.spread is None else str(r.at.spread[2])))
        if s.baseline is not None:
            columns.append(_Column("Δ baseline", 12, 3, _to_baseline))
            columns.append(_Column("Δ %", 8, 3, lambda r: _fraction(r.to_baseline)))
        if s.mark is not None:
            columns += self._range_columns(s.mark)
        columns.append(_Column("step", 11, 1, lambda r: _step(r.at.step), plain=False))
        columns.append(_Column("wall time", 21, 7, lambda r: self._clock(r.at.wall_time), plain=False))
        columns.append(_Column("relative", 10, 6, lambda r: _duration(r.at.relative), plain=False))
        return columns

    def _range_columns(self, mark: float) -> list[_Column]:
        per = "slope/1k" if self._selection.axis is XAxis.STEP else "slope/h"
        return [
            _Column(f"Δ@{self._place(mark)}", 12, 3, lambda r: _by(r.to_mark)),
            _Column("min", 11, 4, lambda r: _over(r, "min")),
            _Column("max", 11, 4, lambda r: _over(r, "max")),
            _Column("mean", 11, 4, lambda r: _over(r, "mean")),
            _Column(per, 11, 4, lambda r: _over(r, "slope")),
            _Column("points", 8, 5, _points, plain=False),
        ]

    def _place(self, x: float) -> str:
        """A place on the x axis, in a few cells."""
        if self._selection.fit is Fit.PROGRESS:
            return percent(x)
        match self._selection.axis:
            case XAxis.STEP:
                return f"{x:.0f}" if abs(x) < _LONG_PLACE else count(x)
            case XAxis.RELATIVE:
                return duration(x)
            case XAxis.WALL:
                return clock(x)

    def _clock(self, wall_time: float) -> str:
        return clock(wall_time, now=self._shared.clock()) if math.isfinite(wall_time) else "?"

    def _head(self, columns: Sequence[_Column], runs: int, tags: int, cells: int) -> Strip:
        text = f"   {fit('run', runs)}" + (f" {fit('tag', tags + _SAMPLE + 1)}" if self._tags else "")
        text += "".join(fit(column.heading, column.cells, align="right") for column in columns)
        return row_strip([(text, self._look.dim)], cells, self._look.text)

    def _row(self, r: Reading, columns: Sequence[_Column], runs: int, tags: dict[str, str], cells: int) -> Strip:
        look, at = self._look, r.at
        style = self._shared.runs.style(at.run, look)
        parts: list[Part] = [
            (f" {self._shared.runs.mark(at.run)} ", style),
            (self._shared.runs.fitted(at.run, runs), look.text),
        ]
        if self._tags:
            sample = pattern_sample(self._plot.tags.index(at.tag), _SAMPLE)
            parts += [(f" {sample} ", style), (tags[self._tags[at.tag]], look.text)]
        parts += [(fit(c.text(r), c.cells, align="right"), self._style(c, r)) for c in columns]
        return row_strip(parts, cells, look.text)

    def _style(self, column: _Column, r: Reading) -> Style:
        look = self._look
        if r.at.beyond:
            return look.faint
        if not column.plain:
            return look.dim
        return look.error if column.text(r) in ("NaN", "inf", "-inf") else look.text


def _band(r: Reading) -> str:
    return "" if r.at.spread is None else f"{number(r.at.spread[0])} … {number(r.at.spread[1])}"


def _to_baseline(r: Reading) -> str:
    return "baseline" if r.is_baseline else _by(r.to_baseline)


def _by(found: Difference | None) -> str:
    return "" if found is None else _signed(found.value)


def _fraction(found: Difference | None) -> str:
    return "" if found is None else f"{'+' if found.fraction > 0 else ''}{percent(found.fraction)}"


def _over(r: Reading, name: str) -> str:
    """A statistic of the range; nothing where the range has no value."""
    if r.over is None or not r.over.points:
        return ""
    value = float(getattr(r.over, name))
    return "" if math.isnan(value) else _signed(value) if name == "slope" else number(value)


def _points(r: Reading) -> str:
    if r.over is None:
        return ""
    return count(r.over.points) + (f"+{count(r.over.bad)}!" if r.over.bad else "")


def _signed(value: float) -> str:
    return f"+{number(value)}" if value > 0 else number(value)


def _step(step: int) -> str:
    return str(step) if abs(step) < _LONG_STEP else number(step)


def _duration(seconds: float) -> str:
    return duration(seconds) if math.isfinite(seconds) else "?"

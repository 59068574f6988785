"""The rows density of scalars: sparkline, last value, trend, extreme and best run of every tag."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rich.style import Style
from textual.strip import Strip

from tui.analysis.statistics import Best, best_run, goal
from tui.app.parts import Part, pane_title
from tui.app.row_columns import RowColumns, RowTexts
from tui.app.shared import Facts
from tui.app.widgets.tag_rows import Line, TagRows
from tui.model import SeriesKey
from tui.render.cells import fit, width
from tui.render.numbers import count, number, percent
from tui.render.sparkline import Spark
from tui.render.strips import row_strip

_ARROWS = {"up": "↑", "down": "↓", "flat": "→"}
_HEADINGS = RowTexts("last", "trend", "min or max", "  best", "")
_LABEL_EXTRA = 5
_RIGHT_MARGIN = 1


class ScalarRows(TagRows):
    """All scalar tags of the visible runs."""

    def series_keys(self) -> Iterable[SeriesKey]:
        return self.snapshot.scalars

    def _columns(self, cells: int) -> RowColumns:
        longest_run = self.longest_run if len(self.runs) > 1 else 0
        return RowColumns.fitting(cells - _LABEL_EXTRA - _RIGHT_MARGIN, self.longest_name, longest_run)

    def heading(self, width: int) -> list[Strip]:
        look, columns = self.look, self._columns(width)
        before = columns.name + _LABEL_EXTRA + columns.spark
        title = pane_title("Tags", len(self.tags), len(self.keys), self.selection.tags_filter, self.has_focus, look)
        parts = _over(title, self._focused_parts(columns), columns.name + _LABEL_EXTRA - 2, before, look.text)
        heads = [(text, look.dim) for text in columns.cells(_HEADINGS)]
        return [row_strip([*parts, *heads], width, look.text)]

    def _focused_parts(self, columns: RowColumns) -> list[Part]:
        """The run that the sparklines show."""
        run = self.focused_run
        if run is None:
            return []
        text = fit(f"{self.shared.runs.mark(run)} {self.shared.runs.name(run)}", columns.spark + 2, keep="both")
        return [(text, self.shared.runs.style(run, self.look))]

    def tag_parts(self, line: Line, width: int) -> list[Part]:
        columns, key = self._columns(width), self.key_of(line)
        series = self.snapshot.scalars[key].current()
        facts, best = self.shared.facts.of(series), self._best(line)
        colour = self.shared.runs.style(key.run, self.look)
        parts = self.label_parts(line, key.run, columns.name)
        parts += self._spark_parts(self.shared.sparks.of(series, columns.spark), colour)
        texts = columns.cells(row_texts(facts, key.tag, best, self.shared.runs.name(best.run) if best else ""))
        return [*parts, *zip(texts, self._styles(facts, best), strict=True)]

    def _styles(self, facts: Facts, best: Best | None) -> list[Style]:
        look = self.look
        last = look.text if math.isfinite(facts.last) else look.error
        best_style = self.shared.runs.style(best.run, look) if best else look.dim
        return [last, look.dim, look.dim, best_style, look.text]

    def _best(self, line: Line) -> Best | None:
        """The best visible run of a tag; None with fewer than two to choose from, and on other runs' lines."""
        keys = self.keys[line.tag or ""]
        if len(keys) < 2:
            return None
        known = {key.run: self.shared.facts.of(self.snapshot.scalars[key].current()).extremes for key in keys}
        best = best_run(known, goal(line.tag or ""))
        return best if best and line.run in (None, best.run) else None

    def _spark_parts(self, spark: Spark, style: Style) -> list[Part]:
        if not spark.bad:
            return [(spark.text, style)]
        bad = set(spark.bad)
        return [(cell, self.look.error if at in bad else style) for at, cell in enumerate(spark.text)]


def row_texts(facts: Facts, tag: str, best: Best | None, best_name: str) -> RowTexts:
    """What a row says, uncut."""
    trend = ""
    if facts.trend is not None:
        # A change within the noise is no change: its percentage would be read as one.
        change = percent(abs(facts.trend.fraction)) if facts.trend.direction != "flat" else "    "
        trend = f"{_ARROWS[facts.trend.direction]} {change}"
    extreme = ""
    if facts.extremes is not None:
        e, lower = facts.extremes, goal(tag) == "min"
        value, step = (e.min, e.min_step) if lower else (e.max, e.max_step)
        extreme = f"{'min' if lower else 'max'} {number(value)} @{count(step)}"
    name, value_text = (f"★ {best_name}", number(best.value)) if best else ("", "")
    return RowTexts(number(facts.last), trend, extreme, name, value_text)


def _over(title: list[Part], focused: list[Part], column: int, cells: int, blank: Style) -> list[Part]:
    """The title, then the focused run from `column` on where the title leaves it room, in `cells` cells."""
    taken = sum(width(text) for text, _ in title)
    if focused and taken + 1 <= column:
        return [*title, (" " * (column - taken), blank), *focused]
    return [*title, (" " * max(1, cells - taken), blank)]

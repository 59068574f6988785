"""The rows density of scalars: sparkline, last value, trend, extreme or difference, and best run of every tag."""

from __future__ import annotations

import math

import numpy as np
from rich.style import Style
from textual.strip import Strip

from logging_lib.tfevents import plugins
from tui.analysis.comparison import Difference
from tui.analysis.statistics import Best, Extremes, Trend, goal
from tui.app.aggregation import GroupSummary
from tui.app.catalog import PINNED, Group, baseline_run
from tui.app.facts import Facts, Frame
from tui.app.messages import Noticed
from tui.app.parts import Part, cells_of
from tui.app.row_columns import RowColumns, RowTexts
from tui.app.shared import Shared
from tui.app.widgets.tag_rows import Line, TagRows
from tui.model import SeriesKey
from tui.render.cells import fit, width
from tui.render.float_text import float_texts
from tui.render.numbers import count, number, percent
from tui.render.sparkline import Spark
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import ScalarSeries

_ARROWS = {"up": "↑", "down": "↓", "flat": "→"}
_LABEL_EXTRA = 5
_RIGHT_MARGIN = 1
_MANY_MEMBERS, _MEANS_AT_ONCE = 500, 1
"""Of more runs in groups, so many tags' means are computed before keys have their turn."""


class ScalarRows(TagRows):
    """All scalar tags of the visible runs."""

    kind = plugins.SCALARS

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._frames: dict[str, Frame | None] = {}
        self._slowly, self._to_come = False, 0

    def relist(self) -> None:
        super().relist()
        self._frames = {}

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        """The best of groups is that of their means, which of thousands of runs take seconds: some tags at a time."""
        groups = (run for run in self.snapshot.runs.values() if isinstance(run, GroupSummary))
        self._slowly, self._to_come = sum(len(group.members) for group in groups) > _MANY_MEMBERS, 0
        strips = super().compose_strips(width, height)
        if self._to_come > _MEANS_AT_ONCE:
            self.call_after_refresh(self.redraw)
        return strips

    def label_cells(self, width: int) -> int:
        return self._columns(width).name

    @property
    def baseline(self) -> str | None:
        """The run that others are compared with, if it is there."""
        return baseline_run(self.snapshot, self.selection)

    def _columns(self, cells: int) -> RowColumns:
        longest_run = self.longest_run if len(self.tag_list.runs) > 1 else 0
        return RowColumns.fitting(
            cells - _LABEL_EXTRA - _RIGHT_MARGIN, self.longest_name, longest_run, compares=self.baseline is not None
        )

    def heading(self, width: int) -> list[Strip]:
        look, columns = self.look, self._columns(width)
        before = columns.name + _LABEL_EXTRA + columns.spark
        parts = _over(self.title(), self._focused_parts(columns), columns.name + _LABEL_EXTRA - 2, before, look.text)
        extreme = "min or max"
        if self.baseline is not None:
            extreme = f"Δ to {fit(self.shared.runs.name(self.baseline), max(columns.extreme - 5, 0), keep='both')}"
        best = "best" if columns.only_marks_best else "  best"
        heads = [(text, look.dim) for text in columns.cells(RowTexts("last", "trend", extreme, best, ""))]
        return [row_strip([*parts, *_beyond(heads, cells_of(parts) - before, look.text)], width, look.text)]

    def _focused_parts(self, columns: RowColumns) -> list[Part]:
        """The run that the sparklines show."""
        run = self.focused_run
        if run is None:
            return []
        text = fit(f"{self.shared.runs.mark(run)} {self.shared.runs.name(run)}", columns.spark + 2, keep="both")
        return [(text, self.shared.runs.style(run, self.look))]

    def tag_parts(self, line: Line, width: int, label: list[Part]) -> list[Part]:
        columns, key = self._columns(width), self.key_of(line)
        series = self.snapshot.scalars[key].current()
        facts, best = self.shared.facts.of(series), self._best(line)
        colour = self.shared.runs.style(key.run, self.look)
        spark = self.shared.sparks.of(series, columns.spark, self._frame(line.group))
        texts = RowTexts(
            number(facts.last),
            trend_text(facts.trend) if not series.left_out else "outline",
            extreme_text(facts.extremes, key.tag) if self.baseline is None else self._difference_text(series),
            f"★ {self._named(best.run, columns)}" if best else "",
            number(best.value) if best else "",
        )
        return [
            *label,
            *self._spark_parts(spark, colour),
            *zip(columns.cells(texts), self._styles(facts, best), strict=True),
        ]

    def _named(self, run: str, columns: RowColumns) -> str:
        return self.shared.runs.mark(run) if columns.only_marks_best else self.shared.runs.name(run)

    def _styles(self, facts: Facts, best: Best | None) -> list[Style]:
        look = self.look
        last = look.text if math.isfinite(facts.last) else look.error
        best_style = self.shared.runs.style(best.run, look) if best else look.dim
        return [last, look.dim, look.dim, best_style, look.text]

    def _best(self, line: Line) -> Best | None:
        """The best visible run of a tag; None with fewer than two to choose from, and on other runs' lines."""
        tag = line.tag or ""
        if self._slowly and not self.shared.bests.knows(tag, self.tag_list):
            self._to_come += 1
            if self._to_come > _MEANS_AT_ONCE:
                return None
        best = self.shared.bests.of(tag, self.tag_list, self.snapshot)
        return best if best and line.run in (None, best.run) else None

    def _difference_text(self, series: ScalarSeries) -> str:
        """How a run stands against the baseline; nothing for the baseline itself, or where it lacks the tag."""
        base = self.snapshot.scalars.get(series.key._replace(run=self.baseline or ""))
        if base is None or series.key.run == self.baseline:
            return ""
        found = self.shared.differences.of(series, base.current())
        return difference_text(found, self.shared.facts.of(series).last_step) if found else ""

    def next_problem(self) -> None:
        """The cursor goes to the next tag with a NaN, an infinity or a finding in a visible run, and from the last to
        the first."""
        tags, here = list(self.tag_list.tags), self.line.tag if self.line is not None else None
        after = tags.index(here) + 1 if here in tags else 0
        found = next((tag for tag in (*tags[after:], *tags[:after]) if self._has_problem(tag)), None)
        if found is None:
            self.post_message(Noticed("no problem in any tag"))
        else:
            self.show_tag(found)

    def _has_problem(self, tag: str) -> bool:
        if self.findings.of_tag(tag, self.tag_list.visible) is not None:
            return True
        series = (self.snapshot.scalars[key].current() for key in self.tag_list.keys[tag])
        return any(not np.isfinite(some.values).all() for some in series)

    def action_copy(self) -> None:
        """The row's last value goes to the clipboard, with every digit that was logged."""
        if self.line is None or self.line.tag is None:
            self.post_message(Noticed("no value here: the cursor is on a group"))
            return
        series = self.snapshot.scalars[self.key_of(self.line)].current()
        (value,) = float_texts(series.values[-1:])
        self.app.copy_to_clipboard(value)
        tag, run = printable(series.key.tag), self.shared.runs.name(series.key.run)
        self.post_message(Noticed(f"copied {value}: {tag} of {run} at step {series.steps[-1]}"))

    def _spark_parts(self, spark: Spark, style: Style) -> list[Part]:
        if not spark.bad:
            return [(spark.text, style)]
        bad = set(spark.bad)
        return [(cell, self.look.error if at in bad else style) for at, cell in enumerate(spark.text)]

    # A group on one scale

    def group_note(self, group: Group) -> str:
        frame = self._frame(group.name)
        if frame is None:
            return ""
        (first, last), (low, high) = frame.steps, frame.values
        return f"on one scale: {number(low)} to {number(high)}, steps {count(first)} to {count(last)}"

    def _frame(self, name: str) -> Frame | None:
        """What the sparklines of a group share, where groups are shown together: all that its lines show."""
        if not self.selection.together or name in ("", PINNED):
            return None
        if name not in self._frames:
            self._frames[name] = self._frame_of([self.snapshot.scalars[key].current() for key in self._shown(name)])
        return self._frames[name]

    def _shown(self, name: str) -> list[SeriesKey]:
        """The series whose sparklines stand under a group's name, folded or not."""
        tags = self.groups[name].tags
        keys = {self.key_of(Line(name, tag)): None for tag in tags}
        keys |= {key: None for tag in tags if tag in self.selection.expanded for key in self.tag_list.keys[tag]}
        return list(keys)

    def _frame_of(self, shown: list[ScalarSeries]) -> Frame | None:
        found = [e for series in shown if (e := self.shared.facts.of(series).extremes) is not None]
        if not found or len(shown) < 2:
            return None
        steps = min(int(s.steps.min()) for s in shown), max(int(s.steps.max()) for s in shown)
        return Frame(steps, (min(e.min for e in found), max(e.max for e in found)))


def trend_text(trend: Trend | None) -> str:
    """An arrow and by how much; a change within the noise is no change: its percentage would be read as one."""
    if trend is None:
        return ""
    how_much = percent(abs(trend.fraction)) if trend.direction != "flat" else ""
    return f"{_ARROWS[trend.direction]} {how_much:>5}"


def extreme_text(extremes: Extremes | None, tag: str) -> str:
    """The least value with its step, or the greatest where that is better."""
    if extremes is None:
        return ""
    if goal(tag) == "min":
        return f"min {number(extremes.min)} @{count(extremes.min_step)}"
    return f"max {number(extremes.max)} @{count(extremes.max_step)}"


def difference_text(by: Difference, last_step: int) -> str:
    """The difference with its sign and share, and the step of it where that is not the last one."""
    sign = "+" if by.value > 0 else ""
    place = f" @{count(by.step)}" if by.step != last_step else ""
    return f"{sign}{number(by.value)} ({percent(abs(by.fraction))}){place}"


def _beyond(heads: list[Part], taken: int, blank: Style) -> list[Part]:
    """The headings over their columns, without those of whose cells the first `taken` are taken."""
    while heads and taken > 0:
        cells, heads = width(heads[0][0]), heads[1:]
        if cells > taken:
            return [(" " * (cells - taken), blank), *heads]
        taken -= cells
    return heads


def _over(title: list[Part], focused: list[Part], column: int, cells: int, blank: Style) -> list[Part]:
    """The title, then the focused run from `column` on where the title leaves it room, in `cells` cells."""
    taken = sum(width(text) for text, _ in title)
    if focused and taken + 1 <= column:
        return [*title, (" " * (column - taken), blank), *focused]
    return [*title, (" " * max(1, cells - taken), blank)]

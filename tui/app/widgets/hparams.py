"""The HParams tab: a table of sessions x (hparams, metrics), sorted by any column."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.style import Style
from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from logging_lib.tfevents.hparams import HParam
from tui.analysis.hparam_table import HParamTable, MetricColumn, SessionRow, hparam_table, sort_rows
from tui.analysis.statistics import goal
from tui.app.messages import RunFocused
from tui.app.parts import Part
from tui.app.shared import Shared
from tui.app.widgets.listings import Listing
from tui.render.cells import fit, width
from tui.render.numbers import number, plural
from tui.render.strips import row_strip
from tui.render.text import printable

_MOST_CELLS = 26
_GAP = "  "
_RUN_GAP = "   "
# What a column shows: None is the run, a str an hparam, else a metric.
ColumnOf = str | MetricColumn | None


def cell_text(value: HParam) -> str:
    """An hparam or metric as it is shown; nothing for one that was not logged."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return number(value)
        case _:
            return printable(value)


class HParams(Listing):
    """The run's column stays; the others scroll with the column cursor. Enter sorts by it, again turns the order."""

    column = reactive(0, repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._table = HParamTable((), (), ())
        self._rows: Sequence[SessionRow] = ()
        self._columns: list[ColumnOf] = [None]
        self._cells: list[int] = []
        self._best: dict[MetricColumn, float] = {}
        self._sorted_by: ColumnOf = None
        self._descending = False
        self._left = 1

    # What is listed

    def relist(self) -> None:
        """Sort and filter the sessions; the cursor stays with its session."""
        run = self.run
        self._table = hparam_table(self.snapshot)
        self._columns = [None, *self._table.hparams, *self._table.metrics]
        if self._sorted_by not in self._columns:
            self._sorted_by = None
        rows = sort_rows(self._table, self._sorted_by, descending=self._descending)
        self._rows = [row for row in rows if self.selection.runs_filter.matches(row.run)]
        self._best = {metric: best for metric in self._table.metrics if (best := self._best_of(metric)) is not None}
        self._cells = [self._width_of(column) for column in self._columns]
        found = next((i for i, row in enumerate(self._rows) if row.run == run), None)
        if found is not None:
            self.set_reactive(HParams.cursor, found)

    def _best_of(self, metric: MetricColumn) -> float | None:
        """The best finite value of a metric, None where the sessions do not differ or none is better."""
        at = self._table.metrics.index(metric)
        values = {row.metrics[at] for row in self._rows}
        finite = [value for value in values if value is not None and math.isfinite(value)]
        wanted = goal(metric.tag)
        if len(finite) < 2 or wanted is None:
            return None
        return min(finite) if wanted == "min" else max(finite)

    def _value(self, row: SessionRow, column: ColumnOf) -> HParam:
        if column is None:
            return self._shared.runs.name(row.run)
        if isinstance(column, str):
            return row.hparams.get(column)
        return row.metrics[self._table.metrics.index(column)]

    def _text(self, row: SessionRow, column: ColumnOf) -> str:
        value = self._value(row, column)
        star = (
            "★ " if isinstance(column, MetricColumn) and value == self._best.get(column) and value is not None else ""
        )
        return star + cell_text(value)

    def _width_of(self, column: ColumnOf) -> int:
        texts = (self._text(row, column) for row in self._rows)
        longest = max((width(text) for text in texts), default=0)
        return min(max(longest, width(printable(_name(column))) + 2), _MOST_CELLS)

    @property
    def run(self) -> str | None:
        """The run of the session that the cursor is on."""
        return self._rows[self.cursor].run if self.cursor < len(self._rows) else None

    def line_count(self) -> int:
        return len(self._rows)

    # How it is drawn

    def heading(self, width: int) -> list[Strip]:
        look, table = self.look, self._table
        title = f" HParams {plural(len(self._rows), 'session')}"
        metrics = f"{plural(len(table.metrics), 'metric')} (last values)"
        text = f"  {plural(len(table.hparams), 'hparam')}, {metrics}   ← → column  Enter sorts"
        top = [(title, look.accent if self.has_focus else look.dim), (fit(text, max(0, width - len(title))), look.dim)]
        self._scroll_to_column(width)
        heads = self._line(width, [self._head(at) for at in range(len(self._columns))], "   ", look.dim)
        return [row_strip(top, width, look.text), row_strip(heads, width, look.text)]

    def _head(self, at: int) -> Part:
        column = self._columns[at]
        arrow = ("▼" if self._descending else "▲") if column == self._sorted_by else ""
        name = fit(_name(column), max(1, self._cells[at] - len(arrow) - (1 if arrow else 0)), keep="both").rstrip()
        style = self.look.accent if at == self.column and self.has_focus else self.look.dim
        return f"{name} {arrow}" if arrow else name, style

    def _scroll_to_column(self, cells: int) -> None:
        """Move the first scrolling column so that the column cursor is in view."""
        last = len(self._columns) - 1
        self.set_reactive(HParams.column, min(self.column, last))
        self._left = min(max(self._left, 1), max(last, 1))
        if 1 <= self.column < self._left:
            self._left = self.column
        while self._left < self.column and self._end_of(self.column) > cells - 1:
            self._left += 1

    def _end_of(self, column: int) -> int:
        """Where a column ends, in cells, with the present first column."""
        scrolled = sum(self._cells[at] + len(_GAP) for at in range(self._left, column + 1))
        return 3 + self._cells[0] + len(_RUN_GAP) + scrolled - len(_GAP)

    def _line(self, cells: int, texts: Sequence[Part], lead: str, lead_style: Style) -> list[Part]:
        """The run's cell, then the scrolling ones as far as they fit; `›` and `‹` tell of columns out of view."""
        parts: list[Part] = [(lead, lead_style)]
        first, style = texts[0]
        parts.append((fit(first, self._cells[0], keep="both"), style))
        parts.append((" ‹ " if self._left > 1 else _RUN_GAP, self.look.dim))
        room = cells - 3 - self._cells[0] - len(_RUN_GAP)
        for at in range(self._left, len(texts)):
            if self._cells[at] > room - 1 and not (at == len(texts) - 1 and self._cells[at] <= room):
                parts.append((fit("›", room, align="right"), self.look.dim))
                break
            text, style = texts[at]
            numeric = isinstance(self._columns[at], MetricColumn) or self._is_numeric(at)
            parts.append((fit(text, self._cells[at], align="right" if numeric else "left", keep="both"), style))
            parts.append((_GAP, style))
            room -= self._cells[at] + len(_GAP)
        return parts

    def _is_numeric(self, at: int) -> bool:
        values = (self._value(row, self._columns[at]) for row in self._rows)
        return all(
            value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values
        )

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        row, look = self._rows[index], self.look
        hidden = row.run in self.selection.hidden
        texts = [(self._text(row, column), self._style(row, column, hidden)) for column in self._columns]
        mark = "○" if hidden else self._shared.runs.mark(row.run)
        mark_style = look.faint if hidden else self._shared.runs.style(row.run, look)
        return self.line_strip(self._line(width, texts, f" {mark} ", mark_style), width, on_cursor=on_cursor)

    def _style(self, row: SessionRow, column: ColumnOf, hidden: bool) -> Style:
        look, value = self.look, self._value(row, column)
        if isinstance(value, float) and not math.isfinite(value):
            return look.error
        if hidden:
            return look.faint
        if isinstance(column, MetricColumn) and value is not None and value == self._best.get(column):
            return look.good
        return look.text

    # What keys do

    def action_cursor_left(self) -> None:
        self.column = max(self.column - 1, 0)

    def action_cursor_right(self) -> None:
        self.column = min(self.column + 1, len(self._columns) - 1)

    def action_first(self) -> None:
        self.column = 0

    def action_last(self) -> None:
        self.column = len(self._columns) - 1

    def watch_column(self) -> None:
        self.redraw()

    def action_enter(self) -> None:
        """Sort by the column under the cursor; metrics start with their best."""
        column = self._columns[self.column]
        if column == self._sorted_by:
            self._descending = not self._descending
        else:
            self._sorted_by = column
            self._descending = isinstance(column, MetricColumn) and goal(column.tag) == "max"
        self.invalidate()

    def cursor_moved(self) -> None:
        if self.run is not None:
            self.post_message(RunFocused(self.run))

    def on_click(self, event: events.Click) -> None:
        index = self.line_at(event.y)
        if index is not None:
            self.cursor = index
        elif event.y == 1 and (column := self._column_at(event.x)) is not None:
            self.column = column
            self.action_enter()

    def _column_at(self, x: int) -> int | None:
        if x < 3 + self._cells[0]:
            return 0
        return next((at for at in range(self._left, len(self._columns)) if x < self._end_of(at)), None)


def _name(column: ColumnOf) -> str:
    if column is None:
        return "run"
    return column if isinstance(column, str) else column.name

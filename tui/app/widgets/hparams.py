"""The HParams tab: a table of sessions x (hparams, metrics), sorted by any column."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip

from logging_lib.tfevents.hparams import HParam
from tui.analysis.hparam_table import HParamTable, MetricColumn, SessionRow, hparam_table, sort_rows
from tui.analysis.run_table import best_value
from tui.analysis.statistics import goal
from tui.app.parts import Part
from tui.app.shared import Shared
from tui.app.widgets.column_table import ColumnTable
from tui.render.cells import fit, width
from tui.render.numbers import number, plural
from tui.render.strips import row_strip
from tui.render.text import printable

_MOST_CELLS = 26
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


class HParams(ColumnTable):
    """All sessions; Enter sorts by the column under the cursor, again turns the order."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._table = HParamTable((), (), ())
        self._rows: Sequence[SessionRow] = ()
        self._columns: list[ColumnOf] = [None]
        self._cells: list[int] = []
        self._numeric: list[bool] = []
        self._best: dict[MetricColumn, float] = {}
        self._sorted_by: ColumnOf = None
        self._descending = False

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
        self._numeric = [self._is_numeric(column) for column in self._columns]
        found = next((i for i, row in enumerate(self._rows) if row.run == run), None)
        if found is not None:
            self.set_reactive(HParams.cursor, found)

    def _best_of(self, metric: MetricColumn) -> float | None:
        """The best finite value of a metric, None where the sessions do not differ or none is better."""
        at = self._table.metrics.index(metric)
        return best_value((value for row in self._rows if (value := row.metrics[at]) is not None), goal(metric.tag))

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

    def column_count(self) -> int:
        return len(self._columns)

    def cells_of(self, at: int) -> int:
        return self._cells[at]

    # How it is drawn

    def heading(self, width: int) -> list[Strip]:
        look, table = self.look, self._table
        title = f" HParams {plural(len(self._rows), 'session')}"
        metrics = f"{plural(len(table.metrics), 'metric')} (last values)"
        left, right, sorts = (self._shared.key(id) for id in ("cursor_left", "cursor_right", "enter"))
        hint = f"{left} {right} column  {sorts} sorts"
        text = f"  {plural(len(table.hparams), 'hparam')}, {metrics}   {hint}"
        top = [(title, look.accent if self.has_focus else look.dim), (fit(text, max(0, width - len(title))), look.dim)]
        self.scroll(width)
        heads = self.row(("   ", look.dim), lambda at: [self._fitted(at, *self._head(at))])
        return [row_strip(top, width, look.text), row_strip(heads, width, look.text)]

    def _head(self, at: int) -> Part:
        column = self._columns[at]
        arrow = ("▼" if self._descending else "▲") if column == self._sorted_by else ""
        name = fit(_name(column), max(1, self.size_of(at) - len(arrow) - (1 if arrow else 0)), keep="both").rstrip()
        style = self.look.accent if at == self.column and self.has_focus else self.look.dim
        return f"{name} {arrow}" if arrow else name, style

    def _is_numeric(self, column: ColumnOf) -> bool:
        values = (self._value(row, column) for row in self._rows)
        return isinstance(column, MetricColumn) or all(
            value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values
        )

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        row, look = self._rows[index], self.look
        hidden = row.run in self.selection.hidden
        mark = "○" if hidden else self._shared.runs.mark(row.run)
        mark_style = look.faint if hidden else self._shared.runs.style(row.run, look)
        parts = self.row((f" {mark} ", mark_style), lambda at: [self._cell(row, at, hidden)])
        return self.line_strip(parts, width, on_cursor=on_cursor)

    def _cell(self, row: SessionRow, at: int, hidden: bool) -> Part:
        column = self._columns[at]
        return self._fitted(at, self._text(row, column), self._style(row, column, hidden))

    def _fitted(self, at: int, text: str, style: Style) -> Part:
        """A cell's text, numbers on the right."""
        return fit(text, self.size_of(at), align="right" if self._numeric[at] else "left", keep="both"), style

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

    def sort_by(self, at: int) -> None:
        """Metrics start with their best."""
        column = self._columns[at]
        if column == self._sorted_by:
            self._descending = not self._descending
        else:
            self._sorted_by = column
            self._descending = isinstance(column, MetricColumn) and goal(column.tag) == "max"
        self.invalidate()


def _name(column: ColumnOf) -> str:
    if column is None:
        return "run"
    return column if isinstance(column, str) else column.name

"""The HParams tab: a table of sessions x (hparams, metrics), and below it which hparam goes with which metric."""

from __future__ import annotations

import math

import numpy as np
from rich.style import Style
from textual.strip import Strip

from tui.analysis.hparams.cells import FLAG, TEXT, Cells
from tui.analysis.hparams.frame import RUN, Column, Row
from tui.analysis.hparams.judging import judge_of
from tui.analysis.run_table import best_value
from tui.analysis.statistics import goal
from tui.app.hparam_lines import association_parts
from tui.app.parts import Part, cells_of, cut, fitting
from tui.app.shared import Shared
from tui.app.widgets.hparam_keys import HParamKeys
from tui.app.widgets.sessions import cell_text, column_title
from tui.render.cells import fit, width
from tui.render.numbers import count, number, plural
from tui.render.strips import row_strip
from tui.render.text import printable

_MOST_CELLS = 26
_MOST_TITLE = 18
"""Cells that a column's name alone may take: of nested keys the end tells most."""
_SAMPLE = 200
"""So many different values of a column tell how wide it is."""
_LOW = 14
"""A pane of fewer lines has none to spare for what goes with what."""
_MOST_LINES = 4
_NAME_LEAST = 10
_STAR = "★ "
_MEANINGS = ("? may be chance", "ρ rank correlation", "ω² share of variance by category")


class HParams(HParamKeys):
    """All sessions, and below them what goes with what."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._sorted = self._now.sort
        self._sizes: dict[int, int] = {}
        self._best: dict[int, float | None] = {}

    # What is listed

    def relist(self) -> None:
        """The cursor stays with its session and its column."""
        run, columns = self.run, self._now.columns
        self._now = self.shown
        here = columns[min(self.column, len(columns) - 1)]
        if here in self._now.columns:
            self.set_reactive(HParams.column, self._now.columns.index(here))
        self._sizes, self._best = {}, {}
        found = next((at for at, row in enumerate(self._now.frame.rows) if row.name == run), None)
        if found is not None:
            self.set_reactive(HParams.cursor, found)
        # Who sorts wants to see what comes first; new data leave the cursor where it is.
        if self._now.sort != self._sorted:
            self._sorted = self._now.sort
            self.set_reactive(HParams.cursor, 0)
            self.cursor_moved()

    @property
    def metric_here(self) -> Column | None:
        """The metric under the column cursor."""
        column = self._now.columns[min(self.column, len(self._now.columns) - 1)]
        return column if column.metric is not None else None

    def line_count(self) -> int:
        return len(self._now.frame)

    def column_count(self) -> int:
        return len(self._now.columns)

    def cells_of(self, at: int) -> int:
        if at not in self._sizes:
            self._sizes[at] = self._size_of(self._now.columns[at])
        # In a narrow window names give way, so that numbers are not cut.
        return self._sizes[at] if at else min(self._sizes[at], max(_NAME_LEAST, self.size.width * 2 // 5))

    def _size_of(self, column: Column) -> int:
        if column == RUN:
            longest = max((width(self._called(row)) for row in self._now.frame.rows), default=0)
        else:
            longest = max(map(width, _some_texts(self._now.frame.cells(column))), default=0)
            longest += len(_STAR) if column.metric is not None else 0
        arrow = 4 if len(self._now.sort) > 1 else 2
        return min(max(longest, min(width(column_title(column)), _MOST_TITLE) + arrow), _MOST_CELLS)

    def _called(self, row: Row) -> str:
        return self.name_of(row) + (f" ({row.sessions})" if row.sessions > 1 else "")

    def _best_of(self, at: int) -> float | None:
        """The best finite value of a metric's column, None where the sessions do not differ or none is better."""
        if at not in self._best:
            column = self._now.columns[at]
            numbers = self._now.frame.cells(column).numbers
            aim = None if column.metric is None else goal(column.metric.tag)
            self._best[at] = best_value(numbers[np.isfinite(numbers)].tolist(), aim)
        return self._best[at]

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        panel = self._panel(width, height)
        strips = super().compose_strips(width, height - len(panel))
        blank = row_strip([], width, self.look.text)
        return [*strips, *([blank] * (height - len(panel) - len(strips)) if panel else []), *panel]

    @property
    def page(self) -> int:
        """Lines of the table in view."""
        return max(1, super().page - len(self._panel(*self.size)))

    def _panel(self, width: int, height: int) -> list[Strip]:
        """Which hparam goes with which metric: that of the column cursor first."""
        self._freshen()
        now, look = self._now, self.look
        if height < _LOW or not self._judged(1):
            return []
        found = {metric: self._shared.hparams.associations(now, metric) for metric in self._judged(height // 6)}
        if all(item.reason for items in found.values() for item in items):
            found = dict(list(found.items())[:1])  # why there is nothing to say is said once
        lines = [association_parts(metric, now.hparams, items, width, look) for metric, items in found.items()]
        title: list[Part] = [(" goes with  ", look.dim)]
        title += [(f"{words}  ", look.faint) for words in _MEANINGS]
        title = fitting(title, width)
        title.append(("─" * max(0, width - cells_of(title)), look.faint))
        return [row_strip(title, width, look.text), *(row_strip(p, width, look.text) for p in lines)]

    def _judged(self, most: int) -> list[Column]:
        """The metrics of which is told what goes with them: that of the column cursor, then those that can be best."""
        here = self.metric_here
        metrics = [m for m in self._now.metrics if m.metric and goal(m.metric.tag) and self._now.frame.cells(m).differs]
        return [*([here] if here else []), *(metric for metric in metrics if metric != here)][: min(most, _MOST_LINES)]

    def heading(self, width: int) -> list[Strip]:
        look = self.look
        self.scroll(width)
        heads = self.row(("   ", look.dim), lambda at: [self._fitted(at, *self._head(at))])
        title = [*self._title_parts(), *self._expression_parts()]
        least = len(title)
        title += self._best_parts(width - cells_of(title))
        title = fitting([*title, *self._count_parts()], width, least)
        return [row_strip(cut(title, width), width, look.text), row_strip(heads, width, look.text)]

    def _title_parts(self) -> list[Part]:
        rows, total = len(self._now.frame), self._now.total
        count = plural(rows, "session") if rows == total else f"{rows}/{plural(total, 'session')}"
        return [(f" HParams {count}", self.look.accent if self.has_focus else self.look.dim)]

    def _best_parts(self, room: int) -> list[Part]:
        """The best session by the metric under the cursor, or else by the one that is sorted by, or by the first."""
        now = self._now
        here = [self.metric_here] if self.metric_here is not None else []
        metric, aim = judge_of(now.frame, [*here, *(key.column for key in now.sort)])
        if metric is None:
            return []
        numbers = now.frame.cells(metric).numbers
        best = best_value(numbers[np.isfinite(numbers)].tolist(), aim)
        if best is None:
            return []
        name = self._called(now.frame.rows[int(np.flatnonzero(numbers == best)[0])])
        called = f"  {_STAR}{fit(metric.name, min(width(printable(metric.name)), _MOST_CELLS), keep='both')} "
        # A small window has no room for the metric's name: the star is in its column, too.
        for lead in (f"{called}{number(best)} ", f"  {_STAR}{number(best)} "):
            if (left := room - width(lead)) >= min(width(name), _NAME_LEAST):
                return [(lead + fit(name, min(width(name), left), keep="end"), self.look.good)]
        return []

    def _count_parts(self) -> list[Part]:
        """How many columns there are, and how they came about."""
        look, now, choices, key = self.look, self._now, self.choices, self._shared.key
        parts: list[Part] = []
        same = f" (+{now.folded} the same, {key('differs')})" if now.folded and choices.differs else ""
        more = f" (+{count(now.left_out)} more, {key('columns')})" if now.left_out else ""
        parts.append((f"  {plural(len(now.hparams), 'hparam')}{same}{more}", look.dim))
        parts.append((f"  {plural(len(now.metrics), 'metric')}: {self._measure_words()} ({key('measure')})", look.dim))
        if not now.logged:
            parts.append(("  none logged: names and texts tell", look.dim))
        if choices.pooling is not None:
            parts.append((f"  groups: {choices.pooling.value} ({key('aggregate')})", look.dim))
        for id, does in (("order", "sorts by this too"), ("export", "export"), ("aggregate", "groups")):
            parts.append((f"   {key(id)} {does}", look.faint))
        return parts

    def _expression_parts(self) -> list[Part]:
        """The filter, with the place of a mistake marked."""
        look, text, error = self.look, self.choices.where, self._now.error
        if not text:
            return []
        if error is None:
            return [(f"  /{printable(text)}", look.warning)]
        at = min(error.at, len(text))
        wrong = printable(text[at : at + 1] or " ")
        return [
            (f"  /{printable(text[:at])}", look.warning),
            (wrong, look.error + Style(reverse=True)),
            (printable(text[at + 1 :]), look.warning),
        ]

    def _measure_words(self) -> str:
        choices = self.choices
        return (
            f"where {printable(choices.at.partition('.')[2])} is best" if choices.measure == "at" else choices.measure
        )

    def _head(self, at: int) -> Part:
        column = self._now.columns[at]
        keys = [key.column for key in self._now.sort]
        arrow = ""
        if column in keys:
            place = keys.index(column)
            arrow = ("▼" if self._now.sort[place].descending else "▲") + (str(place + 1) if len(keys) > 1 else "")
        elif not keys and at == 0:
            arrow = "▲"
        name = fit(column_title(column), max(1, self.size_of(at) - len(arrow) - (1 if arrow else 0)), keep="end")
        style = self.look.accent if at == self.column and self.has_focus else self.look.dim
        return f"{name.rstrip()} {arrow}" if arrow else name.rstrip(), style

    def empty_lines(self, width: int) -> list[Strip]:
        key = self._shared.key
        lifted = f"; {key('filter')} and {key('leave')} lift it"
        why = (
            f"no session matches the filter{lifted if self.choices.where else ''}" if self._now.total else "no sessions"
        )
        return [row_strip([(f"  {why}", self.look.dim)], width, self.look.text)]

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        row, look = self._now.frame.rows[index], self.look
        hidden = self.is_hidden(row)
        lead = self.lead_of(row)
        mark = "○" if hidden else self._shared.runs.mark(lead)
        mark_style = look.faint if hidden else self._shared.runs.style(lead, look)
        before = "▸" if row.name in self.choices.marks else " "
        parts = self.row((f"{before}{mark} ", mark_style), lambda at: [self._cell(index, at, row, hidden)])
        return self.line_strip(parts, width, on_cursor=on_cursor)

    def _cell(self, index: int, at: int, row: Row, hidden: bool) -> Part:
        column, look = self._now.columns[at], self.look
        plain = look.faint if hidden else look.text
        if column == RUN:
            return self._fitted(at, self._called(row), plain)
        value = self._now.frame.cells(column).value(index)
        is_best = column.metric is not None and value is not None and value == self._best_of(at)
        text = (_STAR if is_best else "") + cell_text(value)
        if isinstance(value, float) and not math.isfinite(value):
            return self._fitted(at, text, look.error)
        return self._fitted(at, text, look.good if is_best and not hidden else plain)

    def _fitted(self, at: int, text: str, style: Style) -> Part:
        """A cell's text, numbers on the right."""
        column = self._now.columns[at]
        right = column != RUN and (column.metric is not None or self._now.frame.cells(column).numeric)
        return fit(text, self.size_of(at), align="right" if right else "left", keep="both"), style


def _some_texts(cells: Cells) -> list[str]:
    """The texts of a column's values, of some of them where there are many."""
    present = np.unique(cells.numbers[(cells.kinds != TEXT) & cells.present])
    step = max(1, len(present) // _SAMPLE)
    texts = [cell_text(float(value)) for value in present[::step].tolist()]
    flags = ["false"] if (cells.kinds == FLAG).any() else []
    return [*texts, *flags, *map(printable, cells.texts)]

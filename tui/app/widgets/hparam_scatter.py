"""The scatter matrix of the sessions: every hparam and metric against every other one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.style import Style
from textual import events
from textual.strip import Strip

from tui.analysis.hparams.axes import Axis, axes_order, axis_of
from tui.analysis.hparams.correlation import Association, association
from tui.analysis.hparams.frame import Column
from tui.app.hparam_lines import association_text
from tui.app.parts import Part, cut, fitting
from tui.app.shared import Shared
from tui.app.widgets.sessions import SessionsView, column_title
from tui.render.numbers import number, plural
from tui.render.scatter import Scatter
from tui.render.scatter_matrix import draw_matrix, panels_that_fit
from tui.render.strips import ChartStyles, canvas_strips, row_strip
from tui.render.text import printable

_MOST_MARKS = 200
"""Of more sessions the marks would cover each other: they are dots."""


class HParamScatter(SessionsView):
    """Arrow keys choose a panel; its columns, and how they go with each other, are read out below."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._row, self._column = 0, 0
        self._top, self._left = 0, 0

    # What is shown

    @property
    def metrics(self) -> list[Axis]:
        """The axes of the rows of panels: metrics; without any, hparams."""
        axes = self.axes
        return [axis for axis in axes if axis.column.metric is not None] or axes

    @property
    def axes(self) -> list[Axis]:
        """The axes of the columns of panels: hparams, then metrics."""
        shown = self.shown
        columns = axes_order(shown.frame, [*shown.hparams, *shown.metrics])
        return [axis for column in columns if (axis := axis_of(shown.frame, column)) is not None]

    @property
    def metric_here(self) -> Column | None:
        """The metric of the chosen row."""
        rows = self.metrics
        here = rows[self._row].column if self._row < len(rows) else None
        return here if here is not None and here.metric is not None else None

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        look, axes, rows, frame = self.look, self.axes, self.metrics, self.shown.frame
        if len(axes) < 2:
            why = "no two hparams or metrics differ" if len(frame) > 1 else "two sessions at least make a scatter"
            return [self._title(width, []), row_strip([(f"  {why}", look.dim)], width, look.text)]
        down, across = panels_that_fit(width, height - 2)
        down, across = min(down, len(rows)), min(across, len(axes))
        self._row, self._column = min(self._row, len(rows) - 1), min(self._column, len(axes) - 1)
        self._top = min(max(self._top, self._row - down + 1), self._row, len(rows) - down)
        self._left = min(max(self._left, self._column - across + 1), self._column, len(axes) - across)
        ys, xs = rows[self._top : self._top + down], axes[self._left : self._left + across]
        owners = {run: owner for owner, run in enumerate(dict.fromkeys(map(self.lead_of, frame.rows)))}
        of_row = np.array([owners[self.lead_of(row)] for row in frame.rows], np.int16)
        hidden = np.array([self.is_hidden(row) for row in frame.rows], np.bool_)
        marks = [self._shared.runs.mark(run) for run in owners]
        dots = len(frame) > _MOST_MARKS
        panels = [[Scatter(x.places, y.places, of_row, hidden, marks, dots) for x in xs] for y in ys]
        canvas = draw_matrix(
            panels,
            [column_title(axis.column) for axis in xs],
            [column_title(axis.column) for axis in ys],
            (self._row - self._top, self._column - self._left),
            width,
            height - 2,
        )
        notes = [plural(len(frame), "session")]
        if down < len(rows) or across < len(axes):
            notes.append(f"columns {self._left + 1}-{self._left + across}/{len(axes)}")
            notes.append(f"rows {self._top + 1}-{self._top + down}/{len(rows)}")
        return [
            self._title(width, notes),
            *canvas_strips(canvas, self._styles(owners)),
            self._readout(axes, rows, width),
        ]

    def _title(self, width: int, notes: Sequence[str]) -> Strip:
        look = self.look
        parts: list[Part] = [(" Scatter", look.accent if self.has_focus else look.dim)]
        parts += [(f"  {note}", look.dim) for note in notes]
        return row_strip(cut(fitting(parts, width), width), width, look.text)

    def _styles(self, owners: dict[str, int]) -> ChartStyles:
        look, runs = self.look, self._shared.runs
        return ChartStyles(
            base=Style(bgcolor=look.background),
            axis=look.faint,
            label=look.dim,
            cursor=look.accent,
            curves={owner: runs.style(run, look) for run, owner in owners.items()},
            faint=dict.fromkeys(owners.values(), look.faint),
        )

    def _readout(self, axes: list[Axis], rows: list[Axis], width: int) -> Strip:
        look, x, y = self.look, axes[self._column], rows[self._row]
        parts: list[Part] = []
        if x.column != y.column:
            cells = self.shown.frame.cells
            found: Association = association(cells(x.column), cells(y.column))
            parts.append((f" {association_text(found)}  ", look.accent))
        parts.append((f" ↑ {column_title(y.column)} {_range(y)}", look.text))
        parts.append((f"   → {column_title(x.column)} {_range(x)}", look.text))
        return row_strip(cut(parts, width), width, look.text)

    # What keys and the mouse do

    def _go(self, down: int, across: int) -> None:
        self._row = min(max(self._row + down, 0), max(0, len(self.metrics) - 1))
        self._column = min(max(self._column + across, 0), max(0, len(self.axes) - 1))
        self.redraw()

    def action_cursor_up(self) -> None:
        self._go(-1, 0)

    def action_cursor_down(self) -> None:
        self._go(1, 0)

    def action_cursor_left(self) -> None:
        self._go(0, -1)

    def action_cursor_right(self) -> None:
        self._go(0, 1)

    def action_first(self) -> None:
        self._go(0, -len(self.axes))

    def action_last(self) -> None:
        self._go(0, len(self.axes))

    def on_click(self, event: events.Click) -> None:
        down, across = panels_that_fit(self.size.width, self.size.height - 2)
        down, across = min(down, len(self.metrics)), min(across, len(self.axes))
        if down and across and 1 <= event.y < self.size.height - 1:
            row = self._top + (event.y - 1) * down // (self.size.height - 2)
            column = self._left + event.x * across // self.size.width
            self._go(row - self._row, column - self._column)


def _range(axis: Axis) -> str:
    if axis.categories:
        return f"{printable(axis.categories[0])}..{printable(axis.categories[-1])}"
    return f"{number(axis.low)}..{number(axis.high)}" + (" log" if axis.scale.value == "log" else "")

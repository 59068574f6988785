"""Parallel coordinates of the sessions: axes that can be moved, ranges of them that leave lines out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.style import Style
from textual.strip import Strip

from tui.analysis.hparams.axes import Axis, Brush, Scale, axes_order, axis_of, brushed
from tui.analysis.hparams.cells import Places
from tui.analysis.hparams.frame import Column
from tui.analysis.hparams.judging import best_rows, judge_of
from tui.app.hparam_ranges import brushes_on
from tui.app.parts import Part, cut, fitting
from tui.app.shared import Shared
from tui.app.widgets.hparam_axes_keys import AxesKeys
from tui.app.widgets.sessions import column_title
from tui.model import Flags
from tui.render.cells import fit, width
from tui.render.numbers import number, plural
from tui.render.parallel import AxisSpec, axes_that_fit, draw_parallel, parallel_lines
from tui.render.raster import Raster
from tui.render.strips import ChartStyles, canvas_strips, row_strip
from tui.render.text import printable

_MOST_LINES = 500
"""Lines that are drawn; of more every so many-th."""
_MOST_COLOURED = 12
_COLOURED = 5
"""Lines in colour where there are too many to tell their colours apart."""
_NAME_MOST = 16
_PLAIN = 0
"""The owner of the other lines."""


class HParamAxes(AxesKeys):
    """A line a session; those outside the ranges are faint."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        # What is made last, for whoever moves only the cursor.
        self._axes_of: tuple[object, ...] = ()
        self._axes: list[Axis] = []
        self._lines_of: tuple[object, ...] = ()
        self._lines: Raster | None = None

    # What is shown

    @property
    def axes(self) -> list[Axis]:
        """An axis a column that tells sessions apart, in the chosen order."""
        shown = self.shown
        made_of = (shown, self.choices.order, self.choices.scales)
        if made_of != self._axes_of:
            columns = axes_order(shown.frame, [*shown.hparams, *shown.metrics])
            places = {name: place for place, name in enumerate(self.choices.order)}
            columns.sort(key=lambda column: places.get(column.full_name, len(places)))
            scales = dict(self.choices.scales)
            found = (axis_of(shown.frame, column, scales.get(column.full_name)) for column in columns)
            self._axes_of, self._axes = made_of, [axis for axis in found if axis is not None]
        return self._axes

    @property
    def metric_here(self) -> Column | None:
        """The metric whose axis is chosen."""
        axes = self.axes
        return axes[self._at].column if self._at < len(axes) and axes[self._at].column.metric is not None else None

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        look, axes, frame = self.look, self.axes, self.shown.frame
        if len(axes) < 2 or not len(frame):
            why = "no two hparams or metrics differ" if len(frame) > 1 else "two sessions at least have axes"
            return [self._title(width, []), row_strip([(f"  {why}", look.dim)], width, look.text)]
        brushes = brushes_on(axes, self.choices.ranges)
        within = brushed(axes, brushes)
        self._at = min(self._at, len(axes) - 1)
        fits = min(axes_that_fit(width), len(axes))
        self._first = min(max(self._first, self._at - fits + 1), self._at, len(axes) - fits)
        seen = axes[self._first : self._first + fits]
        note = f"{int(within.sum())}/{plural(len(frame), 'session')}" if brushes else plural(len(frame), "session")
        notes = [note]
        if fits < len(axes):
            notes.append(f"axes {self._first + 1}-{self._first + fits}/{len(axes)}")
        step = -(-len(frame) // _MOST_LINES)
        if step > 1:
            notes.append(f"every {step}th line")
        owners = {run: owner for owner, run in enumerate(dict.fromkeys(map(self.lead_of, frame.rows)), _PLAIN + 1)}
        best, words = self._best()
        notes += words
        lines = self._lines_for(seen, within, owners, best, (width, height - 2), step)
        specs = [self._spec(axis, brushes.get(axis.column), axis is axes[self._at]) for axis in seen]
        canvas = draw_parallel(specs, lines, width, height - 2)
        readout = self._readout(axes[self._at], brushes, width)
        return [self._title(width, notes), *canvas_strips(canvas, self._styles(owners)), readout]

    def _lines_for(
        self,
        seen: list[Axis],
        within: Flags,
        owners: dict[str, int],
        best: Places,
        size: tuple[int, int],
        step: int,
    ) -> Raster | None:
        """The lines of every `step`th row, then of the best ones, over the others; the same as the last time where
        nothing else was asked for."""
        every = self.shown.frame.rows
        order = np.concatenate([np.setdiff1d(np.arange(0, len(every), step), best), best])
        rows = [every[at] for at in order.tolist()]
        faint = ~within[order] | np.array([self.is_hidden(row) for row in rows], np.bool_)
        made_of = (tuple(seen), faint.tobytes(), order.tobytes(), len(best), size)
        if made_of != self._lines_of:
            places = np.stack([axis.places for axis in seen])[:, order]
            plain = len(order) - len(best) if len(best) else 0
            of = [_PLAIN if at < plain else owners[self.lead_of(row)] for at, row in enumerate(rows)]
            dotted = plain if self.app.no_color else 0
            self._lines_of, self._lines = made_of, parallel_lines(places, of, faint, *size, dotted=dotted)
        return self._lines

    def _best(self) -> tuple[Places, list[str]]:
        """The places of the best rows, the best last, whose lines alone are in their colours, or without colours are
        not dotted; none where there are so few that all are. And by which metric: that of the axis, or the one that is
        sorted by."""
        frame = self.shown.frame
        here = [self.metric_here] if self.metric_here is not None else []
        metric, aim = judge_of(frame, [*here, *(key.column for key in self.shown.sort)])
        if len(frame) <= _MOST_COLOURED or metric is None or aim is None:
            return np.zeros(0, np.intp), []
        best = best_rows(frame, metric, aim, _COLOURED)
        name = fit(metric.name, min(_NAME_MOST, width(printable(metric.name))), keep="both")
        return best[::-1], [f"{'solid' if self.app.no_color else 'colour'}: best {len(best)} by {name}"]

    def _title(self, width: int, notes: Sequence[str]) -> Strip:
        look, key = self.look, self._shared.key
        parts: list[Part] = [(" Parallel axes", look.accent if self.has_focus else look.dim)]
        parts += [(f"  {note}", look.dim) for note in notes]
        hints = (
            f"{key('zoom_all')} no ranges",
            f"{key('pan_left')} {key('pan_right')} moves the axis",
            f"{key('log_y')} scale",
        )
        parts += [(f"   {hint}", look.faint) for hint in hints]
        return row_strip(cut(fitting(parts, width), width), width, look.text)

    def _spec(self, axis: Axis, brush: Brush | None, is_here: bool) -> AxisSpec:
        ends = (brush.low, brush.high) if brush else None
        cursor = self._place if is_here else None
        title = column_title(axis.column)
        if axis.categories:
            steps = max(len(axis.categories) - 1, 1)
            alone = len(axis.categories) == 1
            labels = [(0.5 if alone else at / steps, name) for at, name in enumerate(axis.categories)]
            return AxisSpec(title, "", "", labels, ends, cursor)
        scale = " log" if axis.scale is Scale.LOG else ""
        return AxisSpec(title + scale, number(axis.low), number(axis.high), (), ends, cursor)

    def _styles(self, owners: dict[str, int]) -> ChartStyles:
        look, runs = self.look, self._shared.runs
        return ChartStyles(
            base=Style(bgcolor=look.background),
            axis=look.dim,
            label=look.dim,
            cursor=look.accent,
            mark=look.accent,
            curves={_PLAIN: look.dim, **{owner: runs.style(run, look) for run, owner in owners.items()}},
            faint=dict.fromkeys((_PLAIN, *owners.values()), look.faint),
        )

    def _readout(self, axis: Axis, brushes: dict[Column, Brush], width: int) -> Strip:
        look = self.look
        parts: list[Part] = [(f" {column_title(axis.column)} ", look.text)]
        parts.append((_end_text(axis.end_at(self._place)), look.accent))
        # The range of this axis first: a narrow window has room for no more.
        for column in sorted(brushes, key=lambda column: column != axis.column):
            _, low, high = next(one for one in self.choices.ranges if one[0] == column.full_name)
            parts.append((f"   {column_title(column)} {_end_text(low)}..{_end_text(high)}", look.dim))
        return row_strip(cut(parts, width), width, look.text)


def _end_text(end: float | str) -> str:
    return printable(end) if isinstance(end, str) else number(end)

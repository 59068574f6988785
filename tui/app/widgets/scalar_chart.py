"""The full density: one tag's chart with axes and a cursor, and a table of its runs below."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from rich.style import Style
from textual import events
from textual.strip import Strip

from tui.analysis.statistics import goal
from tui.app.axes import x_ticks, y_ticks
from tui.app.catalog import focused_run
from tui.app.curves import CurveCache, Readout, RunCurve, drawn, readout, step_along, window_of
from tui.app.messages import CursorMoved, TagOpened
from tui.app.parts import Part, cells_of, noted, superseded_notes
from tui.app.shared import Shared
from tui.app.widgets.full_view import FullView
from tui.app.widgets.readout_table import ReadoutTable
from tui.model import SeriesKey
from tui.render.cells import fit
from tui.render.chart import ChartSpec, PlotArea, draw_chart, plot_area
from tui.render.numbers import plural
from tui.render.raster import Raster, rasterise
from tui.render.strips import ChartStyles, canvas_strips, row_strip
from tui.render.text import printable
from tui.render.window import Window

_MARGIN = 1
# The table gets what the chart leaves: so many rows are enough for a chart, or this share of a tall pane.
_CHART_ENOUGH, _CHART_SHARE = 12, 0.6


class ScalarChart(FullView):
    """The chart of `selection.tag` over the visible runs. Nothing is computed while another page is shown."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._cache = CurveCache()
        self._curves: list[RunCurve] = []
        self._window: Window | None = None
        self._area = PlotArea(0, 0, 0, 0)
        self._drawn: tuple[tuple[list[RunCurve], bool, Window, PlotArea], Raster] | None = None

    @property
    def tag(self) -> str | None:
        return self.selection.tag

    def series_keys(self) -> Sequence[SeriesKey]:
        return list(self.snapshot.scalars)

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        if self.selection.tag is None:
            return []
        self._gather()
        title = self._title(width)
        table = self._table(width, height - 1)
        chart_height = height - 1 - len(table)
        return [title, *self._chart(width, chart_height), *table]

    def _gather(self) -> None:
        """The curves of the tag's visible runs, and the window that shows them."""
        keys = self.keys.get(self.selection.tag or "", [])
        self._cache.keep_only(keys)
        self._curves = [self._cache.of(self.snapshot.scalars[key], self.selection) for key in keys]
        superseded = self.selection.superseded
        self._window = window_of(self._curves, log_y=self.selection.log_y, superseded=superseded)

    def _title(self, cells: int) -> Strip:
        look, tag = self.look, self.selection.tag or ""
        tags = self.tags
        place = f"  {tags.index(tag) + 1} of {len(tags)}" if tag in tags else ""
        left: list[Part] = [(f" {printable(tag)}", look.text + Style(bold=True)), (place, look.dim)]
        right: list[Part] = [(f"  {plural(len(self._curves), 'run')}  x: {self.selection.axis.value} ", look.dim)]
        least = min(cells_of(left[:1]), cells // 2)
        if least + cells_of(right) > cells:
            left = left[:1]
        return noted(left, self._superseded_notes(), right, cells, least, look)

    def _superseded_notes(self) -> list[str]:
        points = sum(curve.superseded for curve in self._curves)
        return superseded_notes(points, "point", "shown faint", shown=self.selection.superseded)

    def _chart(self, width: int, height: int) -> list[Strip]:
        if self._window is None:
            return self._no_chart(width)
        spec = ChartSpec(
            drawn(self._curves, superseded=self.selection.superseded),
            self._window,
            x_ticks(self._window, self.selection.axis, width),
            y_ticks(self._window, height),
            cursor_x=self.selection.cursor,
        )
        inner = width - 2 * _MARGIN
        self._area = plot_area(spec, inner, height)
        margin = Strip.blank(_MARGIN, self.look.text)
        canvas = draw_chart(spec, inner, height, self._raster(spec))
        return [Strip.join([margin, strip]) for strip in canvas_strips(canvas, self._styles())]

    def _raster(self, spec: ChartSpec) -> Raster:
        """The curves' raster; with hundreds of runs, moving the cursor must not draw them all again."""
        want = (self._curves, self.selection.superseded, spec.window, self._area)
        if self._drawn is None or self._drawn[0] != want:
            self._drawn = want, rasterise(spec.curves, spec.window, self._area.width, self._area.height)
        return self._drawn[1]

    def _no_chart(self, width: int) -> list[Strip]:
        if not self._curves:
            why = "no visible run has this tag: Tab to the runs, then a shows all"
        elif self.selection.log_y and any(np.isfinite(curve.values).any() for curve in self._curves):
            why = "no value above 0 to draw on a log axis: y makes it linear"
        else:
            why = "every value so far is NaN or infinite"
        return [row_strip([(fit(f"  {why}", width), self.look.dim)], width, self.look.text)]

    def _styles(self) -> ChartStyles:
        look = self.look
        base = Style(bgcolor=look.background)
        colours = {i: self.shared.runs.colour(curve.run) for i, curve in enumerate(self._curves)}
        return ChartStyles(
            base=base,
            axis=look.faint,
            label=look.dim,
            grid=look.faint,
            cursor=look.accent,
            mark=look.warning,
            warning=look.error,
            highlight=Style(bgcolor=look.cursor_background),
            curves={i: Style(color=colour) for i, colour in colours.items()},
            faint={i: Style(color=self.shared.runs.faint(self._curves[i].run, look)) for i in colours},
        )

    def _table(self, width: int, height: int) -> list[Strip]:
        room = height - max(_CHART_ENOUGH, int(height * _CHART_SHARE)) - 1
        rows = min(len(self._curves), max(1, room))
        table = ReadoutTable(self.shared, self.look, smoothed=self.selection.smoothing_weight > 0)
        return table.strips(self._readouts(), width, rows, head=height >= _CHART_ENOUGH)

    def _readouts(self) -> list[Readout]:
        """One readout a run: the best value first where one can be better, NaN last."""
        found = [r for curve in self._curves if (r := readout(curve, self.selection.cursor)) is not None]
        sign = {"min": 1, "max": -1, None: 0}[goal(self.selection.tag or "")]
        return sorted(
            found, key=lambda r: (math.isnan(r.smoothed), 0.0 if math.isnan(r.smoothed) else sign * r.smoothed)
        )

    # What keys and the mouse do

    def action_first(self) -> None:
        if curve := self._cursor_curve():
            self.post_message(CursorMoved(float(curve.x[0])))

    def action_last(self) -> None:
        if curve := self._cursor_curve():
            self.post_message(CursorMoved(float(curve.x[-1])))

    def action_leave(self) -> None:
        """Esc: first the cursor goes, then the chart."""
        self.post_message(TagOpened(None) if self.selection.cursor is None else CursorMoved(None))

    def _cursor_curve(self) -> RunCurve | None:
        """The run whose points the cursor steps along: the focused one, else the longest."""
        focused = focused_run(self.snapshot, self.selection)
        with_points = [curve for curve in self._curves if len(curve.x)]
        chosen = next((curve for curve in with_points if curve.run == focused), None)
        return chosen or max(with_points, key=lambda curve: len(curve.x), default=None)

    def step(self, by: int) -> None:
        """Move the cursor to the next point at least `by` columns away, so that every press is seen to move it."""
        curve = self._cursor_curve()
        if curve is None or self._window is None:
            return
        if self.selection.cursor is None:
            self.post_message(CursorMoved(float(curve.x[-1])))
            return
        column = (self._window.x1 - self._window.x0) / max(1, self._area.width)
        self.post_message(CursorMoved(step_along(curve.x, self.selection.cursor, by * column)))

    def on_click(self, event: events.Click) -> None:
        x = self._area.x_at(event.x - _MARGIN, self._window) if self._window else None
        if x is not None and 0 < event.y <= self._area.height + 1:
            self.post_message(CursorMoved(x))

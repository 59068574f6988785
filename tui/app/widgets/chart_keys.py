"""Keys of the widgets that show charts of the shared x axis: cursor, mark, zoom, next problem, taking numbers along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from textual.reactive import reactive

from tui.analysis.zoom import Stretch, brought, chosen, holds_two, panned, zoomed
from tui.app.catalog import baseline_run, focused_run
from tui.app.chart_findings import ChartFindings, Found
from tui.app.curves import Floats, RunCurve, step_along
from tui.app.findings import NO_FINDINGS, Findings
from tui.app.messages import CursorMoved, MarkMoved, Noticed, Zoomed
from tui.app.plot import Plot
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.taking import export_directory, export_points, readings_csv, short_path
from tui.app.widgets.line_view import StripView
from tui.render.numbers import plural
from tui.render.text import printable
from tui.render.window import Window
from tui.store.snapshot import EMPTY_SNAPSHOT

_CLOSER, _FARTHER = 0.5, 2.0
_PAN = 0.25


class ChartKeys(StripView):
    """For views of charts, before the base class. Subclasses say which plot the keys are about, and how wide it is.

    All that the keys change is in the selection, so that every chart of the axis follows.
    """

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)
    findings = reactive(NO_FINDINGS, repaint=False, init=False)
    shared: Shared

    def watch_findings(self, old: Findings, new: Findings) -> None:
        self.redraw()

    def chart_plot(self) -> Plot:
        """The plot that the keys are about."""
        raise NotImplementedError

    def chart_columns(self) -> int:
        """How many cells wide its curves are drawn: one press moves the cursor by one or more."""
        raise NotImplementedError

    def chart_curve(self) -> RunCurve | None:
        """The curve along whose points the cursor goes: the focused run's, else the longest; None without points."""
        focused = focused_run(self.snapshot, self.selection)
        with_points = [curve for curve in self.chart_plot().curves if len(curve.x)]
        own = next((curve for curve in with_points if curve.run == focused), None)
        return own or max(with_points, key=lambda curve: len(curve.x), default=None)

    def chart_points(self) -> Floats:
        """The x of that curve, ascending."""
        curve = self.chart_curve()
        return curve.x if curve is not None else np.empty(0)

    def chart_window(self) -> Window | None:
        """What is in view."""
        return self.chart_plot().window

    @property
    def compared(self) -> Selection:
        """The selection for readouts: its baseline is one that is shown, a group in place of its member."""
        return replace(self.selection, baseline=baseline_run(self.snapshot, self.selection))

    # The cursor

    def move_cursor(self, by: int) -> None:
        """To the next point at least `by` columns away, so that every press is seen to move it.

        Without a cursor, to the last point in view. The view follows the cursor out of its edges.
        """
        window, x = self.chart_window(), self.chart_points()
        if window is None or not len(x):
            return
        if self.selection.cursor is None:
            self.cursor_to(step_along(x, window.x1, 0.0))
            return
        # In halves, because the difference of two large numbers of opposite sign overflows.
        column = (window.x1 / 2 - window.x0 / 2) / max(1, self.chart_columns()) * 2
        self.cursor_to(step_along(x, self.selection.cursor, by * column))

    def cursor_to(self, x: float) -> None:
        """Put the cursor at `x`, and bring it into view."""
        self.post_message(CursorMoved(x))
        view, whole = self._view(), self.chart_plot().whole
        if view is not None and whole is not None and not view[0] <= x <= view[1]:
            self.post_message(Zoomed(brought(view, whole, x)))

    def action_cursor_back(self) -> None:
        self.move_cursor(-1)

    def action_cursor_on(self) -> None:
        self.move_cursor(1)

    def action_mark(self) -> None:
        """Mark the cursor's place; where the mark is already, or without a cursor, it goes."""
        cursor, mark = self.selection.cursor, self.selection.mark
        if cursor is None and mark is None:
            self.post_message(Noticed(f"no cursor to mark: {self.shared.key('cursor_on')} puts one there"))
        else:
            self.post_message(MarkMoved(None if cursor == mark else cursor))

    # The stretch in view

    def _view(self) -> Stretch | None:
        window = self.chart_window()
        return (window.x0, window.x1) if window is not None else None

    def zoom_by(self, factor: float, about: float | None = None) -> None:
        """Zoom about a place in view; without one about the cursor, or about the end, where live data come in."""
        view, whole = self._view(), self.chart_plot().whole
        if view is None or whole is None:
            return
        cursor = self.selection.cursor
        if about is None:
            about = cursor if cursor is not None and view[0] <= cursor <= view[1] else view[1]
        self._zoom_to(zoomed(view, whole, about, factor, self.chart_points()))

    def pan_by(self, share: float) -> None:
        """Move the stretch in view by a share of its length."""
        view, whole = self._view(), self.chart_plot().whole
        if view is not None and whole is not None:
            self._zoom_to(panned(view, whole, share))

    def _zoom_to(self, zoom: Stretch | None) -> None:
        if zoom != self.selection.zoom:
            self.post_message(Zoomed(zoom))

    def action_zoom_in(self) -> None:
        self.zoom_by(_CLOSER)

    def action_zoom_out(self) -> None:
        self.zoom_by(_FARTHER)

    def action_zoom_all(self) -> None:
        self._zoom_to(None)

    def action_zoom_range(self) -> None:
        """To what lies between the mark and the cursor, or the end without one."""
        mark, whole = self.selection.mark, self.chart_plot().whole
        if mark is None or whole is None:
            marks = self.shared.key("mark")
            self.post_message(Noticed(f"no range to zoom to: {marks} marks one end, the cursor is the other"))
            return
        cursor = whole[1] if self.selection.cursor is None else self.selection.cursor
        low, high = min(cursor, mark), max(cursor, mark)
        if holds_two(self.chart_points(), low, high):
            self._zoom_to(chosen((max(low, whole[0]), min(high, whole[1])), whole))
        else:
            self.post_message(Noticed("less than two points between the mark and the cursor"))

    def action_pan_left(self) -> None:
        self.pan_by(-_PAN)

    def action_pan_right(self) -> None:
        self.pan_by(_PAN)

    # Problems

    def chart_findings(self) -> Sequence[Found]:
        """What the health rules found in the plot that the keys are about."""
        return ChartFindings().of(self.chart_plot(), self.findings)

    def next_problem(self) -> None:
        """The cursor goes to the next NaN, infinity or finding of the curves, and from the last one to the first."""
        not_finite = [c.x[~np.isfinite(c.values)] for c in self.chart_plot().curves]
        bad = np.unique(np.concatenate([*not_finite, [one.x for one in self.chart_findings()]]))
        if not len(bad):
            self.post_message(Noticed("no problem here"))
            return
        cursor = self.selection.cursor
        after = 0 if cursor is None else int(np.searchsorted(bad, cursor, "right"))
        self.cursor_to(float(bad[after % len(bad)]))

    # Taking numbers along

    def action_copy(self) -> None:
        """The readout of every curve goes to the clipboard."""
        plot = self.chart_plot()
        if not plot.curves:
            self.post_message(Noticed("nothing to copy here", failed=True))
            return
        self.app.copy_to_clipboard(readings_csv(plot, self.compared))
        self.post_message(Noticed(f"copied the readout of {plural(len(plot.curves), 'curve')} as CSV"))

    def action_export(self) -> None:
        """The points in view go to a file, which may take a second."""
        plot = self.chart_plot()
        if plot.window is None:
            self.post_message(Noticed("no point in view to export", failed=True))
        elif outlines := sum(curve.outline for curve in plot.curves):
            what = f"nothing exported: {plural(outlines, 'curve')} in outline"
            self.post_message(Noticed(f"{what}; hide other runs, or raise --memory", failed=True))
        else:
            self.run_worker(partial(self._export, plot), thread=True)

    def _export(self, plot: Plot) -> None:
        """Runs on a thread of its own."""
        try:
            path, points = export_points(plot, export_directory(self.shared.logdirs))
            done = Noticed(f"{plural(points, 'point')} to {printable(short_path(path))}")
        except (OSError, RuntimeError) as error:  # the latter where there is no home directory
            done = Noticed(f"nothing exported: {printable(str(error))}", failed=True)
        self.post_message(done)

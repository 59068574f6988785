"""The full density: one chart with axes and a cursor, of a tag or of its group's tags together, and a table below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.style import Style
from textual.strip import Strip

from logging_lib.tfevents import plugins
from tui.app.catalog import group_of, natural_key, short_name
from tui.app.choices import Fit
from tui.app.messages import CursorMoved, MarkMoved, TagOpened
from tui.app.parts import Part, cells_of, noted, superseded_notes
from tui.app.plot import Plot, PlotCache, PlotDrawing, plot_of
from tui.app.shared import Shared
from tui.app.widgets.chart_mouse import ChartMouse
from tui.app.widgets.full_view import FullView
from tui.app.widgets.readout_table import ReadoutTable
from tui.render.cells import fit
from tui.render.chart import PlotArea
from tui.render.numbers import plural
from tui.render.strips import row_strip
from tui.render.text import printable

_MARGIN = 1
# The table gets what the chart leaves: so many rows are enough for a chart, or this share of a tall pane.
_CHART_ENOUGH, _CHART_SHARE = 12, 0.6


class ScalarChart(ChartMouse, FullView):
    """The chart of `selection.tag` over the visible runs. Nothing is computed while another page is shown."""

    kind = plugins.SCALARS

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._cache = PlotCache()
        self._plot = Plot((), None)
        self._drawing = PlotDrawing(shared)

    @property
    def tag(self) -> str | None:
        return self.selection.tag

    @property
    def tag_here(self) -> str | None:
        """The tag that is open."""
        return self.selection.tag

    def chart_plot(self) -> Plot:
        return self._plot

    def chart_columns(self) -> int:
        return self._drawing.area.width

    def chart_area(self) -> PlotArea:
        area = self._drawing.area
        return replace(area, left=area.left + _MARGIN, top=area.top + 1)

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
        """The curves of the visible runs, and the window that shows them."""
        keys = [key for tag in self._tags_together() for key in self.keys.get(tag, [])]
        self._cache.keep_plots([keys])
        self._plot = plot_of(self.snapshot, keys, self.selection, self._cache)

    def _tags_together(self) -> list[str]:
        """The tag that is open, or all of its group that the filter lets through; those without a group stay alone."""
        tag = self.selection.tag or ""
        group = group_of(tag)
        if not self.selection.together or not group:
            return [tag]
        return sorted({tag, *(other for other in self.tags if group_of(other) == group)}, key=natural_key)

    def _title(self, cells: int) -> Strip:
        look, names = self.look, self._names()
        left: list[Part] = [(f" {names[0]}", look.text + Style(bold=True)), *((name, look.dim) for name in names[1:])]
        runs = len({curve.run for curve in self._plot.curves})
        x = "progress" if self.selection.fit is Fit.PROGRESS else self.selection.axis.value
        right: list[Part] = [(f"  {plural(runs, 'run')}  x: {x} ", look.dim)]
        least = min(cells_of(left[:1]), cells // 2)
        if least + cells_of(right) > cells:
            left = left[:1]
        return noted(left, self._notes(), right, cells, least, look)

    def _names(self) -> list[str]:
        """What the chart is of, and what else can be said of that."""
        tag, tags, together = self.selection.tag or "", self.tags, self._tags_together()
        if len(together) > 1:
            return [printable(group_of(tag)), f"  {', '.join(printable(short_name(name)) for name in together)}"]
        return [printable(tag), f"  {tags.index(tag) + 1} of {len(tags)}" if tag in tags else ""]

    def _notes(self) -> list[str]:
        """What is not to be seen in the chart, in many words and in few."""
        s, notes = self.selection, []
        if s.zoom is not None:
            notes.append(["zoomed, 0 shows all", "zoomed: 0"])
        if s.no_outliers:
            notes.append(["outliers clipped, O shows them", "outliers clipped"])
        if bands := [curve.band for curve in self._plot.curves if curve.band is not None]:
            steps = "on interpolated steps" if any(band.interpolated for band in bands) else "on common steps"
            most = max(band.members for band in bands)
            notes.append([f"mean of up to {most} runs {steps}", f"means {steps}", "means"])
        points = sum(curve.superseded for curve in self._plot.curves)
        key = self.shared.key("superseded")
        notes.append(superseded_notes(points, "point", "shown faint", shown=s.superseded, key=key))
        known = [note for note in notes if note]
        return [", ".join(note[min(words, len(note) - 1)] for note in known) for words in range(3)] if known else []

    def _chart(self, width: int, height: int) -> list[Strip]:
        if self._plot.window is None:
            why = self._plot.why_empty(self.selection)
            return [row_strip([(fit(f"  {why}", width), self.look.dim)], width, self.look.text)]
        margin = Strip.blank(_MARGIN, self.look.text)
        strips = self._drawing.strips(self._plot, self.selection, self.look, width - 2 * _MARGIN, height)
        return [Strip.join([margin, strip]) for strip in strips]

    def _table(self, width: int, height: int) -> list[Strip]:
        room = height - max(_CHART_ENOUGH, int(height * _CHART_SHARE)) - 1
        rows = min(len(self._plot.curves), max(1, room))
        table = ReadoutTable(self.shared, self.look, self._plot, self.compared)
        return table.strips(width, rows, head=height >= _CHART_ENOUGH)

    # What keys do

    def step(self, by: int) -> None:
        self.move_cursor(by)

    def action_first(self) -> None:
        if len(x := self.chart_points()):
            self.cursor_to(float(x[0]))

    def action_last(self) -> None:
        if len(x := self.chart_points()):
            self.cursor_to(float(x[-1]))

    def action_leave(self) -> None:
        """Esc: first cursor and mark go, then the chart."""
        if self.selection.cursor is None and self.selection.mark is None:
            self.post_message(TagOpened(None))
            return
        self.post_message(CursorMoved(None))
        self.post_message(MarkMoved(None))

    def _step_tag(self, by: int) -> None:
        """To the tag before or after; past those that are on the chart already."""
        tags, here = self.tags, self._tags_together()
        if len(here) < 2 or self.selection.tag not in tags:
            super()._step_tag(by)
            return
        at = tags.index(self.selection.tag)
        beyond: Sequence[str] = tags[at::by] if by else ()
        other = next((tag for tag in beyond if tag not in here), None)
        if other is not None:
            self.post_message(TagOpened(other))

"""One chart over the whole pane, with axes and a cursor, and a table below. What it is of, subclasses say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.style import Style
from textual.strip import Strip

from tui.analysis.health import Finding
from tui.app.chart_findings import ChartFindings, Found, flags, within
from tui.app.choices import Fit
from tui.app.finding_lines import finding_lines, finding_parts
from tui.app.messages import CursorMoved, MarkMoved, TagOpened
from tui.app.parts import Part, cells_of, cut, noted, superseded_notes
from tui.app.plot import Plot, PlotCache, PlotDrawing
from tui.app.shared import Shared
from tui.app.widgets.chart_mouse import ChartMouse
from tui.app.widgets.full_view import FullView
from tui.app.widgets.readout_table import ReadoutTable
from tui.render.cells import fit
from tui.render.chart import PlotArea
from tui.render.numbers import plural
from tui.render.strips import row_strip

_MARGIN = 1
# The table gets what the chart leaves: so many rows are enough for a chart, or this share of a tall pane.
_CHART_ENOUGH, _CHART_SHARE = 12, 0.6
_ENOUGH_FOR_FINDINGS, _ROWS_FOR_FINDINGS = 24, 2


class ChartPage(ChartMouse, FullView):
    """The chart of what is open over the visible runs. Nothing is computed while another page is shown."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self.cache = PlotCache()
        self._plot = Plot((), None)
        self._drawing = PlotDrawing(shared)
        self._findings = ChartFindings()
        self._above = 1

    # What subclasses say

    def gather(self) -> Plot:
        """The curves of the visible runs, and the window that shows them."""
        raise NotImplementedError

    def names(self) -> list[str]:
        """What the chart is of, and what else can be said of that, all printable."""
        raise NotImplementedError

    def left_out(self) -> int:
        """How many visible runs are not drawn, because they are too many."""
        return 0

    def why_empty(self) -> str:
        """What to say, and do, where there is nothing to draw."""
        return self._plot.why_empty(self.selection)

    def faults(self) -> Sequence[str]:
        """What is wrong with the chart, each a line below the title."""
        return ()

    def notes(self) -> list[list[str]]:
        """What is not to be seen in the chart: each note in many words and in few."""
        s, notes = self.selection, []
        if s.zoom is not None:
            notes.append(["zoomed, 0 shows all", "zoomed: 0"])
        if s.no_outliers:
            notes.append(["outliers clipped, O shows them", "outliers clipped"])
        if bands := [curve.band for curve in self._plot.curves if curve.band is not None and curve.band.members]:
            steps = "on interpolated steps" if any(band.interpolated for band in bands) else "on common steps"
            most = max(band.members for band in bands)
            notes.append([f"mean of up to {most} runs {steps}", f"means {steps}", "means"])
        points = sum(curve.superseded for curve in self._plot.curves)
        key = self.shared.key("superseded")
        notes.append(superseded_notes(points, "point", "shown faint", shown=s.superseded, key=key))
        return [note for note in notes if note]

    def chart_plot(self) -> Plot:
        return self._plot

    def chart_findings(self) -> Sequence[Found]:
        return self._findings.of(self._plot, self.findings)

    def chart_columns(self) -> int:
        return self._drawing.area.width

    def chart_area(self) -> PlotArea:
        area = self._drawing.area
        return replace(area, left=area.left + _MARGIN, top=area.top + self._above)

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        if self.tag is None:
            return []
        self._plot = self.gather()
        faults = self._fault_lines(width, height // 3)
        self._above = 1 + len(faults)
        rows = self._rows_for_findings(height)
        table = self._table(width, height - self._above - rows)
        chart = self._chart(width, height - self._above - len(table) - rows)
        here = self._at_cursor()  # where that is only the chart knows
        below = self._finding_lines(here, width, rows) if rows else []
        return [self._title(width, [] if rows else here), *faults, *chart, *table, *below]

    def _rows_for_findings(self, height: int) -> int:
        """As many wherever the cursor is: the chart must not move as it does. A low window has none to spare."""
        return _ROWS_FOR_FINDINGS if self.chart_findings() and height >= _ENOUGH_FOR_FINDINGS else 0

    def _finding_lines(self, here: Sequence[Finding], width: int, rows: int) -> list[Strip]:
        total, key = len(self.chart_findings()), self.shared.key("next_problem")
        return finding_lines(here, total, key, self._name_of, width, rows, self.look)

    def _name_of(self, run: str) -> str:
        """What a run is called where there are several."""
        return self.shared.runs.name(run) if len({curve.run for curve in self._plot.curves}) > 1 else ""

    def _title(self, cells: int, here: Sequence[Finding]) -> Strip:
        """What the chart is of, and how it is shown; or instead of that what was found at the cursor, if anything."""
        look, names = self.look, self.names()
        if here:
            parts: list[Part] = [(f" {names[0]}", look.text + Style(bold=True))]
            return row_strip(cut([*parts, *finding_parts(here, self._name_of, look)], cells), cells, look.text)
        left: list[Part] = [(f" {names[0]}", look.text + Style(bold=True)), *((name, look.dim) for name in names[1:])]
        runs = len({curve.run for curve in self._plot.curves})
        x = "progress" if self.selection.fit is Fit.PROGRESS else self.selection.axis.value
        right: list[Part] = [(f"  {plural(runs, 'run')}  x: {x} ", look.dim)]
        least = min(cells_of(left[:1]), cells // 2)
        if least + cells_of(right) > cells:
            left = left[:1]
        known = self.notes()
        notes = [", ".join(note[min(words, len(note) - 1)] for note in known) for words in range(3)] if known else []
        return noted(left, notes, right, cells, least, look)

    def _fault_lines(self, width: int, most: int) -> list[Strip]:
        """At most so many; the last one says how many are left out."""
        faults, look = list(self.faults()), self.look
        if len(faults) > most:
            left_out = len(faults) - max(most - 1, 0)
            faults = [*faults[: max(most - 1, 0)], f"and {plural(left_out, 'more fault')} in this chart"]
        return [row_strip([(fit(f"  {fault}", width), look.warning)], width, look.text) for fault in faults]

    def _chart(self, width: int, height: int) -> list[Strip]:
        if self._plot.window is None:
            return [row_strip([(fit(f"  {self.why_empty()}", width), self.look.dim)], width, self.look.text)]
        margin = Strip.blank(_MARGIN, self.look.text)
        marks = flags(self.chart_findings())
        strips = self._drawing.strips(self._plot, self.selection, self.look, width - 2 * _MARGIN, height, flags=marks)
        return [Strip.join([margin, strip]) for strip in strips]

    def _table(self, width: int, height: int) -> list[Strip]:
        if not self._plot.curves:
            return []
        room = height - max(_CHART_ENOUGH, int(height * _CHART_SHARE)) - 1
        rows = min(len(self._plot.curves), max(1, room))
        table = ReadoutTable(self.shared, self.look, self._plot, self.compared)
        return table.strips(width, rows, self.left_out(), head=height >= _CHART_ENOUGH)

    def _at_cursor(self) -> list[Finding]:
        """What was found in the cursor's column, the nearest first."""
        cursor, window, area = self.selection.cursor, self._plot.window, self._drawing.area
        column = None if cursor is None or window is None else area.column_of(cursor, window)
        if column is None or window is None:
            return []
        found = within(self.chart_findings(), window.x0, window.x1)
        here = [one for one in found if area.column_of(one.x, window) == column]
        return [one.finding for one in sorted(here, key=lambda one: abs(one.x - (cursor or 0.0)))]

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
        """Esc: first cursor and mark go, then the chart; where a jump has led here, back at once."""
        s = self.selection
        if s.back_to is not None or (s.cursor is None and s.mark is None):
            self.post_message(TagOpened(None))
            return
        self.post_message(CursorMoved(None))
        self.post_message(MarkMoved(None))

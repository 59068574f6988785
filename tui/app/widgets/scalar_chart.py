"""The full density: one chart with axes and a cursor, of a tag or of its group's tags together, and a table below."""

from __future__ import annotations

from collections.abc import Sequence, Set

from logging_lib.tfevents import plugins
from tui.app.catalog import group_of, natural_key, short_name
from tui.app.drawn_runs import DrawnRuns, drawn_runs
from tui.app.messages import TagOpened
from tui.app.plot import Plot, plot_of
from tui.app.shared import Shared
from tui.app.widgets.chart_page import ChartPage
from tui.model import SeriesKey
from tui.render.numbers import plural
from tui.render.text import printable

MOST_RUNS = 100
"""Runs that are drawn of a tag. Hundreds are a blot, and take a second."""
_MOST_CURVES, _LEAST_RUNS = 200, 20
"""Curves of several tags on one chart, but so many runs at least."""


class ScalarChart(ChartPage):
    """The chart of `selection.tag` over the visible runs."""

    kind = plugins.SCALARS

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self.drawn = DrawnRuns(frozenset(), 0, best=False)
        self._outlines = ""  # how many curves are only outlines, to be said beside the names

    @property
    def tag(self) -> str | None:
        return self.selection.tag

    @property
    def tag_here(self) -> str | None:
        """The tag that is open."""
        return self.selection.tag

    def gather(self) -> Plot:
        keys = self._drawn_of([key for tag in self._tags_together() for key in self.keys.get(tag, [])])
        self.cache.keep_plots([keys])
        plot = plot_of(self.snapshot, keys, self.selection, self.cache)
        outlines = sum(curve.outline for curve in plot.curves)
        self._outlines = f"  {outlines} of {plural(len(plot.curves), 'curve')} in outline" if outlines else ""
        return plot

    @property
    def charted(self) -> Set[str]:
        """The runs of which there are curves."""
        return self.drawn.runs

    def _drawn_of(self, keys: list[SeriesKey]) -> list[SeriesKey]:
        """Those that are drawn of the visible series."""
        runs, tags = dict.fromkeys(key.run for key in keys), self._list
        curves_a_run = len({key.tag for key in keys})
        most = MOST_RUNS if curves_a_run < 2 else max(_MOST_CURVES // curves_a_run, _LEAST_RUNS)
        tag = self.selection.tag or ""
        self.drawn = drawn_runs(tag, runs, tags, self.snapshot, self.selection, self.shared, most)
        return [key for key in keys if key.run in self.drawn.runs] if self.drawn.left_out else keys

    def left_out(self) -> int:
        return self.drawn.left_out

    def notes(self) -> list[list[str]]:
        return [note for note in (self.drawn.note, *super().notes()) if note]

    def _tags_together(self) -> list[str]:
        """The tag that is open, or all of its group that the filter lets through; those without a group stay alone."""
        tag = self.selection.tag or ""
        group = group_of(tag)
        if not self.selection.together or not group:
            return [tag]
        return sorted({tag, *(other for other in self.tags if group_of(other) == group)}, key=natural_key)

    def names(self) -> list[str]:
        tag, tags, together = self.selection.tag or "", self.tags, self._tags_together()
        if len(together) > 1:
            names = ", ".join(printable(short_name(name)) for name in together)
            return [printable(group_of(tag)), f"  {names}{self._outlines}"]
        return [printable(tag), (f"  {tags.index(tag) + 1} of {len(tags)}" if tag in tags else "") + self._outlines]

    # What keys do

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

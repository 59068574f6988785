"""The full view of a custom chart: all that the scalar chart can do, of the tags that a layout puts together."""

from __future__ import annotations

from collections.abc import Sequence

from logging_lib.tfevents import plugins
from tui.app.choices import Tab
from tui.app.custom_charts import ChartContent, ChartContents, ChartList, ChartLists
from tui.app.plot import Plot, plot_of, with_bounds
from tui.app.shared import Shared
from tui.app.widgets.chart_page import ChartPage
from tui.render.text import printable

_NOTHING = ChartContent((), {}, ("the layouts have no such chart any more: Esc goes back",))


class CustomChart(ChartPage):
    """The open chart over the visible runs."""

    kind = plugins.SCALARS

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._lists = ChartLists(shared.blobs)
        self._charts = ChartList({}, ())
        self._contents = ChartContents()
        self._content = _NOTHING

    @property
    def tag(self) -> str | None:
        return self.selection.opened_in(Tab.CUSTOM)

    @property
    def tags(self) -> Sequence[str]:
        return [name for group in self._charts.shown(self.selection.tags_filter) for name in group.tags]

    def gather(self) -> Plot:
        self._charts, name = self._lists.of(self.snapshot), self.tag or ""
        known = name in self._charts.charts
        self._content = self._contents.of(name, self._charts, self.keys) if known else _NOTHING
        keys, bounds = self._content.keys, self._content.bounds
        self.cache.keep_plots([with_bounds(keys, bounds)])
        return plot_of(self.snapshot, keys, self.selection, self.cache, bounds)

    def names(self) -> list[str]:
        name, tags = self.tag or "", self.tags
        return [printable(name), f"  {tags.index(name) + 1} of {len(tags)}" if name in tags else ""]

    def faults(self) -> Sequence[str]:
        return ("reading…",) if self._lists.reading and self._content is _NOTHING else self._content.faults

    def why_empty(self) -> str:
        return self.chart_plot().why_empty(self.selection) if self._content.keys else ""

    def notes(self) -> list[list[str]]:
        bands = [curve.band for curve in self.chart_plot().curves if curve.band is not None]
        interpolated = [["bounds interpolated"]] if any(band.interpolated for band in bands) else []
        return [*super().notes(), *interpolated]

"""The full density: one chart with axes and a cursor, of a tag or of its group's tags together, and a table below."""

from __future__ import annotations

from collections.abc import Sequence

from logging_lib.tfevents import plugins
from tui.app.catalog import group_of, natural_key, short_name
from tui.app.messages import TagOpened
from tui.app.plot import Plot, plot_of
from tui.app.widgets.chart_page import ChartPage
from tui.render.text import printable


class ScalarChart(ChartPage):
    """The chart of `selection.tag` over the visible runs."""

    kind = plugins.SCALARS

    @property
    def tag(self) -> str | None:
        return self.selection.tag

    @property
    def tag_here(self) -> str | None:
        """The tag that is open."""
        return self.selection.tag

    def gather(self) -> Plot:
        keys = [key for tag in self._tags_together() for key in self.keys.get(tag, [])]
        self.cache.keep_plots([keys])
        return plot_of(self.snapshot, keys, self.selection, self.cache)

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
            return [printable(group_of(tag)), f"  {', '.join(printable(short_name(name)) for name in together)}"]
        return [printable(tag), f"  {tags.index(tag) + 1} of {len(tags)}" if tag in tags else ""]

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

"""The list of custom charts: the categories of the logged layouts, a small chart for each of theirs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual.strip import Strip

from logging_lib.tfevents import plugins
from tui.app.card_grid import Card, cards_of
from tui.app.cards import CardTexts
from tui.app.catalog import focused_run, shown_key, tag_labels
from tui.app.custom_charts import ChartContents, ChartList, ChartLists
from tui.app.messages import Noticed
from tui.app.no_tags import said
from tui.app.parts import Part, pane_title
from tui.app.plot import plot_of, with_bounds
from tui.app.shared import Shared
from tui.app.widgets.card_page import CardPage
from tui.model import SeriesKey
from tui.render.numbers import plural

_MOST_CURVES = 60
"""Curves of a card: more cannot be told apart in so few cells. The full view has all."""


class CustomCards(CardPage):
    """The charts of all layouts over the visible runs. A card's only tag is the name of its chart."""

    noun = "chart"

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._lists = ChartLists(shared.blobs)
        self._charts = ChartList({}, ())
        self._contents = ChartContents()
        self._listed: tuple[object, ...] = ()
        self._faults: dict[Card, Sequence[str]] = {}

    # What is shown

    def listed(self) -> list[Card] | None:
        self._charts = self._lists.of(self.snapshot)
        wanted = (self._charts, self.selection.tags_filter, self.selection.folded)
        if wanted == self._listed:
            return None
        self._listed = wanted
        groups = self._charts.shown(self.selection.tags_filter)
        self.groups = {group.name: group for group in groups}
        folded = {group.name for group in groups if group.closed != (group.name in self.selection.folded)}
        return cards_of(groups, folded, together=False)

    def gather(self, seen: Collection[Card]) -> None:
        keys = self.shared.tag_lists.of(self.snapshot, self.selection, plugins.SCALARS).keys
        contents = {card: self._contents.of(card.tags[0], self._charts, keys) for card in seen}
        self.keys = {card: self._drawn(content.keys) for card, content in contents.items()}
        self._faults = {card: content.faults for card, content in contents.items()}
        self.curves.keep_plots(with_bounds(self.keys[card], content.bounds) for card, content in contents.items())
        self.plots = {
            card: plot_of(self.snapshot, self.keys[card], self.selection, self.curves, content.bounds)
            for card, content in contents.items()
        }

    def _drawn(self, keys: Sequence[SeriesKey]) -> list[SeriesKey]:
        """The series of a card, not too many; of each tag that of the focused run last, which is drawn over the others.

        Tags stay in their order, which is that of their line patterns.
        """
        focused = focused_run(self.snapshot, self.selection)
        place = {tag: number for number, tag in enumerate(dict.fromkeys(key.tag for key in keys))}
        kept = sorted(keys, key=lambda key: key.run != focused)[:_MOST_CURVES]
        return sorted(kept, key=lambda key: (place[key.tag], key.run == focused))

    # What is said of it

    def title(self) -> list[Part]:
        look, total = self.look, len(self._charts.charts)
        shown = sum(len(group.tags) for group in self.groups.values())
        parts = pane_title("Charts", shown, total, self.selection.tags_filter, self.has_focus, look)
        if faults := self._lists.faults:
            parts.append((f"  {plural(len(faults), 'layout')} unreadable", look.error))
        return parts

    def why_none(self, width: int) -> list[Strip]:
        return said(self._why_none(), width, self.look)

    def _why_none(self) -> Sequence[str]:
        if self._lists.reading:
            return ("reading…",)
        if self._charts.charts:
            key = self.shared.key("filter")
            return (f"no chart matches /{self.selection.tags_filter.text}", f"{key} then Esc clears the filter")
        return (*self._lists.faults, "no layout that was logged has a chart")

    def texts(self, card: Card, *, heads: bool) -> CardTexts:
        group, run = self.groups[card.group], focused_run(self.snapshot, self.selection)
        curves = dict(zip(self.keys[card], self.plots[card].curves, strict=True))
        tags = self.plots[card].tags
        of_tags = ([key for key in curves if key.tag == tag] for tag in tags)
        shown = tuple(curves[shown_key(self.snapshot, keys, run)] for keys in of_tags)
        labels = tuple(tag_labels(tags).values()) if len(tags) > 1 else ()
        title, (name,) = group.title if heads else "", card.tags
        return CardTexts(title, group.label(name), shown, labels, None, group.labels, "; ".join(self._faults[card]))

    # What keys do

    def action_pin(self) -> None:
        """Charts stand as their layout has them."""
        self.post_message(Noticed("charts of a layout cannot be pinned: tags can, in the Scalars tab"))

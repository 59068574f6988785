"""The cards density of scalars: a grid of small charts, all visible runs overlaid."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set

from textual.strip import Strip

from logging_lib.tfevents import plugins
from tui.analysis.statistics import Best
from tui.app.card_grid import Card, cards_of
from tui.app.cards import CardTexts
from tui.app.catalog import focused_run, shown_key
from tui.app.drawn_runs import drawn_runs
from tui.app.findings import worst
from tui.app.messages import Noticed, TagPinned
from tui.app.no_tags import why_none
from tui.app.parts import Part, pane_title
from tui.app.plot import plot_of
from tui.app.shared import Shared
from tui.app.tag_list import NO_TAGS
from tui.app.widgets.card_page import CardPage
from tui.model import SeriesKey
from tui.render.numbers import plural

MOST_RUNS = 50
"""Runs of a card. More cannot be told apart in so few cells, and hundreds on each card take a second to draw."""


class ScalarCards(CardPage):
    """All scalar tags of the visible runs, a small chart each."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._list = NO_TAGS
        self._labels: dict[str, tuple[str, ...]] = {}
        self._listed: tuple[object, ...] = ()

    # What is shown

    def listed(self) -> list[Card] | None:
        self._list = self.shared.tag_lists.of(self.snapshot, self.selection, plugins.SCALARS)
        wanted = (self._list, self.selection.folded, self.selection.together)
        if wanted == self._listed:
            return None
        self._listed = wanted
        self.groups = {group.name: group for group in self._list.groups}
        self._labels = {group.name: group.labels for group in self._list.groups}
        return cards_of(self._list.groups, self.selection.folded, together=self.selection.together)

    def gather(self, seen: Collection[Card]) -> None:
        self.keys = {card: self._keys_of(card) for card in seen}
        self.curves.keep_plots(self.keys.values())
        self.plots = {
            card: plot_of(self.snapshot, keys, self.selection, self.curves) for card, keys in self.keys.items()
        }

    @property
    def headings(self) -> bool:
        return not self.selection.together

    def _keys_of(self, card: Card) -> list[SeriesKey]:
        """The series of a card, those of the focused run last, which is drawn over the others."""
        focused = focused_run(self.snapshot, self.selection)
        keys = [key for tag in card.tags for key in self._drawn_of(tag)]
        return sorted(keys, key=lambda key: key.run == focused)

    @property
    def charted(self) -> Set[str]:
        """The runs of which there are curves on the cards in view."""
        return {key.run for keys in self.keys.values() for key in keys}

    def _drawn_of(self, tag: str) -> Sequence[SeriesKey]:
        """The series of a tag that are drawn: of too many runs the best ones, and those that are asked about."""
        keys, tags = self._list.keys[tag], self._list
        if len(keys) <= MOST_RUNS:
            return keys
        runs = [key.run for key in keys]
        drawn = drawn_runs(tag, runs, tags, self.snapshot, self.selection, self.shared, MOST_RUNS).runs
        return [key for key in keys if key.run in drawn]

    def _best(self, tag: str) -> Best | None:
        return self.shared.bests.of(tag, self._list, self.snapshot)

    # What is said of it

    def title(self) -> list[Part]:
        look, shown, total = self.look, len(self._list.tags), len(self._list.keys)
        parts = pane_title("Tags", shown, total, self.selection.tags_filter, self.has_focus, look)
        if len(self._list.runs) > MOST_RUNS:
            parts.append((f"  the best {MOST_RUNS} of {plural(len(self._list.runs), 'run')} drawn", look.warning))
        return parts

    def why_none(self, width: int) -> list[Strip]:
        return why_none(self._list, self.snapshot, self.selection, self.shared, width, self.look)

    def texts(self, card: Card, *, heads: bool) -> CardTexts:
        group, run = self.groups[card.group], focused_run(self.snapshot, self.selection)
        curves = dict(zip(self.keys[card], self.plots[card].curves, strict=True))
        of_tags = ([key for key in curves if key.tag == tag] for tag in card.tags)
        shown = tuple(curves[shown_key(self.snapshot, keys, run)] for keys in of_tags)
        found = [found for tag in card.tags if (found := self.findings.of_tag(tag, self._list.visible)) is not None]
        severity = worst(found) if found else None
        if len(card.tags) > 1:
            return CardTexts("", group.title, shown, tuple(map(group.label, card.tags)), None, severity=severity)
        (tag,) = card.tags
        title, labels = group.title if heads else "", self._labels[group.name]
        return CardTexts(title, group.label(tag), shown, (), self._best(tag), labels, severity=severity)

    # What keys do

    def action_pin(self) -> None:
        """Pin the card's tag on top, or unpin it."""
        if self.card is None or self.tag_here is None:
            return
        if len(self.card.tags) > 1:
            key = self.shared.key("together")
            self.post_message(Noticed(f"tags are pinned one by one: {key} takes the group apart"))
        else:
            self.moved = True
            self.post_message(TagPinned(self.tag_here))

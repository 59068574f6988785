"""A page of cards: small charts in a grid under the headings of their groups. Which charts, subclasses say."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from textual import events
from textual.actions import SkipAction
from textual.reactive import reactive
from textual.strip import Strip

from tui.app.axes import x_text
from tui.app.card_grid import Card, Shelf
from tui.app.card_shelves import CardShelves
from tui.app.cards import CardDrawing, CardSize, CardTexts, gutter_of
from tui.app.catalog import Group, focused_run
from tui.app.messages import CursorMoved, GroupToggled, TagOpened
from tui.app.parts import Part, cells_of, group_parts, spread
from tui.app.plot import Plot, PlotCache
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.chart_keys import ChartKeys
from tui.app.widgets.line_view import thumb
from tui.model import SeriesKey
from tui.render.strips import row_strip
from tui.store.snapshot import StoreSnapshot

_NO_PLOT = Plot((), None)


class CardPage(ChartKeys):
    """All charts of a kind, small. Only the cards in view are computed."""

    cursor = reactive(0, repaint=False, init=False)

    noun = "tag"
    """What a folded group counts."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shared = shared
        self.groups: Mapping[str, Group] = {}
        self.keys: dict[Card, list[SeriesKey]] = {}
        self.plots: dict[Card, Plot] = {}
        self.curves = PlotCache()
        self.moved = False
        self._drawings: dict[Card, CardDrawing] = {}
        self._shelves = CardShelves()
        self._gutter = 0
        self._wanted: str | None = None

    # What subclasses say

    def listed(self) -> list[Card] | None:
        """The cards anew, and their `groups`, where something of that changed; else None."""
        raise NotImplementedError

    def gather(self, seen: Collection[Card]) -> None:
        """Take the `keys` and the `plots` of the cards in view, and forget those of others."""
        raise NotImplementedError

    def texts(self, card: Card, *, heads: bool) -> CardTexts:
        """What a card's title says; with `heads` it names the group."""
        raise NotImplementedError

    def title(self) -> list[Part]:
        """What the page's first line starts with."""
        raise NotImplementedError

    def why_none(self, width: int) -> list[Strip]:
        """What stands where there is no card."""
        raise NotImplementedError

    @property
    def headings(self) -> bool:
        """Whether groups are to have lines of their own."""
        return True

    def watch_snapshot(self, old: StoreSnapshot, new: StoreSnapshot) -> None:
        self.redraw()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        self.redraw()

    def watch_cursor(self) -> None:
        self.redraw()

    # What is shown, and where

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        self._relist()
        if not self._shelves.cards:
            return [self._heading(width), *self.why_none(width)]
        if self._shelves.lay_out(width, height - 1, headings=self.headings):
            self._gutter = 0
        self._shelves.look(self.cursor, height - 1)
        self._gather()
        strips = [strip for shelf, lines in self._shelves.seen for strip in self._shelf_strips(shelf, lines, width)]
        return [self._heading(width), *self._with_bar(strips, width, height - 1)]

    def _relist(self) -> None:
        """List the cards anew where something of that changed; the cursor stays with its tag."""
        if (cards := self.listed()) is not None:
            self._set_cursor(self._shelves.put(cards, self.card if self.moved else None))
        if self._wanted is not None and (found := self._shelves.place_of_tag(self._wanted)) is not None:
            self._set_cursor(found)
            self.moved = True
        self._wanted = None

    def _set_cursor(self, place: int) -> None:
        self.set_reactive(CardPage.cursor, place)

    def _gather(self) -> None:
        """What the cards in view show; that of others is forgotten."""
        shelves = self._shelves
        seen = {card: lines for shelf, lines in shelves.seen for card in shelves.on(shelf) if card.tags}
        self.gather(seen.keys())
        self._drawings = {card: self._drawings.get(card) or CardDrawing(self.shared) for card in seen}
        # It never gets narrower: a label that changes as points come in must not move every chart.
        gutter = gutter_of((self.plots[card], lines) for card, lines in seen.items())
        self._gutter = max(self._gutter, min(gutter, shelves.grid.width // 3))

    # How it is drawn

    def _heading(self, width: int) -> Strip:
        """What is listed, the run whose values the titles tell, and the stretch of x of the card under the cursor."""
        look, run = self.look, focused_run(self.snapshot, self.selection)
        left = self.title()
        if run is not None:
            mark, name = self.shared.runs.mark(run), self.shared.runs.name(run)
            left.append((f"   {mark} {name}", self.shared.runs.style(run, look)))
        right: list[Part] = []
        if (window := self.chart_window()) is not None:
            ends = f"{x_text(window.x0, self.selection)} to {x_text(window.x1, self.selection)}"
            right.append((f"  {self.selection.axis.value} {ends} ", look.dim))
        if self.selection.cursor is not None:
            right.insert(0, (f"  cursor at {x_text(self.selection.cursor, self.selection)}", look.text))
        return spread(left, right if cells_of(right) < width // 2 else [], width, look)

    def _shelf_strips(self, shelf: Shelf, lines: int, width: int) -> list[Strip]:
        look = self.look
        if shelf.heading is not None:
            group = self.groups[shelf.heading]
            folded = shelf.first < shelf.end
            count = len(group.tags)
            parts = group_parts(group.title, count, "", folded=folded, cells=width, look=look, noun=self.noun)
            if folded and self.has_focus and shelf.first == self.cursor:
                parts = [(text, look.on_cursor(style)) for text, style in parts]
            return [row_strip(parts, width, look.text)]
        size = CardSize(self._shelves.grid.width, lines, self._gutter)
        cards = [self._card_strips(place, size) for place in range(shelf.first, shelf.end)]
        return [Strip.join(row).adjust_cell_length(width, look.text) for row in zip(*cards, strict=True)]

    def _card_strips(self, place: int, size: CardSize) -> list[Strip]:
        card, on_cursor = self._shelves.cards[place], self.has_focus and place == self.cursor
        texts, plot = self.texts(card, heads=self._shelves.heads(place)), self.plots[card]
        return self._drawings[card].strips(
            plot, texts, self.selection, self.look, size, on_cursor=on_cursor, findings=self.findings
        )

    def _with_bar(self, strips: list[Strip], width: int, height: int) -> list[Strip]:
        """With a scroll bar, if not everything is in view."""
        top, total = self._shelves.lines()
        if total <= height:
            return strips
        strips += [Strip.blank(width - 1, self.look.text)] * (height - len(strips))
        bar = (thumb(row, height, top, total, self.look) for row in range(height))
        return [
            Strip.join([strip.adjust_cell_length(width - 1), cell]) for strip, cell in zip(strips, bar, strict=True)
        ]

    # What the keys are about

    @property
    def card(self) -> Card | None:
        """The card that the cursor is on."""
        return self._shelves.cards[self.cursor] if self.cursor < len(self._shelves.cards) else None

    @property
    def tag_here(self) -> str | None:
        """The tag that the cursor is on, the first of several."""
        return next(iter(self.card.tags), None) if self.card is not None else None

    def show_tag(self, tag: str) -> None:
        """Put the cursor on a tag's card, as soon as it is listed."""
        self._wanted = tag
        self.redraw()

    def chart_plot(self) -> Plot:
        return self.plots.get(self.card, _NO_PLOT) if self.card is not None else _NO_PLOT

    def chart_columns(self) -> int:
        drawing = self._drawings.get(self.card) if self.card is not None else None
        return drawing.columns if drawing is not None else 0

    # What keys and the mouse do

    def _go(self, place: int) -> None:
        self.moved = True
        self.cursor = min(max(place, 0), max(0, len(self._shelves.cards) - 1))

    def _go_down(self, shelves: int) -> None:
        self._go(self._shelves.below(self.cursor, shelves))

    def action_cursor_up(self) -> None:
        self._go_down(-1)

    def action_cursor_down(self) -> None:
        self._go_down(1)

    def action_cursor_left(self) -> None:
        self._go(self.cursor - 1)

    def action_cursor_right(self) -> None:
        self._go(self.cursor + 1)

    def action_page_up(self) -> None:
        self._go_down(-self._shelves.page)

    def action_page_down(self) -> None:
        self._go_down(self._shelves.page)

    def action_first(self) -> None:
        self._go(0)

    def action_last(self) -> None:
        self._go(len(self._shelves.cards) - 1)

    def action_enter(self) -> None:
        """Open the card, or unfold the group."""
        if self.card is not None and self.tag_here is None:
            self.post_message(GroupToggled(self.card.group))
        elif self.card is not None:
            self.post_message(TagOpened(self.tag_here))

    def action_leave(self) -> None:
        """Esc: the cursor in the charts goes."""
        if self.selection.cursor is None:
            raise SkipAction
        self.post_message(CursorMoved(None))

    def action_toggle_line(self) -> None:
        """Fold the card's group, or unfold it."""
        if self.card is not None and self.card.group:
            self.moved = True
            self.post_message(GroupToggled(self.card.group))

    def on_click(self, event: events.Click) -> None:
        shelf = self._shelves.shelf_at(event.y - 1)  # the heading of the page is above
        if shelf is None:
            return
        if shelf.heading is not None:
            self.post_message(GroupToggled(shelf.heading))
            return
        place = shelf.first + event.x // self._shelves.grid.width
        if place < shelf.end:
            again = place == self.cursor and self.moved
            self._go(place)
            if again:
                self.action_enter()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._go_down(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._go_down(-1)

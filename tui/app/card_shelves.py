"""A list of cards on their shelves: which are in view, and where the cursor goes among them."""

from __future__ import annotations

from collections.abc import Sequence

from tui.app.card_grid import Card, Grid, Shelf, fitted_grid, laid_out, shelf_of, top_shelf
from tui.app.catalog import PINNED

_LEAST_PART = 5
"""Lines of a card that the lower edge cuts off; one with fewer is left out."""


class CardShelves:
    """`cards` in order, as `grid` has them on `shelves`; `seen` are the shelves in view with their lines in view.

    Places are those in `cards`.
    """

    def __init__(self) -> None:
        self.cards: list[Card] = []
        self.grid = Grid(1, 0, 0, False)
        self.shelves: list[Shelf] = []
        self.seen: list[tuple[Shelf, int]] = []
        self._top = 0
        self._laid_out: tuple[object, ...] = ()

    def put(self, cards: list[Card], at: Card | None) -> int:
        """Take these cards for those before. Returns where the card `at` is now, or what stands for it.

        That is the card with its tag, its group's line once that is folded, its group's first card once it is not,
        or a neighbour.
        """
        before, self.cards = self.cards, cards
        places = {card: place for place, card in enumerate(cards)}
        if at is None or at in places:
            return places[at] if at is not None else 0
        of_group = (card for card in cards if card.group == at.group)
        heir = next((card for card in of_group if not (card.tags and at.tags) or set(card.tags) & set(at.tags)), None)
        index = before.index(at)
        neighbours = (card for card in (*before[index:], *reversed(before[:index])) if card in places)
        found = heir or next(neighbours, None)
        return places[found] if found is not None else 0

    def place_of_tag(self, tag: str) -> int | None:
        """Where the first card with a tag is."""
        return next((place for place, card in enumerate(self.cards) if tag in card.tags), None)

    def lay_out(self, width: int, height: int, *, headings: bool) -> bool:
        """Set the cards on shelves; returns whether they, or where they stand, differ from before."""
        wanted = (self.cards, width, height, headings)
        if wanted == self._laid_out:
            return False
        self._laid_out = wanted
        self.grid = fitted_grid(self.cards, width, height, headings=headings)
        self.shelves = laid_out(self.cards, self.grid)
        return True

    def look(self, cursor: int, height: int) -> None:
        """Bring the card at the cursor into view of so many lines; the last shelf may be cut off."""
        self._top = top_shelf(self.shelves, self._top, shelf_of(self.shelves, cursor), height)
        self.seen, room = [], height
        for shelf in self.shelves[self._top :]:
            if shelf.height > room and (shelf.heading is not None or room < _LEAST_PART):
                break
            self.seen.append((shelf, min(shelf.height, room)))
            room -= min(shelf.height, room)

    def on(self, shelf: Shelf) -> Sequence[Card]:
        """The cards on a shelf."""
        return self.cards[shelf.first : shelf.end]

    def heads(self, place: int) -> bool:
        """Whether a card is to name its group: where no heading does, the group's first one and a shelf's first one."""
        group = self.cards[place].group
        if self.grid.headings or group in ("", PINNED):
            return False
        return any(shelf.first == place for shelf, _ in self.seen) or self.cards[place - 1].group != group

    def lines(self) -> tuple[int, int]:
        """How many lines are above the view, and how many there are in all."""
        heights = [shelf.height for shelf in self.shelves]
        return sum(heights[: self._top]), sum(heights)

    @property
    def page(self) -> int:
        """Shelves of cards in view that are not cut off; at least one."""
        return max(1, sum(shelf.first < shelf.end and lines == shelf.height for shelf, lines in self.seen))

    def below(self, place: int, by: int) -> int:
        """The place so many shelves below (above, if negative), in the same column where there is one.

        Stops at the first and the last shelf.
        """
        shelves = [shelf for shelf in self.shelves if shelf.first < shelf.end]
        if not shelves:
            return place
        at = shelf_of(shelves, place)
        shelf = shelves[min(max(at + by, 0), len(shelves) - 1)]
        return min(shelf.first + place - shelves[at].first, shelf.end - 1)

    def shelf_at(self, line: int) -> Shelf | None:
        """The shelf at a line of the view."""
        for shelf, lines in self.seen:
            if 0 <= line < lines:
                return shelf
            line -= lines
        return None

"""How cards are laid out in a pane: how large they are, which stand side by side, and which are in view."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tui.app.catalog import PINNED, Group

TOGETHER = 6
"""Tags of one chart at most: so many line patterns can be told apart."""
LEAST_HEIGHT = 6
"""Lines of the lowest card that can be read, its title among them."""
LEAST_WIDTH = 27
LOW = 30
"""Lines of a page that is too low for headings where not all cards fit in."""
_WIDTH_OF_A_LINE = 3
"""Cells of width that go with a line of height, at least; a higher card shows no more."""
_ELONGATED = 4
"""A card longer than so many times its lines, in cells, shows no more."""


@dataclass(frozen=True, slots=True)
class Card:
    """The chart of one tag, of several of a group together, or of none: a folded group, which is a line."""

    group: str
    tags: tuple[str, ...]


def cards_of(groups: Iterable[Group], folded: Collection[str], *, together: bool) -> list[Card]:
    """A card for each tag; `together` one for each group, or several where it has too many tags for one chart."""
    cards = []
    for group in groups:
        size = TOGETHER if together and group.name not in ("", PINNED) else 1
        if group.name and group.name in folded:
            cards.append(Card(group.name, ()))
        else:
            starts = range(0, len(group.tags), size)
            cards += [Card(group.name, group.tags[start : start + size]) for start in starts]
    return cards


@dataclass(frozen=True, slots=True)
class Shelf:
    """What stands side by side: the cards from `first` to before `end`, or a line that names a group.

    Such a line holds the card of a group that is folded, or none.
    """

    height: int
    first: int
    end: int
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """How many cards stand side by side, their size in cells, and whether groups have headings.

    The first `higher` shelves have a line more.
    """

    columns: int
    width: int
    height: int
    headings: bool
    higher: int = 0


def fitted_grid(cards: Sequence[Card], width: int, height: int, *, headings: bool) -> Grid:
    """The grid in which all cards are in view and show most; else the densest that can be read.

    Without the lines of headings, where these are wanted, more cards may fit: then they go, as they do in a low
    window. A page with a scroll bar has a cell less of width.
    """
    most = max(1, width // LEAST_WIDTH)
    charts = sum(bool(card.tags) for card in cards)
    fit = -(-charts // most) * LEAST_HEIGHT <= height
    for with_headings in ((True, False) if headings else (False,)) if fit else ():
        grids = [_whole(cards, width, height, columns, with_headings) for columns in range(1, most + 1)]
        best = max((grid for grid in grids if grid is not None), key=_legible, default=None)
        if best is not None:
            return best
    most = max(1, (width - 1) // LEAST_WIDTH)
    headings = headings and height >= LOW
    lines = height - headings  # a heading is mostly in view
    return Grid(most, (width - 1) // most, max(LEAST_HEIGHT, lines // max(1, lines // LEAST_HEIGHT)), headings)


def _whole(cards: Sequence[Card], width: int, height: int, columns: int, headings: bool) -> Grid | None:
    """The grid of so many columns with all cards in view, None where they are too low for that."""
    shelves = laid_out(cards, Grid(columns, 0, 0, headings))
    lines = sum(shelf.heading is not None for shelf in shelves)
    cell = width // columns
    charts = len(shelves) - lines
    if not charts:
        return Grid(columns, cell, LEAST_HEIGHT, headings) if lines <= height else None
    each = (height - lines) // charts
    most = max(LEAST_HEIGHT, cell // _WIDTH_OF_A_LINE)
    if each >= most:
        return Grid(columns, cell, most, headings)
    return Grid(columns, cell, each, headings, (height - lines) % charts) if each >= LEAST_HEIGHT else None


def _legible(grid: Grid) -> int:
    return min(grid.width, _ELONGATED * grid.height) * min(grid.height, grid.width // _WIDTH_OF_A_LINE)


def laid_out(cards: Sequence[Card], grid: Grid) -> list[Shelf]:
    """All cards on shelves, in order. Without headings cards of different groups share a shelf; pinned ones never."""
    shelves: list[Shelf] = []
    at = charts = 0
    while at < len(cards):
        group = cards[at].group
        if not cards[at].tags:
            shelves.append(Shelf(1, at, at + 1, group))
            at += 1
            continue
        end = at
        alone = grid.headings or group == PINNED
        while end < len(cards) and cards[end].tags and (not alone or cards[end].group == group):
            end += 1
        if alone and group:
            shelves.append(Shelf(1, at, at, group))
        for first in range(at, end, grid.columns):
            shelves.append(Shelf(grid.height + (charts < grid.higher), first, min(first + grid.columns, end)))
            charts += 1
        at = end
    return shelves


def shelf_of(shelves: Sequence[Shelf], card: int) -> int:
    """The number of the shelf on which a card stands."""
    return next(number for number, shelf in enumerate(shelves) if shelf.first <= card < shelf.end)


def top_shelf(shelves: Sequence[Shelf], top: int, shelf: int, height: int) -> int:
    """The first shelf in view, as near to `top` as the one that must be in view allows; no room is left unused.

    With a group's first cards, its heading is in view too.
    """
    above = shelf - 1 if shelf and shelves[shelf - 1].first == shelves[shelf - 1].end else shelf
    lowest = _first_with(shelves, shelf, height)
    return min(max(min(top, above), lowest), _first_with(shelves, len(shelves) - 1, height), shelf)


def _first_with(shelves: Sequence[Shelf], last: int, height: int) -> int:
    """The first shelf from which all up to the last one are in view."""
    first, used = last, 0
    while first >= 0 and (used := used + shelves[first].height) <= height:
        first -= 1
    return min(first + 1, last)

"""How cards are laid out: sizes, shelves, headings, what is in view."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.app.card_grid import (
    LEAST_HEIGHT,
    LEAST_WIDTH,
    Card,
    Grid,
    Shelf,
    cards_of,
    fitted_grid,
    laid_out,
    shelf_of,
    top_shelf,
)
from tui.app.catalog import PINNED, Group


def cards(*sizes: int) -> list[Card]:
    """Groups a, b, ... of so many cards of a tag each."""
    return [Card(name, (f"{name}/{i}",)) for name, size in zip("abcdefgh", sizes, strict=False) for i in range(size)]


def test_a_card_for_each_tag_or_for_each_group() -> None:
    groups = [Group(PINNED, ("a/x", "b/x")), Group("", ("lr",)), Group("a", ("a/y", "a/z")), Group("b", ("b/y",))]
    single = [Card(PINNED, ("a/x",)), Card(PINNED, ("b/x",)), Card("", ("lr",))]
    assert cards_of(groups, (), together=False) == [
        *single, Card("a", ("a/y",)), Card("a", ("a/z",)), Card("b", ("b/y",)),
    ]  # fmt: skip
    assert cards_of(groups, (), together=True) == [*single, Card("a", ("a/y", "a/z")), Card("b", ("b/y",))]
    assert cards_of(groups, {"a", PINNED}, together=True) == [
        Card(PINNED, ()), Card("", ("lr",)), Card("a", ()), Card("b", ("b/y",)),
    ]  # fmt: skip


def test_a_group_of_many_tags_takes_several_charts() -> None:
    tags = tuple(f"a/{i}" for i in range(14))
    assert [card.tags for card in cards_of([Group("a", tags)], (), together=True)] == [tags[:6], tags[6:12], tags[12:]]


@pytest.mark.parametrize(
    ("sizes", "width", "height", "grid"),
    [
        # columns, width, height, headings, shelves that are a line higher
        ((24,), 120, 41, Grid(4, 30, 6, True, 4)),
        ((3, 3, 5, 4, 5, 4), 116, 41, Grid(4, 29, 6, False, 5)),
        ((4, 4), 120, 41, Grid(2, 60, 9, True, 3)),
        ((2, 2, 2, 1), 120, 41, Grid(2, 60, 9, True, 1)),
        ((1,), 120, 41, Grid(1, 120, 40, True)),
        ((1,), 60, 41, Grid(1, 60, 20, True)),
        ((24,), 80, 20, Grid(2, 39, 6, False)),
        ((500,), 120, 41, Grid(4, 29, 6, True)),
        ((3,), 20, 41, Grid(1, 20, 6, True)),
        ((3,), 20, 3, Grid(1, 19, 6, False)),
    ],
)
def test_as_many_cards_as_can_be_read_and_no_smaller_than_they_must(
    sizes: tuple[int, ...], width: int, height: int, grid: Grid
) -> None:
    assert fitted_grid(cards(*sizes), width, height, headings=True) == grid


def test_cards_stand_in_rows_under_the_headings_of_their_groups() -> None:
    shelves = laid_out(cards(3, 1), Grid(2, 40, 7, True, 1))
    assert shelves == [Shelf(1, 0, 0, "a"), Shelf(8, 0, 2), Shelf(7, 2, 3), Shelf(1, 3, 3, "b"), Shelf(7, 3, 4)]
    assert laid_out(cards(3, 1), Grid(2, 40, 7, False)) == [Shelf(7, 0, 2), Shelf(7, 2, 4)]


def test_pinned_cards_stand_apart_and_folded_groups_are_a_line() -> None:
    some = [Card(PINNED, ("x",)), Card("", ("lr",)), Card("a", ()), Card("b", ("b/x",))]
    assert laid_out(some, Grid(2, 40, 7, False)) == [
        Shelf(1, 0, 0, PINNED), Shelf(7, 0, 1), Shelf(7, 1, 2), Shelf(1, 2, 3, "a"), Shelf(7, 3, 4),
    ]  # fmt: skip


def test_what_is_in_view_follows_the_cursor_and_leaves_no_room_unused() -> None:
    shelves = laid_out(cards(6, 6), Grid(2, 40, 7, True))  # a heading and three shelves, twice
    assert [shelf_of(shelves, card) for card in (0, 5, 6, 11)] == [1, 3, 5, 7]
    assert top_shelf(shelves, 0, 1, 20) == 0
    assert top_shelf(shelves, 0, 3, 20) == 2
    assert top_shelf(shelves, 4, 3, 20) == 3
    assert top_shelf(shelves, 7, 1, 20) == 0
    assert top_shelf(shelves, 0, 7, 20) == 6
    assert top_shelf(shelves, 7, 7, 20) == 6
    assert top_shelf(shelves, 2, 5, 3) == 5


SIZES = st.lists(st.integers(1, 30), min_size=1, max_size=8)


@given(SIZES, st.integers(10, 300), st.integers(1, 100), st.booleans(), st.data())
def test_every_card_stands_once_and_in_view_when_the_cursor_is_on_it(
    sizes: list[int], width: int, height: int, headings: bool, data: st.DataObject
) -> None:
    all_cards = cards(*sizes)
    grid = fitted_grid(all_cards, width, height, headings=headings)
    shelves = laid_out(all_cards, grid)
    assert [card for shelf in shelves for card in range(shelf.first, shelf.end)] == list(range(len(all_cards)))
    assert grid.columns * grid.width <= width and grid.height >= LEAST_HEIGHT
    assert grid.columns == 1 or grid.width >= LEAST_WIDTH
    on = shelf_of(shelves, data.draw(st.integers(0, len(all_cards) - 1)))
    top = top_shelf(shelves, data.draw(st.integers(0, len(shelves) - 1)), on, height)
    assert top <= on and sum(shelf.height for shelf in shelves[top:on]) <= max(0, height - shelves[on].height)

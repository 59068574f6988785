"""The passes of a loop, told from the order of its records."""

from __future__ import annotations

import numpy as np
import pytest

from tui.reader.periods import Passes, first_pass, passes


def found(kinds: list[int], steps: list[int] | None = None) -> Passes | None:
    return passes(np.array(kinds), np.array(steps if steps is not None else [0] * len(kinds)))


def test_passes_at_the_end() -> None:
    rows = 10
    kinds = [9, 8, 7, *[1, 2, 3] * rows]
    steps = [0, 0, 0, *(step for step in range(1, rows + 1) for _ in range(3))]
    assert found(kinds, steps) == Passes(3, 0)
    assert found([*kinds, 1], [*steps, 11]) == Passes(3, 1)
    assert found([*kinds, 1, 2], [*steps, 11, 11]) == Passes(3, 2)


def test_a_pass_begins_where_the_step_changes() -> None:
    kinds = [5, *[1, 2, 3, 4] * 9]
    for begun in range(4):
        steps = [0, *((place + begun) // 4 for place in range(36))]
        assert found(kinds, steps) == Passes(4, begun)


def test_where_the_step_never_changes_a_pass_ends_with_the_records() -> None:
    assert found([5, *[1, 2, 3, 4] * 9]) == Passes(4, 0)


def test_where_the_step_changes_with_each_record() -> None:
    assert found([5, *[1, 2] * 20], list(range(41))) == Passes(2, 1)


def test_one_kind() -> None:
    assert found([1] * 25) == Passes(1, 0)
    assert found([1] * 24) is None
    assert found([2, *[1] * 24]) == Passes(1, 0)


def test_long_passes_are_seen_twice() -> None:
    row = list(range(100))
    assert found([7, *row, *row]) == Passes(100, 0)
    assert found(row + row) is None
    assert found([*row, *row[:-1]]) is None


def test_the_shortest_period_counts() -> None:
    assert found([9, *[1, 2, 1, 2, 1, 2] * 10]) == Passes(2, 0)
    assert found([9, *[1, 1, 2] * 10]) == Passes(3, 0)


def test_a_kind_that_comes_often_in_a_pass() -> None:
    assert found([9, *[*[1] * 7, 2, 1] * 6]) == Passes(9, 0)
    assert found([9, *[*range(2, 12), *[1] * 20] * 6]) is None


@pytest.mark.parametrize("place", [-1, -2, -12, -24])
def test_what_comes_between_ends_them(place: int) -> None:
    kinds = [9, *[1, 2, 3] * 10]
    kinds[place] = 8
    assert found(kinds) is None


def test_records_without_a_layout_equal_nothing() -> None:
    assert found([-1] * 60) is None
    assert found([9, *[1, -1] * 30]) is None


@pytest.mark.parametrize(
    ("kinds", "length", "end", "start"),
    [
        ([1, 2] * 5, 2, 10, 0),
        ([7, *[1, 2] * 5], 2, 11, 1),
        ([2, *[1, 2] * 5], 2, 11, 1),
        ([7, 8, 9, *[1, 2, 3] * 4, 1], 3, 15, 3),
        ([7, 8, 9, *[1, 2, 3] * 4, 1, 2], 3, 16, 4),
        ([1, 2, 7, 1, 2, 1, 2], 2, 7, 3),
    ],
)
def test_where_passes_begin(kinds: list[int], length: int, end: int, start: int) -> None:
    assert first_pass(np.array(kinds), length, end) == start

"""Superseded points apart by session."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.superseded import MOST_PIECES, pieces


def split(steps: list[int], superseded: list[int]) -> list[list[int]]:
    flags = np.isin(np.arange(len(steps)), superseded)
    return [piece.tolist() for piece in pieces(np.array(steps, np.int64), flags)]


@pytest.mark.parametrize(
    ("steps", "superseded", "expected"),
    [
        # 0..4, restarted from 2.
        ([0, 1, 2, 3, 4, 2, 3, 4, 5], [2, 3, 4], [[2, 3, 4]]),
        # 0..4, restarted from 2, and from 2 again: the first restart left no current point between.
        ([0, 1, 2, 3, 4, 2, 3, 2, 3], [2, 3, 4, 5, 6], [[2, 3, 4], [5, 6]]),
        # 0..4, restarted from 2, and from 3: one point of the first restart is current.
        ([0, 1, 2, 3, 4, 2, 3, 3, 4], [2, 3, 4, 6], [[2, 3, 4], [6]]),
        # 0..2, resumed at 3, and all of it from 2 again: the resumed part goes on where the first one ended.
        ([0, 1, 2, 3, 4, 2], [2, 3, 4], [[2, 3, 4]]),
        # All of it again, and one step logged twice.
        ([0, 1, 1, 0, 1, 1], [0, 1, 2], [[0, 1, 2]]),
        ([0, 1], [], []),
    ],
)
def test_pieces(steps: list[int], superseded: list[int], expected: list[list[int]]) -> None:
    assert split(steps, superseded) == expected


def test_a_series_without_flags_has_no_pieces() -> None:
    assert pieces(np.arange(3), None) == []


def test_steps_out_of_order_are_no_restarts() -> None:
    restarts = [step for _ in range(MOST_PIECES) for step in (0, 1)]
    assert len(split(restarts, list(range(len(restarts))))) == MOST_PIECES
    shuffled = [*restarts, 0, 1]
    assert split(shuffled, list(range(len(shuffled)))) == [list(range(len(shuffled)))]


@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.booleans()), max_size=200))
def test_every_superseded_point_is_in_one_piece(points: list[tuple[int, bool]]) -> None:
    steps, flags = (list(values) for values in zip(*points, strict=True)) if points else ([], [])
    superseded = [at for at, flag in enumerate(flags) if flag]
    found = split(steps, superseded)
    assert [at for piece in found for at in piece] == superseded
    assert all(found)
    assert len(found) <= MOST_PIECES

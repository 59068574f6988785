"""Growable columns: contents, views that never change, and little slack."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.store.columns import Column


@given(
    st.lists(st.tuples(st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=40), st.booleans()), max_size=30),
)
def test_old_views_stay_as_they_were(pieces: list[tuple[list[int], bool]]) -> None:
    column = Column(np.int64)
    expected: list[int] = []
    seen = []
    for piece, looked_at in pieces:
        column.extend(np.array(piece, np.int64))
        expected = expected + piece
        if looked_at:
            seen.append((column.view(), expected))
    for view, values in seen:
        assert view.tolist() == values
    assert len(column) == len(expected)


def test_views_are_read_only() -> None:
    column = Column(np.float32)
    column.extend(np.ones(3, np.float32))
    with pytest.raises(ValueError, match="read-only"):
        column.view()[0] = 2


def test_wider_floats_widen_the_column_but_not_old_views() -> None:
    column: Column[np.floating] = Column(np.dtype(np.float32))
    column.extend(np.array([0.1], np.float32))
    old = column.view()
    column.extend(np.array([0.1], np.float64))
    column.extend(np.array([0.5], np.float32))
    assert old.dtype == np.float32
    assert column.dtype == np.float64
    assert column.view().tolist() == [float(np.float32(0.1)), 0.1, 0.5]


@pytest.mark.parametrize(("points", "most"), [(1_000, 1.13), (1_000_000, 1.032)])
@pytest.mark.parametrize("looked_at", [False, True])
def test_the_slack_is_small(points: int, most: float, looked_at: bool) -> None:
    column = Column(np.int64)
    for _ in range(10):
        column.extend(np.arange(points // 10))
        if looked_at:
            column.view()
    buffer = column.view().base
    assert isinstance(buffer, np.ndarray)
    assert len(buffer) <= points * most


def test_the_first_array_is_taken_as_it_is() -> None:
    column = Column(np.int64)
    first = np.arange(5)
    column.extend(first)
    column.extend(first)
    assert column.view().tolist() == [0, 1, 2, 3, 4] * 2
    assert first.tolist() == [0, 1, 2, 3, 4]


def test_memory_that_nobody_looks_at_grows_where_it_is() -> None:
    column = Column(np.int64)
    column.extend(np.arange(5))
    before = column.view()
    column.extend(np.arange(100))
    moved = column.view().base
    column.extend(np.arange(1000))
    assert column.view()[:5].tolist() == before.tolist() == [0, 1, 2, 3, 4]
    assert column.view().base is not moved
    unseen = Column(np.int64)
    unseen.extend(np.arange(5))
    unseen.extend(np.arange(5))
    memory = unseen._data
    unseen.extend(np.arange(1000))
    assert unseen._data is memory


def test_a_column_that_grows_point_by_point_moves_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    moves: list[int] = []
    grow = Column._grow

    def counted(column: Column[np.int64], needed: int, dtype: np.dtype[np.int64]) -> None:
        moves.append(needed)
        grow(column, needed, dtype)

    monkeypatch.setattr(Column, "_grow", counted)
    column = Column(np.int64)
    for number in range(10_000):
        column.extend(np.array([number]))
    assert len(moves) <= 60
    assert column.view().tolist() == list(range(10_000))

"""Which buckets count."""

from __future__ import annotations

from hypothesis import given

from tests.tui.analysis.histograms import BROKEN, HOLED, NAN, any_rows, buckets, rows
from tui.analysis.buckets import countable, filled


def test_countable_drops_what_cannot_be_counted_and_sorts() -> None:
    taken = buckets((3, 5, 1), (NAN, 1, 1), (2, 1, 4), (0, 9, 0), (1, 1.5, 2))
    assert rows(countable(taken)) == [[0, 9, 0], [1, 1.5, 2], [1, 2, 4], [3, 5, 1]]
    assert rows(countable(BROKEN)) == []
    assert rows(countable(HOLED)) == rows(HOLED)


def test_filled_are_those_that_hold_something() -> None:
    assert rows(filled(HOLED)) == [[0, 1, 2], [3, 5, 2]]
    assert rows(filled(buckets((0, 1, 0)))) == []


@given(any_rows)
def test_any_buckets_are_taken(table: list[tuple[float, float, float]]) -> None:
    found = countable(buckets(*table))
    assert (found.left <= found.right).all()
    assert (found.left[1:] >= found.left[:-1]).all()
    assert (found.counts >= 0).all()

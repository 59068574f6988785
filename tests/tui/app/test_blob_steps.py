"""Which entry is shown at a step, and where the keys lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.app.views import blob_series
from tui.app.blob_steps import Place, moved, places, step_line


def test_entries_are_in_order_of_steps_those_of_one_step_as_logged() -> None:
    line = step_line(blob_series([5, 1, 5, 0, 5]))
    assert line.entries.tolist() == [3, 1, 0, 2, 4]
    assert [line.place(i) for i in range(len(line))] == [(0, 0), (1, 0), (5, 0), (5, 1), (5, 2)]


def test_superseded_entries_are_left_out_unless_wanted() -> None:
    series = blob_series([1, 2, 3, 2, 3], superseded=[1, 2])
    assert step_line(series).entries.tolist() == [0, 3, 4]
    assert step_line(series, superseded=True).entries.tolist() == [0, 1, 3, 2, 4]


@pytest.mark.parametrize(
    ("place", "position"),
    [
        (None, 4),
        (Place(-1), 0),
        (Place(0), 0),
        (Place(3), 1),
        (Place(5), 2),
        (Place(5, 1), 3),
        (Place(5, 9), 4),
        (Place(9), 4),
        (Place(1, 3), 1),
    ],
)
def test_what_is_shown_is_the_last_not_after(place: Place | None, position: int) -> None:
    assert step_line(blob_series([0, 1, 5, 5, 5])).at(place) == position


@given(st.lists(st.integers(0, 6), min_size=1, max_size=12), st.integers(-1, 7), st.integers(0, 4))
def test_at_is_what_a_search_finds(steps: list[int], step: int, again: int) -> None:
    line = step_line(blob_series(steps))
    before = [i for i in range(len(line)) if line.place(i) <= Place(step, again)]
    assert line.at(Place(step, again)) == (before[-1] if before else 0)


def test_the_places_of_several_series() -> None:
    lines = [step_line(blob_series([0, 2, 2])), step_line(blob_series([2, 1]))]
    assert places(lines) == [(0, 0), (1, 0), (2, 0), (2, 1)]


STOPS = [Place(0), Place(10), Place(10, 1), Place(20)]


@pytest.mark.parametrize(
    ("place", "by", "to"),
    [
        (None, -1, Place(10, 1)),
        (None, 1, None),
        (Place(10), 1, Place(10, 1)),
        (Place(10, 1), 1, None),
        (Place(0), -1, Place(0)),
        (Place(5), 1, Place(10)),
        (Place(5), -1, Place(0)),
        (Place(15), 1, None),
        (Place(15), -1, Place(10)),
        (None, -10, Place(0)),
        (Place(-5), 1, Place(10)),
    ],
)
def test_going_on(place: Place | None, by: int, to: Place | None) -> None:
    """From between two stops one goes on from the one before, which is what is shown there."""
    assert moved(STOPS, place, by) == to


def test_where_there_is_one_stop_it_is_the_newest() -> None:
    assert moved([Place(3)], None, -1) is None
    assert moved([], Place(3), 1) is None

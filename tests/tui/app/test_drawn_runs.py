"""Which runs are drawn of too many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tui.app.views import of_runs, run_summary, scalar_series
from tui.app.drawn_runs import DrawnRuns, drawn_runs
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.tag_list import TagLists

RUNS = [f"r{number}" for number in range(10)]


def drawn(selection: Selection, most: int, tag: str = "loss") -> DrawnRuns:
    """Of ten runs, of which a later one is better, and the fifth has logged last."""
    series = [scalar_series([9.0 - number], run=run, tag=tag) for number, run in enumerate(RUNS)]
    runs = (run_summary(run, last_wall_time=9.0 if run == "r4" else 1.0) for run in RUNS)
    snapshot = replace(of_runs(*runs), scalars={one.key: one for one in series})
    tags = TagLists().of(snapshot, selection, "scalars")
    of = [key.run for key in tags.keys[tag]]
    return drawn_runs(tag, of, tags, snapshot, selection, Shared(), most)


def test_few_runs_are_all_drawn() -> None:
    found = drawn(Selection(), 10)
    assert (found.runs, found.left_out, found.note) == (set(RUNS), 0, [])


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), {"r4", "r9", "r8"}),
        (Selection(focused_run="r0"), {"r0", "r9", "r8"}),
        (Selection(focused_run="r0", baseline="r1", pinned_runs=("r2", "r3")), {"r0", "r1", "r2"}),
        (Selection(hidden=frozenset(("r9", "r4")), focused_run="r5", pinned_runs=("r9",)), {"r5", "r8", "r7"}),
    ],
)
def test_those_asked_about_are_drawn_then_the_best(selection: Selection, expected: set[str]) -> None:
    found = drawn(selection, 3)
    assert found.runs == expected
    assert found.note == [f"the best 3 of {found.of} runs drawn", "best 3"]


def test_of_a_tag_without_a_best_the_first_are_drawn() -> None:
    found = drawn(Selection(), 3, tag="lr")
    assert (found.runs, found.left_out) == ({"r4", "r0", "r1"}, 7)
    assert found.note == ["the first 3 of 10 runs drawn", "first 3"]

"""The best runs of a tag, as runs are hidden and points come in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.app.views import of_runs, scalar_series
from tui.analysis.statistics import Best, Goal, best_value, best_values, extremes
from tui.app import bests as module
from tui.app.bests import BestCache
from tui.app.selection import Selection
from tui.app.tag_list import TagLists
from tui.model import Values
from tui.store.news import News
from tui.store.snapshot import ScalarSeries, StoreSnapshot

NAN = math.nan


def snapshot_of(*series: ScalarSeries) -> StoreSnapshot:
    """A snapshot of the runs that these series are of."""
    return replace(of_runs(*(one.key.run for one in series)), scalars={one.key: one for one in series})


def best(cache: BestCache, snapshot: StoreSnapshot, selection: Selection) -> Best | None:
    """The best visible run of the tag `loss`."""
    return cache.of("loss", TagLists().of(snapshot, selection, "scalars"), snapshot)


def test_the_best_run_follows_what_is_visible_and_what_is_logged() -> None:
    cache = BestCache()
    a, b, c = (scalar_series([value, 9.0], run=run) for run, value in zip("abc", (1.0, 2.0, 3.0), strict=True))
    everything = snapshot_of(a, b, c)
    assert best(cache, everything, Selection()) == Best("a", 1.0, 0)
    assert best(cache, everything, Selection(hidden=frozenset("a"))) == Best("b", 2.0, 0)
    assert best(cache, everything, Selection(hidden=frozenset("ab"))) is None
    later = snapshot_of(a, b, scalar_series([3.0, 9.0, 0.5], run="c", version=2))
    assert best(cache, later, Selection()) == Best("c", 0.5, 2)
    fewer = snapshot_of(b, scalar_series([3.0], run="c", version=3))  # `a` was deleted, `c` begun anew
    assert best(cache, fewer, Selection()) == Best("b", 2.0, 0)
    more = snapshot_of(*fewer.scalars.values(), scalar_series([0.25], run="d", version=4))
    assert best(cache, more, Selection()) == Best("d", 0.25, 0)


def test_the_first_are_the_best_of_those_visible() -> None:
    cache, values = BestCache(), {"a": 2.0, "b": 1.0, "c": NAN, "d": 3.0}
    snapshot = snapshot_of(*(scalar_series([value], run=run) for run, value in values.items()))
    tags = TagLists().of(snapshot, Selection(), "scalars")
    assert cache.first("loss", tags, snapshot, 9) == ["b", "a", "d"]
    assert cache.first("loss", tags, snapshot, 2) == ["b", "a"]
    hidden = TagLists().of(snapshot, Selection(hidden=frozenset("b")), "scalars")
    assert cache.first("loss", hidden, snapshot, 2) == ["a", "d"]


def test_of_runs_that_are_all_equal_none_is_best() -> None:
    equal = snapshot_of(*(scalar_series([1.0], run=run) for run in "ab"))
    assert best(BestCache(), equal, Selection()) is None
    without = snapshot_of(scalar_series([1.0], run="a"), scalar_series([NAN], run="b"))
    assert best(BestCache(), without, Selection()) == Best("a", 1.0, 0)


def test_of_a_tag_that_is_neither_better_more_nor_less_no_run_is_best() -> None:
    snapshot = snapshot_of(*(scalar_series([value], run=run, tag="lr") for run, value in (("a", 1.0), ("b", 2.0))))
    tags = TagLists().of(snapshot, Selection(), "scalars")
    assert BestCache().of("lr", tags, snapshot) is None
    assert BestCache().first("lr", tags, snapshot, 9) == []


def test_new_data_ranks_only_the_runs_that_it_is_of(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()

    def noted(series: Sequence[Values], goal: Goal) -> npt.NDArray[np.float64]:
        asked.append(len(series))
        return best_values(series, goal)

    monkeypatch.setattr(module, "best_values", noted)
    old = [scalar_series([1.0 + place], run=run) for place, run in enumerate("abc")]
    newer = scalar_series([3.0, 0.5], run="c", version=2)
    news = News().next([one.key for one in old], same_keys=False)
    first = replace(snapshot_of(*old), news=news)
    later = replace(snapshot_of(*old[:2], newer), news=news.next([newer.key], same_keys=True))
    for snapshots in ((first, first, later), (snapshot_of(*old), snapshot_of(*old[:2], newer))):
        asked.clear()
        cache, tag_lists = BestCache(), TagLists()
        for snapshot in snapshots:
            found = cache.of("loss", tag_lists.of(snapshot, Selection(), "scalars"), snapshot)
        assert (asked, found) == ([3, 1], Best("c", 0.5, 1))


@given(
    st.lists(st.lists(st.sampled_from((0.0, 1.0, 1.5, -2.0, NAN, math.inf, -math.inf)), max_size=5), max_size=7),
    st.sampled_from(("min", "max")),
)
def test_the_best_values_of_many_series_are_those_of_each(lists: list[list[float]], goal: Goal) -> None:
    series = [np.array(values, (np.float32, np.float64)[at % 2]) for at, values in enumerate(lists)]
    expected = [best_value("", extremes(values, np.arange(len(values))), goal) for values in series]
    found = best_values(series, goal).tolist()
    assert [None if math.isnan(value) else value for value in found] == [best and best.value for best in expected]

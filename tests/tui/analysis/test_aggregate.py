"""Means of several series: on which steps, of how many, and what NaN and restarts do to them."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import WALL_TIME
from tests.tui.app.views import scalar_series
from tui.analysis.aggregate import Aggregate, aggregate
from tui.store.snapshot import ScalarSeries

NAN, INF = math.nan, math.inf


def series(points: dict[int, float], *, start: float = WALL_TIME, pace: float = 1.0) -> ScalarSeries:
    """A series whose first point was logged at `start`, and a step takes `pace` seconds."""
    steps = list(points)
    return scalar_series(points.values(), steps=steps, wall_times=[start + pace * (s - steps[0]) for s in steps])


def rows(made: Aggregate) -> list[tuple[int, float, float, float, int]]:
    """(step, mean, low, high, count) of every step."""
    columns = (made.steps, made.mean, made.low, made.high, made.counts)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_equal_steps_give_mean_extremes_and_deviation_step_by_step() -> None:
    made = aggregate([series({0: 1.0, 10: 4.0}), series({0: 3.0, 10: 4.0}), series({0: 5.0, 10: 1.0})])
    assert rows(made) == [(0, 3.0, 1.0, 5.0, 3), (10, 3.0, 1.0, 4.0, 3)]
    assert made.std.tolist() == [2.0, math.sqrt(3.0)]
    assert not made.interpolated and not made.broken.any()


def test_a_single_member_is_its_own_mean_without_deviation() -> None:
    made = aggregate([series({3: 0.1, 5: 0.7})])
    assert rows(made) == [(3, 0.1, 0.1, 0.1, 1), (5, 0.7, 0.7, 0.7, 1)]
    assert made.std.tolist() == [0.0, 0.0]


def test_where_a_member_ends_the_longer_ones_go_on() -> None:
    made = aggregate([series({0: 1.0, 1: 1.0, 2: 1.0, 3: 2.0}), series({0: 3.0, 1: 5.0})])
    assert rows(made) == [(0, 2.0, 1.0, 3.0, 2), (1, 3.0, 1.0, 5.0, 2), (2, 1.0, 1.0, 1.0, 1), (3, 2.0, 2.0, 2.0, 1)]


def test_a_member_that_starts_later_counts_from_there() -> None:
    made = aggregate([series({0: 1.0, 10: 2.0, 20: 3.0}), series({10: 4.0, 20: 5.0})])
    assert [(row[0], row[1], row[4]) for row in rows(made)] == [(0, 1.0, 1), (10, 3.0, 2), (20, 4.0, 2)]


def test_only_steps_that_all_logged_are_kept_where_these_are_enough() -> None:
    fine = series({step: float(step) for step in range(21)})
    coarse = series({0: 2.0, 10: 12.0, 20: 22.0})
    made = aggregate([fine, coarse])
    assert [(row[0], row[1]) for row in rows(made)] == [(0, 1.0), (10, 11.0), (20, 21.0)]
    assert not made.interpolated


def test_without_common_steps_values_lie_on_the_lines_between_points() -> None:
    made = aggregate([series({0: 0.0, 10: 10.0, 20: 0.0}), series({5: 1.0, 9: 1.0, 15: 1.0, 25: 3.0})])
    assert made.interpolated
    # The grid is the first one's, then what the other has after it; at 0 and 25 only one of them is there.
    assert [(row[0], row[1], row[4]) for row in rows(made)] == [(0, 0.0, 1), (10, 5.5, 2), (20, 1.0, 2), (25, 3.0, 1)]


def test_a_member_that_just_began_at_another_step_takes_no_step_from_the_others() -> None:
    made = aggregate([series({0: 0.0, 10: 10.0, 20: 20.0}), series({7: 9.0})])
    assert [(row[0], row[1], row[4]) for row in rows(made)] == [(0, 0.0, 1), (7, 8.0, 2), (10, 10.0, 1), (20, 20.0, 1)]


def test_nan_and_infinity_do_not_count_and_are_told() -> None:
    made = aggregate([series({0: 1.0, 1: NAN, 2: NAN}), series({0: 3.0, 1: 5.0, 2: INF})])
    assert rows(made)[:2] == [(0, 2.0, 1.0, 3.0, 2), (1, 5.0, 5.0, 5.0, 1)]
    assert made.counts.tolist() == [2, 1, 0]
    assert made.broken.tolist() == [False, True, True]
    assert all(math.isnan(column[2]) for column in (made.mean, made.low, made.high, made.std))


def test_superseded_points_are_left_out_and_of_equal_steps_the_last_counts() -> None:
    restarted = scalar_series([1, 2, 100, 3], steps=[0, 1, 2, 2], superseded=[2])
    twice = scalar_series([1, 2, 50, 5], steps=[0, 1, 2, 2])
    unordered = scalar_series([7, 2, 1], steps=[2, 1, 0])
    assert [row[1] for row in rows(aggregate([restarted, twice, unordered]))] == [1.0, 2.0, 5.0]


def test_wall_times_are_the_mean() -> None:
    made = aggregate([series({0: 1, 1: 1}, start=100.0), series({0: 1, 1: 1}, start=200.0, pace=3.0)])
    assert made.wall_times.tolist() == [150.0, 152.0]


def test_wall_times_never_jump_back_where_a_later_member_ends() -> None:
    made = aggregate([series({0: 1, 1: 1, 2: 1}, start=100.0), series({0: 1, 1: 1}, start=1000.0)])
    assert made.wall_times.tolist() == [550.0, 551.0, 552.0]


def test_a_wall_time_that_is_not_finite_does_not_count() -> None:
    broken = scalar_series([1, 1], steps=[0, 1], wall_times=[NAN, NAN])
    assert aggregate([broken, series({0: 1, 1: 1}, start=100.0)]).wall_times.tolist() == [100.0, 101.0]
    assert np.isnan(aggregate([broken]).wall_times).all()


@pytest.mark.parametrize("scale", [1e308, 1e-308])
def test_values_at_the_ends_of_what_floats_hold_neither_overflow_nor_vanish(scale: float) -> None:
    made = aggregate([series({0: 1.0 * scale}), series({0: 0.5 * scale}), series({0: 1.5 * scale})])
    assert made.mean[0] == pytest.approx(scale, rel=1e-9, abs=0)
    assert made.std[0] == pytest.approx(0.5 * scale, rel=1e-9, abs=0)


def test_a_deviation_beyond_what_floats_hold_is_infinite() -> None:
    made = aggregate([series({0: value}) for value in (1.7e308, 1.7e308, -1.7e308)])
    assert (made.std.tolist(), made.high.tolist()) == ([INF], [1.7e308])


def test_the_members_arrays_stay_theirs() -> None:
    one = scalar_series([1.0, 2.0])
    made = aggregate([one])
    assert one.steps.flags.writeable and not made.steps.flags.writeable and not made.mean.flags.writeable


def reference(members: list[dict[int, float]]) -> tuple[bool, list[tuple[int, list[float]]]]:
    """Slow and plain: whether values are interpolated, and each step with the values of those that are there."""

    def there(member: dict[int, float], step: int) -> bool:
        return min(member) <= step <= max(member)

    every = sorted({step for member in members for step in member})
    grid = [step for step in every if all(step in member for member in members if there(member, step))]
    fewest = min(members, key=len)
    common = 2 * sum(there(fewest, step) for step in grid) >= len(fewest)
    if not common:
        grid = []
        for member in sorted(members, key=len):
            first, last = (grid[0], grid[-1]) if grid else (max(every) + 1, max(every) + 1)
            grid = sorted([*grid, *(step for step in member if step < first or step > last)])
    found = []
    for step in grid:
        found.append((step, [at(member, step) for member in members if there(member, step)]))
    return not common, found


def at(member: dict[int, float], step: int) -> float:
    """The member's value at a step, on a straight line between its points."""
    if step in member:
        return member[step]
    before, after = max(s for s in member if s < step), min(s for s in member if s > step)
    part = (step - before) / (after - before)
    return member[before] * (1 - part) + member[after] * part


points = st.dictionaries(st.integers(0, 30), st.one_of(st.integers(-8, 8).map(float), st.just(NAN)), min_size=1)


@given(st.lists(points.map(lambda found: dict(sorted(found.items()))), min_size=1, max_size=4))
def test_it_is_what_the_plain_way_gives(members: list[dict[int, float]]) -> None:
    made = aggregate([series(member) for member in members])
    interpolated, found = reference(members)
    assert made.interpolated == interpolated
    assert made.steps.tolist() == [step for step, _ in found]
    for place, (_, values) in enumerate(found):
        finite = [value for value in values if math.isfinite(value)]
        assert made.counts[place] == len(finite)
        assert made.broken[place] == (len(finite) < len(values))
        if finite:
            assert made.mean[place] == pytest.approx(statistics.fmean(finite))
            assert made.std[place] == pytest.approx(statistics.stdev(finite) if len(finite) > 1 else 0.0, abs=1e-12)
            assert (made.low[place], made.high[place]) == pytest.approx((min(finite), max(finite)))
        else:
            assert np.isnan(made.mean[place])


@given(st.lists(st.lists(st.floats(allow_nan=True, width=32), min_size=1, max_size=8), min_size=1, max_size=4))
def test_any_values_give_a_mean_between_its_bounds(values: list[list[float]]) -> None:
    made = aggregate([scalar_series(some) for some in values])
    known = made.counts > 0
    assert (made.low[known] <= made.mean[known]).all() and (made.mean[known] <= made.high[known]).all()
    assert len(made.steps) == max(map(len, values))

"""Curves of the full chart: points in order, readouts at a place, steps of the cursor, what is cached."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import WALL_TIME
from tests.tui.app.views import scalar_series
from tui.analysis.smooth import ema
from tui.analysis.x_axis import XAxis
from tui.app.choices import Fit
from tui.app.curve_cache import CurveCache
from tui.app.curves import (
    Floats,
    Readout,
    RunCurve,
    by_progress,
    nearest,
    prepare,
    readout,
    step_along,
)
from tui.app.selection import Selection
from tui.store.columns import Column
from tui.store.snapshot import ScalarSeries

NAN, INF = math.nan, math.inf
FINITE = st.floats(allow_nan=False, allow_infinity=False)
ASCENDING = st.lists(FINITE, min_size=1, max_size=12).map(lambda values: np.array(sorted(values)))


def curve(values: list[float], *, axis: XAxis = XAxis.STEP, weight: float = 0.0, **given: list[float]) -> RunCurve:
    return prepare(scalar_series(values, **given), axis, weight)


def test_points_in_order_are_not_copied() -> None:
    series = scalar_series([3.0, 2.0, 1.0])
    prepared = prepare(series, XAxis.STEP, 0.0)
    assert prepared.run == "run"
    assert prepared.x.tolist() == [0.0, 1.0, 2.0]
    assert prepared.values is prepared.smoothed is series.values
    assert prepared.steps is series.steps and prepared.wall_times is series.wall_times


def test_points_are_sorted_by_x_and_stay_together() -> None:
    prepared = curve([1.0, 2.0, 3.0, 4.0], steps=[5, 1, 5, 0], wall_times=[10.0, 20.0, 30.0, 40.0])
    assert prepared.x.tolist() == [0.0, 1.0, 5.0, 5.0]
    assert prepared.values.tolist() == [4.0, 2.0, 1.0, 3.0]
    assert prepared.steps.tolist() == [0, 1, 5, 5]
    assert prepared.wall_times.tolist() == [40.0, 20.0, 10.0, 30.0]
    assert prepared.first_wall_time == 10.0


def test_points_without_a_time_are_left_out_of_an_axis_of_time_only() -> None:
    values, times = [1.0, 2.0, 3.0, 4.0], [NAN, 30.0, 10.0, INF]
    by_wall = curve(values, axis=XAxis.WALL, wall_times=times)
    assert by_wall.x.tolist() == [10.0, 30.0]
    assert by_wall.values.tolist() == [3.0, 2.0]
    relative = curve(values, axis=XAxis.RELATIVE, wall_times=times)
    assert relative.x.tolist() == [-20.0, 0.0]
    assert relative.first_wall_time == 30.0
    assert curve(values, wall_times=times).values.tolist() == values


@pytest.mark.parametrize("axis", XAxis)
def test_no_point_has_a_time(axis: XAxis) -> None:
    prepared = curve([1.0, 2.0], axis=axis, wall_times=[NAN, NAN])
    assert len(prepared.x) == (2 if axis is XAxis.STEP else 0)
    shown = readout(prepared, None)
    if axis is XAxis.STEP:
        assert shown is not None and math.isnan(shown.wall_time) and math.isnan(shown.relative)
    else:
        assert shown is None


def test_smoothing_follows_the_order_of_the_chart() -> None:
    prepared = curve([3.0, 1.0, NAN, 2.0], steps=[2, 0, 3, 1], weight=0.5)
    expected = ema(np.array([1.0, 2.0, 3.0, NAN]), 0.5)
    np.testing.assert_array_equal(prepared.smoothed, expected)
    np.testing.assert_array_equal(prepared.values, [1.0, 2.0, 3.0, NAN])


def test_the_last_point_is_read_out_without_a_place() -> None:
    prepared = curve([1.0, 3.0], weight=0.5)
    assert readout(prepared, None) == Readout("run", 3.0, 7 / 3, 1, WALL_TIME + 1, 1.0, False, "loss", 1.0)


@pytest.mark.parametrize(
    ("x", "step", "beyond"),
    [(-1.0, 0, True), (0.0, 0, False), (4.9, 0, False), (5.1, 10, False), (10.0, 10, False), (10.5, 10, True)],
)
def test_the_nearest_point_is_read_out(x: float, step: int, beyond: bool) -> None:
    shown = readout(curve([0.5, 0.25], steps=[0, 10]), x)
    assert shown is not None
    assert (shown.step, shown.value, shown.beyond) == (step, 0.25 if step else 0.5, beyond)


def test_a_single_point_is_read_out_from_anywhere() -> None:
    shown = [readout(curve([7.0], steps=[3]), x) for x in (None, 3.0, 4.0)]
    assert [(r.value, r.beyond) for r in shown if r] == [(7.0, False), (7.0, False), (7.0, True)]


@pytest.mark.parametrize(
    ("place", "index"), [(-9.0, 0), (1.0, 1), (1.4, 1), (1.5, 1), (1.6, 3), (2.0, 3), (9.0, 4), (5.9, 3), (6.1, 4)]
)
def test_nearest_is_the_first_of_equals_and_the_lower_in_the_middle(place: float, index: int) -> None:
    assert nearest(np.array([0.0, 1.0, 1.0, 2.0, 10.0, 10.0]), place) == index


@given(ASCENDING, FINITE)
def test_no_point_is_nearer_than_the_nearest(x: Floats, place: float) -> None:
    at = nearest(x, place)
    assert abs(float(x[at]) - place) == min(abs(float(value) - place) for value in x)
    assert at == 0 or x[at - 1] < x[at]


def test_the_cursor_steps_to_points_far_enough_and_stops_at_the_ends() -> None:
    x = np.array([0.0, 1.0, 2.0, 5.0, 9.0])
    assert [step_along(x, 1.0, by) for by in (0.5, 1.0, 1.5, 100.0)] == [2.0, 2.0, 5.0, 9.0]
    assert [step_along(x, 5.0, by) for by in (-0.5, -3.0, -3.5, -100.0)] == [2.0, 2.0, 1.0, 0.0]
    assert step_along(x, 3.0, 1.0) == 5.0
    assert step_along(x, 3.0, -0.5) == 2.0


@given(ASCENDING, FINITE, st.floats(-1e9, 1e9))
def test_the_cursor_always_stands_on_a_point_in_its_direction(x: Floats, place: float, by: float) -> None:
    found = step_along(x, place, by)
    assert found in x
    if by > 0:
        assert found >= place + by or found == x[-1]
    else:
        assert found <= place + by or found == x[0]


@pytest.mark.parametrize("axis", XAxis)
def test_by_progress_every_run_goes_from_0_to_1(axis: XAxis) -> None:
    prepared = by_progress(curve([1.0, 2.0, 3.0], axis=axis, steps=[10, 15, 30], wall_times=[10.0, 15.0, 30.0]))
    assert prepared.x.tolist() == [0.0, 0.25, 1.0]
    assert prepared.steps.tolist() == [10, 15, 30]
    assert by_progress(curve([5.0])).x.tolist() == [1.0]
    assert by_progress(curve([1.0], axis=XAxis.WALL, wall_times=[NAN])).x.tolist() == []


def test_by_progress_what_was_superseded_lies_where_it_would_now() -> None:
    prepared = by_progress(prepare(RESTARTED, XAxis.STEP, 0.0))
    assert prepared.x.tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert [p.x.tolist() for p in prepared.pieces] == [[0.5, 0.75], [0.5, 0.75]]


# Steps 0 to 3 in seconds 0 to 3; 2 and 3 again in seconds 10 and 11; from 2 on again in seconds 20 to 22.
RESTARTED = scalar_series(
    [0.0, 1.0, -8.0, 9.0, 4.0, 5.0, 2.0, 3.0, 4.0],
    steps=[0, 1, 2, 3, 2, 3, 2, 3, 4],
    wall_times=[0.0, 1.0, 2.0, 3.0, 10.0, 11.0, 20.0, 21.0, 22.0],
    superseded=[2, 3, 4, 5],
)


def test_superseded_points_are_pieces_apart_from_the_curve() -> None:
    prepared = prepare(RESTARTED, XAxis.STEP, 0.0)
    assert prepared.x.tolist() == prepared.values.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert prepared.superseded == 4
    assert [(p.x.tolist(), p.smoothed.tolist()) for p in prepared.pieces] == [
        ([2.0, 3.0], [-8.0, 9.0]),
        ([2.0, 3.0], [4.0, 5.0]),
    ]


def test_superseded_points_have_the_relative_times_of_the_curve() -> None:
    relative = prepare(RESTARTED, XAxis.RELATIVE, 0.0)
    assert relative.x.tolist() == [0.0, 1.0, 20.0, 21.0, 22.0]
    assert [p.x.tolist() for p in relative.pieces] == [[2.0, 3.0], [10.0, 11.0]]
    all_again = scalar_series([1.0, 2.0], steps=[0, 0], wall_times=[50.0, 80.0], superseded=[0])
    prepared = prepare(all_again, XAxis.RELATIVE, 0.0)
    assert (prepared.first_wall_time, prepared.x.tolist(), prepared.pieces[0].x.tolist()) == (80.0, [0.0], [-30.0])
    shown = readout(prepared, -30.0)
    assert shown is not None and (shown.value, shown.relative, shown.beyond) == (2.0, 0.0, True)


def test_superseded_points_are_smoothed_like_the_curve() -> None:
    prepared = prepare(RESTARTED, XAxis.STEP, 0.5)
    np.testing.assert_array_equal(prepared.smoothed, ema(np.arange(5.0), 0.5))
    np.testing.assert_array_equal(prepared.pieces[1].smoothed, ema(np.array([4.0, 5.0]), 0.5))


def test_a_superseded_point_without_a_time_is_left_out_of_an_axis_of_time() -> None:
    series = scalar_series([1.0, 2.0, 3.0], steps=[0, 1, 0], wall_times=[NAN, 2.0, 5.0], superseded=[0, 1])
    prepared = prepare(series, XAxis.WALL, 0.0)
    assert [p.x.tolist() for p in prepared.pieces] == [[2.0]]
    assert prepared.superseded == 2


def test_a_curve_is_made_again_only_when_what_it_shows_changed() -> None:
    cache, selection = CurveCache(), Selection()
    first = cache.of(scalar_series([1.0, 2.0]), selection)
    assert cache.of(scalar_series([1.0, 2.0]), Selection(cursor=1.0, log_y=True)) is first
    assert cache.of(scalar_series([1.0, 2.0, 3.0], version=2), selection).values.tolist() == [1.0, 2.0, 3.0]
    assert cache.of(scalar_series([1.0, 2.0, 3.0], version=2), Selection(axis=XAxis.WALL)).x[0] == WALL_TIME
    assert cache.of(scalar_series([1.0, 2.0, 3.0], version=2), Selection(fit=Fit.PROGRESS)).x[-1] == 1.0
    raw = cache.of(scalar_series([1.0, 2.0, 3.0], version=2), Selection(smoothing=False))
    assert raw.smoothed is raw.values
    assert cache.of(scalar_series([5.0], run="other"), selection).run == "other"
    assert cache.of(scalar_series([1.0, 2.0, 3.0], version=2), Selection(smoothing=False)) is raw


class Growing:
    """A series in columns as the store has them, of which each version is a view."""

    def __init__(self) -> None:
        self.steps, self.wall_times, self.values = Column(np.int64), Column(np.float64), Column(np.float32)
        self.version = 0

    def more(self, *points: tuple[int, float, float]) -> ScalarSeries:
        """The series with more points: step, wall time, value."""
        for column, numbers in zip((self.steps, self.wall_times, self.values), zip(*points, strict=True), strict=True):
            column.extend(np.array(numbers, column.dtype))
        self.version += 1
        views = (self.steps.view(), self.wall_times.view(), self.values.view())
        return ScalarSeries(scalar_series([0.0]).key, self.version, *views)


def assert_same(curve: RunCurve, fresh: RunCurve) -> None:
    assert (curve.run, curve.tag, curve.first_wall_time, curve.pieces) == (
        fresh.run, fresh.tag, fresh.first_wall_time, fresh.pieces,
    )  # fmt: skip
    for name in ("x", "values", "steps", "wall_times"):
        np.testing.assert_array_equal(getattr(curve, name), getattr(fresh, name))
        assert getattr(curve, name).dtype == getattr(fresh, name).dtype
    np.testing.assert_allclose(curve.smoothed, fresh.smoothed, rtol=1e-12)


@pytest.mark.parametrize("axis", XAxis)
@pytest.mark.parametrize("weight", [0.0, 0.6])
def test_what_was_appended_extends_the_curve(axis: XAxis, weight: float) -> None:
    growing, cache = Growing(), CurveCache()
    selection = Selection(axis=axis, smoothing=bool(weight), weight=weight)
    # From 17 points on memory is used up, so that the arrays move; at 30 an x comes that is less.
    at = 0
    for number in (2, 1, 5, 1, 12, 1, 6, 1, 3):
        points = [
            (k if k != 30 else 3, 100.0 + k if k != 30 else 50.0, NAN if k == 7 else k % 5)
            for k in range(at, at + number)
        ]
        at += number
        series = growing.more(*points)
        assert_same(cache.of(series, selection), prepare(series, axis, weight))


def test_extending_looks_at_new_points_only(monkeypatch: pytest.MonkeyPatch) -> None:
    growing, cache = Growing(), CurveCache()
    growing.more((0, 1.0, 1.0))
    cache.of(growing.more((1, 2.0, 3.0)), Selection(weight=0.5))
    monkeypatch.setattr("tui.app.curve_cache.prepare", lambda *given: pytest.fail("prepared anew"))
    grown = cache.of(growing.more((5, 3.0, 3.0)), Selection(weight=0.5))
    assert grown.smoothed.tolist() == pytest.approx(ema(np.array([1.0, 3.0, 3.0]), 0.5).tolist())
    with pytest.raises(pytest.fail.Exception):
        cache.of(growing.more((3, 3.0, 3.0)), Selection(weight=0.5))


def test_curves_that_are_not_shown_are_forgotten() -> None:
    cache, selection = CurveCache(), Selection()
    kept, forgotten = scalar_series([1.0], run="kept"), scalar_series([2.0], run="forgotten")
    curves = [cache.of(series, selection) for series in (kept, forgotten)]
    cache.keep_only([kept.key, scalar_series([0.0], run="never seen").key])
    assert cache.of(kept, selection) is curves[0]
    assert cache.of(forgotten, selection) is not curves[1]

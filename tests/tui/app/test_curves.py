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
from tui.app.curves import (
    CurveCache,
    Floats,
    Readout,
    RunCurve,
    drawn,
    nearest,
    prepare,
    readout,
    step_along,
    window_of,
)
from tui.app.selection import Selection
from tui.render.window import Window

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
    assert readout(prepared, None) == Readout("run", 3.0, 7 / 3, 1, WALL_TIME + 1, 1.0, beyond=False)


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


def test_the_window_shows_the_points_of_every_run() -> None:
    curves = [curve([1.0, 3.0]), curve([-1.0, NAN], steps=[5, 10])]
    assert window_of(curves, log_y=False, superseded=False) == Window(0.0, 10.0, -1.08, 3.08)
    log = window_of(curves, log_y=True, superseded=True)
    assert log is not None and log.log_y
    assert 0.9 < log.y0 < 1.0 < 3.0 < log.y1 < 3.1
    assert window_of([curve([-1.0, NAN])], log_y=True, superseded=False) is None
    assert window_of([curve([NAN, INF])], log_y=False, superseded=False) is None
    assert window_of([], log_y=False, superseded=False) is None


def test_raw_points_are_drawn_faint_behind_all_smoothed_curves() -> None:
    smooth = [curve([1.0, 2.0], weight=0.5), curve([3.0, 4.0], weight=0.5)]
    assert [(c.owner, c.faint) for c in drawn(smooth, superseded=True)] == [
        (0, True),
        (1, True),
        (0, False),
        (1, False),
    ]
    first, _, front, _ = drawn(smooth, superseded=True)
    assert first.y is smooth[0].values and front.y is smooth[0].smoothed
    assert [(c.owner, c.faint) for c in drawn([curve([1.0])], superseded=False)] == [(0, False)]


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
    assert window_of([prepared], log_y=False, superseded=False) == Window(0.0, 4.0, -0.08, 4.08)
    assert window_of([prepared], log_y=False, superseded=True) == Window(0.0, 4.0, -8.34, 9.34)


def test_superseded_points_have_the_relative_times_of_the_curve() -> None:
    relative = prepare(RESTARTED, XAxis.RELATIVE, 0.0)
    assert relative.x.tolist() == [0.0, 1.0, 20.0, 21.0, 22.0]
    assert [p.x.tolist() for p in relative.pieces] == [[2.0, 3.0], [10.0, 11.0]]
    all_again = scalar_series([1.0, 2.0], steps=[0, 0], wall_times=[50.0, 80.0], superseded=[0])
    prepared = prepare(all_again, XAxis.RELATIVE, 0.0)
    assert (prepared.first_wall_time, prepared.x.tolist(), prepared.pieces[0].x.tolist()) == (80.0, [0.0], [-30.0])
    shown = readout(prepared, -30.0)
    assert shown is not None and (shown.value, shown.relative, shown.beyond) == (2.0, 0.0, True)


def test_superseded_points_are_smoothed_like_the_curve_and_drawn_faint_behind_it() -> None:
    prepared = prepare(RESTARTED, XAxis.STEP, 0.5)
    np.testing.assert_array_equal(prepared.smoothed, ema(np.arange(5.0), 0.5))
    np.testing.assert_array_equal(prepared.pieces[1].smoothed, ema(np.array([4.0, 5.0]), 0.5))
    other = curve([1.0], weight=0.5)
    shown = drawn([other, prepared], superseded=True)
    assert [(c.owner, c.faint) for c in shown] == [
        *((0, True), (1, True)),
        *((1, True), (1, True)),
        *((0, False), (1, False)),
    ]
    assert [c.y is p.smoothed for c, p in zip(shown[2:4], prepared.pieces, strict=True)] == [True, True]
    assert len(drawn([other, prepared], superseded=False)) == 4


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
    raw = cache.of(scalar_series([1.0, 2.0, 3.0], version=2), Selection(smoothing=False))
    assert raw.smoothed is raw.values
    assert cache.of(scalar_series([5.0], run="other"), selection).run == "other"
    assert cache.of(scalar_series([1.0, 2.0, 3.0], version=2), Selection(smoothing=False)) is raw


def test_curves_that_are_not_shown_are_forgotten() -> None:
    cache, selection = CurveCache(), Selection()
    kept, forgotten = scalar_series([1.0], run="kept"), scalar_series([2.0], run="forgotten")
    curves = [cache.of(series, selection) for series in (kept, forgotten)]
    cache.keep_only([kept.key, scalar_series([0.0], run="never seen").key])
    assert cache.of(kept, selection) is curves[0]
    assert cache.of(forgotten, selection) is not curves[1]

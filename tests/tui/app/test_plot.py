"""Plots: what is in view under a selection, what is drawn of it, and what is made again."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.tui.app.views import of_runs, scalar_series
from tui.analysis.x_axis import XAxis
from tui.app.choices import Fit
from tui.app.plot import Plot, PlotCache, PlotDrawing, drawn, plot_of
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.theme import DARK
from tui.render.raster import rasterise
from tui.render.window import Window
from tui.store.snapshot import ScalarSeries, StoreSnapshot

NAN, INF = math.nan, math.inf
RAW = Selection(smoothing=False)
# Steps 0 to 3 in seconds 0 to 3; 2 and 3 again in seconds 10 and 11; from 2 on again in seconds 20 to 22.
RESTARTED = scalar_series(
    [0.0, 1.0, -8.0, 9.0, 4.0, 5.0, 2.0, 3.0, 4.0], steps=[0, 1, 2, 3, 2, 3, 2, 3, 4], superseded=[2, 3, 4, 5]
)


def snapshot_of(*series: ScalarSeries) -> StoreSnapshot:
    runs = of_runs(*dict.fromkeys(one.key.run for one in series))
    return StoreSnapshot(1, runs.runs, {one.key: one for one in series}, {}, {}, ())


def plot(*series: ScalarSeries, selection: Selection = RAW) -> Plot:
    return plot_of(snapshot_of(*series), [one.key for one in series], selection, PlotCache())


def selected(**given: object) -> Selection:
    return Selection(smoothing=False, **given)  # type: ignore[arg-type]


def test_the_window_shows_the_points_of_every_run() -> None:
    series = scalar_series([1.0, 3.0]), scalar_series([-1.0, NAN], steps=[5, 10], run="other")
    assert plot(*series).window == Window(0.0, 10.0, -1.08, 3.08)
    assert plot(*series).whole == (0.0, 10.0)
    log = plot(*series, selection=selected(log_y=True)).window
    assert log is not None and log.log_y
    assert 0.9 < log.y0 < 1.0 < 3.0 < log.y1 < 3.1


@pytest.mark.parametrize(
    ("values", "selection", "why"),
    [
        ([-1.0, NAN], selected(log_y=True), "no value above 0"),
        ([NAN, INF], RAW, "every value so far is NaN or infinite"),
        ([1.0, 2.0], selected(zoom=(5.0, INF)), "0 shows all"),
    ],
)
def test_what_cannot_be_shown_has_no_window_but_a_reason(values: list[float], selection: Selection, why: str) -> None:
    empty = plot(scalar_series(values), selection=selection)
    assert empty.window is None
    assert why in empty.why_empty(selection)
    assert PlotDrawing(Shared()).strips(empty, selection, DARK, 40, 10) == []


def test_points_without_a_time_are_on_no_axis_of_time() -> None:
    timeless = scalar_series([1.0, 2.0], wall_times=[NAN, NAN])
    for axis in (XAxis.RELATIVE, XAxis.WALL):
        empty = plot(timeless, selection=selected(axis=axis))
        assert empty.window is None
        assert empty.why_empty(selected(axis=axis)) == "no time was logged with these points: x shows them by step"
    assert plot(timeless).window is not None


def test_no_curve_has_no_window() -> None:
    empty = plot()
    assert (empty.window, empty.whole) == (None, None)
    assert "no visible run has this tag" in empty.why_empty(RAW)


def test_zoomed_y_is_that_of_the_points_in_view() -> None:
    series = scalar_series([9.0, 1.0, 3.0, 2.0, -9.0])
    assert plot(series, selection=selected(zoom=(1.0, 3.0))).window == Window(1.0, 3.0, 0.96, 3.04)
    assert plot(series, selection=selected(zoom=(1.0, 3.0))).whole == (0.0, 4.0)
    assert plot(series, selection=selected(zoom=(-7.0, 1.0))).window == Window(0.0, 1.0, 0.84, 9.16)


def test_zoomed_to_the_end_new_points_are_in_view() -> None:
    to_the_end = selected(zoom=(1.0, INF))
    for values in ([9.0, 1.0, 3.0], [9.0, 1.0, 3.0, 5.0]):
        window = plot(scalar_series(values), selection=to_the_end).window
        assert window is not None and (window.x0, window.x1) == (1.0, len(values) - 1)


def test_zoomed_between_two_points_the_line_is_in_view() -> None:
    window = plot(scalar_series([7.0, 1.0, 3.0, 8.0], steps=[0, 10, 20, 30]), selection=selected(zoom=(12, 14))).window
    assert window == Window(12, 14, 0.96, 3.04)


def test_superseded_points_are_in_view_when_they_are_wanted() -> None:
    assert plot(RESTARTED).window == Window(0.0, 4.0, -0.08, 4.08)
    assert plot(RESTARTED, selection=selected(superseded=True)).window == Window(0.0, 4.0, -8.34, 9.34)


def test_fitted_to_the_focused_run_the_others_are_cut_off() -> None:
    series = scalar_series([1.0, 2.0], run="short"), scalar_series([5.0, 6.0, 7.0], run="long")
    fitted = plot(*series, selection=selected(fit=Fit.FOCUSED, focused_run="short"))
    assert (fitted.whole, fitted.window) == ((0.0, 1.0), Window(0.0, 1.0, 0.9, 6.1))
    assert plot(*series, selection=selected(fit=Fit.FOCUSED, focused_run="long")).whole == (0.0, 2.0)


def test_by_progress_all_runs_are_as_long() -> None:
    series = scalar_series([1.0, 2.0], run="short"), scalar_series([5.0, 6.0, 7.0], run="long")
    assert plot(*series, selection=selected(fit=Fit.PROGRESS)).whole == (0.0, 1.0)


def test_by_progress_a_superseded_point_of_another_age_is_far_but_somewhere() -> None:
    series = scalar_series(
        [1.0, 2.0, 3.0, 4.0], steps=[2, 1, 2, 3], wall_times=[1e308, 0.0, 0.125, 0.25], superseded=[0]
    )
    window = plot(series, selection=selected(axis=XAxis.WALL, fit=Fit.PROGRESS, superseded=True)).window
    assert window is not None and (window.x0, window.x1) == (0.0, np.finfo(np.float64).max)


def test_outliers_are_left_out_of_y_as_tensorboard_does() -> None:
    values = np.linspace(0.0, 1.0, 101)
    values[50] = 1000.0
    window = plot(scalar_series(values), selection=selected(no_outliers=True)).window
    # The 5th and 95th percentiles of 0 to 1 without .5 but with 1000, and a fifth of what lies between.
    low, high = np.percentile(values, (5, 95))
    assert window is not None
    assert (window.y0, window.y1) == pytest.approx((low - 0.2 * (high - low), high + 0.2 * (high - low)))


@pytest.mark.parametrize("values", [[5e-324] * 5, [5e-324, 1e-322, 1e-310, 1e-309]])
def test_without_outliers_the_least_numbers_are_still_shown(values: list[float]) -> None:
    window = plot(scalar_series(values), selection=selected(log_y=True, no_outliers=True)).window
    assert window is not None and window.y0 <= values[0] and values[-1] <= window.y1


def test_where_nothing_lies_out_the_range_is_as_it_was() -> None:
    series = scalar_series([1.0, 2.0] * 50)
    assert plot(series, selection=selected(no_outliers=True)).window == plot(series).window


def test_raw_points_are_drawn_faint_behind_all_smoothed_curves() -> None:
    smooth = Selection(weight=0.5)
    series = scalar_series([1.0, 2.0]), scalar_series([3.0, 4.0], run="other")
    two = plot(*series, selection=smooth)
    assert [(c.owner, c.faint) for c in drawn(two, superseded=True)] == [(0, True), (1, True), (0, False), (1, False)]
    first, _, front, _ = drawn(two, superseded=True)
    assert first.y is two.curves[0].values and front.y is two.curves[0].smoothed
    assert [(c.owner, c.faint) for c in drawn(plot(series[0]), superseded=False)] == [(0, False)]


def test_superseded_points_are_drawn_smoothed_and_faint() -> None:
    smooth = Selection(weight=0.5, superseded=True)
    two = plot(scalar_series([1.0], run="other"), RESTARTED, selection=smooth)
    shown = drawn(two, superseded=True)
    assert [(c.owner, c.faint) for c in shown] == [
        *((0, True), (1, True)),
        *((1, True), (1, True)),
        *((0, False), (1, False)),
    ]
    assert [c.y is p.smoothed for c, p in zip(shown[2:4], two.curves[1].pieces, strict=True)] == [True, True]
    assert len(drawn(two, superseded=False)) == 4


def test_each_tag_has_a_line_pattern_raw_or_smoothed() -> None:
    series = [scalar_series([1.0, 2.0], run=run, tag=tag) for tag in ("b", "a") for run in ("x", "y")]
    together = plot(*series, selection=Selection(weight=0.5))
    assert together.tags == ["b", "a"]
    assert [c.pattern for c in drawn(together, superseded=False)] == [0, 0, 1, 1, 0, 0, 1, 1]


def test_a_plot_is_made_again_only_when_what_it_shows_changed() -> None:
    series, cache = scalar_series([1.0, 2.0, 3.0]), PlotCache()
    first = plot_of(snapshot_of(series), [series.key], RAW, cache)
    assert plot_of(snapshot_of(series), [series.key], selected(cursor=1.0, mark=2.0), cache) is first
    zoomed = plot_of(snapshot_of(series), [series.key], selected(zoom=(1.0, INF)), cache)
    assert zoomed is not first and zoomed.curves == first.curves
    longer = scalar_series([1.0, 2.0, 3.0, 4.0], version=2)
    assert plot_of(snapshot_of(longer), [series.key], RAW, cache).whole == (0.0, 3.0)
    cache.keep_plots([])
    assert plot_of(snapshot_of(longer), [series.key], RAW, cache).curves[0].x.tolist() == [0.0, 1.0, 2.0, 3.0]


def test_the_plot_of_fewer_runs_is_forgotten_with_its_curves_of_then() -> None:
    one, other, cache = scalar_series([1.0, 2.0]), scalar_series([3.0], run="other"), PlotCache()
    snapshot = snapshot_of(one, other)
    of_one = plot_of(snapshot, [one.key], RAW, cache)
    of_both = plot_of(snapshot, [one.key, other.key], RAW, cache)
    cache.keep_plots([[one.key, other.key]])
    assert plot_of(snapshot, [one.key, other.key], RAW, cache) is of_both
    again = plot_of(snapshot, [one.key], RAW, cache)
    assert again is not of_one and again.curves == of_one.curves


def test_moving_the_cursor_draws_no_curve_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Shared()
    shared.runs.see(["run"])
    shown, drawing = plot(scalar_series([1.0, 2.0, 3.0])), PlotDrawing(shared)
    before = drawing.strips(shown, RAW, DARK, 40, 10)
    monkeypatch.setattr("tui.app.plot.rasterise", lambda *given: pytest.fail("drawn again"))
    after = drawing.strips(shown, selected(cursor=1.0, mark=2.0), DARK, 40, 10)
    assert [strip.text for strip in before] != [strip.text for strip in after]
    with pytest.raises(pytest.fail.Exception):
        drawing.strips(shown, RAW, DARK, 41, 10)


@pytest.mark.parametrize("weight", [0.0, 0.6, 0.999])
def test_one_high_point_of_a_million_is_seen_at_any_size_however_smoothed(weight: float) -> None:
    values = np.zeros(1_000_000)
    values[654_321] = 1.0
    spiked = plot(scalar_series(values), selection=Selection(smoothing=weight > 0, weight=weight))
    assert spiked.window is not None
    for width, height in ((1, 1), (10, 2), (38, 9), (120, 35), (300, 100)):
        raster = rasterise(drawn(spiked, superseded=False), spiked.window, width, height)
        top, bottom = (round(float(spiked.window.y_dots(y, 4 * height))) // 4 for y in (1.0, 0.0))
        assert raster.codes[top : bottom + 1, int(0.654321 * width)].all()
        assert height == 1 or np.count_nonzero(raster.codes[top]) == 1

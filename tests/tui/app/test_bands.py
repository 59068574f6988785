"""The band about a mean: its bounds, smoothed as the mean is, and where a member breaks off."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tests.tui.app.views import run_summary, scalar_series
from tui.analysis.smooth import ema
from tui.analysis.x_axis import XAxis
from tui.app.aggregation import Aggregator
from tui.app.bands import Band
from tui.app.choices import Aggregation, Spread
from tui.app.curves import RunCurve, prepare, readout
from tui.app.plot import Plot, PlotCache, drawn, plot_of
from tui.app.selection import Selection
from tui.model import SeriesKey
from tui.store.snapshot import StoreSnapshot

NAN = math.nan
KEY = SeriesKey("g", "loss", "scalars")


def grouped(*values: Sequence[float]) -> StoreSnapshot:
    """A snapshot with one group, `g`, of runs with these losses."""
    series = [scalar_series(some, run=f"g{n}") for n, some in enumerate(values)]
    runs = {one.key.run: run_summary(one.key.run) for one in series}
    read = StoreSnapshot(1, runs, {one.key: one for one in series}, {}, {}, ())
    return Aggregator().aggregated(read, Aggregation(r"(g)\d"), frozenset())


def curve(
    snapshot: StoreSnapshot, weight: float = 0.0, spread: Spread | None = Spread.MIN_MAX
) -> tuple[RunCurve, Band]:
    made = prepare(snapshot.scalars[KEY], XAxis.STEP, weight, spread)
    assert made.band is not None
    return made, made.band


def test_bounds_are_the_extremes_or_one_deviation_about_the_mean() -> None:
    snapshot = grouped([1, 4], [3, 4], [5, 7])
    _, band = curve(snapshot)
    assert (band.low.tolist(), band.high.tolist(), band.counts.tolist()) == ([1, 4], [5, 7], [3, 3])
    _, band = curve(snapshot, spread=Spread.STD)
    assert band.low.tolist() == [1.0, 5 - math.sqrt(3)] and band.high.tolist() == [5.0, 5 + math.sqrt(3)]


def test_bounds_are_smoothed_as_the_mean_is() -> None:
    made, band = curve(grouped([1, 4, 2], [3, 8, 6]), weight=0.5)
    assert np.array_equal(band.low, ema(np.array([1.0, 4.0, 2.0]), 0.5))
    assert (band.low <= made.smoothed).all() and (made.smoothed <= band.high).all()


def test_a_band_about_the_largest_numbers_ends_where_floats_do() -> None:
    largest = np.finfo(np.float64).max
    _, band = curve(grouped([1.7e308, 1e308], [-1.7e308, 1.7e308], [1.7e308, 1.7e308]), spread=Spread.STD)
    assert band.low[0] == -largest and band.high.tolist() == [largest, largest]


def test_a_member_that_diverged_is_marked_where_it_did() -> None:
    _, band = curve(grouped([1, NAN, NAN, 1, NAN], [3, 3, 3, 3, 3]))
    assert band.broken.tolist() == [False, True, False, False, True]
    assert band.counts.tolist() == [2, 1, 1, 2, 1]


def test_a_series_that_is_no_mean_has_no_band() -> None:
    assert prepare(scalar_series([1, 2]), XAxis.STEP, 0.0, Spread.MIN_MAX).band is None


def plot(snapshot: StoreSnapshot, selection: Selection) -> Plot:
    return plot_of(snapshot, [KEY], selection, PlotCache())


def test_a_chart_shows_all_of_the_band_and_no_raw_points() -> None:
    made = plot(grouped([0, 0], [10, 10]), Selection(aggregation=Aggregation()))
    assert made.window is not None and made.window.y0 <= 0 and made.window.y1 >= 10
    behind, marks, line = drawn(made, superseded=False)
    assert behind.low is not None and behind.faint and not line.faint
    assert (behind.low.tolist(), behind.y.tolist(), len(marks.x)) == ([0, 0], [10, 10], 0)


def test_the_band_changes_with_the_spread_that_is_selected() -> None:
    snapshot, cache = grouped([0, 0], [10, 10]), PlotCache()
    of = {}
    for spread in Spread:
        (one,) = plot_of(snapshot, [KEY], Selection(aggregation=Aggregation(None, spread)), cache).curves
        assert one.band is not None
        of[spread] = one.band.high[0]
    assert of == {Spread.MIN_MAX: 10.0, Spread.STD: 5 + math.sqrt(50)}


def test_a_reading_has_the_bounds_and_how_many_runs_there_are() -> None:
    made, _ = curve(grouped([1, 4, 9], [3, 4]))
    assert [at.spread for x in (0, 2) if (at := readout(made, x)) is not None] == [(1.0, 3.0, 2), (9.0, 9.0, 1)]

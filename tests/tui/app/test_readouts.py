"""Readings of curves: against the mark, over a range, against the baseline; and the table that shows them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from tests import builders
from tests.builders import WALL_TIME
from tests.tui.app.screens import loss, opened, shown, training
from tests.tui.app.test_plot import plot
from tests.tui.app.views import scalar_series
from tui.analysis.comparison import Difference
from tui.analysis.range_statistics import RangeStatistics
from tui.analysis.x_axis import XAxis
from tui.app.app import TbtuiApp
from tui.app.choices import Fit
from tui.app.readouts import Reading, ranked, reading
from tui.app.selection import Selection
from tui.store.snapshot import ScalarSeries

NAN = math.nan
RAW = Selection(smoothing=False)
WHEN = ["wall", "time", "relative"]
# Falls by 0.5 a step of 10, a point every 100 seconds.
LINE = scalar_series(
    [5.0, 4.5, 4.0, 3.5, 3.0], steps=range(0, 50, 10), wall_times=[WALL_TIME + 100 * i for i in range(5)]
)


def read(*series: ScalarSeries, selection: Selection) -> list[Reading]:
    shown_plot = plot(*series, selection=selection)
    return [reading(curve, at, shown_plot, selection) for curve, at in ranked(shown_plot, selection)]


def test_the_best_comes_first_and_nan_last() -> None:
    runs = {"worse": 2.0, "bad": NAN, "best": 1.0}
    series = [scalar_series([0.0, value], run=run) for run, value in runs.items()]
    assert [row.at.run for row in read(*series, selection=RAW)] == ["best", "worse", "bad"]
    series = [scalar_series([0.0, value], run=run, tag="accuracy") for run, value in runs.items()]
    assert [row.at.run for row in read(*series, selection=RAW)] == ["worse", "best", "bad"]
    series = [scalar_series([0.0, value], run=run, tag="lr") for run, value in runs.items()]
    assert [row.at.run for row in read(*series, selection=RAW)] == ["worse", "best", "bad"]


def test_tags_stay_together_each_in_its_own_order() -> None:
    tags = (("acc", 1.0), ("acc", 2.0), ("loss", 1.0), ("loss", 2.0))
    series = [scalar_series([value], run=f"r{value:.0f}", tag=tag) for tag, value in tags]
    found = [(row.at.tag, row.at.value) for row in read(*series, selection=RAW)]
    assert found == [("acc", 2.0), ("acc", 1.0), ("loss", 1.0), ("loss", 2.0)]


def test_from_the_mark_to_the_cursor() -> None:
    [row] = read(LINE, selection=replace(RAW, mark=10.0, cursor=30.0))
    assert row.to_mark == Difference(-1.0, -1.0 / 4.5, 10)
    assert row.over == RangeStatistics(3, 0, 3.5, 4.5, 4.0, -50.0)
    [back] = read(LINE, selection=replace(RAW, mark=30.0, cursor=10.0))
    assert back.to_mark == Difference(1.0, 1.0 / 3.5, 30)
    assert back.over == row.over


def test_from_the_mark_to_the_end() -> None:
    [row] = read(LINE, selection=replace(RAW, mark=25.0))
    # The mark is nearest to step 20.
    assert row.to_mark == Difference(-1.0, -0.25, 20)
    assert row.over == RangeStatistics(2, 0, 3.0, 3.5, 3.25, -50.0)


@pytest.mark.parametrize("axis", [XAxis.RELATIVE, XAxis.WALL])
def test_the_slope_is_per_hour_on_axes_of_time(axis: XAxis) -> None:
    origin = WALL_TIME if axis is XAxis.WALL else 0.0
    [row] = read(LINE, selection=replace(RAW, axis=axis, mark=origin, cursor=origin + 400))
    assert row.over is not None and row.over.slope == pytest.approx(-0.5 / 100 * 3600)


def test_by_progress_the_slope_is_still_per_thousand_steps() -> None:
    [row] = read(LINE, selection=replace(RAW, fit=Fit.PROGRESS, mark=0.0, cursor=1.0))
    assert row.over is not None and row.over.slope == pytest.approx(-50.0)


def test_beyond_a_curve_there_is_no_difference_to_the_mark() -> None:
    [row] = read(LINE, selection=replace(RAW, mark=70.0, cursor=40.0))
    assert (row.to_mark, row.over and row.over.points) == (None, 1)
    [row] = read(LINE, selection=replace(RAW, mark=70.0, cursor=60.0))
    assert row.over is not None and row.over.points == 0


def test_values_that_are_not_finite_stay_out_of_a_range() -> None:
    [row] = read(scalar_series([1.0, NAN, 3.0]), selection=replace(RAW, mark=0.0))
    assert row.over == RangeStatistics(2, 1, 1.0, 3.0, 2.0, 1000.0)


def test_a_run_is_compared_with_where_the_baseline_was_then() -> None:
    half_way = scalar_series([5.0, 6.0], steps=[0, 29], run="new")
    rows = {row.at.run: row for row in read(LINE, half_way, selection=replace(RAW, baseline="run"))}
    assert (rows["run"].is_baseline, rows["run"].to_baseline) == (True, None)
    # Its last point is at step 29; the baseline's last one up to there is at 20.
    assert (rows["new"].is_baseline, rows["new"].to_baseline) == (False, Difference(2.0, 0.5, 20))


def test_past_the_baselines_end_or_before_its_start_there_is_no_difference() -> None:
    longer = scalar_series([5.0, 6.0], steps=[0, 60], run="new")
    later = scalar_series([5.0, 6.0], steps=[-10, -5], run="early")
    rows = {row.at.run: row for row in read(LINE, longer, later, selection=replace(RAW, baseline="run"))}
    assert (rows["new"].to_baseline, rows["early"].to_baseline) == (None, None)


def test_a_baseline_without_the_tag_compares_nothing() -> None:
    other = scalar_series([1.0], run="base", tag="other")
    rows = read(LINE, other, selection=replace(RAW, baseline="base"))
    assert [(row.at.tag, row.is_baseline, row.to_baseline) for row in rows] == [
        ("loss", False, None),
        ("other", True, None),
    ]


def test_what_is_drawn_in_front_is_compared() -> None:
    smooth = Selection(weight=0.5, mark=0.0)
    [row] = read(scalar_series([1.0, 3.0]), selection=smooth)
    assert row.to_mark is not None and row.to_mark.value == pytest.approx(7 / 3 - 1)
    assert row.over is not None and (row.over.min, row.over.max) == (1.0, 3.0)


def table(text: str) -> list[list[str]]:
    """The table's cells, the heading first; without the lines on problems below it."""
    lines = text.splitlines()
    head = next(i for i, line in enumerate(lines) if line.split()[:1] == ["run"])
    return [line.split() for line in lines[head:] if line.strip() and not line.endswith("goes to the next")]


async def test_the_table_tells_of_mark_and_range(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        assert isinstance(pilot.app, TbtuiApp)
        await pilot.press("enter", "down", "s")
        pilot.app.main.selection = replace(pilot.app.main.selection, mark=20.0, cursor=40.0)
        await pilot.pause()
        head, adam, *_ = table(shown(pilot, "#chart"))
        assert head == ["run", "value", "Δ@20", "min", "max", "mean", "slope/1k", "points", "step", *WHEN]
        expected = [loss(0, 40), -20 / 64, loss(0, 40), loss(0, 20), loss(0, 30), -1000 / 64]
        assert [float(cell) for cell in adam[2:8]] == pytest.approx(expected, rel=1e-3)
        assert adam[8:] == ["21", "40", "22:14:00", "40s"]


async def test_a_range_with_nan_says_how_many(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        assert isinstance(pilot.app, TbtuiApp)
        await pilot.press("enter", "down", "s")
        pilot.app.main.selection = replace(pilot.app.main.selection, mark=40.0, cursor=60.0)
        await pilot.pause()
        bad = next(row for row in table(shown(pilot, "#chart")) if row[1] == "bad")
        assert "10+11!" in bad
        assert bad[2] == "NaN"


async def test_the_table_compares_with_the_baseline(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        assert isinstance(pilot.app, TbtuiApp)
        await pilot.press("enter", "down", "s")
        pilot.app.main.selection = replace(pilot.app.main.selection, baseline="adam", cursor=36.0)
        await pilot.pause()
        head, adam, sgd, bad = table(shown(pilot, "#chart"))
        assert head[:6] == ["run", "value", "Δ", "baseline", "Δ", "%"]
        assert adam[2:4] == ["1", "baseline"]
        assert sgd[2:5] == ["2", "+1", "+100%"]
        assert bad[2:5] == ["3", "+2", "+200%"]


@pytest.mark.parametrize(
    ("size", "columns"),
    [((160, 45), "Δ@20 min max mean slope/1k points"), ((100, 30), "Δ@20"), ((80, 24), "Δ@20"), ((60, 20), "")],
)
async def test_in_a_narrow_pane_some_columns_go(tmp_path: Path, size: tuple[int, int], columns: str) -> None:
    async with opened(training(tmp_path), size) as pilot:
        assert isinstance(pilot.app, TbtuiApp)
        await pilot.press("enter", "down")
        pilot.app.main.selection = replace(pilot.app.main.selection, mark=20.0, cursor=40.0)
        await pilot.pause()
        head, *rows = table(shown(pilot, "#chart"))
        assert head[:2] == ["run", "smoothed"] and "value" in head
        assert set(columns.split()) <= set(head)
        assert all(row[1] in ("adam", "sgd", "bad", "and") for row in rows)


@pytest.mark.parametrize(("width", "wall"), [(75, False), (76, True), (77, True)])
async def test_no_column_is_cut_beside_short_names(tmp_path: Path, width: int, wall: bool) -> None:
    for run in "ab":
        builders.write(tmp_path / run / builders.FILE_NAME, builders.points("loss", range(20)))
    async with opened(tmp_path, (width, 24)) as pilot:
        await pilot.press("enter")
        head, *_ = table(shown(pilot, "#chart"))
        assert head[:4] == ["run", "smoothed", "value", "step"] and "relative" in head
        assert ("wall" in head) is wall


async def test_together_the_table_has_a_row_a_run_and_tag(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "down", "G")
        text = shown(pilot, "#chart")
        assert text.splitlines()[0].split()[:3] == ["Loss", "train,", "val"]
        head, *rows = table(text)
        assert head[:3] == ["run", "tag", "smoothed"]
        found = [(row[1], next(cell for cell in row if cell in ("train", "val"))) for row in rows]
        assert found == [(run, tag) for tag in ("train", "val") for run in ("adam", "sgd", "bad")]
        assert "⠒⠒⠒⠒⠒ train" in text and "⠒⠒  ⠒ val" in text.replace("⠀", " ")


async def test_together_up_and_down_go_past_the_group(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        assert isinstance(pilot.app, TbtuiApp)
        await pilot.press("enter", "down", "down", "G", "down")
        assert pilot.app.main.selection.tag == "Loss/val"
        await pilot.press("up")
        assert pilot.app.main.selection.tag == "Accuracy"
        assert shown(pilot, "#chart").splitlines()[0].split()[:4] == ["Accuracy", "1", "of", "3"]
        await pilot.press("down", "G")
        assert shown(pilot, "#chart").splitlines()[0].split()[:4] == ["Loss/train", "2", "of", "3"]

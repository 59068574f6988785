"""The full histogram view's choice of steps, its axes, and shapes in common bins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logging_lib.tfevents.histogram import EMPTY
from tests.tui.analysis.histograms import buckets
from tests.tui.app.views import blob_series
from tui.app.blob_steps import step_line
from tui.app.distributions import Distribution, distribution
from tui.app.histograms import (
    Binned,
    Shown,
    StepAxis,
    View,
    count_ticks,
    decoded_columns,
    is_superseded,
    percentile_columns,
    picked,
    scaled,
    shown_columns,
    step_label,
    value_ticks,
    wanted_positions,
    whole_span,
)
from tui.reader.payload import LoggedHistogram


def evenly(lo: float, hi: float, count: float = 6.0) -> Distribution:
    """A histogram of one bucket."""
    return distribution(LoggedHistogram(buckets((lo, hi, count))))


def shown(steps: list[int], found: dict[int, Distribution], wanted: list[int] | None = None) -> Shown:
    series = blob_series(steps)
    line = step_line(series)
    return Shown(series, line, len(line) - 1, list(range(len(line))) if wanted is None else wanted, found)


@st.composite
def choices(draw: st.DrawFn) -> tuple[int, int, int]:
    """How many entries there are, how many fit, and which is chosen."""
    n = draw(st.integers(1, 5000))
    return n, draw(st.integers(1, 60)), draw(st.integers(0, n - 1))


@given(choices())
def test_no_more_entries_than_fit_are_picked_and_the_chosen_one_is_there(choice: tuple[int, int, int]) -> None:
    n, most, chosen = choice
    entries = picked(n, most, chosen)
    assert min(n, (most + 1) // 2) <= len(entries) <= most
    assert chosen in entries
    assert entries == sorted(set(entries))
    assert entries[0] >= 0 and entries[-1] < n


@given(choices())
def test_picked_entries_are_evenly_spread_and_stay_when_one_more_is_logged(choice: tuple[int, int, int]) -> None:
    n, most, _ = choice
    if most < 3 or n <= most:
        return
    entries, after = picked(n, most, n - 1), picked(n + 1, most, n)
    apart = np.diff(entries[:-1])
    assert len(set(apart.tolist())) <= 1
    if n % (most - 1) != 1:  # else they lie farther apart from now on
        assert entries[:-1] == after[: len(entries) - 1]


@pytest.mark.parametrize(
    ("n", "most", "chosen", "entries"),
    [
        (3, 5, 1, [0, 1, 2]),
        (101, 5, 100, [0, 25, 50, 75, 100]),
        (101, 5, 60, [0, 25, 60, 75, 100]),
        (102, 5, 101, [0, 26, 52, 78, 101]),
        (101, 1, 60, [60]),
        (101, 2, 60, [0, 60]),
        (1, 5, 0, [0]),
    ],
)
def test_picked(n: int, most: int, chosen: int, entries: list[int]) -> None:
    assert picked(n, most, chosen) == entries


def test_superseded_entries_have_brackets() -> None:
    series = blob_series([0, 500, 12_400, 500, 1500], superseded=[1, 2])
    assert [is_superseded(series, entry) for entry in range(5)] == [False, True, True, False, False]
    assert not is_superseded(blob_series([0]), 0)
    assert [step_label(series, entry) for entry in range(5)] == ["0", "(500)", "(12.4k)", "500", "1.5k"]


def test_the_axis_of_values_holds_all_that_is_decoded() -> None:
    runs = [shown([0, 1], {0: evenly(-3, 0), 1: evenly(0, 3)}), shown([0], {0: distribution(LoggedHistogram(EMPTY))})]
    assert whole_span(runs, no_outliers=False) == (-3.0, 3.0)
    assert whole_span(runs, no_outliers=True) == pytest.approx((-2.85, 2.85))
    assert whole_span(runs[1:], no_outliers=False) is None


def test_bins_are_counted_once_and_anew_for_other_edges() -> None:
    binned, found = Binned(), evenly(0, 4, 8)
    edges = np.array([0.0, 1, 2, 4])
    first = binned.counts(found, edges)
    assert first.tolist() == [2, 2, 4]
    assert binned.counts(found, edges.copy()) is first
    assert binned.counts(found, np.array([0.0, 4.0])).tolist() == [8]
    assert binned.counts(found, edges).tolist() == [2, 2, 4]


def test_value_ticks_grow_with_the_width() -> None:
    assert [*value_ticks(-1.0, 1.0, 12)] == [(0.0, "0")]
    assert [*value_ticks(-1.0, 1.0, 36)] == [(-1.0, "-1"), (0.0, "0"), (1.0, "1")]
    assert [*value_ticks(0.0, 1.0, 0)] == [(0.0, "0"), (1.0, "1")]
    assert [*value_ticks(0.0, 1.0, 8, 4)] == [(0.0, "0"), (1.0, "1")]


def test_counts_on_a_logarithmic_scale() -> None:
    assert scaled(np.array([0.0, 1.0]), log=False).tolist() == [0.0, 1.0]
    assert scaled(np.array([0.0, 1.0, 9.0]), log=True).tolist() == pytest.approx([0.0, np.log(2), np.log(10)])
    assert count_ticks(4.0, 12, log=False) == [(0.0, "0"), (2.0, "2"), (4.0, "4")]
    assert [label for _, label in count_ticks(5e4, 40, log=True)] == ["0", "1", "10", "100", "1k", "10k"]
    assert [label for _, label in count_ticks(5e4, 8, log=True)] == ["0", "1", "1k"]
    assert count_ticks(0.5, 8, log=True) == [(0.0, "0"), (pytest.approx(np.log(1.5)), "0.5")]


# Steps


def test_steps_lie_where_they_are_with_half_a_gap_beside() -> None:
    axis = StepAxis.of([step_line(blob_series([0, 10, 20])), step_line(blob_series([0, 40]))])
    assert axis.by_step
    assert [places.tolist() for places in axis.places] == [[0, 10, 20], [0, 40]]
    assert (axis.lo, axis.hi) == (-20.0, 60.0)
    assert axis.ticks(24) == [(0.0, "0"), (25.0, "25")]
    assert axis.columns(0, 16).tolist() == [-1] * 3 + [0, 0, 1, 1, 2, 2] + [-1] * 7
    assert axis.columns(1, 8).tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_entries_of_one_step_lie_one_after_the_other() -> None:
    axis = StepAxis.of([step_line(blob_series([0, 0, 0]))])
    assert not axis.by_step
    assert (axis.lo, axis.hi) == (-0.5, 2.5)
    assert axis.columns(0, 3).tolist() == [0, 1, 2]
    assert axis.ticks(60) == [(0.0, "#1"), (1.0, "#2"), (2.0, "#3")]


def test_one_entry_has_all_columns() -> None:
    lines = [step_line(blob_series([0, 4000])), step_line(blob_series([2100, 2101]))]
    axis = StepAxis.of(lines)
    assert axis.columns(1, 4).tolist() == [-1, -1, 1, -1]  # no middle of a column lies in it
    assert axis.columns(1, 0).tolist() == []
    for view in View:
        assert 1 in wanted_positions(view, lines, [0, 1], axis, 8, 40)[1]
    axis = StepAxis.of([step_line(blob_series([7]))])
    assert axis.columns(0, 4).tolist() == [0, 0, 0, 0]


def test_the_chosen_entry_takes_the_place_of_its_nearest() -> None:
    columns = np.array([-1, 0, 10, 20, -1])
    assert shown_columns(columns, 9).tolist() == [-1, 0, 9, 20, -1]
    assert shown_columns(columns, 20).tolist() == [-1, 0, 10, 20, -1]
    assert shown_columns(np.array([-1, -1]), 3).tolist() == [-1, -1]


@given(st.integers(1, 3000), st.integers(1, 200), st.data())
def test_ten_thousand_entries_need_no_more_than_there_are_columns(n: int, cells: int, data: st.DataObject) -> None:
    line = step_line(blob_series(range(n)))
    at = data.draw(st.integers(0, n - 1))
    for view in View:
        wanted = wanted_positions(view, [line], [at], StepAxis.of([line]), cells, 40)[0]
        assert at in wanted and len(wanted) <= max(cells, 40)
        assert list(wanted) == sorted(set(wanted)) and set(wanted) <= set(range(n))


def test_columns_show_the_nearest_that_is_wanted_if_it_is_decoded() -> None:
    one = evenly(0, 1)
    run = shown([0] * 9, {0: one, 8: one}, wanted=[0, 4, 8])
    assert decoded_columns(run, np.array([-1, 0, 1, 2, 3, 4, 6, 7, 8])).tolist() == [-1, 0, 0, 0, -1, -1, -1, 8, 8]
    assert decoded_columns(shown([0], {}), np.array([0, 0])).tolist() == [-1, -1]


def test_percentiles_lie_on_lines_between_decoded_entries() -> None:
    run = shown([0, 10, 20], {0: evenly(0, 8), 2: evenly(0, 16)})
    found = percentile_columns(run, np.array([0.0, 10.0, 20.0]), np.array([-6.0, 0.0, 5.0, 10.0, 20.0, 24.0, 26.0]))
    assert found[:, 8].tolist() == pytest.approx([np.nan, 8, 10, 12, 16, 16, np.nan], nan_ok=True)
    assert found[:, 0].tolist() == pytest.approx([np.nan, 0, 0, 0, 0, 0, np.nan], nan_ok=True)
    empty = percentile_columns(shown([0], {}), np.array([0.0]), np.array([0.0]))
    assert np.isnan(empty).all() and empty.shape == (1, 9)

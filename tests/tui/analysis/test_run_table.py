"""The numbers in a table of runs and tags, the best of them, and what they sort runs to."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui.analysis.run_table import Cell, best_value, change, last_cell, max_cell, mean_cell, min_cell, order_runs

NAN, INF = math.nan, math.inf
STEPS = np.array([0, 10, 20, 30])


def test_a_cell_is_the_last_least_or_greatest_point_with_its_step() -> None:
    values = np.array([4.0, 1.0, 8.0, 2.0])
    assert last_cell(values, STEPS) == Cell(2.0, 30)
    assert min_cell(values, STEPS) == Cell(1.0, 10)
    assert max_cell(values, STEPS) == Cell(8.0, 20)


def test_extremes_are_of_finite_values_and_last_is_what_was_logged() -> None:
    values = np.array([4.0, 1.0, -INF, NAN])
    assert min_cell(values, STEPS) == Cell(1.0, 10)
    assert max_cell(values, STEPS) == Cell(4.0, 0)
    assert math.isnan(last_cell(values, STEPS).value)
    assert math.isnan(max_cell(np.array([NAN]), STEPS[:1]).value)


def test_the_mean_is_of_the_last_points_as_far_as_there_are_any() -> None:
    values = np.array([100.0, 1.0, 2.0, 6.0], np.float32)
    assert mean_cell(values, 3) == Cell(3.0, None, 3)
    assert mean_cell(values[1:], 10) == Cell(3.0, None, 3)
    assert mean_cell(np.array([1e308, 1e308]), 2) == Cell(1e308, None, 2)


def test_a_run_that_diverged_has_no_mean() -> None:
    assert math.isnan(mean_cell(np.array([1.0, NAN, 2.0]), 2).value)
    assert mean_cell(np.array([NAN, 1.0, 3.0]), 2).value == 2.0


def test_the_best_is_by_the_goal_and_there_is_none_where_all_tie() -> None:
    assert best_value([3.0, NAN, 1.0, -INF], "min") == 1.0
    assert best_value([3.0, NAN, 1.0], "max") == 3.0
    assert best_value([3.0, 1.0], None) is None
    assert best_value([2.0, 2.0, NAN], "min") is None
    assert best_value([2.0, NAN], "min") is None
    assert best_value([], "min") is None


@pytest.mark.parametrize(
    ("value", "base", "by"),
    [(1.5, 1.0, 0.5), (0.5, -1.0, 1.5), (2.0, 2.0, 0.0), (0.0, 0.0, 0.0), (1.0, 0.0, INF), (-1.0, 0.0, -INF)],
)
def test_a_change_is_a_fraction_of_the_baselines_magnitude(value: float, base: float, by: float) -> None:
    assert change(value, base) == by


def test_there_is_no_change_to_or_from_nan() -> None:
    assert math.isnan(change(NAN, 1.0)) and math.isnan(change(1.0, INF))


def test_runs_are_sorted_best_first_then_broken_ones_then_those_without_a_value() -> None:
    runs, values = ["none", "nan", "b", "c", "a"], {"a": 1.0, "b": 2.0, "c": 1.0, "nan": NAN}
    assert order_runs(runs, values, "min", worst_first=False) == ["c", "a", "b", "nan", "none"]
    assert order_runs(runs, values, "min", worst_first=True) == ["b", "c", "a", "nan", "none"]
    assert order_runs(runs, values, "max", worst_first=False) == ["b", "c", "a", "nan", "none"]
    assert order_runs(runs, values, None, worst_first=False) == ["b", "c", "a", "nan", "none"]

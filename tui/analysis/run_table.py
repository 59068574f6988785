"""The numbers of a table of runs and tags: one of a series a cell, the best of a column, the order of its runs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from tui.analysis.statistics import Goal, extremes
from tui.model import Steps, Values


class Cell(NamedTuple):
    """A number of a series, finite or not, and the step of its point: None where it is of several, `points` of them."""

    value: float
    step: int | None
    points: int = 1


def last_cell(values: Values, steps: Steps) -> Cell:
    """The last point; `values` and `steps` have one shape, [n], n >= 1."""
    return Cell(float(values[-1]), int(steps[-1]))


def min_cell(values: Values, steps: Steps) -> Cell:
    """The least finite value; the last point where there is none."""
    found = extremes(values, steps)
    return last_cell(values, steps) if found is None else Cell(found.min, found.min_step)


def max_cell(values: Values, steps: Steps) -> Cell:
    """The greatest finite value; the last point where there is none."""
    found = extremes(values, steps)
    return last_cell(values, steps) if found is None else Cell(found.max, found.max_step)


def mean_cell(values: Values, last: int) -> Cell:
    """The mean of the last points, at most so many; NaN where one of them is not finite: it has diverged."""
    recent = values[-last:].astype(np.float64)
    if not np.isfinite(recent).all():
        return Cell(math.nan, None, len(recent))
    # Divided first, no sum overflows, and whole numbers have a whole mean all the same.
    mean = math.fsum(recent / len(recent)) if np.abs(recent).max() > 1e300 else math.fsum(recent) / len(recent)
    return Cell(mean, None, len(recent))


def best_value(values: Iterable[float], goal: Goal | None) -> float | None:
    """The best finite value by the goal; None without a goal, with fewer than two values, or where all are equal."""
    finite = [value for value in values if math.isfinite(value)]
    if goal is None or len(finite) < 2 or min(finite) == max(finite):
        return None
    return min(finite) if goal == "min" else max(finite)


def change(value: float, base: float) -> float:
    """How far a value is from a baseline's, as a fraction of its magnitude.

    NaN where either is not finite; infinite from exactly 0.
    """
    if not (math.isfinite(value) and math.isfinite(base)):
        return math.nan
    by = value - base
    if not base:
        return math.copysign(math.inf, by) if by else 0.0
    return by / abs(base)


def order_runs(runs: Iterable[str], values: Mapping[str, float], goal: Goal | None, *, worst_first: bool) -> list[str]:
    """Runs by their values, the best first (the greatest without a goal), equal ones in their given order.

    In either direction those with a finite value come first, then those with another, then those without one.
    """
    sign = 1.0 if (goal == "min") != worst_first else -1.0

    def key(run: str) -> tuple[int, float]:
        value = values.get(run)
        if value is None:
            return 2, 0.0
        return (0, sign * value) if math.isfinite(value) else (1, 0.0)

    return sorted(runs, key=key)

"""Rule plateau: a loss that never improved, or of a live run a loss or score that no longer does."""

from __future__ import annotations

import math

from tui.analysis.health.curve import Curve, Floats, median, median_error, noise, thinned
from tui.analysis.health.findings import Finding, short
from tui.analysis.health.rules import PLATEAU, RULES, Thresholds
from tui.analysis.statistics import Goal
from tui.model import SeriesKey


def never_improved(key: SeriesKey, curve: Curve, limits: Thresholds) -> Finding | None:
    """A loss that is noise about one level from the first point to the last, as with a learning rate of 0.

    A curve of one single value says nothing: a term that is switched off is as flat.
    """
    n = len(curve)
    if n < limits.plateau_points or not _is_flat(curve.values, limits, from_start=True):
        return None
    level = curve.value(median(thinned(curve.values)))
    text = f"no improvement in all {n} points: noise about {short(level)} from step {curve.steps[0]} on"
    return _finding(key, curve, 0, text)


def no_longer_improves(key: SeriesKey, curve: Curve, goal: Goal, limits: Thresholds) -> Finding | None:
    """No improvement in the last part of the points, which is most. Only of a live run: a finished one may rest."""
    start = round(len(curve) * (1 - limits.plateau_live_last))
    recent = curve.values[start:] if goal == "min" else -curve.values[start:]
    if len(recent) < limits.plateau_points or not _is_flat(recent, limits, from_start=False):
        return None
    level = curve.value(median(thinned(curve.values[start:])))
    text = f"no improvement in the last {len(recent)} points: about {short(level)} since step {curve.steps[start]}"
    return _finding(key, curve, start, text)


def _is_flat(values: Floats, limits: Thresholds, *, from_start: bool) -> bool:
    """Whether no part from the start on is better or worse than the rest by more than noise.

    The parts are of 2, 4, 8... points up to the first half; without `from_start` only of halves and quarters. The
    noise is that of neighbours: a curve that was smoothed before it was logged seems to have less of it than it has,
    and is seen to move where it may not.
    """
    sigma = noise(values)
    if sigma == 0:
        return False
    n = len(values)
    sizes = [1 << power for power in range(1, int(math.log2(n)))] if from_start else [n // 4]
    for size in (*sizes, n // 2):
        first, rest = thinned(values[:size]), thinned(values[size:])
        error = math.hypot(median_error(sigma, len(first)), median_error(sigma, len(rest)))
        if abs(median(first) - median(rest)) > limits.plateau_errors * error:
            return False
    return True


def _finding(key: SeriesKey, curve: Curve, at: int, text: str) -> Finding:
    step, time = int(curve.steps[at]), curve.wall_time(at)
    return Finding(PLATEAU, key.run, key.tag, step, time, text, RULES[PLATEAU].severity)

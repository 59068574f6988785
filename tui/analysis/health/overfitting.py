"""Rule overfitting: the validation loss rises while the training loss falls."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tui.analysis.health.curve import Curve, Floats, block_medians, median, median_error, noise, row_medians
from tui.analysis.health.findings import Finding, share, short
from tui.analysis.health.pairs import Pair
from tui.analysis.health.rules import OVERFITTING, RULES, Thresholds
from tui.model import Flags, Steps, WallTimes

_BLOCKS = 25


class _Rise(NamedTuple):
    """A validation loss since its best: the place of its best point, and the level it has risen to."""

    at: int
    end: float


def overfitting(pair: Pair, train: Curve, val: Curve, limits: Thresholds) -> Finding | None:
    """Where the validation loss was best, if it has risen since and the training loss has fallen.

    Both are compared at the same steps; where their steps are of different units (batches and epochs), at the same
    wall times.
    """
    rise = _rise(val, limits)
    if rise is None:
        return None
    when = _common_axis(train, val)
    if when is None:
        return None
    of_train, of_val = when
    fell = _fall(train, of_train <= of_val[rise.at], of_train <= of_val[-1], limits)
    if fell is None:
        return None
    before, after = fell
    best = float(val.values[rise.at])
    text = (
        f"rose{_by(rise.end - best, best)} from its best, {short(val.value(best))} at step {val.steps[rise.at]}, to "
        f"{short(val.value(rise.end))}, while {_called(pair)} fell{_by(before - after, before)} to "
        f"{short(train.value(after))}"
    )
    step, time = int(val.steps[rise.at]), val.wall_time(rise.at)
    return Finding(OVERFITTING, pair.val.run, pair.val.tag, step, time, text, RULES[OVERFITTING].severity)


def _by(change: float, of: float) -> str:
    """A change as a share of where it began, if that is not 0."""
    return f" {share(change / abs(of))}" if of else ""


def _called(pair: Pair) -> str:
    """What to call the training loss beside the validation loss."""
    if pair.train.run == pair.val.run:
        return pair.train.tag
    return f"{pair.train.tag} of {pair.train.run}" if pair.train.tag != pair.val.tag else f"that of {pair.train.run}"


def _rise(val: Curve, limits: Thresholds) -> _Rise | None:
    """How far the curve has risen since its best, if that is much and lasts to its end."""
    n = len(val)
    if n < limits.overfitting_points:
        return None
    medians, starts = block_medians(val.values, min(_BLOCKS, n))
    if n <= 2 * _BLOCKS:
        medians = _middle_of_three(medians)
    best_at = int(medians.argmin())
    best, first = float(medians[best_at]), float(medians[: best_at + 1].max())
    after = medians[best_at + 1 :]
    if len(after) < limits.overfitting_after:
        return None
    third = max(len(after) // 3, 2)
    end = median(after[-third:])
    sigma = noise(val.values)
    least = max(
        limits.overfitting_of_fall * (first - best),
        limits.overfitting_of_best * abs(best),
        limits.overfitting_errors * median_error(sigma, n // len(medians)),
    )
    rises = end > median(after[:third])
    if end - best <= least or not (after[-third:] > best + least / 2).all() or not rises:
        return None
    stop = starts[best_at + 1] if best_at + 1 < len(starts) else n
    at = int(starts[best_at]) + int(val.values[starts[best_at] : stop].argmin())
    return _Rise(at, end)


def _middle_of_three(values: Floats) -> Floats:
    """Each value as the median of itself and its neighbours: one lucky epoch is not the best."""
    padded = np.pad(values, 1, mode="edge")
    return row_medians(np.stack([padded[:-2], values, padded[2:]], axis=1))


def _common_axis(train: Curve, val: Curve) -> tuple[Steps, Steps] | tuple[WallTimes, WallTimes] | None:
    """Steps of both where they run over about the same range, else wall times; None where neither can be compared."""
    if not len(train):
        return None
    if _same_range(*(float(some[at]) for some in (train.steps, val.steps) for at in (0, -1))):
        return train.steps, val.steps
    times = train.wall_times, val.wall_times
    ascend = all(np.isfinite(some).all() and (some[1:] >= some[:-1]).all() for some in times)
    ends = [float(some[at]) for some in times for at in (0, -1)]
    return times if ascend and _same_range(*ends) else None


def _same_range(a_start: float, a_end: float, b_start: float, b_end: float) -> bool:
    """Whether two ranges overlap by more than half of the wider one."""
    shared = min(a_end, b_end) - max(a_start, b_start)
    return shared > 0.5 * max(a_end - a_start, b_end - b_start)


def _fall(train: Curve, until_best: Flags, until_end: Flags, limits: Thresholds) -> tuple[float, float] | None:
    """The training loss when the validation loss was best, and at the end, if it has fallen by much."""
    best, end = int(until_best.sum()), int(until_end.sum())
    part = max((end - best) // 4, 1)
    if end - best < limits.overfitting_after or best < 1:
        return None
    beside, last = train.values[max(best - part, 0) : best + 1], train.values[end - part : end]
    before, after = median(beside), median(last)
    sigma = noise(train.values)
    error = math.hypot(median_error(sigma, len(beside)), median_error(sigma, len(last)))
    least = max(limits.overfitting_train_fall * abs(before), limits.overfitting_train_errors * error)
    return (before, after) if before - after > least else None

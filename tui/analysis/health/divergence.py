"""Rule divergence: a loss stays far above its best and does not come back."""

from __future__ import annotations

import numpy as np

from tui.analysis.health.curve import Curve, block_medians, median, median_error, noise
from tui.analysis.health.findings import Finding, share, short
from tui.analysis.health.rules import DIVERGENCE, RULES, Thresholds
from tui.model import SeriesKey

_BLOCKS = 25
_POINTS_PER_BLOCK = 3


def divergence(key: SeriesKey, curve: Curve, limits: Thresholds) -> Finding | None:
    """How far the last part of a curve lies above its best, by medians of equal parts of it.

    A loss that rose and falls again, as after a restart of the learning rate or where a curriculum became harder, is
    on its way back and does not fire.
    """
    values = curve.values
    if len(values) < limits.divergence_points:
        return None
    medians, starts = block_medians(values, min(_BLOCKS, len(values) // _POINTS_PER_BLOCK))
    last = max(2, round(limits.divergence_last * len(medians)))
    earlier, recent = medians[:-last], medians[-last:]
    best_at = int(earlier.argmin())
    best, fall = float(earlier[best_at]), float(earlier[: best_at + 1].max() - earlier[best_at])
    error = median_error(noise(values), len(values) // len(medians))
    least = max(
        limits.divergence_of_fall * fall,
        limits.divergence_of_best * abs(best),
        limits.divergence_errors * error,
        limits.divergence_wander * noise(medians),
    )
    half = len(recent) // 2
    comes_back = median(recent[-half:]) < median(recent[:half]) - 2 * error
    rise = median(recent) - best
    if not (recent > best + least).all() or rise <= 0 or comes_back:
        return None
    return _told(key, curve, best, rise, int(starts[best_at]), last / len(medians))


def _told(key: SeriesKey, curve: Curve, best: float, rise: float, best_from: int, part: float) -> Finding:
    """The step to look at is the last point near the best: there it began to rise."""
    near = np.flatnonzero(curve.values[best_from:] <= best)
    at = best_from + (int(near[-1]) if len(near) else 0)
    by = f", {share(rise / abs(best))} up" if best else ""
    text = (
        f"the median of the last {share(part)} of the points is {short(curve.value(best + rise))}{by} "
        f"from the best, {short(curve.value(best))} up to step {curve.steps[at]}, and is not coming back"
    )
    time = curve.wall_time(at)
    return Finding(DIVERGENCE, key.run, key.tag, int(curve.steps[at]), time, text, RULES[DIVERGENCE].severity)

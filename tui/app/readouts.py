"""What the table under the full chart tells: a reading a curve, at the cursor, against the mark and the baseline."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tui.analysis.comparison import Difference, compared
from tui.analysis.range_statistics import RangeStatistics, range_statistics
from tui.analysis.statistics import goal
from tui.analysis.x_axis import XAxis
from tui.app.curves import Readout, RunCurve, readout
from tui.app.plot import Plot
from tui.app.selection import Selection

_PER_THOUSAND, _PER_HOUR = 1000.0, 3600.0
_SIGN = {"min": 1, "max": -1, None: 0}


@dataclass(frozen=True, slots=True)
class Reading:
    """One curve's point, and what it is compared with.

    `to_baseline` and `to_mark` compare what is drawn in front: smoothed values, if they are; with the baseline's last
    point up to the curve's own, and with the curve's point nearest to the mark. They are None where the place is not
    within the ends of the other. `over` is of the values as logged, from the mark to the cursor or the end, with the
    slope per 1000 steps or per hour.
    """

    at: Readout
    is_baseline: bool = False
    to_baseline: Difference | None = None
    to_mark: Difference | None = None
    over: RangeStatistics | None = None


def ranked(plot: Plot, selection: Selection) -> list[tuple[RunCurve, Readout]]:
    """Each curve that has points, with the one at the cursor or the last: tag by tag, the best value first where one
    can be better, NaN last.
    """
    order = {tag: (number, _SIGN[goal(tag)]) for number, tag in enumerate(plot.tags)}

    def rank(pair: tuple[RunCurve, Readout]) -> tuple[int, bool, float]:
        (number, sign), value = order[pair[1].tag], pair[1].smoothed
        return number, math.isnan(value), 0.0 if math.isnan(value) else sign * value

    found = [(curve, at) for curve in plot.curves if (at := readout(curve, selection.cursor)) is not None]
    return sorted(found, key=rank)


def reading(curve: RunCurve, at: Readout, plot: Plot, selection: Selection) -> Reading:
    """What a curve's point is compared with under a selection."""
    over, to_mark = None, None
    if selection.mark is not None:
        over = _over(curve, selection.mark, selection.cursor, selection.axis)
        to_mark = _difference(at, readout(curve, selection.mark))
    if selection.baseline in (None, curve.run):
        return Reading(at, selection.baseline is not None, None, to_mark, over)
    baseline = next((c for c in plot.curves if (c.run, c.tag) == (selection.baseline, curve.tag)), None)
    return Reading(at, False, _to_baseline(at, baseline) if baseline is not None else None, to_mark, over)


def _to_baseline(at: Readout, baseline: RunCurve) -> Difference | None:
    """A run that is half way is compared with where the baseline was then."""
    before = int(np.searchsorted(baseline.x, at.x, "right")) - 1
    if before < 0 or at.x > baseline.x[-1]:
        return None
    return compared(at.smoothed, float(baseline.smoothed[before]), int(baseline.steps[before]))


def _difference(at: Readout, other: Readout | None) -> Difference | None:
    return None if other is None or other.beyond else compared(at.smoothed, other.smoothed, other.step)


def _over(curve: RunCurve, mark: float, cursor: float | None, axis: XAxis) -> RangeStatistics:
    """Of the points between the mark and the cursor, both included, or from the mark to the end without a cursor."""
    low, high = sorted((mark, math.inf if cursor is None else cursor))
    some = slice(int(np.searchsorted(curve.x, low, "left")), int(np.searchsorted(curve.x, high, "right")))
    along = curve.steps if axis is XAxis.STEP else curve.wall_times
    found = range_statistics(along[some], curve.values[some])
    unit = _PER_THOUSAND if axis is XAxis.STEP else _PER_HOUR
    return RangeStatistics(found.points, found.bad, found.min, found.max, found.mean, found.slope * unit)

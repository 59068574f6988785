"""The band about a curve: of a group's mean, from its members' least to their greatest value or by their standard
deviation; or as it was logged, from bounds of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui.analysis.aggregate import Counts, Floats
from tui.analysis.smooth import ema
from tui.analysis.x_axis import Indices
from tui.app.aggregation import MeanSeries
from tui.app.choices import Spread
from tui.model import Flags, Steps, Values
from tui.render.raster import Curve
from tui.store.snapshot import ScalarSeries

_LARGEST = np.finfo(np.float64).max


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Arrays as long as the curve's: the band's bounds, smoothed as the curve is, and of how many members it is.

    `broken` tells where the value of a member becomes NaN or infinite: a seed that diverged stays so, and a mark at
    every step from there on would hide the others. `interpolated` tells that members did not log the steps;
    `members` is how many there are at most: 0 in a band that was logged itself, where `counts` and `broken` are None.
    """

    low: Floats
    high: Floats
    counts: Counts | None
    broken: Flags | None
    interpolated: bool
    members: int

    def drawn(self, x: Floats, owner: int) -> list[Curve]:
        """The band about a curve with these x, and what marks the places where a member breaks off."""
        band = Curve(x, self.high, owner, faint=True, low=self.low)
        if self.broken is None:
            return [band]
        broken = x[self.broken]
        return [band, Curve(broken, np.full(len(broken), np.nan), owner, faint=True)]


def band_of(series: ScalarSeries, spread: Spread | None, arrangement: Indices | None, weight: float) -> Band | None:
    """The band of a mean, its points in the given arrangement; None of a series that is none."""
    if not isinstance(series, MeanSeries):
        return None
    made = series.aggregate
    low, high, counts = made.low, made.high, made.counts
    broken = made.broken & ~np.append(False, made.broken[:-1])
    if spread is Spread.STD:
        with np.errstate(over="ignore"):
            low, high = (np.clip(bound, -_LARGEST, _LARGEST) for bound in (made.mean - made.std, made.mean + made.std))
    if arrangement is not None:
        low, high, counts, broken = low[arrangement], high[arrangement], counts[arrangement], broken[arrangement]
    if weight:
        # Smoothing keeps order, and leaves the same places out of all three: the mean stays within.
        low, high = ema(low, weight), ema(high, weight)
    return Band(low, high, counts, broken, made.interpolated, series.members)


def margin_band(steps: Steps, lower: tuple[Steps, Values], upper: tuple[Steps, Values]) -> Band:
    """The band at some steps between two bounds, each logged at steps of its own (one at least): on straight lines
    between those, and nowhere beyond them.
    """
    one, other = _at_steps(steps, *lower), _at_steps(steps, *upper)
    known = np.isin(steps, lower[0]) & np.isin(steps, upper[0])
    return Band(np.minimum(one, other), np.maximum(one, other), None, None, not bool(known.all()), 0)


def _at_steps(steps: Steps, known: Steps, values: Values) -> Floats:
    order = np.argsort(known, kind="stable")
    found = np.interp(steps, known[order], np.asarray(values, np.float64)[order], left=np.nan, right=np.nan)
    return np.asarray(found, np.float64)

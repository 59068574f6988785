"""What charts show of a tag: one prepared curve a run, and what it reads at a place or over a range."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.analysis.smooth import ema
from tui.analysis.superseded import pieces
from tui.analysis.x_axis import Indices, XAxis, first_time, order, shares, x_values
from tui.app.bands import Band, band_of
from tui.app.choices import Spread
from tui.model import Steps, WallTimes
from tui.store.snapshot import ScalarSeries

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What an older session had logged past the step it was restarted from, smoothed if the curve is; sorted by x."""

    x: Floats
    smoothed: npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class RunCurve:
    """One run's current points of a tag sorted by x, all arrays of one length; points without a finite x are left out.

    `smoothed` is `values` itself when smoothing is off. `first_wall_time` is NaN where no wall time is finite.
    `superseded` counts the points that a restarted run logged again; `pieces` are the curves that they make. `band` is
    that about the mean of a group of runs. An `outline` has a few of the points only, the others are not in memory.
    """

    run: str
    tag: str
    x: Floats
    values: npt.NDArray[np.floating[Any]]
    smoothed: npt.NDArray[np.floating[Any]]
    steps: Steps
    wall_times: WallTimes
    first_wall_time: float
    superseded: int
    pieces: tuple[Piece, ...]
    band: Band | None = None
    outline: bool = False


@dataclass(frozen=True, slots=True)
class Readout:
    """One curve's point nearest to a place: wall time in epoch seconds, `relative` in seconds from the run's first.

    `beyond` tells that the place lies before the run's first or after its last point. `x` is the point's own.
    `spread` are the ends of the curve's band there, and how many runs that is of: 0 where it was logged. Of an
    `outline` the nearest point that is in memory is taken, and `smoothed` tells nothing.
    """

    run: str
    value: float
    smoothed: float
    step: int
    wall_time: float
    relative: float
    beyond: bool
    tag: str
    x: float
    spread: tuple[float, float, int] | None = None
    outline: bool = False


def prepare(series: ScalarSeries, axis: XAxis, weight: float, spread: Spread | None = None) -> RunCurve:
    """Sort and smooth one series for an axis; `spread` says what the band about a mean shows."""
    current = series.current()
    values, steps, wall_times = current.values, current.steps, current.wall_times
    first = first_time(wall_times)
    x = x_values(axis, steps, wall_times, first)
    arrangement = order(x)
    if arrangement is not None:
        x, values = x[arrangement], values[arrangement]
        steps, wall_times = steps[arrangement], wall_times[arrangement]
    smoothed = ema(values, weight) if weight else values
    old = pieces(series.steps, series.superseded)
    return RunCurve(
        series.key.run, series.key.tag, x, values, smoothed, steps, wall_times, first,
        superseded=sum(map(len, old)),
        pieces=tuple(_piece(series, places, axis, weight, first) for places in old),
        band=band_of(series, spread, arrangement, weight),
        outline=series.left_out > 0,
    )  # fmt: skip


def _piece(series: ScalarSeries, places: Indices, axis: XAxis, weight: float, first: float) -> Piece:
    """Relative time is that of the current points, so that the piece lies before or beside them as it happened."""
    x, values = x_values(axis, series.steps[places], series.wall_times[places], first), series.values[places]
    arrangement = order(x)
    if arrangement is not None:
        x, values = x[arrangement], values[arrangement]
    return Piece(x, ema(values, weight) if weight else values)


def by_progress(curve: RunCurve) -> RunCurve:
    """The curve with x from 0 at its first point to 1 at its last."""
    if not len(curve.x):
        return curve
    ends = float(curve.x[0]), float(curve.x[-1])
    pieces = tuple(Piece(shares(piece.x, *ends), piece.smoothed) for piece in curve.pieces)
    return replace(curve, x=shares(curve.x, *ends), pieces=pieces)


def readout(curve: RunCurve, x: float | None) -> Readout | None:
    """The point nearest to `x`, the last for None; None for a curve without points."""
    if not len(curve.x):
        return None
    at = len(curve.x) - 1 if x is None else nearest(curve.x, x)
    return Readout(
        curve.run,
        float(curve.values[at]),
        float(curve.smoothed[at]),
        int(curve.steps[at]),
        float(curve.wall_times[at]),
        float(curve.wall_times[at]) - curve.first_wall_time,
        x is not None and not curve.x[0] <= x <= curve.x[-1],
        curve.tag,
        float(curve.x[at]),
        _spread(curve.band, at),
        curve.outline,
    )


def _spread(band: Band | None, at: int) -> tuple[float, float, int] | None:
    if band is None:
        return None
    return float(band.low[at]), float(band.high[at]), 0 if band.counts is None else int(band.counts[at])


def nearest(x: Floats, place: float) -> int:
    """Index of the value of ascending `x` nearest to a place; the first of equals."""
    right = int(np.searchsorted(x, place))
    if right == 0:
        return 0
    if right == len(x):
        return int(np.searchsorted(x, x[-1]))
    # Python's floats: a difference that overflows is infinite, without numpy's warning.
    below, above = float(x[right - 1]), float(x[right])
    before = right - 1 if place - below <= above - place else right
    return int(np.searchsorted(x, x[before]))


def step_along(x: Floats, place: float, by: float) -> float:
    """The x of the next point at least `by` away from a place, in its direction; the end where there is none."""
    if by > 0:
        at = int(np.searchsorted(x, place + by))
        return float(x[min(at, len(x) - 1)])
    at = int(np.searchsorted(x, place + by, side="right")) - 1
    return float(x[max(at, 0)])

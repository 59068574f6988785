"""What the full chart shows of a tag: one prepared curve a run, their window, and readouts at a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.analysis.smooth import ema
from tui.analysis.superseded import pieces
from tui.analysis.x_axis import Indices, XAxis, first_time, order, x_values
from tui.app.selection import Selection
from tui.model import SeriesKey, Steps, WallTimes
from tui.render.raster import Curve
from tui.render.window import Window, fit_window
from tui.store.snapshot import ScalarSeries

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What an older session had logged past the step it was restarted from, smoothed if the curve is; sorted by x."""

    x: Floats
    smoothed: npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class RunCurve:
    """One run's current points sorted by x, all arrays of one length; points without a finite x are left out.

    `smoothed` is `values` itself when smoothing is off. `first_wall_time` is NaN where no wall time is finite.
    `superseded` counts the points that a restarted run logged again; `pieces` are the curves that they make.
    """

    run: str
    x: Floats
    values: npt.NDArray[np.floating[Any]]
    smoothed: npt.NDArray[np.floating[Any]]
    steps: Steps
    wall_times: WallTimes
    first_wall_time: float
    superseded: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Readout:
    """One run's point nearest to a place: wall time in epoch seconds, `relative` in seconds from the run's first.

    `beyond` tells that the place lies before the run's first or after its last point.
    """

    run: str
    value: float
    smoothed: float
    step: int
    wall_time: float
    relative: float
    beyond: bool


def prepare(series: ScalarSeries, axis: XAxis, weight: float) -> RunCurve:
    """Sort and smooth one series for an axis."""
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
        series.key.run, x, values, smoothed, steps, wall_times, first,
        superseded=sum(map(len, old)),
        pieces=tuple(_piece(series, places, axis, weight, first) for places in old),
    )  # fmt: skip


def _piece(series: ScalarSeries, places: Indices, axis: XAxis, weight: float, first: float) -> Piece:
    """Relative time is that of the current points, so that the piece lies before or beside them as it happened."""
    x, values = x_values(axis, series.steps[places], series.wall_times[places], first), series.values[places]
    arrangement = order(x)
    if arrangement is not None:
        x, values = x[arrangement], values[arrangement]
    return Piece(x, ema(values, weight) if weight else values)


class CurveCache:
    """Prepared curves, made again only when their series, the axis or the weight changed."""

    def __init__(self) -> None:
        self._known: dict[SeriesKey, tuple[tuple[int, XAxis, float], RunCurve]] = {}

    def of(self, series: ScalarSeries, selection: Selection) -> RunCurve:
        """The curve of a series under a selection."""
        want = (series.version, selection.axis, selection.smoothing_weight)
        known = self._known.get(series.key)
        if known is None or known[0] != want:
            known = self._known[series.key] = (want, prepare(series, selection.axis, selection.smoothing_weight))
        return known[1]

    def keep_only(self, keys: Sequence[SeriesKey]) -> None:
        """Forget the curves that are not shown: each holds copies of its points."""
        self._known = {key: self._known[key] for key in keys if key in self._known}


def drawn(curves: Sequence[RunCurve], *, superseded: bool) -> list[Curve]:
    """Raster curves, owners being places in `curves`: the raw points faint behind where they are smoothed.

    Of superseded points, where they are wanted, only the smoothed curve is drawn, faint: beside the raw
    points of the current ones, their own could not be told apart.
    """
    raw = [Curve(c.x, c.values, i, faint=True) for i, c in enumerate(curves) if c.smoothed is not c.values]
    old = [
        Curve(piece.x, piece.smoothed, i, faint=True)
        for i, c in enumerate(curves)
        for piece in (c.pieces if superseded else ())
    ]
    return [*raw, *old, *(Curve(c.x, c.smoothed, i) for i, c in enumerate(curves))]


def window_of(curves: Sequence[RunCurve], *, log_y: bool, superseded: bool) -> Window | None:
    """The window that shows all that is drawn, None when that is no point."""
    old = [(piece.x, piece.smoothed) for c in curves for piece in (c.pieces if superseded else ())]
    return fit_window([*((c.x, c.values) for c in curves), *old], log_y=log_y)


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
    )


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

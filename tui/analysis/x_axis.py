"""What a chart's x axis measures: step, relative time or wall time."""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from tui.model import Steps, WallTimes

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_LARGEST = np.finfo(np.float64).max


class XAxis(StrEnum):
    """The quantity along x; the value is the word that is shown."""

    STEP = "step"
    RELATIVE = "relative"
    WALL = "wall"


def first_time(wall_times: WallTimes) -> float:
    """The first finite wall time in file order, NaN where there is none: the origin of relative time."""
    finite = np.isfinite(wall_times)
    return float(wall_times[finite.argmax()]) if finite.any() else math.nan


def x_values(axis: XAxis, steps: Steps, wall_times: WallTimes, origin: float) -> Floats:
    """Where points of one series lie along `axis`, float64[n].

    Relative is in seconds since `origin`, the series' `first_time`. Wall times are epoch seconds. A wall time that
    is not finite gives an x that is not; `order` leaves such points out. Steps beyond 2**53 are rounded to the
    nearest float64.
    """
    match axis:
        case XAxis.STEP:
            return steps.astype(np.float64)
        case XAxis.WALL:
            return wall_times
        case XAxis.RELATIVE:
            # Wall times of +-1e308 may overflow here, and a NaN may signal: such an x is left out like any other.
            with np.errstate(over="ignore", invalid="ignore"):
                return np.asarray(wall_times - origin)


def order(x: Floats) -> Indices | None:
    """Indices of the finite x in ascending order, equal ones in their given order; None where that is all of x."""
    if len(x) == 0 or (np.isfinite(x[[0, -1]]).all() and (x[1:] >= x[:-1]).all()):
        return None
    finite = np.flatnonzero(np.isfinite(x))
    return finite[np.argsort(x[finite], kind="stable")]


def shares(x: Floats, first: float, last: float) -> Floats:
    """How far each x is from `first` (0) to `last` (1); all 1 where these are the same."""
    if first == last:
        return np.ones(len(x))
    # Halves, because the difference of two large numbers of opposite sign overflows.
    with np.errstate(over="ignore"):
        return np.clip((x / 2 - first / 2) / (last / 2 - first / 2), -_LARGEST, _LARGEST)

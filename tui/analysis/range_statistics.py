"""What a curve does over a range of x: extremes, mean, and how steeply it goes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class RangeStatistics:
    """Of the finite values in a range: how many they are, and `bad` how many are not finite; all else is NaN without
    any. `slope` is that of the least-squares line, in units of y by units of x; NaN where all have the same x.
    """

    points: int
    bad: int
    min: float
    max: float
    mean: float
    slope: float


def range_statistics(x: npt.NDArray[Any], y: Floats) -> RangeStatistics:
    """The statistics of some points; `x` is finite, int64 or float64[n], rounded to float64, `y` float[n]."""
    finite = np.isfinite(y)
    bad = len(y) - int(finite.sum())
    if bad:
        x, y = x[finite], y[finite]
    if not len(y):
        return RangeStatistics(0, bad, math.nan, math.nan, math.nan, math.nan)
    # Below 1 no sum overflows, and a power of two changes no digit.
    unit = 2.0 ** (math.frexp(float(np.abs(y).max()))[1] - 1)
    values = y.astype(np.float64) / unit
    mean = float(values.mean())
    slope = _slope(x, values - mean) * unit
    low, high = float(y.min()), float(y.max())
    return RangeStatistics(len(y), bad, low, high, min(max(mean * unit, low), high), slope)


def _slope(x: npt.NDArray[Any], y: npt.NDArray[np.float64]) -> float:
    """Of the least-squares line through points whose mean y is 0."""
    # Halves, because the difference of two large numbers of opposite sign overflows.
    along = x.astype(np.float64) / 2
    along -= along[0]
    longest = float(np.abs(along).max())
    if not longest:
        return math.nan
    along /= longest
    along -= along.mean()
    return float(along @ y / (along @ along)) / longest / 2

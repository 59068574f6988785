"""The part of the plane a chart shows, and where its values fall on a grid of dots."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FloatsLike = npt.NDArray[np.floating[Any]] | npt.NDArray[np.integer[Any]] | float

# Rows further out than this are off every screen; the bound keeps differences of rows finite.
_FAR = 1e9


@dataclass(frozen=True, slots=True)
class Window:
    """The ranges of x and y that a chart shows, bounds included; on a log axis y is still given in data units.

    Equal bounds are allowed: a single value is shown in the middle. ValueError unless the bounds are finite,
    ascending and, on a log axis, positive.
    """

    x0: float
    x1: float
    y0: float
    y1: float
    log_y: bool = False

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.x0, self.x1, self.y0, self.y1))):
            raise ValueError(f"the window's bounds are not finite: {self}")
        if self.x0 > self.x1 or self.y0 > self.y1:
            raise ValueError(f"the window's bounds are not ascending: {self}")
        if self.log_y and self.y0 <= 0:
            raise ValueError(f"a log axis starts above 0: {self}")

    def x_dots(self, x: FloatsLike, dots: int) -> Floats:
        """Where each x falls on `dots` columns of dots: 0.0 at the first one's centre, dots - 1 at the last one's."""
        return _place(x, *_spread(self.x0, self.x1), dots)

    def x_at(self, dot: FloatsLike, dots: int) -> Floats:
        """The x of each dot column (fractions allowed): the inverse of `x_dots`."""
        lo, hi = _spread(self.x0, self.x1)
        share = np.asarray(dot, np.float64) / max(dots - 1, 1)
        return np.asarray(lo * (1.0 - share) + hi * share)

    def y_dots(self, y: FloatsLike, dots: int) -> Floats:
        """Where each y falls on `dots` rows of dots, counted from the top; NaN for values that cannot be drawn.

        Those are the non-finite ones and, on a log axis, those not above 0.
        """
        values = np.asarray(y, np.float64)
        values = np.where(np.isfinite(values), values, np.nan)
        lo, hi = self.y0, self.y1
        if self.log_y:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.log10(np.where(values > 0, values, np.nan))
            lo, hi = math.log10(lo), math.log10(hi)
        return np.asarray((dots - 1) - _place(values, *_spread(lo, hi), dots))


def fit_window(
    curves: Iterable[tuple[npt.NDArray[Any], npt.NDArray[Any]]], *, log_y: bool = False, margin: float = 0.02
) -> Window | None:
    """The smallest window that shows every drawable point of the (x, y) pairs, None when there is no such point.

    `margin` is the share of the y range (of decades on a log axis) added above and below. Non-finite values and, on
    a log axis, values not above 0 do not count for y; their x does as long as it is finite.
    """
    x_bounds, all_y = _Bounds(), []
    for x, y in curves:
        x_bounds.add(x)
        all_y.append(y)
    y_range = fit_range(all_y, log=log_y, margin=margin)
    if x_bounds.empty or y_range is None:
        return None
    return Window(x_bounds.lo, x_bounds.hi, *y_range, log_y)


def fit_range(
    values: Iterable[npt.NDArray[Any]], *, log: bool = False, margin: float = 0.02
) -> tuple[float, float] | None:
    """The least and greatest drawable of all values, with a margin as in `fit_window`; None where there is none."""
    bounds = _Bounds()
    for some in values:
        bounds.add(some, above=0.0 if log else -math.inf)
    return None if bounds.empty else _with_margin(bounds.lo, bounds.hi, margin, log)


class _Bounds:
    """The least and greatest finite value seen."""

    def __init__(self) -> None:
        self.lo = math.inf
        self.hi = -math.inf

    @property
    def empty(self) -> bool:
        return self.lo > self.hi

    def add(self, values: npt.NDArray[Any], above: float = -math.inf) -> None:
        if not len(values):
            return
        lo, hi = float(np.min(values)), float(np.max(values))
        if not (math.isfinite(lo) and math.isfinite(hi) and lo > above):
            usable = values[np.isfinite(values) & (values > above)]
            if not len(usable):
                return
            lo, hi = float(usable.min()), float(usable.max())
        self.lo, self.hi = min(self.lo, lo), max(self.hi, hi)


def _with_margin(lo: float, hi: float, margin: float, log: bool) -> tuple[float, float]:
    largest, smallest = sys.float_info.max, sys.float_info.min
    if log:
        decades = (math.log10(hi) - math.log10(lo)) * margin
        factor = 10.0**decades
        return max(lo / factor, min(lo, smallest)), min(hi * factor, largest)
    extra = (hi / 2 - lo / 2) * margin * 2
    return max(lo - extra, -largest), min(hi + extra, largest)


def _place(values: FloatsLike, lo: float, hi: float, dots: int) -> Floats:
    # Halves, because the difference of two large numbers of opposite sign overflows.
    with np.errstate(over="ignore", under="ignore"):
        share = (np.asarray(values, np.float64) / 2 - lo / 2) / (hi / 2 - lo / 2)
        return np.asarray(np.clip(share * (dots - 1), -_FAR, _FAR))


def _spread(lo: float, hi: float) -> tuple[float, float]:
    """The bounds, moved apart about their common value when they are too close to be told apart."""
    if hi / 2 - lo / 2 > 0:
        return lo, hi
    pad = abs(lo) / 4 or 0.5
    return max(lo - pad, -sys.float_info.max), min(lo + pad, sys.float_info.max)

"""Which stretch of the x axis is in view: zoomed about a place, moved along, brought to a place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Stretch = tuple[float, float]
"""First and last x. A stretch chosen to the end of the data ends at infinity: points that come later are in it."""


def zoomed(view: Stretch, whole: Stretch, about: float, factor: float, points: npt.NDArray[Any]) -> Stretch | None:
    """`view` made `factor` times as long about a place in it; None for all of `whole`. What would be past one end of
    that is added at the other, so that zooming out always shows more.

    Where it would hold less than two different x of `points` (ascending, float64[n]), it stays as it is.
    """
    # In this form nothing but the result can overflow, which clipping then mends.
    lo, hi = (bound * factor + about * (1 - factor) for bound in view)
    past = max(hi - whole[1], 0.0), max(whole[0] - lo, 0.0)
    lo, hi = max(lo - past[0], whole[0]), min(hi + past[1], whole[1])
    return chosen((lo, hi) if holds_two(points, lo, hi) else view, whole)


def panned(view: Stretch, whole: Stretch, share: float) -> Stretch | None:
    """`view` moved by a share of its length, to the right when that is positive, as far as `whole` goes."""
    length = view[1] - view[0]
    by = min(max(length * share, whole[0] - view[0]), whole[1] - view[1])
    return chosen((view[0] + by, view[1] + by), whole)


def brought(view: Stretch, whole: Stretch, x: float) -> Stretch | None:
    """`view` moved just so far that `x` is a quarter of its length inside; as it is when `x` is in it already."""
    if view[0] <= x <= view[1]:
        return chosen(view, whole)
    length = view[1] - view[0]
    wanted = x - length / 4 if x < view[0] else x - length * 3 / 4
    lo = min(max(wanted, whole[0]), max(whole[1] - length, whole[0]))
    return chosen((lo, lo + length), whole)


def chosen(view: Stretch, whole: Stretch) -> Stretch | None:
    """A stretch as the selection keeps it: open where it reaches the end, None where it is all there is."""
    lo, hi = max(view[0], whole[0]), math.inf if view[1] >= whole[1] else view[1]
    return None if lo <= whole[0] and hi == math.inf else (lo, hi)


def clipped(zoom: Stretch | None, whole: Stretch) -> Stretch | None:
    """The stretch of `whole` that a kept one stands for; None where they have nothing in common."""
    lo, hi = zoom or whole
    lo, hi = max(lo, whole[0]), min(hi, whole[1])
    return (lo, hi) if lo <= hi else None


def holds_two(points: npt.NDArray[Any], lo: float, hi: float) -> bool:
    """Whether two different x of ascending `points` lie in [lo, hi]."""
    first, end = np.searchsorted(points, lo, "left"), np.searchsorted(points, hi, "right")
    return bool(first < end and points[first] < points[end - 1])

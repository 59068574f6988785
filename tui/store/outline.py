"""Which points of a series tell its course and everything that lists say of it, when the others are let go."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tui.model import Flags, Steps, Values, WallTimes

BUCKETS = 16
"""Stretches of equally many points; the least and the greatest of each stay."""
MOST_POINTS = 2 * BUCKETS + 9
"""What an outline has, at most."""


def outline(steps: Steps, wall_times: WallTimes, values: Values, superseded: Flags | None) -> npt.NDArray[np.intp]:
    """Places of the points of an outline, ascending; all arrays have one shape, [n], n >= 1.

    Among them are the first and the last point, those with the least and the greatest wall time and the first value
    that is not finite; of the points that are not superseded the last one, the first ones with the least and the
    greatest finite value, and that with the largest step. So an outline of an outline has them, too.
    """
    places = [np.array([0, len(steps) - 1, *_ends(wall_times)])]
    current = np.arange(len(steps)) if superseded is None else np.flatnonzero(~superseded)
    if len(current):
        places.append(current[np.array([-1, steps[current].argmax(), *_ends(values[current])])])
    finite = np.isfinite(values)
    if not finite.all():
        places.append(np.array([finite.argmin()]))
    places.append(_of_buckets(values, finite))
    return np.unique(np.concatenate(places))


def _ends(values: Values) -> tuple[int, ...]:
    """The first places of the least and of the greatest finite value; none where no value is finite."""
    finite = np.isfinite(values)
    if finite.all():
        return int(values.argmin()), int(values.argmax())
    if not finite.any():
        return ()
    return int(np.where(finite, values, np.inf).argmin()), int(np.where(finite, values, -np.inf).argmax())


def _of_buckets(values: Values, finite: Flags) -> npt.NDArray[np.intp]:
    size = len(values) // BUCKETS
    if not size:
        return np.arange(len(values))
    whole = slice(0, size * BUCKETS)
    low = np.where(finite[whole], values[whole], np.inf).reshape(BUCKETS, size)
    high = np.where(finite[whole], values[whole], -np.inf).reshape(BUCKETS, size)
    starts = np.arange(BUCKETS) * size
    return np.concatenate((starts + low.argmin(axis=1), starts + high.argmax(axis=1)))

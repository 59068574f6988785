"""A scalar series as the rules look at it: finite points in order of their steps, and how noisy they are."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui.model import Steps, WallTimes
from tui.store.snapshot import ScalarSeries

Floats = npt.NDArray[np.float64]

MAD_TO_SIGMA = 1.4826
_MEDIAN_ERROR = 1.2533
"""Standard error of a median in units of that of a mean, for normal noise."""
_ENOUGH = 1 << 15
"""Values or differences that tell a median; more would change no digit that matters."""


class Curve(NamedTuple):
    """Finite points that are not superseded, ascending in step; of equal steps in the order of files. Shapes [n].

    `values` are divided by a power of two so that none is above 1 and no sum overflows; `unit` is that power.
    """

    steps: Steps
    wall_times: WallTimes
    values: Floats
    unit: float

    def __len__(self) -> int:
        return len(self.values)

    def value(self, scaled: float) -> float:
        """A number of the size of `values` in the unit of the series."""
        return scaled * self.unit

    def wall_time(self, at: int) -> float | None:
        """Epoch seconds of a point, None where they are no number."""
        time = float(self.wall_times[at])
        return time if math.isfinite(time) else None


def curve_of(series: ScalarSeries) -> Curve:
    """The points that count."""
    series = series.current()
    steps, times, values = series.steps, series.wall_times, series.values
    finite = np.isfinite(values)
    if not finite.all():
        steps, times, values = steps[finite], times[finite], values[finite]
    if (steps[1:] < steps[:-1]).any():
        order = np.argsort(steps, kind="stable")
        steps, times, values = steps[order], times[order], values[order]
    # Far from the ends of the range, where a power of two itself is no float any more.
    exponent = min(max(math.frexp(float(np.abs(values).max()))[1], -1000), 1000) if len(values) else 0
    return Curve(steps, times, np.ldexp(values.astype(np.float64), -exponent), math.ldexp(1.0, exponent))


def median(values: Floats) -> float:
    """The median of n >= 1 values. numpy's own takes ten times as long for few, most of it to look for NaN."""
    half = len(values) // 2
    if len(values) % 2:
        return float(np.partition(values, half)[half])
    middle = np.partition(values, (half - 1, half))
    return float(middle[half - 1] + middle[half]) / 2


def thinned(values: Floats) -> Floats:
    """Evenly spaced values, as many as tell a median."""
    return values[:: -(-len(values) // _ENOUGH)] if len(values) > _ENOUGH else values


def row_medians(rows: Floats) -> Floats:
    """Medians [n] of rows [n, k]; of an even number the upper of the two in the middle."""
    return np.partition(rows, rows.shape[1] // 2, axis=1)[:, rows.shape[1] // 2]


def noise(values: Floats) -> float:
    """Sigma of the noise, from the differences of neighbours, which cancel what moves slowly; 0 below three values.

    Evenly spaced pairs of neighbours are enough of a long curve.
    """
    if len(values) < 3:
        return 0.0
    stride = -(-len(values) // _ENOUGH)
    differences = values[1::stride][: len(values[:-1:stride])] - values[:-1:stride]
    return MAD_TO_SIGMA * median(np.abs(differences - median(differences))) / math.sqrt(2)


def median_error(sigma: float, count: int) -> float:
    """Standard error of the median of so many values with that noise."""
    return _MEDIAN_ERROR * sigma / math.sqrt(max(count, 1))


def block_medians(values: Floats, blocks: int) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Medians of about equal parts of the values, and where each part begins; as many as there are values at most."""
    blocks = min(blocks, len(values))
    starts = np.arange(blocks) * len(values) // blocks
    return np.array([median(part) for part in np.split(values, starts[1:])]), starts

"""What the full histogram view shows of series: which steps, on which axes, and their shapes in common bins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from tui.analysis.distribution import Span, rebin
from tui.analysis.percentiles import BASIS_POINTS, Floats
from tui.analysis.ticks import ticks
from tui.analysis.x_axis import Indices
from tui.app.blob_steps import StepLine
from tui.app.distributions import Distribution
from tui.render.chart import Tick
from tui.render.numbers import count
from tui.render.ridgeline import ridge_capacity
from tui.store.snapshot import BlobSeries

_CELLS_A_TICK = 12
_DECADES = 24


class View(StrEnum):
    """The ways to show a histogram over its steps, in the order that the key goes through."""

    RIDGELINE = "ridgeline"
    HEATMAP = "heatmap"
    PERCENTILES = "percentiles"
    BARS = "bars"


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One run's histograms: its line of steps, the position `at` that is chosen, and what is decoded of it.

    `wanted` are the positions that are drawn, ascending, `at` among them; `found` has those that are decoded, and
    `why` says why the chosen one cannot be.
    """

    series: BlobSeries
    line: StepLine
    at: int
    wanted: Sequence[int]
    found: Mapping[int, Distribution]
    why: str | None = None

    @property
    def run(self) -> str:
        """The run's name."""
        return self.series.key.run

    @property
    def chosen(self) -> Distribution | None:
        """The histogram of the chosen step."""
        return self.found.get(self.at)

    @property
    def waits(self) -> bool:
        """Whether something is yet to be decoded, or cannot be."""
        return len(self.found) < len(self.wanted)


def picked(n: int, most: int, chosen: int) -> list[int]:
    """At most `most` of `n` places, evenly spread with both ends, and `chosen` in place of its nearest.

    Every so many-th is picked, so that most stay the same when one more is logged.
    """
    if most == 1:
        return [chosen]
    apart = -(-(n - 1) // (most - 1)) or 1
    picks = [*range(0, n - 1, apart), n - 1]
    picks[min(range(len(picks)), key=lambda i: abs(picks[i] - chosen))] = chosen
    return sorted(set(picks))


def wanted_positions(
    view: View, lines: Sequence[StepLine], at: Sequence[int], axis: StepAxis, width: int, height: int
) -> list[Sequence[int]]:
    """Which positions of each run's line are drawn in so many cells: as many as there is room for."""
    if view is View.BARS:
        return [[chosen] for chosen in at]
    if view is View.RIDGELINE:
        return [picked(len(line), ridge_capacity(height), chosen) for line, chosen in zip(lines, at, strict=True)]
    cells = max(width // len(lines), 1)
    columns = (shown_columns(axis.columns(run, cells), chosen) for run, chosen in enumerate(at))
    return [np.unique(of_run[of_run >= 0]).tolist() for of_run in columns]


# Values


def whole_span(shown: Iterable[Shown], *, no_outliers: bool) -> Span | None:
    """From the least to the greatest value of all that is decoded; None where there is none."""
    found = [d.measures for one in shown for d in one.found.values() if d.measures is not None]
    spans = [measures.core if no_outliers else measures.span for measures in found]
    return (min(low for low, _ in spans), max(high for _, high in spans)) if spans else None


@lru_cache(maxsize=16)
def value_ticks(lo: float, hi: float, cells: int, cells_a_tick: int = _CELLS_A_TICK) -> Sequence[Tick]:
    """Ticks of an axis of values, so many cells long: the same for several pictures, and from key to key."""
    return tuple((tick.value, tick.label) for tick in ticks(lo, hi, max(2, cells // cells_a_tick)))


def scaled(counts: Floats, *, log: bool) -> Floats:
    """Counts as heights: themselves, or the logarithm of one more than they are."""
    return np.log1p(counts) if log else counts


def count_ticks(most: float, rows: int, *, log: bool) -> list[Tick]:
    """Ticks of an axis of counts up to `most`, `rows` high; their places are those of `scaled`."""
    room = max(2, rows // 4)
    if not log:
        return [(tick.value, tick.label) for tick in ticks(0.0, most, room)]
    decades = [10.0**power for power in range(_DECADES) if 10.0**power <= most]
    every = -(-len(decades) // room) or 1
    values = [0.0, *decades[::every]] if decades else [0.0, most]
    return [(float(np.log1p(value)), count(value)) for value in values]


# Steps


def half_gap(places: Floats) -> float:
    """Half of the distance between two entries that lie at these places, on average."""
    return float(places[-1] - places[0]) / (len(places) - 1) / 2 if len(places) > 1 else 0.5


@dataclass(frozen=True, slots=True, eq=False)
class StepAxis:
    """Where the entries of some runs lie along a common axis, from `lo` to `hi`: by their steps, `by_step`.

    Where several have the same step, as with who logs without one, they lie one after the other by their number.
    """

    places: Sequence[Floats]
    lo: float
    hi: float
    by_step: bool

    def ticks(self, cells: int) -> list[Tick]:
        """Round steps, or numbers of entries."""
        first, last = min(float(p[0]) for p in self.places), max(float(p[-1]) for p in self.places)
        most = max(2, cells // _CELLS_A_TICK)
        if self.by_step:
            return [(tick.value, tick.label) for tick in ticks(first, last, most, whole=True)]
        return [(tick.value - 1, f"#{tick.label}") for tick in ticks(first + 1, last + 1, most, whole=True)]

    def columns(self, run: int, cells: int) -> Indices:
        """Which position of a run's line each of so many columns shows: the nearest; -1 beside all of them, in
        all but one column at most."""
        places = self.places[run]
        x = self.lo + (np.arange(cells) + 0.5) / cells * (self.hi - self.lo)
        after = np.clip(np.searchsorted(places, x), 1, max(len(places) - 1, 1))
        nearest = after - (x - places[after - 1] <= places[np.minimum(after, len(places) - 1)] - x)
        nearest = np.clip(nearest, 0, len(places) - 1)
        half = half_gap(places)
        beside = (x < places[0] - half) | (x > places[-1] + half)
        if cells and beside.all():  # a run that is shorter than a column is wide has one all the same
            beside[np.abs(x - places[0]).argmin()] = False
        return np.where(beside, -1, nearest)

    @classmethod
    def of(cls, lines: Sequence[StepLine]) -> StepAxis:
        """The axis of these lines, none of them empty: with half a gap beside the first and the last entry."""
        by_step = not any(line.again.any() for line in lines)
        places = [(line.steps if by_step else np.arange(len(line))).astype(np.float64) for line in lines]
        halves = [half_gap(p) for p in places]
        lo = min(float(p[0]) - half for p, half in zip(places, halves, strict=True))
        hi = max(float(p[-1]) + half for p, half in zip(places, halves, strict=True))
        return cls(places, lo, hi, by_step)


class Binned:
    """Counts of histograms in common bins, kept as long as the bins are the same."""

    _MOST = 4096

    def __init__(self) -> None:
        self._edges: Floats = np.empty(0)
        self._counts: dict[int, tuple[Distribution, Floats]] = {}

    def counts(self, found: Distribution, edges: Floats) -> Floats:
        """How many values are in each bin, float64[len(edges) - 1]."""
        if not np.array_equal(edges, self._edges) or len(self._counts) > self._MOST:
            self._edges, self._counts = edges, {}
        if id(found) not in self._counts:  # what has the id is kept beside it
            self._counts[id(found)] = found, rebin(found.buckets, edges)
        return self._counts[id(found)][1]


def shown_columns(columns: Indices, at: int) -> Indices:
    """The columns of a run, with the position `at` in the one that would show a neighbour of it."""
    inside = np.flatnonzero(columns >= 0)
    if not len(inside) or at in columns:
        return columns
    nearest = inside[np.abs(columns[inside] - at).argmin()]
    return np.where(np.arange(len(columns)) == nearest, at, columns)


def decoded_columns(shown: Shown, columns: Indices) -> Indices:
    """For each column the nearest position that is wanted, -1 where that is not decoded yet."""
    if not shown.found:
        return np.full(len(columns), -1)
    wanted = np.array(shown.wanted)
    after = np.clip(np.searchsorted(wanted, columns), 1, max(len(wanted) - 1, 1))
    right = wanted[np.minimum(after, len(wanted) - 1)]
    nearest = np.where(columns - wanted[after - 1] <= right - columns, wanted[after - 1], right)
    return np.where((columns >= 0) & np.isin(nearest, list(shown.found)), nearest, -1)


def percentile_columns(shown: Shown, places: Floats, x: Floats) -> Floats:
    """Percentiles along x, float64[len(x), 9], on straight lines between the entries that are decoded.

    NaN beside the run's first and last entry by more than half a gap.
    """
    found = [(position, d.measures) for position in shown.wanted if (d := shown.found.get(position)) is not None]
    held = [(position, measures.percentiles) for position, measures in found if measures is not None]
    if not held:
        return np.full((len(x), len(BASIS_POINTS)), np.nan)
    at = places[[position for position, _ in held]]
    points = np.stack([values for _, values in held])
    with np.errstate(over="ignore", invalid="ignore"):
        along = np.stack([np.interp(x, at, points[:, i]) for i in range(points.shape[1])], axis=1)
    half = half_gap(places)
    beside = (x < places[0] - half) | (x > places[-1] + half)
    return np.where(beside[:, np.newaxis], np.nan, along)


# Names


def step_label(series: BlobSeries, entry: int) -> str:
    """A step's short name, in brackets where a restarted run logged it again."""
    step = count(int(series.steps[entry]))
    return f"({step})" if is_superseded(series, entry) else step


def is_superseded(series: BlobSeries, entry: int) -> bool:
    """Whether a restarted run logged the entry again."""
    return series.superseded is not None and bool(series.superseded[entry])

"""Which value of a metric a session is judged by: its last, least, greatest, or where another metric is best."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from logging_lib.tfevents.plugins import SCALARS
from tui.analysis.comparison import value_at
from tui.analysis.hparams.cells import Cells, numbers_cells
from tui.analysis.hparams.sessions import MetricColumn, metric_run
from tui.analysis.statistics import Extremes, extremes, goal
from tui.model import SeriesKey
from tui.store.snapshot import ScalarSeries, StoreSnapshot


@dataclass(frozen=True, slots=True)
class Measure:
    """`last`, `min`, `max`; or `at`: the value at the step where the metric `at` is best."""

    kind: Literal["last", "min", "max", "at"] = "last"
    at: MetricColumn | None = None


LAST = Measure()


class Measurer:
    """Values of metrics; extremes of a series are looked for once a version of it. Superseded points do not count."""

    def __init__(self) -> None:
        self._extremes: dict[SeriesKey, tuple[int, Extremes | None]] = {}

    def cells(self, snapshot: StoreSnapshot, runs: Iterable[str], metric: MetricColumn, measure: Measure) -> Cells:
        """The metric of the sessions of these runs, missing where nothing was logged.

        A float32 is given by the digits it needs: 0.1 as 0.1. `min` and `max` are of the finite values, the last one
        where there is none. `at` is missing before the metric's first step, and where the other has no finite value.
        """
        values = [self._value(snapshot, run, metric, measure) for run in runs]
        present = np.array([value is not None for value in values], np.bool_)
        return numbers_cells(np.array([math.nan if v is None else v for v in values], np.float64), present)

    def _value(self, snapshot: StoreSnapshot, run: str, metric: MetricColumn, measure: Measure) -> float | None:
        series = series_of(snapshot, run, metric)
        if series is None or not len(series.steps):
            return None
        if measure.kind == "at":
            step = self._best_step(snapshot, run, measure.at)
            found = None if step is None else value_at(step, series.steps, series.values)
            return None if found is None else shortest(series, found)
        found_extremes = None if measure.kind == "last" else self._extremes_of(series)
        if found_extremes is None:
            return shortest(series, series.values[-1])
        return shortest(series, found_extremes.min if measure.kind == "min" else found_extremes.max)

    def _best_step(self, snapshot: StoreSnapshot, run: str, metric: MetricColumn | None) -> int | None:
        series = None if metric is None else series_of(snapshot, run, metric)
        found = None if series is None else self._extremes_of(series)
        if metric is None or found is None:
            return None
        return found.max_step if goal(metric.tag) == "max" else found.min_step

    def _extremes_of(self, series: ScalarSeries) -> Extremes | None:
        version, found = self._extremes.get(series.key, (None, None))
        if version != series.version:
            found = extremes(series.values, series.steps)
            self._extremes[series.key] = (series.version, found)
        return found


def series_of(snapshot: StoreSnapshot, run: str, metric: MetricColumn) -> ScalarSeries | None:
    """The current points of a metric of a session."""
    series = snapshot.scalars.get(SeriesKey(metric_run(run, metric.group), metric.tag, SCALARS))
    return None if series is None else series.current()


def shortest(series: ScalarSeries, value: float | np.floating[Any]) -> float:
    """A value of the series as the float with the fewest digits that its stored width allows."""
    return float(value) if series.values.dtype.itemsize > 4 else float(str(np.float32(value)))

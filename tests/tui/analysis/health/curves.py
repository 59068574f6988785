"""Curves as trainings log them, healthy and ill, and snapshots that hold them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tests.builders import WALL_TIME
from tests.tui.app.views import of_runs, run_summary
from tui.analysis.health import Finding, HealthCheck
from tui.model import SeriesKey
from tui.store.snapshot import BlobSeries, RunSummary, ScalarSeries, StoreSnapshot

Floats = npt.NDArray[np.float64]
LONG_AFTER = WALL_TIME + 1e8
"""A time at which every run is over."""


def series(
    values: npt.ArrayLike,
    tag: str = "train/loss",
    run: str = "run",
    *,
    steps: npt.ArrayLike | None = None,
    wall_times: npt.ArrayLike | None = None,
    superseded: npt.ArrayLike | None = None,
    version: int = 2,
) -> ScalarSeries:
    """A series of floats; steps count from 0, a step takes a second."""
    points = np.asarray(values)
    numbers = np.arange(len(points)) if steps is None else np.asarray(steps, np.int64)
    times = WALL_TIME + numbers if wall_times is None else np.asarray(wall_times, np.float64)
    flags = None if superseded is None else np.asarray(superseded, np.bool_)
    return ScalarSeries(SeriesKey(run, tag, "scalars"), version, numbers, times, points, flags)


def snapshot(*every: ScalarSeries | BlobSeries, runs: Iterable[RunSummary] = ()) -> StoreSnapshot:
    """A snapshot of these series; runs that are not given end with the newest of their points."""
    given = {run.name: run for run in runs}
    newest: dict[str, float] = {}
    for one in every:
        newest[one.key.run] = max(newest.get(one.key.run, 0.0), float(np.nanmax(one.wall_times)))
    known = [run_summary(name, last_wall_time=time) for name, time in newest.items() if name not in given]
    scalars = {one.key: one for one in every if isinstance(one, ScalarSeries)}
    blobs = {one.key: one for one in every if isinstance(one, BlobSeries)}
    return replace(of_runs(*known, *given.values()), scalars=scalars, blobs=blobs)


def judged(*every: ScalarSeries, now: float = LONG_AFTER) -> list[Finding]:
    """What a new check finds in these series."""
    return list(HealthCheck().findings(snapshot(*every), now))


def fired(*every: ScalarSeries, now: float = LONG_AFTER) -> list[str]:
    """The rules that fire."""
    return [finding.rule for finding in judged(*every, now=now)]


def decay(count: int, *, start: float = 2.0, end: float = 0.2, rate: float = 8.0) -> Floats:
    """A loss that falls fast, then slowly."""
    return end + (start - end) * np.exp(-rate * np.arange(count) / count)


def noisy(curve: Floats, seed: int, size: float = 0.05) -> Floats:
    """The curve with noise in proportion to it, as losses of batches have."""
    return curve * np.exp(size * np.random.default_rng(seed).standard_normal(len(curve)))


def running_mean(curve: Floats, period: int) -> Floats:
    """The mean since the last multiple of `period`, as Keras logs losses of batches."""
    parts = [curve[start : start + period] for start in range(0, len(curve), period)]
    return np.concatenate([np.cumsum(part) / np.arange(1, len(part) + 1) for part in parts])

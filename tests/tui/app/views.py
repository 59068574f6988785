"""Snapshots made in memory, without a file or a store: just what the functions that choose and lay out look at."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tests.builders import WALL_TIME
from tui.model import SeriesKey
from tui.store.snapshot import EMPTY_SNAPSHOT, RunSummary, ScalarSeries, StoreSnapshot


def run_summary(
    name: str, *, tags: int = 2, points: int = 200, last_wall_time: float | None = WALL_TIME, has_nan: bool = False
) -> RunSummary:
    """A run in which nothing is unusual but what is given."""
    return RunSummary(
        name=name,
        paths=(f"{name}/events",),
        tags=tags,
        points=points,
        last_step=points,
        first_wall_time=None if last_wall_time is None else last_wall_time - points,
        last_wall_time=last_wall_time,
        interval=1.0,
        has_nan=has_nan,
        problems=0,
        start=None,
        end=None,
        experiment=None,
    )


def of_runs(*runs: RunSummary | str) -> StoreSnapshot:
    """A snapshot with these runs, sorted by name as the store does it."""
    summaries = [run if isinstance(run, RunSummary) else run_summary(run) for run in runs]
    named = {run.name: run for run in sorted(summaries, key=lambda run: run.name)}
    return StoreSnapshot(1, named, EMPTY_SNAPSHOT.scalars, {}, {}, ())


def scalar_series(
    values: Iterable[float],
    *,
    steps: Iterable[int] | None = None,
    wall_times: Iterable[float] | None = None,
    run: str = "run",
    tag: str = "loss",
    version: int = 1,
) -> ScalarSeries:
    """One series; steps count from 0 and a point takes a second, unless given."""
    points = np.array(list(values), np.float64)
    numbers = np.arange(len(points)) if steps is None else np.array(list(steps), np.int64)
    times = WALL_TIME + numbers if wall_times is None else np.array(list(wall_times), np.float64)
    return ScalarSeries(SeriesKey(run, tag, "scalars"), version, numbers, times, points)

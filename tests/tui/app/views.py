"""Snapshots made in memory, without a file or a store: just what the functions that choose and lay out look at."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from tests.builders import WALL_TIME
from tui.model import BlobRef, SeriesKey
from tui.store.snapshot import EMPTY_SNAPSHOT, BlobSeries, RunSummary, ScalarSeries, StoreSnapshot


def run_summary(
    name: str,
    *,
    tags: int = 2,
    points: int = 200,
    last_wall_time: float | None = WALL_TIME,
    has_nan: bool = False,
    gone: tuple[str, ...] = (),
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
        gone=gone,
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
    superseded: Iterable[int] | None = None,
) -> ScalarSeries:
    """One series; steps count from 0 and a point takes a second, unless given; `superseded` are places."""
    points = np.array(list(values), np.float64)
    numbers = np.arange(len(points)) if steps is None else np.array(list(steps), np.int64)
    times = WALL_TIME + numbers if wall_times is None else np.array(list(wall_times), np.float64)
    key = SeriesKey(run, tag, "scalars")
    return ScalarSeries(key, version, numbers, times, points, flags(len(points), superseded))


def blob_series(steps: Iterable[int], *, superseded: Iterable[int] | None = None) -> BlobSeries:
    """One series of histograms, of blobs that are nowhere; `superseded` are places."""
    numbers = np.array(list(steps), np.int64)
    refs = [BlobRef("events", at, 1, 0) for at in range(len(numbers))]
    key = SeriesKey("run", "weight", "histograms")
    return BlobSeries(key, 1, numbers, WALL_TIME + numbers, refs, flags(len(numbers), superseded))


def flags(count: int, superseded: Iterable[int] | None) -> npt.NDArray[np.bool_] | None:
    """Which of `count` points are superseded, by their places; None where none is meant to be."""
    return None if superseded is None else np.isin(np.arange(count), list(superseded))

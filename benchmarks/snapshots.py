"""Snapshots made in memory, for what is measured without any file: noisy losses with a spike, of many tags and runs."""

from __future__ import annotations

import numpy as np

from logging_lib.tfevents.plugins import SCALARS
from tui.model import SeriesKey
from tui.store.snapshot import RunSummary, ScalarSeries, StoreSnapshot

WALL_TIME = 1_700_000_000.0


def snapshot_of(tags: int, runs: int, points: int) -> StoreSnapshot:
    """Every run has every tag with so many points; 24 tags share a group, as many layers of a model would."""
    rng = np.random.default_rng(0)
    names = [f"group_{tag // 24}/layers.{tag % 24}.attention.weight_loss" for tag in range(tags)]
    steps = np.arange(points, dtype=np.int64)
    falling = 3 * np.exp(-4 * steps / points)
    scalars = {}
    for run in (f"experiments/lr_{number}" for number in range(runs)):
        for tag in names:
            values = (falling + rng.normal(0.3, 0.15, points)).astype(np.float32)
            values[points // 2] = 9.0
            key = SeriesKey(run, tag, SCALARS)
            scalars[key] = ScalarSeries(key, 1, steps.copy(), WALL_TIME + steps, values)
    summaries = {run: _summary(run, tags, tags * points) for run in sorted({key.run for key in scalars})}
    return StoreSnapshot(1, summaries, scalars, {}, {}, ())


def _summary(run: str, tags: int, points: int) -> RunSummary:
    return RunSummary(
        name=run,
        paths=(f"{run}/events",),
        tags=tags,
        points=points,
        last_step=points // tags - 1,
        first_wall_time=WALL_TIME,
        last_wall_time=WALL_TIME + points // tags,
        interval=1.0,
        has_nan=False,
        problems=0,
        start=None,
        end=None,
        experiment=None,
    )

"""Rule step-back: a run that began again over what it had logged, or whose steps go back for another reason."""

from __future__ import annotations

import math

import numpy as np

from tui.analysis.health.findings import Finding, many
from tui.analysis.health.rules import RULES, STEP_BACK, Thresholds
from tui.analysis.superseded import pieces
from tui.store.snapshot import ScalarSeries


def step_back(series: ScalarSeries, limits: Thresholds) -> Finding | None:
    """Where the steps of a series go back, if that is worth telling.

    A job that resumes from a checkpoint logs a few steps again, as it should: that is no finding. One is a training
    that began anew where another had logged, or steps that go back in what is not void: a counter that was reset, or
    two writers at once.
    """
    current = series.current()
    backwards = np.flatnonzero(current.steps[1:] < current.steps[:-1]) + 1
    if len(backwards):
        return _out_of_order(current, int(backwards[0]), len(backwards))
    return _begun_again(series, limits)


def _out_of_order(series: ScalarSeries, at: int, times: int) -> Finding:
    how_often = "once" if times == 1 else f"{times} times, first"
    text = (
        f"steps go back {how_often} from {series.steps[at - 1]} to {series.steps[at]} without a restart that voids "
        "what was before: the curve holds both"
    )
    return _finding(series, at, text)


def _begun_again(series: ScalarSeries, limits: Thresholds) -> Finding | None:
    """The restart that went back the farthest."""
    lost = pieces(series.steps, series.superseded)
    if not lost:
        return None
    steps = series.steps
    farthest = max(lost, key=lambda piece: int(steps[piece].max()) - int(steps[piece].min()))
    reached, begins = int(steps[farthest].max()), int(steps[farthest].min())
    void = sum(map(len, lost))
    if void < limits.step_back_points or reached - begins < limits.step_back_share * max(reached, 1):
        return None
    at = min(int(farthest[-1]) + 1, len(steps) - 1)
    restarts = "" if len(lost) == 1 else f", by {many(len(lost), 'restart')}"
    text = (
        f"began again at step {steps[at]} after step {reached}: {void} of {many(len(steps), 'point')} are "
        f"superseded{restarts}"
    )
    return _finding(series, at, text)


def _finding(series: ScalarSeries, at: int, text: str) -> Finding:
    time, step = float(series.wall_times[at]), int(series.steps[at])
    when = time if math.isfinite(time) else None
    return Finding(STEP_BACK, series.key.run, series.key.tag, step, when, text, RULES[STEP_BACK].severity)

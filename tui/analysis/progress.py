"""How fast a run goes, and when it will be done: steps per second, and the step that it is meant to reach."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.hparams import HParam
from tui.analysis.statistics import TELLING
from tui.model import Steps, WallTimes
from tui.store.snapshot import RunSummary, ScalarSeries

RECENT = 64
"""Intervals between points that tell how fast a run goes."""
_PAUSE = 10.0
"""An interval is a pause if a step took so many times as long as usual."""
_RARE_PAUSES = 2
"""More pauses than that among the recent intervals are no pauses but evaluations and the like: part of the work."""
_STEP_NAMES = re.compile(
    r"(max|total|num|n|max_train|num_train|train|training|num_training|total_train|total_training)"
    r"_?(global_?)?(steps?|timesteps?|time_steps?|iters?|iterations?|updates?)"
)
_EPOCH_NAMES = re.compile(r"(max_|total_|num_|n_|num_train_|train_|num_training_)?epochs?")
_WORD = re.compile(r"[A-Za-z]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_EPOCH_TOLERANCE = 0.1
"""By which part of an epoch a point may lie beside the line through all of them."""


class Progress(NamedTuple):
    """How far a run is. All but the first is None where it is not known.

    `step` is the largest step of its longest series, `per_second` how many steps it takes in a second, `target` the
    step that it is meant to reach, `seconds_left` until then from now on, 0 where it is there.
    """

    step: int
    per_second: float | None
    target: int | None
    seconds_left: float | None


def run_progress(
    of_run: Iterable[ScalarSeries], hparams: Mapping[str, HParam], now: float, target: int | None = None
) -> Progress | None:
    """How far a run is at `now` (epoch seconds), by the longest of its scalar series; None where it has none.

    `target` is a step that is known to be the last one; else it is told from the hparams, if they and the steps leave
    no doubt (see `target_step`). How long it takes is only of use for a run that is live.
    """
    every = [series.current() for series in of_run]
    longest = max((series for series in every if len(series.steps)), key=lambda one: len(one.steps), default=None)
    if longest is None:
        return None
    step = int(longest.steps.max())
    per_second = steps_per_second(longest.steps, longest.wall_times)
    if target is None:
        target = target_step(hparams, longest, every)
    if target is None or per_second is None:
        return Progress(step, per_second, target, 0.0 if target is not None and step >= target else None)
    since = max(now - float(longest.wall_times[-1]), 0.0)
    left = (target - step) / per_second - since
    return Progress(step, per_second, target, max(left, 0.0) if math.isfinite(left) else None)


def hparams_near(name: str, runs: Mapping[str, RunSummary]) -> Mapping[str, HParam]:
    """The hparams that a run goes by: those of its own session, else of the nearest run above, else of the only one
    below, where torch's `add_hparams` puts them; empty without any."""
    above = name
    while True:
        run = runs.get(above or ".")
        if run is not None and run.start is not None:
            return run.start.hparams
        if not above:
            break
        above = above.rpartition("/")[0]
    inside = "" if name == "." else f"{name}/"
    below = [run.start.hparams for other, run in runs.items() if run.start is not None and other.startswith(inside)]
    return below[0] if len(below) == 1 else {}


def steps_per_second(steps: Steps, wall_times: WallTimes) -> float | None:
    """Steps per second over the last intervals between points; None where no two points tell it.

    Both arrays have one shape, [n], in the order of files. What was before the last restart does not count, nor does
    a pause: one interval or two in which a step takes ten times as long as in the median interval. More of those are
    evaluations, which come again.
    """
    steps, wall_times = _since_restart(steps[-4 * RECENT :], wall_times[-4 * RECENT :])
    by, took = np.diff(steps)[-RECENT:].astype(np.float64), np.diff(wall_times)[-RECENT:]
    sane = np.isfinite(took) & (took >= 0)
    by, took = by[sane], took[sane]
    if not len(by):
        return None
    cost = took / by
    pauses = cost > _PAUSE * float(np.median(cost))
    if 0 < pauses.sum() <= _RARE_PAUSES and float(np.median(cost)) > 0:
        by, took = by[~pauses], took[~pauses]
    seconds = float(took.sum())
    return float(by.sum()) / seconds if seconds > 0 else None


def _since_restart(steps: Steps, wall_times: WallTimes) -> tuple[Steps, WallTimes]:
    """The points since the steps last went back, each step once: several tags of one step are no progress."""
    back = np.flatnonzero(steps[1:] < steps[:-1])
    start = int(back[-1]) + 1 if len(back) else 0
    steps, wall_times = steps[start:], wall_times[start:]
    first = np.concatenate(([True], steps[1:] > steps[:-1])) if len(steps) else np.zeros(0, np.bool_)
    return steps[first], wall_times[first]


def target_step(hparams: Mapping[str, HParam], longest: ScalarSeries, of_run: Sequence[ScalarSeries]) -> int | None:
    """The step that a run is meant to reach, by its hparams; None where they do not tell it beyond doubt.

    `max_steps`, `total_timesteps` and their like count if the steps are no epochs and have not passed them. Epochs
    count if the data tell how many steps one has: by a scalar `epoch` along the steps, or because the steps are
    epochs.
    """
    reached = int(longest.steps.max())
    steps = _largest(hparams, _STEP_NAMES)
    epochs = _largest(hparams, _EPOCH_NAMES)
    counts = _counts_epochs(longest, of_run)
    if steps is not None and not counts and steps >= reached:
        return int(steps)
    if epochs is None:
        return None
    if counts:
        last = int(epochs) - 1 if int(longest.steps.min()) == 0 else int(epochs)
        return last if last >= reached else None
    for series in of_run:
        if _is_epoch_tag(series.key.tag) and (found := _step_at_epoch(series.steps, series.values, epochs)) is not None:
            return found if found >= reached else None
    return None


def _largest(hparams: Mapping[str, HParam], names: re.Pattern[str]) -> float | None:
    """The value of the hparam of such a name: a whole number above 0. None without one, or with several that differ.

    Frameworks write -1 for what is not set, and keep settings in sections: `trainer/max_steps`, `args.max_steps`.
    """
    found = {
        float(value)
        for name, value in hparams.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and names.fullmatch(_plain(name))
        if math.isfinite(value) and value >= 1 and value == int(value)
    }
    return found.pop() if len(found) == 1 else None


def _plain(name: str) -> str:
    """The last part of a name, in lower case with underscores: `trainer/maxSteps` is max_steps."""
    return _CAMEL.sub("_", re.split(r"[/.]", name)[-1]).replace("-", "_").replace(" ", "_").lower()


def _is_epoch_tag(tag: str) -> bool:
    """Whether a scalar counts epochs: `epoch`, `train/epoch`; not `epoch_loss`, which is logged at each."""
    said = [word.lower() for word in _WORD.findall(_CAMEL.sub(" ", tag[-TELLING:]))]
    return bool(said) and said[-1] in ("epoch", "epochs") and len(said) <= 2


def _counts_epochs(longest: ScalarSeries, of_run: Sequence[ScalarSeries]) -> bool:
    """Whether the steps of the longest series are epochs: a scalar says so, or each step is one and its tag says so."""
    for series in of_run:
        if _is_epoch_tag(series.key.tag) and len(series.steps) > 1:
            beyond = np.asarray(series.values, np.float64) - series.steps
            return bool((beyond == beyond[0]).all() and beyond[0] in (0.0, 1.0))
    said = {word.lower() for word in _WORD.findall(_CAMEL.sub(" ", longest.key.tag[-TELLING:]))}
    return "epoch" in said and len(longest.steps) > 1 and bool((np.diff(longest.steps) == 1).all())


def _step_at_epoch(steps: Steps, epochs: npt.NDArray[np.floating], wanted: float) -> int | None:
    """The step at which so many epochs are done, by the steps at which epochs began; None where these are irregular.

    A training that counts its epochs from 1 is done when the one after the last would begin.
    """
    values = np.asarray(epochs, np.float64)
    if not np.isfinite(values).all() or (np.diff(values) < 0).any():
        return None
    begins = np.flatnonzero(np.diff(values) > 0) + 1
    if len(begins) < 2:
        return None
    at, epoch = steps[begins].astype(np.float64), values[begins]
    length = (at[-1] - at[0]) / (epoch[-1] - epoch[0])
    beside = np.abs(at - at[0] - (epoch - epoch[0]) * length)
    if not length > 0 or beside.max() > _EPOCH_TOLERANCE * length:
        return None
    counted_from = round(float(epoch[0] - at[0] / length))
    end = wanted + (1 if counted_from == 1 else 0)
    return round(float(at[0] + (end - epoch[0]) * length))

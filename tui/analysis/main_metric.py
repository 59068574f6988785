"""The one metric that a logdir is summed up by, and the best value of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from logging_lib.tfevents.hparams import Experiment
from tui.analysis.statistics import Best, Goal, best_value, extremes, goal, ranked
from tui.analysis.tag_traits import Split, place_of, traits, words
from tui.model import SeriesKey
from tui.store.snapshot import ScalarSeries

_REWARD = frozenset(("reward", "rewards", "rew", "return", "returns"))
# What Lightning declares where a training declares nothing.
_PLACEHOLDERS = frozenset(("hp_metric",))
_SPREAD = frozenset(("std", "min", "max", "best"))


class MainMetric(NamedTuple):
    """A tag, on training data or on validation data where its runs or its name say so, and what is better."""

    tag: str
    split: Split | None
    goal: Goal


def main_metric(series: Iterable[ScalarSeries], experiments: Iterable[Experiment] = ()) -> MainMetric | None:
    """What the runs of some series are judged by; None where no tag tells what is better.

    The first metric that an experiment declares, if it was logged. Else the tag by this order: where there are agents
    a reward; one that at least half of the trainings have; on validation data; a loss, then a score, then any other;
    the fewest words.
    """
    found: dict[MainMetric, set[str]] = {}
    for key in (one.key for one in series):
        aim = goal(key.tag)
        if aim is not None:
            found.setdefault(MainMetric(key.tag, _split(key), aim), set()).add(place_of(key.run)[0])
    declared = {experiment.metrics[0].tag for experiment in experiments if experiment.metrics} - _PLACEHOLDERS
    for metric in found:
        if metric.tag in declared:
            return metric
    trainings = len(set().union(*found.values()))
    of_agents = any(_is_reward(metric.tag) for metric in found)

    def rank(metric: MainMetric) -> tuple[bool, bool, bool, int, int, str]:
        return (
            of_agents and not _is_reward(metric.tag),
            2 * len(found[metric]) < trainings,
            metric.split != "val",
            _kind(metric.tag),
            len([word for word in traits(metric.tag).bare if word != "total"]),
            metric.tag,
        )

    return min(found, key=rank, default=None)


def best_of(metric: MainMetric, series: Iterable[ScalarSeries]) -> Best | None:
    """The best value of a metric, the run that has it and the step; None where it has no finite value."""
    bests = [
        best_value(one.key.run, extremes(one.current().values, one.current().steps), metric.goal)
        for one in series
        if one.key.tag == metric.tag and _split(one.key) == metric.split
    ]
    return next(iter(ranked(bests, metric.goal)), None)


def _split(key: SeriesKey) -> Split | None:
    return traits(key.tag).split or place_of(key.run)[1]


def _is_reward(tag: str) -> bool:
    said = frozenset(words(tag))
    return bool(said & _REWARD) and not said & _SPREAD


def _kind(tag: str) -> int:
    about = traits(tag)
    return 0 if about.loss else 1 if about.score else 2

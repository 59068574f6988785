"""The metrics that a report judges sessions by, and each session's best and last value of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from tui.analysis.hparams.frame import Column, Frame
from tui.analysis.hparams.measures import series_of, shortest
from tui.analysis.hparams.sessions import Session
from tui.analysis.main_metric import MainMetric, main_metric
from tui.analysis.statistics import Best, best_value, extremes, ranked
from tui.analysis.tag_traits import place_of, split_of, traits, words
from tui.model import SeriesKey
from tui.store.snapshot import StoreSnapshot

MOST_METRICS = 3
_REWARD = frozenset(("reward", "rewards", "rew", "return", "returns"))


class Metric(NamedTuple):
    """A metric, the column that leads from a session to its points, and each session's best and last value, if any."""

    main: MainMetric
    column: Column
    bests: tuple[Best | None, ...]
    lasts: tuple[float | None, ...]


def telling_metrics(snapshot: StoreSnapshot, most: int) -> list[MainMetric]:
    """The metric that the runs are judged by, then the losses, scores and rewards, one of each tag."""
    experiments = [run.experiment for run in snapshot.runs.values() if run.experiment is not None]
    found: list[MainMetric] = []
    left = list(snapshot.scalars.values())
    while len(found) < most and (metric := main_metric(left, experiments)) is not None:
        found.append(metric)
        left = [one for one in left if one.key.tag != metric.tag and _tells(one.key)]
    return found


def _tells(key: SeriesKey) -> bool:
    about = traits(key.tag)
    return about.loss or about.score or not _REWARD.isdisjoint(words(key.tag))


def metrics_of(
    snapshot: StoreSnapshot, sessions: Sequence[Session], frame: Frame, chosen: Sequence[MainMetric]
) -> list[Metric]:
    """Those of the chosen metrics that sessions have, with the values of each session."""
    found = []
    for main in chosen:
        column = _column(frame, main)
        if column is None or column.metric is None:
            continue
        every = [series_of(snapshot, session.run, column.metric) for session in sessions]
        bests = [
            None if one is None else best_value(session.name, extremes(one.values, one.steps), main.goal)
            for session, one in zip(sessions, every, strict=True)
        ]
        short = [
            best if best is None or one is None else best._replace(value=shortest(one, best.value))
            for best, one in zip(bests, every, strict=True)
        ]
        lasts = [None if one is None or not len(one.values) else shortest(one, one.values[-1]) for one in every]
        found.append(Metric(main, column, tuple(short), tuple(lasts)))
    return found


def _column(frame: Frame, main: MainMetric) -> Column | None:
    """The column of a metric: of several with its tag that of its split."""
    columns = [column for column in frame.metrics if column.metric is not None and column.metric.tag == main.tag]
    return next((column for column in columns if _split(column) == main.split), columns[0] if columns else None)


def _split(column: Column) -> str | None:
    assert column.metric is not None
    return traits(column.metric.tag).split or split_of(words(column.metric.group)) or place_of(column.metric.group)[1]


def best_first(sessions: Sequence[Session], metrics: Sequence[Metric], snapshot: StoreSnapshot) -> list[int]:
    """The places of sessions, the best by the first metric first, then those that have no value of it, the newest
    first.
    """
    ranks: dict[str, int] = {}
    if metrics:
        ranks = {best.run: at for at, best in enumerate(ranked(metrics[0].bests, metrics[0].main.goal))}

    def rank(at: int) -> tuple[float, float, int]:
        times = [snapshot.runs[run].last_wall_time for run in sessions[at].runs]
        newest = max((time for time in times if time is not None), default=0.0)
        return ranks.get(sessions[at].name, math.inf), -newest, at

    return sorted(range(len(sessions)), key=rank)

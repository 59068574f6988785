"""The one metric that sessions are judged by where nobody says by which."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tui.analysis.hparams.cells import Places
from tui.analysis.hparams.frame import Column, Frame
from tui.analysis.statistics import Goal, goal
from tui.analysis.tag_traits import place_of, traits


def judge_of(frame: Frame, asked_for: Iterable[Column] = ()) -> tuple[Column | None, Goal | None]:
    """The metric that tells which session is best, and its goal; None for both where there is none.

    The first of the columns `asked_for` that can be best. Else of those that are shown and not the same in all
    sessions the first on validation data, or else the first.
    """
    for column in asked_for:
        if column.metric is not None and (aim := goal(column.metric.tag)) is not None:
            return column, aim
    able = [(column, aim) for column in frame.metrics if not column.extra and (aim := _goal_here(frame, column))]
    return min(able, key=lambda found: not _is_validation(found[0]), default=(None, None))


def best_rows(frame: Frame, metric: Column, aim: Goal, most: int) -> Places:
    """The places of the best rows by the finite values of a metric, intp[k], k <= `most`; the best first."""
    values = frame.cells(metric).numbers
    badness = np.where(np.isfinite(values), values if aim == "min" else -values, np.inf)
    return np.argsort(badness, kind="stable")[: min(most, int(np.isfinite(badness).sum()))]


def _goal_here(frame: Frame, column: Column) -> Goal | None:
    metric = column.metric
    return goal(metric.tag) if metric is not None and frame.cells(column).differs else None


def _is_validation(column: Column) -> bool:
    metric = column.metric
    return metric is not None and "val" in (traits(metric.tag).split, place_of(metric.group)[1])

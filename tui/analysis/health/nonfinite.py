"""Rule nan-inf: values that are NaN or infinite."""

from __future__ import annotations

import math

import numpy as np

from tui.analysis.health.findings import Finding, many
from tui.analysis.health.rules import NAN_INF, RULES, Thresholds
from tui.analysis.statistics import goal
from tui.analysis.tag_traits import traits
from tui.store.snapshot import ScalarSeries


def nan_inf(series: ScalarSeries, limits: Thresholds) -> Finding | None:
    """The first value that is not finite, of those that are not superseded. One is enough.

    Of a score (more is better) it says little: explained variance of equal returns and average precision of a class
    that no picture shows are NaN while all is well. Those fire only where they were finite and are no more.
    """
    series = series.current()
    if not len(series.values):
        return None
    finite = np.isfinite(series.values)
    if finite.all():
        return None
    bad = np.flatnonzero(~finite)
    if goal(series.key.tag) == "max" and not traits(series.key.tag).loss and not _is_lost(finite, limits):
        return None
    first = int(bad[0])
    last_good = int(np.flatnonzero(finite)[-1]) if len(bad) < len(finite) else -1
    lost = last_good < first
    word = "NaN" if math.isnan(series.values[first]) else "infinite"
    since = " and ever since" if lost and len(bad) > 1 else ""
    text = f"{word} first at step {series.steps[first]}{since}: {len(bad)} of {many(len(finite), 'point')}"
    if not lost and len(bad) > 1:
        text += f", the last at step {series.steps[bad[-1]]}"
    time = float(series.wall_times[first])
    return Finding(
        NAN_INF,
        series.key.run,
        series.key.tag,
        int(series.steps[first]),
        time if math.isfinite(time) else None,
        text,
        RULES[NAN_INF].severity,
    )


def _is_lost(finite: np.ndarray[tuple[int], np.dtype[np.bool_]], limits: Thresholds) -> bool:
    """Whether so many last points are not finite, and nearly all before them are."""
    good = np.flatnonzero(finite)
    if not len(good):
        return False
    upto = int(good[-1]) + 1
    return len(finite) - upto >= limits.nan_score_last and len(good) >= limits.nan_score_finite_before * upto

"""Rules exploding-gradients and vanishing-gradients on norms of gradients that are logged as scalars."""

from __future__ import annotations

from tui.analysis.health.curve import Curve, median
from tui.analysis.health.findings import Finding, share, short
from tui.analysis.health.rules import EXPLODING, RULES, VANISHING, Thresholds
from tui.model import SeriesKey


def gradient_norm(key: SeriesKey, curve: Curve, limits: Thresholds) -> Finding | None:
    """Whether the last part of a norm is far above what it was, or zero beside what it was.

    Norms jump by nature, so the least of the last values must be that large, or the greatest that small.
    """
    n = len(curve)
    if n < limits.norm_points or curve.values.min() < 0:
        return None
    last = max(3, round(limits.norm_last * n))
    usual, recent = median(curve.values[:-last]), curve.values[-last:]
    low, high = float(recent.min()), float(recent.max())
    at = n - last
    since = f"in the last {last} points, since step {curve.steps[at]}"
    if usual > 0 and low > limits.exploding_ratio * usual:
        text = f"at least {short(curve.value(low))} {since}, {share(low / usual)} the usual {short(curve.value(usual))}"
        rule = EXPLODING
    elif usual > 0 and high < limits.vanishing_ratio * usual:
        text = f"at most {short(curve.value(high))} {since}, beside the usual {short(curve.value(usual))}"
        rule = VANISHING
    else:
        return None
    return Finding(rule, key.run, key.tag, int(curve.steps[at]), curve.wall_time(at), text, RULES[rule].severity)

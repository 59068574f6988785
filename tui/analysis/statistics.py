"""What one row tells of a scalar series: its extremes, where it is going, and which run does best."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from tui.model import Steps, Values

Goal = Literal["min", "max"]
Direction = Literal["up", "down", "flat"]

_RECENT = 10
"""The trend is that of one part in so many."""
_ENOUGH = 4096
"""Points that tell a trend; medians of more would take long, and change no digit that is shown."""
_AT_ONCE = 1 << 16
"""Values of several series that are looked at together: as many as stay in the processor's cache."""
_SHOWN_AS_ZERO = 0.0005
_MAD_TO_SIGMA = 1.4826
_MEDIAN_ERROR = 1.2533
"""Standard error of a median in units of that of a mean, for normal noise."""

_HIGHER_IS_BETTER = re.compile(
    r"(acc|accuracy|ap[sml]?|auc|auprc|auroc|bleu|correct|correlation|dice|elo|explained|f1|fps|gain|hits?|iou|jaccard|kappa|map|mcc|meteor"
    r"|miou|mrr|ndcg|pearson|precision|psnr|r2|recall|returns?|rew|rewards?|roc|rouge|scores?|sensitivity|snr|spearman"
    r"|specificity|ssim|success|successes|throughput|top|wins?|winrate)[0-9]*"
)
_LOWER_IS_BETTER = re.compile(
    r"(bce|bpc|brier|cer|costs?|ce|crossentropy|divergence|entropy|err|errors?|fid|kl|latency|logloss|loss|losses|lpips"
    r"|duration|mae|mape|mse|nll|nrmse|penalty|perplexity|ppl|regret|rmse|runtime|seconds|wer)[0-9]*"
)
_NEITHER_IS_BETTER = re.compile(
    r"(beta|batch|clip|count|epochs?|epsilon|frac|fraction|frames?|grad|gradients?|iter|iters|iterations?|learning|len|length|lr"
    r"|memory|momentum|norm|norms|num|schedule|size|steps?|time|timesteps?|wd|weights?)[0-9]*"
)
_RATE = re.compile(r"(per[ _]?|/)sec(ond)?$", re.IGNORECASE)
TELLING = 1024
"""Characters of a tag, the last ones, that may tell what it is about."""
_WORD = re.compile(r"AP[sml]\b|[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*")


@dataclass(frozen=True, slots=True)
class Extremes:
    """The least and greatest finite value of a series, and the step of the first point that has it."""

    min: float
    min_step: int
    max: float
    max_step: int


@dataclass(frozen=True, slots=True)
class Trend:
    """How the last tenth of a series changed: `fraction` of where it began (-0.021 is 2.1 % down)."""

    fraction: float
    direction: Direction


class Best(NamedTuple):
    """A run, and its best value with the step of it."""

    run: str
    value: float
    step: int


def extremes(values: Values, steps: Steps) -> Extremes | None:
    """The extremes of the finite points; None where there is none. `values` and `steps` have one shape, [n]."""
    if not len(values):
        return None
    low, high = values.argmin(), values.argmax()
    least, greatest = float(values[low]), float(values[high])
    if math.isfinite(least) and math.isfinite(greatest):  # NaN is the least and the greatest of any values
        return Extremes(least, int(steps[low]), greatest, int(steps[high]))
    finite = np.isfinite(values)
    return extremes(values[finite], steps[finite])


def trend(values: Values) -> Trend | None:
    """How the last tenth of the finite points changed, of two points at least; None where there are fewer.

    The medians of the tenth's two halves are compared, so that a spike turns no arrow, and their difference is
    stretched from the halves' centres to the tenth's ends, so that a straight line gives its true change. It is flat
    where the change would be shown as 0.0 %, or is less than two standard errors of the noise, which is estimated
    from the differences of neighbours. From exactly 0 the fraction is infinite. Of a long tenth some evenly spaced
    points are enough.
    """
    recent = _recent(values)
    if len(recent) < 2:
        return None
    # Below 1 neither a sum nor a difference can overflow, and a power of two changes no digit.
    recent = np.ldexp(recent, -math.frexp(float(np.abs(recent).max()))[1])
    half = len(recent) // 2
    start, end = float(np.median(recent[:half])), float(np.median(recent[-half:]))
    difference = end - start
    slope = difference / (len(recent) - half)
    change, beginning = slope * (len(recent) - 1), start - slope * (half - 1) / 2
    fraction = change / abs(beginning) if beginning else math.copysign(math.inf, change) if change else 0.0
    if abs(fraction) < _SHOWN_AS_ZERO or abs(difference) < 2 * _noise_of_difference(recent, half):
        return Trend(fraction, "flat")
    return Trend(fraction, "up" if fraction > 0 else "down")


def goal(tag: str) -> Goal | None:
    """Whether less (`min`) or more (`max`) of a tag is better, by its last telling word: `acc_loss` is a loss.

    Something per second is better when more. None for tags that only count or set something (`epoch`, `lr`,
    `grad_norm`) or tell of the machine (the group `system`): no run is the best in them. Any other tag without a
    telling word is taken for a loss.
    """
    if tag.startswith("system/"):
        return None
    tag = tag[-TELLING:]
    if _RATE.search(tag):
        return "max"
    words = [word.lower() for word in reversed(_WORD.findall(tag))]
    for word in words:
        if _HIGHER_IS_BETTER.fullmatch(word):
            return "max"
        if _LOWER_IS_BETTER.fullmatch(word):
            return "min"
    return None if any(_NEITHER_IS_BETTER.fullmatch(word) for word in words) else "min"


def best_value(run: str, extremes: Extremes | None, goal: Goal) -> Best | None:
    """A run's best value over its whole series by the goal; None where there is no finite one."""
    if extremes is None:
        return None
    e = extremes
    return Best(run, e.min, e.min_step) if goal == "min" else Best(run, e.max, e.max_step)


def best_values(series: Sequence[Values], goal: Goal) -> npt.NDArray[np.float64]:
    """The best finite value of each of many series by the goal, of shape [series]; NaN where there is none.

    Of short series, thousands of calls of `best_value` take twenty times as long.
    """
    found, part, size = [np.empty(0)], list[Values](), 0
    for values in series:
        if part and size + len(values) > _AT_ONCE:
            found.append(_best_values(part, goal))
            part, size = [], 0
        part.append(values)
        size += len(values)
    return np.concatenate([*found, _best_values(part, goal)])


def _best_values(series: Sequence[Values], goal: Goal) -> npt.NDArray[np.float64]:
    """The same, with all values in one array. NaN spreads, so that series without a finite best are looked at alone."""
    sizes = np.array([len(values) for values in series], np.intp)
    best, some = np.full(len(series), np.nan), np.flatnonzero(sizes)
    if len(some):
        starts = (np.cumsum(sizes) - sizes)[some]
        best[some] = (np.minimum if goal == "min" else np.maximum).reduceat(np.concatenate(series), starts)
    for at in np.flatnonzero(~np.isfinite(best)).tolist():
        finite = series[at][np.isfinite(series[at])]
        best[at] = (finite.min() if goal == "min" else finite.max()) if len(finite) else np.nan
    return best


def ranked(bests: Iterable[Best | None], goal: Goal) -> list[Best]:
    """The best first; of equal ones the first by name."""
    by_name = sorted((best for best in bests if best is not None), key=itemgetter(0))
    return sorted(by_name, key=itemgetter(1), reverse=goal == "max")


def _recent(values: Values) -> npt.NDArray[np.floating[Any]]:
    finite = np.isfinite(values)
    if not finite.all():
        values = values[finite]
    recent = values[-max(2, len(values) // _RECENT) :]
    return recent[:: max(1, -(-len(recent) // _ENOUGH))].astype(np.float64)


def _noise_of_difference(recent: npt.NDArray[np.floating[Any]], half: int) -> float:
    """Standard error of the difference of two medians of `half` points; differences cancel what moves slowly."""
    steps = np.diff(recent)
    sigma = _MAD_TO_SIGMA * float(np.median(np.abs(steps - np.median(steps)))) / math.sqrt(2)
    return _MEDIAN_ERROR * sigma * math.sqrt(2 / half)

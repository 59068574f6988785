"""Which hparam goes with which metric: rank correlation of numbers, effect size of categories, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from tui.analysis.hparams.cells import FLAG, MISSING, NUMBER, TEXT, Cells, Floats
from tui.model import Flags

LEAST_PAIRS = 5
"""With fewer sessions that have both there is no number: of four ranks chance alone makes a row in one of twelve."""
LEAST_SPARE = 3
"""So many sessions more than categories there must be for an effect size."""
SURE = 0.05
_CONVERGED = 1e-12
_MOST_TERMS = 300
_TINY = 1e-300


class Kind(Enum):
    """What was computed."""

    RANK = "spearman"
    """Spearman's rank correlation, -1..1."""
    EFFECT = "omega²"
    """Omega squared of a one-way analysis of variance: the share of the metric's variance that the category
    explains, less what chance would, 0..1."""


class Reason(Enum):
    """Why there is no number."""

    FEW = "too few"
    CONSTANT = "constant"
    METRIC_CONSTANT = "metric is constant"
    TOO_MANY_VALUES = "too many values for so few sessions"


@dataclass(frozen=True, slots=True)
class Association:
    """How an hparam goes with a metric over `n` sessions that have both, the metric finite.

    Without a `reason` there are a `strength` and the probability `p` that as strong a one comes by chance: from
    Student's t for ranks, from the F distribution for categories. `eta` is eta squared, the share of variance without
    the correction for chance. `sure` tells whether p is below SURE even as one of all that were tried for the metric.
    """

    kind: Kind
    n: int
    strength: float = math.nan
    p: float = math.nan
    eta: float = math.nan
    reason: Reason | None = None
    sure: bool = False


def associations(hparams: Sequence[Cells], metric: Cells) -> list[Association]:
    """How each hparam goes with a metric."""
    found = [association(cells, metric) for cells in hparams]
    tried = sum(item.reason is None for item in found)
    return [
        Association(item.kind, item.n, item.strength, item.p, item.eta, item.reason, item.p * tried < SURE)
        for item in found
    ]


def association(hparam: Cells, metric: Cells) -> Association:
    """How one hparam goes with a metric: by ranks where it has only numbers and flags, else by categories."""
    values = metric.numbers
    both = hparam.present & (metric.kinds == NUMBER) & np.isfinite(values)
    by_rank = bool(np.isin(hparam.kinds, (MISSING, NUMBER, FLAG)).all())
    if by_rank:
        both &= ~np.isnan(hparam.numbers)
    kind, n = Kind.RANK if by_rank else Kind.EFFECT, int(both.sum())
    if n < 2:
        return Association(kind, n, reason=Reason.FEW)
    x, y = hparam.numbers[both], values[both]
    codes = None if by_rank else _codes(hparam, both)
    if not (x != x[0]).any() if codes is None else codes.max() == 0:
        return Association(kind, n, reason=Reason.CONSTANT)
    if n < LEAST_PAIRS:
        return Association(kind, n, reason=Reason.FEW)
    if (y == y[0]).all():
        return Association(kind, n, reason=Reason.METRIC_CONSTANT)
    if codes is None:
        return _by_rank(x, y)
    if n - int(codes.max()) - 1 < LEAST_SPARE:
        return Association(kind, n, reason=Reason.TOO_MANY_VALUES)
    return _by_category(codes, y)


def _codes(cells: Cells, chosen: Flags) -> npt.NDArray[np.intp]:
    """Each chosen cell's category, from 0 on: equal cells have one, a flag and a number of its value have not."""
    kinds = cells.kinds[chosen]
    _, places = np.unique(cells.numbers[chosen], return_inverse=True)
    of_numbers = len(cells.texts) + 2 * places.reshape(-1) + (kinds == FLAG)
    labels = np.where(kinds == TEXT, cells.codes[chosen], of_numbers)
    return np.unique(labels, return_inverse=True)[1].reshape(-1)


def ranks(values: Floats) -> Floats:
    """Ranks from 1 on; equal values share the mean of theirs. Shape [n] in and out."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    shared: Floats = (ends - (counts - 1) / 2)[inverse]
    return shared


def _by_rank(x: Floats, y: Floats) -> Association:
    n = len(x)
    a, b = ranks(x), ranks(y)
    a, b = a - a.mean(), b - b.mean()
    rho = float(np.clip((a @ b) / math.sqrt((a @ a) * (b @ b)), -1.0, 1.0))
    rest = 1 - rho * rho
    p = 0.0 if rest < _CONVERGED else incomplete_beta((n - 2) / 2, 0.5, rest)
    return Association(Kind.RANK, n, rho, p)


def _by_category(codes: npt.NDArray[np.intp], y: Floats) -> Association:
    n, counts = len(y), np.bincount(codes)
    # At the scale of 1 no square overflows or vanishes.
    y = (y - y.mean()) / (np.abs(y - y.mean()).max())
    means = np.bincount(codes, y) / counts
    between, total = float(counts @ means**2), float(y @ y)
    within = max(total - between, 0.0)
    of_groups, of_rest = len(counts) - 1, n - len(counts)
    error = within / of_rest
    omega = max(0.0, (between - of_groups * error) / (total + error))
    eta = between / total
    p = 0.0 if 1 - eta < _CONVERGED else incomplete_beta(of_rest / 2, of_groups / 2, within / total)
    return Association(Kind.EFFECT, n, omega, p, eta)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularized incomplete beta function I_x(a, b) for a, b > 0 and x in 0..1.

    The continued fraction of Numerical Recipes (6.4), by the method of Lentz.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    return front * _fraction(a, b, x) / a


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            fraction *= d * c
        if abs(d * c - 1) < _CONVERGED:
            break
    return fraction


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY

"""The one table of rules, and the one table of thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tui.analysis.health.findings import Severity


class Rule(NamedTuple):
    """A rule: the name that findings bear and `--rule` takes, how bad a finding is, and what it says in a line."""

    name: str
    severity: Severity
    about: str


NAN_INF = "nan-inf"
DIVERGENCE = "divergence"
EXPLODING = "exploding-gradients"
VANISHING = "vanishing-gradients"
DEAD_UNITS = "dead-units"
OVERFITTING = "overfitting"
SPIKE = "spike"
PLATEAU = "plateau"
STEP_BACK = "step-back"
STALLED = "stalled"
DAMAGED = "damaged"

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(NAN_INF, Severity.ERROR, "values that are NaN or infinite"),
        Rule(DIVERGENCE, Severity.ERROR, "a loss stays far above its best and does not come back"),
        Rule(EXPLODING, Severity.ERROR, "gradients stay a hundred times as large as they were"),
        Rule(VANISHING, Severity.WARNING, "gradients are zero, or too small beside the others to change anything"),
        Rule(DEAD_UNITS, Severity.WARNING, "a layer's activations are all zero"),
        Rule(OVERFITTING, Severity.WARNING, "the validation loss rises while the training loss falls"),
        Rule(SPIKE, Severity.WARNING, "a value of a loss stands far out from those around it"),
        Rule(PLATEAU, Severity.NOTE, "a loss never improved; of a live run: loss or score no longer improves"),
        Rule(STEP_BACK, Severity.NOTE, "a run began again over what it had logged, or its steps go back"),
        Rule(STALLED, Severity.WARNING, "a run has been silent for far longer than it uses to be"),
        Rule(DAMAGED, Severity.ERROR, "event files with records that cannot be read"),
    )
}
"""Every rule by its name, in the order in which findings of one run are listed."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When the rules fire. Shares are 0 to 1; "sigma" is the noise of a curve, told from its neighbours' differences.

    Nothing here has the unit of a value: a curve and a million times that curve are judged alike.
    """

    # nan-inf. A score may have nothing to score: it counts only where so many last points are not finite, after
    # points of which so many were.
    nan_score_last: int = 5
    nan_score_finite_before: float = 0.9
    # spike. Silent below so many points. A spike is above the medians of so many points before and after it by so
    # many robust sigmas, so many in its logarithm, is so many times as far out as all but 0.2 % of the points, and so
    # many times as large as the medians. Where values are not all above 0: by such a part of the range of 96 % of them.
    spike_points: int = 60
    spike_side: int = 12
    spike_sigmas: float = 10.0
    spike_log_sigmas: float = 6.0
    spike_beyond_others: float = 2.5
    spike_ratio: float = 2.0
    spike_range_share: float = 0.25
    # divergence. Silent below so many points. The last part of the curve lies above the best by so much of what the
    # loss had fallen, so much of the best itself, so many standard errors of the medians that are compared, and so
    # many times as far as these usually move.
    divergence_points: int = 30
    divergence_last: float = 0.2
    divergence_of_fall: float = 0.7
    divergence_of_best: float = 0.2
    divergence_errors: float = 8.0
    divergence_wander: float = 5.0
    # plateau. Silent below so many points; of a live run, in the last part of it that is judged. No part from the
    # start, and no half, is better or worse than the rest by so many standard errors.
    plateau_points: int = 100
    plateau_live_last: float = 0.75
    plateau_errors: float = 3.0
    # overfitting. Silent below so many points of validation, or so many after the best of them. The validation loss
    # has risen by so much of what it had fallen, of the best itself, and so many standard errors; the training loss has
    # fallen since by so much of itself and so many standard errors.
    overfitting_points: int = 8
    overfitting_after: int = 4
    overfitting_of_fall: float = 0.2
    overfitting_of_best: float = 0.1
    overfitting_errors: float = 4.0
    overfitting_train_fall: float = 0.05
    overfitting_train_errors: float = 3.0
    # exploding-gradients, vanishing-gradients, dead-units. The last so many histograms are judged; an explosion
    # against the median of at least so many before. Of norms that are scalars, the last part of the points.
    histograms_last: int = 3
    histograms_before: int = 3
    exploding_ratio: float = 100.0
    vanishing_zeros: float = 0.9999
    vanishing_ratio: float = 1e-6
    vanishing_beside: int = 3
    dead_zeros: float = 0.9999
    norm_points: int = 30
    norm_last: float = 0.1
    # step-back. A restart counts where it voided so many points, and so much of the steps that were reached.
    step_back_points: int = 10
    step_back_share: float = 0.5


DEFAULTS = Thresholds()

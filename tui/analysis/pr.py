"""What a precision-recall curve comes to: where precision is defined, the area under it, F1 and where it is best."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_Numbers = npt.NDArray[np.floating[Any]]


def defined(true_positives: _Numbers, false_positives: _Numbers, precision: _Numbers, recall: _Numbers) -> Bools:
    """Which points, of [n], are on the curve: those with finite ratios where something is predicted positive.

    Where nothing is, precision is 0 / 0, for which writers log 0: drawn, the curve would drop to the origin. Of a
    curve that was logged without counts all finite points are on it.
    """
    finite = np.isfinite(precision) & np.isfinite(recall)
    with np.errstate(invalid="ignore", over="ignore"):
        positive = true_positives + false_positives > 0
    return np.asarray(finite & positive if positive.any() else finite)


def average_precision(precision: _Numbers, recall: _Numbers) -> float:
    """The area under the points of a curve, [n] of finite numbers, by steps: the sum of (R_i - R_{i+1}) * P_i.

    Points go by falling recall, as thresholds rise; after the last one recall is 0. This is scikit-learn's
    `average_precision_score` where every score is a threshold. Lines between the points, as by the trapezoidal
    rule, would promise more than any threshold gives. NaN without a point.
    """
    if not len(recall):
        return float("nan")
    order = np.argsort(-np.asarray(recall, np.float64), kind="stable")
    falling = np.append(np.asarray(recall, np.float64)[order], 0.0)
    with np.errstate(invalid="ignore", over="ignore"):  # files hold any ratios
        return float(-np.diff(falling) @ np.asarray(precision, np.float64)[order])


def f1_scores(precision: _Numbers, recall: _Numbers) -> Floats:
    """The harmonic mean of both at each point, [n]: 0 where both are 0, NaN where one is NaN."""
    precision, recall = np.asarray(precision, np.float64), np.asarray(recall, np.float64)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        total = precision + recall
        return np.asarray(np.where(total == 0, 0.0, 2 * precision * recall / total))


def best_place(scores: _Numbers) -> int | None:
    """Where the greatest finite score is, the first of equals; None where there is none."""
    finite = np.where(np.isfinite(scores), scores, -np.inf)
    return int(np.argmax(finite)) if np.isfinite(finite).any() else None

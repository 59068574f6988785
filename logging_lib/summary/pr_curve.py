"""Precision-recall curves: labels and predictions -> counts at each threshold -> Summary."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, SupportsIndex

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.plugins import PR_CURVES, summary_metadata
from logging_lib.tfevents.proto import plugin_data_pb2, summary_pb2, tensor_pb2

Floats = npt.NDArray[np.float64]

# torch's bound.
_MOST_THRESHOLDS = 127
# What stands for a count of 0 that something is divided by.
_SMALLEST_COUNT = 1e-7
# Probabilities that were added up miss 0 or 1 by about so much; torch drops them, or keeps them, by their side.
_ROUNDING = 1e-6


def checked_thresholds(number: SupportsIndex) -> int:
    """A number of thresholds, at most 127.

    Raises:
        TypeError: no integer.
        ValueError: below 1.
    """
    count = operator.index(number)
    if count < 1:
        raise ValueError(f"num_thresholds is {count}, not at least 1")
    return min(count, _MOST_THRESHOLDS)


def check_shapes(labels: tuple[int, ...], predictions: tuple[int, ...], weights: tuple[int, ...] | None) -> None:
    """Refuse shapes that do not fit together.

    Raises:
        ValueError: labels and predictions differ, or weights are neither like them nor spread out to them.
    """
    if labels != predictions:
        raise ValueError(f"labels of shape {list(labels)} for predictions of shape {list(predictions)}")
    if weights is not None and not _spreads_to(weights, labels):
        raise ValueError(f"weights of shape {list(weights)} for labels of shape {list(labels)}")


def check_range(name: str, values: npt.NDArray[Any]) -> None:
    """Refuse labels or predictions that are not 0 to 1; NaN passes.

    Raises:
        ValueError: they are not.
    """
    if not values.size:
        return
    low, high = float(np.fmin.reduce(values, axis=None)), float(np.fmax.reduce(values, axis=None))
    if low < -_ROUNDING or high > 1 + _ROUNDING:
        raise ValueError(f"{name} must be 0 to 1, and are {low:g} to {high:g}")


def pr_curve(
    tag: str,
    labels: npt.ArrayLike,
    predictions: npt.ArrayLike,
    num_thresholds: int,
    weights: npt.ArrayLike | None = None,
) -> summary_pb2.Summary:
    """The curve of `predictions`, probabilities that the label is true; shapes as `check_shapes` has them.

    Args:
        labels: true or false, 1 or 0; what is between counts as so much of both.
        num_thresholds: as `checked_thresholds` gives it.
        weights: how much each sample counts; 1 where None.

    Raises:
        ValueError: labels or predictions that are not 0 to 1.
    """
    true, predicted = np.asarray(labels), np.asarray(predictions)
    check_range("labels", true)
    check_range("predictions", predicted)
    weight = None if weights is None else np.asarray(weights)
    return pr_curve_raw(tag, compute_curve(true, predicted, num_thresholds, weight), num_thresholds)


def compute_curve(
    labels: npt.NDArray[Any],
    predictions: npt.NDArray[Any],
    num_thresholds: int,
    weights: npt.NDArray[Any] | None = None,
) -> Floats:
    """True and false positives, true and false negatives, precision and recall at each threshold, [6, num_thresholds].

    A sample is positive where its prediction, in steps of 1 / (num_thresholds - 1), reaches the threshold; one whose
    prediction is NaN counts nowhere. Source: torch.utils.tensorboard.summary.compute_curve, whose np.histogram of
    integers is a bincount.
    """
    last = num_thresholds - 1
    steps = np.floor(predictions * last).clip(0, last)
    buckets = np.nan_to_num(steps, nan=num_thresholds).astype(np.intp).reshape(-1)
    true = labels.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # weights may be infinite, and counts then NaN
        tp, fp = (
            _at_least(buckets, counted if weights is None else counted * weights, num_thresholds)
            for counted in (true, 1.0 - true)
        )
        tn, fn = fp[0] - fp, tp[0] - tp
        precision = tp / np.maximum(_SMALLEST_COUNT, tp + fp)
        recall = tp / np.maximum(_SMALLEST_COUNT, tp + fn)
    return np.stack((tp, fp, tn, fn, precision, recall))


def pr_curve_raw(tag: str, rows: Iterable[npt.ArrayLike], num_thresholds: int) -> summary_pb2.Summary:
    """A curve that is computed already: six rows of shape [n], as `compute_curve` has them.

    Source: torch.utils.tensorboard.summary.pr_curve_raw; as there, `num_thresholds` need not be n.
    """
    data = np.stack([np.asarray(row) for row in rows]).astype(np.float64)
    tensor = tensor_pb2.TensorProto(
        dtype=tensor_pb2.DT_FLOAT,
        float_val=data.reshape(-1).tolist(),
        tensor_shape=tensor_pb2.TensorShapeProto(
            dim=[tensor_pb2.TensorShapeProto.Dim(size=size) for size in data.shape]
        ),
    )
    content = plugin_data_pb2.PrCurvePluginData(version=0, num_thresholds=num_thresholds).SerializeToString()
    return summary_pb2.Summary(
        value=[summary_pb2.Summary.Value(tag=tag, metadata=summary_metadata(PR_CURVES, content), tensor=tensor)]
    )


def _at_least(buckets: npt.NDArray[np.intp], counts: Floats, number: int) -> Floats:
    """Counts in each of so many buckets and all above it, but for those beyond the last one."""
    return np.bincount(buckets, counts.reshape(-1), number)[number - 1 :: -1].cumsum()[::-1]


def _spreads_to(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, target) == target
    except ValueError:
        return False

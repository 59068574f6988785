"""SummaryWriter.add_pr_curve, add_pr_curve_raw."""

from __future__ import annotations

from functools import partial
from typing import SupportsInt

import numpy as np

from logging_lib.arguments import About
from logging_lib.calls.sink import EventSink
from logging_lib.capture import captured_array


class PRCurveCalls(EventSink):
    """Precision-recall curves."""

    def add_pr_curve(
        self,
        tag: str,
        labels: object,
        predictions: object,
        global_step: SupportsInt | None = None,
        num_thresholds: int = 127,
        weights: object = None,
        walltime: float | None = None,
    ) -> None:
        """Log the precision-recall curve of a binary classifier; what is passed is copied.

        Args:
            labels: true or false, 1 or 0, a sample.
            predictions: the probability, 0 to 1, that the label is true; of the labels' shape.
            num_thresholds: points of the curve, at most 127.
            weights: how much each sample counts: one number, or one a sample.
        """
        from logging_lib.summary.pr_curve import check_range, check_shapes, checked_thresholds, pr_curve

        with About(tag):
            number = checked_thresholds(num_thresholds)
            true, predicted = captured_array(labels), captured_array(predictions)
            weight = None if weights is None else captured_array(weights)
            check_shapes(true.shape, predicted.shape, None if weight is None else weight.shape)
            for name, values in (("labels", true), ("predictions", predicted)):
                if isinstance(values, np.ndarray):  # else they are on a device, which nobody is to wait for here
                    check_range(name, values)
        nbytes = true.nbytes + predicted.nbytes + (0 if weight is None else weight.nbytes)
        make = partial(pr_curve, tag, true, predicted, number, weight)
        self._log_event(tag, make, global_step, walltime, nbytes=nbytes)

    def add_pr_curve_raw(
        self,
        tag: str,
        true_positive_counts: object,
        false_positive_counts: object,
        true_negative_counts: object,
        false_negative_counts: object,
        precision: object,
        recall: object,
        global_step: SupportsInt | None = None,
        num_thresholds: int = 127,
        weights: object = None,
        walltime: float | None = None,
    ) -> None:
        """Log a precision-recall curve that is computed already: six arrays of one number a threshold, copied.

        The thresholds are evenly spaced from 0 to 1. `weights` is ignored, as in torch.
        """
        from logging_lib.summary.pr_curve import checked_thresholds, pr_curve_raw

        rows = {
            "true_positive_counts": true_positive_counts,
            "false_positive_counts": false_positive_counts,
            "true_negative_counts": true_negative_counts,
            "false_negative_counts": false_negative_counts,
            "precision": precision,
            "recall": recall,
        }
        with About(tag):
            number = checked_thresholds(num_thresholds)
            arrays = [captured_array(row) for row in rows.values()]
            length = arrays[0].size
            for name, array in zip(rows, arrays, strict=True):
                if array.shape != (length,) or not length:
                    raise ValueError(f"{name} of shape {list(array.shape)}, where all six must be of one length")
        make = partial(pr_curve_raw, tag, arrays, number)
        self._log_event(tag, make, global_step, walltime, nbytes=sum(array.nbytes for array in arrays))

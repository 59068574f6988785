"""Precision-recall curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.model import BlobRef
from tui.reader.payload.record import not_shown, numbers_of, read_value

Floats = npt.NDArray[np.float64]
_ROWS = 6


@dataclass(frozen=True, slots=True, eq=False)
class PrCurve:
    """Counts and ratios at n thresholds from 0 to 1, evenly spaced; each array is float64 of shape [n], n >= 1.

    Counts may be fractions (weights).
    """

    thresholds: Floats
    true_positives: Floats
    false_positives: Floats
    true_negatives: Floats
    false_negatives: Floats
    precision: Floats
    recall: Floats


def read_pr_curve(ref: BlobRef) -> PrCurve:
    """A curve from its tensor [6, n].

    Raises:
        PayloadError: as `read_value`, or the value is no such tensor.
    """
    array = numbers_of(ref, read_value(ref))
    if array.ndim != 2 or array.shape[0] != _ROWS or not array.shape[1]:
        raise not_shown(ref, f"PR curve of shape {list(array.shape)}, not [{_ROWS}, n]")
    with np.errstate(invalid="ignore"):  # a signalling NaN
        return PrCurve(np.linspace(0, 1, array.shape[1]), *array.astype(np.float64))

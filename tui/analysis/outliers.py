"""TensorBoard's rule for a range of y without outliers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_PERCENTILES = (5, 95)
_PADDING = 0.2
_PADDING_OF_ONE = 1.1
"""The padding about a single value v is 1.1 |v| + 1.1."""


def inner_range(values: Sequence[npt.NDArray[np.floating[Any]]], *, log: bool = False) -> tuple[float, float] | None:
    """From the 5th to the 95th percentile of all values together, padded by a fifth of that on both sides.

    As TensorBoard's line chart (vz_line_chart, `computeDomain`) does it; its widening to zero and to round numbers is
    left out, which say nothing about outliers. Values that are not finite do not count, nor with `log`, which works in
    decades, those not above 0; None where none is left.
    """
    known = [some[_counts(some, log)].astype(np.float64) for some in values]
    if not any(map(len, known)):
        return None
    if log:
        low, high = _padded(*_ends(np.log10(np.concatenate(known))), 1.0)
        return 10.0 ** max(low, sys.float_info.min_10_exp), 10.0 ** min(high, sys.float_info.max_10_exp)
    # Halves, because the difference of two large numbers of opposite sign overflows.
    low, high = _padded(*_ends(np.concatenate(known) / 2), 0.5)
    largest = sys.float_info.max / 2
    return max(low, -largest) * 2, min(high, largest) * 2


def _counts(values: npt.NDArray[np.floating[Any]], log: bool) -> npt.NDArray[np.bool_]:
    return np.asarray(np.isfinite(values) & (values > 0) if log else np.isfinite(values))


def _ends(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(values, _PERCENTILES).tolist()
    return low, high


def _padded(low: float, high: float, unit: float) -> tuple[float, float]:
    padding = (high - low) * _PADDING if high > low else (abs(low) + unit) * _PADDING_OF_ONE
    return low - padding, high + padding

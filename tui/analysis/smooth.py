"""TensorBoard's smoothing: an exponential moving average without the bias of its start at zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Points per row of the matrix product: 16 to 64 are about equally fast, and a million points take four recursions.
_BLOCK = 32


def ema(values: npt.NDArray[np.floating[Any]], weight: float) -> Floats:
    """The debiased EMA of `values` [n] in their order, float64[n].

    As TensorBoard's line chart does it: last = last * weight + (1 - weight) * y from last = 0, shown as
    last / (1 - weight^k) for the k-th finite y. Values that are not finite stay as they are and change nothing.

    Raises:
        ValueError: `weight` outside [0, 1).
    """
    if not 0 <= weight < 1:
        raise ValueError(f"smoothing weight {weight} is outside [0, 1)")
    smoothed = values.astype(np.float64)
    finite = np.isfinite(smoothed)
    if weight == 0:
        return smoothed
    if finite.all():
        return _debiased(smoothed, weight)
    smoothed[finite] = _debiased(smoothed[finite], weight)
    return smoothed


def _debiased(values: Floats, weight: float) -> Floats:
    last = _decaying_sum(values * (1 - weight), weight)
    # From here on weight^k is less than half of float64's epsilon, so 1 - weight^k is 1.
    biased = min(len(last), math.ceil(-54 / math.log2(weight)))
    last[:biased] /= 1 - weight ** np.arange(1.0, biased + 1)
    return last


def _decaying_sum(values: Floats, weight: float) -> Floats:
    """s[k] = values[k] + weight * s[k - 1].

    Each block is summed by one row of a matrix product; what the blocks hand on is a sum of the same kind over
    their last elements, with weight^block.
    """
    blocks = -(-len(values) // _BLOCK)
    if not blocks:
        return values
    padded = np.zeros((blocks, _BLOCK))
    padded.ravel()[: len(values)] = values
    lag = np.arange(_BLOCK)
    sums = padded @ np.triu(weight ** np.abs(np.subtract.outer(lag, lag)))
    if blocks > 1:
        carried = _decaying_sum(sums[:-1, -1].copy(), weight**_BLOCK)
        sums[1:] += np.multiply.outer(carried, weight ** np.arange(1.0, _BLOCK + 1))
    return sums.ravel()[: len(values)]

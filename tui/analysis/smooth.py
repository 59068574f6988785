"""TensorBoard's smoothing: an exponential moving average without the bias of its start at zero."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Points per row of the matrix product: 16 to 64 are about equally fast, and a million points take four recursions.
_BLOCK = 32


# A mean of float64's largest numbers may round to infinity, which is no more than is logged.
@np.errstate(over="ignore", invalid="ignore")
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


@np.errstate(over="ignore", invalid="ignore")
def ema_continued(smoothed: Floats, values: npt.NDArray[np.floating[Any]], weight: float) -> Floats:
    """The debiased EMA of more values [n], float64[n], after those whose debiased EMA with `weight` is `smoothed`.

    It is what `ema` gives for all of them but for rounding, without looking at each again.
    """
    # So many of the last ones tell all; if they are finite, what was before them weighs nothing.
    before = np.isfinite(smoothed[-_unbiased_from(weight) :])
    if not before.all():
        before = np.isfinite(smoothed)
    seen = int(before.sum())
    if not seen:
        return ema(values, weight)
    last = float(smoothed[len(smoothed) - 1 - int(before[::-1].argmax())]) * (1 - weight**seen)
    more = values.astype(np.float64)
    finite = np.isfinite(more)
    count = np.arange(1.0, int(finite.sum()) + 1)
    sums = _decaying_sum(more[finite] * (1 - weight), weight) + last * weight**count
    more[finite] = sums / (1 - weight ** (seen + count))
    return more


def _debiased(values: Floats, weight: float) -> Floats:
    last = _decaying_sum(values * (1 - weight), weight)
    biased = min(len(last), _unbiased_from(weight))
    last[:biased] /= 1 - weight ** np.arange(1.0, biased + 1)
    return last


def _unbiased_from(weight: float) -> int:
    """The k from which on weight^k is less than half of float64's epsilon, so that 1 - weight^k is 1."""
    return math.ceil(-54 / math.log2(weight)) if weight else 1


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
    kernel, powers = _kernel(weight)
    sums = padded @ kernel
    if blocks > 1:
        carried = _decaying_sum(sums[:-1, -1].copy(), weight**_BLOCK)
        sums[1:] += np.multiply.outer(carried, powers)
    return sums.ravel()[: len(values)]


@lru_cache(maxsize=64)
def _kernel(weight: float) -> tuple[Floats, Floats]:
    """The matrix that sums a block, and what each of a block's sums has of the one before the block."""
    lag = np.arange(_BLOCK)
    return np.triu(weight ** np.abs(np.subtract.outer(lag, lag))), weight ** np.arange(1.0, _BLOCK + 1)

"""What a tensor of any dtype and shape holds, in short: its extremes and its first values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MOST_ROWS, MOST_COLUMNS = 8, 64
_LONGEST = 256
"""Bytes of a string."""

Element = bool | int | float | complex | str


@dataclass(frozen=True, slots=True)
class TensorSummary:
    """`rows` are the first values along the last axis, at most MOST_ROWS of MOST_COLUMNS; strings are cut.

    `low`, `high` and `mean` are of the finite numbers, None without any; `not_finite` counts the others.
    """

    dtype: str
    shape: tuple[int, ...]
    rows: tuple[tuple[Element, ...], ...]
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    not_finite: int = 0


def summarised(tensor: npt.NDArray[Any]) -> TensorSummary:
    """The summary of numbers, or of an object array of bytes."""
    columns = tensor.shape[-1] if tensor.ndim else 1
    table = tensor.reshape(-1, columns)[:MOST_ROWS, :MOST_COLUMNS] if tensor.size else np.empty((0, 0))
    rows = tuple(tuple(map(_element, row)) for row in table.tolist())
    if tensor.dtype == object:
        return TensorSummary("string", tensor.shape, rows)
    if tensor.dtype.kind not in "biuf":
        return TensorSummary(tensor.dtype.name, tensor.shape, rows)
    finite = tensor[np.isfinite(tensor)]
    if not finite.size:
        return TensorSummary(tensor.dtype.name, tensor.shape, rows, not_finite=tensor.size)
    low, high = float(finite.min()), float(finite.max())
    return TensorSummary(tensor.dtype.name, tensor.shape, rows, low, high, _mean(finite), tensor.size - finite.size)


def _mean(finite: npt.NDArray[Any]) -> float:
    with np.errstate(over="ignore", invalid="ignore"):  # inf - inf on the way
        mean = float(finite.mean(dtype=np.float64))
    return mean if math.isfinite(mean) else float((finite / finite.size).sum())  # the sum of them is too large


def _element(value: object) -> Element:
    if isinstance(value, bytes):
        return value[:_LONGEST].decode("utf-8", errors="replace")
    assert isinstance(value, bool | int | float | complex)
    return value

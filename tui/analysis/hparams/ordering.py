"""The order of rows by several columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.analysis.hparams.cells import MISSING, TEXT, Places
from tui.analysis.hparams.frame import Column, Frame


@dataclass(frozen=True, slots=True)
class SortKey:
    """A column to sort by."""

    column: Column
    descending: bool = False


def ordered(frame: Frame, keys: Sequence[SortKey]) -> Places:
    """Places of the rows [n], sorted by the first key, rows equal in it by the second, and so on; then as they were.

    In either direction numbers and flags come first, then texts, then rows without a value, then NaN.
    """
    columns: list[npt.NDArray[np.float64]] = []
    for key in keys:
        columns += _levels(frame, key)
    # The last of lexsort's keys is its first.
    return np.lexsort(columns[::-1]) if columns else np.arange(len(frame))


def _levels(frame: Frame, key: SortKey) -> list[npt.NDArray[np.float64]]:
    cells = frame.cells(key.column)
    is_text = cells.kinds == TEXT
    values = np.where(is_text, cells.codes, cells.numbers)
    nan = np.isnan(values)
    kind = np.select([cells.kinds == MISSING, is_text, nan], [2.0, 1.0, 3.0], 0.0)
    values = np.where(nan, 0.0, values)
    return [kind, -values if key.descending else values]

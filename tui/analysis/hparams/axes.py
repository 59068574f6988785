"""Parallel coordinates and scatter plots of columns: scales of axes, and which rows are within ranges of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from tui.analysis.hparams.cells import FLAG, MISSING, TEXT, Cells, Floats
from tui.analysis.hparams.frame import Column, Frame
from tui.analysis.hparams.matching import number_text
from tui.model import Flags

_DECADES = 1.5
"""Positive numbers that span more than so many powers of ten are on a logarithmic axis, unless that is chosen."""
_MOST_CATEGORIES = 12
_ENDS_MARGIN = 1e-9


class Scale(Enum):
    """How an axis maps values to 0..1."""

    LINEAR = "lin"
    LOG = "log"
    CATEGORY = "cat"


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """An axis of a column over n rows.

    `places` [n] are in 0..1, NaN for rows that have none: no value, NaN, or infinite, or not positive on a logarithmic
    axis. `low` and `high` are the values at 0 and 1, NaN for categories; `categories` are their names, evenly spaced
    from 0 to 1.
    """

    column: Column
    scale: Scale
    places: Floats
    low: float
    high: float
    categories: tuple[str, ...] = ()

    def value_at(self, place: float) -> float:
        """The number at a place of 0..1 on an axis of numbers."""
        if self.scale is Scale.LOG:
            return float(10 ** (math.log10(self.low) + place * (math.log10(self.high) - math.log10(self.low))))
        return self.low + place * (self.high - self.low)

    def label_at(self, place: float) -> str | None:
        """The category nearest to a place; None on an axis of numbers."""
        if not self.categories:
            return None
        return self.categories[round(min(max(place, 0.0), 1.0) * (len(self.categories) - 1))]


@dataclass(frozen=True, slots=True)
class Brush:
    """A range of an axis, places of 0..1, both ends in."""

    low: float
    high: float


def axis_of(frame: Frame, column: Column, scale: Scale | None = None) -> Axis | None:
    """An axis for a column; None where no row has a place on it.

    `scale` None takes the best one: categories for texts and flags, logarithmic for positive numbers of several powers
    of ten. A scale that does not fit the values is not taken.
    """
    cells = frame.cells(column)
    of_numbers = not np.isin(cells.kinds, (TEXT, FLAG)).any()
    if not of_numbers or scale is Scale.CATEGORY:
        return _of_categories(column, cells)
    numbers = np.where(np.isfinite(cells.numbers), cells.numbers, np.nan)
    if np.isnan(numbers).all():
        return None
    low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    wide = low > 0 and math.log10(high) - math.log10(low) > _DECADES
    if low > 0 and (scale is Scale.LOG or (scale is None and wide)):
        return Axis(column, Scale.LOG, _spread(np.log10(numbers)), low, high)
    return Axis(column, Scale.LINEAR, _spread(numbers), low, high)


def _spread(numbers: Floats) -> Floats:
    """Numbers from 0 for the least to 1 for the greatest; 0.5 where all are equal."""
    low, high = np.nanmin(numbers), np.nanmax(numbers)
    if low == high:
        return np.where(np.isnan(numbers), np.nan, 0.5)
    # Halves first: the difference of two doubles may be none.
    spread: Floats = (numbers / 2 - low / 2) / (high / 2 - low / 2)
    return spread


def _of_categories(column: Column, cells: Cells) -> Axis | None:
    """Texts in their order after numbers and flags in theirs."""
    names: dict[str, list[int]] = {}
    order = np.lexsort([np.where(cells.kinds == TEXT, cells.codes, cells.numbers), cells.kinds])
    for at in order.tolist():
        if cells.kinds[at] != MISSING:
            names.setdefault(_category(cells, at), []).append(at)
    if not names:
        return None
    places = np.full(len(cells), np.nan)
    for number, members in enumerate(names.values()):
        places[members] = 0.5 if len(names) == 1 else number / (len(names) - 1)
    return Axis(column, Scale.CATEGORY, places, math.nan, math.nan, tuple(names))


def _category(cells: Cells, at: int) -> str:
    match cells.value(at):
        case bool(flag):
            return "true" if flag else "false"
        case str(text):
            return text
        case number:
            return number_text(float(number or 0.0))


def brushed(axes: Sequence[Axis], brushes: Mapping[Column, Brush]) -> Flags:
    """The rows within all brushes, bool[n]; a row without a place on a brushed axis is not. At least one axis."""
    mask = np.ones(len(axes[0].places), np.bool_)
    for axis in axes:
        if (brush := brushes.get(axis.column)) is not None:
            low, high = sorted((brush.low, brush.high))
            mask &= (axis.places >= low - _ENDS_MARGIN) & (axis.places <= high + _ENDS_MARGIN)
    return mask


def axes_order(frame: Frame, columns: Sequence[Column]) -> list[Column]:
    """The columns that tell rows apart, hparams first; those with a category for each of many rows are left out."""
    return [column for column in columns if frame.cells(column).differs and not _is_label(frame.cells(column))]


def _is_label(cells: Cells) -> bool:
    return len(cells.texts) > _MOST_CATEGORIES and len(set(cells.codes.tolist())) > len(cells) / 2

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
            low, high = math.log10(self.low), math.log10(self.high)
            with np.errstate(over="ignore"):
                value = float(np.float64(10) ** (low + place * (high - low)))
            return min(max(value, self.low), self.high)  # rounding may lead beyond them, and beyond any float
        return (1 - place) * self.low + place * self.high

    def end_at(self, place: float) -> float | str:
        """What stands at a place, which other rows may move: a number, or the nearest category."""
        label = self.label_at(place)
        return self.value_at(place) if label is None else label

    def place_of(self, end: float | str) -> float | None:
        """The place of what `end_at` gave, when the axis may have had other rows: beyond 0..1 where no row is.

        None where it has no place at all.
        """
        if isinstance(end, str):
            return self._place_of_category(end)
        if self.categories or (self.scale is Scale.LOG and end <= 0):
            return None
        if self.low == self.high:
            return 0.5
        ends = [self.low, end, self.high]
        if self.scale is Scale.LOG:
            ends = [math.log10(value) for value in ends]
        by = _factor(ends[0], ends[2])
        low, at, high = (value * by for value in ends)
        return (at - low) / (high - low)

    def _place_of_category(self, name: str) -> float | None:
        if name not in self.categories:
            return None
        return 0.5 if len(self.categories) == 1 else self.categories.index(name) / (len(self.categories) - 1)

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
    by = _factor(float(low), float(high))
    spread: Floats = (numbers * by - low * by) / (high * by - low * by)
    return spread


def _factor(low: float, high: float) -> float:
    """What to multiply two doubles with so that their difference is one, too; halves of the smallest are 0."""
    return 1.0 if math.isfinite(high - low) else 0.5


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

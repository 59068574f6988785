"""What is known about points, column by column: numbers, or a few categories. Points are coloured by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MOST_CATEGORIES = 16
"""That have a look of their own; all others are one."""
# From so many different numbers on a column is a scale: fewer are the numbers of classes.
_SCALE_FROM = 17


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """`names` are the most frequent ones, numbers ascending, else by how many points they have; `codes` int16[n] are
    places among them.

    len(names) stands for all other names, which are `others` in number; -1 where nothing is known.
    """

    names: tuple[str, ...]
    codes: npt.NDArray[np.int16]
    others: int


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """`values` float64[n], NaN where nothing is known; `low` and `high` are the extreme ones, and differ."""

    values: npt.NDArray[np.float64]
    low: float
    high: float


def column_kind(fields: Sequence[str]) -> Categories | Scale | None:
    """What the fields of a column are, one a point, "" for unknown; None where they would not tell points apart: all
    the same, or most of them different words.
    """
    known = Counter(field for field in fields if field)
    scale = _scale(fields) if len(known) >= _SCALE_FROM else None
    if scale is not None:
        return scale
    if len(known) < 2 or len(known) * 2 > known.total() > MOST_CATEGORIES:
        return None
    names = [name for name, _ in known.most_common()]
    kept = {name: place for place, name in enumerate(_ordered(names[:MOST_CATEGORIES]))}
    codes = np.array([kept.get(field, len(kept)) if field else -1 for field in fields], np.int16)
    return Categories(tuple(kept), codes, len(names) - len(kept))


def _ordered(names: Sequence[str]) -> Sequence[str]:
    try:
        return sorted(names, key=float)
    except ValueError:
        return names


def _scale(fields: Sequence[str]) -> Scale | None:
    """The fields as numbers, None where one is none, or they do not differ."""
    try:
        values = np.array([float(field) if field else np.nan for field in fields])
    except ValueError:
        return None
    finite = values[np.isfinite(values)]
    if not len(finite) or finite.min() == finite.max():
        return None
    return Scale(np.where(np.isfinite(values), values, np.nan), float(finite.min()), float(finite.max()))

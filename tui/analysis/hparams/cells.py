"""A column of values of any type as arrays: numbers, flags, texts, and what is missing."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.hparams import HParam
from tui.model import Flags

MISSING, NUMBER, FLAG, TEXT = range(4)
"""What a cell holds."""

# More digits than Python makes a number of at once are no number of a run.
_DIGITS = re.compile(r"(\d{1,18})")

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A column of n cells.

    `kinds` int8[n] says what each holds. `numbers` float64[n] are its numbers, and its flags as 1 and 0, NaN for other
    cells. `codes` int32[n] are places in `texts`, -1 for cells that are no text; the texts are distinct and in natural
    order, `run_2` before `run_10`.
    """

    kinds: npt.NDArray[np.int8]
    numbers: Floats
    codes: npt.NDArray[np.int32]
    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.kinds)

    def value(self, at: int) -> HParam:
        """The value of one cell, None where it is missing."""
        kind = int(self.kinds[at])
        if kind == TEXT:
            return self.texts[int(self.codes[at])]
        number = float(self.numbers[at])
        return None if kind == MISSING else number if kind == NUMBER else number > 0

    @property
    def present(self) -> Flags:
        """Which cells hold something, bool[n]."""
        present: Flags = self.kinds != MISSING
        return present

    @property
    def numeric(self) -> bool:
        """Whether all cells that hold something hold numbers or flags, and one does."""
        return bool(self.present.any()) and not (self.kinds == TEXT).any()

    @property
    def differs(self) -> bool:
        """Whether two cells differ; a missing one differs from all others, and NaN only from what is none."""
        if len(self) < 2:
            return False
        same_number = (self.numbers == self.numbers[0]) | (np.isnan(self.numbers) & np.isnan(self.numbers[0]))
        same = (self.kinds == self.kinds[0]) & (self.codes == self.codes[0]) & same_number
        return not bool(same.all())

    def taken(self, places: Places) -> Cells:
        """The cells at these places, in their order."""
        return Cells(self.kinds[places], self.numbers[places], self.codes[places], self.texts)


def cells_of(values: Sequence[HParam]) -> Cells:
    """The values as a column; None is a missing one."""
    texts = tuple(sorted({value for value in values if isinstance(value, str)}, key=_natural))
    code_of = {text: code for code, text in enumerate(texts)}
    codes = [code_of[value] if isinstance(value, str) else -1 for value in values]
    numbers = [math.nan if value is None or isinstance(value, str) else _float(value) for value in values]
    kinds = [_kind(value) for value in values]
    return Cells(np.array(kinds, np.int8), np.array(numbers, np.float64), np.array(codes, np.int32), texts)


def numbers_cells(numbers: Floats, present: Flags) -> Cells:
    """A column of numbers, some of them missing; both arrays have one shape, [n]."""
    kinds = np.where(present, NUMBER, MISSING).astype(np.int8)
    return Cells(kinds, np.where(present, numbers, np.nan), np.full(len(numbers), -1, np.int32), ())


def _natural(text: str) -> tuple[tuple[str | int, ...], str]:
    """Texts and whole numbers in turn, so that those compare as such; the text itself where these are equal."""
    parts = _DIGITS.split(text)
    return tuple(int(part) if at % 2 else part for at, part in enumerate(parts)), text


def _kind(value: HParam) -> int:
    match value:
        case None:
            return MISSING
        case bool():
            return FLAG
        case str():
            return TEXT
        case _:
            return NUMBER


def _float(value: float) -> float:
    """A number as a double; a whole number beyond its range is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)

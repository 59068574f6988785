"""What is exported, whatever its kind and format: columns, and blocks of their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.model import Flags
from tui.store.snapshot import BlobSeries, ScalarSeries

# A column of a block: numbers or flags as an array; or a sequence of cells, None where there is no value.
Cells = npt.NDArray[Any] | Sequence[Any]


class ColumnType(Enum):
    """What a column holds."""

    NAME = auto()
    """A text that all rows of a block share."""
    TEXT = auto()
    INTEGER = auto()
    FLOAT32 = auto()
    FLOAT64 = auto()
    FLAG = auto()
    FLOATS = auto()
    """A float64 array in each cell; those of one row have one length."""
    ANY = auto()
    """A text, a number, a flag, or nested lists of texts."""


@dataclass(frozen=True, slots=True)
class Column:
    """The name may come from a file and hold anything; the names of a table differ."""

    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows: `names` fill the table's columns of NAME, which come first, and `columns` the others.

    `work` is how much of the table's work is done with it.
    """

    names: tuple[str, ...]
    columns: Sequence[Cells]
    work: int

    def __len__(self) -> int:
        return len(self.columns[0])


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in blocks, which are made when they are asked for. `work` sums up theirs."""

    columns: Sequence[Column]
    blocks: Iterator[Block]
    work: int


RUN = Column("run", ColumnType.NAME)
TAG = Column("tag", ColumnType.NAME)
STEP = Column("step", ColumnType.INTEGER)
WALL_TIME = Column("wall_time", ColumnType.FLOAT64)
SUPERSEDED = Column("superseded", ColumnType.FLAG)


def flags_of(series: ScalarSeries | BlobSeries) -> Flags:
    """The cells of SUPERSEDED for a series, shape [n]."""
    return np.zeros(len(series.steps), np.bool_) if series.superseded is None else series.superseded

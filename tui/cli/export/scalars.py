"""Scalars as a table: a row a point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.cli.export.table import RUN, STEP, SUPERSEDED, TAG, WALL_TIME, Block, Column, ColumnType, Table, flags_of
from tui.store.snapshot import ScalarSeries

_BLOCK_ROWS = 8192


def scalar_table(chosen: Sequence[ScalarSeries], *, flagged: bool) -> Table:
    """Points in file order, with a column of flags where wanted. Work is counted in points.

    Values are float32 where all chosen series are, else float64, which holds what a float32 held.
    """
    narrow = all(series.values.dtype == np.float32 for series in chosen)
    value = Column("value", ColumnType.FLOAT32 if narrow else ColumnType.FLOAT64)
    columns = [RUN, TAG, STEP, WALL_TIME, value, *([SUPERSEDED] if flagged else [])]
    return Table(columns, _blocks(chosen, flagged), sum(len(series.steps) for series in chosen))


def _blocks(chosen: Sequence[ScalarSeries], flagged: bool) -> Iterator[Block]:
    for series in chosen:
        data: list[npt.NDArray[Any]] = [series.steps, series.wall_times, series.values]
        if flagged:
            data.append(flags_of(series))
        for start in range(0, len(series.steps), _BLOCK_ROWS):
            columns = [cells[start : start + _BLOCK_ROWS] for cells in data]
            yield Block((series.key.run, series.key.tag), columns, len(columns[0]))

"""Hparams as a table: a row a session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from logging_lib.tfevents.plugins import SCALARS
from tui.analysis.hparams.sessions import MetricColumn, Session, metric_run, sessions_of
from tui.cli.export.choice import Choice
from tui.cli.export.table import Block, Column, ColumnType, Table
from tui.model import SeriesKey
from tui.store.snapshot import StoreSnapshot

_OWN = [
    Column("run", ColumnType.TEXT),
    Column("group_name", ColumnType.TEXT),
    Column("start_time", ColumnType.FLOAT64),
    Column("end_time", ColumnType.FLOAT64),
    Column("status", ColumnType.TEXT),
]


def session_table(snapshot: StoreSnapshot, choice: Choice) -> Table:
    """Sessions by name of run, with all hparams and the metrics whose tag is chosen. Work is counted in sessions.

    A metric's value is its last one that is not superseded. The columns are those of all sessions, chosen or not.
    """
    table = sessions_of(snapshot)
    rows = [row for row in table.rows if table.logged and choice.run.search(row.run)]
    metrics = [metric for metric in table.metrics if choice.tag.search(metric.tag)]
    cells: dict[str, list[Any]] = {f"hparams.{name}": _hparams(rows, name) for name in sorted(table.hparams)}
    for metric in metrics:
        cells[_distinct(_metric_name(metric), cells)] = [_last(snapshot, row, metric) for row in rows]
    columns = [*_OWN, *(Column(name, _type(values)) for name, values in cells.items())]
    sessions = [_session(snapshot, row) for row in rows]
    own = list(zip(*sessions, strict=True)) or [()] * len(_OWN)
    return Table(columns, iter([Block((), [*own, *cells.values()], len(rows))]), len(rows))


def mixed_columns(table: Table) -> list[str]:
    """Names of the columns whose cells have several types."""
    return [column.name for column in table.columns if column.type is ColumnType.ANY]


def _session(snapshot: StoreSnapshot, row: Session) -> tuple[Any, ...]:
    run = snapshot.runs[row.run]
    start = run.start.start_time if run.start else 0.0
    end = run.end.end_time if run.end else 0.0
    # 0 is how the format says that it is unknown.
    return row.run, row.group, start or None, end or None, row.status


def _hparams(rows: Sequence[Session], name: str) -> list[Any]:
    return [row.hparams.get(name) for row in rows]


def _metric_name(metric: MetricColumn) -> str:
    return f"metrics.{metric.group}/{metric.tag}" if metric.group else f"metrics.{metric.tag}"


def _distinct(name: str, taken: Iterable[str]) -> str:
    """The name, with a number where it is another metric's: group `a`, tag `b` and a tag `a/b` make one name."""
    number = 1
    distinct = name
    while distinct in taken:
        number += 1
        distinct = f"{name} ({number})"
    return distinct


def _last(snapshot: StoreSnapshot, row: Session, metric: MetricColumn) -> np.floating[Any] | None:
    """The metric's last value, in the width that it is stored in."""
    series = snapshot.scalars.get(SeriesKey(metric_run(row.run, metric.group), metric.tag, SCALARS))
    if series is None:
        return None
    values = series.current().values
    return values[-1] if len(values) else None


def _type(cells: Sequence[Any]) -> ColumnType:
    types = {type(cell) for cell in cells if cell is not None}
    if types <= {bool}:
        return ColumnType.FLAG if types else ColumnType.TEXT
    if types == {np.float32}:
        return ColumnType.FLOAT32
    if types <= {float, np.float32, np.float64}:
        return ColumnType.FLOAT64
    return ColumnType.TEXT if types == {str} else ColumnType.ANY

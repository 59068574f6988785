"""Sessions by their hparams and metrics: the table of the hparams plugin."""

from __future__ import annotations

import math
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from logging_lib.tfevents.hparams import HParam
from tui.store.snapshot import RunSummary, ScalarSeries, StoreSnapshot

ROOT = "."
RUNNING = "RUNNING"


class MetricColumn(NamedTuple):
    """A metric: `tag` in the sub-run `group` of each session's run. `name` is what to call it."""

    tag: str
    group: str
    name: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session. `metrics` holds a value per metric column of the table, None where nothing was logged.

    `group` is the session group's name, the run's own where none was given. `status` is that of the session end
    (UNKNOWN, SUCCESS, FAILURE or RUNNING), RUNNING before there is one.
    """

    run: str
    group: str
    status: str
    hparams: Mapping[str, HParam]
    metrics: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class HParamTable:
    """Sessions in the order of the snapshot's runs; columns in the order of first mention."""

    hparams: tuple[str, ...]
    metrics: tuple[MetricColumn, ...]
    rows: tuple[SessionRow, ...]


def hparam_table(snapshot: StoreSnapshot) -> HParamTable:
    """The sessions (runs with a session start) of a snapshot.

    A session's metrics are those that the experiment of its run, or else of the nearest run above it, declares;
    without such, every scalar tag of its run. A value is the series' last current one, finite or not.
    """
    scalars = _scalars_by_run(snapshot)
    sessions = {name: run for name, run in snapshot.runs.items() if run.start is not None}
    metrics = _metric_columns(snapshot, sessions, scalars)
    return HParamTable(
        hparams=_hparam_names(snapshot, sessions),
        metrics=metrics,
        rows=tuple(_row(run, metrics, scalars) for run in sessions.values()),
    )


def sort_rows(
    table: HParamTable, column: str | MetricColumn | None, *, descending: bool = False
) -> tuple[SessionRow, ...]:
    """The rows by an hparam (its name), a metric, or the run (None), ties in their given order.

    In either direction numbers come first, then strings, then rows without a value, then NaN.
    """
    values = [(_cell(table, row, column), row) for row in table.rows]
    numbers = [(value, row) for value, row in values if isinstance(value, bool | int | float) and value == value]
    strings = [(value, row) for value, row in values if isinstance(value, str)]
    missing = [row for value, row in values if value is None]
    nans = [row for value, row in values if isinstance(value, float) and math.isnan(value)]
    numbers.sort(key=lambda item: item[0], reverse=descending)
    strings.sort(key=lambda item: item[0], reverse=descending)
    return (*(row for _, row in numbers), *(row for _, row in strings), *missing, *nans)


def _cell(table: HParamTable, row: SessionRow, column: str | MetricColumn | None) -> HParam:
    if column is None:
        return row.run
    return row.hparams.get(column) if isinstance(column, str) else row.metrics[table.metrics.index(column)]


def _scalars_by_run(snapshot: StoreSnapshot) -> dict[str, dict[str, ScalarSeries]]:
    by_run: dict[str, dict[str, ScalarSeries]] = {}
    for key, series in snapshot.scalars.items():
        by_run.setdefault(key.run, {})[key.tag] = series
    return by_run


def _hparam_names(snapshot: StoreSnapshot, sessions: Mapping[str, RunSummary]) -> tuple[str, ...]:
    """Those that a session has, in the declared order where an experiment declares them."""
    had = {name: None for run in sessions.values() if run.start is not None for name in run.start.hparams}
    declared = {
        name: None
        for run in snapshot.runs.values()
        if run.experiment is not None
        for name in run.experiment.hparams
        if name in had
    }
    return tuple(declared | had)


def _metric_columns(
    snapshot: StoreSnapshot, sessions: Mapping[str, RunSummary], scalars: Mapping[str, Mapping[str, ScalarSeries]]
) -> tuple[MetricColumn, ...]:
    columns: dict[tuple[str, str], MetricColumn] = {}
    for name in sessions:
        for column in _declared_metrics(snapshot, name) or [
            MetricColumn(tag, "", tag) for tag in scalars.get(name, ())
        ]:
            columns.setdefault((column.tag, column.group), column)
    return tuple(columns.values())


def _declared_metrics(snapshot: StoreSnapshot, session: str) -> list[MetricColumn]:
    for name in _upwards(session):
        run = snapshot.runs.get(name)
        if run is not None and run.experiment is not None:
            return [
                MetricColumn(m.tag, m.group, m.display_name or (f"{m.group}/{m.tag}" if m.group else m.tag))
                for m in run.experiment.metrics
            ]
    return []


def _upwards(run: str) -> Iterator[str]:
    """The run and those it lies in: a/b, a, and the root."""
    while run and run != ROOT:
        yield run
        run = run.rpartition("/")[0]
    yield ROOT


def _row(
    run: RunSummary, metrics: tuple[MetricColumn, ...], scalars: Mapping[str, Mapping[str, ScalarSeries]]
) -> SessionRow:
    values = tuple(_last(scalars, metric_run(run.name, metric.group), metric.tag) for metric in metrics)
    group = run.start.group_name if run.start is not None else ""
    hparams = run.start.hparams if run.start is not None else {}
    return SessionRow(run.name, group or run.name, run.end.status if run.end is not None else RUNNING, hparams, values)


def metric_run(run: str, group: str) -> str:
    """The run that holds a metric of a session: the session's own, or the sub-run that the metric's group names."""
    return posixpath.normpath(posixpath.join(run, group)) if group else run


def _last(scalars: Mapping[str, Mapping[str, ScalarSeries]], run: str, tag: str) -> float | None:
    series = scalars.get(run, {}).get(tag)
    return None if series is None else float(series.current().values[-1])

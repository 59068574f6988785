"""Snapshots with sessions, and frames of given columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from logging_lib.tfevents.hparams import Experiment, HParam, SessionEnd, SessionStart
from tui.analysis.hparams.cells import cells_of
from tui.analysis.hparams.frame import Column, Frame, Origin, Row
from tui.analysis.hparams.measures import Measurer
from tui.analysis.hparams.sessions import MetricColumn, sessions_of
from tui.analysis.hparams.table import own_values, table_of
from tui.model import SeriesKey
from tui.store.snapshot import RunSummary, ScalarSeries, StoreSnapshot


def run(
    name: str,
    hparams: Mapping[str, HParam] | None = None,
    *,
    group: str = "",
    status: str | None = None,
    experiment: Experiment | None = None,
) -> RunSummary:
    return RunSummary(
        name=name,
        paths=(),
        tags=0,
        points=0,
        last_step=None,
        first_wall_time=0.0,
        last_wall_time=None,
        interval=None,
        has_nan=False,
        problems=0,
        start=None if hparams is None else SessionStart(hparams, group),
        end=None if status is None else SessionEnd(status),
        experiment=experiment,
    )


def series(name: str, tag: str, values: Sequence[float], steps: Sequence[int] | None = None) -> ScalarSeries:
    at = np.arange(len(values)) if steps is None else np.array(steps)
    return ScalarSeries(SeriesKey(name, tag, "scalars"), 1, at, at.astype(np.float64), np.array(values, np.float64))


def snapshot(runs: Sequence[RunSummary], scalars: Mapping[tuple[str, str], Sequence[float]]) -> StoreSnapshot:
    found = [series(name, tag, values) for (name, tag), values in scalars.items()]
    return StoreSnapshot(1, {r.name: r for r in runs}, {one.key: one for one in found}, {}, {}, ())


def table(read: StoreSnapshot, **options: object) -> Frame:
    return table_of(read, sessions_of(read), Measurer(), **options)  # type: ignore[arg-type]


def values(frame: Frame, name: str) -> list[HParam]:
    """The cells of the column that a name means."""
    (column,) = frame.find(name)
    cells = frame.cells(column)
    return [cells.value(at) for at in range(len(cells))]


def frame_of(
    hparams: Mapping[str, Sequence[HParam]],
    metrics: Mapping[str, Sequence[float | None]] | None = None,
    *,
    runs: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
) -> Frame:
    """A frame of given columns; runs are called a, b, c... unless given."""
    columns = {Column(name, Origin.HPARAM): cells_of(column) for name, column in hparams.items()}
    for name, column in (metrics or {}).items():
        columns[Column(name, Origin.METRIC, MetricColumn(name, "", name))] = cells_of(column)
    count = len(next(iter(columns.values()))) if columns else len(runs or ())
    names = runs or [chr(ord("a") + at) for at in range(count)]
    rows = [Row(name, (groups or names)[at], "", (name,)) for at, name in enumerate(names)]
    return Frame(rows, list(columns), lambda column: columns.get(column) or cells_of(own_values(rows, column)))

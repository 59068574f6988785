"""The table of a snapshot's sessions: every hparam and metric a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from logging_lib.tfevents.hparams import HParam
from tui.analysis.hparams.cells import Cells, cells_of
from tui.analysis.hparams.frame import GROUP, RUN, STATUS, Column, Frame, Origin, Row
from tui.analysis.hparams.measures import LAST, Measure, Measurer
from tui.analysis.hparams.run_names import hparams_of_names
from tui.analysis.hparams.sessions import MetricColumn, Session, Sessions
from tui.store.snapshot import StoreSnapshot

Texts = Mapping[str, Mapping[str, HParam]]
"""Hparams that were read out of texts, by run."""


def table_of(
    snapshot: StoreSnapshot,
    sessions: Sessions,
    measurer: Measurer,
    *,
    measure: Measure = LAST,
    derived: bool = False,
    texts: Texts | None = None,
) -> Frame:
    """The sessions of a snapshot as a frame: hparams, then what is `derived` from names and texts, then metrics."""
    rows = [Row(session.name, session.group, session.status, session.runs) for session in sessions.rows]
    runs = [session.run for session in sessions.rows]
    of_origin: dict[Origin, Sequence[Mapping[str, HParam]]] = {
        Origin.HPARAM: [session.hparams for session in sessions.rows],
        Origin.NAME: hparams_of_names(runs) if derived else [],
        Origin.TEXT: [_texts_of(session, texts) for session in sessions.rows] if derived and texts else [],
    }
    columns = [Column(name, Origin.HPARAM) for name in sessions.hparams]
    for origin in (Origin.NAME, Origin.TEXT):
        columns += [Column(name, origin) for name in {name: None for found in of_origin[origin] for name in found}]
    columns += _metric_columns(sessions)

    def make(column: Column) -> Cells:
        if column.metric is not None:
            return measurer.cells(snapshot, runs, column.metric, measure)
        if column.origin is not Origin.OWN:
            return cells_of([values.get(column.name) for values in of_origin[column.origin]])
        return cells_of(own_values(rows, column))

    return Frame(rows, columns, make)


def own_values(rows: Sequence[Row], column: Column) -> list[HParam]:
    """The cells of the run, the group or the status; the status is missing where no session was logged."""
    if column == RUN:
        return [row.name for row in rows]
    if column == GROUP:
        return [row.group for row in rows]
    assert column == STATUS
    return [row.status or None for row in rows]


def _metric_columns(sessions: Sessions) -> list[Column]:
    """Metrics whose names differ: of two of one name the later one is called by the way to it."""
    taken: set[str] = set()
    columns = []
    for extra, metrics in ((False, sessions.metrics), (True, sessions.others)):
        for metric in metrics:
            name = _distinct(metric, taken)
            taken.add(name)
            columns.append(Column(name, Origin.METRIC, metric, extra))
    return columns


def _distinct(metric: MetricColumn, taken: set[str]) -> str:
    name, number = metric.name, 1
    if name in taken:
        name = f"{metric.group}/{metric.tag}" if metric.group else metric.tag
    distinct = name
    while distinct in taken:
        number += 1
        distinct = f"{name} ({number})"
    return distinct


def _texts_of(session: Session, texts: Texts | None) -> Mapping[str, HParam]:
    """What the texts of a session's runs say; of several that give a name, its own run's, else the first."""
    found: dict[str, HParam] = {}
    for run in (session.run, *session.runs):
        for name, value in (texts or {}).get(run, {}).items():
            found.setdefault(name, value)
    return found

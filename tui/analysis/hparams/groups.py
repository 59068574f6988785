"""Session groups: the sessions of one configuration as one row."""

from __future__ import annotations

import warnings
from enum import Enum

import numpy as np

from tui.analysis.hparams.cells import Cells, Floats, Places, cells_of, numbers_cells
from tui.analysis.hparams.frame import Column, Frame, Origin, Row
from tui.analysis.hparams.table import own_values
from tui.analysis.statistics import Goal
from tui.model import Flags


class Pooling(Enum):
    """What a group's metrics are made of."""

    MEAN = "mean"
    MEDIAN = "median"
    BEST = "best"
    """All of the session that is best in one of them."""


def grouped(frame: Frame, pooling: Pooling, judge: Column | None = None, goal: Goal | None = None) -> Frame:
    """The frame with a row a group, in the order of their first sessions.

    An hparam is that of the group's sessions where all of them have the same, else missing. Mean and median are of the
    sessions that have the metric; NaN among them makes them NaN. For BEST all metrics are those of the session with the
    best finite value of the metric `judge` by its `goal`, of the first session where none has one.
    """
    members = _members(frame)
    best = _best_sessions(frame, members, judge, goal) if pooling is Pooling.BEST else None
    rows = [_row(frame, places) for places in members]

    def make(column: Column) -> Cells:
        if column.origin is Origin.OWN:
            return cells_of(own_values(rows, column))
        cells = frame.cells(column)
        if column.metric is None:
            return cells_of([_shared(cells, places) for places in members])
        if best is not None:
            return cells.taken(best)
        return _pooled(cells, members, pooling)

    return Frame(rows, frame.columns[3:], make)


def _members(frame: Frame) -> list[Places]:
    """The places of each group's sessions."""
    found: dict[str, list[int]] = {}
    for at, row in enumerate(frame.rows):
        found.setdefault(row.group, []).append(at)
    return [np.array(places, np.intp) for places in found.values()]


def _row(frame: Frame, places: Places) -> Row:
    """A row for several; one session keeps its own name. The status is the one they share, else ""."""
    rows: list[Row] = [frame.rows[at] for at in places.tolist()]
    if len(rows) == 1:
        return rows[0]
    statuses = {row.status for row in rows}
    runs = tuple(run for row in rows for run in row.runs)
    return Row(rows[0].group, rows[0].group, statuses.pop() if len(statuses) == 1 else "", runs, len(rows))


def _shared(cells: Cells, places: Places) -> float | str | bool | None:
    return None if cells.taken(places).differs else cells.value(int(places[0]))


def _pooled(cells: Cells, members: list[Places], pooling: Pooling) -> Cells:
    pool = np.mean if pooling is Pooling.MEAN else np.median
    values = np.full(len(members), np.nan)
    present = np.zeros(len(members), np.bool_)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a median of NaN is NaN, as is said above
        for at, places in enumerate(members):
            logged = cells.numbers[places][cells.present[places]]
            if len(logged):
                present[at] = True
                values[at] = logged[0] if len(logged) == 1 else pool(logged)
    return numbers_cells(values, present)


def _best_sessions(frame: Frame, members: list[Places], judge: Column | None, goal: Goal | None) -> Places:
    """The place of each group's best session."""
    if judge is None or goal is None:
        return np.array([places[0] for places in members], np.intp)
    values = frame.cells(judge).numbers
    return np.array([places[_best(values[places], goal)] for places in members], np.intp)


def _best(values: Floats, goal: Goal) -> int:
    finite: Flags = np.isfinite(values)
    if not finite.any():
        return 0
    return int(np.argmin(np.where(finite, values if goal == "min" else -values, np.inf)))

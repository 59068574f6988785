"""The table of runs in a report: state, length, the metrics that tell, and the hparams that differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from logging_lib.tfevents.hparams import HParam
from tui.analysis.hparams.frame import Column, Frame, Origin
from tui.analysis.hparams.sessions import Session
from tui.analysis.run_state import RunState
from tui.analysis.statistics import Best, ranked
from tui.cli.report.content import MISSING, Cell, Heading, Table, short
from tui.cli.report.metrics import Metric
from tui.render.numbers import DAY, HOUR, MINUTE, YEAR, number
from tui.render.palette import RunStyle
from tui.store.snapshot import StoreSnapshot

_MOST_HPARAMS = 8
_LONGEST_VALUE = 60
_URGENCY = (RunState.NAN, RunState.STALLED, RunState.LIVE, RunState.DONE, RunState.DELETED)
_LEVELS = {RunState.NAN: "error", RunState.STALLED: "warning"}
_UNITS = ((YEAR, "y"), (DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (1.0, "s"))
_MARKS = {Origin.NAME: " (name)", Origin.TEXT: " (text)"}


def run_table(
    snapshot: StoreSnapshot,
    sessions: Sequence[Session],
    frame: Frame,
    metrics: Sequence[Metric],
    order: Sequence[int],
    states: Mapping[str, RunState],
    styles: Mapping[str, RunStyle],
    most: int,
) -> Table:
    """A row a session, in this order, at most so many."""
    hparams = [column for column in frame.hparams if frame.cells(column).differs]
    shown = hparams[:_MOST_HPARAMS]
    headings = [Heading("run"), Heading("state"), Heading("steps", numbers=True), Heading("time", numbers=True)]
    for metric in metrics:
        headings.append(Heading(f"{metric.main.goal} {metric.column.name}", numbers=True, code=True))
        headings += [Heading("last", numbers=True)] if metric is metrics[0] else []
    headings += [Heading(_name(column), numbers=frame.cells(column).numeric, code=True) for column in shown]
    first = [next(iter(ranked(metric.bests, metric.main.goal)), None) for metric in metrics]
    rows = []
    for at in order[:most]:
        session = sessions[at]
        row = [_name_cell(session, styles), *_life(snapshot, session, states)]
        for metric, best in zip(metrics, first, strict=True):
            own = metric.bests[at]
            row.append(_best_cell(own, strong=own is not None and own == best))
            row += [_last_cell(metric.lasts[at])] if metric is metrics[0] else []
        rows.append((*row, *(_hparam_cell(frame.cells(column).value(at)) for column in shown)))
    return Table(tuple(headings), tuple(rows), _note(len(order) - len(rows), len(hparams) - len(shown)))


def _note(runs: int, hparams: int) -> str:
    left = [f"{runs} more runs"] if runs > 0 else []
    left += [f"{hparams} more hparams that differ"] if hparams > 0 else []
    return f"{' and '.join(left)}: tbtui hparams lists them" if left else ""


def _name(column: Column) -> str:
    return column.name + _MARKS.get(column.origin, "")


def _name_cell(session: Session, styles: Mapping[str, RunStyle]) -> Cell:
    return Cell(session.name, code=True, styles=tuple(styles[run] for run in session.runs if run in styles))


def _life(snapshot: StoreSnapshot, session: Session, states: Mapping[str, RunState]) -> list[Cell]:
    """State, last step and duration of a session: the most urgent state, the largest step of its runs."""
    runs = [snapshot.runs[run] for run in session.runs]
    found = {states[run.name] for run in runs}
    state = next((state for state in _URGENCY if state in found), None)
    step = max((run.last_step for run in runs if run.last_step is not None), default=None)
    starts = [run.first_wall_time for run in runs if run.first_wall_time is not None]
    ends = [run.last_wall_time for run in runs if run.last_wall_time is not None]
    return [
        Cell(MISSING) if state is None else Cell(state.value, level=_LEVELS.get(state, "")),
        Cell(MISSING if step is None else str(step)),
        Cell(long_duration(max(ends) - min(starts)) if starts and ends else MISSING),
    ]


def _best_cell(best: Best | None, *, strong: bool) -> Cell:
    return Cell(MISSING) if best is None else Cell(f"{number(best.value)} @ {best.step}", strong=strong)


def _last_cell(value: float | None) -> Cell:
    if value is None:
        return Cell(MISSING)
    return Cell(number(value), level="" if math.isfinite(value) else "error")


def _hparam_cell(value: HParam) -> Cell:
    match value:
        case None:
            return Cell(MISSING)
        case bool():
            return Cell("true" if value else "false")
        case str():
            return Cell(short(value, _LONGEST_VALUE), code=True)
        case _:
            return Cell(number(value))


def long_duration(seconds: float) -> str:
    """A duration in its two largest units: 2d 3h, 1h 30m, 45s; negative or unknown is 0s."""
    rest = max(seconds, 0.0) if math.isfinite(seconds) else 0.0
    parts: list[str] = []
    for size, letter in _UNITS:
        if rest >= size or parts:
            amount, rest = divmod(rest, size)
            parts.append(f"{amount:.0f}{letter}" if amount else "")
    return " ".join(part for part in parts[:2] if part) or "0s"


def moment(epoch: float) -> str:
    """The local date and time of an epoch second; a number where the calendar does not reach it."""
    try:
        return datetime.fromtimestamp(epoch).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return number(epoch)

"""Which hparam goes with which metric, as a table of a report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui.analysis.hparams.cells import Cells, numbers_cells
from tui.analysis.hparams.correlation import LEAST_PAIRS, Association, Kind, associations
from tui.analysis.hparams.frame import Frame
from tui.cli.report.content import MISSING, Cell, Heading, Table
from tui.cli.report.metrics import Metric

_MOST = 12
_NOTE = (
    "ρ is Spearman's rank correlation, ω² the share of the metric's variance that a category explains, of so many "
    "runs; bold: too strong to be chance, even as one of all hparams."
)


def association_table(frame: Frame, metrics: Sequence[Metric]) -> Table | None:
    """A row an hparam that differs, the strongest first; None where there are too few sessions to tell."""
    hparams = [column for column in frame.hparams if frame.cells(column).differs]
    if len(frame) < LEAST_PAIRS or not metrics or not hparams:
        return None
    found = [associations([frame.cells(column) for column in hparams], _bests(metric)) for metric in metrics]
    told = [at for at in range(len(hparams)) if any(of[at].reason is None for of in found)]
    if not told:
        return None
    told.sort(key=lambda at: -max(abs(of[at].strength) for of in found if of[at].reason is None))
    headings = [Heading("hparam"), *(Heading(_heading(metric), numbers=True, code=True) for metric in metrics)]
    rows = [(Cell(hparams[at].name, code=True), *(_cell(of[at]) for of in found)) for at in told[:_MOST]]
    more = f" {len(told) - _MOST} more hparams are left out." if len(told) > _MOST else ""
    return Table(tuple(headings), tuple(rows), _NOTE + more)


def _heading(metric: Metric) -> str:
    return f"{metric.main.goal} {metric.column.name}"


def _bests(metric: Metric) -> Cells:
    values = np.array([np.nan if best is None else best.value for best in metric.bests], np.float64)
    return numbers_cells(values, np.array([best is not None for best in metric.bests], np.bool_))


def _cell(one: Association) -> Cell:
    if one.reason is not None:
        return Cell(MISSING)
    sign = "ρ" if one.kind is Kind.RANK else "ω²"
    strength = f"{one.strength:+.2f}" if one.kind is Kind.RANK else f"{one.strength:.2f}"
    return Cell(f"{sign} {strength} (n={one.n})", strong=one.sure)

"""The columns of the table of scalars: a number of each run, the best of them, changes to the baseline."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logging_lib.tfevents import plugins
from tui.analysis.run_table import Cell, best_value, change, last_cell, max_cell, mean_cell, min_cell
from tui.analysis.statistics import goal
from tui.app.aggregation import GroupSummary, MeanSeries
from tui.app.choices import Measure
from tui.app.kept import Kept
from tui.model import SeriesKey
from tui.render.numbers import number, percent, plural
from tui.render.text import printable
from tui.store.snapshot import RunSummary, ScalarSeries, StoreSnapshot

BASE = "base"
"""What stands in place of its own change in the baseline's row."""
_STAR = 2
_DIGITS = 10  # of a mean: those after them are noise


class CellCache:
    """Numbers of series, found again only when a series' version moved."""

    def __init__(self, mean_of: int) -> None:
        self.mean_of = mean_of
        self._cells: Kept[tuple[SeriesKey, Measure], tuple[Cell, str]] = Kept()

    def of(self, series: ScalarSeries, measure: Measure) -> tuple[Cell, str]:
        """A number of a series, and how it is written; superseded points do not count."""
        return self._cells.of((series.key, measure), series.version, lambda: self._written(series.current(), measure))

    def _written(self, series: ScalarSeries, measure: Measure) -> tuple[Cell, str]:
        cell = self._found(series, measure)
        return cell, number(cell.value)

    def _found(self, series: ScalarSeries, measure: Measure) -> Cell:
        match measure:
            case Measure.LAST:
                return last_cell(series.values, series.steps)
            case Measure.MIN:
                return min_cell(series.values, series.steps)
            case Measure.MAX:
                return max_cell(series.values, series.steps)
            case Measure.MEAN:
                return mean_cell(series.values, self.mean_of)


@dataclass(frozen=True, slots=True, eq=False)
class TableColumn:
    """One tag of several runs. `best` is None where no run is best, `changes` is empty without a baseline.

    `value_cells` and `change_cells` are the widths of the two parts of its cells, the latter 0 without changes.
    """

    tag: str
    cells: Mapping[str, Cell]
    texts: Mapping[str, str]
    best: float | None
    changes: Mapping[str, str]
    value_cells: int
    change_cells: int

    def is_best(self, run: str) -> bool:
        """Whether the run has the best value."""
        return self.best is not None and run in self.cells and self.cells[run].value == self.best


@dataclass(frozen=True, slots=True)
class TableRows:
    """Which runs the columns are of; only those in `compared` can be best."""

    runs: Sequence[str]
    compared: frozenset[str]
    baseline: str | None


def table_column(
    snapshot: StoreSnapshot, tag: str, rows: TableRows, measure: Measure, numbers: CellCache
) -> TableColumn:
    """The numbers of a tag in the runs that logged it."""
    scalars = snapshot.scalars
    series = ((run, scalars.get(SeriesKey(run, tag, plugins.SCALARS))) for run in rows.runs)
    found = {run: numbers.of(one, measure) for run, one in series if one is not None}
    cells = {run: cell for run, (cell, _) in found.items()}
    texts = {run: text for run, (_, text) in found.items()}
    best = best_value((cell.value for run, cell in cells.items() if run in rows.compared), goal(tag))
    changes = _changes(cells, rows.baseline)
    return TableColumn(
        tag,
        cells,
        texts,
        best,
        changes,
        max(map(len, texts.values()), default=0) + (_STAR if best is not None else 0),
        max(map(len, changes.values()), default=0),
    )


def _changes(cells: Mapping[str, Cell], baseline: str | None) -> dict[str, str]:
    """How far each run's number is from the baseline's, in percent of it."""
    if baseline is None or baseline not in cells:
        return {}
    base = cells[baseline].value
    changes = {run: signed_percent(change(cell.value, base)) for run, cell in cells.items()}
    return changes | {baseline: BASE}


def signed_percent(fraction: float) -> str:
    """A change with its sign, `+2.1%`; nothing where there is no number for it."""
    if math.isnan(fraction):
        return ""
    text = percent(fraction)
    return f"+{text}" if fraction > 0 and not text.startswith(">") else text


def exact(series: ScalarSeries, cell: Cell) -> str:
    """A cell's number in as few digits as tell it from any other of the width it was logged in."""
    # A mean of several points has all digits of a float64.
    return str(cell.value if cell.step is None else series.values.dtype.type(cell.value))


def cell_told(series: ScalarSeries, cell: Cell) -> tuple[str, str]:
    """All there is to say of a cell: the number and its step, in full, and of how many runs it is the mean."""
    if cell.step is None:
        return f"{cell.value:.{_DIGITS}g}, mean of the last {plural(cell.points, 'point')}", _members_told(series, cell)
    value = f"{cell.value:.{_DIGITS}g}" if isinstance(series, MeanSeries) else exact(series, cell)
    return f"{value} at step {cell.step}", _members_told(series, cell)


def _members_told(series: ScalarSeries, cell: Cell) -> str:
    if not isinstance(series, MeanSeries):
        return ""
    made = series.aggregate
    counts = made.counts[-cell.points :] if cell.step is None else made.counts[made.steps == cell.step]
    finite = int(counts.min())
    of = str(finite) if finite == series.members else f"{finite} of {series.members}"
    return f"mean of {of} runs {'interpolated' if made.interpolated else 'on common steps'}"


def run_told(run: RunSummary) -> str:
    """A run's whole name; of a group also its runs."""
    name = printable(run.name)
    if not isinstance(run, GroupSummary):
        return name
    return f"{name}: mean of {plural(len(run.members), 'run')}: {', '.join(map(printable, run.members))}"

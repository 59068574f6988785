"""What is told of precision-recall curves at a threshold: the table below them, CSV to take along."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

import numpy as np
from textual.strip import Strip

from tui.app.parts import Part
from tui.app.pr_curves import PrFacts
from tui.app.shared import Shared
from tui.app.theme import Look
from tui.model import SeriesKey
from tui.render.cells import fit, width
from tui.render.file_text import csv_text
from tui.render.float_text import float_texts
from tui.render.numbers import number, plural
from tui.render.strips import row_strip
from tui.render.text import printable

MARK = "×"
"""What stands at the marked threshold, on a curve and in the table."""
_NAME_LEAST, _NAME_MOST = 6, 24
_MARGIN, _GAP = 4, 2
_NONE = "-"
_OF_COUNTS = 3
"""The rank of the columns of counts."""
_RATIO = 6
"""Cells of a ratio with four digits."""


@dataclass(frozen=True, slots=True)
class PrOfRun:
    """What is shown of a run: its curve at a step, or the reason why it cannot be read."""

    key: SeriesKey
    step: int
    facts: PrFacts | str

    @property
    def area(self) -> float:
        """The average precision, or below any where there is none."""
        area = self.facts.area if isinstance(self.facts, PrFacts) else math.nan
        return -math.inf if math.isnan(area) else area


@dataclass(frozen=True, slots=True)
class PrReading:
    """A curve's point at the cursor, or at the mark."""

    facts: PrFacts
    place: int
    step: int
    marked: bool = False

    def counts(self) -> list[float]:
        """True and false positives, true and false negatives."""
        curve, at = self.facts.curve, self.place
        rows = curve.true_positives, curve.false_positives, curve.true_negatives, curve.false_negatives
        return [float(row[at]) for row in rows]

    def ratios(self) -> list[float]:
        """Threshold, precision, recall, F1; the last three NaN where precision is undefined."""
        facts, at = self.facts, self.place
        return [facts.threshold(at), float(facts.precision[at]), float(facts.recall[at]), float(facts.f1[at])]


@dataclass(frozen=True, slots=True)
class _Column:
    """A heading, how early it is given up (the highest first), and what a row has there."""

    heading: str
    rank: int
    value: Callable[[PrReading], float]
    of_run: bool = False
    """Whether it is the same at every threshold."""

    def least(self, total: int) -> int:
        """Cells it has at least, where the sum of all counts takes `total`."""
        return max(width(self.heading), total if self.rank == _OF_COUNTS else 0 if self.of_run else _RATIO)

    def text(self, at: PrReading) -> str:
        """The number, as it stands in the table."""
        value = self.value(at)
        return "" if self.of_run and at.marked else _NONE if math.isnan(value) else number(value)


_COLUMNS = (
    _Column("AP", 0, lambda r: r.facts.area, of_run=True),
    _Column("threshold", 0, lambda r: r.ratios()[0]),
    _Column("precision", 1, lambda r: r.ratios()[1]),
    _Column("recall", 1, lambda r: r.ratios()[2]),
    _Column("F1", 2, lambda r: r.ratios()[3]),
    _Column("TP", _OF_COUNTS, lambda r: r.counts()[0]),
    _Column("FP", _OF_COUNTS, lambda r: r.counts()[1]),
    _Column("TN", _OF_COUNTS, lambda r: r.counts()[2]),
    _Column("FN", _OF_COUNTS, lambda r: r.counts()[3]),
    _Column("step", 4, lambda r: r.step, of_run=True),
)


class PrTable:
    """A row a run, that with the largest area first; below it, where a threshold is marked, what it reads there.

    Columns that do not fit a narrow pane are left out.
    """

    def __init__(
        self, shared: Shared, look: Look, runs: Sequence[PrOfRun], threshold: float | None, mark: float | None
    ) -> None:
        self._shared, self._look = shared, look
        self._runs = sorted(runs, key=lambda run: -run.area)
        self._lines = [line for run in self._runs for line in _lines(run, threshold, mark)]

    def __len__(self) -> int:
        return len(self._lines)

    def strips(self, cells: int, rows: int) -> list[Strip]:
        """A heading and at most `rows` lines; the last one says how many runs are left out."""
        shown = self._lines if len(self._lines) <= rows else self._lines[: max(rows - 1, 1)]
        names, columns = self._fitted(cells)
        strips = [self._head(names, columns, cells), *(self._row(*line, names, columns, cells) for line in shown)]
        left_out = len(self._runs) - len({run.key for run, _ in shown})
        if left_out and rows > 1:
            text = fit(f"   and {plural(left_out, 'more run')}", cells)
            strips.append(row_strip([(text, self._look.dim)], cells, self._look.text))
        return strips

    def _fitted(self, cells: int) -> tuple[int, list[tuple[_Column, int]]]:
        """Cells of the names, and the columns that fit with theirs; together they are given up, one rank at a time."""
        readings = [at for _, at in self._lines if isinstance(at, PrReading)]
        # As wide as they may get, that nothing moves aside while the cursor does.
        total = max((width(number(sum(at.counts()))) for at in readings), default=0)
        wide = [(c, _GAP + max(c.least(total), *(width(c.text(at)) for at in readings), 0)) for c in _COLUMNS]
        longest = max((width(self._shared.runs.name(run.key.run)) for run in self._runs), default=0)
        least = _MARGIN + min(max(longest, _NAME_LEAST), _NAME_LEAST * 2)
        rank = max(column.rank for column in _COLUMNS)
        while rank and least + sum(size for column, size in wide if column.rank <= rank) > cells:
            rank -= 1
        kept = [(column, size) for column, size in wide if column.rank <= rank]
        left = cells - _MARGIN - sum(size for _, size in kept)
        return max(min(longest, left, _NAME_MOST), _NAME_LEAST), kept

    def _head(self, names: int, columns: Sequence[tuple[_Column, int]], cells: int) -> Strip:
        text = f"   {fit('run', names)}" + "".join(fit(c.heading, size, align="right") for c, size in columns)
        return row_strip([(text, self._look.dim)], cells, self._look.text)

    def _row(
        self, run: PrOfRun, at: PrReading | str, names: int, columns: Sequence[tuple[_Column, int]], cells: int
    ) -> Strip:
        look, runs = self._look, self._shared.runs
        style = runs.style(run.key.run, look)
        marked = isinstance(at, PrReading) and at.marked
        mark, name = (MARK, " " * names) if marked else (runs.mark(run.key.run), runs.fitted(run.key.run, names))
        parts: list[Part] = [(f" {mark} ", style), (name, look.text)]
        if isinstance(at, PrReading):
            parts += [(fit(c.text(at), size, align="right"), look.dim if marked else look.text) for c, size in columns]
        else:
            parts.append((fit(f"  {at}", cells - names - _MARGIN, keep="end"), look.error))
        return row_strip(parts, cells, look.text)


def _lines(run: PrOfRun, threshold: float | None, mark: float | None) -> Iterator[tuple[PrOfRun, PrReading | str]]:
    facts = run.facts
    if not isinstance(facts, PrFacts):
        yield run, facts
        return
    yield run, PrReading(facts, facts.at(threshold), run.step)
    if mark is not None:
        yield run, PrReading(facts, facts.at(mark), run.step, marked=True)


# Taking numbers along

_COUNTS = "true_positives,false_positives,true_negatives,false_negatives"


def readings_csv(runs: Sequence[PrOfRun], threshold: float | None, mark: float | None) -> str:
    """The table as CSV, with all columns; a run has a second line for the marked threshold."""
    lines = [f"run,tag,step,average_precision,threshold,precision,recall,f1,{_COUNTS}\n"]
    for run in runs:
        for _, at in _lines(run, threshold, mark):
            if isinstance(at, PrReading):
                numbers = float_texts(np.array([at.facts.area, *at.ratios(), *at.counts()]))
                lines.append(f"{_names(run)},{','.join(numbers)}\n")
    return "".join(lines)


def write_curves(stream: TextIO, runs: Sequence[PrOfRun]) -> int:
    """Every threshold of every curve that could be read, as logged; returns how many."""
    stream.write(f"run,tag,step,threshold,{_COUNTS},precision,recall\n")
    written = 0
    for run in runs:
        if isinstance(run.facts, PrFacts):
            c = run.facts.curve
            rows = (
                c.thresholds, c.true_positives, c.false_positives, c.true_negatives, c.false_negatives, c.precision,
                c.recall,
            )  # fmt: skip
            columns = zip(*map(float_texts, rows), strict=True)
            stream.write("".join(f"{_names(run)},{','.join(numbers)}\n" for numbers in columns))
            written += len(c.recall)
    return written


def _names(run: PrOfRun) -> str:
    # The clipboard is pasted into terminals, too.
    return f"{csv_text(printable(run.key.run))},{csv_text(printable(run.key.tag))},{run.step}"

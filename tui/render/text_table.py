"""Tables in text: columns as wide as they need, or shrunk to the window, with wrapped cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Literal

from tui.render.page import Ink, PageBuilder, Span, breaks, cut_at, span_cells

Cell = Sequence[Sequence[Span]]
"""The lines of a cell."""
Align = Literal["left", "right", "center"]

_GAP = 2
_LEAST = 6
"""Cells that a shrunk column keeps; a table of more columns than that leaves room for is wider than the window."""


def add_table(
    builder: PageBuilder,
    rows: Sequence[Sequence[Cell]],
    *,
    header: bool,
    aligns: Sequence[Align] = (),
    prefix: tuple[Span, ...] = (),
) -> None:
    """Add a table; the first row is its `header` where there is one, and has a rule under it.

    Where a row takes several lines, rules part all of them.
    """
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        return
    sizes = column_widths(_natural(rows, columns), builder.cells - span_cells(prefix))
    wrapped = [[_wrapped(cell, size) for cell, size in zip(row, sizes, strict=False)] for row in rows]
    rule = ("─" * min(sum(sizes) + _GAP * (columns - 1), builder.cells), Ink.RULE)
    ruled = any(len(cell) > 1 for row in wrapped[header:] for cell in row)
    for number, row in enumerate(wrapped):
        if ruled and number > header:
            builder.add_whole([rule], prefix)
        for line in zip_longest(*row, fillvalue=()):
            spans = _side_by_side(line, sizes, aligns)
            builder.add_whole([(t, ink | Ink.STRONG) for t, ink in spans] if header and not number else spans, prefix)
        if header and not number:
            builder.add_whole([rule], prefix)


def column_widths(natural: Sequence[int], room: int) -> list[int]:
    """Widths of columns that together fit in `room`, gaps included, where they can.

    Columns that need less than their share have what they need; the others share the rest.
    """
    room -= _GAP * (len(natural) - 1)
    sizes = [0] * len(natural)
    open_columns = sorted(range(len(natural)), key=lambda column: natural[column])
    for done, column in enumerate(open_columns):
        share = max(room // (len(natural) - done), min(_LEAST, natural[column]))
        sizes[column] = min(natural[column], share)
        room -= sizes[column]
    return sizes


def _natural(rows: Sequence[Sequence[Cell]], columns: int) -> list[int]:
    widest = [0] * columns
    for row in rows:
        for column, cell in enumerate(row):
            widest[column] = max([widest[column], *(span_cells(line) for line in cell)])
    return widest


def _wrapped(cell: Cell, cells: int) -> list[list[Span]]:
    lines: list[list[Span]] = []
    for line in cell:
        text = "".join(part for part, _ in line)
        lines += cut_at(line, breaks(text, max(cells, 1)))
    return lines or [[]]


def _side_by_side(line: Sequence[Sequence[Span]], sizes: Sequence[int], aligns: Sequence[Align]) -> list[Span]:
    """One line of a row; nothing after its last cell that has something."""
    spans: list[Span] = []
    pending = 0
    for column, cell in enumerate(line):
        align = aligns[column] if column < len(aligns) else "left"
        blank = max(sizes[column] - span_cells(cell), 0)
        before = {"left": 0, "right": blank, "center": blank // 2}[align]
        if any(text for text, _ in cell):
            if pending + before:
                spans.append((" " * (pending + before), Ink.PLAIN))
            spans += cell
            pending = blank - before + _GAP
        else:
            pending += sizes[column] + _GAP
    return spans

"""The table of scalars: a row a run, a column a tag."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.style import Style
from textual.strip import Strip

from logging_lib.tfevents import plugins
from tui.analysis.run_table import order_runs
from tui.analysis.statistics import goal
from tui.app.aggregation import GroupSummary
from tui.app.catalog import Group, baseline_run
from tui.app.choices import Measure
from tui.app.messages import Noticed, RunPinned, TableSorted, TagPinned
from tui.app.no_tags import why_none
from tui.app.parts import Part, cut, fitted_label, fitting
from tui.app.run_order import ordered_runs
from tui.app.shared import Shared
from tui.app.table_columns import CellCache, TableColumn, TableRows, cell_told, exact, run_told, table_column
from tui.app.widgets.column_table import GAP, ColumnTable
from tui.model import SeriesKey
from tui.render.cells import fit, width
from tui.render.file_text import csv_text
from tui.render.numbers import plural
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import EMPTY_SNAPSHOT

_NAME_LEAST, _NAME_SHARE, _NAME_MOST = 8, 3, 32
_LABEL_LEAST, _LABEL_SHARE = 12, 6
_LOW = 9
"""A pane of fewer lines has no line for the names of groups, so that runs are seen."""


class ScalarTable(ColumnTable):
    """All scalar tags of the runs in numbers, of which `selection.measure` says which. Hidden runs are faint."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._numbers = CellCache(shared.mean_of)
        self._snapshot = EMPTY_SNAPSHOT
        self._rows = TableRows((), frozenset(), None)
        self._measure = Measure.LAST
        self._tags: list[tuple[Group, str]] = []
        self._labels: dict[str, tuple[str, ...]] = {}
        self._columns: dict[str, TableColumn] = {}
        self._runs: list[str] = []
        self._drawn: dict[tuple[str, bool, int | None], Strip] = {}
        self._drawn_for: tuple[int, range, str] = (0, range(0), "")
        self._name_cells = _NAME_LEAST

    # What is listed

    def relist(self) -> None:
        """List runs and tags; the cursor stays with its run and tag."""
        run, tag, s = self.run, self.tag, self.selection
        listed = self._shared.tag_lists.of(self.snapshot, s, plugins.SCALARS)
        runs = ordered_runs(self.snapshot, s, self._shared)
        rows = TableRows(runs, frozenset(listed.runs), baseline_run(self.snapshot, s))
        if self._snapshot is not self.snapshot or self._rows != rows or self._measure is not s.measure:
            self._columns = {}
        tags = [(group, tag) for group in listed.groups for tag in group.tags]
        if not self._columns or tags != self._tags:
            self._tags, self._drawn = tags, {}
            self._labels = {group.name: group.labels for group in listed.groups}
        self._snapshot, self._rows, self._measure = self.snapshot, rows, s.measure
        self._runs = self._sorted(runs)
        names = (self._shared.runs.name(run) + self._flags(run) for run in runs)
        self._name_cells = max(map(width, ("run", *names)))
        self._follow(run if self.has_focus and run in self._runs else s.focused_run, tag)

    def _follow(self, run: str | None, tag: str | None) -> None:
        tags = [tag for _, tag in self._tags]
        if run in self._runs:
            self.set_reactive(ScalarTable.cursor, self._runs.index(run))
        if tag in tags:
            self.set_reactive(ScalarTable.column, tags.index(tag) + 1)

    def _sorted(self, runs: Sequence[str]) -> list[str]:
        tag = self.selection.table_order
        if tag is None or not any(tag == of for _, of in self._tags):
            return list(runs)
        values = {run: cell.value for run, cell in self._column(tag).cells.items()}
        return order_runs(runs, values, goal(tag), worst_first=self.selection.table_reversed)

    def _column(self, tag: str) -> TableColumn:
        """Only columns that come into view are made: there may be hundreds of runs and of tags."""
        if tag not in self._columns:
            self._columns[tag] = table_column(self.snapshot, tag, self._rows, self.selection.measure, self._numbers)
        return self._columns[tag]

    @property
    def run(self) -> str | None:
        return self._runs[self.cursor] if self.cursor < len(self._runs) else None

    @property
    def tag(self) -> str | None:
        """The tag that the column cursor is on; None on the runs."""
        return self._tags[self.column - 1][1] if 0 < self.column <= len(self._tags) else None

    @property
    def tag_here(self) -> str | None:
        """The same, for what is about the tag under any list's cursor."""
        return self.tag

    def line_count(self) -> int:
        return len(self._runs) if self._tags else 0

    def column_count(self) -> int:
        return len(self._tags) + 1

    def cells_of(self, at: int) -> int:
        if not at:
            return min(self._name_cells, max(_NAME_LEAST, self.size.width // _NAME_SHARE), _NAME_MOST)
        group, tag = self._tags[at - 1]
        column = self._column(tag)
        numbers = column.value_cells + (1 + column.change_cells if column.change_cells else 0)
        label = min(width(printable(group.label(tag))), max(_LABEL_LEAST, self.size.width // _LABEL_SHARE))
        return max(numbers, label + 2)  # with an arrow, where the table is sorted by it

    # How it is drawn

    def heading(self, width: int) -> list[Strip]:
        self.scroll(width)
        if not self._tags:
            return [self._title(width)]
        named = self.size.height >= _LOW and any(group.name for group, _ in self._tags)
        groups = [row_strip(self._group_parts(), width, self.look.text)] if named else []
        heads = self.row(("   ", self.look.dim), lambda at: [self._head(at)])
        return [self._title(width), self._told(width), *groups, row_strip(heads, width, self.look.text)]

    def _title(self, cells: int) -> Strip:
        look, last = self.look, plural(self._shared.mean_of, "point")
        of = f"mean of the last {last}" if self._measure is Measure.MEAN else f"{self._measure.value} value"
        parts: list[Part] = [
            (" Table", look.accent if self.has_focus else look.dim),
            (f"  {of}", look.text),
            (f"  {plural(len(self._runs), 'run')}, {plural(len(self._tags), 'tag')}", look.dim),
        ]
        if (typed := self.selection.tags_filter).text:
            parts.append((f"  /{printable(typed.text)}", look.warning if typed.valid else look.error))
        which, sorts = self._shared.key("measure"), self._shared.key("enter")
        parts += [(f"   {which}: last, min, max, mean", look.dim), (f"   {sorts} sorts", look.dim)]
        return row_strip(cut(fitting(parts, cells), cells), cells, look.text)

    def _told(self, cells: int) -> Strip:
        """What the cell under the cursor says, in full."""
        look, run, tag = self.look, self.run, self.tag
        if run is None:
            return row_strip([], cells, look.text)
        if tag is None:
            return row_strip(cut([(f" {run_told(self.snapshot.runs[run])}", look.dim)], cells), cells, look.text)
        series = self.snapshot.scalars.get(self._key(run, tag))
        value, of = ("not logged", "") if series is None else cell_told(series, self._column(tag).cells[run])
        named = f"   {printable(tag)}   {self._shared.runs.name(run)}   {of}"
        return row_strip(cut([(f" {value}", look.text), (named, look.dim)], cells), cells, look.text)

    def _group_parts(self) -> list[Part]:
        """The name of each group above its columns in view, with a rule as far as they reach."""
        parts = self.row(("   ", self.look.dim), lambda at: [(" " * self.size_of(at), self.look.text)])[:3]
        for group, columns in groupby(self.in_view, key=lambda at: self._tags[at - 1][0]):
            cells = sum(self.size_of(at) + len(GAP) for at in columns) - len(GAP)
            title = fit(group.title, min(cells, width(printable(group.title))), keep="both")
            if title:
                title += " "
            parts.append((title[:cells], self.look.text + Style(bold=True)))
            parts.append(((("─" if title else " ") * (cells - width(title))), self.look.faint))
            parts.append((GAP, self.look.text))
        return parts

    def _head(self, at: int) -> Part:
        size, style = self.size_of(at), self.look.dim
        if at == self.column and self.has_focus:
            style = self.look.accent
        if not at:
            return fit("run", size), style
        group, tag = self._tags[at - 1]
        arrow = ""
        if tag == self.selection.table_order:
            ascending = (goal(tag) == "min") != self.selection.table_reversed
            arrow = " ▲" if ascending else " ▼"
        label = fitted_label(group.label(tag), self._labels[group.name], size - len(arrow)).rstrip()
        return fit(label + arrow, size, align="right"), style

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        """Moving the cursor changes two lines of all, so that those drawn are kept while the columns stay."""
        run, drawn_for = self._runs[index], (width, self.in_view, self.look.background)
        if self._drawn_for != drawn_for:
            self._drawn_for, self._drawn = drawn_for, {}
        key = run, run in self.selection.hidden, self.column if on_cursor else None
        if key not in self._drawn:
            self._drawn[key] = self._line(run, width, on_cursor=on_cursor)
        return self._drawn[key]

    def _line(self, run: str, width: int, *, on_cursor: bool) -> Strip:
        look, hidden = self.look, run in self.selection.hidden
        mark = "○" if hidden else self._shared.runs.mark(run)
        lead = f" {mark} ", look.faint if hidden else self._shared.runs.style(run, look)
        parts = self.row(lead, lambda at: list(self._cell(run, at, hidden, on_cursor)))
        return self.line_strip(parts, width, on_cursor=on_cursor)

    def _cell(self, run: str, at: int, hidden: bool, on_cursor: bool) -> Iterator[Part]:
        look, size = self.look, self.size_of(at)
        under = Style(underline=True) if on_cursor and at == self.column else Style()
        if not at:
            yield self._fitted_name(run, size), (look.faint if hidden else look.text) + under
            return
        column = self._column(self._tags[at - 1][1])
        changes = 1 + column.change_cells if column.change_cells else 0
        best, text = not hidden and column.is_best(run), column.texts.get(run, "")
        text = f"★ {text}" if best else text
        style = look.faint if hidden else self._style(column, run, best)
        room = max(1, size - changes)
        text = fit(text, min(room, width(text)))
        yield " " * (room - width(text)), look.text + under
        yield text, style + under
        yield fit(column.changes.get(run, ""), min(changes, size - room), align="right"), look.dim + under

    def _style(self, column: TableColumn, run: str, best: bool) -> Style:
        if run in column.cells and not math.isfinite(column.cells[run].value):
            return self.look.error
        return self.look.good + Style(bold=True) if best else self.look.text

    def _flags(self, run: str) -> str:
        """What the run is besides: the mean of so many, the baseline."""
        summary = self.snapshot.runs[run]
        members = f" ×{len(summary.members)}" if isinstance(summary, GroupSummary) else ""
        return members + (" Δ" if run == self._rows.baseline else "")

    def _fitted_name(self, run: str, cells: int) -> str:
        flags = self._flags(run)
        return fit(self._shared.runs.fitted(run, max(1, cells - width(flags))).rstrip() + flags, cells)

    def empty_lines(self, width: int) -> list[Strip]:
        listed = self._shared.tag_lists.of(self.snapshot, self.selection, plugins.SCALARS)
        return why_none(listed, self.snapshot, self.selection, self._shared, width, self.look)

    @staticmethod
    def _key(run: str, tag: str) -> SeriesKey:
        return SeriesKey(run, tag, plugins.SCALARS)

    # What keys do

    def sort_by(self, at: int) -> None:
        self.post_message(TableSorted(self._tags[at - 1][1] if at else None))

    def action_pin(self) -> None:
        """Pin the column's tag, or the run where the cursor is on the names."""
        if self.tag is not None:
            self.post_message(TagPinned(self.tag))
        elif self.run is not None:
            self.post_message(RunPinned(self.run))

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self.csv())
        runs = sum(run not in self.selection.hidden for run in self._runs)
        self.post_message(Noticed(f"copied {plural(runs, 'run')} x {plural(len(self._tags), 'tag')} as CSV"))

    def csv(self) -> str:
        """The visible runs' numbers as the table has them, in full, with a line of tags above."""
        shown = [run for run in self._runs if run not in self.selection.hidden]
        tags = [tag for _, tag in self._tags]
        # What is copied is pasted into terminals, too.
        lines = [["run", *(csv_text(printable(tag)) for tag in tags)]]
        lines += [[csv_text(printable(run)), *(self._exact(run, tag) for tag in tags)] for run in shown]
        return "".join(",".join(cells) + "\n" for cells in lines)

    def _exact(self, run: str, tag: str) -> str:
        cells = self._column(tag).cells
        return exact(self.snapshot.scalars[self._key(run, tag)], cells[run]) if run in cells else ""

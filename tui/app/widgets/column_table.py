"""A table of runs whose first column stays while the others scroll with the column cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.reactive import reactive

from tui.app.messages import RunFocused, RunToggled
from tui.app.parts import Part
from tui.app.shared import Shared
from tui.app.widgets.listings import Listing
from tui.render.cells import fit

LEAD = 3
"""Cells before the first column: a run's mark."""
GAP = "  "
_FIRST_GAP = "   "
_MORE = len(GAP) + 1
"""Cells for the sign that there are more columns."""


class ColumnTable(Listing):
    """Left and right move the column cursor, Enter or a click on a heading sorts by its column.

    Subclasses say how many columns there are and how wide, call `scroll` before they draw, and make lines of cells
    with `row`.
    """

    HEAD_ROWS: ClassVar[int] = 1
    """How many lines above the list are headings of columns."""

    column = reactive(0, repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._left = 1
        self._most = 1
        self._rest = 0
        self.in_view = range(1, 1)
        """The scrolling columns that are drawn."""

    @property
    def run(self) -> str | None:
        """The run that the cursor is on."""
        raise NotImplementedError

    def column_count(self) -> int:
        """How many columns there are; the first one, that of the runs, included."""
        raise NotImplementedError

    def cells_of(self, at: int) -> int:
        """How wide a column wants to be."""
        raise NotImplementedError

    def sort_by(self, at: int) -> None:
        """Sort by a column, or turn the order if the table is sorted by it."""
        raise NotImplementedError

    # How it is drawn

    def size_of(self, at: int) -> int:
        """How wide a column is drawn: one that is too wide for the pane is cut."""
        return min(self.cells_of(at), self._most) if at else self.cells_of(0)

    def scroll(self, cells: int) -> None:
        """Move the first scrolling column so that the column cursor is in view of so many cells."""
        last = self.column_count() - 1
        self._most = max(1, cells - self._end_of(0) - len(_FIRST_GAP) - _MORE)
        self.set_reactive(ColumnTable.column, min(self.column, last))
        self._left = max(min(self._left, self.column, last), 1)
        self._left = self._first_before(self.column, cells - (_MORE if self.column < last else 0))
        at, self._rest = self._left, cells - self._end_of(0) - len(_FIRST_GAP)
        while at <= last and self.size_of(at) <= self._rest - (_MORE if at < last else 0):
            self._rest -= self.size_of(at) + len(GAP)
            at += 1
        self.in_view = range(self._left, at)

    def _first_before(self, column: int, cells: int) -> int:
        """The first scrolling column, not before the present one, with which this one ends within so many cells.

        From the column on to the left: of thousands, only those in view are measured.
        """
        first, end = column, LEAD + self.cells_of(0) + len(_FIRST_GAP) + self.size_of(column)
        while first > self._left and (end := end + self.size_of(first - 1) + len(GAP)) <= cells:
            first -= 1
        return max(first, self._left)

    def _end_of(self, column: int) -> int:
        """Where a column ends, in cells, with the present first scrolling column."""
        scrolled = [self.size_of(at) + len(GAP) for at in range(self._left, column + 1)]
        return LEAD + self.cells_of(0) + (len(_FIRST_GAP) + sum(scrolled) - len(GAP) if scrolled else 0)

    def row(self, lead: Part, cell: Callable[[int], Sequence[Part]]) -> list[Part]:
        """The run's cell, then the scrolling ones in view; `›` and `‹` tell of columns that are not.

        `lead` is LEAD cells wide, what `cell` gives for a column `size_of` it.
        """
        dim = self.look.dim
        parts: list[Part] = [lead, *cell(0), (" ‹ " if self._left > 1 else _FIRST_GAP, dim)]
        for at in self.in_view:
            parts += [*cell(at), (GAP, self.look.text)]
        if self.in_view.stop < self.column_count():
            parts.append((fit("›", self._rest, align="right"), dim))
        return parts

    # What keys and the mouse do

    def action_cursor_left(self) -> None:
        self.column = max(self.column - 1, 0)

    def action_cursor_right(self) -> None:
        self.column = min(self.column + 1, self.column_count() - 1)

    def action_first(self) -> None:
        self.column = 0

    def action_last(self) -> None:
        self.column = self.column_count() - 1

    def watch_column(self) -> None:
        self.redraw()

    def action_enter(self) -> None:
        """Sort by the column under the cursor."""
        self.sort_by(self.column)

    def action_toggle_line(self) -> None:
        """Show or hide the run under the cursor."""
        if self.run is not None:
            self.post_message(RunToggled(self.run))

    def cursor_moved(self) -> None:
        if self.run is not None:
            self.post_message(RunFocused(self.run))

    def on_click(self, event: events.Click) -> None:
        index, head = self.line_at(event.y), len(self.heading(self.size.width))
        column = self._column_at(event.x)
        on_head = head - self.HEAD_ROWS <= event.y < head
        if column is not None and (on_head or index is not None):
            self.column = column
        if index is not None:
            self.cursor = index
        elif on_head and column is not None:
            self.sort_by(column)

    def _column_at(self, x: int) -> int | None:
        return next((at for at in (0, *self.in_view) if x < self._end_of(at)), None)

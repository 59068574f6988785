"""Plain lists that are made anew with the data, and the one of problems."""

from __future__ import annotations

from textual.reactive import reactive
from textual.strip import Strip

from tui.app.parts import cut
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.line_view import LineView
from tui.model import Problem
from tui.render.cells import fit, wrap
from tui.render.cells import width as cell_width
from tui.render.numbers import count
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot


class Listing(LineView):
    """A list that is made anew when the snapshot or the selection changes."""

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shared = shared

    def watch_snapshot(self, old: StoreSnapshot, new: StoreSnapshot) -> None:
        self.invalidate()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        self.invalidate()


class Problems(Listing):
    """What could not be read: file, offset, reason."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._rows: tuple[Problem, ...] = ()

    def relist(self) -> None:
        self._rows = self.snapshot.problems

    def line_count(self) -> int:
        return len(self._rows)

    def heading(self, width: int) -> list[Strip]:
        look, total = self.look, sum(problem.count for problem in self._rows)
        parts = [
            (f" Problems {count(total)}", look.accent if self.has_focus else look.dim),
            ("  what could not be read; the rest of each file was", look.dim),
        ]
        title = row_strip(cut(parts, width), width, look.text)
        return [title, *(row_strip([(f" {line}", look.dim)], width, look.text) for line in self._in_full(width))]

    def _in_full(self, width: int) -> list[str]:
        """The problem under the cursor, uncut, and a blank line."""
        if self.cursor >= len(self._rows):
            return []
        problem = self._rows[self.cursor]
        return [*wrap(f"{problem.path}: {_reason(problem)}", width - 2), ""]

    def empty_lines(self, width: int) -> list[Strip]:
        return [row_strip([(fit("  none", width), self.look.dim)], width, self.look.text)]

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        problem, look = self._rows[index], self.look
        text = printable(_reason(problem))
        reason = fit(text, min(cell_width(text), max(10, width * 2 // 3)))
        path = fit(problem.path, max(0, width - 2 - cell_width(reason)), keep="end")
        parts = [(f" {path} ", look.dim), (reason, look.warning)]
        return self.line_strip(parts, width, on_cursor=on_cursor)


def _reason(problem: Problem) -> str:
    return problem.reason if problem.offset is None else f"{problem.reason} at byte {problem.offset}"

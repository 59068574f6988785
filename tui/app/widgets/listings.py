"""Plain lists: data of kinds without a tab of their own, and problems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip

from logging_lib.tfevents import plugins
from tui.app.catalog import natural_key, visible_runs
from tui.app.parts import cut, pane_title
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.line_view import LineView
from tui.model import Problem
from tui.render.cells import fit, fit_distinct, wrap
from tui.render.cells import width as cell_width
from tui.render.numbers import count
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import EMPTY_SNAPSHOT, BlobSeries, StoreSnapshot

_KIND_MOST = 16
_WITH_NUMBERS = 56


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

    def line_strip(self, parts: list[tuple[str, Style]], width: int, *, on_cursor: bool) -> Strip:
        """One line, on the cursor's background where the cursor is."""
        look = self.look
        if on_cursor:
            parts = [(text, look.on_cursor(style)) for text, style in parts]
        return row_strip(parts, width, look.on_cursor(look.text) if on_cursor else look.text)


@dataclass(frozen=True, slots=True)
class OtherTag:
    """One tag of one plugin over all visible runs."""

    plugin: str
    tag: str
    runs: int
    entries: int
    last_step: int


class OtherData(Listing):
    """What was logged besides scalars and histograms: plugin, tag, how many runs and entries, newest step."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._rows: list[OtherTag] = []
        self._labels: dict[int, dict[str, str]] = {}

    def relist(self) -> None:
        runs = set(visible_runs(self.snapshot, self.selection))
        found: dict[tuple[str, str], list[BlobSeries]] = {}
        for key, series in self.snapshot.blobs.items():
            if key.run in runs and key.plugin != plugins.HISTOGRAMS and self.selection.tags_filter.matches(key.tag):
                found.setdefault((key.plugin, key.tag), []).append(series)
        self._labels = {}
        self._rows = [
            _other_tag(plugin, tag, found[plugin, tag]) for plugin, tag in sorted(found, key=_plugin_then_tag)
        ]

    def line_count(self) -> int:
        return len(self._rows)

    def heading(self, width: int) -> list[Strip]:
        total = len(self._rows)
        title = pane_title("Other data", total, total, self.selection.tags_filter, self.has_focus, self.look)
        names = self._line(width, "kind", None, "runs", "entries", "last step")
        return [row_strip(title, width, self.look.text), row_strip([(names, self.look.dim)], width, self.look.text)]

    def _line(self, width: int, kind: str, tag: str | None, runs: str, entries: str, step: str) -> str:
        """One line of the table; a narrow one leaves out runs and entries."""
        kind_cells = min(max((len(row.plugin) for row in self._rows), default=4), _KIND_MOST) + 1
        numbers = f"{runs:>6}{entries:>9}" if width >= _WITH_NUMBERS else ""
        tail = f"{numbers}{step:>11} "
        room = max(4, width - kind_cells - 2 - len(tail))
        if room not in self._labels:
            self._labels[room] = fit_distinct({row.tag for row in self._rows}, room)
        return f" {fit(kind, kind_cells)} {fit('tag', room) if tag is None else self._labels[room][tag]}{tail}"

    def empty_lines(self, width: int) -> list[Strip]:
        return [row_strip([(fit("  nothing of other kinds in the visible runs", width), self.look.dim)], width,
                          self.look.text)]  # fmt: skip

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        row = self._rows[index]
        counts = count(row.runs), count(row.entries), count(row.last_step)
        return self.line_strip([(self._line(width, row.plugin, row.tag, *counts), self.look.text)], width,
                               on_cursor=on_cursor)  # fmt: skip


def _plugin_then_tag(key: tuple[str, str]) -> tuple[object, object]:
    return natural_key(key[0]), natural_key(key[1])


def _other_tag(plugin: str, tag: str, series: Iterable[BlobSeries]) -> OtherTag:
    found = list(series)
    entries = sum(len(s.steps) for s in found)
    return OtherTag(plugin, tag, len(found), entries, max(int(s.steps[-1]) for s in found))


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

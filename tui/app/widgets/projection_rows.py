"""The list of the projector's embeddings: which run has them, how many points, of how many dimensions."""

from __future__ import annotations

from dataclasses import replace

from textual import events
from textual.strip import Strip

from tui.app.blobs import Unreadable
from tui.app.messages import TagOpened
from tui.app.no_tags import said, why_none_of
from tui.app.parts import Part, cells_of, pane_title
from tui.app.projections import Listed, listed_embeddings
from tui.app.selection import Filter, Selection
from tui.app.shared import Shared
from tui.app.widgets.line_view import LineView
from tui.app.widgets.listings import Listing
from tui.render.cells import fit, fit_distinct
from tui.render.cells import width as width_of
from tui.render.numbers import count
from tui.render.strips import row_strip
from tui.render.text import printable

_POINTS, _DIMENSIONS, _ABOUT = 9, 12, 10
_MARGIN = 1
_RUN_MOST = 32
_NAME_LEAST = 24
_NARROW = 60


class ProjectionRows(Listing):
    """The embeddings of the visible runs, a line each. They lie in files beside the event files."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self.shared = shared
        self._rows: list[Listed] = []
        self._longest_run = self._longest_name = 0
        self._labels: dict[int, dict[str, str]] = {}
        self._wanted: str | None = None

    def relist(self) -> None:
        """List anew; the cursor stays with its line."""
        before = self._rows[self.cursor].tag if self.moved and self.cursor < len(self._rows) else None
        wanted, self._wanted = self._wanted or before, None
        self._rows = listed_embeddings(self.snapshot, self.selection)
        self._labels = {}
        self._longest_name = max((width_of(printable(row.embedding.name)) for row in self._rows), default=0)
        self._longest_run = max((width_of(self._run_name(row.run)) for row in self._rows), default=0)
        at = next((at for at, row in enumerate(self._rows) if row.tag == wanted), None)
        if at is not None:
            self.set_reactive(LineView.cursor, at)

    def show_tag(self, tag: str) -> None:
        """Put the cursor on an embedding's line, as soon as it is listed."""
        self._wanted = tag
        self.moved = True
        self.invalidate()

    def line_count(self) -> int:
        return len(self._rows)

    # How it is drawn

    def _run_name(self, run: str) -> str:
        return self.shared.runs.name(run) if run in self.snapshot.runs else printable(run)

    def _run_cells(self, width: int) -> int:
        return min(self._longest_run, _RUN_MOST, width // 4) + 3 if width >= _NARROW else 2

    def _name_cells(self, width: int) -> int:
        """As many as the names ask for, or the title, if there is room."""
        room = width - 2 - self._run_cells(width) - _POINTS - _DIMENSIONS - self._about_cells(width) - _MARGIN
        return max(2, min(room, max(self._longest_name + 2, _NAME_LEAST)))

    def _about_cells(self, width: int) -> int:
        """Whether there are metadata says least: names come first."""
        beside = 2 + self._run_cells(width) + _POINTS + _DIMENSIONS + _MARGIN
        return _ABOUT if width - beside - _ABOUT >= min(self._longest_name, _NAME_LEAST) else 0

    def heading(self, width: int) -> list[Strip]:
        look = self.look
        total = len(listed_embeddings(self.snapshot, Selection()))
        title = pane_title("Embeddings", len(self._rows), total, self.selection.tags_filter, self.has_focus, look)
        taken = sum(width_of(text) for text, _ in title)
        heads = f"{fit('points', _POINTS, align='right')}{fit('dimensions', _DIMENSIONS, align='right')}"
        heads += fit("metadata", self._about_cells(width), align="right")
        run = self._run_cells(width)
        gap = " " * max(1, self._name_cells(width) + 2 - taken)
        heads = fit("  run" if run > 4 else "", run) + heads
        return [row_strip([*title, (gap, look.text), (heads, look.dim)], width, look.text)]

    def empty_lines(self, width: int) -> list[Strip]:
        others = bool(listed_embeddings(self.snapshot, replace(self.selection, tags_filter=Filter())))
        text = why_none_of("embedding", others=others, selection=self.selection, shared=self.shared)
        return said([text], width, self.look)

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        look, row = self.look, self._rows[index]
        parts: list[Part] = [(f" {self._label(row, self._name_cells(width))} ", look.text)]
        parts += self._run_parts(row.run, self._run_cells(width))
        numbers = _POINTS + _DIMENSIONS
        shape = self.shared.embeddings.shape(row.embedding)
        if isinstance(shape, Unreadable):
            parts.append((f"  {fit(shape, width - cells_of(parts) - 3, keep='end')}", look.error))
        elif shape is None:
            parts.append((fit("reading…", numbers, align="right"), look.dim))
        else:
            told = fit(count(shape[0]), _POINTS, align="right") + fit(count(shape[1]), _DIMENSIONS, align="right")
            about = "yes" if row.embedding.metadata_path else "-"
            parts += [(told, look.text), (fit(about, self._about_cells(width), align="right"), look.dim)]
        return self.line_strip(parts, width, on_cursor=on_cursor)

    def _run_parts(self, run: str, cells: int) -> list[Part]:
        """The run's mark and name, in `cells`; one without event files has no mark."""
        if run not in self.snapshot.runs:
            return [(fit(f"  {printable(run)}", cells, keep="both"), self.look.dim)]
        mark = (f"{self.shared.runs.mark(run)} ", self.shared.runs.style(run, self.look))
        return [mark, (fit(self.shared.runs.name(run), cells - 2, keep="both"), self.look.dim)]

    def _label(self, row: Listed, cells: int) -> str:
        """An embedding's name in exactly `cells`, cut so that it differs from the others in the list."""
        if cells not in self._labels:
            self._labels[cells] = fit_distinct({row.embedding.name for row in self._rows}, cells)
        return self._labels[cells][row.embedding.name]

    # What keys do

    def action_enter(self) -> None:
        if self.cursor < len(self._rows):
            self.post_message(TagOpened(self._rows[self.cursor].tag))

    def on_click(self, event: events.Click) -> None:
        index = self.line_at(event.y)
        if index is None:
            return
        again = index == self.cursor
        self.moved = True
        self.cursor = index
        if again:
            self.action_enter()

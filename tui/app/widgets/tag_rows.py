"""Rows of tags under their groups: listing, folding, opening into runs. What a row shows is the subclasses' affair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.style import Style
from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from tui.app.catalog import Group, focused_run, grouped, keys_by_tag, short_name, visible_runs
from tui.app.messages import GroupToggled, TagExpanded, TagOpened
from tui.app.parts import Part
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.line_view import LineView
from tui.model import SeriesKey
from tui.render.cells import fit, fit_distinct, width, wrap
from tui.render.numbers import plural
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot


@dataclass(frozen=True, slots=True)
class Line:
    """A group's heading (no tag), a tag, or one run of an open tag."""

    group: str
    tag: str | None = None
    run: str | None = None

    @property
    def name(self) -> str:
        """How the line calls its tag: without the group, which stands above it."""
        return (short_name(self.tag or "") if self.group else self.tag) or "(no name)"


class TagRows(LineView):
    """All tags of one kind in the visible runs. A row shows the focused run, or the newest run if that has no data."""

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shared = shared
        self.focused_run: str | None = None
        self.runs: list[str] = []
        self.keys: dict[str, list[SeriesKey]] = {}
        self.longest_name = self.longest_run = 0
        self._groups: list[Group] = []
        self._lines: list[Line] = []
        self._labels: dict[int, dict[str, str]] = {}

    def series_keys(self) -> Iterable[SeriesKey]:
        """The series of this kind."""
        raise NotImplementedError

    def tag_parts(self, line: Line, width: int) -> list[Part]:
        """The cells of a tag's or a run's line."""
        raise NotImplementedError

    # What is listed

    def watch_snapshot(self, old: StoreSnapshot, new: StoreSnapshot) -> None:
        self.invalidate()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        self.invalidate()

    def relist(self) -> None:
        """List anew; the cursor stays on its line, and starts on the first tag."""
        at = self.line if self.moved else None
        self._labels = {}
        self.runs = visible_runs(self.snapshot, self.selection)
        self.focused_run = focused_run(self.snapshot, self.selection)
        self.keys = keys_by_tag(self.series_keys(), self.runs)
        self._groups = grouped(self.keys, self.selection)
        self._lines = [line for group in self._groups for line in self._lines_of(group)]
        self.longest_name = max(
            (width(printable(line.name)) for line in self._lines if line.tag is not None), default=0
        )
        self.longest_run = max((width(self.shared.runs.name(run)) for run in self.runs), default=0)
        if at in self._lines:
            self.set_reactive(LineView.cursor, self._lines.index(at))
        elif self._lines:
            self.set_reactive(LineView.cursor, next(i for i, line in enumerate(self._lines) if line.tag is not None))

    def _lines_of(self, group: Group) -> list[Line]:
        lines = [Line(group.name)] if group.name else []
        if group.name and group.name in self.selection.folded:
            return lines
        for tag in group.tags:
            lines.append(Line(group.name, tag))
            if tag in self.selection.expanded:
                lines += [Line(group.name, tag, key.run) for key in self.keys[tag]]
        return lines

    @property
    def line(self) -> Line | None:
        """The line that the cursor is on."""
        return self._lines[self.cursor] if self.cursor < len(self._lines) else None

    @property
    def tags(self) -> list[str]:
        """Every tag that the filter lets through, in the order shown."""
        return [tag for group in self._groups for tag in group.tags]

    def line_count(self) -> int:
        return len(self._lines)

    def show_tag(self, tag: str) -> None:
        """Put the cursor on a tag's line."""
        found = next((i for i, line in enumerate(self._lines) if line.tag == tag), None)
        if found is not None:
            self.set_reactive(LineView.cursor, found)
            self.moved = True
            self.redraw()

    def key_of(self, line: Line) -> SeriesKey:
        """The series that a line shows."""
        keys = self.keys[line.tag or ""]
        wanted = line.run or self.focused_run
        newest = max(keys, key=lambda key: self.snapshot.runs[key.run].last_wall_time or 0.0)
        return next((key for key in keys if key.run == wanted), newest)

    # How it is drawn

    def empty_lines(self, width: int) -> list[Strip]:
        lines = [line for text in self._why() for line in wrap(text, width - 4)]
        return [row_strip([(f"  {line}", self.look.dim)], width, self.look.text) for line in lines]

    def _why(self) -> Sequence[str]:
        if not any(True for _ in self.series_keys()):
            return self._nothing_read()
        if not self.runs:
            return ("every run is hidden or filtered out", "a shows them all")
        return (f"no tag matches /{self.selection.tags_filter.text}", "/ then Esc clears the filter")

    def _nothing_read(self) -> Sequence[str]:
        snapshot, place = self.snapshot, self.shared.place
        if snapshot.problems and not snapshot.scalars and not snapshot.blobs:
            return (f"nothing readable yet under {place}, watching…", "the Problems tab says what is wrong")
        if not snapshot.runs:
            return (f"no event files under {place} yet, watching…",)
        return (f"the runs under {place} have logged nothing of this kind yet, watching…",)

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        line, look = self._lines[index], self.look
        parts = self._group_parts(line, width) if line.tag is None else self.tag_parts(line, width)
        if on_cursor:
            parts = [(text, look.on_cursor(style)) for text, style in parts]
        return row_strip(parts, width, look.on_cursor(look.text) if on_cursor else look.text)

    def _group_parts(self, line: Line, cells: int) -> list[Part]:
        look, folded = self.look, line.group in self.selection.folded
        name = fit(line.group, min(cells - 4, width(printable(line.group))), keep="both")
        parts = [("▸" if folded else " ", look.dim), (name, look.text + Style(bold=True)), (" ", look.text)]
        if folded:
            tags = next(len(group.tags) for group in self._groups if group.name == line.group)
            parts.append((f"{plural(tags, 'tag')} ", look.dim))
        return [*parts, ("─" * cells, look.faint)]

    def label_parts(self, line: Line, run: str, cells: int) -> list[Part]:
        """Name and run mark, `cells` + 5 wide: the tag's name, or the run's under an open tag."""
        style = self.shared.runs.style(run, self.look)
        if line.run is None:
            label = (f"  {self._fitted(line.name, cells)} ", self.look.text)
        else:
            label = (f"    {self.shared.runs.fitted(run, cells - 2)} ", self.look.dim)
        return [label, (f"{self.shared.runs.mark(run)} ", style)]

    def _fitted(self, name: str, cells: int) -> str:
        """A tag's name in exactly `cells`, cut so that it differs from the others in the list."""
        if cells not in self._labels:
            self._labels[cells] = fit_distinct({line.name for line in self._lines if line.tag is not None}, cells)
        return self._labels[cells][name]

    # What keys do

    def action_enter(self) -> None:
        line = self.line
        if line is not None:
            self.post_message(TagOpened(line.tag) if line.tag is not None else GroupToggled(line.group))

    def action_toggle_line(self) -> None:
        """Open a tag into its runs, or fold a group."""
        line = self.line
        if line is not None:
            self.post_message(TagExpanded(line.tag) if line.tag is not None else GroupToggled(line.group))

    def action_cursor_right(self) -> None:
        if self.line is not None and not self._is_open(self.line):
            self.action_toggle_line()

    def action_cursor_left(self) -> None:
        line = self.line
        if line is None or not self._is_open(line):
            return
        if line.run is not None and line.tag is not None:
            self.show_tag(line.tag)
        self.action_toggle_line()

    def _is_open(self, line: Line) -> bool:
        if line.tag is None:
            return line.group not in self.selection.folded
        return line.run is not None or line.tag in self.selection.expanded

    def on_click(self, event: events.Click) -> None:
        index = self.line_at(event.y)
        if index is None:
            return
        again = index == self.cursor
        self.cursor = index
        if again or self._lines[index].tag is None:
            self.action_enter()

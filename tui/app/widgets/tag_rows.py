"""Rows of tags under their groups: listing, folding, opening into runs. What a row shows is the subclasses' affair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from tui.analysis.health import Severity
from tui.app.catalog import PINNED, Group, focused_run, shown_key
from tui.app.findings import NO_FINDINGS, Findings, with_mark
from tui.app.messages import GroupToggled, TagExpanded, TagOpened, TagPinned
from tui.app.no_tags import why_none
from tui.app.parts import Part, group_parts, headed_parts, pane_title
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.tag_list import NO_TAGS
from tui.app.widgets.line_view import LineView
from tui.model import SeriesKey
from tui.render.cells import fit_distinct, width
from tui.render.text import printable
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot

# In a low window whose lines do not all fit, a group's name stands before its first tag instead of in a line above.
_LOW = 30
_RUN_MOST = 24
"""Cells that the names of runs under an open tag ask for at most; else every sparkline would shrink beside them."""


@dataclass(frozen=True, slots=True)
class Line:
    """A group's heading (no tag), a tag, or one run of an open tag."""

    group: str
    tag: str | None = None
    run: str | None = None


class TagRows(LineView):
    """All tags of one kind in the visible runs. A row shows the focused run, or the newest run if that has no data."""

    kind: ClassVar[str]
    """The plugin whose tags the rows show."""

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)
    findings = reactive(NO_FINDINGS, repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shared = shared
        self.focused_run: str | None = None
        self.longest_name = self.longest_run = 0
        self.tag_list = NO_TAGS
        self._inline = False
        self.groups: dict[str, Group] = {}
        self._lines: list[Line] = []
        self._listed: tuple[object, ...] = ()
        self._wanted: str | None = None
        self._labels: dict[tuple[str, int], Mapping[str, str]] = {}

    def tag_parts(self, line: Line, width: int, label: list[Part]) -> list[Part]:
        """The cells of a tag's or a run's line; `label` is what it starts with, `label_cells` wide."""
        raise NotImplementedError

    def group_note(self, group: Group) -> str:
        """What the line of an unfolded group says besides its name."""
        return ""

    # What is listed

    def watch_snapshot(self, old: StoreSnapshot, new: StoreSnapshot) -> None:
        self.invalidate()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        self.invalidate()

    def watch_findings(self, old: Findings, new: Findings) -> None:
        self.redraw()

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        self._stale |= self._inline != self._wants_inline(height)
        return super().compose_strips(width, height)

    def relist(self) -> None:
        """List anew; the cursor stays on its line, and starts on the first tag."""
        self.focused_run = focused_run(self.snapshot, self.selection)
        self.tag_list = self.shared.tag_lists.of(self.snapshot, self.selection, self.kind)
        self.groups = {group.name: group for group in self.tag_list.groups}
        self._inline = self._wants_inline(self.size.height)
        wanted = (self.tag_list, self.selection.folded, self.selection.expanded, self._inline)
        if wanted != self._listed:
            self._listed, self._labels = wanted, {}
            at, before = self.line, self._lines
            self._lines = [line for group in self.tag_list.groups for line in self._lines_of(group)]
            self._measure()
            self.set_reactive(LineView.cursor, self._place_of(at if self.moved else None, before))
        self._look_for_wanted()

    def _look_for_wanted(self) -> None:
        found = next((place for place, line in enumerate(self._lines) if line.tag == self._wanted), None)
        if self._wanted is not None and found is not None:
            self.set_reactive(LineView.cursor, found)
            self.moved = True
        self._wanted = None

    def _wants_inline(self, height: int) -> bool:
        """Whether the window is low and not all lines would fit. Opening a tag into its runs changes nothing of it."""
        if height >= _LOW or self.selection.together:
            return False
        folded = self.selection.folded
        lines = (bool(group.name) + len(group.tags) * (group.name not in folded) for group in self.tag_list.groups)
        return sum(lines) > height - 1

    def _lines_of(self, group: Group) -> list[Line]:
        folded = bool(group.name) and group.name in self.selection.folded
        lines = [Line(group.name)] if folded or group.name == PINNED or (group.name and not self._inline) else []
        for tag in group.tags if not folded else ():
            lines.append(Line(group.name, tag))
            if tag in self.selection.expanded:
                lines += [Line(group.name, tag, key.run) for key in self.tag_list.keys[tag]]
        return lines

    def _measure(self) -> None:
        labels = (self.groups[line.group].label(line.tag) for line in self._lines if line.tag is not None)
        self.longest_name = max((width(printable(label)) for label in labels), default=0)
        if self._inline:
            named = (group for group in self.tag_list.groups if group.name not in ("", PINNED))
            heads = (f"{group.title}/{group.label(group.tags[0])}" for group in named)
            self.longest_name = max([self.longest_name, *(width(printable(head)) - 1 for head in heads)])
        self.longest_run = max((width(self.shared.runs.name(run)) for run in self.tag_list.runs), default=0)
        if any(line.run is not None for line in self._lines):
            self.longest_name = max(self.longest_name, min(self.longest_run + 2, _RUN_MOST))

    def _place_of(self, at: Line | None, before: Sequence[Line]) -> int:
        """Where a line of the list before is now, or what stands for it: its tag, its folded group, a neighbour."""
        places = {line: place for place, line in enumerate(self._lines)}
        if at in places:
            return places[at]
        if at is not None:
            closed = [Line(at.group, at.tag)] + [Line(at.group)] * (at.group in self.selection.folded)
            index = before.index(at)
            tags = (line for line in (*before[index:], *reversed(before[:index])) if line.tag is not None)
            found = next((line for line in (*closed, *tags) if line in places), None)
            if found is not None:
                return places[found]
        return next((place for place, line in enumerate(self._lines) if line.tag is not None), 0)

    @property
    def line(self) -> Line | None:
        """The line that the cursor is on."""
        return self._lines[self.cursor] if self.cursor < len(self._lines) else None

    @property
    def tag_here(self) -> str | None:
        """The tag that the cursor is on."""
        return self.line.tag if self.line is not None else None

    def line_count(self) -> int:
        return len(self._lines)

    def show_tag(self, tag: str) -> None:
        """Put the cursor on a tag's line, as soon as it is listed."""
        self._wanted = tag
        self.invalidate()

    def key_of(self, line: Line) -> SeriesKey:
        """The series that a line shows."""
        return shown_key(self.snapshot, self.tag_list.keys[line.tag or ""], line.run or self.focused_run)

    # How it is drawn

    def title(self) -> list[Part]:
        """How many tags there are, and the filter."""
        shown, total = len(self.tag_list.tags), len(self.tag_list.keys)
        return pane_title("Tags", shown, total, self.selection.tags_filter, self.has_focus, self.look)

    def empty_lines(self, width: int) -> list[Strip]:
        return why_none(self.tag_list, self.snapshot, self.selection, self.shared, width, self.look)

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        line = self._lines[index]
        if line.tag is None:
            parts = self._group_parts(self.groups[line.group], width)
        else:
            parts = self.tag_parts(line, width, self._label_parts(index, self.label_cells(width)))
            parts = with_mark(parts, self.severity_of(line), self.look)
        return self.line_strip(parts, width, on_cursor=on_cursor)

    def severity_of(self, line: Line) -> Severity | None:
        """How bad the worst is that was found at a tag, in the runs that its line stands for."""
        runs = self.tag_list.visible if line.run is None else {line.run}
        return self.findings.of_tag(line.tag or "", runs)

    def label_cells(self, width: int) -> int:
        """How many cells of a row the names take."""
        raise NotImplementedError

    def _group_parts(self, group: Group, cells: int) -> list[Part]:
        folded = group.name in self.selection.folded
        note = "" if folded else self.group_note(group)
        return group_parts(group.title, len(group.tags), note, folded=folded, cells=cells, look=self.look)

    def _label_parts(self, index: int, cells: int) -> list[Part]:
        """Name and run mark, `cells` + 5 wide: the tag's name, or the run's under an open tag.

        The group's name stands before that of its first tag in view, where it does not stand in the line above.
        """
        line, look = self._lines[index], self.look
        run = self.key_of(line).run
        mark = (f"{self.shared.runs.mark(run)} ", self.shared.runs.style(run, look))
        if line.run is not None:
            return [(f"    {self.shared.runs.fitted(run, cells - 2)} ", look.dim), mark]
        starts = index == self.top or (self._inline and self._lines[index - 1].group != line.group)
        if not starts or line.group in ("", PINNED):
            return [(f"  {self._fitted(line, cells)} ", look.text), mark]
        group = self.groups[line.group]
        beside = tuple(self._fitted_labels(group, cells))
        head = headed_parts(group.title, group.label(line.tag or ""), beside, cells + 1, look)
        return [(" ", look.text), *head, (" ", look.text), mark]

    def _fitted(self, line: Line, cells: int) -> str:
        """A tag's name in exactly `cells`, cut so that it differs from the others of its group."""
        group = self.groups[line.group]
        return self._fitted_labels(group, cells)[group.label(line.tag or "")]

    def _fitted_labels(self, group: Group, cells: int) -> Mapping[str, str]:
        if (group.name, cells) not in self._labels:
            self._labels[group.name, cells] = fit_distinct(group.labels, cells)
        return self._labels[group.name, cells]

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
        """Close what is open: the tag's runs, else the tag's group."""
        line = self.line
        if line is None:
            return
        if self._is_open(line):
            self.action_toggle_line()
        elif line.tag is not None and line.group:
            self.post_message(GroupToggled(line.group))

    def _is_open(self, line: Line) -> bool:
        if line.tag is None:
            return line.group not in self.selection.folded
        return line.tag in self.selection.expanded

    def action_pin(self) -> None:
        """Pin the tag on top, or unpin it. The cursor goes on to the line after, so that several can be pinned."""
        if self.tag_here is not None:
            self.moved = True
            self.post_message(TagPinned(self.tag_here))

    def on_click(self, event: events.Click) -> None:
        index = self.line_at(event.y)
        if index is None:
            return
        again = index == self.cursor
        self.cursor = index
        if again or self._lines[index].tag is None:
            self.action_enter()

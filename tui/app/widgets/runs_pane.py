"""The runs pane: every run with its colour, state and last step; shows, hides, folds, pins and focuses them."""

from __future__ import annotations

from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from tui.analysis.progress import Progress
from tui.app.catalog import baseline_run, focused_run, visible_runs
from tui.app.choices import RunOrder
from tui.app.findings import NO_FINDINGS, Findings
from tui.app.messages import Noticed, RunFocused, RunFolded, RunPinned, RunsToggled, RunToggled
from tui.app.parts import Part, cells_of, pane_title, spread
from tui.app.progress_text import progress_parts
from tui.app.run_lines import MARK_CELLS, RunLines, indent
from tui.app.run_listing import RunListing
from tui.app.run_order import order_title
from tui.app.run_tree import RunLine, line_of
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.line_view import LineView
from tui.render.cells import fit
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot

_MARGINS = 8  # the mark, blanks between the columns, the scroll bar, the border
_LEAST, _MOST = 24, 48


class RunsPane(LineView):
    """One line a run. The cursor's run is the one whose values the rows show.

    While the pane has the focus the cursor's line stays where it is on the screen when the order changes around it.
    """

    DEFAULT_CSS = """
    RunsPane { width: 24; border-right: vkey $panel; }
    """

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)
    findings = reactive(NO_FINDINGS, repaint=False, init=False)
    progress: reactive[Progress | None] = reactive(None, repaint=False, init=False)
    """How far the focused run is, if it is live."""
    _lines: RunLines  # since `compose_strips`, which draws them

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shared = shared
        self._listing = RunListing(shared)
        self._wanted: str | None = None
        self._wanted_width = 0
        # Of each line how it was drawn last, and from what.
        self._drawn: dict[int, tuple[tuple[object, ...], Strip]] = {}
        self._drawn_for: tuple[object, ...] = ()

    # What is listed

    @property
    def line(self) -> RunLine | None:
        """The line that the cursor is on."""
        lines = self._listing.lines
        return lines[self.cursor] if self.cursor < len(lines) else None

    @property
    def run(self) -> str | None:
        """The run that the cursor is on, None on a directory."""
        return self.line.run if self.line is not None else None

    @property
    def in_view(self) -> list[str]:
        """The runs whose lines are in view."""
        lines = self._listing.lines[self.top : self.top + self.size.height]
        return [line.run for line in lines if line.run is not None]

    def line_count(self) -> int:
        return len(self._listing.lines)

    def watch_snapshot(self, old: StoreSnapshot, new: StoreSnapshot) -> None:
        self.invalidate()

    def watch_findings(self, old: Findings, new: Findings) -> None:
        self.invalidate()

    def watch_progress(self) -> None:
        self.redraw()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        if _used_of(old) != _used_of(new):
            self.invalidate()
        elif old.focused_run != new.focused_run:
            self.redraw()

    def relist(self) -> None:
        """Make the list again; the cursor stays with its run."""
        key = self.line.key if self.line is not None else (None, None)
        if self._wanted is not None:
            key, self._wanted = (self._wanted, None), None
        self._listing.update(self.snapshot, self.selection)
        place = line_of(self._listing.lines, key)
        if place is None and self.line is not None and not self.line.selectable:
            place = self.cursor + 1  # the rule is where the run was; below it there is another one
        if place is not None:
            self.top += place - self.cursor if self.has_focus else 0
            self.set_reactive(LineView.cursor, place)
        self._set_width()

    def _set_width(self) -> None:
        """As wide as the names and states want, within limits. It never shrinks: each change moves everything else."""
        of = self._listing
        margins = _MARGINS + self._has_marks()  # one takes one cell more
        wanted = min(max(of.longest + of.state_cells + of.number_cells + margins, _LEAST), _MOST)
        if wanted > self._wanted_width:  # setting a style lays the whole screen out again, even to the same value
            self._wanted_width = self.styles.width = wanted

    def _has_marks(self) -> bool:
        """Whether a run bears the mark of a finding."""
        runs = (self.snapshot.runs[run] for run in self.findings.runs if run in self.snapshot.runs)
        return any(self.findings.of_runs([run.name], self._shared.status(run).state) is not None for run in runs)

    def show_run(self, run: str) -> None:
        """Put the cursor on a run, or the folded directory it is in, without announcing it, as soon as it is listed."""
        if self.run != run:
            self._wanted = run
            self.invalidate()

    def _keep_in_view(self, count: int, rows: int) -> None:
        """The cursor's line; but without the focus what sorts first, be it the newest or the best."""
        top = self.top
        super()._keep_in_view(count, rows)
        if not self.has_focus and self.selection.run_order is not RunOrder.NAME:
            self.top = min(top, max(0, count - rows))

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        s, focused = self.selection, focused_run(self.snapshot, self.selection)
        baseline = baseline_run(self.snapshot, s)
        self._lines = RunLines(self._listing, self._shared, s, baseline, focused, self.look, self.findings)
        self._freshen()
        of = self._listing
        cells = of.state_cells, of.short_state_cells, of.number_cells, width
        drawn_for = of.made, cells, self.look, self.findings
        if drawn_for != self._drawn_for:
            self._drawn_for, self._drawn = drawn_for, {}
        return super().compose_strips(width, height)

    def heading(self, width: int) -> list[Strip]:
        shown, total = len(visible_runs(self.snapshot, self.selection)), len(self.snapshot.runs)
        parts = pane_title("Runs", shown, total, self.selection.runs_filter, self.has_focus, self.look)
        parts += self._order_parts(width - cells_of(parts))
        right = progress_parts(self.progress, width - cells_of(parts) - 1, self.look)
        return [spread(parts, right, width, self.look)]

    def _order_parts(self, cells: int) -> list[Part]:
        """What the runs are sorted by, `  by Loss/val best`; the tag keeps its end."""
        tag, what = (printable(text) for text in order_title(self.selection))
        if not what:
            return []
        text = f"{tag} {what}" if tag else what
        return [("  by ", self.look.dim), (fit(text, max(1, cells - 6), keep="end").rstrip(), self.look.text)]

    def empty_lines(self, width: int) -> list[Strip]:
        text = "no run matches" if self.snapshot.runs else "none yet"
        return [row_strip([(fit(f" {text}", width), self.look.dim)], width, self.look.text)]

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        """A line, drawn again only where it says or looks something else: of most lines neither new points nor a moved
        cursor changes anything."""
        run, runs, s = self._listing.lines[index].run, self._shared.runs, self.selection
        looks = () if run is None else (
            runs.mark(run), runs.colour(run), run in s.hidden, run in s.pinned_runs,
            run == self._lines.baseline, run == self._lines.focused,
        )  # fmt: skip
        made_from = width, on_cursor, self._listing.told(index), looks
        known, strip = self._drawn.get(index, ((), Strip.blank(0)))
        if known != made_from:
            strip = self._line_strip(index, width, on_cursor=on_cursor)
            self._drawn[index] = made_from, strip
        return strip

    def _line_strip(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        if not self._listing.lines[index].selectable:
            return row_strip([(" " + "─" * (width - 2), self.look.faint)], width, self.look.text)
        return self.line_strip(self._lines.parts(index, width), width, on_cursor=on_cursor)

    # What keys do

    def move(self, by: int) -> None:
        """Move the cursor, stopping at the ends and not on the rule."""
        at = min(max(self.cursor + by, 0), max(0, self.line_count() - 1))
        on_rule = at < self.line_count() and not self._listing.lines[at].selectable
        super().move(at - self.cursor + (on_rule and (1 if by > 0 else -1)))

    def cursor_moved(self) -> None:
        if self.run is not None:
            self.post_message(RunFocused(self.run))

    def action_enter(self) -> None:
        """Fold or unfold a directory; of a run, show its values."""
        line = self.line
        if line is not None and line.run is None and line.directory is not None:
            self.post_message(RunFolded(line.directory))
        else:
            self.cursor_moved()

    def action_cursor_left(self) -> None:
        """Fold the directory; from what is in it, go to its line."""
        line = self.line
        if line is None:
            return
        parent = self._listing.parents[self.cursor]
        if line.directory is not None and not line.folded and not self.selection.runs_filter.text:
            self.post_message(RunFolded(line.directory))
        elif parent >= 0:
            self.move(parent - self.cursor)

    def action_cursor_right(self) -> None:
        """Unfold the directory; if it is open, go to the first line in it."""
        line = self.line
        if line is not None and line.directory is not None:
            if line.folded:
                self.post_message(RunFolded(line.directory))
            else:
                self.move(1)

    def action_toggle_line(self) -> None:
        """Show or hide the cursor's run, or all runs of its directory."""
        if self.line is not None:
            self._toggle(self.line)

    def _toggle(self, line: RunLine) -> None:
        if len(line.stands_for) == 1:
            self.post_message(RunToggled(line.stands_for[0]))
        else:
            self.post_message(RunsToggled(line.stands_for))

    def action_pin(self) -> None:
        if self.run is not None:
            self.post_message(RunPinned(self.run))
        elif self.line is not None:
            self.post_message(Noticed("only runs can be pinned, not directories", failed=True))

    def on_click(self, event: events.Click) -> None:
        index = self.line_at(event.y)
        if index is None:
            if event.y == 0:
                self.app.call_later(self.app.run_action, "screen.order")
            return
        line = self._listing.lines[index]
        if not line.selectable:
            return
        again, self.cursor = index == self.cursor, index
        if line.run is not None and event.x < indent(line, self.size.width) + MARK_CELLS:
            self._toggle(line)
        elif line.directory is not None and (again or line.run is None):
            self.post_message(RunFolded(line.directory))


def _used_of(selection: Selection) -> tuple[object, ...]:
    """What of the selection makes another list, or other lines of it."""
    s = selection
    listed = s.runs_filter, s.folded_runs, s.pinned_runs, s.run_order, s.order_tag
    return (*listed, s.hidden, s.baseline)

"""The Problems tab: what the health rules found and what could not be read, in one list, the cursor's in full below."""

from __future__ import annotations

from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from tui.analysis.health import Severity
from tui.app.catalog import listed_runs
from tui.app.findings import MARKS, NO_FINDINGS, Findings, severity_style
from tui.app.messages import FindingOpened, Noticed, ProblemDismissed, RunFocused
from tui.app.parts import Part, cut
from tui.app.problem_list import ProblemColumns, ProblemRow, problem_rows, rule_text, step_text
from tui.app.selection import Filter, Selection
from tui.app.shared import Shared
from tui.app.widgets.line_view import LineView
from tui.app.widgets.listings import Listing
from tui.render.cells import fit, wrap
from tui.render.cells import width as cell_width
from tui.render.numbers import count, plural
from tui.render.strips import row_strip
from tui.render.text import printable

_DETAIL_MOST, _DETAIL_LEAST = 8, 3
_LOW = 16
"""A pane of fewer lines has no rule above what is told in full."""


class Problems(Listing):
    """A line a finding, the worst first, then a line a damaged record."""

    findings = reactive(NO_FINDINGS, repaint=False, init=False)
    share: reactive[float | None] = reactive(None, repaint=False, init=False)
    """How much of the first check by the health rules is done, while that goes on."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._rows: list[ProblemRow] = []
        self._columns = ProblemColumns(0, 0, 0, 0, 0)
        self._columns_for: tuple[int, list[ProblemRow]] = (0, [])
        self.search = Filter()

    # What is listed

    def watch_findings(self, old: Findings, new: Findings) -> None:
        self.invalidate()

    def watch_share(self) -> None:
        self.redraw()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        if (old.runs_filter, old.hidden) != (new.runs_filter, new.hidden):
            self.invalidate()

    def relist(self) -> None:
        """List them anew; the cursor stays with its problem."""
        here = self.row
        runs = listed_runs(self.snapshot, self.selection)
        self._rows = problem_rows(self.findings, self.snapshot, runs, self.search)
        same = (at for at, row in enumerate(self._rows) if here is not None and _same(row, here))
        self.set_reactive(LineView.cursor, next(same, self.cursor))

    def search_for(self, text: str) -> None:
        """Show only what matches: a run, a tag, a rule, a word of what was found."""
        self.search = Filter(text)
        self.invalidate()

    @property
    def row(self) -> ProblemRow | None:
        """What the cursor is on."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def line_count(self) -> int:
        return len(self._rows)

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        self._freshen()
        below = self._below(width, height)
        strips = super().compose_strips(width, height - len(below))
        blanks = [row_strip([], width, self.look.text)] * (height - len(strips) - len(below))
        return [*strips, *blanks, *below]

    @property
    def page(self) -> int:
        """Lines of the list in view."""
        return max(1, super().page - self._detail_rows(self.size.height))

    def heading(self, width: int) -> list[Strip]:
        look, total = self.look, sum(row.count for row in self._rows if row.severity is not Severity.NOTE)
        total -= (dismissed := sum(row.count for row in self._rows if row.dismissed))
        notes = sum(row.severity is Severity.NOTE for row in self._rows)
        parts: list[Part] = [(f" Problems {count(total)}", look.accent if self.has_focus else look.dim)]
        told = [plural(notes, "note")] * bool(notes) + [f"{count(dismissed)} dismissed"] * bool(dismissed)
        parts += [(f"  {text}", look.dim) for text in told]
        if self.share is not None:
            parts.append((f"  looking for more: {self.share:.0%}", look.accent))
        if self.search.text:
            parts.append((f"  /{printable(self.search.text)}", look.warning if self.search.valid else look.error))
        return [row_strip(cut(parts, width), width, look.text)]

    def empty_lines(self, width: int) -> list[Strip]:
        text = "  nothing matches" if self.search.text or self.selection.runs_filter.text else "  none"
        return [row_strip([(fit(text, width), self.look.dim)], width, self.look.text)]

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        row, look, of = self._rows[index], self.look, self._fitting(width)
        faint = look.faint if row.dismissed else None
        parts: list[Part] = [
            (f" {MARKS[row.severity]} ", faint or severity_style(row.severity, look)),
            *self._run_parts(row, of.run),
        ]
        if of.tag:
            parts.append((f"  {fit(row.tag, of.tag, keep='both')}", faint or look.text))
        if of.step:
            parts.append((f"  {fit(step_text(row.step), of.step, align='right')}", faint or look.dim))
        if of.rule:
            parts.append((f"  {fit(row.rule, of.rule)}", faint or look.dim))
        if of.text:
            parts.append((f"  {fit(row.text, of.text)}", faint or look.text))
        return self.line_strip(parts, width, on_cursor=on_cursor)

    def _run_parts(self, row: ProblemRow, cells: int) -> list[Part]:
        runs, look = self._shared.runs, self.look
        if row.run is None or not runs.knows(row.run):
            return [(f"  {fit(row.run or row.place, cells, keep='end')}", look.dim)]
        name = runs.fitted(row.run, cells)
        if row.dismissed:
            return [(f"{runs.mark(row.run)} {name}", look.faint)]
        return [(f"{runs.mark(row.run)} ", runs.style(row.run, look)), (name, look.text)]

    def _fitting(self, width: int) -> ProblemColumns:
        if self._columns_for[0] != width or self._columns_for[1] is not self._rows:
            runs = self._shared.runs
            named = (runs.name(row.run) for row in self._rows if row.run is not None and runs.knows(row.run))
            longest = max(map(cell_width, named), default=0)
            self._columns = ProblemColumns.fitting(width, self._rows, longest)
            self._columns_for = width, self._rows
        return self._columns

    # What is under the cursor, in full

    def _detail_rows(self, height: int) -> int:
        return min(max(height // 3, _DETAIL_LEAST), _DETAIL_MOST) if self._rows and height > 2 * _DETAIL_LEAST else 0

    def _below(self, width: int, height: int) -> list[Strip]:
        """Always so many lines, whatever is there to say: the list must not move as the cursor does."""
        rows, look = self._detail_rows(height), self.look
        row = self._rows[min(self.cursor, len(self._rows) - 1)] if rows else None
        if row is None:
            return []
        rule = [row_strip([(" " + "─" * (width - 2), look.faint)], width, look.text)] * (height >= _LOW)
        room = rows - len(rule)
        about: list[Part] = [
            (f" {MARKS[row.severity]} {row.severity.value}", severity_style(row.severity, look)),
            (f"  {row.rule}: {rule_text(row.rule)}", look.dim),
        ]
        said = [[(f" {line}", look.text)] for line in wrap(row.text, width - 2)]
        place: list[Part] = [(f" {fit(row.place, width - 2, keep='both')}", look.dim)]
        others = row.finding.others if row.finding is not None else ()
        also = [[(f" {line}", look.dim)] for line in wrap(f"also {', '.join(others)}", width - 2)] if others else []
        lines = [about, place, *said, *also] if room >= 2 + len(said) else [place, *said]
        lines = [*lines[:room], *([[]] * (room - len(lines)))]
        return [*rule, *(row_strip(cut(parts, width) if parts else [], width, look.text) for parts in lines)]

    def watch_cursor(self) -> None:
        self.redraw()

    # What keys do

    def action_enter(self) -> None:
        """Go to the step at which it was found, or to the run."""
        row = self.row
        if row is None:
            return
        if row.finding is not None:
            self.post_message(FindingOpened(row.finding))
        elif row.run is not None:
            self.post_message(RunFocused(row.run))
            self.post_message(Noticed(f"{self._shared.runs.name(row.run)} is in focus: no step is known of the record"))
        else:
            self.post_message(Noticed("no run has this file"))

    def next_problem(self) -> None:
        """The next line, and from the last the first."""
        if self._rows:
            self.cursor = (self.cursor + 1) % len(self._rows)

    def action_toggle_line(self) -> None:
        """Dismiss it, or bring it back."""
        if self.row is not None:
            self.post_message(ProblemDismissed(self.row.identity))

    def action_copy(self) -> None:
        """The line goes to the clipboard, in full."""
        row = self.row
        if row is None:
            self.post_message(Noticed("nothing to copy here", failed=True))
            return
        self.app.copy_to_clipboard(printable(f"{row.rule}: {row.place}: {row.text}"))
        self.post_message(Noticed(f"copied what {row.rule} says of {printable(row.run or row.place)}"))

    def on_click(self, event: events.Click) -> None:
        if event.y >= self.size.height - self._detail_rows(self.size.height):
            return
        index = self.line_at(event.y)
        if index is not None:
            again, self.cursor = index == self.cursor, index
            if again:
                self.action_enter()


def _same(row: ProblemRow, other: ProblemRow) -> bool:
    """Whether it is the same problem, whose numbers may have changed; of a file there may be several records."""
    of_file = row.place, row.text
    return row.identity == other.identity and (row.finding is not None or of_file == (other.place, other.text))

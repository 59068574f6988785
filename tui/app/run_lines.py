"""How the lines of the runs pane look: mark, name, flags, state and number, as parts with their styles."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style

from tui.analysis.run_state import RunState
from tui.app.findings import NO_FINDINGS, Findings, mark_part
from tui.app.parts import Part, cells_of
from tui.app.run_listing import INDENT, UNREAD, RunListing, Told
from tui.app.run_tree import RunLine
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.theme import Look
from tui.render.cells import fit
from tui.render.cells import width as cell_width
from tui.render.numbers import plural
from tui.render.text import printable

MARK_CELLS = 2
_INDENT_SHARE = 4  # what a line may be indented: one part in so many
_INDENTED = 6  # the mark, and the blanks before it and about the columns


@dataclass(frozen=True, slots=True)
class RunLines:
    """The lines of a listing as they are drawn for a selection, whose baseline and focused run these are."""

    listing: RunListing
    shared: Shared
    selection: Selection
    baseline: str | None
    focused: str | None
    look: Look
    findings: Findings = NO_FINDINGS

    def parts(self, index: int, width: int) -> list[Part]:
        """The line at `index`, `width` cells wide."""
        line, told = self.listing.lines[index], self.listing.told(index)
        blanks = " " * indent(line, width)
        tail = [*self._flags(line), *self._severity(line, told), *self._tail(told, width)]
        room = max(1, width - len(blanks) - MARK_CELLS - cells_of(tail))
        return [(blanks, self.look.text), self._mark(line, told), *self._name_parts(index, told, room), *tail]

    def _severity(self, line: RunLine, told: Told) -> list[Part]:
        """How bad the worst is that was found in the runs of a line, besides what their state says; an open directory
        says nothing, its runs do."""
        if told.state is None:
            return []
        runs = (run for name in line.stands_for for run in self.listing.members(name))
        found = self.findings.of_runs(runs, told.state)
        return [] if found is None else [(" ", self.look.text), mark_part(found, self.look)]

    def _mark(self, line: RunLine, told: Told) -> Part:
        look, runs = self.look, self.shared.runs
        if line.run is None:
            return ("▸ " if line.folded else "▾ "), look.dim if told.shown else look.faint
        if line.run in self.selection.hidden:
            return "○ ", look.faint
        return f"{runs.mark(line.run)} ", runs.style(line.run, look)

    def _name_parts(self, index: int, told: Told, room: int) -> list[Part]:
        line, look = self.listing.lines[index], self.look
        style = look.faint if not told.shown else look.dim if line.run is None else look.text
        if line.run is not None and line.run == self.focused:
            style += Style(bold=True)
        if not line.folded:
            return [(self.listing.name(index, room), style)]
        name, notes = printable(line.name), _how_many(line, told)
        note = next((note for note in notes if room - len(note) >= cell_width(name)), notes[-1])
        name = fit(name, min(cell_width(name), max(1, room - len(note))), keep="both")
        return [(name, style), (fit(note, room - cell_width(name)), look.dim)]

    def _flags(self, line: RunLine) -> list[Part]:
        """What else the run is: the baseline, pinned."""
        flags = "Δ" if line.run is not None and line.run == self.baseline else ""
        flags += "↑" if line.run in self.selection.pinned_runs else ""
        return [(f" {flags}", self.look.dim)] if flags else []

    def _tail(self, told: Told, width: int) -> list[Part]:
        """State and number in their columns. An open directory has neither, and its name may reach over them."""
        if told.state is None:
            return []
        of, text, cells = self.listing, told.text, self.listing.state_cells
        if _INDENTED + of.longest + cells + of.number_cells > width:  # names say more than how long ago
            text, cells = text.split()[0], of.short_state_cells
        state = f" {fit(text, cells, align='right')}"
        return [
            (state, self.look.dim if told.text == UNREAD else self._state_style(told.state)),
            (f" {fit(told.number, of.number_cells, align='right')} ", self.look.dim),
        ]

    def _state_style(self, state: RunState) -> Style:
        match state:
            case RunState.LIVE:
                return self.look.good
            case RunState.NAN:
                return self.look.error
            case RunState.DONE:
                return self.look.dim
            case RunState.STALLED | RunState.DELETED:
                return self.look.warning


def indent(line: RunLine, width: int) -> int:
    """Cells before a line's mark."""
    return 1 + min(line.depth * INDENT, width // _INDENT_SHARE)


def _how_many(line: RunLine, told: Told) -> tuple[str, str]:
    """How many runs a folded directory holds, in words and as a bare number; beside a run, how many more."""
    if line.run is not None:
        return f" +{plural(told.total - 1, 'run')}", f" +{told.total - 1}"
    many = str(told.total) if told.shown in (0, told.total) else f"{told.shown}/{told.total}"
    return f" {many} run{'s' if told.total > 1 else ''}", f" {many}"

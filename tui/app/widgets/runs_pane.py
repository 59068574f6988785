"""The runs pane: every run with its colour, state and last step; shows, hides and focuses them."""

from __future__ import annotations

from rich.style import Style
from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from tui.analysis.run_state import RunState
from tui.app.catalog import listed_runs
from tui.app.messages import RunFocused, RunToggled
from tui.app.parts import pane_title
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.line_view import LineView
from tui.render.cells import fit, width
from tui.render.numbers import age, count
from tui.render.strips import row_strip
from tui.store.snapshot import EMPTY_SNAPSHOT, RunSummary, StoreSnapshot

_STEP_CELLS = 6
_MARGINS = 8  # the mark, blanks between the columns, the scroll bar, the border
_LEAST, _MOST = 24, 48


class RunsPane(LineView):
    """One line a run. The cursor's run is the one whose values the rows show."""

    DEFAULT_CSS = """
    RunsPane { width: 24; border-right: vkey $panel; }
    """

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shared = shared
        self._names: list[str] = []
        self._wanted: str | None = None
        self._state_cells = 4
        self._short_cells = 4
        self._longest = self._wanted_width = 0

    def line_count(self) -> int:
        return len(self._names)

    def heading(self, width: int) -> list[Strip]:
        visible = sum(name not in self.selection.hidden for name in self._names)
        total = len(self.snapshot.runs)
        parts = pane_title("Runs", visible, total, self.selection.runs_filter, self.has_focus, self.look)
        return [row_strip(parts, width, self.look.text)]

    def empty_lines(self, width: int) -> list[Strip]:
        text = "no run matches" if self.snapshot.runs else "none yet"
        return [row_strip([(fit(f" {text}", width), self.look.dim)], width, self.look.text)]

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        run = self.snapshot.runs[self._names[index]]
        look = self.look
        hidden = run.name in self.selection.hidden
        mark = "○" if hidden else self._shared.runs.mark(run.name)
        colour = look.faint if hidden else self._shared.runs.style(run.name, look)
        state, state_style = self._state(run)
        step = "" if run.last_step is None else count(run.last_step)
        number = (f" {fit(step, _STEP_CELLS, align='right')} ", look.dim)
        room = width - 3 - len(number[0]) - 1
        if self._longest > room - self._state_cells:  # names say more than how long ago
            state, state_cells = state.split()[0], self._short_cells
        else:
            state_cells = self._state_cells
        tail = (f" {fit(state, state_cells, align='right')}", state_style)
        room = max(1, room - state_cells)
        name = (self._shared.runs.fitted(run.name, room), look.faint if hidden else look.text)
        parts = [(f" {mark} ", colour), name, tail, number]
        if on_cursor:
            parts = [(text, look.on_cursor(style)) for text, style in parts]
        return row_strip(parts, width, look.on_cursor(look.text) if on_cursor else look.text)

    def _state(self, run: RunSummary) -> tuple[str, Style]:
        """What the run does, in words, and since when if it is silent; or that its files are deleted."""
        state, look = self._shared.state_of(run), self.look
        silence = self._shared.silence(run)
        silent = "" if silence is None else age(silence)
        match state:
            case RunState.LIVE:
                return ("live" if silent in ("", "now") else f"live {silent}"), look.good
            case RunState.NAN:
                return "NaN", look.error
            case RunState.STALLED:
                return f"stalled {silent}", look.warning
            case RunState.DELETED:
                return state.value, look.warning
            case _:
                return f"done {silent}".strip().removesuffix(" now"), look.dim

    @property
    def run(self) -> str | None:
        """The run that the cursor is on."""
        return self._names[self.cursor] if self.cursor < len(self._names) else None

    def watch_snapshot(self, old: StoreSnapshot, new: StoreSnapshot) -> None:
        self.invalidate()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        self.invalidate()

    def relist(self) -> None:
        """Make the list again; the cursor stays with its run."""
        run, self._wanted = self._wanted or self.run, None
        self._names = listed_runs(self.snapshot, self.selection)
        if run in self._names:
            self.set_reactive(RunsPane.cursor, self._names.index(run))
        self._set_width()

    def _set_width(self) -> None:
        """As wide as the names and states want, within limits. It never shrinks: each change moves everything else."""
        states = [self._state(self.snapshot.runs[name])[0] for name in self._names]
        self._state_cells = max(map(len, states), default=4)
        self._short_cells = max((len(state.split()[0]) for state in states), default=4)
        self._longest = max((width(self._shared.runs.name(name)) for name in self._names), default=0)
        wanted = min(max(self._longest + self._state_cells + _STEP_CELLS + _MARGINS, _LEAST), _MOST)
        if wanted > self._wanted_width:  # setting a style lays the whole screen out again, even to the same value
            self._wanted_width = self.styles.width = wanted

    def show_run(self, run: str) -> None:
        """Put the cursor on a run without announcing it, as soon as it is listed."""
        if self.run != run:
            self._wanted = run
            self.invalidate()

    def cursor_moved(self) -> None:
        if self.run is not None:
            self.post_message(RunFocused(self.run))

    def action_enter(self) -> None:
        self.cursor_moved()

    def action_toggle_line(self) -> None:
        """Show or hide the cursor's run."""
        if self.run is not None:
            self.post_message(RunToggled(self.run))

    def on_click(self, event: events.Click) -> None:
        index = self.line_at(event.y)
        if index is None:
            return
        self.cursor = index
        if event.x < 3:
            self.post_message(RunToggled(self._names[index]))

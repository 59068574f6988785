"""What the runs pane lists, and what each of its lines says: texts and widths, no styles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tui.analysis.run_state import RunState
from tui.app.aggregation import GroupSummary
from tui.app.catalog import listed_runs
from tui.app.choices import RunOrder
from tui.app.run_order import by_event, by_value, tag_values
from tui.app.run_tree import RULE, RunLine, flat_lines, parents, shared_directory, tree_lines
from tui.app.selection import Selection
from tui.app.shared import RunStatus, Shared
from tui.render.cells import fit_distinct, width
from tui.render.numbers import count, number
from tui.render.text import printable
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot

STEP_CELLS = 6
INDENT = 2
UNREAD = "…"
"""What stands in place of the state of a run that nothing was read of yet."""
_URGENCY = (RunState.NAN, RunState.STALLED, RunState.LIVE, RunState.DONE, RunState.DELETED)


@dataclass(frozen=True, slots=True)
class Told:
    """What a line says of its runs: state and age, the number at its end, and how many there are and are shown.

    A directory that is open says nothing, its runs do: its `state` is None.
    """

    state: RunState | None
    text: str
    number: str
    shown: int
    total: int


class RunListing:
    """The lines for a snapshot and a selection, and the cells that their columns want."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._snapshot, self._selection = EMPTY_SNAPSHOT, Selection()
        self._made_from: object = None
        self.made = 0
        """How often the lines were made anew."""
        self._values: dict[str, float] | None = None
        self._fitted: dict[tuple[int, int], dict[str, str]] = {}
        self._told: dict[int, Told] = {}
        self.lines: list[RunLine] = []
        self.parents: list[int] = []
        """Of each line the place of the directory that it is in, -1 at the top level."""
        self.longest = 0
        self.state_cells = self.short_state_cells = 4
        self.number_cells = STEP_CELLS

    def update(self, snapshot: StoreSnapshot, selection: Selection) -> None:
        """List these; lines are made anew only where what they are made from has changed."""
        self._snapshot, self._selection = snapshot, selection
        self._values = tag_values(snapshot, selection, self._shared.facts)
        self._told = {}
        names = listed_runs(snapshot, selection)
        among, on_top = set(names), set(selection.pinned_runs)
        pinned = [run for run in selection.pinned_runs if run in among]
        rest = self._ordered([run for run in names if run not in on_top])
        # No fold keeps from view what a filter was typed for.
        folded = frozenset[str]() if selection.runs_filter.text else selection.folded_runs
        as_tree = selection.run_order is RunOrder.NAME
        made_from = (pinned, rest, folded, as_tree, list(snapshot.runs))
        if made_from != self._made_from:
            self._made_from = made_from
            below = self._tree(rest, folded) if as_tree else self._flat(rest)
            self._take([*self._flat(pinned), *([RULE] if pinned and below else []), *below])
        self._measure(names)

    def _ordered(self, runs: list[str]) -> list[str]:
        if self._values is not None:
            return by_value(runs, self._values, self._selection.order_tag or "")
        if self._selection.run_order is RunOrder.EVENT:
            return by_event(runs, self._snapshot, self._shared)
        return runs

    def _flat(self, runs: Iterable[str]) -> list[RunLine]:
        return flat_lines((run, self._shared.runs.name(run)) for run in runs)

    def _tree(self, runs: list[str], folded: frozenset[str]) -> list[RunLine]:
        lines = tree_lines(runs, shared_directory(list(self._snapshot.runs)), folded)
        return lines if any(line.directory for line in lines) else self._flat(runs)

    def _take(self, lines: list[RunLine]) -> None:
        self.lines, self._fitted, self.made = lines, {}, self.made + 1
        self.parents = parents(lines)
        self.longest = max(map(self._wanted, lines), default=0)

    def _wanted(self, line: RunLine) -> int:
        """Cells for a line's name and indent, for the mark of a pinned run, and for how many a directory holds."""
        extra = 2 * (line.run in self._selection.pinned_runs) + (len(f" {len(line.runs)}") if line.directory else 0)
        return line.depth * INDENT + width(printable(line.name)) + extra

    def _measure(self, runs: list[str]) -> None:
        """Columns are as wide as any listed run wants them, in view or not: they stay when the list scrolls."""
        texts = {_text(self._shared.status(self._snapshot.runs[run])) for run in runs}
        self.state_cells = max(map(len, texts), default=4)
        self.short_state_cells = max((len(text.split()[0]) for text in texts), default=4)
        self.number_cells = STEP_CELLS
        if self._values is not None:
            self.number_cells = max((len(number(self._values[run])) for run in runs if run in self._values), default=1)

    # What a line says

    def told(self, index: int) -> Told:
        """What a line tells of its runs."""
        if index not in self._told:
            line = self.lines[index]
            hidden = self._selection.hidden
            shown = sum(run not in hidden for run in line.stands_for)
            state, text = self._state(line)
            self._told[index] = Told(state, text, self._number(line), shown, len(line.stands_for))
        return self._told[index]

    def members(self, run: str) -> tuple[str, ...]:
        """The runs that are shown as this one: itself, or those of a group."""
        summary = self._snapshot.runs[run]
        return summary.members if isinstance(summary, GroupSummary) else (run,)

    def _state(self, line: RunLine) -> tuple[RunState | None, str]:
        """The run's state; of a folded directory the one that matters most, and the newest event of runs in it."""
        if line.run is None and not line.folded:
            return None, ""
        runs = [self._snapshot.runs[run] for run in line.stands_for]
        if self._shared.loading:
            runs = [run for run in runs if run.last_wall_time is not None]
        if not runs:
            return RunState.STALLED, UNREAD
        state = min((self._shared.status(run).state for run in runs), key=_URGENCY.index)
        those = (run for run in runs if self._shared.status(run).state is state)
        newest = max(those, key=lambda run: run.last_wall_time or 0.0)
        return state, state_text(state, self._shared.status(newest).age)

    def _number(self, line: RunLine) -> str:
        """The last step, or the value that the runs are sorted by."""
        if line.run is None or line.folded:
            return ""
        if self._values is not None:
            return number(self._values[line.run]) if line.run in self._values else ""
        step = self._snapshot.runs[line.run].last_step
        return "" if step is None else count(step)

    def name(self, index: int, cells: int) -> str:
        """A line's name in exactly `cells`, cut so that it differs from the others beside it."""
        line = self.lines[index]
        if line.run is not None and line.depth == 0 and line.name == self._shared.runs.name(line.run):
            return self._shared.runs.fitted(line.run, cells)
        key = self.parents[index], cells
        if key not in self._fitted:
            beside = [line.name for line, parent in zip(self.lines, self.parents, strict=True) if parent == key[0]]
            self._fitted[key] = fit_distinct(beside, cells)
        return self._fitted[key][line.name]


def state_text(state: RunState, age: str) -> str:
    """A state in words, and for how long if that is longer than now."""
    return state.value if age in ("", "now") or state is RunState.DELETED else f"{state.value} {age}"


def _text(status: RunStatus) -> str:
    return state_text(status.state, status.age)

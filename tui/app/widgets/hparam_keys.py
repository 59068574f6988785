"""Keys of the table of sessions: sorting, marking and comparing, showing and hiding, taking it along."""

from __future__ import annotations

from functools import partial

from tui.analysis.hparams.frame import RUN, Row
from tui.analysis.statistics import goal
from tui.app.hparam_choices import HParamPage
from tui.app.hparam_csv import table_csv
from tui.app.hparam_frames import Shown
from tui.app.messages import HParamsChosen, Noticed, RunFocused, RunsToggled
from tui.app.shared import Shared
from tui.app.taking import export_directory, short_path, write_new_file
from tui.app.widgets.column_table import ColumnTable
from tui.app.widgets.sessions import SessionsList
from tui.render.numbers import plural
from tui.render.text import printable


class HParamKeys(SessionsList, ColumnTable):
    """Enter sorts by the column under the cursor, again turns the order."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._now: Shown = shared.hparams.shown(self.snapshot, self.selection)

    @property
    def row_here(self) -> Row | None:
        """The session under the cursor."""
        rows = self._now.frame.rows
        return rows[self.cursor] if self.cursor < len(rows) else None

    @property
    def run(self) -> str | None:
        """The run of the session that the cursor is on."""
        return None if self.row_here is None else self.row_here.name

    @property
    def runs_here(self) -> tuple[str, ...]:
        """All runs of it."""
        return () if self.row_here is None else self.row_here.runs

    def sort_by(self, at: int, *, added: bool = False) -> None:
        """Metrics start with their best."""
        column = self._now.columns[at]
        descending = column.metric is not None and goal(column.metric.tag) == "max"
        if not self._now.sort and column == RUN and not added:
            descending = True  # they are sorted by the run already
        self.post_message(HParamsChosen(self.choices.sorted_by(column.full_name, descending=descending, added=added)))

    def next_order(self) -> None:
        """Sort by the column under the cursor, too."""
        self.sort_by(self.column, added=True)

    def action_toggle_line(self) -> None:
        """Show or hide the runs under the cursor."""
        if self.runs_here:
            self.post_message(RunsToggled(self.runs_here))

    def action_mark(self) -> None:
        """Mark a session that is to be compared, the last two marked stay so; again: no more."""
        if (here := self.run) is not None:
            others = tuple(name for name in self.choices.marks if name != here)
            self.choose(marks=others if here in self.choices.marks else (*others, here)[-2:])

    def action_copy(self) -> None:
        """The rows that are shown go to the clipboard."""
        rows = self._rows_taken()
        # What is copied is pasted into terminals, too.
        self.app.copy_to_clipboard(table_csv(self._now.frame, self._now.columns, rows, printable))
        self.told(f"copied {self._taken(rows)} as CSV")

    def action_export(self) -> None:
        """They go to a file, which may take a second."""
        if rows := self._rows_taken():
            self.run_worker(partial(self._export, self._now, rows), thread=True)
        else:
            self.told("no session to export", failed=True)

    def _export(self, now: Shown, rows: list[int]) -> None:
        """Runs on a thread of its own."""
        try:
            text = table_csv(now.frame, now.columns, rows)
            directory = export_directory(self._shared.logdirs)
            path, _ = write_new_file(directory, "hparams", lambda stream: stream.write(text))
            done = Noticed(f"{self._taken(rows)} to {printable(short_path(path))}")
        except (OSError, RuntimeError) as error:  # the latter where there is no home directory
            done = Noticed(f"nothing exported: {printable(str(error))}", failed=True)
        self.post_message(done)

    def _rows_taken(self) -> list[int]:
        """The places of the rows whose runs are shown."""
        return [at for at, row in enumerate(self._now.frame.rows) if not self.is_hidden(row)]

    def _taken(self, rows: list[int]) -> str:
        return f"{plural(len(rows), 'session')} x {plural(len(self._now.columns) - 1, 'column')}"

    def action_compare(self) -> None:
        """What tells two sessions from each other: the marked ones, the marked one and this, or the two shown."""
        marked, here = self.choices.marks, self.run
        visible = [row.name for row in self.visible_rows()]
        if len(marked) == 1 and here is not None and here not in marked:
            marked = (*marked, here)
        pair = marked if len(marked) == 2 else visible
        if len(pair) == 2:
            self.choose(page=HParamPage.DIFF, compared=(pair[0], pair[1]))
        else:
            key = self._shared.key
            self.told(f"mark a session with {key('mark')}, then {key('compare')} on another", failed=True)

    def cursor_moved(self) -> None:
        if self.row_here is not None:
            self.post_message(RunFocused(self.lead_of(self.row_here)))

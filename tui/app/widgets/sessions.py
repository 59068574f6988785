"""What the pages of the HParams tab have in common: the sessions as they are chosen, and keys that choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from textual.reactive import reactive
from textual.widget import Widget

from logging_lib.tfevents.hparams import HParam
from tui.analysis.hparams.frame import Column, Origin, Row
from tui.analysis.statistics import goal
from tui.app.hparam_choices import HParamChoices, HParamPage
from tui.app.hparam_frames import Shown
from tui.app.messages import HParamsChosen, Noticed
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.line_view import StripView
from tui.app.widgets.listings import Listing
from tui.render.numbers import number
from tui.render.text import printable
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot

_MARKS = {Origin.NAME: " (name)", Origin.TEXT: " (text)"}


def cell_text(value: HParam) -> str:
    """An hparam or metric as it is shown; nothing for one that was not logged."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return number(value)
        case _:
            return printable(value)


def column_title(column: Column) -> str:
    """A column's name, and where it comes from if no writer called it an hparam."""
    return printable(column.name) + _MARKS.get(column.origin, "")


class SessionsPage(Widget, can_focus=True):
    """Keys that all pages of sessions have. A page has a snapshot, a selection and the shared objects."""

    snapshot: Any
    selection: Any
    _shared: Shared

    @property
    def choices(self) -> HParamChoices:
        """How sessions are shown."""
        chosen: HParamChoices = self.selection.hparams
        return chosen

    @property
    def shown(self) -> Shown:
        """The sessions as they are chosen."""
        return self._shared.hparams.shown(self.snapshot, self.selection)

    def choose(self, **changes: Any) -> None:
        """Show them otherwise."""
        self.post_message(HParamsChosen(replace(self.choices, **changes)))

    def told(self, text: str, *, failed: bool = False) -> None:
        """Say something in the line of keys."""
        self.post_message(Noticed(text, failed))

    @property
    def metric_here(self) -> Column | None:
        """The metric that keys are about: the one under the cursor."""
        return None

    @property
    def expression(self) -> str:
        """The filter expression."""
        return self.choices.where

    @property
    def mistake(self) -> str:
        """What is wrong with it, and in which column."""
        error = self.shown.error
        return "" if error is None else f"column {error.column}: {printable(error.message)}"

    def next_view(self) -> None:
        """The table, parallel axes, the scatter matrix."""
        self.post_message(HParamsChosen(self.choices.next_view()))

    def next_measure(self) -> None:
        """Last, min, max; on a metric that can be best, all metrics where that one is best."""
        metric = self.metric_here
        can = metric is not None and metric.metric is not None and goal(metric.metric.tag) is not None
        self.post_message(HParamsChosen(self.choices.next_measure(metric.full_name if metric and can else None)))

    def next_grouping(self) -> None:
        """Sessions alone, or a row a group: its mean, median, best session."""
        chosen = self.choices.next_pooling()
        if chosen.pooling and all(row.name == row.group for row in self.shown.frame.rows):
            self.told("every session is a group of its own: writers name groups with group_name")
        self.post_message(HParamsChosen(chosen))

    def action_differs(self) -> None:
        """Leave out, or not, what is the same everywhere."""
        self.choose(differs=not self.choices.differs)

    def action_columns(self) -> None:
        """To the list of columns, or back."""
        back = self.choices.page is HParamPage.COLUMNS
        self.choose(page=HParamPage.TABLE if back else HParamPage.COLUMNS)

    def lead_of(self, row: Row) -> str:
        """The run whose colour a row has."""
        return row.name if row.name in self.snapshot.runs or not row.runs else row.runs[0]

    def name_of(self, row: Row) -> str:
        """A row's name, without directories that all runs share."""
        return self._shared.runs.name(row.name) if row.name in self.snapshot.runs else printable(row.name)

    def is_hidden(self, row: Row) -> bool:
        """Whether none of its runs is shown."""
        return all(run in self.selection.hidden for run in row.runs)

    def visible_rows(self) -> Sequence[Row]:
        """The rows whose runs are shown."""
        return [row for row in self.shown.frame.rows if not self.is_hidden(row)]


class SessionsList(SessionsPage, Listing):
    """A page that is a list."""

    def redraw(self) -> None:
        if self._shared.hparams.stale:
            self._stale = True  # texts that were waited for are read
        super().redraw()


class SessionsView(SessionsPage, StripView):
    """A page that is a picture."""

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shared = shared

    def watch_snapshot(self, old: StoreSnapshot, new: StoreSnapshot) -> None:
        self.redraw()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        self.redraw()

    def action_leave(self) -> None:
        """Back to the table."""
        self.choose(page=HParamPage.TABLE)

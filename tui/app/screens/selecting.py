"""The half of the main screen that changes the selection: what messages and keys do to it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from tui.app import keys, messages
from tui.app.catalog import focused_run, listed_runs
from tui.app.selection import Filter, Selection, Tab, next_axis, only, smoother, tabs_of, toggle_all, toggled
from tui.app.widgets.filter_line import FilterLine
from tui.app.widgets.histogram_rows import HistogramRows
from tui.app.widgets.runs_pane import RunsPane
from tui.app.widgets.scalar_rows import ScalarRows
from tui.store.snapshot import EMPTY_SNAPSHOT


class SelectingScreen(Screen[None]):
    """A screen with the app's two pieces of state. Every change of `selection` is made here."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.SCREEN_BINDINGS, keys.LEAVE.binding]

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)

    @property
    def page(self) -> Widget:
        """The widget of the present tab and density."""
        raise NotImplementedError

    @property
    def tabs(self) -> list[Tab]:
        """The tabs that are shown."""
        return tabs_of(self.snapshot, self.selection)

    def make_room(self, *, on_runs: bool) -> None:
        """Show the runs pane, or the page, that is about to take the focus."""
        raise NotImplementedError

    # Messages of the widgets

    def on_run_focused(self, message: messages.RunFocused) -> None:
        self.selection = replace(self.selection, focused_run=message.run)

    def on_run_toggled(self, message: messages.RunToggled) -> None:
        self.selection = replace(self.selection, hidden=toggled(self.selection.hidden, message.run))

    def on_tag_opened(self, message: messages.TagOpened) -> None:
        if message.tag is not None:
            # Coming back, the rows' cursor is on the tag that was shown last.
            rows = HistogramRows if self.selection.tab is Tab.HISTOGRAMS else ScalarRows
            self.query_one(rows).show_tag(message.tag)
        if self.selection.tab is Tab.HISTOGRAMS:
            self.selection = replace(self.selection, histogram=message.tag)
        else:
            cursor = self.selection.cursor if message.tag is not None else None
            self.selection = replace(self.selection, tag=message.tag, cursor=cursor)

    def on_cursor_moved(self, message: messages.CursorMoved) -> None:
        self.selection = replace(self.selection, cursor=message.x)

    def on_group_toggled(self, message: messages.GroupToggled) -> None:
        self.selection = replace(self.selection, folded=toggled(self.selection.folded, message.group))

    def on_tag_expanded(self, message: messages.TagExpanded) -> None:
        self.selection = replace(self.selection, expanded=toggled(self.selection.expanded, message.tag))

    def on_filter_edited(self, message: messages.FilterEdited) -> None:
        typed = Filter(message.text)
        if message.pane == "runs":
            self.selection = replace(self.selection, runs_filter=typed)
        else:
            self.selection = replace(self.selection, tags_filter=typed)

    def on_filter_done(self, message: messages.FilterDone) -> None:
        self._focus(self.query_one(RunsPane) if message.pane == "runs" else self.page)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a filter is typed, its letters are no commands."""
        typing = self.query_one(FilterLine).display
        return not (typing and action in ("filter", "tab", "focus_next", "focus_previous"))

    def _focus(self, widget: Widget) -> None:
        """Move the focus now, so that the next key goes there."""
        self.make_room(on_runs=isinstance(widget, RunsPane))
        self.set_focus(widget, scroll_visible=False)

    def action_focus_next(self) -> None:
        """There are two panes; Textual's own order would walk over all pages."""
        runs = self.query_one(RunsPane)
        self._focus(self.page if self.focused is runs else runs)

    action_focus_previous = action_focus_next

    def action_leave(self) -> None:
        """Esc where the focused widget has no use for it: back to the page."""
        self._focus(self.page)

    def action_tab(self, number: int) -> None:
        if number <= len(self.tabs):
            self.selection = replace(self.selection, tab=self.tabs[number - 1])
            self._focus(self.page)

    def action_toggle_all(self) -> None:
        self.selection = toggle_all(self.selection, listed_runs(self.snapshot, self.selection))

    def action_only(self) -> None:
        runs = self.query_one(RunsPane)
        run = runs.run if self.focused is runs else focused_run(self.snapshot, self.selection)
        if run is not None:
            self.selection = only(self.selection, run, list(self.snapshot.runs))

    def action_filter(self) -> None:
        on_runs = self.focused is self.query_one(RunsPane) or self.selection.tab in (Tab.HPARAMS, Tab.PROBLEMS)
        current = self.selection.runs_filter if on_runs else self.selection.tags_filter
        self.query_one(FilterLine).open("runs" if on_runs else "tags", current.text)

    def action_axis(self) -> None:
        self.selection = next_axis(self.selection)

    def action_log_y(self) -> None:
        self.selection = replace(self.selection, log_y=not self.selection.log_y)

    def action_superseded(self) -> None:
        self.selection = replace(self.selection, superseded=not self.selection.superseded)

    def action_smoothing(self) -> None:
        self.selection = replace(self.selection, smoothing=not self.selection.smoothing)

    def action_less_smoothing(self) -> None:
        self.selection = smoother(self.selection, -1)

    def action_more_smoothing(self) -> None:
        self.selection = smoother(self.selection, 1)

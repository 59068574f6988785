"""The half of the main screen that changes the selection: what messages and keys do to it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Protocol, runtime_checkable

from textual.binding import BindingType
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from tui.app import keys, messages
from tui.app.aggregation import suggested_pattern
from tui.app.catalog import focused_run, listed_runs
from tui.app.choices import SCALAR_TABS, Aggregation, Density, Tab, following
from tui.app.run_order import next_order
from tui.app.selection import (
    Filter,
    Selection,
    next_axis,
    next_fit,
    only_these,
    put_in_or_out,
    smoother,
    tabs_of,
    toggle_all,
    toggled,
)
from tui.app.widgets.filter_line import FilterLine
from tui.app.widgets.runs_pane import RunsPane
from tui.app.widgets.scalar_cards import ScalarCards
from tui.app.widgets.scalar_rows import ScalarRows
from tui.store.snapshot import EMPTY_SNAPSHOT


@runtime_checkable
class OnTag(Protocol):
    """A page of scalars."""

    @property
    def tag_here(self) -> str | None:
        """The tag that is open, or under the cursor of the list; None without one."""


@runtime_checkable
class HasViews(Protocol):
    """A page that shows the same in several ways."""

    def next_view(self) -> None:
        """Show it in the next way."""


@runtime_checkable
class HasSearch(Protocol):
    """A page that is searched in, rather than filtered."""

    @property
    def search(self) -> Filter:
        """What is searched for."""

    def search_for(self, text: str) -> None:
        """Mark all matches, and go to the next one."""


@runtime_checkable
class HasFit(Protocol):
    """A page that can be fitted to the window, or not."""

    def next_fit(self) -> None:
        """Fit it, or no more."""


@runtime_checkable
class HasOrder(Protocol):
    """A page with an order of its own."""

    def next_order(self) -> None:
        """Sort it in the next way."""


@runtime_checkable
class HasProblems(Protocol):
    """A page with places where something is NaN or infinite."""

    def next_problem(self) -> None:
        """Go to the next of them, or say that there is none."""


class SelectingScreen(Screen[None]):
    """A screen with the app's two pieces of state. Every change of `selection` is made here."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.SCREEN_BINDINGS, keys.LEAVE.binding]

    read = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    """All that was read."""
    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    """What is shown of it: the same, or with groups of runs in their place."""
    selection = reactive(Selection(), repaint=False, init=False)

    _grouped_from_runs = False

    @property
    def page(self) -> Widget:
        """The widget of the present tab and density."""
        raise NotImplementedError

    @property
    def tabs(self) -> list[Tab]:
        """The tabs that are shown."""
        return tabs_of(self.snapshot, self.selection)

    def show_in_list(self, tag: str) -> None:
        """Put the cursor of the present tab's list on a tag."""
        raise NotImplementedError

    def show_groups(self) -> None:
        """Say in the filter line what comes of grouping the runs, while that is typed."""
        raise NotImplementedError

    def make_room(self, *, on_runs: bool) -> None:
        """Show the runs pane, or the page, that is about to take the focus."""
        raise NotImplementedError

    def start_over(self, selection: Selection) -> None:
        """Show this, and what was chosen before no more."""
        self.selection = selection

    # Messages of the widgets

    def on_run_focused(self, message: messages.RunFocused) -> None:
        self.selection = replace(self.selection, focused_run=message.run)

    def on_run_toggled(self, message: messages.RunToggled) -> None:
        self.selection = replace(self.selection, hidden=toggled(self.selection.hidden, message.run))

    def on_tag_opened(self, message: messages.TagOpened) -> None:
        # Coming back, the list's cursor is on the tag that was shown last.
        if self.selection.tab is not Tab.SCALARS:
            if message.tag is not None:
                self.show_in_list(message.tag)
            self.selection = self.selection.opening(self.selection.tab, message.tag)
        else:
            self._point_lists_at(message.tag)
            cursor = self.selection.cursor if message.tag is not None else None
            self.selection = replace(self.selection, tag=message.tag, cursor=cursor)

    def on_step_chosen(self, message: messages.StepChosen) -> None:
        self.selection = replace(self.selection, step=message.step)

    def on_cursor_moved(self, message: messages.CursorMoved) -> None:
        self.selection = replace(self.selection, cursor=message.x)

    def on_mark_moved(self, message: messages.MarkMoved) -> None:
        self.selection = replace(self.selection, mark=message.x)

    def on_zoomed(self, message: messages.Zoomed) -> None:
        self.selection = replace(self.selection, zoom=message.zoom)

    def on_tag_pinned(self, message: messages.TagPinned) -> None:
        pinned = put_in_or_out(self.selection.pinned_tags, message.tag)
        self.selection = replace(self.selection, pinned_tags=pinned)

    def on_run_pinned(self, message: messages.RunPinned) -> None:
        pinned = put_in_or_out(self.selection.pinned_runs, message.run)
        self.selection = replace(self.selection, pinned_runs=pinned)

    def on_run_folded(self, message: messages.RunFolded) -> None:
        self.selection = replace(self.selection, folded_runs=toggled(self.selection.folded_runs, message.directory))

    def on_runs_toggled(self, message: messages.RunsToggled) -> None:
        self.selection = toggle_all(self.selection, list(message.runs))

    def on_table_sorted(self, message: messages.TableSorted) -> None:
        again = message.tag == self.selection.table_order
        tag = None if again and self.selection.table_reversed else message.tag
        self.selection = replace(self.selection, table_order=tag, table_reversed=again and tag is not None)

    def on_group_toggled(self, message: messages.GroupToggled) -> None:
        self.selection = replace(self.selection, folded=toggled(self.selection.folded, message.group))

    def on_tag_expanded(self, message: messages.TagExpanded) -> None:
        self.selection = replace(self.selection, expanded=toggled(self.selection.expanded, message.tag))

    def on_filter_edited(self, message: messages.FilterEdited) -> None:
        typed = Filter(message.text)
        if message.pane == "groups":
            self.selection = replace(self.selection, aggregation=self._grouping(message.text or None))
        elif message.pane == "runs":
            self.selection = replace(self.selection, runs_filter=typed)
        elif message.pane == "search":
            if isinstance(self.page, HasSearch):
                self.page.search_for(message.text)
        else:
            self.selection = replace(self.selection, tags_filter=typed)

    def on_filter_done(self, message: messages.FilterDone) -> None:
        on_runs = message.pane == "runs"
        if message.pane == "groups":
            on_runs = self._grouped_from_runs
            if message.cleared or self.snapshot is self.read:
                self.selection = replace(self.selection, aggregation=None)
        elif message.cleared:
            self.on_filter_edited(messages.FilterEdited(message.pane, ""))
        self._focus(self.query_one(RunsPane) if on_runs else self.page)

    def _grouping(self, pattern: str | None) -> Aggregation:
        """Runs grouped by a pattern, with the present band."""
        return replace(self.selection.aggregation or Aggregation(), pattern=pattern)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a filter is typed, its letters are no commands."""
        typing = self.query_one(FilterLine).display
        return not (typing and action in ("filter", "tab", "tab_on", "tab_back", "focus_next", "focus_previous"))

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

    def action_tab_on(self) -> None:
        self._go_to_tab(1)

    def action_tab_back(self) -> None:
        self._go_to_tab(-1)

    def _go_to_tab(self, by: int) -> None:
        """To the tab so many places on, round and round."""
        self.action_tab((self.tabs.index(self.selection.tab) + by) % len(self.tabs) + 1)

    def action_toggle_all(self) -> None:
        self.selection = toggle_all(self.selection, listed_runs(self.snapshot, self.selection))

    def action_only(self) -> None:
        runs = self.query_one(RunsPane)
        line, focused = runs.line, focused_run(self.snapshot, self.selection)
        if self.focused is runs and line is not None:
            self.selection = only_these(self.selection, line.stands_for, self.snapshot.runs)
        elif focused is not None:
            self.selection = only_these(self.selection, (focused,), self.snapshot.runs)

    def action_order(self) -> None:
        if isinstance(self.page, HasOrder) and self.focused is self.page:
            self.page.next_order()
            return
        self.selection = next_order(self.selection, self.tag_here)

    @property
    def tag_here(self) -> str | None:
        """The tag of scalars that is open, or under the cursor of the list; None without one."""
        on_scalars = self.selection.tab is Tab.SCALARS
        return self.page.tag_here if on_scalars and isinstance(self.page, OnTag) else None

    @property
    def _run(self) -> str | None:
        """The run that keys are about: the one under the cursor of the runs pane, elsewhere the focused one."""
        runs = self.query_one(RunsPane)
        return runs.run if self.focused is runs else focused_run(self.snapshot, self.selection)

    def action_filter(self) -> None:
        on_runs = self.focused is self.query_one(RunsPane) or self.selection.tab in (Tab.HPARAMS, Tab.PROBLEMS)
        if not on_runs and isinstance(self.page, HasSearch):
            self.query_one(FilterLine).open("search", self.page.search.text, " search / ")
            return
        current = self.selection.runs_filter if on_runs else self.selection.tags_filter
        self.query_one(FilterLine).open("runs" if on_runs else "tags", current.text)

    def action_density(self) -> None:
        """From the rows to the cards and back; from another page of scalars to the cards."""
        if isinstance(self.page, HasViews):
            self.page.next_view()
        elif self.selection.tab is Tab.SCALARS:
            on_cards = self.selection.density is Density.CARDS and self.selection.tag is None
            self._list_scalars(Density.ROWS if on_cards else Density.CARDS)
            if not on_cards and self.has_class("-tiny"):
                self.post_message(messages.Noticed("a window this narrow shows rows: cards need 60 columns"))

    def action_table(self) -> None:
        if self.selection.tab is Tab.SCALARS:
            on_table = self.selection.density is Density.TABLE and self.selection.tag is None
            self._list_scalars(Density.ROWS if on_table else Density.TABLE)

    def _list_scalars(self, density: Density) -> None:
        """Show the list at this density, its cursor on the tag that was under the other one's."""
        self._point_lists_at(self.tag_here)
        self.selection = replace(self.selection, density=density, tag=None)

    def _point_lists_at(self, tag: str | None) -> None:
        """The cursors of the rows and of the cards go to this tag of scalars."""
        if tag is not None:
            self.query_one(ScalarRows).show_tag(tag)
            self.query_one(ScalarCards).show_tag(tag)

    def action_together(self) -> None:
        self.selection = replace(self.selection, together=not self.selection.together)

    def action_measure(self) -> None:
        self.selection = replace(self.selection, measure=following(self.selection.measure))

    def action_baseline(self) -> None:
        """Compare the others with this run; with the same again, with none."""
        if (run := self._run) is not None:
            self.selection = replace(self.selection, baseline=None if run == self.selection.baseline else run)

    def action_aggregate(self) -> None:
        """Group the runs as seems best, and ask how; with groups already, just ask."""
        if self.selection.tab not in SCALAR_TABS:
            return
        suggested = suggested_pattern(self.read, self.selection.hidden)
        aggregation = self.selection.aggregation or self._grouping(suggested)
        self.selection = replace(self.selection, aggregation=aggregation)
        self._grouped_from_runs = self.focused is self.query_one(RunsPane)
        self.query_one(FilterLine).open("groups", aggregation.pattern or "", " group runs by / ")
        self.show_groups()

    def action_spread(self) -> None:
        if (aggregation := self.selection.aggregation) is not None:
            self.selection = replace(
                self.selection, aggregation=replace(aggregation, spread=following(aggregation.spread))
            )

    def action_fit(self) -> None:
        if isinstance(self.page, HasFit):
            self.page.next_fit()
            return
        self.selection = next_fit(self.selection)

    def action_no_outliers(self) -> None:
        self.selection = replace(self.selection, no_outliers=not self.selection.no_outliers)

    def action_next_problem(self) -> None:
        if isinstance(self.page, HasProblems):
            self.page.next_problem()
        else:
            self.post_message(messages.Noticed("no way to a next problem from here"))

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

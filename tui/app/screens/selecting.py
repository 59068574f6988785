"""The main screen's state, and what messages of its widgets do to it."""

from __future__ import annotations

from dataclasses import replace

from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from tui.app import messages
from tui.app.choices import Aggregation, Tab
from tui.app.findings import NO_FINDINGS
from tui.app.jumps import shown_at
from tui.app.screens.abilities import HasSearch
from tui.app.selection import Filter, Selection, only_these, put_in_or_out, tabs_of, toggle_all, toggled
from tui.app.widgets.runs_pane import RunsPane
from tui.app.widgets.scalar_cards import ScalarCards
from tui.app.widgets.scalar_rows import ScalarRows
from tui.store.snapshot import EMPTY_SNAPSHOT


class SelectingScreen(Screen[None]):
    """A screen with the app's two pieces of state. Every change of `selection` is made here, or by a key."""

    read = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    """All that was read."""
    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    """What is shown of it: the same, or with groups of runs in their place."""
    selection = reactive(Selection(), repaint=False, init=False)

    findings = reactive(NO_FINDINGS, repaint=False, init=False)
    """What the health rules found in it, and what of that is dismissed."""

    _grouped_from_runs = False

    @property
    def page(self) -> Widget:
        """The widget of the present tab and density."""
        raise NotImplementedError

    @property
    def tabs(self) -> list[Tab]:
        """The tabs that are shown."""
        return tabs_of(self.snapshot, self.selection, findings=bool(self.findings.every))

    def show_in_list(self, tag: str) -> None:
        """Put the cursor of the present tab's list on a tag."""
        raise NotImplementedError

    def make_room(self, *, on_runs: bool) -> None:
        """Show the runs pane, or the page, that is about to take the focus."""
        raise NotImplementedError

    def show_mistake(self) -> None:
        """Say in the filter line what is wrong with an expression, while that is typed."""
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
        if message.tag is None and self.selection.back_to is not None:
            self._go_back(self.selection.back_to)
            return
        # Coming back, the list's cursor is on the tag that was shown last.
        if self.selection.tab is not Tab.SCALARS:
            if message.tag is not None:
                self.show_in_list(message.tag)
            self.selection = self.selection.opening(self.selection.tab, message.tag)
        else:
            self._point_lists_at(message.tag)
            cursor = self.selection.cursor if message.tag is not None else None
            self.selection = replace(self.selection, tag=message.tag, cursor=cursor)

    def _go_back(self, tab: Tab) -> None:
        """To where a jump was made from."""
        left = self.selection.opening(self.selection.tab, None)
        self.selection = replace(left, tab=tab, tag=None, cursor=None, step=None, back_to=None)

    def on_finding_opened(self, message: messages.FindingOpened) -> None:
        finding = message.finding
        jumped = shown_at(finding, self.read, self.selection)
        if jumped is not None:
            self.selection = jumped
        elif finding.run in self.read.runs:
            self.selection = replace(self.selection, focused_run=finding.run)
            runs = self.query_one(RunsPane)
            runs.show_run(finding.run)
            self._focus(runs)

    def on_problem_dismissed(self, message: messages.ProblemDismissed) -> None:
        self.selection = replace(self.selection, dismissed=toggled(self.selection.dismissed, message.identity))

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

    def on_pictures_listed(self, message: messages.PicturesListed) -> None:
        self.selection = replace(self.selection, picture_grid=message.as_grid)

    def on_tag_expanded(self, message: messages.TagExpanded) -> None:
        self.selection = replace(self.selection, expanded=toggled(self.selection.expanded, message.tag))

    def on_hparams_chosen(self, message: messages.HParamsChosen) -> None:
        self.selection = replace(self.selection, hparams=message.choices)

    def on_only_runs_shown(self, message: messages.OnlyRunsShown) -> None:
        self.selection = only_these(self.selection, message.runs, self.snapshot.runs)

    def on_filter_edited(self, message: messages.FilterEdited) -> None:
        typed = Filter(message.text)
        if message.pane == "groups":
            self.selection = replace(self.selection, aggregation=self._grouping(message.text or None))
        elif message.pane == "runs":
            self.selection = replace(self.selection, runs_filter=typed)
        elif message.pane == "sessions":
            self.selection = replace(self.selection, hparams=replace(self.selection.hparams, where=message.text))
            self.show_mistake()
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

    # Where the focus and the cursors go

    def _focus(self, widget: Widget) -> None:
        """Move the focus now, so that the next key goes there."""
        self.make_room(on_runs=isinstance(widget, RunsPane))
        self.set_focus(widget, scroll_visible=False)

    def _point_lists_at(self, tag: str | None) -> None:
        """The cursors of the rows and of the cards go to this tag of scalars."""
        if tag is not None:
            self.query_one(ScalarRows).show_tag(tag)
            self.query_one(ScalarCards).show_tag(tag)

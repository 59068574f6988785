"""The main screen's keys: what each of them does to the selection, or asks of the page."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType

from tui.app import keys, messages
from tui.app.aggregation import suggested_pattern
from tui.app.catalog import focused_run, listed_runs
from tui.app.choices import SCALAR_TABS, Density, Tab, following
from tui.app.run_order import next_order
from tui.app.screens.abilities import (
    HasExpression,
    HasFit,
    HasGroups,
    HasMeasures,
    HasOrder,
    HasProblems,
    HasRunsHere,
    HasScales,
    HasSearch,
    HasViews,
    OnTag,
)
from tui.app.screens.selecting import SelectingScreen
from tui.app.selection import next_axis, next_fit, only_these, smoother, toggle_all
from tui.app.widgets.filter_line import FilterLine
from tui.app.widgets.runs_pane import RunsPane


class CommandingScreen(SelectingScreen):
    """A screen that does what its keys say."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.SCREEN_BINDINGS, keys.LEAVE.binding]

    def show_groups(self) -> None:
        """Say in the filter line what comes of grouping the runs, while that is typed."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a filter is typed, its letters are no commands."""
        line = self.query_one_optional(FilterLine)  # there is none while the screen closes
        typing = line is not None and line.display
        return not (typing and action in ("filter", "tab", "tab_on", "tab_back", "focus_next", "focus_previous"))

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
            self.selection = replace(self.selection, tab=self.tabs[number - 1], back_to=None)
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
        elif isinstance(self.page, HasRunsHere) and self.page.runs_here:
            self.selection = only_these(self.selection, self.page.runs_here, self.snapshot.runs)
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
        on_pane = self.focused is self.query_one(RunsPane)
        if not on_pane and isinstance(self.page, HasExpression):
            self.query_one(FilterLine).open("sessions", self.page.expression, " filter sessions / ")
            self.show_mistake()
            return
        on_runs = on_pane or self.selection.tab is Tab.HPARAMS
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
        self.selection = replace(self.selection, density=density, tag=None, back_to=None)

    def action_together(self) -> None:
        self.selection = replace(self.selection, together=not self.selection.together)

    def action_measure(self) -> None:
        if isinstance(self.page, HasMeasures):
            self.page.next_measure()
            return
        self.selection = replace(self.selection, measure=following(self.selection.measure))

    def action_baseline(self) -> None:
        """Compare the others with this run; with the same again, with none."""
        if (run := self._run) is not None:
            self.selection = replace(self.selection, baseline=None if run == self.selection.baseline else run)

    def action_aggregate(self) -> None:
        """Group the runs as seems best, and ask how; with groups already, just ask."""
        if isinstance(self.page, HasGroups):
            self.page.next_grouping()
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
        if isinstance(self.page, HasScales):
            self.page.next_scale()
            return
        self.selection = replace(self.selection, log_y=not self.selection.log_y)

    def action_superseded(self) -> None:
        self.selection = replace(self.selection, superseded=not self.selection.superseded)

    def action_smoothing(self) -> None:
        self.selection = replace(self.selection, smoothing=not self.selection.smoothing)

    def action_less_smoothing(self) -> None:
        self.selection = smoother(self.selection, -1)

    def action_more_smoothing(self) -> None:
        self.selection = smoother(self.selection, 1)

"""The main screen: header, tabs, runs pane, one page a tab and density, keys or filter line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from tui.analysis.run_state import RunState
from tui.app import keys, messages
from tui.app.aggregation import Aggregator, grouping_note
from tui.app.catalog import focused_run
from tui.app.choices import SCALAR_TABS, Density, Tab
from tui.app.findings import Findings
from tui.app.health_watch import NOT_JUDGED, Judged
from tui.app.screens.abilities import HasExpression
from tui.app.screens.commanding import CommandingScreen
from tui.app.screens.pages import BLOB_PAGES, HPARAM_PAGES
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.chart_keys import ChartKeys
from tui.app.widgets.custom_cards import CustomCards
from tui.app.widgets.filter_line import FilterLine
from tui.app.widgets.graph_rows import GraphRows
from tui.app.widgets.line_view import StripView
from tui.app.widgets.other_data import OtherData
from tui.app.widgets.problems import Problems
from tui.app.widgets.projection_rows import ProjectionRows
from tui.app.widgets.runs_pane import RunsPane
from tui.app.widgets.scalar_cards import ScalarCards
from tui.app.widgets.scalar_chart import ScalarChart
from tui.app.widgets.scalar_rows import ScalarRows
from tui.app.widgets.scalar_table import ScalarTable
from tui.app.widgets.status import Header, KeysLine, TabBar
from tui.app.widgets.tag_rows import TagRows
from tui.ingest.status import IngestStatus
from tui.remote.status import RemoteStatus
from tui.store.snapshot import StoreSnapshot

NARROW, TINY, LOW = 100, 60, 16
SELECTION = Selection()


class MainScreen(CommandingScreen):
    """Hands `snapshot` and `selection` down to its widgets, and shows the page that the selection asks for."""

    AUTO_FOCUS = ""  # the page takes the focus, not the first widget

    def __init__(
        self, shared: Shared, status: IngestStatus, selection: Selection = SELECTION, notices: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._notices = notices
        self.set_reactive(MainScreen.selection, selection)
        self._shared = shared
        self._status = status
        self._aggregator = Aggregator()
        self.judged = NOT_JUDGED

    def compose(self) -> ComposeResult:
        data = {"snapshot": MainScreen.snapshot, "selection": MainScreen.selection}
        marked = {**data, "findings": MainScreen.findings}
        yield Header(self._shared, self._status).data_bind(snapshot=MainScreen.read, findings=MainScreen.findings)
        yield TabBar(self._shared.key("help")).data_bind(MainScreen.selection)
        with Horizontal(id="body"):
            yield RunsPane(self._shared, id="runs").data_bind(**marked)
            with ContentSwitcher(initial="rows", id="pages"):
                yield ScalarRows(self._shared, id="rows").data_bind(**marked)
                yield ScalarCards(self._shared, id="cards").data_bind(**marked)
                yield ScalarTable(self._shared, id="table").data_bind(**data)
                yield ScalarChart(self._shared, id="chart").data_bind(**marked)
                for pages in BLOB_PAGES.values():
                    rows, full = pages.rows(self._shared, id=pages.rows_id), pages.full(self._shared, id=pages.full_id)
                    yield rows.data_bind(**(marked if isinstance(rows, TagRows | ChartKeys) else data))
                    yield full.data_bind(**(marked if isinstance(full, ChartKeys) else data))
                for page, widget in HPARAM_PAGES.items():
                    yield widget(self._shared, id=page.value).data_bind(**data)
                yield OtherData(self._shared, id="other").data_bind(**data)
                yield Problems(self._shared, id="problems").data_bind(**marked)
        yield KeysLine(self._shared.keys)
        yield FilterLine()

    def on_mount(self) -> None:
        self._show_page()
        if self._notices:
            count = len(self._notices)
            text = self._notices[0] if count == 1 else f"1 of {count} (all on stderr): {self._notices[0]}"
            # The size is known then, and which page it has room for: another page takes the notice away.
            self.call_after_refresh(self.notice, messages.Noticed(text, failed=True))

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < NARROW, "-narrow")
        self.set_class(event.size.width < TINY, "-tiny")
        self._show_page()
        self.make_room(on_runs=isinstance(self.focused, RunsPane))
        self.set_class(event.size.height < LOW, "-low")

    def on_noticed(self, message: messages.Noticed) -> None:
        message.stop()
        self.notice(message)

    def notice(self, notice: messages.Noticed | None) -> None:
        """Say something in the line of keys, or no more."""
        self.query_one(KeysLine).notice = notice

    def on_key(self) -> None:
        """A key that the focused widget's text line does not take; what it does comes after this."""
        self.notice(None)

    # Which page

    @property
    def page(self) -> Widget:
        """The widget of the present tab and density."""
        return self.query_one("#pages", ContentSwitcher).query_one(f"#{self._page_id()}")

    def _page_id(self) -> str:
        s = self.selection
        match s.tab:
            case Tab.SCALARS:
                # In a tiny window a card could not be read.
                density = Density.ROWS if s.density is Density.CARDS and self.has_class("-tiny") else s.density
                return density.value if s.tag is None else "chart"
            case Tab.HPARAMS:
                return s.hparams.page.value
            case Tab.OTHER:
                return "other"
            case Tab.PROBLEMS:
                return "problems"
            case _:
                return BLOB_PAGES[s.tab].page_id(s.tab, s)

    def _show_page(self) -> None:
        switcher = self.query_one("#pages", ContentSwitcher)
        page = self._page_id()
        if switcher.current != page or self.focused is None:
            on_page = self.focused is None or self.focused in switcher.children
            switcher.current = page
            if on_page:
                self.set_focus(self.page, scroll_visible=False)
        self.query_one(TabBar).active = self.tabs.index(self.selection.tab)
        self._show_keys()

    @property
    def keys_view(self) -> str:
        """What the key table calls the view that keys go to."""
        return self.query_one(KeysLine).view

    def _show_keys(self) -> None:
        on_runs = isinstance(self.focused, RunsPane)
        self.query_one(KeysLine).view = keys.RUNS if on_runs else keys.view_of(self._page_id())

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        # While a filter is typed, the pane that it filters stays as it is.
        if event.widget is self.page or isinstance(event.widget, RunsPane):
            self.make_room(on_runs=isinstance(event.widget, RunsPane))
        self._show_keys()

    def make_room(self, *, on_runs: bool) -> None:
        """The runs pane stands beside the page; in a narrow window only when it is used, in a tiny one alone."""
        self.query_one(RunsPane).display = on_runs or not self.has_class("-narrow")
        self.query_one("#pages").display = not (on_runs and self.has_class("-tiny"))

    # What it shows

    def show(self, snapshot: StoreSnapshot, status: IngestStatus, links: Sequence[RemoteStatus] = ()) -> None:
        """Show what was read, and how the links of remote logdirs are.

        Every run has its colour before any widget sees it.
        """
        self._shared.runs.see(snapshot.runs, starts=_starts_in(snapshot), settled=not status.loading)
        was_loading, self._shared.loading = self._shared.loading, status.loading
        header = self.query_one(Header)
        header.status, header.links = status, links
        if snapshot is self.read:
            header.redraw()
        self.read = snapshot
        self._aggregate()
        if was_loading and not status.loading:
            self.query_one(RunsPane).invalidate()  # the snapshot may be the same
        if self.selection.focused_run is None and not status.loading:
            # From here on the focus stays where it is: two live runs would take turns in being the newest.
            run = focused_run(self.snapshot, self.selection)
            self.selection = replace(self.selection, focused_run=run, tab=self._first_tab())

    def _first_tab(self) -> Tab:
        """Where one finds oneself: on the scalars, or where none were logged and none are to come on what was."""
        if self.snapshot.scalars or self.selection.tab is not Tab.SCALARS:
            return self.selection.tab
        is_live = any(self._shared.state_of(run) is RunState.LIVE for run in self.snapshot.runs.values())
        with_data = [tab for tab in self.tabs if tab not in (Tab.SCALARS, Tab.PROBLEMS)]
        return with_data[0] if with_data and not is_live else Tab.SCALARS

    def show_judged(self, judged: Judged) -> None:
        """Show what the health rules came to."""
        self.judged = judged
        self.query_one(Problems).share = judged.share
        self._mark_findings()
        self._show_progress()

    def _mark_findings(self) -> None:
        self.findings = Findings(self.judged.findings, self.selection.dismissed)

    def watch_findings(self) -> None:
        self.query_one(TabBar).tabs = tuple(self.tabs)
        self._show_page()

    def _show_progress(self) -> None:
        """How far the focused run is, if it is live."""
        run = focused_run(self.read, self.selection)
        progress = self.judged.progress.get(run) if run is not None else None
        self.query_one(Header).progress = progress
        self.query_one(RunsPane).progress = progress

    def _aggregate(self) -> None:
        """Show groups of runs as runs, if that is wanted; the other tabs have all runs, for only scalars have means."""
        wanted = self.selection.aggregation if self.selection.tab in SCALAR_TABS else None
        snapshot = self._aggregator.aggregated(self.read, wanted, self.selection.hidden)
        if snapshot is not self.snapshot:
            if groups := [group.name for group in self._aggregator.groups]:
                self._shared.runs.see_groups(groups, [name for name in snapshot.runs if name in self.read.runs])
                self._shared.keep_statuses((*self.read.runs, *groups))
            self.snapshot = snapshot
        self.show_groups()

    def show_groups(self) -> None:
        line, aggregation = self.query_one(FilterLine), self.selection.aggregation
        if line.pane == "groups" and aggregation is not None:
            note, failed = grouping_note(self._aggregator.groups, aggregation.pattern)
            line.say(note, failed=failed)

    def show_mistake(self) -> None:
        line = self.query_one(FilterLine)
        if line.pane == "sessions" and isinstance(self.page, HasExpression):
            line.say(self.page.mistake, failed=True)

    def show_blobs(self) -> None:
        """Blobs that were waited for are decoded."""
        if isinstance(self.page, StripView):
            self.page.redraw()

    def show_in_list(self, tag: str) -> None:
        pages = BLOB_PAGES.get(self.selection.tab)
        if pages is not None:
            rows = self.query_one(f"#{pages.rows_id}")
            assert isinstance(rows, TagRows | ProjectionRows | CustomCards | GraphRows)
            rows.show_tag(tag)

    def show_time(self) -> None:
        """Texts that depend on the time have changed."""
        self.query_one(Header).redraw()
        self.query_one(RunsPane).invalidate()

    def watch_snapshot(self) -> None:
        self.query_one(TabBar).tabs = tuple(self.tabs)
        self._show_focused_run()
        self._show_page()

    def watch_selection(self) -> None:
        self._aggregate()
        self._mark_findings()
        self._show_progress()
        self._show_focused_run()
        self._show_page()

    def _show_focused_run(self) -> None:
        run = focused_run(self.snapshot, self.selection)
        runs = self.query_one(RunsPane)
        if run is not None and self.focused is not runs:
            runs.show_run(run)


def _starts_in(snapshot: StoreSnapshot) -> Callable[[str], float]:
    """When each run began, by its name; runs without a time come last."""

    def starts(run: str) -> float:
        first = snapshot.runs[run].first_wall_time
        return math.inf if first is None else first

    return starts

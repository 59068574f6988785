"""The app: wires ingest, snapshot, selection and widgets together."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from logging_lib.tfevents import plugins
from tui.app import keys, messages
from tui.app.catalog import focused_run, listed_runs
from tui.app.screens.help import HelpScreen
from tui.app.selection import Filter, Selection, Tab, next_axis, only, smoother, toggle_all, toggled
from tui.app.shared import Shared
from tui.app.theme import THEMES
from tui.app.widgets.filter_line import FilterLine
from tui.app.widgets.histogram_full import HistogramFull
from tui.app.widgets.histogram_rows import HistogramRows
from tui.app.widgets.hparams import HParams
from tui.app.widgets.listings import OtherData, Problems
from tui.app.widgets.runs_pane import RunsPane
from tui.app.widgets.scalar_chart import ScalarChart
from tui.app.widgets.scalar_rows import ScalarRows
from tui.app.widgets.status import Header, KeysLine, TabBar
from tui.ingest.ingester import Ingester
from tui.reader.logdir import LogDir
from tui.render.numbers import next_age_change
from tui.render.text import printable
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot

NARROW, LOW = 100, 16
POLL_SECONDS = 1.0
SHOWN_APART = 0.2  # seconds between two looks at new data; each costs bytes, and nobody reads faster


class TbtuiApp(App[None]):
    """The screen on one or more log directories. Its state is `snapshot` and `selection`; the rest follows."""

    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [*keys.APP_BINDINGS, keys.LEAVE.binding]
    CSS_PATH = "app.tcss"
    AUTO_FOCUS = None

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)

    def __init__(
        self, logdirs: Sequence[LogDir], *, shared: Shared | None = None, poll_seconds: float = POLL_SECONDS
    ) -> None:
        super().__init__()
        self.logdirs = tuple(logdirs)
        self.shared = shared or Shared()
        self.shared.place = printable(", ".join(str(logdir.path) for logdir in self.logdirs))
        self.shared.blobs.on_loaded = self._announce_blobs
        self.ingester = Ingester(self.logdirs, on_commit=self._announce, poll_seconds=poll_seconds)
        self.animation_level = "none"
        self._status = self.ingester.status
        self._pause: Timer | None = None
        self._tick: Timer | None = None
        for _, theme in THEMES.values():
            self.register_theme(theme)
        self.theme = "tbtui-dark"

    # What is on the screen

    def compose(self) -> ComposeResult:
        data = {"snapshot": TbtuiApp.snapshot, "selection": TbtuiApp.selection}
        yield Header(self.shared, self.ingester.status).data_bind(TbtuiApp.snapshot)
        yield TabBar().data_bind(TbtuiApp.selection)
        with Horizontal(id="body"):
            yield RunsPane(self.shared, id="runs").data_bind(**data)
            with ContentSwitcher(initial="rows", id="pages"):
                yield ScalarRows(self.shared, id="rows").data_bind(**data)
                yield ScalarChart(self.shared, id="chart").data_bind(**data)
                yield HistogramRows(self.shared, id="histograms").data_bind(**data)
                yield HistogramFull(self.shared, id="histogram").data_bind(**data)
                yield HParams(self.shared, id="hparams").data_bind(**data)
                yield OtherData(self.shared, id="other").data_bind(**data)
                yield Problems(self.shared, id="problems").data_bind(**data)
        yield KeysLine()
        yield FilterLine()

    def on_mount(self) -> None:
        self._show_page()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, self._end_by_signal, number)
        self.call_after_refresh(self.ingester.start)

    def _end_by_signal(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def on_unmount(self) -> None:
        self.ingester.stop()
        self.shared.blobs.close()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < NARROW, "-narrow")
        self.set_class(event.size.height < LOW, "-low")

    @property
    def page(self) -> Widget:
        """The widget of the present tab and density."""
        return self.query_one("#pages", ContentSwitcher).query_one(f"#{self._page_id()}")

    def _page_id(self) -> str:
        s = self.selection
        match s.tab:
            case Tab.SCALARS:
                return "rows" if s.tag is None else "chart"
            case Tab.HISTOGRAMS:
                return "histograms" if s.histogram is None else "histogram"
            case Tab.HPARAMS:
                return "hparams"
            case Tab.OTHER:
                return "other"
            case Tab.PROBLEMS:
                return "problems"

    def _show_page(self) -> None:
        switcher = self.query_one("#pages", ContentSwitcher)
        page = self._page_id()
        if switcher.current != page or self.focused is None:
            on_page = self.focused is None or self.focused in switcher.children
            switcher.current = page
            if on_page:
                self.page.focus(scroll_visible=False)
        self.query_one(TabBar).active = self.tabs.index(self.selection.tab)
        self._show_keys()

    def _show_keys(self) -> None:
        on_runs = isinstance(self.focused, RunsPane)
        page = self._page_id()
        self.query_one(KeysLine).view = keys.RUNS if on_runs else keys.LIST if page in ("other", "problems") else page

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.query_one(RunsPane).set_class(isinstance(event.widget, RunsPane), "-open")
        self._show_keys()

    # Data comes in

    def _announce(self, version: int) -> None:
        """Called on the ingest thread."""
        self.post_message(messages.Committed(version))

    def _announce_blobs(self) -> None:
        """Called on the blobs' worker thread."""
        self.post_message(messages.BlobsLoaded())

    def on_committed(self, message: messages.Committed) -> None:
        """Show the commit, at once if the last one is some time ago: a burst of commits is shown as a few."""
        if self._pause is None:
            self._take_snapshot()
            self._pause = self.set_timer(SHOWN_APART, self._end_pause)

    def _end_pause(self) -> None:
        self._pause = None
        if self.snapshot is not self.ingester.snapshot or self._status is not self.ingester.status:
            self.on_committed(messages.Committed(self.ingester.snapshot.version))

    def _take_snapshot(self) -> None:
        header = self.query_one(Header)
        header.status = self._status = self.ingester.status
        self.snapshot = self.ingester.snapshot
        header.redraw()

    def on_blobs_loaded(self) -> None:
        for view in (self.query_one(HistogramRows), self.query_one(HistogramFull)):
            view.redraw()

    def validate_snapshot(self, snapshot: StoreSnapshot) -> StoreSnapshot:
        """Every run has its colour before any widget sees it."""
        self.shared.runs.see(snapshot.runs)
        return snapshot

    def watch_snapshot(self) -> None:
        self.query_one(TabBar).tabs = tuple(self.tabs)
        self._show_focused_run()
        self._show_page()
        self._schedule_tick()

    def watch_selection(self) -> None:
        self._show_focused_run()
        self._show_page()

    def _show_focused_run(self) -> None:
        run = focused_run(self.snapshot, self.selection)
        runs = self.query_one(RunsPane)
        if run is not None and not runs.has_focus:
            runs.show_run(run)

    @property
    def tabs(self) -> list[Tab]:
        """The tabs that have something to show; the first and the present one always."""
        plugins_seen = {key.plugin for key in self.snapshot.blobs}
        found = {
            Tab.SCALARS: True,
            Tab.HISTOGRAMS: plugins.HISTOGRAMS in plugins_seen,
            Tab.HPARAMS: any(run.start is not None for run in self.snapshot.runs.values()),
            Tab.OTHER: bool(plugins_seen - {plugins.HISTOGRAMS}),
            Tab.PROBLEMS: bool(self.snapshot.problems),
        }
        return [tab for tab in Tab if found[tab] or tab is self.selection.tab]

    # Time passes: states and ages change their text without any data

    def _schedule_tick(self) -> None:
        """Wake up when the first of the texts that depend on the time changes, and not before."""
        if self._tick is not None:
            self._tick.stop()
        now, waits = self.shared.clock(), []
        for run in self.snapshot.runs.values():
            if run.last_wall_time is not None:
                waits.append(next_age_change(now - run.last_wall_time))
            if (lasts := self.shared.state_lasts(run)) is not None:
                waits.append(lasts)
        self._tick = self.set_timer(min(waits) + 0.01, self._time_passed) if waits else None

    def _time_passed(self) -> None:
        self.query_one(Header).redraw()
        self.query_one(RunsPane).redraw()
        self._schedule_tick()

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
            cursor = self.selection.cursor if message.tag else None
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

    def _focus(self, widget: Widget) -> None:
        if isinstance(widget, RunsPane):
            widget.add_class("-open")
        # A drawer that was closed can take the focus only once its new style is in force.
        self.call_after_refresh(widget.focus, scroll_visible=False)

    def action_focus_next(self) -> None:
        """There are two panes; Textual's own order would walk over all pages."""
        runs = self.query_one(RunsPane)
        self._focus(self.page if runs.has_focus else runs)

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
        run = runs.run if runs.has_focus else focused_run(self.snapshot, self.selection)
        if run is not None:
            self.selection = only(self.selection, run, list(self.snapshot.runs))

    def action_filter(self) -> None:
        on_runs = self.query_one(RunsPane).has_focus or self.selection.tab in (Tab.HPARAMS, Tab.PROBLEMS)
        current = self.selection.runs_filter if on_runs else self.selection.tags_filter
        self.query_one(FilterLine).open("runs" if on_runs else "tags", current.text)

    def action_axis(self) -> None:
        self.selection = next_axis(self.selection)

    def action_log_y(self) -> None:
        self.selection = replace(self.selection, log_y=not self.selection.log_y)

    def action_smoothing(self) -> None:
        self.selection = replace(self.selection, smoothing=not self.selection.smoothing)

    def action_less_smoothing(self) -> None:
        self.selection = smoother(self.selection, -1)

    def action_more_smoothing(self) -> None:
        self.selection = smoother(self.selection, 1)

    def action_theme(self) -> None:
        self.theme = "tbtui-light" if self.current_theme.dark else "tbtui-dark"

    def action_help(self) -> None:
        self.push_screen(HelpScreen())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette offers the key table."""
        for key in (*keys.SHOW, *keys.GO):
            if key.id != "command_palette" and not key.id.startswith("tab("):
                yield SystemCommand(key.help.rstrip("."), f"key {key.shown}", partial(self._run_later, key.id))

    def _run_later(self, action: str) -> None:
        """Run an action once the palette is closed, as if its key had been pressed then."""
        self.call_later(self.run_action, action)


def run_app(logdirs: Sequence[LogDir]) -> int:
    """Open the screen and stay until the user leaves it.

    Returns:
        The exit code: 0 after quit, 128 + the signal's number after a signal, 1 after a crash.
    """
    # The thread that reads gives way to a key press within half a millisecond (the default is five).
    sys.setswitchinterval(0.0005)
    # Without a handler of its own, Python would print log records over the screen.
    logging.getLogger().addHandler(logging.NullHandler())
    app = TbtuiApp(logdirs)
    app.run()
    if app.ingester.status.error:
        sys.stderr.write(f"tbtui: {printable(app.ingester.status.error)}\n")
        return 1
    return app.return_code or 0

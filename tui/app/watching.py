"""What the screen is made of: the thread that reads, the main screen, and when that looks at what was read.

It brings numpy, the reader and every widget with it. So it is imported when the first frame is on the terminal.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from textual.timer import Timer

from tui.app.alerts import Alerts
from tui.app.health_watch import HealthWatch
from tui.app.looked_at import looked_at
from tui.app.memory import Recalled
from tui.app.remotes import Remotes, mirror_lines
from tui.app.screens.main import MainScreen
from tui.app.shared import Shared
from tui.app.widgets.runs_pane import RunsPane
from tui.app.widgets.scalar_cards import ScalarCards
from tui.app.widgets.scalar_chart import ScalarChart
from tui.app.widgets.status import Header
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir
from tui.render.text import printable
from tui.store.snapshot import StoreSnapshot

LONGEST_TICK = 3600.0
DRAWN_AFTER = 0.1  # seconds after which a change is on the screen, mostly
SHOWN_APART = 0.2  # seconds between two looks at new data; each costs bytes, and nobody reads faster
# A look that takes long, at millions of points, is followed by a pause so many times as long, within a second.
SHOWN_SHARE, LONGEST_APART = 20, 1.0


class Watching:
    """Shows on `main` what the ingest thread reads of the logdirs. Its owner starts it, tells it of commits, stops it.

    What is chosen there goes to `memory`; `notes` are lines on what was wrong with what that held. `target` is the step
    that runs are meant to reach, `on_news` is called with what `Alerts` tells.
    """

    def __init__(
        self,
        logdirs: Sequence[LogDir],
        shared: Shared,
        ingester: Ingester,
        recalled: Recalled,
        notices: Sequence[str] = (),
        *,
        target: int | None = None,
        on_news: Callable[[list[str]], None] = lambda news: None,
        remotes: Remotes | None = None,
    ) -> None:
        self.shared = shared
        self._on_news = on_news
        self.shared.place = place_of(logdirs)
        self.shared.logdirs = tuple(logdir.path for logdir in logdirs)
        self.ingester = ingester
        self.remotes = remotes or Remotes((), lambda: None)
        self._links = self.remotes.statuses
        self.main = MainScreen(shared, ingester.status, recalled.selection, notices)
        self.notes = recalled.notes
        self.memory = recalled.memory
        self.health = HealthWatch(shared.clock, target)
        self._alerts = Alerts()
        self._untouched = recalled.untouched
        if self.memory is not None:
            self.main.watch(self.main, "selection", self.memory.keep, init=False)
        self.main.watch(self.main, "selection", self._prefer_soon, init=False)
        self._status = ingester.status
        self._is_frozen = False
        self._pause: Timer | None = None
        self._tick: Timer | None = None
        self._drawing: Timer | None = None

    def begin(self) -> None:
        """Start to read, and to fetch what is not here."""
        self.ingester.start()
        self.remotes.start()

    def stop(self) -> None:
        """End the threads; what was chosen is remembered."""
        gc.unfreeze()
        self.remotes.stop()
        self.ingester.stop()
        self.health.close()
        if self.memory is not None:
            self.memory.close()
        self.shared.blobs.close()
        self.shared.embeddings.cache.close()

    def forget(self) -> None:
        """Show everything as it is shown where nothing is remembered, and remember nothing."""
        if self.memory is not None:
            self.memory.forget()
            start = replace(self._untouched, tab=self.main.selection.tab, focused_run=self.main.selection.focused_run)
            self.memory.begin(start)
            self.main.start_over(start)

    # Data comes in

    def committed(self) -> None:
        """Show the commit, at once if the last one is some time ago: a burst of commits is shown as a few.

        While a large log loads, keys must not wait behind snapshots: these take a small part of the time. That all is
        read is shown at once.
        """
        if self._pause is not None and self._status.loading and not self.ingester.status.loading:
            self._pause.stop()
            self._pause = None
        if self._pause is None and self._is_open:
            start = time.perf_counter()
            self._take_snapshot()
            self._pause = self.main.set_timer(pause_after(time.perf_counter() - start), self._end_pause)

    def _end_pause(self) -> None:
        self._pause = None
        if self.main.read is not self._snapshot or self._status is not self.ingester.status or self._links_changed:
            self.committed()

    @property
    def _is_open(self) -> bool:
        """Whether there is something to show data in: while the app closes, widgets go before timers and messages."""
        return bool(self.main.is_mounted and self.main.query(Header))

    def _take_snapshot(self) -> None:
        self._status, self._links = self.ingester.status, self.remotes.statuses
        self.main.show(self._snapshot, self._status, self._links)
        if not (self._is_frozen or self._status.loading):
            # What was loaded stays. Left to the garbage collector, 40,000 series hold up some key presses by 100 ms,
            # and so does all that was imported.
            gc.freeze()
        if not self._status.loading:
            self.health.look(self.main.read)
        self._is_frozen = not self._status.loading
        self._prefer_soon()
        self._schedule_tick()

    def _prefer_soon(self) -> None:
        """At once, and when it is on the screen: charts choose some of many runs when they are drawn."""
        self._prefer()
        if self._drawing is not None:
            self._drawing.stop()
        self._drawing = self.main.set_timer(DRAWN_AFTER, self._prefer)

    def _prefer(self) -> None:
        """Have the thread that reads know what is looked at."""
        if self._is_open:
            listed, page = self.main.query_one(RunsPane).in_view, self.main.page
            charted = page.charted if isinstance(page, ScalarChart | ScalarCards) else ()
            self.ingester.prefer(looked_at(self.main.read, self.main.selection, listed, charted))

    @property
    def _snapshot(self) -> StoreSnapshot:
        return self.remotes.with_problems(self.ingester.snapshot)

    @property
    def _links_changed(self) -> bool:
        return self._links != self.remotes.statuses

    @property
    def mirror_lines(self) -> list[tuple[str, str]]:
        """Where the mirrors of remote logdirs lie, for the help."""
        return mirror_lines(self.remotes.statuses)

    def blobs_loaded(self) -> None:
        """Blobs that were waited for are decoded."""
        if self._is_open:
            self.shared.blobs.trim()
            self.shared.embeddings.cache.trim()
            self.main.show_blobs()

    def judged(self) -> None:
        """The health rules have come to something new."""
        if self._is_open:
            judged = self.health.judged
            self.main.show_judged(judged)
            if news := self._alerts.news(judged):
                self._on_news(news)

    @property
    def is_judged(self) -> bool:
        """Whether what is shown is what the health rules say of what was read."""
        judged = self.health.judged
        return judged.histograms and judged.snapshot is self.main.read and judged == self.main.judged

    # Time passes: states and ages change their text without any data

    def _schedule_tick(self) -> None:
        """Wake up when the first of the texts that depend on the time changes, and not before."""
        if self._tick is not None:
            self._tick.stop()
        until = min((self.shared.status(run).until for run in self.main.read.runs.values()), default=math.inf)
        wait = min(max(until - self.shared.clock(), 0.0), LONGEST_TICK)
        self._tick = self.main.set_timer(wait + 0.01, self.time_passed)

    def time_passed(self) -> None:
        """The first of the texts has changed."""
        if self._is_open:
            self.main.show_time()
            self._schedule_tick()


def place_of(logdirs: Sequence[LogDir]) -> str:
    """What is open, in printable words."""
    return printable(", ".join(logdir.place for logdir in logdirs))


def pause_after(cost: float) -> float:
    """Seconds until the next look at new data after one that took `cost` seconds."""
    return max(SHOWN_APART, min(SHOWN_SHARE * cost, LONGEST_APART))

"""The app: wires the ingest thread, the clock and the terminal's signals to the main screen."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from tui.app import keys, messages
from tui.app.screens.help import HelpScreen
from tui.app.screens.main import MainScreen
from tui.app.shared import Shared
from tui.app.theme import THEMES
from tui.app.widgets.status import Header
from tui.ingest.ingester import Ingester
from tui.reader.logdir import LogDir
from tui.render.numbers import next_age_change
from tui.render.text import printable

POLL_SECONDS = 1.0
LONGEST_TICK = 3600.0
SHOWN_APART = 0.2  # seconds between two looks at new data; each costs bytes, and nobody reads faster
# A look that takes long, at millions of points, is followed by a pause so many times as long, within a second.
SHOWN_SHARE, LONGEST_APART = 20, 1.0


class TbtuiApp(App[None]):
    """The screen on one or more log directories."""

    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [*keys.APP_BINDINGS]
    CSS_PATH = "app.tcss"

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
        self.main = MainScreen(self.shared, self.ingester.status)
        self._status = self.ingester.status
        self._pause: Timer | None = None
        self._tick: Timer | None = None
        for _, theme in THEMES.values():
            self.register_theme(theme)
        self.theme = "tbtui-dark"

    def get_default_screen(self) -> Screen[None]:
        """The main screen, under whatever is opened over it."""
        return self.main

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            loop.add_signal_handler(number, self._end_by_signal, number)
        self.call_after_refresh(self.ingester.start)

    def _end_by_signal(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def on_unmount(self) -> None:
        self.ingester.stop()
        self.shared.blobs.close()

    # Data comes in

    def _announce(self, version: int) -> None:
        """Called on the ingest thread."""
        self.post_message(messages.Committed(version))

    def _announce_blobs(self) -> None:
        """Called on the blobs' worker thread."""
        self.post_message(messages.BlobsLoaded())

    def on_committed(self, message: messages.Committed) -> None:
        """Show the commit, at once if the last one is some time ago: a burst of commits is shown as a few.

        While a large log loads, keys must not wait behind snapshots: these take a small part of the time.
        """
        if self._pause is None and self._is_open:
            start = time.perf_counter()
            self._take_snapshot()
            self._pause = self.set_timer(pause_after(time.perf_counter() - start), self._end_pause)

    def _end_pause(self) -> None:
        self._pause = None
        if self.main.snapshot is not self.ingester.snapshot or self._status is not self.ingester.status:
            self.on_committed(messages.Committed(self.ingester.snapshot.version))

    @property
    def _is_open(self) -> bool:
        """Whether there is something to show data in: while the app closes, widgets go before timers and messages."""
        return bool(self.main.query(Header))

    def _take_snapshot(self) -> None:
        self._status = self.ingester.status
        self.main.show(self.ingester.snapshot, self._status)
        self._schedule_tick()

    def on_blobs_loaded(self) -> None:
        if self._is_open:
            self.main.show_blobs()

    # Time passes: states and ages change their text without any data

    def _schedule_tick(self) -> None:
        """Wake up when the first of the texts that depend on the time changes, and not before."""
        if self._tick is not None:
            self._tick.stop()
        waits = [LONGEST_TICK]
        for run in self.main.snapshot.runs.values():
            if (silence := self.shared.silence(run)) is not None:
                waits.append(next_age_change(silence))
            if (lasts := self.shared.state_lasts(run)) is not None:
                waits.append(lasts)
        self._tick = self.set_timer(min(waits) + 0.01, self._time_passed)

    def _time_passed(self) -> None:
        if self._is_open:
            self.main.show_time()
            self._schedule_tick()

    # Keys and commands that are not the main screen's

    def action_theme(self) -> None:
        self.theme = "tbtui-light" if self.current_theme.dark else "tbtui-dark"

    def action_command_palette(self) -> None:
        """Open the palette with a cursor that does not blink: nothing is sent while nothing changes."""
        super().action_command_palette()
        self.call_after_refresh(self._still_cursor)

    def _still_cursor(self) -> None:
        for line in self.screen.query(Input):
            line.cursor_blink = False

    def action_help(self) -> None:
        self.push_screen(HelpScreen())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette offers the key table."""
        for key in (*keys.SHOW, *keys.GO, *keys.APP):
            if key.id != "command_palette" and not key.id.startswith("tab("):
                action = f"app.{key.id}" if key in keys.APP else key.id
                yield SystemCommand(key.help.rstrip("."), f"key {key.shown}", partial(self._run_later, action))

    def _run_later(self, action: str) -> None:
        """Run an action once the palette is closed, as if its key had been pressed then."""
        self.call_later(self.main.run_action, action)


def pause_after(cost: float) -> float:
    """Seconds until the next look at new data after one that took `cost` seconds."""
    return max(SHOWN_APART, min(SHOWN_SHARE * cost, LONGEST_APART))


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

"""The app: shows the first frame, then wires what is read and the terminal's signals to the main screen."""

from __future__ import annotations

import asyncio
import gc
import logging
import select
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Input

from tui.app import keys, messages
from tui.app.failures import ToldApp
from tui.app.output.notification import BELL, notification
from tui.app.screens.opening import OpeningScreen
from tui.app.settings import START, Start
from tui.app.terminal_kind import FULL, TerminalKind, terminal_kind
from tui.app.theme import THEMES
from tui.reader.named_logdir import LogDir
from tui.render.text import printable

if TYPE_CHECKING:
    from tui.app.screens.main import MainScreen
    from tui.app.shared import Shared
    from tui.app.watching import Watching
    from tui.ingest.ingester import Ingester
    from tui.model import SeriesKey
    from tui.store.snapshot import ScalarSeries

POLL_SECONDS = 1.0
TERMINAL_SECONDS = 5.0  # between two looks whether the terminal is still there


class TbtuiApp(ToldApp):
    """The screen on one or more log directories.

    With `first_frame` it starts on a screen that only says so, and imports what it is made of meanwhile.
    """

    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [*keys.APP_BINDINGS]
    CSS_PATH = "app.tcss"

    def __init__(
        self,
        logdirs: Sequence[LogDir],
        *,
        shared: Shared | None = None,
        poll_seconds: float = POLL_SECONDS,
        first_frame: bool = False,
        start: Start = START,
        kind: TerminalKind = FULL,
    ) -> None:
        super().__init__(start.settings, kind)
        self.logdirs = tuple(logdirs)
        self.start = start
        self._poll_seconds = poll_seconds
        self._watching: Watching | None = None if first_frame else self._prepare(shared)
        for _, theme in THEMES.values():
            self.register_theme(theme)
        self.theme = f"tbtui-{start.settings.theme}"
        if start.settings.keys:
            from tui.app.remapping import keymap

            self.set_keymap(keymap(start.settings.keys))

    def _prepare(self, shared: Shared | None = None) -> Watching:
        """All that the first frame does without; reading begins before the widgets are imported, if `shared` is."""
        from tui.app.remotes import Remotes
        from tui.ingest.ingester import Ingester

        ingester = Ingester(
            self.logdirs, on_commit=self._announce, poll_seconds=self._poll_seconds,
            memory_limit=self.start.settings.memory, farewell=self._judge_at_last,
        )  # fmt: skip
        remotes = Remotes(self.logdirs, lambda: self._announce(ingester.snapshot.version))
        if self.is_running:
            ingester.start()
            remotes.start()
        from tui.app.memory import recall
        from tui.app.output.cell_size import USUAL
        from tui.app.pictures import InPixels, drawing
        from tui.app.shared import shared_for
        from tui.app.watching import Watching
        from tui.render.glyphs import ASCII, BRAILLE

        shared = shared or shared_for(self.start.settings)
        shared.blobs.on_loaded = shared.embeddings.cache.on_loaded = self._announce_blobs
        shared.sparks.glyphs = ASCII if self.kind.ascii else BRAILLE
        shared.pictures.drawing = drawing(self.start.settings.images, self.kind)
        if self.kind.pixels is not None:
            shared.pictures.in_pixels = InPixels(self.kind.pixels, lambda: self.cell_size or USUAL, self.album)
        recalled = recall(self.logdirs, self.start, self.tell_trouble)
        watching = Watching(
            self.logdirs, shared, ingester, recalled, (*self.start.complaints, *recalled.notes),
            target=self.start.settings.target, on_news=self._alert, remotes=remotes,
        )  # fmt: skip
        watching.health.on_judged, watching.health.on_trouble = self._announce_judged, self.tell_trouble
        return watching

    @property
    def watching(self) -> Watching:
        """What is read and shown; there once the first frame was."""
        assert self._watching is not None
        return self._watching

    @property
    def error(self) -> str | None:
        """Why reading has ended, None if it has not."""
        return self._watching.ingester.status.error if self._watching is not None else None

    @property
    def notes(self) -> tuple[str, ...]:
        """Lines on what was wrong with what is remembered."""
        return self._watching.notes if self._watching is not None else ()

    @property
    def main(self) -> MainScreen:
        """The screen under whatever is opened over it."""
        return self.watching.main

    @property
    def ingester(self) -> Ingester:
        """The thread that reads."""
        return self.watching.ingester

    @property
    def shared(self) -> Shared:
        """What all widgets share."""
        return self.watching.shared

    def get_default_screen(self) -> Screen[None]:
        """The first frame, or the main screen at once."""
        if self._watching is not None:
            return self._watching.main
        return OpeningScreen(printable(", ".join(logdir.place for logdir in self.logdirs)))

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            loop.add_signal_handler(number, self._end_by_signal, number)
        if self._watching is not None:
            self.call_after_refresh(self._watching.begin)
        else:
            self.call_after_refresh(self.run_worker, self._open, exit_on_error=True)

        if not self.is_headless:
            self.set_interval(TERMINAL_SECONDS, self._end_without_terminal)

    def _end_without_terminal(self) -> None:
        """End where the terminal is gone and nobody sent a hangup: Textual would read its end for ever."""
        poll = select.poll()
        assert sys.__stdin__ is not None  # Textual reads it
        poll.register(sys.__stdin__.fileno(), 0)
        if poll.poll(0):  # nothing was asked for, so it is a hangup or an error
            self.terminal_gone()

    def terminal_gone(self) -> None:
        """End as by a hangup."""
        self._end_by_signal(signal.SIGHUP)

    async def _open(self) -> None:
        """Import the rest on a thread, and put the main screen over the first frame."""
        opening = self.screen
        assert isinstance(opening, OpeningScreen)
        self._watching = await asyncio.to_thread(self._prepare)
        await self.push_screen(self._watching.main)
        self._watching.committed()
        for key in opening.pressed:
            self.post_message(key)

    def _end_by_signal(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def on_unmount(self) -> None:
        if self._watching is not None:
            self._watching.stop()

    # Data comes in

    def _announce(self, version: int) -> None:
        """Called on the ingest thread."""
        self.post_message(messages.Committed(version))

    def _judge_at_last(self, series: Mapping[SeriesKey, ScalarSeries]) -> None:
        """Called on the ingest thread, before points are let go."""
        if self._watching is not None:
            try:
                self._watching.health.judge_at_last(series)
            except Exception as error:  # noqa: BLE001 - reading is to go on, whatever a rule does
                self.tell_trouble(printable(f"a run was not judged: {type(error).__name__}: {error}"))

    def _announce_blobs(self) -> None:
        """Called on the blobs' worker thread."""
        self.post_message(messages.BlobsLoaded())

    def _announce_judged(self) -> None:
        """Called on the thread that judges."""
        self.post_message(messages.Judged())

    def tell_trouble(self, text: str) -> None:
        """Called on the thread that remembers, or judges, or has failed."""
        self.post_message(messages.Noticed(text, failed=True))

    @property
    def is_opening(self) -> bool:
        """Whether there is nothing to say anything on yet."""
        return self._watching is None or isinstance(self.screen, OpeningScreen)

    def on_noticed(self, message: messages.Noticed) -> None:
        if self._watching is not None:
            self._watching.main.notice(message)

    def on_committed(self, message: messages.Committed) -> None:
        if self._watching is not None:
            self._watching.committed()

    def on_judged(self) -> None:
        self.watching.judged()

    def _alert(self, news: list[str]) -> None:
        """Call the user, who need not look at the screen."""
        from tui.app.alerts import as_one

        if self.start.settings.bell:
            self.send(BELL)
        if self.start.settings.notify:
            self.send(notification(as_one(news), in_tmux=self.kind.in_tmux))

    def cells_resized(self) -> None:
        """Pictures are to be made anew."""
        if self._watching is not None:
            self._watching.blobs_loaded()

    def on_blobs_loaded(self) -> None:
        self.watching.blobs_loaded()

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
        from tui.app.screens.help import HelpScreen
        from tui.app.widgets.status import polled

        told = polled(self.ingester.status)
        self.push_screen(HelpScreen(self.shared.keys, self.main.keys_view, self.watching.mirror_lines, told))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette offers the key table."""
        shown = {key.id: key.shown for key in self.shared.keys}
        here = self.main.focused or self.main.page
        for key in keys.HERE:
            if hasattr(here, f"action_{key.id}"):
                later = partial(self.call_later, self.run_action, key.id, here)
                yield SystemCommand(key.help.rstrip("."), f"key {shown[key.id]}", later)
        for key in (*keys.SHOW, *keys.GO, *keys.APP):
            if key.id != "command_palette" and not key.id.startswith("tab("):
                action = f"app.{key.id}" if key in keys.APP else key.id
                yield SystemCommand(key.help.rstrip("."), f"key {shown[key.id]}", partial(self._run_later, action))
        if self.watching.memory is not None:
            title = "Forget what is remembered for this log directory"
            yield SystemCommand(title, "and show what the settings say", self.watching.forget)

    def _run_later(self, action: str) -> None:
        """Run an action once the palette is closed, as if its key had been pressed then."""
        self.call_later(self.main.run_action, action)


def run_app(logdirs: Sequence[LogDir], start: Start = START) -> int:
    """Open the screen and stay until the user leaves it.

    Returns:
        The exit code: 0 after quit, 128 + the signal's number after a signal, 1 after a crash.
    """
    # The thread that reads gives way to a key press within half a millisecond (the default is five).
    sys.setswitchinterval(0.0005)
    # A picture is thousands of objects, nearly all gone by the next: looked for as often as Python does (every 700 new
    # ones), garbage takes a third of the time of a step, and some steps 100 ms more.
    gc.set_threshold(20_000, 10, 4)
    # Without a handler of its own, Python would print log records over the screen.
    logging.getLogger().addHandler(logging.NullHandler())
    for complaint in start.complaints:  # on the screen too; this is still there afterwards
        sys.stderr.write(f"tbtui: {complaint}\n")
    app = TbtuiApp(logdirs, first_frame=True, start=start, kind=terminal_kind(start.settings))
    app.run_to_its_end(mouse=start.settings.mouse)
    if app.lacks is not None:
        sys.stderr.write(f"tbtui: {app.lacks}\n")
        return 1
    for note in app.notes:
        sys.stderr.write(f"tbtui: {note}\n")
    if app.error:
        sys.stderr.write(f"tbtui: {printable(app.error)}\n")
        return 1
    return app.return_code or 0

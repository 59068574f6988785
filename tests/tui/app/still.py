"""The main screen on snapshots made in memory: nothing is read, and only the test changes what is shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

import tui.app
from tui.app.screens.main import MainScreen
from tui.app.shared import Shared
from tui.app.theme import THEMES
from tui.ingest.status import IngestStatus
from tui.store.snapshot import StoreSnapshot


class StillApp(App[None]):
    """An app without a reader."""

    CSS_PATH = Path(tui.app.__file__).parent / "app.tcss"

    def __init__(self, now: float) -> None:
        super().__init__()
        self.main = MainScreen(Shared(place="runs", clock=lambda: now), READ)
        for _, theme in THEMES.values():
            self.register_theme(theme)
        self.theme = "tbtui-dark"

    def get_default_screen(self) -> Screen[None]:
        return self.main


READ = IngestStatus(0, 0, 0, loading=False, mode="inotify", detail="", error=None)


@asynccontextmanager
async def showing(
    snapshot: StoreSnapshot, size: tuple[int, int] = (160, 45), *, now: float
) -> AsyncIterator[tuple[Pilot[None], MainScreen]]:
    """The screen with a snapshot on it."""
    app = StillApp(now)
    async with app.run_test(size=size) as pilot:
        app.main.show(snapshot, READ)
        await pilot.pause()
        yield pilot, app.main

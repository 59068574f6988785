"""Pictures of three views. When one changes on purpose, look at the report, then run pytest --snapshot-update."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.app.screens import app_on, training, until
from tui.app.app import TbtuiApp
from tui.app.widgets.status import Header
from tui.ingest import schedule
from tui.ingest.watcher import Watcher

Compare = Callable[..., bool]
Prepare = Callable[[Pilot[None]], Awaitable[None]]


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TbtuiApp:
    """The app on `runs/`; nothing in its picture depends on the machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Watcher, "mode", property(lambda watcher: "inotify", lambda watcher, mode: None), raising=False)
    # Half-read runs would leave their mark: the runs pane never shrinks, and colours go by who came first.
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", math.inf)
    return app_on(training(Path("runs")))


def after(*keys: str, waiting_for: Callable[[Pilot[None]], bool] = lambda pilot: True) -> Prepare:
    """Wait until all is read, press keys, and wait for what comes of them."""

    async def prepare(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, TbtuiApp)
        await until(pilot, lambda: not app.ingester.status.loading and app.main.snapshot is app.ingester.snapshot)
        await until(pilot, lambda: not app.main.query_one(Header).status.loading)
        await until(pilot, lambda: app.watching.is_judged)
        await pilot.press(*keys)
        await until(pilot, lambda: waiting_for(pilot))

    return prepare


def test_rows(app: TbtuiApp, snap_compare: Compare) -> None:
    assert snap_compare(app, terminal_size=(160, 45), run_before=after("down", "down", "space"))


def test_chart_with_a_cursor(app: TbtuiApp, snap_compare: Compare) -> None:
    keys = ("enter", "down", "right", "home", *["pagedown"] * 4)
    assert snap_compare(app, terminal_size=(80, 24), run_before=after(*keys))

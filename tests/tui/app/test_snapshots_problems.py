"""Pictures of the Problems tab, and of a chart with a finding at its cursor."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.builders import WALL_TIME
from tests.tui.app.screens import app_on
from tests.tui.app.test_snapshots import Compare, after
from tests.tui.app.troubled import STEPS, troubled
from tui.app.app import TbtuiApp
from tui.ingest import schedule
from tui.ingest.watcher import Watcher


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TbtuiApp:
    """The app on `runs/`; nothing in its picture depends on the machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Watcher, "mode", property(lambda watcher: "inotify", lambda watcher, mode: None), raising=False)
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", math.inf)
    return app_on(troubled(Path("runs")), now=WALL_TIME + STEPS + 20)


def test_problems(app: TbtuiApp, snap_compare: Compare) -> None:
    assert snap_compare(app, terminal_size=(120, 30), run_before=after("left_curly_bracket", "down", "space", "home"))


def test_problems_in_a_small_window(app: TbtuiApp, snap_compare: Compare) -> None:
    assert snap_compare(app, terminal_size=(50, 14), run_before=after("left_curly_bracket", "down"))


def test_a_finding_at_the_cursor(app: TbtuiApp, snap_compare: Compare) -> None:
    assert snap_compare(app, terminal_size=(120, 36), run_before=after("left_curly_bracket", "enter"))

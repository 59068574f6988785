"""Pictures of the custom scalars tab. When one changes on purpose, look at the report, then run pytest
--snapshot-update.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.tui.app.screens import app_on, shown
from tests.tui.app.test_custom_charts import category, lines, margins, trained
from tests.tui.app.test_snapshots import Compare, after
from tui.app.app import TbtuiApp
from tui.ingest import schedule
from tui.ingest.watcher import Watcher

LOSSES = category(
    "Losses", lines("train and val", "loss/.*"), lines("not logged", "val/(.*)"), lines("broken", "acc/(")
)
ACCURACY = category("Accuracy", margins("band", ("acc", "acc/low", "acc/high")))
MORE = category("More", lines("x", "loss"), lines("y", "acc"), closed=True)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TbtuiApp:
    """The app on `runs/`; nothing in its picture depends on the machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Watcher, "mode", property(lambda watcher: "inotify", lambda watcher, mode: None), raising=False)
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", math.inf)
    return app_on(trained(Path("runs"), LOSSES, ACCURACY, MORE))


def test_cards(app: TbtuiApp, snap_compare: Compare) -> None:
    prepare = after("2", waiting_for=lambda pilot: "band" in shown(pilot, "#custom_cards"))
    assert snap_compare(app, terminal_size=(160, 45), run_before=prepare)


def test_chart(app: TbtuiApp, snap_compare: Compare) -> None:
    prepare = after("2", "enter", "left", waiting_for=lambda pilot: "val" in shown(pilot, "#custom_chart"))
    assert snap_compare(app, terminal_size=(80, 24), run_before=prepare)


def test_band(app: TbtuiApp, snap_compare: Compare) -> None:
    keys = ("2", "down", "down", "enter")
    prepare = after(*keys, waiting_for=lambda pilot: "Accuracy/band" in shown(pilot, "#custom_chart"))
    assert snap_compare(app, terminal_size=(120, 36), run_before=prepare)

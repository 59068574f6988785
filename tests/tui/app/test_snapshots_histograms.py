"""Pictures of the histograms tab. When one changes on purpose, look at it, then run pytest --snapshot-update."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.app.screens import app_on, training, until
from tui.app.app import TbtuiApp
from tui.app.widgets.status import Header
from tui.ingest import schedule
from tui.ingest.watcher import Watcher

Compare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=["80x24", "160x45"])


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TbtuiApp:
    """The app on `runs/`; nothing in its picture depends on the machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Watcher, "mode", property(lambda watcher: "inotify", lambda watcher, mode: None), raising=False)
    # Half-read runs would leave their mark: the runs pane never shrinks, and colours go by who came first.
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", math.inf)
    return app_on(training(Path("runs")))


def pressing(app: TbtuiApp, *keys: str) -> Callable[[Pilot[None]], object]:
    """Wait until all is read, press keys, and wait until all that they ask for is decoded."""

    async def prepare(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: not app.ingester.status.loading and app.main.snapshot is app.ingester.snapshot)
        await until(pilot, lambda: not app.main.query_one(Header).status.loading)
        await until(pilot, lambda: app.watching.is_judged)
        await pilot.press("2", *keys)
        await until(pilot, lambda: not app.watching.shared.blobs.waits)

    return prepare


@SIZES
def test_rows(app: TbtuiApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=pressing(app))


@SIZES
@pytest.mark.parametrize("way", ["ridgeline", "heatmap", "percentiles", "bars"])
def test_one_run(app: TbtuiApp, snap_compare: Compare, size: tuple[int, int], way: str) -> None:
    keys = ["g"] * ["ridgeline", "heatmap", "percentiles", "bars"].index(way)
    assert snap_compare(app, terminal_size=size, run_before=pressing(app, "enter", *keys, "left", "full_stop"))


@pytest.mark.parametrize("way", ["heatmap", "bars"])
def test_all_runs(app: TbtuiApp, snap_compare: Compare, way: str) -> None:
    keys = ["g"] * {"heatmap": 1, "bars": 3}[way]
    assert snap_compare(app, terminal_size=(160, 45), run_before=pressing(app, "enter", "space", *keys))

"""Pictures of the Meshes tab at two sizes. When one changes on purpose, run pytest --snapshot-update and look."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.app.meshes import meshes
from tests.tui.app.screens import app_on, shown, until
from tests.tui.app.test_snapshots import Compare, Prepare, after
from tui.app.app import TbtuiApp
from tui.ingest import schedule
from tui.ingest.watcher import Watcher

SIZES = [(80, 24), (160, 45)]


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TbtuiApp:
    """The app on three meshes; nothing in its picture depends on the machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Watcher, "mode", property(lambda watcher: "inotify", lambda watcher, mode: None), raising=False)
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", math.inf)
    return app_on(meshes(Path("runs")))


def all_read(pilot: Pilot[None]) -> bool:
    """Whether nothing is waited for."""
    app = pilot.app
    assert isinstance(app, TbtuiApp)
    return not app.shared.blobs.waits


def opened_then(opening: tuple[str, ...], *keys: str) -> Prepare:
    """Open one, and press keys when it is drawn."""

    async def prepare(pilot: Pilot[None]) -> None:
        await after(*opening, waiting_for=lambda pilot: "vertices" in shown(pilot, "#mesh"))(pilot)
        await pilot.press(*keys)
        await until(pilot, lambda: all_read(pilot))

    return prepare


@pytest.mark.parametrize("size", SIZES)
def test_list(app: TbtuiApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=after("2", waiting_for=all_read))


@pytest.mark.parametrize("size", SIZES)
def test_a_mesh(app: TbtuiApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    prepare = opened_then(("2", "down", "enter"), "shift+right")
    assert snap_compare(app, terminal_size=size, run_before=prepare)


def test_faces_in_the_light(app: TbtuiApp, snap_compare: Compare) -> None:
    prepare = opened_then(("2", "down", "enter"), "g", "shift+down", "plus")
    assert snap_compare(app, terminal_size=(80, 24), run_before=prepare)

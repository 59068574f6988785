"""Pictures of the tab of graphs. When one changes on purpose, look at the report, then run pytest --snapshot-update."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.app.graph_logs import with_graphs
from tests.tui.app.screens import app_on, shown
from tests.tui.app.test_snapshots import Compare, after
from tui.app.app import TbtuiApp
from tui.ingest import schedule
from tui.ingest.watcher import Watcher


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TbtuiApp:
    """The app on `runs/`; nothing in its picture depends on the machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Watcher, "mode", property(lambda watcher: "inotify", lambda watcher, mode: None), raising=False)
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", math.inf)
    return app_on(with_graphs(Path("runs")))


def all_is_read(pilot: Pilot[None]) -> bool:
    return "PyTorch trace" in shown(pilot, "#graphs") and "reading…" not in shown(pilot, "#graphs")


def the_tree_is_shown(pilot: Pilot[None]) -> bool:
    return "scope  " in shown(pilot, "#graph")


def the_node_is_shown(pilot: Pilot[None]) -> bool:
    return "attributes" in shown(pilot, "#graph")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_list(app: TbtuiApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=after("2", waiting_for=all_is_read))


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_tree(app: TbtuiApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    prepare = after("2", "enter", waiting_for=the_tree_is_shown)
    assert snap_compare(app, terminal_size=size, run_before=prepare)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_layers(app: TbtuiApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def prepare(pilot: Pilot[None]) -> None:
        await after("2", "enter", waiting_for=the_tree_is_shown)(pilot)
        await pilot.press("g")

    assert snap_compare(app, terminal_size=size, run_before=prepare)


def test_node(app: TbtuiApp, snap_compare: Compare) -> None:
    async def prepare(pilot: Pilot[None]) -> None:
        await after("2", "enter", waiting_for=the_tree_is_shown)(pilot)
        await after("end", "enter", waiting_for=the_node_is_shown)(pilot)

    assert snap_compare(app, terminal_size=(80, 24), run_before=prepare)

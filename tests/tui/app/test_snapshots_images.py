"""Pictures of the image tab at two sizes. When one changes on purpose, run pytest --snapshot-update and look."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import PIL
import pytest

from tests import builders
from tests.tui.app.screens import app_on
from tests.tui.app.test_images import image, movie, png, several
from tests.tui.app.test_snapshots import Compare, after
from tests.tui.app.test_snapshots_text import all_read
from tui.app.app import TbtuiApp
from tui.ingest import schedule
from tui.ingest.watcher import Watcher

SIZES = [(80, 24), (160, 45)]


def rings(run: int, step: int) -> np.ndarray:
    """A disc and a ring on bars, all in few colours: the picture of them is not to be large."""
    y, x = np.mgrid[:48, :64]
    distance = (x - 20 - step) ** 2 + (y - 24) ** 2
    bars = np.where((x // 16 % 2 == 0)[..., None], [20, 60, 120], [180, 60 + 30 * run, 40])
    disc = np.where((distance < 300)[..., None], [240, 220, 80], bars)
    return np.where((distance < 80)[..., None], [30, 160, 90 + 40 * run], disc).astype(np.uint8)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TbtuiApp:
    """The app on pictures of two runs; nothing of it depends on the machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Watcher, "mode", property(lambda watcher: "inotify", lambda watcher, mode: None), raising=False)
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", math.inf)
    for run, name in enumerate(("adam", "sgd")):
        events = [
            builders.event(
                image("samples/rings", png(rings(run, step))), step=step, wall_time=builders.WALL_TIME + step
            )
            for step in (0, 10, 20)
        ]
        events.append(builders.event(image("movie", movie()), several(), image("none", b"hello"), step=0))
        builders.write(Path("runs") / name / builders.FILE_NAME, events)
    return app_on(Path("runs"))


@pytest.mark.parametrize("size", SIZES)
def test_list(app: TbtuiApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=after("2", waiting_for=all_read))


@pytest.mark.parametrize("size", SIZES)
def test_grid(app: TbtuiApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=after("2", "g", "end", waiting_for=all_read))


@pytest.mark.parametrize("size", SIZES)
def test_zoomed(app: TbtuiApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    prepare = after("2", "end", "enter", "plus", "plus", "L", waiting_for=all_read)
    assert snap_compare(app, terminal_size=size, run_before=prepare)


@pytest.mark.skipif(
    int(PIL.__version__.partition(".")[0]) < 13, reason="older Pillow rounds colours in between otherwise"
)
@pytest.mark.parametrize("size", SIZES)
def test_difference(app: TbtuiApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    prepare = after("2", "end", "enter", "g", "g", "left", waiting_for=all_read)
    assert snap_compare(app, terminal_size=size, run_before=prepare)

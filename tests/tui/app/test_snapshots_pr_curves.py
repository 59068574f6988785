"""Pictures of the PR curves tab. When one changes on purpose, look at the report, then run pytest --snapshot-update."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.builders import WALL_TIME
from tests.tui.app.screens import app_on, shown
from tests.tui.app.test_snapshots import Compare, after
from tui.app.app import TbtuiApp
from tui.ingest import schedule
from tui.ingest.watcher import Watcher

THRESHOLDS = 41


def classified(logdir: Path) -> Path:
    """Three runs that tell classes apart better and better, without a random number: all counts are shares."""
    thresholds = np.linspace(0, 1, THRESHOLDS)
    for number, run in enumerate(("linear", "resnet", "vit")):
        items = [builders.version_event()]
        for step in range(0, 50, 10):
            sharpness = 1 + number + step / 20
            recall = (1 - thresholds) ** (1 / sharpness)
            false_rate = (1 - thresholds) ** sharpness
            tp, fp = np.round(400 * recall), np.round(600 * false_rate)
            rows = [tp, fp, 600 - fp, 400 - tp, tp / np.maximum(tp + fp, 1e-7), tp / 400]
            proto = to_tensor_proto(np.stack(rows).astype(np.float32))
            values = [builders.tensor(tag, proto, plugin="pr_curves") for tag in ("val/cat", "val/dog")]
            items.append(builders.event(*values, step=step, wall_time=WALL_TIME + step))
        builders.write(logdir / run / builders.FILE_NAME, items)
    return logdir


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TbtuiApp:
    """The app on `runs/`; nothing in its picture depends on the machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Watcher, "mode", property(lambda watcher: "inotify", lambda watcher, mode: None), raising=False)
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", math.inf)
    return app_on(classified(Path("runs")))


def is_read(selector: str, text: str) -> Callable[[Pilot[None]], bool]:
    """Whether a page shows its numbers."""
    return lambda pilot: text in shown(pilot, selector) and "reading" not in shown(pilot, selector)


def test_list(app: TbtuiApp, snap_compare: Compare) -> None:
    prepare = after("2", "space", waiting_for=is_read("#pr_curves", " @ "))
    assert snap_compare(app, terminal_size=(80, 24), run_before=prepare)


def test_two_thresholds(app: TbtuiApp, snap_compare: Compare) -> None:
    keys = ("2", "enter", "full_stop", "full_stop", "m", "comma", "comma", "comma", "comma")
    prepare = after(*keys, waiting_for=is_read("#pr_curve", "vit"))
    assert snap_compare(app, terminal_size=(160, 45), run_before=prepare)


def test_zoomed_in_few_cells(app: TbtuiApp, snap_compare: Compare) -> None:
    prepare = after("2", "enter", "left", "plus", waiting_for=is_read("#pr_curve", "step 30"))
    assert snap_compare(app, terminal_size=(80, 24), run_before=prepare)

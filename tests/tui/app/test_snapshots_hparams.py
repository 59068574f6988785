"""Pictures of the HParams tab at two sizes. When one changes on purpose, run pytest --snapshot-update and look."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from logging_lib.tfevents.hparams import SessionStart
from tests import builders
from tests.tui.app.screens import app_on, shown
from tests.tui.app.test_snapshots import Compare, after
from tui.app.app import TbtuiApp
from tui.ingest import schedule
from tui.ingest.watcher import Watcher

SIZES = [(80, 24), (160, 45)]


def sweep(logdir: Path) -> Path:
    """Sixteen sessions: the best learning rate is in the middle; one diverged."""
    for number in range(16):
        lr, opt = (0.1, 0.01, 0.001, 0.0001)[number % 4], "adam" if number < 8 else "sgd"
        hparams = {"lr": lr, "optimizer": opt, "batch_size": 16.0 * (1 + number // 4 % 2), "warmup": 100.0}
        events = [builders.session_start(SessionStart(hparams))]
        for step in range(0, 50, 10):
            far = abs(math.log10(lr) + 2.2) + number / 40
            loss = math.nan if number == 8 and step > 20 else 0.2 + far / (1 + step / 10)
            values = builders.scalar("val/loss", loss), builders.scalar("val/accuracy", 1 / (1 + far))
            events.append(builders.event(*values, step=step, wall_time=builders.WALL_TIME + step))
        builders.write(logdir / f"{opt}_{lr:g}_{number}" / builders.FILE_NAME, events)
    return logdir


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TbtuiApp:
    """The app on the sweep; nothing in its picture depends on the machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Watcher, "mode", property(lambda watcher: "inotify", lambda watcher, mode: None), raising=False)
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", math.inf)
    return app_on(sweep(Path("runs")))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("page", "keys"),
    [
        ("hparams", ("right", "right", "right", "right", "enter", "down", "m")),
        ("hparam_axes", ("g", "m", "pagedown", "pagedown", "m", "right")),
        ("hparam_scatter", ("g", "g", "right")),
        ("hparam_diff", ("m", "down", "down", "M")),
    ],
    ids=["table", "axes", "scatter", "diff"],
)
def test_page(app: TbtuiApp, snap_compare: Compare, page: str, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    prepare = after("2", *keys, waiting_for=lambda pilot: bool(shown(pilot, f"#{page}").strip()))
    assert snap_compare(app, terminal_size=size, run_before=prepare)

"""Pictures of the audio tab at two sizes. When one changes on purpose, run pytest --snapshot-update and look."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.tui.app.screens import app_on, logged_runs
from tests.tui.app.test_audio_tab import RATE, audio, wav
from tests.tui.app.test_snapshots import Compare, after
from tests.tui.app.test_snapshots_text import all_read
from tui.app.app import TbtuiApp
from tui.ingest import schedule
from tui.ingest.watcher import Watcher


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TbtuiApp:
    """The app on sounds of two runs; nothing in its picture depends on the machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Watcher, "mode", property(lambda watcher: "inotify", lambda watcher, mode: None), raising=False)
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", math.inf)
    logged = {}
    for number, name in enumerate(("adam", "sgd")):
        t = np.arange(2 * RATE) / RATE
        # Triangles and a fading square: no value of theirs depends on a mathematics library.
        fading = np.where(t * 100 % 1 < 0.5, 1.0, -1.0) * np.linspace(1, 0, len(t)) ** 2 / (1 + number)
        triangle = np.abs(t * 3 % 2 - 1) * 2 - 1
        logged[name] = [
            *(audio("speech/mono", step, wav(fading)) for step in (0, 10)),
            audio("speech/stereo", 10, wav(np.clip(fading * 2, -1, 1), triangle)),
            audio("speech/other", 10, b"OggS....", sample_rate=44100.0, num_channels=2, length_frames=44100),
        ]
    return app_on(logged_runs(Path("runs"), **logged))


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_list(app: TbtuiApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=after("2", waiting_for=all_read))


def test_waveforms(app: TbtuiApp, snap_compare: Compare) -> None:
    keys = ("2", "end", "enter", "full_stop", "m", "comma", "comma", "comma")
    assert snap_compare(app, terminal_size=(160, 45), run_before=after(*keys, waiting_for=all_read))


def test_zoomed(app: TbtuiApp, snap_compare: Compare) -> None:
    prepare = after("2", "enter", "plus", "plus", "H", waiting_for=all_read)
    assert snap_compare(app, terminal_size=(80, 24), run_before=prepare)

"""The demo's sweep and its numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.logging_lib.event_files import raw_events, summaries
from tui.cli import demo_training
from tui.cli.demo_model import FINISHED, LAYERS, LIVE, LOG_EVERY, STEPS, Model
from tui.cli.demo_training import Sweep


def test_a_live_run_that_ends_makes_room_for_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1700000000.0
    monkeypatch.setattr(demo_training.time, "time", lambda: now)
    sweep = Sweep(tmp_path, 0.3)
    sweep.write_past(now)
    left = LIVE[0].points // 2
    for _ in range(left + 2):
        now += 0.3
        sweep.step()
    sweep.close()
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {recipe.name for recipe in FINISHED + LIVE} | {"lr_0.003_adamw_seed1"}
    ended = summaries(tmp_path / "lr_0.003_adamw")
    assert ended[-1].summary.value[0].tag == "_hparams_/session_end_info"
    losses = [event for event in ended if event.summary.value[0].tag == "Loss/train"]
    assert [event.step for event in losses] == list(range(0, STEPS, LOG_EVERY))
    again = summaries(tmp_path / "lr_0.003_adamw_seed1")
    assert [event.step for event in again if event.summary.value[0].tag == "Loss/train"] == [0, LOG_EVERY]


def test_wall_times_end_now_and_the_files_begin_with_their_runs(tmp_path: Path) -> None:
    now = 1700000000.0
    sweep = Sweep(tmp_path, 0.5)
    sweep.write_past(now)
    sweep.close()
    ends = {}
    for run in tmp_path.iterdir():
        times = [event.wall_time for event in raw_events(run)]
        assert times[0] == min(times)
        ends[run.name] = max(times)
    assert {ends[recipe.name] for recipe in LIVE} == {now - 0.5}
    finished = [ends[recipe.name] for recipe in FINISHED]
    assert finished == sorted(finished)
    assert finished[-1] == now - LIVE[0].points // 2 * 0.5


@pytest.mark.parametrize("recipe", FINISHED + LIVE, ids=lambda recipe: recipe.name)
def test_curves_are_the_same_each_time(recipe: demo_training.Recipe) -> None:
    first, second = Model(recipe).curves, Model(recipe).curves
    for tag, values in first.items():
        np.testing.assert_array_equal(values, second[tag])
        assert values.shape == (STEPS // LOG_EVERY,)
        assert np.isfinite(values).all() or recipe.diverges_at is not None
    assert first["Loss/train"][:20].mean() > 1.0


def test_pictures() -> None:
    model = Model(FINISHED[2])
    confusion = model.confusion(STEPS - LOG_EVERY)
    assert (confusion.dtype, confusion.shape) == (np.uint8, (120, 120, 3))
    diagonal = [int(confusion[12 * i + 6, 12 * i + 6, 0]) for i in range(10)]
    other = int(confusion[6, 18, 0])
    assert max(diagonal) < other
    filters = model.filters(0)
    assert filters.shape == (8, 3, 30, 30)
    assert 0 <= filters.min() < filters.max() <= 1
    assert not np.array_equal(filters, model.filters(STEPS))


def test_weights_blow_up_where_the_loss_does() -> None:
    model = Model(FINISHED[0])
    assert set(LAYERS) == {"conv1", "conv2", "fc"}
    before, after, gone = (np.abs(model.weights("fc", step)).max() for step in (2400, 2800, 3200))
    assert 10 * before < after
    assert np.isnan(gone)

"""Steps per second, the step to reach, and the time left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logging_lib.tfevents.hparams import HParam, SessionStart
from tests.tui.analysis.health.curves import series
from tests.tui.app.views import of_runs, run_summary
from tui.analysis.progress import Progress, hparams_near, run_progress, steps_per_second, target_step
from tui.store.snapshot import RunSummary, ScalarSeries


def rate(steps: Sequence[int], times: Sequence[float]) -> float | None:
    return steps_per_second(np.array(steps, np.int64), np.array(times, np.float64))


@pytest.mark.parametrize(
    ("steps", "times", "expected"),
    [
        ([], [], None),
        ([5], [1.0], None),
        ([5, 5], [1.0, 2.0], None),
        ([0, 10], [0.0, 4.0], 2.5),
        ([0, 0, 10, 10, 20], [0.0, 1.0, 4.0, 4.1, 8.0], 2.5),  # several points a step
        ([0, 10, 20], [0.0, 0.0, 0.0], None),
        ([0, 10, 20], [0.0, float("nan"), 8.0], None),
        ([0, 10, 20, 30], [9.0, 0.0, 4.0, 8.0], 2.5),  # the clock was set back
        ([0, 10, 500, 490, 500, 510], [0.0, 1.0, 2.0, 100.0, 104.0, 108.0], 2.5),  # restarted
    ],
)
def test_steps_per_second(steps: list[int], times: list[float], expected: float | None) -> None:
    assert rate(steps, times) == expected


def test_a_pause_does_not_count_and_evaluations_do() -> None:
    took = np.full(40, 2.0)
    took[20] = 3600.0
    assert rate(list(range(41)), [0.0, *np.cumsum(took)]) == 0.5
    took = np.full(40, 2.0)
    took[::10] = 42.0
    assert rate(list(range(41)), [0.0, *np.cumsum(took)]) == pytest.approx(40 / (36 * 2 + 4 * 42))


def test_the_last_intervals_tell() -> None:
    times = np.concatenate([np.arange(1000) * 9.0, 9000 + np.arange(65) * 0.25])
    assert rate(list(range(1065)), list(times)) == 4.0


@given(st.lists(st.tuples(st.integers(-(1 << 62), 1 << 62), st.floats())))
def test_any_points_have_a_rate_or_none(points: list[tuple[int, float]]) -> None:
    found = rate([step for step, _ in points], [time for _, time in points])
    assert found is None or found > 0


def by_step(count: int = 100, tag: str = "loss", first: int = 0) -> ScalarSeries:
    return series(np.ones(count), tag, steps=np.arange(first, first + count) * 10)


def target(hparams: dict[str, HParam], *every: ScalarSeries) -> int | None:
    return target_step(hparams, max(every, key=lambda one: len(one.steps)), every)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "max_steps",
            "total_steps",
            "num_train_steps",
            "max_train_steps",
            "total_timesteps",
            "max_iters",
            "num_steps",
        ),
        *("trainer/max_steps", "args.max_steps", "maxSteps", "MAX_ITERATIONS", "training-steps", "n_iter"),
    ],
)
def test_names_of_steps(name: str) -> None:
    assert target({name: 5000.0}, by_step()) == 5000


@pytest.mark.parametrize(
    "hparams",
    [
        {},
        {"max_steps": -1.0},
        {"max_steps": 0.0},
        {"max_steps": True},
        {"max_steps": "5000"},
        {"max_steps": None},
        {"max_steps": float("inf")},
        {"max_steps": 0.5},
        {"max_steps": 500.0},  # it has passed them: they are of another unit
        {"max_steps": 5000.0, "total_timesteps": 8000.0},
        {"warmup_steps": 5000.0},
        {"step_size": 5000.0},
        {"epochs": 20.0},  # of which nobody knows how long they are
    ],
)
def test_what_tells_nothing_beyond_doubt(hparams: dict[str, HParam]) -> None:
    assert target(hparams, by_step()) is None


def test_epochs_that_a_scalar_counts() -> None:
    steps = np.arange(100) * 10
    whole = series(steps // 250, "epoch", steps=steps)
    assert target({"epochs": 20.0}, by_step(), whole) == 5000
    assert target({"num_train_epochs": 20.0, "max_steps": -1.0}, by_step(), whole) == 5000
    from_one = series(1 + steps // 250, "train/epoch", steps=steps)
    assert target({"max_epochs": 20.0}, by_step(), from_one) == 5000
    parts = series(steps / 250, "train/epoch", steps=steps)
    assert target({"epochs": 20.0}, by_step(), parts) == 5000
    assert target({"epochs": 2.0}, by_step(), whole) is None
    irregular = series(np.sqrt(steps // 100), "epoch", steps=steps)
    assert target({"epochs": 20.0}, by_step(), irregular) is None
    first_one = series(np.zeros(100), "epoch", steps=steps)
    assert target({"epochs": 20.0}, by_step(), first_one) is None


def test_steps_that_are_epochs() -> None:
    epochs = np.arange(12)
    keras = series(np.ones(12), "epoch_loss", steps=epochs)
    assert target({"epochs": 20.0}, keras) == 19
    assert target({"epochs": 20.0}, series(np.ones(12), "epoch_loss", steps=epochs + 1)) == 20
    assert target({"epochs": 5.0}, keras) is None
    assert target({"max_steps": 5000.0}, keras) is None
    counter = series(epochs, "epoch", steps=epochs)
    assert target({"n_epochs": 20.0}, series(np.ones(12), "loss", steps=epochs), counter) == 19
    assert target({"epochs": 20.0}, series(np.ones(12), "epoch_loss", steps=epochs * 100)) is None


def test_progress() -> None:
    one = by_step(101)  # ten steps in ten seconds
    ends = float(one.wall_times[-1])
    assert run_progress([], {}, ends) is None
    assert run_progress([one], {}, ends) == Progress(1000, 1.0, None, None)
    assert run_progress([one, by_step(5, "x")], {"max_steps": 1500.0}, ends) == Progress(1000, 1.0, 1500, 500.0)
    assert run_progress([one], {"max_steps": 1500.0}, ends + 30, 3000) == Progress(1000, 1.0, 3000, 1970.0)
    assert run_progress([one], {}, ends + 1e6, 3000) == Progress(1000, 1.0, 3000, 0.0)
    assert run_progress([one], {}, ends, 800) == Progress(1000, 1.0, 800, 0.0)
    assert run_progress([by_step(1, first=80)], {}, ends, 800) == Progress(800, None, 800, 0.0)
    assert run_progress([by_step(1)], {}, ends, 800) == Progress(0, None, 800, None)


def test_the_hparams_of_a_run_may_lie_above_or_below() -> None:
    def start(name: str, lr: float) -> RunSummary:
        return replace(run_summary(name), start=SessionStart({"lr": lr}))

    runs = of_runs(
        "a/train", start("a", 1.0), "b", start("b/1699", 2.0), "c", start("c/1", 3.0), start("c/2", 4.0)
    ).runs
    assert [dict(hparams_near(name, runs)) for name in ("a/train", "a", "b", "c", "c/1", "d")] == [
        {"lr": 1.0},
        {"lr": 1.0},
        {"lr": 2.0},
        {},
        {"lr": 3.0},
        {},
    ]

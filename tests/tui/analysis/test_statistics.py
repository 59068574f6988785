"""Extremes, trend, goal and best run."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tui.analysis.statistics import Best, Extremes, Goal, Trend, best_value, extremes, goal, ranked, trend

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0, 1.0, 2.0, 1.0, 3.0], Extremes(1.0, 10, 3.0, 0)),
        ([NAN, 2.0, INF, -INF], Extremes(2.0, 10, 2.0, 10)),
        ([NAN, INF], None),
        ([], None),
    ],
)
def test_extremes_are_the_first_of_the_finite(values: list[float], expected: Extremes | None) -> None:
    assert extremes(np.array(values), np.arange(len(values)) * 10) == expected


def test_a_straight_line_has_its_true_trend() -> None:
    found = trend(np.linspace(2.0, 1.0, 101))  # the last ten points go from 1.09 to 1.00
    assert found is not None
    assert found.direction == "down"
    assert found.fraction == pytest.approx(-0.09 / 1.09)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([1.0], None),
        ([NAN, 1.0, INF], None),
        ([1.0, 1.5], Trend(0.5, "up")),
        ([2.0, NAN, 1.0], Trend(-0.5, "down")),
        ([-1.0, -2.0], Trend(-1.0, "down")),
        ([0.0, 0.0], Trend(0.0, "flat")),
        ([0.0, 3.0], Trend(INF, "up")),
        ([0.0, -3.0], Trend(-INF, "down")),
        ([5.0] * 50, Trend(0.0, "flat")),
        ([9.0] * 18 + [1.0, 1.5], Trend(0.5, "up")),
        ([1000.0, 1000.4], Trend(pytest.approx(0.0004), "flat")),
    ],
)
def test_trend(values: list[float], expected: Trend | None) -> None:
    assert trend(np.array(values)) == expected


def test_a_spike_turns_no_arrow() -> None:
    values = np.linspace(2.0, 1.0, 400)
    values[-3] = 1e6
    found = trend(values)
    assert found is not None
    assert found.direction == "down"


def test_noise_is_flat() -> None:
    rng = np.random.default_rng(0)
    found = [trend(rng.normal(1, 0.1, 1000)) for _ in range(200)]
    assert sum(t is not None and t.direction == "flat" for t in found) > 180


def test_a_clear_change_under_noise_is_seen() -> None:
    rng = np.random.default_rng(0)
    falling = np.linspace(10, 1, 1000)  # by 0.9 over the last tenth
    found = [trend(falling + rng.normal(0, 0.3, 1000)) for _ in range(200)]
    assert sum(t is not None and t.direction == "down" for t in found) > 180


@given(hnp.arrays(np.float64, st.integers(0, 60), elements=st.floats()))
def test_trend_takes_any_values(values: npt.NDArray[np.float64]) -> None:
    found = trend(values)
    assert (found is None) == (np.isfinite(values).sum() < 2)
    assert found is None or not math.isnan(found.fraction)


@pytest.mark.parametrize(
    "tag",
    [
        "accuracy",
        "val_acc",
        "acc@1",
        "eval/mean_reward",
        "rollout/ep_rew_mean",
        "episodeReturn",
        "f1_score",
        "AUC",
        "metrics/mAP50-95(B)",
        "valACC",
        "test/PSNR",
        "top5",
        "win_rate",
        "loss/accuracy",
        "R2",
        "bbox/APl",
        "bbox/AP50",
        "time/fps",
        "global_step/sec",
        "eval/samples_per_second",
        "train/explained_variance",
    ],
)
def test_more_is_better(tag: str) -> None:
    assert goal(tag) == "max"


@pytest.mark.parametrize(
    "tag",
    [
        "loss",
        "Loss/val",
        "train/map_loss",
        "top_5_error",
        "accuracy/loss",
        "train_loss_step",
        "batch_loss",
        "perplexity",
        "lossacc",
        "",
        "placement",
        "reward_loss",
        "step_seconds",
        "APply",
    ],
)
def test_less_is_better(tag: str) -> None:
    assert goal(tag) == "min"


@pytest.mark.parametrize(
    "tag",
    [
        *("lr", "epoch", "Optim/grad_norm", "learning_rate", "rollout/ep_len_mean", "time", "Policy/Epsilon"),
        *("system/cpu_percent", "system/disk_read_mib_per_second"),
    ],
)
def test_neither_is_better(tag: str) -> None:
    assert goal(tag) is None


def ranking(runs: dict[str, Extremes | None], goal: Goal) -> list[Best]:
    """The best values of runs, the best first."""
    return ranked((best_value(run, found, goal) for run, found in runs.items()), goal)


def test_the_best_run_has_the_best_value_anywhere() -> None:
    runs = {"b": Extremes(1.0, 5, 9.0, 6), "a": Extremes(1.0, 7, 8.0, 8), "c": None, "d": Extremes(2.0, 1, 9.0, 2)}
    assert [best.run for best in ranking(runs, "min")] == ["a", "b", "d"]
    assert [best.run for best in ranking(runs, "max")] == ["b", "d", "a"]
    assert ranking(runs, "max")[0] == Best("b", 9.0, 6)
    assert ranking({"c": None}, "min") == []


def test_a_long_series_has_the_trend_of_some_of_its_points() -> None:
    rng = np.random.default_rng(3)
    values = np.linspace(2.0, 1.0, 1_000_000) + rng.normal(0, 0.01, 1_000_000)
    found = trend(values)
    assert found is not None
    assert found.direction == "down"
    assert found.fraction == pytest.approx(-0.1 / 1.1, rel=0.03)


def test_a_tag_of_megabytes_is_judged_by_its_end() -> None:
    assert goal("loss " + "x" * 10**6 + "/acc") == "max"
    assert goal("acc " + "x" * 10**6) == "min"

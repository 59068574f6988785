"""Which metric a logdir is summed up by."""

from __future__ import annotations

import math

import pytest

from logging_lib.tfevents.hparams import Experiment, Metric
from tests.tui.analysis.health.curves import series
from tui.analysis.main_metric import MainMetric, best_of, main_metric
from tui.analysis.statistics import Best


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], None),
        (["lr", "epoch"], None),
        (["lr", "train/loss"], MainMetric("train/loss", "train", "min")),
        (["train/loss", "val/acc", "val/loss"], MainMetric("val/loss", "val", "min")),
        (["loss", "acc", "val_acc"], MainMetric("val_acc", "val", "max")),
        (["loss_cls", "loss_box_reg", "total_loss"], MainMetric("total_loss", None, "min")),
        (["train/loss", "train/kl"], MainMetric("train/loss", "train", "min")),
        (
            ["train/loss", "rollout/ep_rew_mean", "rollout/ep_len_mean"],
            MainMetric("rollout/ep_rew_mean", None, "max"),
        ),
        (["Eval_StdReturn", "Eval_AverageReturn", "Eval_MaxReturn"], MainMetric("Eval_AverageReturn", "val", "max")),
    ],
)
def test_by_names(tags: list[str], expected: MainMetric | None) -> None:
    assert main_metric([series([1.0], tag) for tag in tags]) == expected


def test_what_few_trainings_have_is_not_it() -> None:
    runs = [series([1.0], "train/loss", run) for run in ("a/train", "b/train", "c")]
    assert main_metric([*runs, series([1.0], "val/loss", "a/val")]) == MainMetric("train/loss", "train", "min")
    both = [series([1.0], "val/loss", run) for run in ("a/val", "b/val")]
    assert main_metric([*runs, *both]) == MainMetric("val/loss", "val", "min")


def test_what_an_experiment_declares_is_it() -> None:
    every = [series([1.0], tag) for tag in ("val/loss", "accuracy", "hp_metric")]
    declared = [Experiment([], []), Experiment([], [Metric("accuracy"), Metric("val/loss")])]
    assert main_metric(every, declared) == MainMetric("accuracy", None, "max")
    lightning = [Experiment([], [Metric("hp_metric")]), Experiment([], [Metric("not logged")])]
    assert main_metric(every, lightning) == MainMetric("val/loss", "val", "min")


def test_the_best_is_that_of_runs_on_the_same_data() -> None:
    every = [
        series([0.1, 0.2], "epoch_loss", "a/train"),
        series([0.5, 0.4, 0.6], "epoch_loss", "a/validation"),
        series([math.nan, 0.45], "epoch_loss", "b/validation"),
        series([0.0], "loss", "b/validation"),
    ]
    metric = main_metric(every)
    assert metric == MainMetric("epoch_loss", "val", "min")
    assert best_of(metric, every) == Best("a/validation", 0.4, 1)
    assert best_of(MainMetric("epoch_loss", "val", "max"), every) == Best("a/validation", 0.6, 2)
    assert best_of(MainMetric("other", None, "max"), every) is None
    assert best_of(MainMetric("x", None, "min"), [series([math.nan], "x")]) is None

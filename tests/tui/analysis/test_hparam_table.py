"""The table of sessions by hparams and metrics, as Keras, torch and plain writers lay out their runs."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from logging_lib.tfevents.hparams import Experiment, HParam, Metric, SessionEnd, SessionStart
from tui.analysis.hparam_table import HParamTable, MetricColumn, hparam_table, sort_rows
from tui.model import SeriesKey
from tui.store.snapshot import RunSummary, ScalarSeries, StoreSnapshot


def run(
    name: str,
    hparams: Mapping[str, HParam] | None = None,
    *,
    group: str = "",
    status: str | None = None,
    experiment: Experiment | None = None,
) -> RunSummary:
    return RunSummary(
        name=name,
        paths=(),
        tags=0,
        points=0,
        last_step=None,
        first_wall_time=None,
        last_wall_time=None,
        interval=None,
        has_nan=False,
        problems=0,
        start=None if hparams is None else SessionStart(hparams, group),
        end=None if status is None else SessionEnd(status),
        experiment=experiment,
    )


def snapshot(runs: list[RunSummary], scalars: Mapping[tuple[str, str], list[float]]) -> StoreSnapshot:
    series = {}
    for (name, tag), values in scalars.items():
        key = SeriesKey(name, tag, "scalars")
        steps = np.arange(len(values))
        series[key] = ScalarSeries(key, 1, steps, steps.astype(np.float64), np.array(values))
    return StoreSnapshot(1, {r.name: r for r in runs}, series, {}, {}, ())


def test_without_sessions_the_table_is_empty() -> None:
    assert hparam_table(snapshot([run("a")], {("a", "loss"): [1.0]})) == HParamTable((), (), ())


def test_keras_sessions_share_the_experiment_above_them() -> None:
    declared = Experiment(
        ["lr", "units", "unused"], [Metric("epoch_acc", "validation", "val acc"), Metric("epoch_loss")]
    )
    table = hparam_table(
        snapshot(
            [
                run("."),
                run("hp", experiment=declared),
                run("hp/0", {"units": 16.0, "lr": 0.1}, group="g", status="SUCCESS"),
                run("hp/0/validation"),
                run("hp/1", {"lr": 0.2, "dropout": None}),
            ],
            {
                ("hp/0", "epoch_loss"): [3.0, 2.0],
                ("hp/0/validation", "epoch_acc"): [0.5, 0.75],
                ("hp/1", "epoch_loss"): [3.0, math.inf],
                ("hp/1", "other"): [1.0],
            },
        )
    )
    assert table.hparams == ("lr", "units", "dropout")
    assert table.metrics == (
        MetricColumn("epoch_acc", "validation", "val acc"),
        MetricColumn("epoch_loss", "", "epoch_loss"),
    )
    first, second = table.rows
    assert (first.run, first.group, first.status, first.metrics) == ("hp/0", "g", "SUCCESS", (0.75, 2.0))
    assert first.hparams == {"units": 16.0, "lr": 0.1}
    assert (second.run, second.group, second.status, second.metrics) == ("hp/1", "hp/1", "RUNNING", (None, math.inf))


def test_torch_sub_runs_declare_their_own_metrics() -> None:
    def session(name: str, metric: str) -> RunSummary:
        return run(name, {"lr": 0.1}, status="SUCCESS", experiment=Experiment(["lr"], [Metric(metric)]))

    table = hparam_table(
        snapshot(
            [run("."), session("1700.1", "loss"), session("1700.2", "acc")],
            {(".", "loss"): [9.0], ("1700.1", "loss"): [1.0], ("1700.2", "acc"): [0.5]},
        )
    )
    assert [metric.name for metric in table.metrics] == ["loss", "acc"]
    assert [row.metrics for row in table.rows] == [(1.0, None), (None, 0.5)]


def test_a_session_in_the_root_and_its_groups() -> None:
    declared = Experiment([], [Metric("acc", "val"), Metric("loss", "../val")])
    table = hparam_table(
        snapshot([run(".", {"lr": 1.0}, experiment=declared)], {("val", "acc"): [0.5], ("val", "loss"): [2.0]})
    )
    assert [metric.name for metric in table.metrics] == ["val/acc", "../val/loss"]
    assert table.rows[0].metrics == (0.5, None)


def test_without_declared_metrics_every_tag_of_the_run_is_one() -> None:
    table = hparam_table(
        snapshot(
            [run("."), run("a", {"lr": 1.0}), run("b", {"lr": 2.0})],
            {(".", "x"): [0.0], ("a", "loss"): [1.0], ("b", "loss"): [2.0], ("b", "acc"): [math.nan]},
        )
    )
    assert [metric.tag for metric in table.metrics] == ["loss", "acc"]
    assert table.rows[0].metrics == (1.0, None)
    assert table.rows[1].metrics[0] == 2.0
    assert math.isnan(table.rows[1].metrics[1] or 0)


def test_a_superseded_value_is_no_metric() -> None:
    key = SeriesKey("a", "loss", "scalars")
    steps = np.array([1, 2, 1])
    # The last point in the file is not the last one that counts where writers' points come late.
    series = ScalarSeries(key, 1, steps, steps.astype(np.float64), np.array([1.0, 3.0, 2.0]), np.array([0, 0, 1]) > 0)
    found = StoreSnapshot(1, {"a": run("a", {"lr": 1.0})}, {key: series}, {}, {}, ())
    assert hparam_table(found).rows[0].metrics == (3.0,)


SORTED = hparam_table(
    snapshot(
        [
            run("a", {"x": 2.0}),
            run("b", {"x": "adam"}),
            run("c", {"x": math.nan}),
            run("d", {}),
            run("e", {"x": -math.inf}),
            run("f", {"x": True}),
            run("g", {"x": "SGD"}),
            run("h", {"x": None}),
            run("i", {"x": 1.0}),
        ],
        {("a", "loss"): [2.0], ("b", "loss"): [math.nan], ("c", "loss"): [1.0], ("d", "loss"): [math.inf]},
    )
)


@pytest.mark.parametrize(
    ("column", "descending", "expected"),
    [
        ("x", False, "efiagbdhc"),
        ("x", True, "afiebgdhc"),
        (SORTED.metrics[0], False, "cadefghib"),
        (SORTED.metrics[0], True, "dacefghib"),
        (None, False, "abcdefghi"),
        (None, True, "ihgfedcba"),
        ("unknown", False, "abcdefghi"),
    ],
)
def test_sort_rows(column: str | MetricColumn | None, descending: bool, expected: str) -> None:
    assert "".join(row.run for row in sort_rows(SORTED, column, descending=descending)) == expected

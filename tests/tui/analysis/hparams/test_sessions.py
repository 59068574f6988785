"""Which runs are sessions, and which metrics they have, as Keras, torch, Lightning and plain writers lay them out."""

from __future__ import annotations

import math

import numpy as np

from logging_lib.tfevents.hparams import Experiment, Metric
from tests.tui.analysis.hparams.snapshots import run, series, snapshot, table, values
from tui.analysis.hparams.measures import Measure, Measurer
from tui.analysis.hparams.sessions import MetricColumn, metric_run, sessions_of
from tui.analysis.hparams.table import table_of
from tui.model import SeriesKey
from tui.store.snapshot import RunSummary, ScalarSeries, StoreSnapshot


def test_keras_sessions_share_the_experiment_above_them() -> None:
    declared = Experiment(
        ["lr", "units", "unused"], [Metric("epoch_acc", "validation", "val acc"), Metric("epoch_loss")]
    )
    read = snapshot(
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
    sessions = sessions_of(read)
    assert sessions.logged
    assert sessions.hparams == ("lr", "units", "dropout")
    assert sessions.metrics == (
        MetricColumn("epoch_acc", "validation", "val acc"),
        MetricColumn("epoch_loss", "", "epoch_loss"),
    )
    assert sessions.others == (MetricColumn("other", "", "other"),)
    first, second = sessions.rows
    assert (first.run, first.group, first.status) == ("hp/0", "g", "SUCCESS")
    assert first.runs == ("hp/0", "hp/0/validation")
    assert (second.run, second.group, second.status, second.runs) == ("hp/1", "hp/1", "RUNNING", ("hp/1",))
    frame = table(read)
    assert values(frame, "val acc") == [0.75, None]
    assert values(frame, "epoch_loss") == [2.0, math.inf]
    assert values(frame, "other") == [None, 1.0]
    assert [column.extra for column in frame.metrics] == [False, False, True]
    assert values(frame, "dropout") == [None, None]
    assert values(frame, "status") == ["SUCCESS", "RUNNING"]


def test_torch_sub_runs_declare_their_own_metrics() -> None:
    def session(name: str, metric: str) -> RunSummary:
        return run(name, {"lr": 0.1}, status="SUCCESS", experiment=Experiment(["lr"], [Metric(metric)]))

    frame = table(
        snapshot(
            [run("."), session("1700.1", "loss"), session("1700.2", "acc")],
            {(".", "loss"): [9.0], ("1700.1", "loss"): [1.0], ("1700.2", "acc"): [0.5]},
        )
    )
    assert (values(frame, "loss"), values(frame, "acc")) == ([1.0, None], [None, 0.5])


def test_one_session_below_a_run_has_its_curves() -> None:
    """As where add_hparams and Lightning's old hp/ directories put a session below each training."""
    read = snapshot(
        [run("a"), run("a/hp", {"lr": 0.1}), run("b"), run("b/hp", {"lr": 0.2})],
        {("a", "loss"): [2.0, 1.0], ("b", "loss"): [4.0, 3.0]},
    )
    sessions = sessions_of(read)
    assert [session.runs for session in sessions.rows] == [("a", "a/hp"), ("b", "b/hp")]
    assert [(session.run, session.name, session.group) for session in sessions.rows] == [
        ("a/hp", "a", "a"),
        ("b/hp", "b", "b"),
    ]
    assert sessions.metrics == (MetricColumn("loss", "..", "loss"),)
    assert values(table(read), "loss") == [1.0, 3.0]


def test_the_first_session_of_a_sweep_is_not_called_like_the_sweep() -> None:
    """The sweep's run declares the experiment, before its other sessions begin."""
    declared = Experiment(["lr"], [Metric("loss")])
    read = snapshot([run("sweep", experiment=declared), run("sweep/0", {"lr": 0.1})], {("sweep/0", "loss"): [1.0]})
    assert [session.name for session in sessions_of(read).rows] == ["sweep/0"]


def test_lightnings_placeholder_declares_nothing() -> None:
    lightning = Experiment(["lr"], [Metric("hp_metric")])
    sessions = sessions_of(
        snapshot(
            [run("v0", {"lr": 1.0}, experiment=lightning)], {("v0", "hp_metric"): [-1.0], ("v0", "val_loss"): [2.0]}
        )
    )
    assert [metric.tag for metric in sessions.metrics] == ["hp_metric", "val_loss"]
    assert sessions.others == ()


def test_a_session_in_the_root_and_its_groups() -> None:
    declared = Experiment([], [Metric("acc", "val"), Metric("loss", "../val")])
    read = snapshot(
        [run(".", {"lr": 1.0}, experiment=declared), run("val")], {("val", "acc"): [0.5], ("val", "loss"): [2.0]}
    )
    frame = table(read)
    assert [metric.name for metric in frame.metrics] == ["val/acc", "../val/loss", "val/loss"]
    assert values(frame, "val/acc") == [0.5]
    assert values(frame, "../val/loss") == [None]
    assert frame.rows[0].runs == (".", "val")


def test_without_declared_metrics_every_tag_of_its_runs_is_one() -> None:
    frame = table(
        snapshot(
            [run("."), run("a", {"lr": 1.0}), run("a/val"), run("b", {"lr": 2.0})],
            {
                (".", "x"): [0.0],
                ("a", "loss"): [1.0],
                ("a/val", "loss"): [3.0],
                ("b", "loss"): [2.0],
                ("b", "acc"): [math.nan],
            },
        )
    )
    assert [metric.name for metric in frame.metrics] == ["loss", "val/loss", "acc"]
    assert values(frame, "loss") == [1.0, 2.0]
    assert values(frame, "val/loss") == [3.0, None]
    assert math.isnan(values(frame, "acc")[1] or 0)


def test_without_sessions_trainings_are_rows() -> None:
    read = snapshot(
        [run("lr_0.1/train"), run("lr_0.1/val"), run("lr_0.2/train"), run("lr_0.2/val"), run("other")],
        {("lr_0.1/train", "loss"): [1.0], ("lr_0.1/val", "loss"): [2.0]},
    )
    sessions = sessions_of(read)
    assert not sessions.logged
    assert [(session.run, session.runs) for session in sessions.rows] == [
        ("lr_0.1", ("lr_0.1/train", "lr_0.1/val")),
        ("lr_0.2", ("lr_0.2/train", "lr_0.2/val")),
        ("other", ("other",)),
    ]
    frame = table(read, derived=True, texts={"lr_0.1/val": {"opt": "adam", "lr": 7.0}, "lr_0.1": {"opt": "sgd"}})
    assert [column.full_name for column in frame.hparams] == ["derived.lr", "text.opt", "text.lr"]
    assert values(frame, "lr") == [0.1, 0.2, None]
    assert values(frame, "text.lr") == [7.0, None, None]
    assert values(frame, "opt") == ["sgd", None, None]
    assert values(frame, "status") == [None, None, None]
    assert table(read).hparams == []


def test_an_empty_snapshot_has_no_rows() -> None:
    assert len(table(snapshot([], {}))) == 0


def test_metric_run() -> None:
    assert [metric_run("a/b", group) for group in ("", "val", "..", "../c")] == ["a/b", "a/b/val", "a", "a/c"]


def test_measures() -> None:
    loss = series("a", "loss", [4.0, 1.0, math.nan, 3.0], [1, 2, 3, 4])
    acc = series("a", "acc", [0.1, 0.9, 0.5], [0, 3, 9])
    only_nan = series("b", "loss", [math.nan], [1])
    read = StoreSnapshot(
        1,
        {"a": run("a", {"lr": 1.0}), "b": run("b", {"lr": 2.0})},
        {one.key: one for one in (loss, acc, only_nan)},
        {},
        {},
        (),
    )
    metric = {column.tag: column for column in sessions_of(read).metrics}

    def found(tag: str, measure: Measure) -> list[str]:
        return [str(value) for value in values(table(read, measure=measure), tag)]

    assert found("loss", Measure("last")) == ["3.0", "nan"]
    assert found("loss", Measure("min")) == ["1.0", "nan"]
    assert found("loss", Measure("max")) == ["4.0", "nan"]
    # acc is best at step 3, where the loss is NaN; the loss is least at step 2, where acc is that of step 0.
    assert found("loss", Measure("at", metric["acc"])) == ["nan", "None"]
    assert found("acc", Measure("at", metric["loss"])) == ["0.1", "None"]


def test_a_superseded_value_is_no_metric_and_a_float32_has_few_digits() -> None:
    key = SeriesKey("a", "loss", "scalars")
    steps = np.array([1, 2, 1])
    # The last point in the file is not the last one that counts where writers' points come late.
    points = np.array([1.0, 0.1, 2.0], np.float32)
    found = ScalarSeries(key, 1, steps, steps.astype(np.float64), points, np.array([0, 0, 1]) > 0)
    read = StoreSnapshot(1, {"a": run("a", {"lr": 1.0})}, {key: found}, {}, {}, ())
    assert values(table(read), "loss") == [0.1]


def test_extremes_are_those_of_the_newest_version() -> None:
    measurer = Measurer()
    for version, points in ((1, [3.0, 2.0]), (2, [3.0, 2.0, 1.0])):
        one = series("a", "loss", points)
        one = ScalarSeries(one.key, version, one.steps, one.wall_times, one.values)
        read = StoreSnapshot(version, {"a": run("a", {"lr": 1.0})}, {one.key: one}, {}, {}, ())
        frame = table_of(read, sessions_of(read), measurer, measure=Measure("min"))
        assert values(frame, "loss") == [points[-1]]


def test_names_that_mean_several_columns() -> None:
    declared = Experiment([], [Metric("loss", "a"), Metric("loss", "b"), Metric("status", "", "lr")])
    read = snapshot([run("x", {"lr": 1.0, "status": 2.0}, experiment=declared)], {})
    frame = table(read)
    assert [column.full_name for column in frame.find("loss")] == ["metrics.a/loss", "metrics.b/loss"]
    assert [column.full_name for column in frame.find("B/LOSS")] == ["metrics.b/loss"]
    assert [column.full_name for column in frame.find("lr")] == ["hparams.lr"]
    assert [column.full_name for column in frame.find("metrics.lr")] == ["metrics.lr"]
    assert [column.full_name for column in frame.find("status")] == ["status"]
    assert [column.full_name for column in frame.find("hparams.status")] == ["hparams.status"]
    assert frame.find("nothing") == []

"""`tbtui export --kind hparams`: sessions, their hparams with types, their metrics."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from logging_lib.tfevents.hparams import (
    Metric,
    SessionStart,
    experiment_summary,
    session_end_summary,
    session_start_summary,
)
from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.tui.cli.commands import only_line, tbtui
from tests.tui.cli.export.rows import csv_lines, json_rows

OPTIONS = ("--kind", "hparams")


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    root = tmp_path / "logs"
    experiment = experiment_summary({}, [Metric("loss"), Metric("acc, %", "val"), Metric("never")])
    start = session_start_summary({"lr": 0.1, "on": True, "name": "a"}, group_name="g", start_time=1.5)
    double = builders.tensor("acc, %", to_tensor_proto(np.float64(1 / 3)), "scalars")
    builders.write(root / builders.FILE_NAME, [event_pb2.Event(summary=experiment)])
    builders.write(
        root / "a" / builders.FILE_NAME,
        [
            event_pb2.Event(summary=start),
            builders.scalar_event("loss", 1, 0.5),
            builders.scalar_event("loss", 2, 0.1),
            event_pb2.Event(summary=session_end_summary("FAILURE", end_time=9.0)),
        ],
    )
    builders.write(root / "a" / "val" / builders.FILE_NAME, [builders.event(double)])
    other = SessionStart({"lr": math.inf, "name": 5.0, "off": None, "on": False})
    builders.write(root / "b" / builders.FILE_NAME, [builders.session_start(other)])
    return root


def test_csv(logdir: Path) -> None:
    assert csv_lines(logdir, *OPTIONS) == [
        "run,group_name,start_time,end_time,status,hparams.lr,hparams.name,hparams.off,hparams.on,"
        'metrics.loss,"metrics.val/acc, %",metrics.never',
        "a,g,1.5,9.0,FAILURE,0.1,a,,true,0.1,0.3333333333333333,",
        "b,b,,,RUNNING,inf,5.0,,false,,,",
    ]


def test_json_lines_keep_types(logdir: Path) -> None:
    a, b = json_rows(logdir, *OPTIONS)
    assert a == {
        "run": "a", "group_name": "g", "start_time": 1.5, "end_time": 9.0, "status": "FAILURE",
        "hparams.lr": 0.1, "hparams.name": "a", "hparams.off": None, "hparams.on": True,
        "metrics.loss": 0.1, "metrics.val/acc, %": 1 / 3, "metrics.never": None,
    }  # fmt: skip
    assert (b["start_time"], b["end_time"], b["status"]) == (None, None, "RUNNING")
    assert (b["hparams.lr"], b["hparams.name"], b["hparams.on"]) == ("Infinity", 5.0, False)


def test_parquet_is_typed_and_says_what_became_text(logdir: Path, tmp_path: Path) -> None:
    path = tmp_path / "h.parquet"
    shown = tbtui("export", logdir, *OPTIONS, "--format", "parquet", "-o", path)
    assert only_line(shown.stderr) == "tbtui: columns with values of several types are written as text: hparams.name"
    table = pq.read_table(path)
    types = {field.name: field.type for field in table.schema}
    assert types["hparams.lr"] == pa.float64()
    assert types["hparams.name"] == pa.string()
    assert types["hparams.on"] == pa.bool_()
    assert types["metrics.loss"] == pa.float32()
    assert types["metrics.val/acc, %"] == pa.float64()
    a, b = table.to_pylist()
    assert (a["hparams.lr"], a["hparams.name"], a["hparams.on"]) == (0.1, "a", True)
    assert (b["hparams.lr"], b["hparams.name"], b["hparams.on"]) == (math.inf, "5.0", False)
    assert (a["metrics.loss"], a["metrics.val/acc, %"]) == (float(np.float32(0.1)), 1 / 3)
    assert (a["metrics.never"], b["metrics.loss"]) == (None, None)


def test_run_chooses_sessions_and_tag_metrics(logdir: Path) -> None:
    (row,) = json_rows(logdir, *OPTIONS, "--run", "^b$", "--tag", "^loss$")
    assert [name for name in row if name.startswith("metrics.")] == ["metrics.loss"]
    assert row["run"] == "b"


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--run", "^c"], "no hparams match --run and --tag; `tbtui ls` lists the runs"), ([], None)],
)
def test_no_session_is_exit_code_1(logdir: Path, tmp_path: Path, options: list[str], message: str | None) -> None:
    if message is None:
        logdir = tmp_path / "other"
        builders.write(logdir / builders.FILE_NAME, builders.points("t", range(2)))
        message = f"no hparams under {logdir}"
    shown = tbtui("export", logdir, *OPTIONS, *options)
    assert (shown.returncode, shown.stdout, only_line(shown.stderr)) == (1, "", f"tbtui: {message}")


def test_metrics_of_one_name_are_told_apart(tmp_path: Path) -> None:
    experiment = experiment_summary({}, [Metric("a/b"), Metric("b", "a")])
    events = [
        event_pb2.Event(summary=experiment),
        builders.session_start(SessionStart({})),
        builders.scalar_event("a/b", 1, 1.0),
    ]
    builders.write(tmp_path / builders.FILE_NAME, events)
    builders.write(tmp_path / "a" / builders.FILE_NAME, [builders.scalar_event("b", 1, 2.0)])
    (row,) = json_rows(tmp_path, *OPTIONS)
    assert (row["metrics.a/b"], row["metrics.a/b (2)"]) == (1.0, 2.0)

"""MLflow's store, a Trainer's state and Lightning's hparams: what they hold, and what happens when they change."""

from __future__ import annotations

import json
import math
import os
import time
from pathlib import Path
from typing import Any

import pytest

from logging_lib.tfevents.hparams import SessionEnd, SessionStart
from tests.tui.reader.peers.logs import Follower, follow
from tui.model import Forgotten
from tui.reader.hparam_text import LONGEST
from tui.reader.peers import whole
from tui.reader.peers.json_rows import read_trainer_state
from tui.reader.peers.names import Kind
from tui.reader.peers.rows import Rows

META = (
    "artifact_uri: file:///x\nend_time: null\nrun_id: ab\nrun_name: brave-cub-1\nstart_time: 1700000000500\nstatus: 1\n"
)


def state(**changes: Any) -> str:
    history = [{"epoch": 0.5, "loss": 1.5, "step": 5}, {"epoch": 1.0, "eval_loss": math.nan, "step": 10}]
    return json.dumps({"global_step": 10, "max_steps": 20, "log_history": history} | changes)


def test_a_metric_of_mlflow(tmp_path: Path) -> None:
    text = "1700000000000 0.5 0\n1700000001500 nan 1\n1700000002000 -Infinity 2\n"
    follower = follow(tmp_path / "loss", Kind.MLFLOW_METRIC, text, tag="train/loss")
    [series] = follower.look().scalars.values()
    assert (series.key.tag, series.steps.tolist(), series.wall_times.tolist()) == (
        "train/loss",
        [0, 1, 2],
        [1.7e9, 1_700_000_001.5, 1.7e9 + 2],
    )
    assert [repr(value) for value in series.values.tolist()] == ["0.5", "nan", "-inf"]
    with (tmp_path / "loss").open("a") as file:
        file.write("1700000003000 0.25 -3\n1700000003000 0.125\nx y 1\n1 1 1.5\n\xff\n1700000004000 0.06")
    assert [step for step, _ in follower.points()["train/loss"]] == [0, 1, 2, -3, 0]
    assert follower.reasons() == ["line holds no time, value and step; it is left out"] * 3


def test_a_run_of_mlflow(tmp_path: Path) -> None:
    follower = follow(tmp_path / "meta.yaml", Kind.MLFLOW, META)
    summary = follower.look().runs["run"]
    assert (summary.start, summary.end, summary.last_wall_time) == (None, None, None)
    (tmp_path / "params" / "model").mkdir(parents=True)
    for name, text in {"lr": "0.1", "opt": "adam", "amp": "True", "none": "None", "model/depth": "3"}.items():
        (tmp_path / "params" / name).write_text(text)
    hparams = {"amp": True, "lr": 0.1, "none": None, "opt": "adam", "model/depth": 3.0}
    assert follower.look().runs["run"].start == SessionStart(hparams, "brave-cub-1", 1_700_000_000.5)
    ended = META.replace("status: 1", "status: 3").replace("null", "1700000009000")
    (tmp_path / "meta.yaml").write_text(ended)
    summary = follower.look().runs["run"]
    assert (summary.start and dict(summary.start.hparams), summary.end) == (hparams, SessionEnd("SUCCESS", 1.7e9 + 9))
    (tmp_path / "meta.yaml").write_text(ended.replace("status: 3", "status: 4"))
    assert follower.look().runs["run"].end == SessionEnd("FAILURE", 1.7e9 + 9)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        (b"run_uuid: 'ab'\nname: x\n", SessionStart({}), None),
        (b"run_id: ab\nrun_name: 'it''s'\nstart_time: null\n", SessionStart({}, "it''s"), None),
        (b'run_id: ab\nrun_name: "a\xff"\nstatus: 5\n', SessionStart({}, "a\udcff"), SessionEnd("FAILURE")),
        (b"run_id: ab\nstart_time: 1000\nstatus: 3\n", SessionStart({}, "", 1.0), SessionEnd("SUCCESS")),
    ],
    ids=["before 1.0", "quotes", "no UTF-8", "no name"],
)
def test_what_an_mlflow_run_says_of_itself(
    tmp_path: Path, text: bytes, start: SessionStart, end: SessionEnd | None
) -> None:
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "lr").write_text("1")
    summary = follow(tmp_path / "meta.yaml", Kind.MLFLOW, text).look().runs["run"]
    assert (summary.start, summary.end) == (SessionStart({"lr": 1.0}, start.group_name, start.start_time), end)


def test_params_of_mlflow_that_are_no_files_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "lr").write_text("0.1")
    os.mkfifo(tmp_path / "params" / "pipe")
    (tmp_path / "params" / "gone").symlink_to("nowhere")
    start = follow(tmp_path / "meta.yaml", Kind.MLFLOW, META).look().runs["run"].start
    assert start == SessionStart({"lr": 0.1}, "brave-cub-1", 1_700_000_000.5)


def test_params_of_mlflow_have_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.reader.peers.mlflow._MOST_PARAMS", 2)
    (tmp_path / "params").mkdir()
    for name, text in {"a": b"x" * 6000, "b": b"y" * 6001, "c": b"z\xff"}.items():
        (tmp_path / "params" / name).write_bytes(text)
    follower = follow(tmp_path / "meta.yaml", Kind.MLFLOW, META)
    start = follower.look().runs["run"].start
    kept = {"a": "x" * 6000, "b": "y" * 6000, "c": "z\udcff"}
    assert start is not None
    assert len(start.hparams) == 2
    assert all(kept[name] == value for name, value in start.hparams.items())
    monkeypatch.setattr("tui.reader.peers.mlflow._MOST_PARAMS", 3)
    start = follow(tmp_path / "meta.yaml", Kind.MLFLOW, META).look().runs["run"].start
    assert start is not None
    assert start.hparams == kept


@pytest.mark.parametrize("age", [1.0, -1.0, 5.0])
def test_params_that_have_just_been_made_are_read_again(tmp_path: Path, age: float) -> None:
    """A file may stand in its directory before it is written; a directory that stood still for seconds is believed."""
    params = tmp_path / "params"
    params.mkdir()
    (params / "lr").touch()
    now = time.time()
    os.utime(params, (now, now - age))
    follower = follow(tmp_path / "meta.yaml", Kind.MLFLOW, META)
    follower.look()
    (params / "lr").write_text("0.1")
    start = follower.look().runs["run"].start
    assert start is not None
    assert start.hparams == {"lr": 0.1 if abs(age) < 2 else ""}
    (params / "lr").write_text("0.2")
    os.utime(params, (now, now - 50))
    start = follower.look().runs["run"].start
    assert start is not None
    assert start.hparams == {"lr": 0.2}
    follower.look()
    assert follower.count(Forgotten) == (2 if abs(age) < 2 else 1)


def test_any_other_meta_yaml_is_no_run(tmp_path: Path) -> None:
    follower = follow(tmp_path / "meta.yaml", Kind.MLFLOW, "experiment_id: '0'\nname: Default\n")
    assert (follower.look().runs, follower.reasons()) == ({}, [])
    follower = follow(tmp_path / "notes.txt", Kind.MLFLOW_METRIC, "any text\n1700000000000 1 1\n" * 3, tag="notes.txt")
    assert (follower.look().runs, follower.reasons()) == ({}, [])


def test_a_trainer_s_state(tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    follower = follow(path, Kind.TRAINER_STATE, state())
    points = follower.points()
    assert math.isnan(points.pop("eval_loss")[0][1])
    assert points == {"epoch": [(5, 0.5), (10, 1.0)], "loss": [(5, 1.5)]}
    assert not follower.look().runs["run"].ended
    path.write_text(state(log_history=[{"loss": 2, "step": 5}, {"loss": 1, "step": 20}], global_step=20))
    assert follower.points() == {"loss": [(5, 2.0), (20, 1.0)]}
    assert follower.count(Forgotten) == 1
    assert follower.look().runs["run"].end == SessionEnd("SUCCESS")


@pytest.mark.parametrize(
    ("done", "planned", "ended"),
    [(0, 0, False), (5, 0, False), (5, -1, False), (1, 1, True), (9, 10, False), (10, 9, True), (None, 1, False)],
)
def test_a_trainer_that_did_all_its_steps_has_ended(
    tmp_path: Path, done: int | None, planned: int, ended: bool
) -> None:
    text = state(global_step=done, max_steps=planned)
    follower = follow(tmp_path / "trainer_state.json", Kind.TRAINER_STATE, text)
    assert follower.look().runs["run"].ended is ended


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (state()[:-10], "Unterminated string"),
        ("[]", "it holds no log_history"),
        ('{"log_history": 1}', "it holds no log_history"),
        ("[" * 100_000, "nested too deeply"),
    ],
    ids=["half", "list", "number", "deep"],
)
def test_a_state_that_cannot_be_read_leaves_the_last_one(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    follower = follow(path, Kind.TRAINER_STATE, state())
    before = follower.points().keys()
    path.write_text(text)
    assert follower.points().keys() == before
    [told] = follower.reasons()
    assert told.startswith(f"file cannot be read: {reason}")
    path.write_text(state(global_step=11))
    assert follower.points().keys() == before
    assert follower.reasons() == []


def test_what_is_in_a_history_besides_rows_is_passed_over(tmp_path: Path) -> None:
    history: list[object] = [
        None,
        [],
        3,
        {"loss": 1},
        {"step": "x", "loss": 1},
        {"step": 1, "loss": {"a": 2, "b": "x"}},
    ]
    follower = follow(tmp_path / "trainer_state.json", Kind.TRAINER_STATE, state(log_history=history))
    assert follower.points() == {"loss/a": [(1, 2.0)]}
    [problem] = follower.look().problems
    assert problem.reason == "row without a whole number as 'step'; it is left out (told once for this file)"
    assert problem.offset == 0


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "MOST_BYTES", 1 << 20)
    path = tmp_path / "trainer_state.json"
    follower = follow(path, Kind.TRAINER_STATE, state().ljust((1 << 20) + 1))
    assert follower.look().runs == {}
    assert follower.reasons() == ["file is larger than 1 MiB; it is not read"]
    path.write_text(state().ljust(1 << 20))
    assert set(follower.points()) == {"epoch", "loss", "eval_loss"}
    assert follower.reasons() == []


def test_hparams_of_lightning(tmp_path: Path) -> None:
    text = "lr: 0.1\nmodel:\n  width: 4\n  act: relu\namp: true\n"
    follower = follow(tmp_path / "hparams.yaml", Kind.HPARAMS, text)
    start = follower.look().runs["run"].start
    assert start == SessionStart({"lr": 0.1, "model.width": 4.0, "model.act": "relu", "amp": True})
    (tmp_path / "hparams.yaml").write_text("{}\n")
    assert follower.look().runs == {}


def test_hparams_that_are_no_utf_8(tmp_path: Path) -> None:
    start = follow(tmp_path / "hparams.yaml", Kind.HPARAMS, b"lr: 0.1\nname: a\xff\n").look().runs["run"].start
    assert start == SessionStart({"lr": 0.1, "name": "a\udcff"})


def test_hparams_that_are_too_long(tmp_path: Path) -> None:
    text = "lr: 0.1\nbs: 2\n"
    follower = follow(tmp_path / "hparams.yaml", Kind.HPARAMS, text.ljust(LONGEST))
    assert follower.look().runs["run"].start == SessionStart({"lr": 0.1, "bs": 2.0})
    (tmp_path / "hparams.yaml").write_text(text.ljust(LONGEST + 1))
    assert follower.reasons() == ["file cannot be read: it is longer than 128 KiB"]
    assert follower.look().runs["run"].start == SessionStart({"lr": 0.1, "bs": 2.0})


def test_a_file_nobody_may_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "hparams.yaml").symlink_to("hparams.yaml")
    follower = Follower(tmp_path / "hparams.yaml", Kind.HPARAMS)
    assert follower.reasons() == ["file cannot be read: Too many levels of symbolic links"]


def test_a_state_of_too_many_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.reader.peers.json_rows.MOST_VALUES", 3)
    rows = Rows("run", "file")
    read_trainer_state(b'{"log_history": [{}, {}, {}, {}]}', rows)
    with pytest.raises(ValueError, match=r"^more than 3 values$"):
        read_trainer_state(b'{"log_history": [{}, {}, {}, {}, {}]}', rows)

"""`tbtui diff`: what tells two runs apart, and which runs are meant."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from logging_lib.tfevents.hparams import SessionStart
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.tui.cli.commands import called, only_line


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    for name, lr, text in (("x/one", 0.1, b"a\nb"), ("x/two", 0.2, b"a\nc")):
        start = builders.session_start(SessionStart({"lr": lr, "opt": "adam"}))
        note = builders.event(builders.tensor("note", to_tensor_proto(np.array([text], object)), "text"))
        points = [builders.scalar_event("loss", step, lr * 10 / step) for step in (1, 2)]
        same = builders.scalar_event("same", 1, 1.0)
        builders.write(tmp_path / name / builders.FILE_NAME, [start, *points, same, note])
    return tmp_path


def test_the_tables(logdir: Path) -> None:
    shown = called("diff", logdir, "one", "two")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.splitlines() == [
        "A  x/one",
        "B  x/two",
        "",
        "hparam  A    B",
        "lr      0.1  0.2",
        "1 hparam is the same",
        "",
        "metric  last A  last B  best A  best B  at step    A  B  B - A        after    A  B",
        "loss       0.5       1   0.5@2     1@2        2  0.5  1    0.5  100%     2s  0.5  1",
        "1 metric is the same",
        "",
        "text note",
        "  a",
        "- b",
        "+ c",
    ]
    everything = called("diff", logdir, "one", "two", "--all").stdout
    assert "opt     adam  adam" in everything
    assert "the same" not in everything


def test_json(logdir: Path) -> None:
    found = json.loads(called("diff", logdir, "one", "two", "--json").stdout)
    assert found["runs"] == ["x/one", "x/two"]
    assert found["hparams"] == [
        {"name": "lr", "a": 0.1, "b": 0.2, "standing": "differs"},
        {"name": "opt", "a": "adam", "b": "adam", "standing": "same"},
    ]
    loss = found["metrics"][0]
    assert loss["at_step"] == {"step": 2, "a": 0.5, "b": 1.0}
    assert loss["at_time"] == {"seconds": 2.0, "a": 0.5, "b": 1.0}
    assert loss["best"] == [{"value": 0.5, "step": 2, "seconds": 2.0}, {"value": 1.0, "step": 2, "seconds": 2.0}]
    assert found["texts"] == [{"tag": "note", "standing": "differs", "changes": [[" ", "a"], ["-", "b"], ["+", "c"]]}]


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        (("x", "two"), "x may be x/one, x/two; give more of the name"),
        (("three", "two"), "no run is called three; there are x/one, x/two"),
        (("two", "x/two"), "x/two is compared with itself; give two runs"),
    ],
)
def test_which_runs(logdir: Path, runs: tuple[str, str], message: str) -> None:
    shown = called("diff", logdir, *runs)
    assert (shown.returncode, shown.stdout, only_line(shown.stderr)) == (2, "", f"tbtui: {message}")


def test_without_hparams_names_tell(tmp_path: Path) -> None:
    for name in ("lr_0.1", "lr_0.2"):
        builders.write(tmp_path / name / builders.FILE_NAME, [builders.scalar_event("loss", 1, 1.0)])
    shown = called("diff", tmp_path, "lr_0.1", "lr_0.2")
    assert "lr      0.1  0.2" in shown.stdout.splitlines()


def test_a_part_of_a_name_means_the_session_not_the_run_below_it(tmp_path: Path) -> None:
    for name, lr in (("first", 0.1), ("second", 0.2)):
        builders.write(tmp_path / name / builders.FILE_NAME, [builders.scalar_event("loss", 1, lr)])
        start = builders.session_start(SessionStart({"lr": lr}))
        builders.write(tmp_path / name / "hp" / builders.FILE_NAME, [start, builders.scalar_event("score", 1, lr)])
    shown = called("diff", tmp_path, "irst", "sec").stdout.splitlines()
    assert shown[:2] == ["A  first", "B  second"]
    assert [line.split()[0] for line in shown[6:]] == ["metric", "score", "loss"]

"""`tbtui hparams`: sessions filtered, sorted, grouped, with what names and texts say."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from logging_lib.tfevents.hparams import SessionStart
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.tui.cli.commands import called, imported_by, only_line


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    sessions = [
        ("a", SessionStart({"lr": 0.1, "opt": "adam", "seed": 1.0}, "g"), [3.0, 1.0]),
        ("b", SessionStart({"lr": 0.1, "opt": "adam", "seed": 2.0}, "g"), [0.5, 2.0]),
        ("c", SessionStart({"lr": 0.01, "opt": "adam", "\x1b[2J": True}), [4.0, math.nan]),
    ]
    for name, start, losses in sessions:
        points = [builders.scalar_event("val/loss", step, loss) for step, loss in enumerate(losses)]
        points += [builders.scalar_event("acc", step, acc) for step, acc in enumerate([0.9, 0.8])]
        builders.write(tmp_path / name / builders.FILE_NAME, [builders.session_start(start), *points])
    return tmp_path


@pytest.fixture
def nameless(tmp_path: Path) -> Path:
    """Runs without sessions: their names and texts tell of hparams."""
    for lr, text in ((0.1, '{"opt": "adam", "x": 1}'), (0.2, '{"opt": "sgd", "x": 1}')):
        value = builders.tensor("args", to_tensor_proto(np.array([text.encode()], object)), "text")
        for part, loss in (("train", 10 * lr), ("val", 20 * lr)):
            events = [builders.scalar_event("loss", 1, loss), *([builders.event(value)] if part == "train" else [])]
            builders.write(tmp_path / f"lr_{lr}" / part / builders.FILE_NAME, events)
    return tmp_path


def cells(*arguments: object) -> list[list[str]]:
    """The table, and what is said below it."""
    shown = called("hparams", *arguments)
    assert (shown.returncode, shown.stderr) == (0, "")
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in shown.stdout.splitlines()]


def objects(*arguments: object) -> list[dict[str, Any]]:
    shown = called("hparams", *arguments, "--format", "json")
    assert shown.returncode == 0
    assert shown.stdout.isascii()
    found: list[dict[str, Any]] = json.loads(shown.stdout)
    return found


def test_the_table(logdir: Path) -> None:
    assert cells(logdir, "--all") == [
        ["run", "lr", "opt", "seed", "\\x1b[2J", "val/loss", "acc"],
        ["a", "0.1", "adam", "1", "-", "1", "0.8"],
        ["b", "0.1", "adam", "2", "-", "2", "0.8"],
        ["c", "0.01", "adam", "-", "true", "NaN", "0.8"],
    ]


def test_where_sort_metric_columns_and_differs(logdir: Path) -> None:
    shown = cells(logdir, "--where", "lr>=0.1", "--sort", "val/loss", "--metric", "min", "--differs")
    assert shown == [
        ["run", "seed", "val/loss", "acc"],
        ["b", "2", "0.5", "0.8"],
        ["a", "1", "1", "0.8"],
        [],
        ["3 hparams are the same in all; --all lists them"],
    ]
    by_two = cells(logdir, "--sort", "lr:desc,seed:desc", "--columns", "seed,group")
    assert by_two == [["run", "seed", "group"], ["b", "2", "g"], ["a", "1", "g"], ["c", "-", "c"]]
    # The best acc is at step 0; metrics that are better when more are sorted from the greatest on.
    at_best = cells(logdir, "--metric", "at:acc", "--sort", "val/loss", "--columns", "val/loss,acc")
    assert at_best[1:] == [["b", "0.5", "0.9"], ["a", "3", "0.9"], ["c", "4", "0.9"]]


def test_an_hparam_called_like_a_metric(tmp_path: Path) -> None:
    for lr in (0.1, 0.2):
        events = [builders.session_start(SessionStart({"loss": str(lr)})), builders.scalar_event("loss", 1, lr)]
        builders.write(tmp_path / f"{lr}" / builders.FILE_NAME, events)
    assert cells(tmp_path)[0] == ["run", "hparams.loss", "metrics.loss"]


def test_groups(logdir: Path) -> None:
    assert cells(logdir, "--group", "--columns", "lr,seed,val/loss") == [
        ["run", "sessions", "lr", "seed", "val/loss"],
        ["g", "2", "0.1", "-", "1.5"],
        ["c", "1", "0.01", "-", "NaN"],
    ]
    best = cells(logdir, "--group", "--pool", "best", "--columns", "val/loss")
    assert best[1:] == [["g", "2", "1"], ["c", "1", "NaN"]]


def test_csv_and_json(logdir: Path) -> None:
    shown = called("hparams", logdir, "--format", "csv", "--columns", "lr,val/loss", "--where", "run=a or run=c")
    assert shown.stdout.splitlines() == [
        "run,group_name,status,hparams.lr,metrics.val/loss",
        "a,g,RUNNING,0.1,1.0",
        "c,c,RUNNING,0.01,nan",
    ]
    a, _, c = objects(logdir)
    assert a == {
        "run": "a", "group": "g", "status": "RUNNING", "sessions": 1, "runs": ["a"],
        "hparams": {"lr": 0.1, "opt": "adam", "seed": 1.0, "\x1b[2J": None},
        "derived": {}, "text": {}, "metrics": {"val/loss": 1.0, "acc": 0.8},
    }  # fmt: skip
    assert (c["metrics"]["val/loss"], c["hparams"]["\x1b[2J"]) == ("NaN", True)


def test_without_sessions_names_and_texts_tell(nameless: Path) -> None:
    shown = called("hparams", nameless, "--sort", "val/loss:desc")
    assert shown.returncode == 0
    assert only_line(shown.stderr) == (
        "tbtui: no hparams were logged; (name) and (text) mark what names of runs and texts say"
    )
    assert [line.split() for line in shown.stdout.splitlines()] == [
        ["run", "lr", "(name)", "opt", "(text)", "train/loss", "val/loss"],
        ["lr_0.2", "0.2", "sgd", "2", "4"],
        ["lr_0.1", "0.1", "adam", "1", "2"],
    ]
    first, _ = objects(nameless)
    assert (first["runs"], first["derived"], first["text"]) == (
        ["lr_0.1/train", "lr_0.1/val"],
        {"lr": 0.1},
        {"opt": "adam"},
    )


def test_several_logdirs(logdir: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    builders.write(other / "x" / builders.FILE_NAME, [builders.session_start(SessionStart({"lr": 5.0}))])
    shown = cells(f"one:{logdir}", f"two:{other}", "--columns", "lr", "--where", "lr>=0.1")
    assert shown[1:] == [["one/a", "0.1"], ["one/b", "0.1"], ["two/x", "5"]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--where", "lr>="], "--where lr>=: line 1, column 5: expected a value after `>=`"),
        (["--where", "lx=1"], "--where lx=1: line 1, column 1: no hparam or metric is called `lx`"),
        (["--sort", "loss"], "--sort: no hparam or metric is called `loss`; there is `val/loss`"),
        (["--columns", "\x1b"], "--columns: no hparam or metric is called `\\x1b`"),
        (["--metric", "first"], "--metric first: expected last, min, max or at:TAG"),
        (["--metric", "at:lr"], "--metric at:lr is no metric"),
    ],
)
def test_mistakes(logdir: Path, options: list[str], message: str) -> None:
    shown = called("hparams", logdir, *options)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert only_line(shown.stderr).startswith(f"tbtui: {message}")


def test_nothing_found_is_exit_code_1(logdir: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    shown = called("hparams", logdir, "--where", "lr>9")
    assert (shown.returncode, shown.stdout, only_line(shown.stderr)) == (1, "", "tbtui: no session matches --where")
    empty = tmp_path_factory.mktemp("empty")
    shown = called("hparams", empty)
    assert (shown.returncode, only_line(shown.stderr)) == (1, f"tbtui: no event files under {empty}")


def test_it_needs_neither_textual_nor_torch(logdir: Path) -> None:
    assert not imported_by(["hparams", str(logdir)], {"textual", "torch", "rich.console"}, logdir)

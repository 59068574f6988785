"""`tbtui ls`: columns, states, JSON."""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import pytest

from logging_lib.tfevents.hparams import SessionStart
from tests import builders
from tests.tui.app.views import of_runs, run_summary
from tests.tui.cli.commands import only_line, tbtui
from tui.cli import ls

DAY = 24 * 3600


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    now = time.time()
    builders.write(tmp_path / "live" / builders.FILE_NAME, [builders.scalar_event("a", 7, 0.5, now)])
    builders.write(
        tmp_path / "ended" / builders.FILE_NAME,
        [
            builders.session_start(SessionStart({"lr": 0.1})),
            builders.scalar_event("a", 1, 0.5),
            builders.session_end("SUCCESS"),
        ],
    )
    diverged = [
        builders.scalar_event("a", 1, 1.0),
        builders.scalar_event("a", 2, math.nan),
        builders.scalar_event("b", 2, 1),
    ]
    builders.write(tmp_path / "diverged" / builders.FILE_NAME, diverged)
    builders.write(tmp_path / "empty\n" / builders.FILE_NAME, [])
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / builders.FILE_NAME).write_bytes(b"\xff" * 99)
    return tmp_path


def test_the_table(logdir: Path) -> None:
    shown = tbtui("ls", logdir)
    assert shown.returncode == 0
    rows = [line.split() for line in shown.stdout.splitlines()]
    assert rows[0] == ["run", "state", "tags", "points", "last", "step", "last", "event", "problems"]
    by_run = {row[0]: row[1:] for row in rows[1:]}
    assert list(by_run) == ["broken", "diverged", "empty\\n", "ended", "live"]
    years = int((time.time() - builders.WALL_TIME) // (365 * DAY))
    assert by_run["broken"] == ["stalled", "0", "0", "-", "-", "1"]
    assert by_run["diverged"] == ["NaN", "2", "3", "2", f"{years}y", "ago", "0"]
    assert by_run["empty\\n"] == ["stalled", "0", "0", "-", "-", "0"]
    assert by_run["ended"] == ["done", "1", "1", "1", f"{years}y", "ago", "0"]
    assert by_run["live"][:4] == ["live", "1", "1", "7"]
    assert len({line.rindex(line.split()[-1]) + len(line.split()[-1]) for line in shown.stdout.splitlines()}) == 1


def test_json(logdir: Path) -> None:
    shown = tbtui("ls", logdir, "--json")
    assert shown.returncode == 0
    runs = {run["run"]: run for run in json.loads(shown.stdout)}
    assert list(runs) == ["broken", "diverged", "empty\n", "ended", "live"]
    assert runs["diverged"] == {
        "run": "diverged",
        "state": "NaN",
        "tags": 2,
        "points": 3,
        "last_step": 2,
        "first_event": builders.WALL_TIME + 1,
        "last_event": builders.WALL_TIME + 2,
        "problems": 0,
        "files": [str(logdir / "diverged" / builders.FILE_NAME)],
        "gone": [],
    }
    assert runs["broken"]["problems"] == 1
    assert (runs["broken"]["last_step"], runs["broken"]["last_event"]) == (None, None)


def test_a_run_whose_files_are_deleted_meanwhile(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot = of_runs(run_summary("a", has_nan=True, gone=("a/events",)), "b")
    monkeypatch.setattr(ls, "read_logdir", lambda logdir: snapshot)
    assert ls.run(argparse.Namespace(logdir="logs", json=False)) == 0
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()[1:]] == [["a", "deleted"], ["b", "done"]]
    assert ls.run(argparse.Namespace(logdir="logs", json=True)) == 0
    runs = json.loads(capsys.readouterr().out)
    assert [(run["state"], run["gone"], run["files"]) for run in runs] == [
        ("deleted", ["a/events"], ["a/events"]),
        ("done", [], ["b/events"]),
    ]


def test_json_of_nothing_is_an_empty_list(tmp_path: Path) -> None:
    shown = tbtui("ls", tmp_path, "--json")
    assert (shown.returncode, json.loads(shown.stdout)) == (1, [])


def test_a_slow_protobuf_is_one_line_on_stderr(logdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", "python")
    shown = tbtui("ls", logdir / "ended", "--json")
    assert shown.returncode == 0
    assert json.loads(shown.stdout)[0]["points"] == 1
    assert only_line(shown.stderr).endswith(
        "/google/protobuf: protobuf runs on its slow python parser; install a build of it for this Python"
    )

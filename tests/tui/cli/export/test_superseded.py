"""`tbtui export` of a run that restarted: what was logged again is left out, or marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from logging_lib.tfevents import plugins
from tests import builders
from tests.tui.cli.commands import only_line, tbtui
from tests.tui.cli.export.rows import csv_rows, histogram, json_rows, parquet_rows, strings

LATER = "events.out.tfevents.1700000100.host.1.1"


def logged(step: int, wall_time: float) -> list[builders.event_pb2.Event]:
    values = [
        builders.scalar("loss", wall_time),
        histogram("h", [[0, 1, wall_time]]),
        strings("t", plugins.TEXT, str(wall_time)),
    ]
    return [builders.event(value, step=step, wall_time=wall_time) for value in values]


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """Steps 0 to 3, and after a restart 2 to 4."""
    root = tmp_path / "logs"
    builders.write(root / builders.FILE_NAME, [event for step in range(4) for event in logged(step, step)])
    builders.write(root / LATER, [event for step in range(2, 5) for event in logged(step, 100 + step)])
    return root


@pytest.mark.parametrize("kind", ["scalars", "histograms", "text"])
def test_superseded_points_are_left_out(logdir: Path, kind: str) -> None:
    shown = tbtui("export", logdir, "--kind", kind)
    assert shown.returncode == 0
    assert [line.split(",")[2:4] for line in shown.stdout.splitlines()[1:]] == [
        ["0", "0.0"], ["1", "1.0"], ["2", "102.0"], ["3", "103.0"], ["4", "104.0"],
    ]  # fmt: skip
    assert only_line(shown.stderr) == "tbtui: 2 superseded points were left out; --superseded exports them too"


@pytest.mark.parametrize("kind", ["scalars", "histograms", "text"])
def test_all_points_with_a_flag(logdir: Path, kind: str) -> None:
    options = ("--kind", kind, "--superseded")
    flags = {(0, 0.0): False, (1, 1.0): False, (2, 2.0): True, (3, 3.0): True}
    flags |= {(step, 100.0 + step): False for step in (2, 3, 4)}
    rows = csv_rows(logdir, *options)
    assert {(int(row[2]), float(row[3])): {"true": True, "false": False}[row[-1]] for row in rows} == flags
    for rows_of in (json_rows, parquet_rows):
        objects = rows_of(logdir, *options)
        assert {(row["step"], row["wall_time"]): row["superseded"] for row in objects} == flags
        assert all(list(row)[-1] == "superseded" for row in objects)


def test_one_point_is_told_as_one(logdir: Path) -> None:
    (logdir / LATER).unlink()
    builders.write(logdir / LATER, logged(3, 103.0))
    shown = tbtui("export", logdir)
    assert only_line(shown.stderr) == "tbtui: 1 superseded point was left out; --superseded exports them too"


def test_a_run_without_a_restart_has_the_column_too(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, builders.points("t", range(2)))
    shown = tbtui("export", tmp_path, "--superseded")
    assert shown.stderr == ""
    assert [line.split(",")[-1] for line in shown.stdout.splitlines()] == ["superseded", "false", "false"]

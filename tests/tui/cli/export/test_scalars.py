"""`tbtui export` of scalars: columns, order, floats, choices, and where the results go."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.tui.cli.commands import only_line, tbtui


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    root = tmp_path / "logs"
    double = builders.tensor("double", to_tensor_proto(np.float64(0.1)), "scalars")
    events = [
        builders.version_event(),
        builders.scalar_event("z", 2, 0.1, 1.5),
        builders.event(double, step=3, wall_time=1e300),
        builders.scalar_event("a, b", -1, math.nan, math.nan),
        builders.scalar_event("z", 1, math.inf, math.inf),
        builders.scalar_event("z", 1, -math.inf, -math.inf),
    ]
    builders.write(root / "two" / builders.FILE_NAME, events)
    builders.write(root / builders.FILE_NAME, [builders.scalar_event("z", 5, 16777216.0, 0.0)])
    return root


def test_csv(logdir: Path) -> None:
    shown = tbtui("export", logdir)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == (
        "run,tag,step,wall_time,value\n"
        ".,z,5,0.0,16777216.0\n"
        "two,z,2,1.5,0.1\n"
        "two,z,1,inf,inf\n"
        "two,z,1,-inf,-inf\n"
        "two,double,3,1e+300,0.1\n"
        'two,"a, b",-1,nan,nan\n'
    )


def test_jsonl(logdir: Path) -> None:
    shown = tbtui("export", logdir, "--format", "jsonl", "--kind", "scalars")
    assert shown.returncode == 0
    assert [json.loads(line) for line in shown.stdout.splitlines()] == [
        {"run": ".", "tag": "z", "step": 5, "wall_time": 0.0, "value": 16777216.0},
        {"run": "two", "tag": "z", "step": 2, "wall_time": 1.5, "value": 0.1},
        {"run": "two", "tag": "z", "step": 1, "wall_time": "Infinity", "value": "Infinity"},
        {"run": "two", "tag": "z", "step": 1, "wall_time": "-Infinity", "value": "-Infinity"},
        {"run": "two", "tag": "double", "step": 3, "wall_time": 1e300, "value": 0.1},
        {"run": "two", "tag": "a, b", "step": -1, "wall_time": "NaN", "value": "NaN"},
    ]


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        (["--run", "^t"], {("two", "z"), ("two", "double"), ("two", "a, b")}),
        (["--tag", "Z"], set()),
        (["--tag", "(?i)Z"], {(".", "z"), ("two", "z")}),
        (["--run", "wo$", "--tag", "ou|,"], {("two", "double"), ("two", "a, b")}),
    ],
)
def test_choices(logdir: Path, arguments: list[str], chosen: set[tuple[str, str]]) -> None:
    shown = tbtui("export", logdir, *arguments)
    rows = list(csv.reader(io.StringIO(shown.stdout)))[1:]
    assert {(row[0], row[1]) for row in rows} == chosen
    assert shown.returncode == (0 if chosen else 1)
    if not chosen:
        assert only_line(shown.stderr) == "tbtui: no scalars match --run and --tag; `tbtui ls` lists the runs"


def test_a_logdir_without_scalars(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [builders.version_event()])
    shown = tbtui("export", tmp_path)
    assert (shown.returncode, only_line(shown.stderr)) == (1, f"tbtui: no scalars under {tmp_path}")


def test_to_a_file(logdir: Path, tmp_path: Path) -> None:
    expected = tbtui("export", logdir).stdout
    out = tmp_path / "out.csv"
    out.write_text("older")
    link = tmp_path / "link.csv"
    link.symlink_to(out)
    shown = tbtui("export", logdir, "-o", link)
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "", "")
    assert out.read_bytes().decode() == expected
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "logs", "out.csv"]


def test_a_file_is_left_alone_when_nothing_matches(logdir: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("older")
    assert tbtui("export", logdir, "--tag", "nothing", "-o", out).returncode == 1
    assert out.read_text() == "older"


def test_to_a_device(logdir: Path) -> None:
    assert tbtui("export", logdir, "-o", os.devnull).returncode == 0
    assert not Path(os.devnull).is_file()
    if Path("/dev/full").exists():
        shown = tbtui("export", logdir, "-o", "/dev/full")
        assert (shown.returncode, only_line(shown.stderr)) == (
            2,
            "tbtui: cannot write /dev/full: No space left on device",
        )


def test_odd_names_are_exact_in_a_pipe(tmp_path: Path) -> None:
    run = os.fsdecode(b"r\xff\r\n\x1b[2J")
    builders.write(tmp_path / run / builders.FILE_NAME, [builders.scalar_event('t"ü\u2028', 1, 0.5)])
    rows = list(csv.reader(io.StringIO(tbtui("export", tmp_path).stdout, newline="")))
    # The pipe is read as text here, which turns every line end into a line feed.
    assert rows[1][:2] == [run.replace("\r\n", "\n"), 't"ü\u2028']
    line = tbtui("export", tmp_path, "--format", "jsonl").stdout
    assert line.isascii()
    assert (json.loads(line)["run"], json.loads(line)["tag"]) == (run, 't"ü\u2028')


def test_blocks_join_without_a_seam(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, builders.points("t", range(20_000)))
    lines = tbtui("export", tmp_path).stdout.splitlines()[1:]
    assert [int(line.split(",")[2]) for line in lines] == list(range(20_000))

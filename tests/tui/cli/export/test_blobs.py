"""`tbtui export` of histograms and texts, and of what cannot be read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from logging_lib.tfevents import plugins
from tests import builders
from tests.terminal import Terminal
from tests.tui.cli.commands import only_line, tbtui
from tests.tui.cli.export.rows import csv_lines, csv_rows, histogram, json_rows, old_histogram, parquet_rows, strings
from tui.cli.export.blobs import text_table
from tui.cli.reading import ProblemLines, read_logdir


@pytest.fixture
def histograms(tmp_path: Path) -> Path:
    root = tmp_path / "logs"
    events = [
        builders.event(histogram("new", [[0.1, 0.2, 3], [0.2, 1, 0], [1, 4, 0.5]]), step=7, wall_time=1.5),
        builders.event(old_histogram("old", [-1, 0, 1e308], [0, 2, 1], -0.5, 9.0), step=1, wall_time=2.5),
        builders.event(histogram("new", []), step=8, wall_time=3.5),
    ]
    builders.write(root / "r,1" / builders.FILE_NAME, events)
    return root


def test_histograms_are_a_csv_line_a_bucket(histograms: Path) -> None:
    assert csv_lines(histograms, "--kind", "histograms") == [
        "run,tag,step,wall_time,left,right,count",
        '"r,1",new,7,1.5,0.1,0.2,3.0',
        '"r,1",new,7,1.5,0.2,1.0,0.0',
        '"r,1",new,7,1.5,1.0,4.0,0.5',
        '"r,1",new,8,3.5,,,',
        '"r,1",old,1,2.5,-0.5,0.0,2.0',
        '"r,1",old,1,2.5,0.0,9.0,1.0',
    ]


def test_histograms_are_a_json_line_or_a_parquet_row_each(histograms: Path) -> None:
    def row(tag: str, step: int, time: float, left: list[float], right: list[float], count: list[float]) -> object:
        return {
            "run": "r,1", "tag": tag, "step": step, "wall_time": time, "left": left, "right": right, "count": count,
        }  # fmt: skip

    expected = [
        row("new", 7, 1.5, [0.1, 0.2, 1.0], [0.2, 1.0, 4.0], [3.0, 0.0, 0.5]),
        row("new", 8, 3.5, [], [], []),
        row("old", 1, 2.5, [-0.5, 0.0], [0.0, 9.0], [2.0, 1.0]),
    ]
    assert json_rows(histograms, "--kind", "histograms") == expected
    assert parquet_rows(histograms, "--kind", "histograms") == expected


def test_edges_that_are_not_finite(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    value = histogram("h", [[float("-inf"), 0, 1], [0, float("inf"), 2], [1, 2, float("nan")]])
    builders.write(root / builders.FILE_NAME, [builders.event(value, wall_time=0)])
    assert [row[4:] for row in csv_rows(root, "--kind", "histograms")] == [
        ["-inf", "0.0", "1.0"],
        ["0.0", "inf", "2.0"],
        ["1.0", "2.0", "nan"],
    ]
    (row,) = json_rows(root, "--kind", "histograms")
    assert (row["left"], row["right"], row["count"]) == (
        ["-Infinity", 0.0, 1.0], [0.0, "Infinity", 2.0], [1.0, 2.0, "NaN"],
    )  # fmt: skip


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    root = tmp_path / "logs"
    values = ["rank 0", ['rank 1, "one"\nü'], ["a", "ü"], [["a", "b"], ["c", ""]], "", []]
    events = [
        builders.event(strings("t", plugins.TEXT, value), step=step, wall_time=0.5) for step, value in enumerate(values)
    ]
    builders.write(root / builders.FILE_NAME, events)
    return root


def test_texts_as_csv(texts: Path) -> None:
    assert csv_lines(texts, "--kind", "text") == [
        "run,tag,step,wall_time,text",
        ".,t,0,0.5,rank 0",
        '.,t,1,0.5,"rank 1, ""one""',
        'ü"',
        '.,t,2,0.5,"[""a"", ""ü""]"',
        '.,t,3,0.5,"[[""a"", ""b""], [""c"", """"]]"',
        '.,t,4,0.5,""',
        ".,t,5,0.5,[]",
    ]


def test_texts_as_json_lines_and_parquet(texts: Path) -> None:
    expected = ["rank 0", 'rank 1, "one"\nü', ["a", "ü"], [["a", "b"], ["c", ""]], "", []]
    assert [row["text"] for row in json_rows(texts, "--kind", "text")] == expected
    as_text = [text if isinstance(text, str) else json.dumps(text, ensure_ascii=False) for text in expected]
    assert [row["text"] for row in parquet_rows(texts, "--kind", "text")] == as_text


def test_what_cannot_be_read_is_told_and_the_rest_is_exported(tmp_path: Path) -> None:
    events = [
        builders.event(histogram("h", [[0, 1, 1]]), step=1),
        builders.event(old_histogram("h", [1, 2], [1], 0, 1), step=2),
        builders.event(histogram("h", [[0, 1, 1]]), step=3),
    ]
    path = builders.write(tmp_path / builders.FILE_NAME, events)
    shown = tbtui("export", tmp_path, "--kind", "histograms")
    assert shown.returncode == 0
    assert [line.split(",")[2] for line in shown.stdout.splitlines()] == ["step", "1", "3"]
    assert re.fullmatch(
        rf"tbtui: {re.escape(str(path))}: histogram of 2 limits and 1 counts \(at byte \d+\)", only_line(shown.stderr)
    )


def test_nothing_that_can_be_read_is_exit_code_1(tmp_path: Path) -> None:
    broken = [builders.event(old_histogram("h", [1, 2], [1], 0, 1), step=step) for step in range(15)]
    builders.write(tmp_path / builders.FILE_NAME, broken)
    shown = tbtui("export", tmp_path, "--kind", "histograms")
    assert (shown.returncode, shown.stdout) == (1, "run,tag,step,wall_time,left,right,count\n")
    assert len(shown.stderr.splitlines()) == 11
    assert shown.stderr.splitlines()[-1] == "tbtui: and 5 more problems"


def test_a_file_that_is_gone(texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    snapshot = read_logdir(str(texts))
    (texts / builders.FILE_NAME).unlink()
    problems = ProblemLines()
    table = text_table(list(snapshot.blobs.values()), problems, flagged=True)
    assert sum(len(block) for block in table.blocks) == 0
    problems.end()
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 6
    assert set(told) == {f"tbtui: {texts / builders.FILE_NAME}: No such file or directory"}


def test_blocks_join_without_a_seam(tmp_path: Path) -> None:
    root = tmp_path / "logs"
    events = [builders.event(strings("t", plugins.TEXT, f"{step} %s"), step=step) for step in range(600)]
    builders.write(root / builders.FILE_NAME, events)
    expected = [(step, f"{step} %s") for step in range(600)]
    assert [(row["step"], row["text"]) for row in json_rows(root, "--kind", "text")] == expected
    assert [(row["step"], row["text"]) for row in parquet_rows(root, "--kind", "text")] == expected
    assert [(int(row[2]), row[4]) for row in csv_rows(root, "--kind", "text")] == expected


def test_texts_are_escaped_on_a_terminal(tmp_path: Path) -> None:
    events = [builders.event(strings("t", plugins.TEXT, ["evil\x1b]0;owned\x07\nline", "\x9b2J"]), step=1)]
    builders.write(tmp_path / builders.FILE_NAME, events)
    for form in ("csv", "jsonl"):
        with Terminal.tbtui("export", str(tmp_path), "--kind", "text", "--format", form, columns=200) as terminal:
            assert terminal.end() == 0
            assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", terminal.output)
            assert "\x9b" not in terminal.output.decode()
            assert "owned" in terminal.text and "line" in terminal.text

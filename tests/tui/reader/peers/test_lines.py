"""CSV and JSON lines: steps and times found, what is no number, lines too long or not whole, files written anew."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.reader.peers.logs import Follower, follow
from tui.model import Forgotten, Gone, Problem
from tui.reader.peers import rows
from tui.reader.peers.lines import LineParser
from tui.reader.peers.names import Kind
from tui.reader.peers.rows import Rows
from tui.reader.peers.tail import CHUNK_BYTES

LIGHTNING = "epoch,step,train_loss,val_loss\n0,1,0.5,\n0,3,0.25,\n0,3,,0.75\n"


def test_a_csv_s_rows_become_series_of_float64(tmp_path: Path) -> None:
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, LIGHTNING)
    assert follower.points() == {
        "epoch": [(1, 0.0), (3, 0.0), (3, 0.0)],
        "train_loss": [(1, 0.5), (3, 0.25)],
        "val_loss": [(3, 0.75)],
    }
    snapshot = follower.look()
    assert {series.values.dtype for series in snapshot.scalars.values()} == {np.dtype(np.float64)}
    # It holds no times: when it was written stands in for the last one.
    summary, written = snapshot.runs["run"], (tmp_path / "metrics.csv").stat().st_mtime
    assert (summary.first_wall_time, summary.last_wall_time, summary.points) == (None, written, 6)
    assert all(np.isnan(series.wall_times).all() for series in snapshot.scalars.values())


@pytest.mark.parametrize(
    ("header", "step"),
    [
        ("step,epoch", 1),
        ("epoch,loss", 1),
        ("epoch,global_step", 2),
        ("Epoch,Step", 2),
        ("rollout/ep_rew_mean,time/total_timesteps", 2),
        ("\ufeffstep,loss", 1),
        ("                  epoch,      train/box_loss", 1),
        ('"step","a,b"', 1),
    ],
)
def test_the_step_is_found_by_its_name(header: str, step: int, tmp_path: Path) -> None:
    follower = follow(tmp_path / "progress.csv", Kind.CSV, f"{header}\n1,2\n")
    [(tag, points)] = follower.points().items()
    assert points == [(step, 3.0 - step)]
    assert tag in header


def test_numbers_and_what_is_none(tmp_path: Path) -> None:
    cells = ["nan", "NaN", "NAN", "-nan", "inf", "Infinity", "-INF", "1e999", " 1.5 ", "1_0", "0x1", "True", "", "-0"]
    lines = "".join(f"{step},{cell},text\n" for step, cell in enumerate(cells))
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, f"step,a,b\n{lines}")
    points = dict(follower.points()["a"])
    assert [step for step, value in points.items() if math.isnan(value)] == [0, 1, 2, 3]
    assert {step: value for step, value in points.items() if not math.isnan(value)} == {
        4: math.inf,
        5: math.inf,
        6: -math.inf,
        7: math.inf,
        8: 1.5,
        13: 0.0,
    }
    # Told once for a column that has held numbers; a column of texts is none.
    assert follower.reasons() == ["'a' holds '1_0', which is no number; it is left out (told once for this file)"]


def test_steps_that_are_none(tmp_path: Path) -> None:
    steps = ["1", "2.0", "3e0", "-4", "", "x", "1.5", "nan", "99999999999999999999", "9223372036854775807", "1_0"]
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, "step,a\n" + "".join(f"{step},1\n" for step in steps))
    assert [step for step, _ in follower.points()["a"]] == [1, 2, 3, -4, 9223372036854775807]
    assert follower.reasons() == ["row without a whole number as 'step'; it is left out (told once for this file)"]


def test_headers_and_rows_that_do_not_fit(tmp_path: Path) -> None:
    text = "step,a,a\n1,2,3\n4,5\n6,7,8,9\n\n10,11,12\n" + '13,"1\n'
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, text)
    assert follower.points() == {"a": [(1, 2.0), (10, 11.0)]}
    snapshot = follower.look()
    assert [(problem.offset, problem.reason) for problem in snapshot.problems] == [
        (0, "two columns are named 'a'; the first one counts (told once for this file)"),
        (15, "2 cells under 3 names; the line is left out"),
        (19, "4 cells under 3 names; the line is left out"),
        (37, "2 cells under 3 names; the line is left out"),
    ]
    assert snapshot.runs["run"].problems == 4


def test_a_cell_that_is_too_long_costs_its_line(tmp_path: Path) -> None:
    text = f"step,a\n1,2\n3,{'x' * 140_000}\n4,5\n"
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, text)
    assert follower.points() == {"a": [(1, 2.0), (4, 5.0)]}
    [problem] = follower.look().problems
    assert (problem.offset, problem.reason) == (
        11,
        "line is no CSV: field larger than field limit (131072); it is left out",
    )


def test_a_row_of_nothing_is_none(tmp_path: Path) -> None:
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, "step,a\n1,2\n,\n3,4\n")
    assert (follower.points(), follower.reasons()) == ({"a": [(1, 2.0), (3, 4.0)]}, [])


def test_names_need_not_be_utf_8(tmp_path: Path) -> None:
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, b"step,a\xff\xc3\xa9\n1,2\n")
    assert follower.points() == {"a\udcffé": [(1, 2.0)]}


@pytest.mark.parametrize("text", ["name,price\na,1\n", "\n\nhello\n", "x" * 10 + "\n", "\0\0\0\n" * 9])
def test_a_table_without_steps_is_no_log(text: str, tmp_path: Path) -> None:
    follower = follow(tmp_path / "results.csv", Kind.CSV, text)
    assert follower.look().runs == {}
    with (tmp_path / "results.csv").open("a") as file:
        file.write("step,loss\n1,2\n")
    assert follower.look().runs == {}
    (tmp_path / "results.csv").unlink()
    assert follower.look().problems == ()
    assert not any(isinstance(batch, Gone) for batch in follower.told)


def test_a_run_shows_as_soon_as_its_header_is_there(tmp_path: Path) -> None:
    summary = follow(tmp_path / "metrics.csv", Kind.CSV, "step,loss\n").look().runs["run"]
    assert (summary.points, summary.paths, summary.last_wall_time) == (0, (str(tmp_path / "metrics.csv"),), None)


def test_a_file_that_is_written_anew_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    follower = follow(path, Kind.CSV, LIGHTNING)
    follower.look()
    # As Lightning does when a metric comes up: the same rows under a longer header.
    text = "epoch,step,test_loss,train_loss,val_loss\n0,1,,0.5,\n0,3,,0.25,\n0,3,,,0.75\n1,4,9.0,,\n"
    path.write_text(text)
    assert follower.points()["test_loss"] == [(4, 9.0)]
    assert follower.points()["train_loss"] == [(1, 0.5), (3, 0.25)]
    assert (follower.count(Forgotten), follower.reasons()) == (1, [])
    path.write_text("step,b\n")
    assert follower.points() == {}
    assert list(follower.look().runs) == ["run"]


def test_a_copy_in_its_place_that_has_grown_is_read_on(tmp_path: Path) -> None:
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, LIGHTNING)
    follower.look()
    (tmp_path / "new").write_text(LIGHTNING + "1,5,0.125,\n")
    (tmp_path / "new").rename(tmp_path / "metrics.csv")
    assert follower.points()["train_loss"] == [(1, 0.5), (3, 0.25), (5, 0.125)]
    assert follower.count(Forgotten) == 0


def test_a_file_that_goes_keeps_its_points_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    follower = follow(path, Kind.CSV, LIGHTNING)
    before = follower.points()
    path.rename(tmp_path / "away")
    assert follower.points() == before
    assert follower.reasons() == ["file is gone; what was read of it stays"]
    assert follower.look().runs["run"].deleted
    assert follower.reader.is_now(str(tmp_path / "away"))
    (tmp_path / "away").rename(path)
    assert follower.points() == before
    assert follower.reasons() == []
    assert not follower.look().runs["run"].deleted


def test_a_line_waits_for_its_end_and_a_long_one_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    follower = follow(path, Kind.JSON_LINES, '{"step": 1, "a": 1}\n{"step": 2,')
    assert follower.points() == {"a": [(1, 1.0)]}
    assert not follower.reader.pending
    with path.open("a") as file:
        file.write(' "a": 2}\n{"step": 3, "t": "' + "x" * (3 * CHUNK_BYTES))
    assert follower.points() == {"a": [(1, 1.0), (2, 2.0)]}
    with path.open("a") as file:
        file.write('"}\n{"step": 4, "a": 4}\n')
    assert follower.points() == {"a": [(1, 1.0), (2, 2.0), (4, 4.0)]}
    assert follower.reasons() == ["line is longer than 1 MiB; it is left out"]


def test_json_lines_with_nested_names_times_and_strange_values(tmp_path: Path) -> None:
    row = {"Step": 5, "train": {"loss": 1.5, "deep": {"er": 2}}, "timestamp": 1.7e12, "ok": True, "list": [1]}
    row |= {"nan": math.nan, "inf": "-Infinity", "none": None, "text": "1", "img": {"_type": "image-file", "size": 3}}
    follower = follow(tmp_path / "metrics.jsonl", Kind.JSON_LINES, json.dumps(row) + "\n")
    points = follower.points()
    assert math.isnan(points.pop("nan")[0][1])
    assert points == {"train/loss": [(5, 1.5)], "train/deep/er": [(5, 2.0)], "inf": [(5, -math.inf)]}
    snapshot = follower.look()
    assert {series.wall_times[0] for series in snapshot.scalars.values()} == {1.7e9}
    assert (snapshot.runs["run"].last_wall_time, follower.reasons()) == (1.7e9, [])


def test_seconds_since_the_start_are_a_metric(tmp_path: Path) -> None:
    follower = follow(
        tmp_path / "metrics.jsonl", Kind.JSON_LINES, '{"iter": 7, "time": 12.5}\n{"iter": 8, "time": 13}\n'
    )
    assert follower.points() == {}  # a step and a time are no metrics by themselves
    follower = follow(tmp_path / "log.jsonl", Kind.JSON_LINES, '{"iter": 7, "time": 12.5, "loss": 1}\n')
    assert follower.points() == {"time": [(7, 12.5)], "loss": [(7, 1.0)]}


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 1, "text": "a"}',
        '{"step": 1, "text": "a"}',
        "[1, 2]",
        "1",
        "no JSON",
        '{"step": null, "a": 1}',
        "[" * 9999,
    ],
    ids=["no step", "no number", "list", "number", "text", "null", "deep"],
)
def test_lines_that_are_no_metrics_are_left_alone(line: str, tmp_path: Path) -> None:
    metrics = '{"step": 1, "a": 1}\n'
    follower = follow(tmp_path / "log.jsonl", Kind.JSON_LINES, f"{line}\n" * 9 + metrics)
    assert follower.points() == {"a": [(1, 1.0)]}
    follower = follow(tmp_path / "other.jsonl", Kind.JSON_LINES, f"{line}\n" * 10 + metrics)
    assert (follower.look().runs, follower.reasons(), follower.reader.pending) == ({}, [], False)


def test_a_data_set_of_any_size_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "logs.jsonl"
    line = b'{"id": 1, "text": "' + b"x" * 1000 + b'"}\n'
    follower = follow(path, Kind.JSON_LINES, line * 20)
    follower.look()
    os.truncate(path, 1 << 40)
    follower.look()
    assert follower.reader.offset <= CHUNK_BYTES
    assert follower.look().runs == {}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "line is no JSON: Expecting property name"),
        (b"[" * 100_000, "line is no JSON: nested too deeply"),
        (b'"\xff"', "line is no JSON: it is not UTF-8"),
        (b'{"step": 2, "a": ' + b"1" * 5000 + b"}", "line is no JSON: Exceeds the limit"),
        (b'{"step": 1e400, "a": 1}', "row without a whole number as 'step'"),
        (b'{"a": 1}', "row without a whole number as 'step'"),
        (b'{"step": 2, "a": "x"}', "'a' holds 'x', which is no number"),
    ],
    ids=["half", "deep", "not UTF-8", "digits", "huge", "missing", "text"],
)
def test_a_bad_line_is_told_and_the_others_are_read(line: bytes, reason: str, tmp_path: Path) -> None:
    text = b'{"step": 1, "a": 1}\n' + line + b'\n{"step": 3, "a": 3}\n'
    follower = follow(tmp_path / "metrics.jsonl", Kind.JSON_LINES, text)
    assert follower.points()["a"] == [(1, 1.0), (3, 3.0)]
    [problem] = follower.look().problems
    assert (problem.offset, problem.reason[: len(reason)]) == (20, reason)


def test_half_a_pair_of_surrogates_is_replaced(tmp_path: Path) -> None:
    text = r'{"step": 1, "\ud800a": 1, "\ud83d\ude00": NaN, "b\\ud800": 3, "c": {"\uDFFF": -1e309}}' + "\n"
    follower = follow(tmp_path / "metrics.jsonl", Kind.JSON_LINES, text)
    assert repr(follower.points()) == repr(
        {"\ufffda": [(1, 1.0)], "\U0001f600": [(1, math.nan)], "b\\ud800": [(1, 3.0)], "c/\ufffd": [(1, -math.inf)]}
    )


def test_a_whole_number_beyond_floats_is_infinite(tmp_path: Path) -> None:
    text = '{"step": 1, "a": 1' + "0" * 400 + ', "b": -1' + "0" * 400 + "}\n"
    follower = follow(tmp_path / "metrics.jsonl", Kind.JSON_LINES, text)
    assert follower.points() == {"a": [(1, math.inf)], "b": [(1, -math.inf)]}


def test_names_without_end_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_TAGS", 20)
    text = "".join(f'{{"step": {step}, "id{step}": 1}}\n' for step in range(50))
    follower = follow(tmp_path / "metrics.jsonl", Kind.JSON_LINES, text)
    assert len(follower.points()) == 20
    assert len(follower.reasons()) == 1


def test_of_garbage_without_end_only_so_much_is_told(tmp_path: Path) -> None:
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, "step,a\n" + "1\n" * 5000 + "1,2\n")
    assert follower.points() == {"a": [(1, 2.0)]}
    assert follower.count(Problem) == rows.MOST_TOLD
    problem = [batch for batch in follower.told if isinstance(batch, Problem)][-1]
    assert problem.reason.startswith("here and further on")


LINES = ("step,a,b\r\n" + "".join(f"{step},{step / 3},{'' if step % 3 else -step}\n" for step in range(60))).encode()


@given(cuts=st.lists(st.integers(0, len(LINES)), max_size=8))
def test_any_splits_give_the_same(cuts: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("split") / "metrics.csv"
    path.touch()
    follower = Follower(path, Kind.CSV)
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(LINES)], strict=True):
        with path.open("ab") as file:
            file.write(LINES[begin:end])
        follower.look()
    assert follower.points() == {
        "a": [(step, step / 3) for step in range(60)],
        "b": [(step, -step) for step in range(0, 60, 3)],
    }
    assert (follower.count(Forgotten), follower.reasons(), follower.reader.offset) == (0, [], len(LINES))


@given(data=st.binary(max_size=300), kind=st.sampled_from([Kind.CSV, Kind.JSON_LINES, Kind.TRAINER_STATE, Kind.MLFLOW]))
def test_no_bytes_are_too_strange(data: bytes, kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> None:
    begin = {Kind.CSV: b"step,a\n", Kind.JSON_LINES: b'{"step": 1, "a": 1}\n'}.get(kind, b"")
    follower = follow(tmp_path_factory.mktemp("any") / "log", kind, begin + data)
    follower.look()
    assert not follower.reader.pending


class Lines(LineParser):
    """Keeps lines and where they begin."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self.lines: list[tuple[int, bytes]] = []

    def _line(self, line: bytes, offset: int) -> None:
        self.lines.append((offset, line))
        self.refused = line == b"no log"


def fed(text: bytes, at: int = 0, most: int | None = None) -> tuple[list[tuple[int, bytes]], list[Problem], int]:
    """The lines of a file from `at` on, in chunks of at most so many bytes; problems; and how far it was read."""
    rows = Rows("run", "file")
    parser = Lines(rows)
    while taken := parser.feed(text[at : at + (most or len(text))], at):
        at += taken
    return parser.lines, [batch for batch in rows.take() if isinstance(batch, Problem)], at


def test_lines_and_where_they_begin() -> None:
    text = b"\xef\xbb\xbfa\n\n  b \r\n\xef\xbb\xbfc\nd"
    lines = [(0, b"a"), (6, b"b"), (12, b"\xef\xbb\xbfc")]
    assert fed(text) == (lines, [], 17)
    assert fed(text, most=8) == (lines, [], 17)
    # A mark of the byte order stands at a file's start only, not where reading goes on.
    assert fed(text, at=12) == (lines[2:], [], 17)
    assert fed(text, at=6) == (lines[1:], [], 17)


def test_nothing_is_read_behind_what_shows_that_it_is_no_log() -> None:
    assert fed(b"a\nno log\nb\n") == ([(0, b"a"), (2, b"no log")], [], 11)


@pytest.mark.parametrize("more", [0, 1, CHUNK_BYTES, 2 * CHUNK_BYTES])
def test_a_line_that_is_as_long_as_a_chunk_is_left_out(more: int) -> None:
    long = b"x" * (CHUNK_BYTES + more)
    lines, problems, end = fed(b"a\n" + long + b"\nb\n", most=CHUNK_BYTES)
    assert (lines, end) == ([(0, b"a"), (len(long) + 3, b"b")], len(long) + 5)
    assert problems == [Problem("file", 2, "line is longer than 1 MiB; it is left out")]
    lines, problems, _ = fed(b"a\n" + long[: CHUNK_BYTES - 1] + b"\nb\n", most=CHUNK_BYTES)
    assert ([len(line) for _, line in lines], problems) == ([1, CHUNK_BYTES - 1, 1], [])


def test_problems_of_rows_name_the_byte_where_the_line_begins(tmp_path: Path) -> None:
    for name, kind, text in (
        ("metrics.csv", Kind.CSV, "step,a\n1,2\n2,x\n3,4,5\n"),
        ("metrics.jsonl", Kind.JSON_LINES, '{"step":1,"a":2}\n{"step":2,"a":"x"}\n{\n'),
    ):
        problems = follow(tmp_path / name, kind, text).look().problems
        lines = text.splitlines(keepends=True)
        at = [len("".join(lines[:number])) for number in range(len(lines))]
        assert [problem.offset for problem in problems] == at[-2:]

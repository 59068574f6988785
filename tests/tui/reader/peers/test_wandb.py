"""wandb's log: rows, config, the end; damage, zeros, files that are not whole; any splits of what is appended."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logging_lib.tfevents.hparams import HParam, SessionEnd, SessionStart
from tests.tui.reader.peers import logs
from tests.tui.reader.peers.logs import exit_, follow, frames, history, item, part, run
from tui.model import Problem
from tui.reader.peers.names import Kind

BLOCK = 1 << 15
# Rows of which some fill several blocks, and one ends 7 bytes before the end of one.
LONG = [history(step, {"loss": step / 2, "text": "x" * (700 * step)}) for step in range(60)]


def test_rows_become_series(tmp_path: Path) -> None:
    rows = [history(step, {"loss": 1.5 * step, "acc/val": -step}) for step in (0, 1, 5)]
    snapshot = follow(tmp_path / "run.wandb", Kind.WANDB, frames([run({}), *rows])).look()
    by_tag = {key.tag: series for key, series in snapshot.scalars.items()}
    assert by_tag["loss"].steps.tolist() == [0, 1, 5]
    assert by_tag["loss"].values.tolist() == [0.0, 1.5, 7.5]
    assert by_tag["acc/val"].values.tolist() == [0.0, -1.0, -5.0]
    assert by_tag["loss"].wall_times.tolist() == [1.7e9, 1.7e9 + 1, 1.7e9 + 5]
    summary = snapshot.runs["run"]
    assert (summary.points, summary.first_wall_time, summary.last_wall_time) == (6, 1.7e9, 1.7e9 + 5)
    assert (summary.start, summary.end, summary.problems) == (None, None, 0)


def test_nested_and_strange_values(tmp_path: Path) -> None:
    items = [item(["nested", "a"], 1), item("old", 2), item(["img", "_type"], "image-file"), item(["img", "width"], 8)]
    items += [item(["nan"], math.nan), item(["inf"], "-Infinity"), item(["spelled"], "NaN"), item(["text"], "1")]
    items += [item(["flag"], True), item(["none"], None), item(["_runtime"], 3), item(["_step"], 7), item(["l"], [1])]
    follower = follow(tmp_path / "run.wandb", Kind.WANDB, frames([part(2, b"".join(items))]))
    points = follower.points()
    assert [(tag, steps) for tag, steps in points.items() if not math.isnan(steps[0][1])] == [
        ("nested/a", [(7, 1.0)]),
        ("old", [(7, 2.0)]),
        ("inf", [(7, -math.inf)]),
    ]
    assert math.isnan(points["nan"][0][1])
    assert math.isnan(points["spelled"][0][1])
    assert len(points) == 5
    assert follower.reasons() == []


def test_config_and_end_are_the_session(tmp_path: Path) -> None:
    config = {"lr": 1, "net": {"act": "relu", "layers": [1, 2]}, "amp": True, "none": None, "_wandb": {"t": 1}}
    update = part(5, item("lr", 0.5) + item(["net", "depth"], 3) + item("amp", None, field=2))
    follower = follow(tmp_path / "run.wandb", Kind.WANDB, frames([run(config, "name"), update, history(3, {"a": 1})]))
    hparams: dict[str, HParam] = {"lr": 0.5, "net.act": "relu", "net.layers": "[1, 2]", "none": None, "net.depth": 3.0}
    summary = follower.look().runs["run"]
    assert summary.start == SessionStart(hparams, "name", 1_700_000_000.5)
    assert not summary.ended
    with (tmp_path / "run.wandb").open("ab") as file:
        file.write(frames([exit_(1)], start=file.tell()))
    assert follower.look().runs["run"].end == SessionEnd("FAILURE", 1.7e9 + 3)
    grouped = follow(tmp_path / "other.wandb", Kind.WANDB, frames([run({"a": 1}, "name", "group"), exit_(0)])).look()
    assert grouped.runs["run"].start == SessionStart({"a": 1.0}, "group", 1_700_000_000.5)
    assert grouped.runs["run"].end == SessionEnd("SUCCESS", 0.0)


def test_records_over_several_blocks_and_at_their_ends(tmp_path: Path) -> None:
    # What is left of the first block is 7 bytes, an empty frame; then less than 7, which are padding.
    for left in (7, 6, 8, 0):
        length = BLOCK - left
        while len(frames([filler := history(0, {"pad": "x" * length})])) > BLOCK - left:
            length -= 1
        follower = follow(tmp_path / f"{left}.wandb", Kind.WANDB, frames([filler, history(1, {"a": 1}), *LONG]))
        points = follower.points()
        assert points["a"] == [(1, 1.0)]
        assert points["loss"] == [(step, step / 2) for step in range(60)]
        assert follower.reasons() == []


def test_damage_costs_its_block_and_is_told(tmp_path: Path) -> None:
    data = bytearray(frames(history(step, {"a": step, "t": "x" * 2000}) for step in range(100)))
    data[BLOCK + 5000] ^= 1
    follower = follow(tmp_path / "run.wandb", Kind.WANDB, bytes(data))
    steps = [step for step, _ in follower.points()["a"]]
    [reason] = follower.reasons()
    assert reason == "frame fails its CRC; read on at the next block"
    [problem] = follower.store.snapshot().problems
    assert problem.offset is not None
    assert BLOCK <= problem.offset <= BLOCK + 5000
    lost = [step for step in range(100) if step not in steps]
    assert 10 <= len(lost) <= 16
    assert lost == list(range(lost[0], lost[-1] + 1))


def test_a_frame_longer_than_its_block_is_damage(tmp_path: Path) -> None:
    data = bytearray(frames(history(step, {"a": step, "t": "x" * 2000}) for step in range(40)))
    data[7 + 4 : 7 + 6] = b"\xff\xff"  # the first frame's length, behind the file's header and its own CRC
    follower = follow(tmp_path / "run.wandb", Kind.WANDB, bytes(data))
    steps = [step for step, _ in follower.points()["a"]]
    assert steps == list(range(steps[0], 40)) and 10 <= steps[0] <= 20
    [problem] = follower.look().problems
    assert (problem.offset, problem.reason) == (7, "frame is longer than its block; read on at the next block")


def test_a_record_that_is_too_long_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.reader.peers.wandb._MOST_RECORD_BYTES", 1 << 20)
    records = [history(0, {"a": 0}), history(1, {"a": 1, "t": "x" * (1 << 20)}), history(2, {"a": 2})]
    follower = follow(tmp_path / "run.wandb", Kind.WANDB, frames(records))
    assert follower.points() == {"a": [(0, 0.0), (2, 2.0)]}
    [problem] = follower.look().problems
    assert problem.reason == "record is longer than 1 MiB; it is left out"
    assert problem.offset is not None
    assert problem.offset % BLOCK == 0  # the frame with which it became so


def test_a_file_that_comes_byte_by_byte(tmp_path: Path) -> None:
    data = frames([run({"lr": 0.5}), history(2, {"a": 1.5})])
    follower = follow(tmp_path / "run.wandb", Kind.WANDB, b"")
    for byte in data:
        assert follower.points() == {}
        with (tmp_path / "run.wandb").open("ab") as file:
            file.write(bytes([byte]))
    assert (follower.points(), follower.reasons()) == ({"a": [(2, 1.5)]}, [])


def test_zeros_at_the_end_wait_and_are_passed_over_when_something_follows(tmp_path: Path) -> None:
    path = tmp_path / "run.wandb"
    begin = frames([history(0, {"a": 0})])
    follower = follow(path, Kind.WANDB, begin + bytes(500))
    assert follower.points() == {"a": [(0, 0.0)]}
    path.write_bytes(begin + frames([history(1, {"a": 1})], start=len(begin)))
    assert follower.points() == {"a": [(0, 0.0), (1, 1.0)]}
    hole = path.read_bytes().ljust(BLOCK, b"\0")
    path.write_bytes(hole + frames([history(2, {"a": 2})], start=BLOCK))
    assert follower.points() == {"a": [(0, 0.0), (1, 1.0), (2, 2.0)]}
    assert follower.reasons() == []


def test_what_is_no_log_is_told_and_shows_no_run(tmp_path: Path) -> None:
    follower = follow(tmp_path / "run.wandb", Kind.WANDB, b"PNG\r\n\x1a\n" * 10)
    assert follower.look().runs == {}
    [problem] = follower.look().problems
    assert (problem.reason, problem.offset) == ("file has no header of wandb's", 0)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"\x12\xff\xff", "record cannot be read: Error parsing message"),
        (part(2, item("a", 1)), "record cannot be read: history without a step"),
        (part(5, item("a", b"[" * 100_000)), "record cannot be read: nested too deeply"),
        (part(5, item("a", b"\xff")), "record cannot be read: it is not UTF-8"),
        (part(5, item("a", b"{")), "record cannot be read: Expecting property name"),
    ],
    ids=["no message", "no step", "deep", "not UTF-8", "no JSON"],
)
def test_a_bad_record_is_told_and_the_others_are_read(record: bytes, reason: str, tmp_path: Path) -> None:
    follower = follow(tmp_path / "run.wandb", Kind.WANDB, frames([record, history(1, {"a": 1})]))
    assert follower.points() == {"a": [(1, 1.0)]}
    [problem] = follower.look().problems
    assert problem.reason.startswith(reason)
    assert problem.offset == (7 if len(record) < BLOCK else 3 * BLOCK)  # where its last frame begins


def test_the_step_of_a_row_comes_before_one_among_its_values(tmp_path: Path) -> None:
    rows = [
        part(2, item(["a"], 1) + item(["_step"], 9) + part(2, logs.whole(1, 7))),
        part(2, item(["a"], 2) + item(["_step"], 9)),
    ]
    assert follow(tmp_path / "run.wandb", Kind.WANDB, frames(rows)).points() == {"a": [(7, 1.0), (9, 2.0)]}


def test_what_belongs_to_media_is_no_metric_and_what_stands_beside_a_text_is(tmp_path: Path) -> None:
    items = [item(["img", "deep", "_type"], "image"), item(["img", "width"], 8), item(["opt", "name"], "adam")]
    items += [item(["opt", "lr"], 0.5), item(["odd"], b"xnanx"), item(["_step"], 1)]
    items += [part(1, part(1, b"a\xff") + part(16, b"3"))]
    follower = follow(tmp_path / "run.wandb", Kind.WANDB, frames([part(2, b"".join(items))]))
    assert follower.points() == {"opt/lr": [(1, 0.5)], "a\udcff": [(1, 3.0)]}


@pytest.mark.parametrize("rest", [7, 8, 100])
def test_zeros_up_to_the_end_of_a_block_are_passed_over(tmp_path: Path, rest: int) -> None:
    """Of a frame's header only the last byte may not be zero: that is none."""
    begin = frames([history(0, {"a": 0})])
    filler = BLOCK - rest - len(frames([history(1, {"t": ""})], start=len(begin))) - len(begin)
    begin += frames([history(1, {"t": "x" * (filler - 8)})], start=len(begin))
    begin += bytes(BLOCK - len(begin))
    follower = follow(tmp_path / "run.wandb", Kind.WANDB, begin)
    assert follower.points() == {"a": [(0, 0.0)]}
    with (tmp_path / "run.wandb").open("ab") as file:
        file.write(frames([history(2, {"a": 2})], start=BLOCK))
    assert (follower.points(), follower.reasons()) == ({"a": [(0, 0.0), (2, 2.0)]}, [])


def test_zeros_with_something_behind_cost_the_rest_of_their_block(tmp_path: Path) -> None:
    begin = frames([history(0, {"a": 0})]) + bytes(50) + b"X" * 50
    data = begin.ljust(BLOCK, b"X") + frames([history(2, {"a": 2})], start=BLOCK)
    for end in (len(begin), len(data)):
        follower = follow(tmp_path / f"{end}.wandb", Kind.WANDB, data[:end])
        assert follower.points() == {"a": [(0, 0.0), (2, 2.0)] if end == len(data) else [(0, 0.0)]}
        assert follower.reasons() == []


CONTENT = frames([run({"lr": 1}), *LONG[:40], exit_(0)])


@given(cuts=st.lists(st.integers(0, len(CONTENT)), max_size=6))
def test_any_splits_give_the_same(cuts: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("split") / "run.wandb"
    path.touch()
    follower = logs.Follower(path, Kind.WANDB)
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(CONTENT)], strict=True):
        with path.open("ab") as file:
            file.write(CONTENT[begin:end])
        follower.look()
    assert follower.points() == {"loss": [(step, step / 2) for step in range(40)]}
    assert follower.look().runs["run"].end == SessionEnd("SUCCESS", 1.7e9 + 39)
    assert follower.count(Problem) == 0


@given(place=st.integers(0, len(CONTENT) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_told_or_harmless(place: int, bit: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = bytearray(CONTENT)
    data[place] ^= 1 << bit
    follower = follow(tmp_path_factory.mktemp("bit") / "run.wandb", Kind.WANDB, bytes(data))
    steps = [step for step, _ in follower.points().get("loss", [])]
    assert steps == sorted(set(steps))
    assert len(steps) == 40 or follower.reasons()

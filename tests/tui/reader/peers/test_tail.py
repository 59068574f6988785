"""A log that is followed: what is known of its file before and between reads."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.tui.reader.peers.logs import Follower, follow
from tui.model import Forgotten, Gone, Problem, RunActivity, ScalarBatch
from tui.reader.peers.names import Kind, PeerFile
from tui.reader.peers.opening import open_peer

TEXT = "step,a\n1,2\n"


def test_nothing_is_known_before_the_first_look(tmp_path: Path) -> None:
    reader = open_peer("run", PeerFile(Kind.CSV, str(tmp_path / "metrics.csv")))
    assert (reader.size, reader.mtime, reader.changed_at, reader.identity) == (0, 0.0, 0.0, None)
    assert (reader.pending, reader.offset, reader.full) == (False, 0, False)
    assert reader.is_now(str(tmp_path)) is False


@pytest.mark.parametrize(("since", "age"), [(7200.0, 7200.0), (-7200.0, 0.0)], ids=["behind", "ahead"])
@pytest.mark.parametrize("opened", [False, True])
def test_when_it_changed_is_told_by_its_own_time_at_first_and_then_by_our_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, since: float, age: float, opened: bool
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000.0)
    monkeypatch.setattr(time, "monotonic", lambda: 50_000.0)
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, TEXT)
    os.utime(tmp_path / "metrics.csv", (1_000_000.0 - since,) * 2)
    reader = follower.reader
    assert reader.look(opened=opened) == []
    assert (reader.pending, reader.size, reader.mtime) == (True, len(TEXT), 1_000_000.0 - since)
    assert reader.changed_at == 50_000.0 - age
    assert follower.points() == {"a": [(1, 2.0)]}
    monkeypatch.setattr(time, "monotonic", lambda: 60_000.0)
    reader.look(opened=opened)
    assert (reader.pending, reader.changed_at) == (False, 50_000.0 - age)
    with (tmp_path / "metrics.csv").open("a") as file:
        file.write("2,3\n")
    os.utime(tmp_path / "metrics.csv", (5.0, 5.0))
    reader.look(opened=opened)
    assert (reader.pending, reader.changed_at) == (True, 60_000.0)


def test_a_run_whose_file_begins_anew_is_there_all_the_time(tmp_path: Path) -> None:
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, TEXT + "2,3\n")
    follower.look()
    (tmp_path / "metrics.csv").write_text("step,b\n5,6\n")
    reader = follower.reader
    reader.look()
    told = reader.read()
    assert told == [Forgotten("run", reader.path), RunActivity("run", reader.path, 0, None, None)]
    assert (reader.size, reader.offset, reader.pending) == (11, 11, False)
    assert [batch.key.tag for batch in reader.take() if isinstance(batch, ScalarBatch)] == ["b"]


def test_what_was_no_log_is_read_when_it_becomes_one(tmp_path: Path) -> None:
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, "no,table\n1,2\n")
    assert follower.points() == {}
    (tmp_path / "metrics.csv").write_text(TEXT)
    reader = follower.reader
    reader.look()
    assert reader.read() == [Forgotten("run", reader.path)]
    assert follower.points() == {"a": [(1, 2.0)]}


def test_one_that_goes_while_it_is_read_is_told_and_not_pending(tmp_path: Path) -> None:
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, TEXT)
    follower.look()
    with (tmp_path / "metrics.csv").open("a") as file:
        file.write("2,3\n")
    reader = follower.reader
    reader.look()
    (tmp_path / "metrics.csv").unlink()
    assert [type(batch) for batch in reader.read()] == [Problem, Gone]
    assert not reader.pending
    (tmp_path / "metrics.csv").write_text(TEXT + "2,3\n")
    assert follower.points() == {"a": [(1, 2.0), (2, 3.0)]}


def test_another_name_is_its_own_where_identity_and_content_are_the_same(tmp_path: Path) -> None:
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, TEXT)
    follower.look()
    reader, away = follower.reader, tmp_path / "away"
    away.write_text(TEXT)
    assert not reader.is_now(str(away))
    (tmp_path / "metrics.csv").rename(tmp_path / "moved")
    assert not reader.is_now(str(away))
    assert reader.is_now(str(tmp_path / "moved"))
    (tmp_path / "moved").write_text(TEXT.replace("2", "9"))
    assert not reader.is_now(str(tmp_path / "moved"))


@pytest.mark.parametrize("opened", [False, True])
def test_one_that_cannot_be_opened_is_told_where_it_is_opened(tmp_path: Path, opened: bool) -> None:
    (tmp_path / "metrics.csv").symlink_to("metrics.csv")
    reader = Follower(tmp_path / "metrics.csv", Kind.CSV).reader
    assert len(reader.look(opened=opened)) == 1
    assert not reader.pending


def test_an_empty_one_is_not_pending(tmp_path: Path) -> None:
    follower = follow(tmp_path / "metrics.csv", Kind.CSV, "")
    follower.reader.look()
    assert not follower.reader.pending
    (tmp_path / "metrics.csv").write_text(TEXT)
    assert follower.points() == {"a": [(1, 2.0)]}
    (tmp_path / "metrics.csv").write_text("")
    assert follower.points() == {}

"""SummaryWriter's options beyond torch's, and copies of it in other processes."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tensorboardX

from logging_lib import SummaryWriter
from logging_lib.calls import scalar as scalar_calls
from logging_lib.run_writer import MIN_QUEUE, RunWriter
from tests.logging_lib.event_files import event_paths, raw_events, summaries

NEVER = 3600.0


def test_logdir_is_log_dir(tmp_path: Path) -> None:
    with SummaryWriter(logdir=str(tmp_path)) as writer:
        writer.add_scalar("a", 1.0, 1)
    assert writer.logdir == writer.log_dir == writer.get_logdir() == str(tmp_path)
    assert len(summaries(tmp_path)) == 1
    with pytest.raises(TypeError, match="two names of one option"):
        SummaryWriter(str(tmp_path), logdir=str(tmp_path))


def test_an_unknown_on_full_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="on_full is 'wait', neither"):
        SummaryWriter(tmp_path, on_full="wait")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", [{"flush_secs": "10"}, {"flush_secs": None}, {"max_queue": None}])
def test_options_that_are_no_numbers_are_refused_before_anything_is_written(tmp_path: Path, option: Any) -> None:
    (name,) = option
    with pytest.raises(TypeError, match=f"{name} must be a number, got (str|NoneType)"):
        SummaryWriter(tmp_path, **option)
    assert list(tmp_path.iterdir()) == []


def test_on_full_drop_keeps_as_much_as_fits(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A flush interval that never ends, and a thread that is never in a hurry: nothing leaves the queue."""
    with SummaryWriter(tmp_path, flush_secs=NEVER, on_full="drop") as writer:
        background = writer._run_writer._background
        assert background is not None
        background.wake = lambda limit, urgent=False: None  # type: ignore[method-assign, misc]
        for step in range(MIN_QUEUE + 100):
            writer.add_scalar("a", 1.0, step)
    assert [event.step for event in summaries(tmp_path)] == list(range(MIN_QUEUE + 1))
    assert caplog.records[-1].getMessage() == f"99 events for {tmp_path} were dropped: the queue was full"


def test_write_to_disk_false_checks_and_writes_nothing(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with SummaryWriter(run, write_to_disk=False) as writer:
        for step in range(3 * MIN_QUEUE):
            writer.add_scalar("a", 1.0, step)
        writer.add_scalars("m", {"k": 1.0})
        writer.add_histogram("h", [1.0, 2.0])
        writer.add_hparams({"lr": 0.1}, {"m": 1.0})
        with pytest.raises(TypeError, match="tag 't': expected numbers, got NoneType"):
            writer.add_scalar("t", None)
        assert writer.flush()
        assert len(writer._run_inbox) == 0
    assert list(tmp_path.iterdir()) == []


def test_names_and_descriptions_are_tensorboardx(tmp_path: Path) -> None:
    def log(writer: Any) -> None:
        writer.add_scalar("a", 0.5, 1, display_name="Loss", summary_description="of *training*")
        writer.add_scalar("a", 0.5, 2, summary_description="again")
        writer.add_scalar("a", 0.5, 3)
        writer.add_scalar("a", 0.5, 4, display_name="Late")
        writer.close()

    with SummaryWriter(tmp_path / "none") as writer:
        writer.add_scalar("a", 0.5, 1, display_name="Loss", summary_description=None)  # type: ignore[arg-type]
    (value,) = summaries(tmp_path / "none")[0].summary.value
    assert (value.metadata.display_name, value.metadata.summary_description) == ("Loss", "")

    log(SummaryWriter(tmp_path / "ours"))
    log(tensorboardX.SummaryWriter(str(tmp_path / "x")))
    ours, theirs = summaries(tmp_path / "ours"), summaries(tmp_path / "x")
    assert [event.summary for event in ours] == [event.summary for event in theirs]


@pytest.mark.parametrize("make", [copy.deepcopy, copy.copy, lambda writer: pickle.loads(pickle.dumps(writer))])
def test_a_copy_writes_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    monkeypatch.chdir(tmp_path)
    original = SummaryWriter("run", purge_step=5, filename_suffix=".mine", flush_secs=NEVER)
    original.add_scalar("a", 1.0, 5)
    other = tmp_path / "elsewhere"
    other.mkdir()
    monkeypatch.chdir(other)
    copied = make(original)
    assert (copied.log_dir, copied.filename_suffix, copied.flush_secs) == ("run", ".mine", NEVER)
    assert len(event_paths(tmp_path / "run")) == 1  # until it logs
    copied.add_scalar("a", 2.0, 6)
    copied.close()
    original.add_scalar("a", 3.0, 7)
    original.close()
    first, second = ([event.step for event in raw_events_of(path)] for path in event_paths(tmp_path / "run"))
    assert (first, second) == ([0, 5, 5, 5, 7], [0, 6])
    assert list(other.iterdir()) == []


def raw_events_of(path: Path) -> list[Any]:
    directory = path.parent / "one"
    directory.mkdir(exist_ok=True)
    link = directory / path.name
    os.link(path, link)
    try:
        return raw_events(directory)
    finally:
        link.unlink()
        directory.rmdir()


class Owner:
    """As a trainer that is sent to a worker."""

    def __init__(self, writer: SummaryWriter) -> None:
        self.writer = writer


def test_an_owner_is_pickled_with_its_writer(tmp_path: Path) -> None:
    owner = Owner(SummaryWriter(tmp_path))
    owner.writer.add_scalar("a", 1.0, 1)
    code = "import pickle, sys; owner = pickle.loads(bytes.fromhex(sys.argv[1]))\nowner.writer.add_scalar('a', 2.0, 2)"
    content = pickle.dumps(owner).hex()
    quiet = ("-W", "ignore::FutureWarning", "-W", "ignore::ImportWarning")  # of what tensorboardX imports
    done = subprocess.run(
        [sys.executable, *quiet, "-c", code, content],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path.cwd(),
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    owner.writer.close()
    assert sorted(event.step for event in summaries(tmp_path)) == [1, 2]


class Subclass(SummaryWriter):
    """With an attribute of its own."""

    def __init__(self, directory: Path, note: str) -> None:
        super().__init__(directory)
        self.note = note


def test_a_subclass_keeps_what_it_added(tmp_path: Path) -> None:
    with Subclass(tmp_path, "mine") as writer:
        assert pickle.loads(pickle.dumps(writer)).note == "mine"


def test_known_tags_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scalar_calls, "_MOST_KNOWN_TAGS", 3)
    with SummaryWriter(tmp_path) as writer:
        for number in range(10):
            writer.add_scalar(f"tag {number}", 1.0, number)
            assert len(writer._known_tags) <= 3
    assert [event.summary.value[0].tag for event in summaries(tmp_path)] == [f"tag {number}" for number in range(10)]


def test_the_short_way_checks_as_the_long_one(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("t", 1.0, 0)
        assert "t" in writer._known_tags
        for step, message in ((1 << 63, "does not fit in 64 bits"), ("x", "invalid literal")):
            with pytest.raises(ValueError, match=f"tag 't': .*{message}"):
                writer.add_scalar("t", 1.0, step)
        with pytest.raises(TypeError, match="tag 't': expected numbers, got NoneType"):
            writer.add_scalar("t", None, 0)
        writer.add_scalar("t", 2.0, -(1 << 63))
        writer.add_scalar("t", True, (1 << 63) - 1)
        writer.add_scalar("t", 3.0, 1, walltime=5.0)
        writer.add_scalar("t", 4.0)
        writer.add_scalar("t", 5.0, 2, new_style=True)
    events = summaries(tmp_path)
    assert [event.step for event in events] == [0, -(1 << 63), (1 << 63) - 1, 1, 0, 2]
    assert [event.summary.value[0].HasField("tensor") for event in events] == [False] * 5 + [True]
    assert events[3].wall_time == 5.0


def test_the_run_knows_its_files(tmp_path: Path) -> None:
    run = RunWriter(tmp_path, 10, 1.0)
    run.create()
    assert run.paths == [("", path) for path in event_paths(tmp_path)]
    run.put("a", 1.0, 1, 1.0)
    run.put(("sub", "a"), 1.0, 1, 1.0)
    run.close()
    run.put("a", 1.0, 2, 1.0)
    run.close()
    (main, *_), (sub,) = event_paths(tmp_path), event_paths(tmp_path / "sub")
    assert run.paths[:2] == [("", main), ("sub", sub)]
    assert [name for name, _ in run.paths] == ["", "sub", ""]

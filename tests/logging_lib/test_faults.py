"""Disks that fill up, vanish and come back under a training: it goes on, every file is whole, every loss is counted."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from logging_lib import SummaryWriter, background, delivery, event_file
from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.record import Record, RecordDecoder
from tests.logging_lib.event_files import raw_events

NEVER = 3600.0
SOON = 20.0


def whole_events(root: Path) -> list[event_pb2.Event]:
    """The summaries in all files below: each file ends with a whole record, and TensorBoard reads as much."""
    events = []
    for path in sorted(root.rglob("*tfevents*")):
        decoder = RecordDecoder()
        items = list(decoder.feed(path.read_bytes()))
        assert decoder.pending == 0
        assert all(isinstance(item, Record) for item in items)
        events += [event_pb2.Event.FromString(item.payload) for item in items if isinstance(item, Record)]
    directories = {path.parent for path in root.rglob("*tfevents*")}
    assert sum(len(raw_events(directory)) for directory in directories) == len(events)
    return [event for event in events if event.HasField("summary")]


def steps(root: Path) -> list[int]:
    return [event.step for event in whole_events(root)]


def lost(messages: list[str]) -> int:
    """What is told in the end."""
    counts = [int(found[1]) for text in messages if (found := re.fullmatch(r"(\d+) logged events were lost", text))]
    assert len(counts) <= 1
    return counts[0] if counts else 0


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def messages(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    return lambda: [record.getMessage() for record in caplog.records]


Messages = Callable[[], list[str]]

LIMITED = """
import resource, sys, time
from logging_lib import SummaryWriter, background, delivery
delivery._FIRST_PAUSE_SECS = background._RETRY_SECS = 0.05
def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
def log(first, end):
    for step in range(first, end):
        writer.add_scalar("loss", step, step)
        if step % 100 == 99: writer.flush()
writer = SummaryWriter(sys.argv[1])
"""


def limited(directory: Path, code: str) -> list[str]:
    """What a training that cannot write files of any size is told on stderr."""
    pytest.importorskip("resource", reason="the system has no limits of resources")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED + code, str(directory)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr
    return done.stderr.splitlines()


def test_a_quota_that_is_reached(tmp_path: Path) -> None:
    told = limited(tmp_path, "limit(30_000); log(0, 2000); writer.close(); print('done')")
    written = steps(tmp_path)
    (path,) = tmp_path.iterdir()
    assert 25_000 < path.stat().st_size <= 30_000
    assert written == list(range(len(written)))
    assert 0 < len(written) < 2000
    assert len(written) + lost(told) == 2000
    assert told == [
        f"cannot write to {tmp_path}: {os.strerror(errno.EFBIG)}; the training goes on, 100 events wait and are tried "
        "again",
        f"{2000 - len(written)} logged events were lost",
    ]


def test_a_quota_that_is_lifted(tmp_path: Path) -> None:
    """What was kept is written, by the thread itself."""
    code = """
limit(30_000); log(0, 2000)
limit(resource.RLIM_INFINITY)
while writer._run_writer._background._deliveries.any_waits: time.sleep(0.01)
log(2000, 2100); writer.close(); print('done')
"""
    told = limited(tmp_path, code)
    assert steps(tmp_path) == list(range(2100))
    assert [text.split(";")[-1] for text in told[1:]] == [" 0 events were lost meanwhile"]


def test_a_quota_that_is_lifted_when_much_was_given_up(tmp_path: Path) -> None:
    code = """
delivery.MAX_WAITING_BYTES = 10_000
limit(30_000); log(0, 2000)
limit(resource.RLIM_INFINITY)
log(2000, 2010); writer.close(); print('done')
"""
    told = limited(tmp_path, code)
    written = steps(tmp_path)
    assert written[-1] == 2009
    assert written == sorted(written)
    holes = [after - before for before, after in pairwise(written) if after != before + 1]
    assert holes == [lost(told) + 1]
    assert len(written) + lost(told) == 2010


def test_a_quota_of_nothing(tmp_path: Path) -> None:
    """No other file can be opened either, and nothing is left of the tries."""
    code = """
limit(0)
for key in range(20): writer.add_scalars("losses", {str(key): 1.0}, key)
log(0, 50); writer.close(); print('done')
"""
    told = limited(tmp_path, code)
    assert whole_events(tmp_path) == []
    assert lost(told) == 70
    assert len(told) == 2
    assert len(list(tmp_path.rglob("*tfevents*"))) == 1


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if not mounted or mounted.returncode != 0:
        pytest.skip(f"cannot mount a tmpfs: {mounted.stderr.strip() if mounted else 'there is no mount'}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)  # a test may have done so


def log_all_kinds(writer: SummaryWriter, step: int) -> int:
    """Events logged: small ones and large ones, in files of runs and sub-runs."""
    writer.add_scalar("loss", step, step)
    writer.add_scalars("losses", {"train": 1.0, "test": 2.0}, step)
    writer.add_histogram("weights", np.arange(500.0), step)
    writer.add_image("noise", np.random.default_rng(step).integers(0, 256, (3, 40, 40), dtype=np.uint8), step)
    return 5


def test_a_full_disk(disk: Path, messages: Messages) -> None:
    writer = SummaryWriter(disk / "run")
    logged = 0
    for step in range(100):
        logged += log_all_kinds(writer, step)
        writer.flush()
    writer.close()
    written = len(whole_events(disk))
    assert 100 < written < logged
    assert written + lost(messages()) == logged
    first, last = messages()
    assert os.strerror(errno.ENOSPC) in first
    assert last == f"{logged - written} logged events were lost"


def test_a_disk_that_was_full(disk: Path, messages: Messages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_FIRST_PAUSE_SECS", 0.01)
    monkeypatch.setattr(background, "_RETRY_SECS", 0.01)
    writer = SummaryWriter(disk / "run")
    logged = log_all_kinds(writer, 0)
    writer.flush()
    ballast = disk / "checkpoint"
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    for step in range(1, 10):
        logged += log_all_kinds(writer, step)
        writer.flush()
    ballast.unlink()
    until(lambda: len(messages()) == 2)
    logged += log_all_kinds(writer, 10)
    writer.close()
    assert len(whole_events(disk)) == logged
    by_kind = [event.step for event in whole_events(disk) if event.summary.value[0].tag == "noise"]
    assert by_kind == list(range(11))
    assert messages()[1].endswith("works again; 0 events were lost meanwhile")


def test_a_disk_that_was_read_only(disk: Path, messages: Messages) -> None:
    run = disk.parent / "run"
    writer = SummaryWriter(run)
    (run / "losses_train").symlink_to(disk)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for step in range(3):
        writer.add_scalars("losses", {"train": 1.0}, step)
        writer.add_scalar("loss", 1.0, step)
        assert not writer.flush(sync=True)
    assert os.strerror(errno.EROFS) in messages()[0]
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert writer.flush(sync=True)
    writer.close()
    assert steps(disk) == steps(run) == [0, 1, 2]
    assert lost(messages()) == 0


def test_a_disk_that_is_unmounted(disk: Path, messages: Messages) -> None:
    """Lazily, since files are open: what follows goes to the directory below, where it can be found."""
    writer = SummaryWriter(disk / "run")
    writer.add_scalar("loss", 1.0, 0)
    writer.flush()
    subprocess.run(["umount", "-l", str(disk)], check=True)
    writer.add_scalar("loss", 1.0, 1)
    writer.close()
    assert steps(disk) == [1]
    (message,) = messages()
    assert " was deleted; what is logged now is in " in message


@pytest.mark.skipif(os.name != "posix", reason="only POSIX deletes open files")
@pytest.mark.parametrize("sub_run", [False, True])
def test_a_run_that_is_deleted(tmp_path: Path, messages: Messages, sub_run: bool) -> None:
    run = tmp_path / "runs" / "a"
    writer = SummaryWriter(run, flush_secs=NEVER)

    def log(step: int) -> None:
        if sub_run:
            writer.add_scalars("losses", {"train": 1.0}, step)
        else:
            writer.add_scalar("loss", 1.0, step)

    log(0)
    writer.flush()
    shutil.rmtree(tmp_path / "runs")
    for step in (1, 2):
        log(step)
        writer.flush()
    writer.close()
    assert steps(tmp_path) == [1, 2]
    (message,) = messages()
    assert " was deleted; what is logged now is in " in message


@pytest.mark.skipif(os.name != "posix", reason="only POSIX deletes open files")
def test_a_run_that_is_deleted_again_and_again_while_threads_log(tmp_path: Path) -> None:
    run = tmp_path / "run"
    writer = SummaryWriter(run, flush_secs=0.001)
    stop = threading.Event()

    def log() -> None:
        while not stop.is_set():
            writer.add_scalars("losses", {"train": 1.0}, 0)
            writer.add_scalar("loss", 1.0, 0)
            time.sleep(0.0001)

    threads = [threading.Thread(target=log) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        shutil.rmtree(run, ignore_errors=True)  # a file may appear behind it
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    shutil.rmtree(run, ignore_errors=True)
    for step in range(1, 100):
        writer.add_scalar("loss", 1.0, step)
    writer.close()
    assert [step for step in steps(run) if step] == list(range(1, 100))


@pytest.mark.skipif(os.name != "posix", reason="only POSIX deletes open files")
def test_a_directory_that_becomes_a_file_and_is_put_back(tmp_path: Path, messages: Messages) -> None:
    run = tmp_path / "runs" / "a"
    writer = SummaryWriter(run)
    shutil.rmtree(tmp_path / "runs")
    (tmp_path / "runs").write_text("no directory")
    for step in range(3):
        writer.add_scalar("loss", 1.0, step)
        assert not writer.flush(sync=True)
    (tmp_path / "runs").unlink()
    assert writer.flush(sync=True)
    writer.close()
    assert steps(run) == [0, 1, 2]
    assert messages()[0].startswith(f"cannot write to {run}: {os.strerror(errno.ENOTDIR)}; the training goes on, 1 ev")
    assert messages()[-1] == f"writing to {run} works again; 0 events were lost meanwhile"


class Server:
    """An os.write that fails now and then, in the middle of what it is given."""

    def __init__(self, error: int) -> None:
        self.error = error
        self.down = False
        self._write = os.write
        self._random = np.random.default_rng(1)

    def write(self, descriptor: int, data: memoryview) -> int:
        if self.down:
            raise OSError(self.error, os.strerror(self.error))
        self.down = self._random.random() < 0.3
        length = int(self._random.integers(len(data) + 1)) if self.down else len(data)
        return self._write(descriptor, data[:length])

    def truncate(self, descriptor: int, length: int) -> None:
        raise OSError(self.error, os.strerror(self.error))


@pytest.mark.parametrize("error", [errno.ESTALE, errno.EIO, errno.ENOTCONN, errno.ENOSPC, errno.EDQUOT])
def test_a_server_that_fails_now_and_then(
    tmp_path: Path, messages: Messages, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """What it tears is cut off; where a file can be written no more, another one takes what follows."""
    server = Server(error)
    writer = SummaryWriter(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(event_file.os, "write", server.write)
        for step in range(200):
            writer.add_scalar("loss", 1.0, step)
            writer.flush(sync=True)
            server.down = False
    writer.close()
    assert sorted(steps(tmp_path)) == list(range(200))
    assert lost(messages()) == 0
    assert (len(list(tmp_path.iterdir())) == 1) == (error in (errno.ENOSPC, errno.EDQUOT))


def test_a_server_that_never_comes_back(tmp_path: Path, messages: Messages, monkeypatch: pytest.MonkeyPatch) -> None:
    """The torn rest of the last write stays: at the end of a file, where readers wait for more."""
    server = Server(errno.ESTALE)
    writer = SummaryWriter(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(event_file.os, "write", server.write)
        patch.setattr(event_file.os, "ftruncate", server.truncate)
        for step in range(200):
            writer.add_scalar("loss", 1.0, step)
            writer.flush()
        assert server.down
        writer.close()
    (path,) = tmp_path.iterdir()
    written = [event.step for event in raw_events(tmp_path) if event.HasField("summary")]
    decoder = RecordDecoder()
    assert sum(isinstance(item, Record) for item in decoder.feed(path.read_bytes())) == 1 + len(written)
    assert 0 < decoder.pending < 100
    assert written == list(range(len(written)))
    assert len(written) + lost(messages()) == 200
    assert len(messages()) == 2

"""Logdirs on a shared file system: one that is mounted here, shows attributes late, fails, is slow, or does not answer.

It needs root and /dev/fuse, which no package brings: where these are missing, the tests are skipped.
"""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import builders
from tests.shared_fs import SharedFileSystem, missing
from tests.terminal import Terminal
from tui.ingest import mounts
from tui.ingest.ingester import Ingester
from tui.ingest.mounts import file_system_type, mount_of
from tui.model import Problem
from tui.reader.named_logdir import LogDir

DEADLINE = 30.0

pytestmark = pytest.mark.skipif(missing() != "", reason=f"no file system can be mounted: {missing()}")


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[SharedFileSystem]:
    with SharedFileSystem(tmp_path / "server", tmp_path / "client") as file_system:
        yield file_system


@pytest.fixture
def as_nfs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is mounted is taken for NFS, as it behaves."""
    kind = mounts.file_system_type
    monkeypatch.setattr(mounts, "file_system_type", lambda path: kind(path).replace("fuse.shared", "nfs4"))


class Live:
    """An ingester on its thread."""

    def __init__(self, *logdirs: LogDir) -> None:
        self._news = threading.Condition()
        self.ingester = Ingester(logdirs, on_commit=self._note, poll_seconds=0.05, rescan_seconds=0.5)
        self.ingester.start()

    def _note(self, version: int) -> None:
        with self._news:
            self._news.notify_all()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(condition, DEADLINE), self.ingester.status

    def points(self, run: str) -> int:
        summary = self.ingester.snapshot.runs.get(run)
        return summary.points if summary else -1


@pytest.fixture
def live(shared: SharedFileSystem) -> Iterator[Live]:
    live = Live(LogDir("", shared.point))
    yield live
    live.ingester.stop()


def test_the_mount_is_known(shared: SharedFileSystem) -> None:
    assert file_system_type(str(shared.point)) == "fuse.shared"
    assert mount_of(str(shared.point / "run" / "file")) == (str(shared.point), "fuse.shared")
    # FUSE's magic number, where the table of mounts cannot be read.
    assert file_system_type(str(shared.point), "") == "fuse"


def test_what_another_machine_writes_shows_through_old_attributes(
    shared: SharedFileSystem, as_nfs: None, tmp_path: Path
) -> None:
    """A stat says for an hour what it said before; a new run, too, is seen though its directory's time stands still."""
    path = builders.write(shared.source / "a" / builders.FILE_NAME, builders.points("t", range(2)))
    shared.tell(attributes_last=3600, directories_last=3600)
    live = Live(LogDir("", shared.point))
    try:
        live.wait_until(lambda: live.points("a") == 2)
        assert live.ingester.status.mode == "poll"
        assert live.ingester.status.detail == "nfs4 tells nothing of changes made elsewhere"
        builders.append(path, builders.points("t", range(2, 5)))
        assert (shared.point / "a" / builders.FILE_NAME).stat().st_size < path.stat().st_size
        live.wait_until(lambda: live.points("a") == 5)
        builders.write(shared.source / "b" / builders.FILE_NAME, builders.points("t", range(3)))
        live.wait_until(lambda: live.points("b") == 3)
    finally:
        live.ingester.stop()
    assert live.ingester.snapshot.problems == ()


def test_a_local_logdir_beside_it_is_watched(shared: SharedFileSystem, tmp_path: Path) -> None:
    """A link in it that leads to the other file system is polled."""
    builders.write(shared.source / "far" / builders.FILE_NAME, builders.points("t", range(1)))
    near = builders.write(tmp_path / "near" / "a" / builders.FILE_NAME, builders.points("t", range(1)))
    (tmp_path / "near" / "link").symlink_to(shared.point)
    live = Live(LogDir("near", tmp_path / "near"))
    try:
        live.wait_until(lambda: live.points("near/link/far") == 1 and not live.ingester.status.loading)
        live.wait_until(lambda: live.ingester.status.mode == "inotify")
        assert live.ingester.status.detail == f"fuse.shared at {tmp_path}/near/link"
        builders.append(near, builders.points("t", range(1, 3)))
        builders.append(shared.source / "far" / builders.FILE_NAME, builders.points("t", range(1, 4)))
        live.wait_until(lambda: (live.points("near/a"), live.points("near/link/far")) == (3, 4))
    finally:
        live.ingester.stop()


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE])
@pytest.mark.parametrize("request_kind", ["READ", "GETATTR", "OPEN"])
def test_errors_of_the_server_pass(shared: SharedFileSystem, live: Live, code: int, request_kind: str) -> None:
    path = builders.write(shared.source / "a" / builders.FILE_NAME, builders.points("t", range(2)))
    live.wait_until(lambda: live.points("a") == 2)
    shared.tell(failing={request_kind: code})
    builders.append(path, builders.points("t", range(2, 5)))
    told = Problem(str(shared.point / "a" / builders.FILE_NAME), None, f"file cannot be read: {os.strerror(code)}")
    live.wait_until(lambda: told in live.ingester.snapshot.problems)
    assert (live.points("a"), live.ingester.snapshot.runs["a"].gone) == (2, ())
    shared.tell(failing={})
    live.wait_until(lambda: live.points("a") == 5 and live.ingester.snapshot.problems == ())


def test_questions_grow_with_active_files(shared: SharedFileSystem) -> None:
    """Once each at the start; then those of the active files, and of the others a tenth each second."""
    for number in range(100):
        builders.write(shared.source / f"r{number:03}" / builders.FILE_NAME, builders.points("t", range(1)))
        for path in (shared.source / f"r{number:03}" / builders.FILE_NAME, shared.source / f"r{number:03}"):
            os.utime(path, (1, 1))
    shared.tell(attributes_last=0, names_last=60, reset=True)
    ingester = Ingester([LogDir("", shared.point)])
    ingester.read_all()
    counts = shared.tell(reset=True)
    assert (counts["list"], counts["lookup"]) == (101, 200)
    assert counts["read"] <= 2 * 100
    sources = ingester._sources
    sources.look()
    sources.directories_changed()
    shared.tell(reset=True)
    start = time.monotonic()
    for _ in range(10):
        sources.look()
        sources.directories_changed()
    elapsed = time.monotonic() - start
    counts = shared.tell(reset=True)
    # At least one file, one directory and one listing in each pass; the root each time.
    assert counts["list"] <= 10 + elapsed / 10 * 101 + 10
    assert counts["attributes"] <= 10 * 10 + elapsed / 10 * 4 * 101


def test_a_server_that_hangs_is_named_and_quitting_does_not_wait(shared: SharedFileSystem) -> None:
    builders.write(shared.source / "a" / builders.FILE_NAME, builders.points("t", range(2)))
    with Terminal.tbtui("--fresh", str(shared.point), columns=200, lines=24) as terminal:
        terminal.until(lambda: "2 points" in terminal.text and "polling" in terminal.text)
        terminal.press(b"?")
        terminal.until_shown("fuse.shared tells nothing of changes made elsewhere")
        terminal.press(b"?")
        terminal.until_shown("Tags 1")
        shared.tell(hangs=True)
        terminal.until(lambda: re.search(rf"no answer since [0-9:]+ from {shared.point}", terminal.text) is not None)
        terminal.press(b"?")
        terminal.until_shown("nothing is read until there is one")
        terminal.press(b"?")
        terminal.until_shown("Tags 1")
        terminal.press(b"q")
        assert terminal.end() == 0


def test_a_command_says_whom_it_waits_for(shared: SharedFileSystem) -> None:
    builders.write(shared.source / "a" / builders.FILE_NAME, builders.points("t", range(2)))
    command = [sys.executable, "-m", "tui", "ls", str(shared.point)]
    shared.tell(hangs_at="READ")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None and process.stdout is not None
        line = process.stderr.readline()
        shared.tell(hangs=False)
        assert re.fullmatch(rf"tbtui: no answer since [0-9:]+ from {shared.point}\n", line)
        assert "a " in process.stdout.read()
        assert process.wait(DEADLINE) == 0

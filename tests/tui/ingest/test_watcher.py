"""Hints from inotify, and the blind spots that are told."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog.observers import Observer

from tests import builders
from tui.ingest import watcher as watcher_module
from tui.ingest.watcher import Hints, Watcher, file_system_type

LONG = 20.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    watcher = Watcher()
    yield watcher
    watcher.stop()


def wait_for(watcher: Watcher, path: Path, *, rescan: bool | None = None) -> Hints:
    """Hints up to one about this path."""
    while True:
        hints = watcher.wait(LONG)
        assert hints.paths or hints.rescan, "no hint came"
        if str(path) in hints.paths and rescan in (None, hints.rescan):
            return hints


def test_a_modified_event_file_is_a_hint_without_a_rescan(watcher: Watcher, tmp_path: Path) -> None:
    path = builders.write(tmp_path / "run" / builders.FILE_NAME, [])
    watcher.cover([str(tmp_path)], 2)
    assert (watcher.mode, watcher.detail) == ("inotify", "")
    builders.append(path, [builders.version_event()])
    assert wait_for(watcher, path) == Hints({str(path)}, False)


def test_new_directories_and_files_ask_for_a_rescan(watcher: Watcher, tmp_path: Path) -> None:
    watcher.cover([str(tmp_path)], 1)
    (tmp_path / "run").mkdir()
    wait_for(watcher, tmp_path / "run", rescan=True)
    path = builders.write(tmp_path / "run" / builders.FILE_NAME, [])
    wait_for(watcher, path, rescan=True)


def test_a_file_that_is_moved_to_the_name_of_an_event_file_is_a_hint(watcher: Watcher, tmp_path: Path) -> None:
    """As rsync does when it has copied one."""
    temporary = tmp_path / f".{builders.FILE_NAME}.aB3xYz"
    path = builders.write(tmp_path / builders.FILE_NAME, [])
    watcher.cover([str(tmp_path)], 1)
    temporary.write_bytes(b"")
    temporary.rename(path)
    wait_for(watcher, path, rescan=True)


def test_other_files_and_reading_are_no_hints(watcher: Watcher, tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, [])
    watcher.cover([str(tmp_path)], 1)
    (tmp_path / "checkpoint.pt").write_bytes(b"x")
    path.read_bytes()
    list(tmp_path.iterdir())
    # Events come in order: had those above been hints, they would be here before or with this one.
    builders.append(path, [builders.version_event()])
    assert wait_for(watcher, path) == Hints({str(path)}, False)


def test_a_root_that_is_a_link_is_watched_by_its_own_name(watcher: Watcher, tmp_path: Path) -> None:
    path = builders.write(tmp_path / "real" / builders.FILE_NAME, [])
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    watcher.cover([str(link)], 1)
    builders.append(path, [builders.version_event()])
    wait_for(watcher, link / builders.FILE_NAME)


def test_wake_ends_a_wait(watcher: Watcher) -> None:
    watcher.wake()
    assert watcher.wait(LONG) == Hints()


def test_a_missing_root_is_watched_once_it_is_there(watcher: Watcher, tmp_path: Path) -> None:
    root = tmp_path / "later"
    watcher.cover([str(root)], 0)
    assert (watcher.mode, watcher.detail) == ("poll", "no directory to watch yet")
    root.mkdir()
    watcher.cover([str(root)], 1)
    assert watcher.mode == "inotify"


def test_a_root_that_was_made_anew_is_watched_anew(watcher: Watcher, tmp_path: Path) -> None:
    root = tmp_path / "runs"
    root.mkdir()
    watcher.cover([str(root)], 1)
    root.rmdir()
    wait_for(watcher, root)
    root.mkdir()
    watcher.cover([str(root)], 1)
    assert watcher.mode == "inotify"
    path = builders.write(root / builders.FILE_NAME, [])
    wait_for(watcher, path)


def test_too_few_watches_are_told(watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher_module, "count_watches", lambda: 3)
    for _ in range(3):
        watcher.cover([str(tmp_path)], 5)
        assert watcher.mode == "poll"
        assert watcher.detail == "inotify watches 3 of 5 directories (fs.inotify.max_user_watches)"


def test_one_listing_that_was_out_of_date_is_forgiven(
    watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher_module, "count_watches", lambda: 3)
    watcher.cover([str(tmp_path)], 5)
    watcher.cover([str(tmp_path)], 3)
    assert (watcher.mode, watcher.detail) == ("inotify", "")


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        (errno.ENOSPC, "the limit fs.inotify.max_user_watches is reached"),
        (errno.EMFILE, "the limit fs.inotify.max_user_instances is reached"),
        (errno.EIO, "inotify failed: Input/output error"),
    ],
)
def test_a_refusing_kernel_is_told(
    watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, detail: str
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Observer, "schedule", refuse)
    watcher.cover([str(tmp_path)], 1)
    assert (watcher.mode, watcher.detail) == ("poll", detail)
    watcher.cover([str(tmp_path)], 1)
    assert watcher.mode == "poll"


def test_a_root_that_vanishes_meanwhile_is_watched_later(
    watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vanish(*arguments: object, **options: object) -> None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    with monkeypatch.context() as patch:
        patch.setattr(Observer, "schedule", vanish)
        watcher.cover([str(tmp_path)], 1)
    assert watcher.mode == "poll"
    watcher.cover([str(tmp_path)], 1)
    assert watcher.mode == "inotify"


def test_a_network_file_system_is_told(watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher_module, "file_system_type", lambda path: "nfs4")
    watcher.cover([str(tmp_path)], 1)
    assert (watcher.mode, watcher.detail) == ("poll", "nfs4 tells nothing of changes made elsewhere")


MOUNTS = r"""22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:30 / /mnt/my\040logs rw shared:5 - nfs4 server:/logs rw
31 22 0:31 / /mnt/my\040logs/fast rw - fuse.sshfs host: rw
32 22 0:32 / /mnt/covered rw - ext4 /dev/a rw
33 22 0:33 / /mnt/covered rw - lustre mds rw
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/mnt/my logs", "nfs4"),
        ("/mnt/my logs/run", "nfs4"),
        ("/mnt/my logs2", "ext4"),
        ("/mnt/my logs/fast/run", "fuse.sshfs"),
        ("/mnt/covered/run", "lustre"),
    ],
)
def test_the_deepest_mount_decides_the_type(path: str, kind: str) -> None:
    assert file_system_type(path, MOUNTS) == kind


def test_this_system_has_a_type(tmp_path: Path) -> None:
    assert file_system_type(str(tmp_path))

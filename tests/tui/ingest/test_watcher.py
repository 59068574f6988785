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
from tui.ingest.mounts import FileSystems
from tui.ingest.watcher import Hints, Watcher, count_watches
from tui.reader.logdir import Place, discover
from tui.reader.named_logdir import LogDir

LONG = 20.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    watcher = Watcher()
    yield watcher
    watcher.stop()


def cover(watcher: Watcher, root: Path, directories: int | None = None) -> None:
    """As after a listing, which found so many directories."""
    places = discover(LogDir("", root)).places
    if directories is not None:
        places = {device: Place(place.path, directories) for device, place in places.items()}
    watcher.cover({str(root): places})


def wait_for(watcher: Watcher, path: Path, *, rescan: bool | None = None) -> Hints:
    """Hints up to one about this path."""
    while True:
        hints = watcher.wait(LONG)
        assert hints.paths or hints.rescan, "no hint came"
        if str(path) in hints.paths and rescan in (None, hints.rescan):
            return hints


def test_a_modified_event_file_is_a_hint_without_a_rescan(watcher: Watcher, tmp_path: Path) -> None:
    path = builders.write(tmp_path / "run" / builders.FILE_NAME, [])
    cover(watcher, tmp_path)
    assert (watcher.mode, watcher.detail) == ("inotify", "")
    builders.append(path, [builders.version_event()])
    assert wait_for(watcher, path) == Hints({str(path)}, False)


def test_new_directories_and_files_ask_for_a_rescan(watcher: Watcher, tmp_path: Path) -> None:
    cover(watcher, tmp_path)
    (tmp_path / "run").mkdir()
    wait_for(watcher, tmp_path / "run", rescan=True)
    path = builders.write(tmp_path / "run" / builders.FILE_NAME, [])
    wait_for(watcher, path, rescan=True)


def test_a_file_that_is_moved_to_the_name_of_an_event_file_is_a_hint(watcher: Watcher, tmp_path: Path) -> None:
    """As rsync does when it has copied one."""
    temporary = tmp_path / f".{builders.FILE_NAME}.aB3xYz"
    path = builders.write(tmp_path / builders.FILE_NAME, [])
    cover(watcher, tmp_path)
    temporary.write_bytes(b"")
    temporary.rename(path)
    wait_for(watcher, path, rescan=True)


def test_other_files_and_reading_are_no_hints(watcher: Watcher, tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, [])
    cover(watcher, tmp_path)
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
    cover(watcher, link)
    builders.append(path, [builders.version_event()])
    wait_for(watcher, link / builders.FILE_NAME)


def test_wake_ends_a_wait(watcher: Watcher) -> None:
    watcher.wake()
    assert watcher.wait(LONG) == Hints()


def test_a_missing_root_is_watched_once_it_is_there(watcher: Watcher, tmp_path: Path) -> None:
    root = tmp_path / "later"
    cover(watcher, root)
    assert (watcher.mode, watcher.detail) == ("poll", "no directory to watch yet")
    root.mkdir()
    cover(watcher, root)
    assert watcher.mode == "inotify"


def test_a_root_that_was_made_anew_is_watched_anew(watcher: Watcher, tmp_path: Path) -> None:
    root = tmp_path / "runs"
    root.mkdir()
    cover(watcher, root)
    root.rmdir()
    wait_for(watcher, root)
    root.mkdir()
    cover(watcher, root)
    assert watcher.mode == "inotify"
    path = builders.write(root / builders.FILE_NAME, [])
    wait_for(watcher, path)


def test_too_few_watches_are_told(watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher_module, "count_watches", lambda: 3)
    for _ in range(3):
        cover(watcher, tmp_path, 5)
        assert watcher.mode == "poll"
        assert watcher.detail == "inotify watches 3 of 5 directories (fs.inotify.max_user_watches)"


def test_one_listing_that_was_out_of_date_is_forgiven(
    watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher_module, "count_watches", lambda: 3)
    cover(watcher, tmp_path, 5)
    cover(watcher, tmp_path, 3)
    assert (watcher.mode, watcher.detail) == ("inotify", "")


def test_what_cannot_be_counted_for_a_moment_changes_nothing(
    watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the limit of open files; it ended all reading."""
    cover(watcher, tmp_path)

    def refuse() -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), "/proc/self/fdinfo")

    monkeypatch.setattr(watcher_module, "count_watches", refuse)
    cover(watcher, tmp_path)
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
    cover(watcher, tmp_path)
    assert (watcher.mode, watcher.detail) == ("poll", detail)
    cover(watcher, tmp_path)
    assert watcher.mode == "poll"


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Python's walk does not recurse any more")
def test_directories_that_python_cannot_walk_are_polled(watcher: Watcher, tmp_path: Path) -> None:
    nested = [tmp_path / ("d/" * depth) for depth in range(1, 1100)]
    try:
        for path in nested:
            path.mkdir()
        cover(watcher, tmp_path)
        assert (watcher.mode, watcher.detail) == ("poll", "too many directories in each other for inotify")
    finally:
        for path in reversed(nested):  # pytest's own removal recurses, too
            path.rmdir()


def test_a_root_that_vanishes_meanwhile_is_watched_later(
    watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vanish(*arguments: object, **options: object) -> None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    with monkeypatch.context() as patch:
        patch.setattr(Observer, "schedule", vanish)
        cover(watcher, tmp_path)
    assert watcher.mode == "poll"
    cover(watcher, tmp_path)
    assert watcher.mode == "inotify"


class Systems(FileSystems):
    """File systems by their mount points; all others are ext4."""

    def __init__(self, **kinds: str) -> None:
        super().__init__()
        self._types = kinds

    def kind(self, device: int, path: str) -> str:
        return self._types.get(Path(path).name, "ext4")


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "lustre", "fuse", "fuse.sshfs", "fuse.gcsfuse", "ceph", "9p", "smb3"])
def test_a_network_file_system_is_told(tmp_path: Path, kind: str) -> None:
    watcher = Watcher(Systems(**{tmp_path.name: kind}))
    cover(watcher, tmp_path)
    assert (watcher.mode, watcher.detail) == ("poll", f"{kind} tells nothing of changes made elsewhere")
    assert count_watches() == 0


def test_each_logdir_is_watched_or_polled_by_itself(tmp_path: Path) -> None:
    """What is mounted below a logdir, or reached through a link, too."""
    here, there = tmp_path / "here", tmp_path / "there"
    path = builders.write(here / "run" / builders.FILE_NAME, [])
    watcher = Watcher(Systems(there="nfs4", mounted="fuse.sshfs"))
    places = {str(here): {1: Place(str(here), 2)}, str(there): {2: Place(str(there), 1)}}
    try:
        watcher.cover(places)
        assert (watcher.mode, watcher.detail) == ("inotify", f"nfs4 at {there}")
        builders.append(path, [builders.version_event()])
        wait_for(watcher, path)
        places[str(here)][3] = Place(str(here / "mounted"), 0)
        watcher.cover(places)
        assert (watcher.mode, watcher.detail) == ("inotify", f"fuse.sshfs at {here}/mounted, nfs4 at {there}")
        del places[str(here)]
        watcher.cover(places)
        assert (watcher.mode, watcher.detail) == ("poll", "nfs4 tells nothing of changes made elsewhere")
    finally:
        watcher.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("which", ["emitter", "dispatcher"])
def test_a_thread_of_watchdog_that_died_is_replaced(
    watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    """It would be silent: its watches are there, the others are alive. But it is not replaced for ever."""
    path = tmp_path / builders.FILE_NAME
    for _ in range(4):
        cover(watcher, tmp_path)
        assert (watcher.mode, watcher.detail) == ("inotify", "")
        wait_for(watcher, builders.write(path, []))
        observer = watcher._observer
        assert observer is not None
        (dying,) = [observer] if which == "dispatcher" else observer.emitters
        with monkeypatch.context() as patch:
            if which == "dispatcher":
                patch.setattr(Watcher, "hint", fail)
            else:
                patch.setattr(dying, "queue_events", fail)
            path.write_bytes(b"more")
            dying.join(LONG)
        assert not dying.is_alive()
    cover(watcher, tmp_path)
    assert (watcher.mode, watcher.detail) == ("poll", "inotify failed 4 times")


def fail(*arguments: object, **options: object) -> None:
    raise ZeroDivisionError("as a bug would")

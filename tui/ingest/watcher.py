"""Wakes the ingest thread when files change: inotify (through watchdog) as a hint, with its own blind spots told.

The stat poll of the ingester is the truth; a hint that never comes only costs waiting. What may keep hints away is
found out and said: a network file system, or the kernel's limits on watches.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import threading
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from logging_lib.tfevents.filename import is_event_filename

Mode = Literal["inotify", "poll"]

# Our own reading opens and closes files, which must not wake us.
_EVENTS: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
# Other machines write there without telling this kernel.
_REMOTE_TYPES = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|lustre|gpfs|beegfs|ceph|glusterfs|afs|9p|virtiofs|vboxsf|prl_fs|orangefs|pvfs2|wekafs"
    r"|fuse(\..*)?"
)
_FDINFO = Path("/proc/self/fdinfo")
_OCTAL = re.compile(r"\\([0-7]{3})")
_LIMITS = {
    errno.ENOSPC: "the limit fs.inotify.max_user_watches is reached",
    errno.EMFILE: "the limit fs.inotify.max_user_instances is reached",
}


@dataclass(slots=True)
class Hints:
    """What the file system told since it was asked last: files to look at, and whether to list directories."""

    paths: set[str] = field(default_factory=set)
    rescan: bool = False


class Watcher:
    """Watches directory trees. `cover`, `wait` and `stop` belong to one thread, `wake` may be called from any.

    `mode` is "poll" where hints cannot be relied on, and `detail` then says why in one line.
    """

    def __init__(self) -> None:
        self.mode: Mode = "poll"
        self.detail = "no directory to watch yet"
        self._hints = Hints()
        self._lock = threading.Lock()
        self._awake = threading.Event()
        self._observer: BaseObserver | None = None
        self._watched: set[str] = set()
        self._given_up = False
        self._uncovered = False

    def cover(self, roots: Iterable[str], directories: int) -> None:
        """Watch the roots that exist by now, and check that the kernel watches as many directories as were listed.

        Args:
            roots: the logdirs.
            directories: how many directories were listed under them, without those behind symbolic links, which
                inotify does not follow. More watches than that are fine.
        """
        if self._given_up:
            return
        existing = [root for root in roots if Path(root).is_dir()]
        if (reason := self._blind_spot(existing)) is not None:
            self._give_up(reason)
            return
        if existing and self._watch_all(existing) and not self._covers(directories):
            # A root that was removed and made again has lost its watches: watch anew before blaming a limit.
            self._unwatch()
            if self._watch_all(existing):
                self._judge(directories)

    def wait(self, seconds: float) -> Hints:
        """Sleep until a hint or a `wake`, at most so long; returns the hints since the last call."""
        self._awake.wait(seconds)
        self._awake.clear()
        with self._lock:
            hints, self._hints = self._hints, Hints()
        return hints

    def wake(self) -> None:
        """End a `wait` now."""
        self._awake.set()

    def hint(self, path: str, *, rescan: bool) -> None:
        """Note a change of the file system; the observer's thread calls this."""
        with self._lock:
            self._hints.paths.add(path)
            self._hints.rescan |= rescan
        self._awake.set()

    def stop(self) -> None:
        """Stop watching; idempotent."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join()

    def _blind_spot(self, roots: Iterable[str]) -> str | None:
        if sys.platform != "linux":
            return "inotify is Linux's"
        if not _FDINFO.is_dir():
            return "without /proc nobody can tell what inotify watches"
        for root in roots:
            kind = file_system_type(root)
            if _REMOTE_TYPES.fullmatch(kind):
                return f"{kind} tells nothing of changes made elsewhere"
        return None

    def _watch_all(self, roots: Iterable[str]) -> bool:
        """Watch the roots that are not watched yet; False when that failed."""
        try:
            if self._observer is None:
                # When directories appear faster than it lists them, watchdog watches one twice, which does no harm,
                # and warns on stderr, where the screen is.
                warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning, r"watchdog\.")
                self._observer = Observer()
                self._observer.start()
            for root in roots:
                if root not in self._watched:
                    # A root that is a symbolic link would be watched itself, not what it leads to.
                    real = os.path.realpath(root)
                    self._observer.schedule(_Handler(self, real, root), real, recursive=True, event_filter=_EVENTS)
                    self._watched.add(root)
        except FileNotFoundError:  # a root went away just now; the next scan finds what there is
            return False
        except OSError as error:
            self._give_up(_LIMITS.get(error.errno or 0, f"inotify failed: {error.strerror}"))
            return False
        return True

    def _unwatch(self) -> None:
        assert self._observer is not None
        self._observer.unschedule_all()
        self._watched.clear()

    def _covers(self, directories: int) -> bool:
        """Whether there are watches enough; at the kernel's limit watchdog is silent, so they are counted."""
        if count_watches() < directories:
            return False
        self._uncovered = False
        self.mode, self.detail = "inotify", ""
        return True

    def _judge(self, directories: int) -> None:
        """Too few watches once may be directories removed since the listing; twice is a limit."""
        if self._covers(directories):
            return
        self.mode = "poll"
        self.detail = f"inotify watches {count_watches()} of {directories} directories (fs.inotify.max_user_watches)"
        if self._uncovered:
            self._give_up(self.detail)
        self._uncovered = True

    def _give_up(self, reason: str) -> None:
        self._given_up = True
        self.mode, self.detail = "poll", reason
        self.stop()


class _Handler(FileSystemEventHandler):
    """Passes events below `real` on as hints below `root`, the name by which the directory is known.

    A modified event file is to be looked at; directories and event files that come and go change what there is.
    """

    def __init__(self, watcher: Watcher, real: str, root: str) -> None:
        self._watcher = watcher
        self._real = real
        self._root = root

    def on_any_event(self, event: FileSystemEvent) -> None:
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        if event.is_directory or any(is_event_filename(Path(path).name) for path in paths):
            rescan = not isinstance(event, FileModifiedEvent)
            # Both names of what was moved: an event file may have taken the place of another.
            for path in paths:
                self._watcher.hint(self._root + path.removeprefix(self._real), rescan=rescan)


def file_system_type(path: str, mounts: str | None = None) -> str:
    """The type of the file system that holds `path`, such as ext4 or nfs4; empty where unknown.

    Args:
        path: an existing path.
        mounts: the text of /proc/self/mountinfo, which is read where this is None.
    """
    if mounts is None:
        try:
            mounts = Path("/proc/self/mountinfo").read_text(errors="surrogateescape")
        except OSError:  # no /proc: nothing is known, and the stat poll works anyway
            return ""
    real = os.path.realpath(path)
    best, kind = "", ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5 or not right:
            continue
        point = _OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4])
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        # Of equal mount points the later one hides the earlier.
        if inside and len(point) >= len(best):
            best, kind = point, right.split(" ")[0]
    return kind


def count_watches() -> int:
    """Directories that inotify watches for this process, as the kernel tells."""
    count = 0
    for info in _FDINFO.iterdir():
        try:
            count += info.read_text().count("inotify wd:")
        except OSError:  # a descriptor that was closed since the listing
            continue
    return count

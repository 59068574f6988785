"""Wakes the ingest thread when files change: inotify (through watchdog) as a hint, with its own blind spots told.

The stat poll of the ingester is the truth; a hint that never comes only costs waiting. What may keep hints away is
found out and said: a network file system, for each by itself, or the kernel's limits on watches.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import warnings
from collections.abc import Iterable, Mapping
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
from watchdog.utils import BaseThread

from logging_lib.tfevents.filename import is_event_filename
from tui.ingest.mounts import FileSystems, is_remote
from tui.reader.logdir import Place
from tui.reader.peers.names import is_peer_name

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
_MOST_DEATHS = 3
_FDINFO = Path("/proc/self/fdinfo")
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

    `mode` is "inotify" where hints come of some logdir at least. `detail` says in one line what is polled, and why;
    it is empty where nothing is.
    """

    def __init__(self, systems: FileSystems | None = None) -> None:
        self._systems = systems or FileSystems()
        self.mode: Mode = "poll"
        self.detail = "no directory to watch yet"
        self._hints = Hints()
        self._lock = threading.Lock()
        self._awake = threading.Event()
        self._observer: BaseObserver | None = None
        self._watched: set[str] = set()
        self._deaths = 0
        self._given_up = False
        self._uncovered = False
        self._watches = 0

    def cover(self, places: Mapping[str, Mapping[int, Place]]) -> None:
        """Watch the logdirs that can be watched, and check that the kernel watches as many directories as were listed.

        Args:
            places: of each logdir that exists by now, the devices that its directories are on. Those behind symbolic
                links are not followed by inotify, and do not count; more watches than directories are fine.
        """
        if self._given_up:
            return
        if (reason := _cannot_watch()) is not None:
            self._give_up(reason)
            return
        if self._observer is not None and _has_died(self._observer) and not self._begin_anew():
            return
        polled, watchable, directories = self._blind_spots(places)
        if not self._watched.issubset(watchable):
            self._unwatch()
        if not watchable:
            self.mode, self.detail = "poll", polled or "no directory to watch yet"
            return
        if self._watch_all(watchable) and not self._covers(directories, polled):
            # A root that was removed and made again has lost its watches: watch anew before blaming a limit.
            self._unwatch()
            if self._watch_all(watchable):
                self._judge(directories, polled)

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

    def _blind_spots(self, places: Mapping[str, Mapping[int, Place]]) -> tuple[str, list[str], int]:
        """What is polled and why; the logdirs that can be watched; how many directories these have.

        A watched logdir is watched as a whole, with what is mounted below it: what this machine does there is told.
        """
        blind: dict[str, str] = {}
        watchable: list[str] = []
        count = 0
        for root, devices in places.items():
            kinds = {place.path: self._systems.kind(device, place.path) for device, place in devices.items()}
            blind |= {path: kind for path, kind in kinds.items() if is_remote(kind)}
            if root in kinds and root not in blind:
                watchable.append(root)
                count += sum(place.directories for place in devices.values())
        if not watchable and len(all_kinds := set(blind.values())) == 1:
            return f"{all_kinds.pop()} tells nothing of changes made elsewhere", watchable, count
        return ", ".join(f"{kind} at {path}" for path, kind in blind.items()), watchable, count

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
        except RecursionError:  # of Python's walk, which watchdog takes: a thousand directories in each other
            self._give_up("too many directories in each other for inotify")
            return False
        except OSError as error:
            self._give_up(_LIMITS.get(error.errno or 0, f"inotify failed: {error.strerror}"))
            return False
        return True

    def _begin_anew(self) -> bool:
        """One of watchdog's threads has ended by an error: watch anew, but not again and again."""
        self._deaths += 1
        if self._deaths > _MOST_DEATHS:
            self._give_up(f"inotify failed {self._deaths} times")
            return False
        self.stop()
        self._watched.clear()
        return True

    def _unwatch(self) -> None:
        if self._observer is not None:
            self._observer.unschedule_all()
        self._watched.clear()

    def _covers(self, directories: int, polled: str) -> bool:
        """Whether there are watches enough; at the kernel's limit watchdog is silent, so they are counted."""
        try:
            self._watches = count_watches()
        except OSError:  # too many open files: the next listing counts again
            return True
        if self._watches < directories:
            return False
        self._uncovered = False
        self.mode, self.detail = "inotify", polled
        return True

    def _judge(self, directories: int, polled: str) -> None:
        """Too few watches once may be directories removed since the listing; twice is a limit."""
        if self._covers(directories, polled):
            return
        self.mode = "poll"
        self.detail = f"inotify watches {self._watches} of {directories} directories (fs.inotify.max_user_watches)"
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
        if event.is_directory or any(map(_may_hold_a_log, paths)):
            rescan = not isinstance(event, FileModifiedEvent)
            # Both names of what was moved: an event file may have taken the place of another.
            for path in paths:
                self._watcher.hint(self._root + path.removeprefix(self._real), rescan=rescan)


def _has_died(observer: BaseObserver) -> bool:
    """Whether a thread of an observer has ended that was not told to: it would be silent, and look alive."""
    parts: list[BaseThread] = [observer, *observer.emitters]
    held = [one for part in parts for one in vars(part).values() if isinstance(one, BaseThread)]
    return any(thread.should_keep_running() and not thread.is_alive() for thread in (*parts, *held))


def _may_hold_a_log(path: str) -> bool:
    directory, _, name = path.rpartition("/")
    return is_event_filename(name) or is_peer_name(name, directory)


def _cannot_watch() -> str | None:
    if sys.platform != "linux":
        return "inotify is Linux's"
    if not _FDINFO.is_dir():
        return "without /proc nobody can tell what inotify watches"
    return None


def count_watches() -> int:
    """Directories that inotify watches for this process, as the kernel tells."""
    count = 0
    for info in _FDINFO.iterdir():
        try:
            count += info.read_text().count("inotify wd:")
        except OSError:  # a descriptor that was closed since the listing
            continue
    return count

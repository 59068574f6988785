"""Passes over a remote directory: list it, fetch what is new, forget what is no more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from logging_lib.tfevents.filename import creation_time
from tui.remote.assets import assets_of, is_config
from tui.remote.crew import Crew
from tui.remote.fetch import Fetcher, Outcome, Plan, TooLargeError, plan
from tui.remote.mirror import Mirror
from tui.remote.names import MOST_DEPTH, directory_of, is_safe, is_wanted
from tui.remote.passes import Counts, Pass
from tui.remote.patience import StoppedError, tried
from tui.remote.store import Entry, Listed, RemoteStore

_T = TypeVar("_T")

MOST_ENTRIES = 1_000_000
MOST_DIRECTORIES = 50_000
# A file that changed within so many seconds is live, and its directory is listed between two passes over all.
_HOT_SECONDS = 600.0
_MOST_HOT = 64
_NO_DEEPER = MOST_DEPTH + 1
_PROGRESS_SECONDS = 0.1
# One of unknown size is asked for after this share of its age, within these bounds in seconds.
_AGE_SHARE, _SOONEST, _LATEST = 0.1, 1.5, 300.0


class Synchronizer:
    """Keeps a mirror as a remote directory is. `look_at_all` and `look_at_hot` belong to one thread.

    `problems` are lines about files and directories, by their names, that cannot be had though the link is there; the
    logdir itself goes by an empty name. `may_help` tells whether trying again after an error may; `on_progress` is
    called on that thread now and then.
    """

    def __init__(
        self,
        store: RemoteStore,
        mirror: Mirror,
        stopping: threading.Event,
        *,
        may_help: Callable[[BaseException], bool],
        on_progress: Callable[[], None],
    ) -> None:
        self._mirror = mirror
        self._stopping, self._may_help, self._on_progress = stopping, may_help, on_progress
        self._lock = threading.Lock()
        self.use(store)
        self._entries: dict[str, Entry] = {}
        self._assets: set[str] = set()
        # Monotonic: when a file's content was seen to change, and when one of unknown size is to be asked for again.
        self._changed: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self.counts = Counts()
        self.problems: dict[str, str] = {}
        self.reached = False
        """Whether a part of a listing came, ever."""

    def use(self, store: RemoteStore) -> None:
        """Go on with another connection."""
        self._store = store
        self._fetcher = Fetcher(store, self._mirror, self._breathe, self._count)

    def look_at_all(self, *, ask_all: bool = False) -> float:
        """List everything and fetch what is new of it; returns how many seconds the listing took.

        `ask_all`: also for files of unknown size that are not to be asked for yet.

        Raises:
            Exception: the store's, after some tries; or the mirror's disk's.
        """
        now = self._begin()
        if ask_all:
            self._due.clear()
        start = time.monotonic()
        self._assets = assets_of(self._mirror, filter(is_config, self._mirror.names))
        if self._store.flat:
            self._list_flat(now)
        else:
            self._hand_list(now, "", 1)
            self._wait(now.lists)
        seconds = time.monotonic() - start
        self._wait(now.fetches)
        self._fetch_assets(now)
        if not (now.cut or now.partial):
            for name in set(self._mirror.names) - now.found.keys():
                self._mirror.remove(name)
        self._entries = now.found
        self._end(now)
        return seconds

    def look_at_hot(self) -> float:
        """Look where something changed lately, and fetch what is new; returns as `look_at_all`."""
        now = self._begin()
        start = time.monotonic()
        if any(entry.size is None for entry in self._entries.values()):
            self._take(now, list(self._entries.values()))
        else:
            for directory in self._hot_directories():
                self._hand_list(now, directory, _NO_DEEPER)
            self._wait(now.lists)
        seconds = time.monotonic() - start
        self._wait(now.fetches)
        now.problems = {**self.problems, **now.problems}
        self._entries |= now.found
        self._end(now)
        return seconds

    @property
    def has_hot(self) -> bool:
        """Whether something changed lately."""
        return any(self._age(entry) < _HOT_SECONDS for entry in self._entries.values())

    def _begin(self) -> Pass:
        self.counts = Counts()
        return Pass()

    def _end(self, now: Pass) -> None:
        if now.cut:
            now.problems[""] = now.cut
        self.problems = dict(sorted(now.problems.items()))
        self._mirror.save()

    def _wait(self, crew: Crew) -> None:
        while not crew.wait(_PROGRESS_SECONDS):
            self._breathe()
            self._on_progress()
        self._breathe()

    # Listing

    def _list_flat(self, now: Pass) -> None:
        # Not tried again page by page: a listing that broke off has no next page, and looks like one that is complete.
        for page in self._store.list_tree():
            self._breathe()
            self._take_page(now, page)
            if now.cut:
                break

    def _hand_list(self, now: Pass, directory: str, depth: int) -> None:
        now.lists.hand(depth, lambda: self._list(now, directory, depth))

    def _list(self, now: Pass, directory: str, depth: int) -> None:
        """List a directory, and those below it later. What nobody may list is passed over, and so is what is gone."""
        with self._lock:
            now.directories += 1
            if now.directories > MOST_DIRECTORIES:
                now.cut = now.cut or f"more than {MOST_DIRECTORIES} directories; the rest is not read"
            if now.cut:
                return
        try:
            listed = self._try(lambda: self._store.list_directory(directory))
        except (PermissionError, FileNotFoundError) as error:
            if not directory:
                raise
            if isinstance(error, PermissionError):
                now.partial = True
                now.tell(directory, f"directory cannot be read: {error.strerror or error}")
            return
        self._take_page(now, listed)
        for child in listed.directories if depth < MOST_DEPTH else ():
            if is_safe(child):
                self._hand_list(now, child, depth + 1)
            else:
                now.tell(_start_of(child), "no name for a directory below the logdir; not read")
        if listed.directories and depth == MOST_DEPTH:
            now.tell(directory, f"deeper than {MOST_DEPTH} directories; what lies below is not read")

    def _take_page(self, now: Pass, listed: Listed) -> None:
        self.reached = True
        with self._lock:
            now.entries += len(listed.files) + len(listed.directories)
            if now.entries > MOST_ENTRIES:
                now.cut = now.cut or f"more than {MOST_ENTRIES} files; the rest is not read"
        self._take(now, [entry for entry in listed.files if is_wanted(entry.name) or entry.name in self._assets])

    def _take(self, now: Pass, entries: Iterable[Entry]) -> None:
        """Have fetched what is new of these."""
        for entry in entries:
            if not is_safe(entry.name):
                now.tell(_start_of(entry.name), "no name for a file below the logdir; not read")
                continue
            with self._lock:
                if entry.name in now.found:
                    continue
                now.found[entry.name] = entry
                self.counts.files = len(now.found)
            size = self._mirror.size(entry.name)
            if plan(entry, size, self._mirror.known(entry.name)) is Plan.NOTHING or not self._is_due(entry):
                continue
            if entry.size is not None:
                with self._lock:
                    self.counts.total += entry.size - size if size is not None and size < entry.size else entry.size
            self._hand_fetch(now, entry, 0.0)

    def _hot_directories(self) -> list[str]:
        """Where something changed lately, the newest first, as many as may be listed often."""
        ages: dict[str, float] = {}
        for entry in self._entries.values():
            age, directory = self._age(entry), directory_of(entry.name)
            if age < min(_HOT_SECONDS, ages.get(directory, _HOT_SECONDS)):
                ages[directory] = age
        return sorted(ages, key=lambda directory: ages[directory])[:_MOST_HOT]

    # Fetching

    def _hand_fetch(self, now: Pass, entry: Entry, later: float) -> None:
        """The newest come first; what is left of a file comes behind the beginnings of all."""
        now.fetches.hand(later - _newness(entry), lambda: self._fetch(now, entry))

    def _fetch(self, now: Pass, entry: Entry) -> None:
        before = self._mirror.size(entry.name)
        outcome = self._bring(now, entry)
        if outcome is None:
            return
        if self._mirror.size(entry.name) != before:
            self._changed[entry.name] = time.monotonic()
        if entry.size is None:
            self._due[entry.name] = time.monotonic() + min(max(_AGE_SHARE * self._age(entry), _SOONEST), _LATEST)
            with self._lock:
                self.counts.total += max(0, outcome.total - (before or 0)) if not outcome.more or not before else 0
        if outcome.more:
            self._hand_fetch(now, entry, 1e12)

    def _bring(self, now: Pass, entry: Entry) -> Outcome | None:
        """Fetch some of a file. What is wrong with it alone is told, and does not keep the others waiting."""
        try:
            return self._try(lambda: self._fetcher.bring(entry))
        except FileNotFoundError:  # gone since it was listed, which the next listing tells too
            return None
        except PermissionError as error:
            now.tell(entry.name, f"file cannot be read: {error.strerror or error}")
        except TooLargeError as error:
            now.tell(entry.name, str(error))
        except (IsADirectoryError, NotADirectoryError, FileExistsError):
            now.tell(entry.name, "a file and a directory go by this name; not read")
        return None

    def _fetch_assets(self, now: Pass) -> None:
        """Fetch what the projectors' configs name; what is new among it was not looked at in the listing."""
        configs = [name for name in now.found if is_config(name) and self._mirror.size(name) is not None]
        self._assets = assets_of(self._mirror, configs) if configs else set()
        missing = self._assets - now.found.keys()
        for directory in sorted({directory_of(name) for name in missing}):
            with suppress(FileNotFoundError, PermissionError):  # the projector says what is not there
                listed = self._try(partial(self._store.list_directory, directory))
                self._take(now, [entry for entry in listed.files if entry.name in missing])
        self._wait(now.fetches)

    def _is_due(self, entry: Entry) -> bool:
        return entry.size is not None or time.monotonic() >= self._due.get(entry.name, 0.0)

    def _age(self, entry: Entry) -> float:
        """Seconds since the file changed, by its mtime or by what we saw."""
        mtime = entry.mtime
        if mtime is None and (known := self._mirror.known(entry.name)) is not None:
            mtime = known.mtime
        seen = time.monotonic() - self._changed.get(entry.name, 0.0)
        return seen if mtime is None else min(max(0.0, time.time() - mtime), seen)

    def _try(self, work: Callable[[], _T]) -> _T:
        self._breathe()
        return tried(work, self._may_help, self._stopping)

    def _breathe(self) -> None:
        if self._stopping.is_set():
            raise StoppedError

    def _count(self, size: int) -> None:
        with self._lock:
            self.counts.done += size


def _newness(entry: Entry) -> float:
    """Epoch seconds: the newer first. Where no listing tells, by the time in the name."""
    return entry.mtime if entry.mtime is not None else float(creation_time(entry.name.rpartition("/")[2]) or 0)


def _start_of(name: str) -> str:
    return name if len(name) <= 200 else f"{name[:200]}…"

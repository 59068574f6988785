"""One run being written: its inbox, and the files that are opened when something is in there."""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from logging_lib.background import BackgroundWriter
from logging_lib.event_file import FILE_VERSION, EventFile
from logging_lib.inbox import ENTRY, NOBODY, Captured, Inbox

if TYPE_CHECKING:
    from logging_lib.tfevents.proto import event_pb2

# A small bound would make the training wait for the disk every few events; this one is under 2 MB of scalars.
MIN_QUEUE = 10_000
MAX_QUEUED_BYTES = 256 << 20
# An array of so many bytes is encoded at once: where they pile up each copy is made in fresh memory, which costs the
# calling thread ten times more than the copying.
_LARGE_BYTES = 1 << 20
# One that ends while others log hands what is left to the next one; who logs on and on is not waited for.
_CLOSINGS = 3

OnFull = Literal["block", "drop"]

_logger = logging.getLogger("logging_lib")


class RunWriter:
    """Sends events to the files of a run's directory. Safe to call from several threads, and after a fork.

    The directory is to be an absolute path: the job may change its working directory. Files are opened by the first
    event, and new ones by the first event after a close, in a forked child, or while the interpreter ends. A RunWriter
    that is forgotten writes what it holds and closes.

    `inbox` lasts as long as this; the BackgroundWriters that empty it come and go, one at a time. Whoever adds to it
    and then finds it over its limit calls `attend`, which sees to it that one is there and awake.
    """

    _background: BackgroundWriter | None = None  # of the class, for one whose construction failed

    def __init__(
        self,
        directory: Path,
        max_queue: int,
        flush_secs: float,
        suffix: str = "",
        start_time: float | None = None,
        on_full: OnFull = "block",
    ) -> None:
        self.inbox = Inbox()
        self.directory = directory
        self._bound = max(max_queue, MIN_QUEUE) * ENTRY
        self._flush_secs = flush_secs
        self._drops = on_full == "drop"
        self._dropped = 0
        self._files = _Files(directory, suffix, start_time)
        self._lock = threading.RLock()
        _all.add(self)

    def __del__(self) -> None:
        """May run inside a garbage collection, and must neither wait nor lock."""
        if self._background is not None:
            self._background.abandon()

    @property
    def paths(self) -> list[tuple[str, Path]]:
        """The files written so far, each with the name of its sub-run ("" for the run itself), oldest first."""
        return [(subrun, path) for subrun, file in self._files.opened for path in file.paths]

    def create(self, purge_step: int | None = None) -> None:
        """Create the directory and the run's file now.

        Args:
            purge_step: a restarted training's first step, of which TensorBoard is told.

        Raises:
            OSError: either cannot be created.
        """
        self._files.create()
        if purge_step is not None:
            for make in (_version, _session_start):
                self.inbox.extend((Captured(partial(make, purge_step)), None, purge_step, time.time()))
        self._open().start()

    def put(self, what: object, value: float | None, step: int | None, wall_time: float) -> None:
        """Queue one event, an entry of the inbox."""
        if self._drops and self._is_full():
            self._drop()
            return
        self.inbox.extend((what, value, step, wall_time))
        if type(what) is Captured and what.nbytes:  # after the fact: Ctrl+C in between must not fill the queue for good
            with self._lock:
                self.inbox.nbytes_in += what.nbytes
        large = type(what) is Captured and what.nbytes >= _LARGE_BYTES
        if large or len(self.inbox) > self.inbox.limit or self.inbox.nbytes >= MAX_QUEUED_BYTES:
            self.attend(urgent=large)

    def attend(self, urgent: bool = False) -> None:
        """Have what is in the inbox written, if `urgent` at once; where there is more than its bound, wait for that."""
        while True:
            background = self._open()
            if self._is_full() and not self._drops:
                background.flush()
            else:
                background.wake(self._bound, urgent)
            if not background.has_ended:
                return
            self.inbox.limit = NOBODY  # if it ended before it was woken, the limit was raised for nobody
            if not self.inbox:
                return

    def flush(self, sync: bool = False) -> bool:
        """Wait until everything logged before is in the files, with `sync` on the disk; False where it could not be."""
        while self.inbox or not (self._background is None or self._background.has_ended):
            background = self._open()
            kept = background.flush(sync)
            if kept or not background.has_ended:
                return kept
        return True

    def close(self) -> None:
        """Flush and close the files; closing twice does nothing. One that was interrupted is completed by the next."""
        for _ in range(_CLOSINGS):
            background = self._background
            if background is None or (background.has_ended and not self.inbox):
                break
            self._open().close()
        with self._lock:
            dropped, self._dropped = self._dropped, 0
        if dropped:
            _logger.warning("%d events for %s were dropped: the queue was full", dropped, self.directory)

    def _is_full(self) -> bool:
        return len(self.inbox) > self._bound or self.inbox.nbytes >= MAX_QUEUED_BYTES

    def _drop(self) -> None:
        with self._lock:
            self._dropped += 1
            first = self._dropped == 1
        if first:
            _logger.warning("the queue of events for %s is full; some are dropped", self.directory)

    def _open(self) -> BackgroundWriter:
        """The one that empties the inbox; another one where the last has ended."""
        background = self._background
        if background is not None and not background.has_ended:
            return background
        with self._lock:
            while (background := self._background) is None or background.has_ended:
                opened = BackgroundWriter(self.inbox, self._files.open, self._flush_secs, _attend_leftovers(self))
                if self._background is background:  # else a signal handler has opened another one meanwhile
                    self._background = opened
            return background

    def _disown(self) -> None:
        """In a forked child: the files and what waits for them are the parent's."""
        self._lock = threading.RLock()  # a thread of the parent may have held the old one
        self._background = None
        self._dropped = 0
        self.inbox.forget()
        self._files.disown()


class DiscardingRun(RunWriter):
    """A run of which nothing is written: neither files nor directory."""

    def create(self, purge_step: int | None = None) -> None:
        """Create nothing."""

    def put(self, what: object, value: float | None, step: int | None, wall_time: float) -> None:
        """Forget it."""

    def attend(self, urgent: bool = False) -> None:
        """Nobody has queued anything."""


class _Files:
    """Makes the event files of a run; apart, because the thread that uses it must not keep the RunWriter alive."""

    def __init__(self, directory: Path, suffix: str, start_time: float | None) -> None:
        self.opened: list[tuple[str, EventFile]] = []
        self._directory = directory
        self._suffix = suffix
        self._start_time = start_time
        self._created: EventFile | None = None

    def create(self) -> None:
        """Create the run's own file before it is asked for."""
        self._created = self._new("")
        self._created.open()
        self.opened.append(("", self._created))

    def open(self, subrun: str) -> EventFile:
        """A file of a sub-run, or of the run itself; its first append creates it."""
        if not subrun and self._created is not None:
            file, self._created = self._created, None
            return file
        file = self._new(subrun)
        self.opened.append((subrun, file))
        return file

    def disown(self) -> None:
        """In a forked child: all of them are the parent's."""
        self.opened.clear()
        if self._created is not None:
            self._created.disown()
            self._created = None

    def _new(self, subrun: str) -> EventFile:
        return EventFile(str(self._directory / subrun), self._suffix, self._start_time)


def _attend_leftovers(run: RunWriter) -> Callable[[], None]:
    """For the end of a background writer: what was logged meanwhile needs another one."""
    reference = weakref.ref(run)

    def attend() -> None:
        if (alive := reference()) is not None and alive.inbox:
            alive.attend()

    return attend


def _version(step: int) -> event_pb2.Event:
    from logging_lib.tfevents.proto import event_pb2

    return event_pb2.Event(step=step, file_version=FILE_VERSION)


def _session_start(step: int) -> event_pb2.Event:
    from logging_lib.tfevents.proto import event_pb2

    return event_pb2.Event(step=step, session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START))


_all: weakref.WeakSet[RunWriter] = weakref.WeakSet()


def _disown_all() -> None:
    for run in _all:
        run._disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_disown_all)

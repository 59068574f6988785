"""One run being written: its event file and its sub-runs', opened when they are needed, behind one queue."""

from __future__ import annotations

import os
import threading
import time
import weakref
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from logging_lib.background import BackgroundWriter, Make, Pending
from logging_lib.event_file import FILE_VERSION, EventFile
from logging_lib.tfevents.proto import event_pb2


class RunWriter:
    """Sends events to the files of a run's directory. Safe to call from several threads, and after a fork.

    The directory is to be an absolute path: the job may change its working directory. Files are opened by the first
    event, and new ones by the first event after a close, in a forked child, or while the interpreter ends. A RunWriter
    that is forgotten writes what it holds and closes.
    """

    def __init__(
        self,
        directory: Path,
        max_queue: int,
        flush_secs: float,
        suffix: str = "",
        start_time: float | None = None,
        purge_step: int | None = None,
    ) -> None:
        self._directory = directory
        self._max_queue = max_queue
        self._flush_secs = flush_secs
        self._suffix = suffix
        self._start_time = start_time
        self._purge_step = purge_step
        self._opening = threading.RLock()
        self._files: _Files | None = None
        _all.add(self)

    def create(self) -> None:
        """Create the directory and the run's file now.

        Raises:
            OSError: either cannot be created.
        """
        main = self._new_file("")
        main.open()
        with self._opening:
            self._files = self._opened(main)

    def log(self, make: Make, step: int | None, wall_time: float, subrun: str = "", nbytes: int = 0) -> None:
        """Queue one event, for the run's own file or for that of the sub-run `<directory>/<subrun>`."""
        while True:
            files = self._files or self._open()
            file = self._subrun(files, subrun) if subrun else files.main
            if files.background.put(Pending(file, wall_time, step, make, nbytes)):
                return
            self._drop(files)  # closed since, by another thread or the interpreter's end, or the parent's before a fork

    def flush(self) -> None:
        """Return when everything logged before is in the files."""
        if (files := self._files) is not None:
            files.background.flush()

    def close(self) -> None:
        """Flush and close the files; closing twice does nothing. One that was interrupted is completed by the next."""
        if (files := self._files) is not None:
            files.background.close()
            self._drop(files)

    def _open(self) -> _Files:
        with self._opening:
            if self._files is None:
                self._files = self._opened(self._new_file(""))
            return self._files

    def _opened(self, main: EventFile) -> _Files:
        background = BackgroundWriter(main, self._max_queue, self._flush_secs)
        finalizer = weakref.finalize(self, background.abandon)
        finalizer.atexit = False  # at exit the background closes itself, and waits for it
        self._purge(background, main)
        return _Files(background, main, {}, finalizer)

    def _drop(self, files: _Files) -> None:
        with self._opening:
            files.finalizer.detach()
            if self._files is files:
                self._files = None

    def _subrun(self, files: _Files, name: str) -> EventFile:
        if name not in files.subruns:
            files.subruns.setdefault(name, self._new_file(name))
        return files.subruns[name]

    def _new_file(self, subrun: str) -> EventFile:
        return EventFile(str(self._directory / subrun), self._suffix, self._start_time)

    def _purge(self, background: BackgroundWriter, main: EventFile) -> None:
        """Tell TensorBoard where a restarted training begins; once, not after a close."""
        step, self._purge_step = self._purge_step, None
        if step is not None:
            start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
            for event in (event_pb2.Event(file_version=FILE_VERSION), event_pb2.Event(session_log=start)):
                background.put(Pending(main, time.time(), step, partial(_made, event)))


@dataclass(slots=True)
class _Files:
    """What is open between the first event and close()."""

    background: BackgroundWriter
    main: EventFile
    subruns: dict[str, EventFile]
    finalizer: weakref.finalize[..., Any]


def _made(event: event_pb2.Event) -> event_pb2.Event:
    return event


_all: weakref.WeakSet[RunWriter] = weakref.WeakSet()


def _forget_files() -> None:
    """In a forked child: the files are the parent's, and a thread of the parent may have held the lock."""
    for run in _all:
        run._files = None
        run._opening = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_files)

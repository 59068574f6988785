"""The queue behind the calls: one thread encodes what was logged and appends it to the event files."""

from __future__ import annotations

import atexit
import logging
import os
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from logging_lib.event_file import EventFile
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.record import encode_record

# A small bound would make the training wait for the disk every few events; this one is under 10 MB of scalars.
MIN_QUEUE = 10_000
MAX_QUEUED_BYTES = 256 << 20
_HURRY_EVERY = 1024  # events that pile up before the thread writes without waiting for its time
_ALIVE_CHECK_SECS = 1.0

_logger = logging.getLogger("logging_lib")


@dataclass(slots=True)
class Pending:
    """A captured value on its way to a file: `make` builds the summary, or an event that is no summary."""

    file: EventFile
    wall_time: float
    step: int | None
    make: Callable[[], summary_pb2.Summary | event_pb2.Event]
    nbytes: int = 0


class _Close:
    """Ends the thread."""


_Item: TypeAlias = Pending | threading.Event | _Close


class BackgroundWriter:
    """A bounded queue and one daemon thread. Safe to call from several threads.

    The thread sleeps until something is logged, waits `flush_secs` for more, and appends it all: what was logged is
    in the file at most `flush_secs` later, and a busy loop costs one write a `flush_secs`. A full queue blocks `put`
    until all before it is written. A failure never reaches the caller: the first is logged as a warning, lost
    events are counted, and the count is logged when the writer closes.

    A flush is a mark in the queue that the thread sets when it gets there, and `_hurry` wakes the thread before its
    time. Both queues are SimpleQueue, whose `put` may run inside a garbage collection. `_lock` only keeps an event
    from slipping in behind the close. It is reentrant and the thread never takes it, so that a signal handler that
    interrupts `put` may flush or close.
    """

    def __init__(self, main: EventFile, max_queue: int, flush_secs: float) -> None:
        self._max_queue = max(max_queue, MIN_QUEUE)
        self._flush_secs = min(max(0.0, flush_secs), threading.TIMEOUT_MAX)
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._hurry: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._lock = threading.RLock()
        self._closed = False
        self._bytes_in = 0  # under the lock
        self._bytes_out = 0  # the thread's own
        self._lost = 0
        self._files = {main}  # to close; others join with their first event
        self._thread = threading.Thread(target=self._run, name="logging_lib", daemon=True)
        self._thread.start()
        _running.add(self)

    @property
    def queued_bytes(self) -> int:
        """Bytes of captured arrays and texts that are not written yet."""
        return self._bytes_in - self._bytes_out

    def put(self, pending: Pending) -> bool:
        """Queue one event. False when this writer is closed, and the event therefore not queued."""
        with self._lock:
            if self._closed:
                return False
            self._queue.put(pending)
            self._bytes_in += pending.nbytes
        size = self._queue.qsize()
        if size >= self._max_queue or self.queued_bytes >= MAX_QUEUED_BYTES:
            self.flush()
        elif size and size % _HURRY_EVERY == 0:
            self._hurry.put(None)
        return True

    def flush(self) -> None:
        """Return when everything queued before is in the files, or counted as lost."""
        mark = threading.Event()
        with self._lock:
            if self._closed:
                return
            self._queue.put(mark)
        self._hurry.put(None)
        while not mark.wait(_ALIVE_CHECK_SECS) and self._thread.is_alive():
            pass

    def close(self) -> None:
        """Flush, close the files and end the thread. A second call does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self.abandon()
        self._thread.join()

    def abandon(self) -> None:
        """Let the thread write what is queued and end by itself: for a finalizer, which must not wait or lock."""
        self._queue.put(_Close())
        self._hurry.put(None)

    def _run(self) -> None:
        try:
            while self._write(self._collect()):
                pass
        finally:
            self._close_files()
            _running.discard(self)

    def _collect(self) -> list[_Item]:
        """Wait for a first item, then for as many more as come in `flush_secs` or until somebody is in a hurry."""
        first = self._queue.get()
        try:
            self._hurry.get(timeout=self._flush_secs)
            while True:
                self._hurry.get_nowait()
        except queue.Empty:
            pass
        return [first, *(self._queue.get() for _ in range(self._queue.qsize()))]

    def _write(self, items: Iterable[_Item]) -> bool:
        """Write a batch; False when it says to close."""
        records: dict[EventFile, list[bytes]] = {}
        marks: list[threading.Event] = []
        nbytes, closing = 0, False
        for item in items:
            if isinstance(item, Pending):
                nbytes += item.nbytes
                self._encode(item, records)
            elif isinstance(item, threading.Event):
                marks.append(item)
            else:
                closing = True
        for file, encoded in records.items():
            self._append(file, encoded)
        self._bytes_out += nbytes
        for mark in marks:
            mark.set()
        return not closing

    def _encode(self, pending: Pending, records: dict[EventFile, list[bytes]]) -> None:
        try:
            made = pending.make()
            event = made if isinstance(made, event_pb2.Event) else event_pb2.Event(summary=made)
            event.wall_time = pending.wall_time
            if pending.step is not None:
                event.step = pending.step
            record = encode_record(event.SerializeToString())
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one value, the others are to be written
            self._lose(1, pending.file, error)
        else:
            records.setdefault(pending.file, []).append(record)

    def _append(self, file: EventFile, records: list[bytes]) -> None:
        self._files.add(file)
        try:
            file.append(b"".join(records))
        except OSError as error:
            self._lose(len(records), file, error)

    def _lose(self, count: int, file: EventFile, error: Exception) -> None:
        if not self._lost:
            _logger.warning("cannot log to %s: %s (training goes on; such events are lost)", file.directory, error)
        self._lost += count

    def _close_files(self) -> None:
        for file in self._files:
            try:
                file.close()
            except OSError as error:
                _logger.warning("cannot close an event file in %s: %s", file.directory, error)
        if self._lost:
            _logger.warning("%d logged events were lost", self._lost)


_running: set[BackgroundWriter] = set()


if hasattr(os, "register_at_fork"):  # a forked child has no such threads: closing them is the parent's business
    os.register_at_fork(after_in_child=_running.clear)


@atexit.register
def _close_all() -> None:
    for writer in list(_running):
        writer.close()

"""The queue behind the calls: one thread encodes what was logged and appends it to the event files."""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from logging_lib import process
from logging_lib.event_file import EventFile
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.record import encode_record

# A small bound would make the training wait for the disk every few events; this one is under 10 MB of scalars.
MIN_QUEUE = 10_000
MAX_QUEUED_BYTES = 256 << 20
_HURRY_EVERY = 1024  # events that pile up before the thread writes without waiting for its time
_ALIVE_CHECK_SECS = 1.0
_SAME_STEP_SECS = 0.02  # what one step of a training logs comes within this, and is written at once

_logger = logging.getLogger("logging_lib")

# What builds one event, behind the queue; None where it wrote other files and there is nothing to append.
Make: TypeAlias = Callable[[], summary_pb2.Summary | event_pb2.Event | None]


@dataclass(slots=True)
class Pending:
    """A captured value on its way to a file: `make` builds the summary, or an event that is no summary."""

    file: EventFile
    wall_time: float
    step: int | None
    make: Make
    nbytes: int = 0


class _Close:
    """Ends the thread."""


_Item: TypeAlias = Pending | threading.Event | _Close


class BackgroundWriter:
    """A bounded queue and one daemon thread. Safe to call from several threads.

    The thread sleeps until something is logged, waits until `flush_secs` after its last write for more, and appends
    it all: what was logged is in the file at most `flush_secs` later, a point after a pause at once, and a busy loop
    costs one write a `flush_secs`. A full queue blocks `put`
    until all before it is written. A failure never reaches the caller: the first is logged as a warning, lost
    events are counted, and the count is logged when the writer closes. Where no thread can start, as when the
    interpreter ends, each call writes its own event.

    A flush is a mark in the queue that the thread sets when it gets there, and `_hurry` wakes the thread before its
    time. Both queues are SimpleQueue, whose `put` may run inside a garbage collection. `_lock` keeps an event from
    slipping in behind the close, and two calls from writing at once. It is reentrant and the thread's own work never
    takes it, so that a signal handler that interrupts `put` may flush or close. What the thread runs of others (a
    logging handler, a finalizer) may log, flush and close as well: it does not wait for itself.
    """

    def __init__(self, main: EventFile, max_queue: int, flush_secs: float) -> None:
        self._max_queue = max(max_queue, MIN_QUEUE)
        self._flush_secs = min(max(0.0, flush_secs), threading.TIMEOUT_MAX)
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._hurry: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._lock = threading.RLock()
        self._closed = False
        self._died = False  # of an error that is nobody's to handle, as one in a logging handler
        self._draining = False
        self._wrote_at = -math.inf
        self._bytes_in = 0  # under the lock
        self._bytes_out = 0  # the thread's own
        self._warned = False
        self._lost = 0
        self._files = {main}  # to close; others join with their first event
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()  # Thread.join of Python 3.11 believes a thread dead once Ctrl+C interrupts it
        process.register(self)
        self._thread = self._start()

    @property
    def queued_bytes(self) -> int:
        """Bytes of captured arrays and texts that are not written yet."""
        return self._bytes_in - self._bytes_out

    def put(self, pending: Pending) -> bool:
        """Queue one event. False when this writer is closed, and the event therefore not queued."""
        with self._lock:
            if self._closed:
                self._lost += self._died
                return self._died
            self._queue.put(pending)
            self._bytes_in += pending.nbytes
        size = self._queue.qsize()
        if size >= self._max_queue or self.queued_bytes >= MAX_QUEUED_BYTES or self._thread is None:
            self.flush()
        elif size and size % _HURRY_EVERY == 0:
            self._hurry.put(None)
        return True

    def flush(self) -> None:
        """Return when everything queued before is in the files, or counted as lost."""
        mark = threading.Event()
        with self._lock:
            closed = self._closed
            if not closed:
                self._queue.put(mark)
        if closed or self._thread is None:
            self._finish_queued()
        elif self._thread is not threading.current_thread():
            self._hurry.put(None)
            while not mark.wait(_ALIVE_CHECK_SECS) and not self._ended.is_set():
                pass

    def close(self) -> None:
        """Flush, close the files and end the thread. A second call completes what interrupted the first, if it was."""
        with self._lock:
            self._closed = True
            died, self._died = self._died, False
            self.abandon()
        self._finish_queued()
        if died:
            self._end()

    def abandon(self) -> None:
        """Let the thread write what is queued and end by itself: for a finalizer, which must not wait or lock."""
        self._queue.put(_Close())
        self._hurry.put(None)

    def disown(self) -> None:
        """In a forked child: refuse events, and leave what is queued and the files to the parent."""
        self._lock = threading.RLock()  # a thread of the parent may hold the old one
        self._closed, self._died, self._draining = True, False, False
        self._lost = 0
        self._thread = None
        self._queue = queue.SimpleQueue()
        for file in self._files:
            file.disown()

    def _start(self) -> threading.Thread | None:
        """The running thread, or None where there can be none."""
        if process.is_ending():
            return None
        thread = threading.Thread(target=self._run, name="logging_lib", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the interpreter ends, or the system gives no more threads
            return None
        return thread

    def _finish_queued(self) -> None:
        """Return when the thread has ended, or the queue is written without it."""
        if self._thread is None:
            self._drain()
        elif self._thread is not threading.current_thread():
            self._ended.wait()
            self._thread.join()

    def _drain(self) -> None:
        """Write what is queued in the calling thread; inside a call that a signal interrupted, that one goes on."""
        with self._lock:
            if self._draining:
                return
            self._draining = True
            try:
                while items := self._queued():
                    if not self._write(items):
                        self._end()
            finally:
                self._draining = False

    def _run(self) -> None:
        batch: list[_Item] = []
        ended = False
        try:
            while not ended:
                batch = self._collect()
                ended = not self._write(batch)
                self._wrote_at = time.monotonic()
        finally:
            if not ended:
                self._died = self._closed = True
                self._discard(batch)
            try:
                self._end()
            finally:
                self._ended.set()

    def _collect(self) -> list[_Item]:
        """Wait for a first item, then for more until the next write is due or somebody is in a hurry."""
        first = self._queue.get()
        due = self._wrote_at + self._flush_secs - time.monotonic()
        try:
            self._hurry.get(timeout=max(due, min(_SAME_STEP_SECS, self._flush_secs)))
            while True:
                self._hurry.get_nowait()
        except queue.Empty:
            pass
        return [first, *self._queued()]

    def _queued(self) -> list[_Item]:
        return [self._queue.get() for _ in range(self._queue.qsize())]

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
            if made is None:
                return
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
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one file, the others are to be written
            self._lose(len(records), file, error)

    def _lose(self, count: int, file: EventFile, error: Exception) -> None:
        if not self._warned:
            self._warned = True
            reason = str(error) or type(error).__name__
            _logger.warning("cannot log to %s: %s (training goes on; such events are lost)", file.directory, reason)
        self._lost += count

    def _discard(self, items: Iterable[_Item]) -> None:
        """Count what nobody will write, and wait for no more."""
        for item in items:
            if isinstance(item, Pending):
                self._lost += 1
            elif isinstance(item, threading.Event):
                item.set()

    def _end(self) -> None:
        """Close the files, and tell how much was lost since it was last told."""
        if not self._died:  # else put goes on counting, and close is to tell
            process.unregister(self)
        self._discard(self._queued())
        for file in self._files:
            try:
                file.close()
            except OSError as error:
                _logger.warning("cannot close an event file in %s: %s", file.directory, error)
        lost, self._lost = self._lost, 0
        if lost:
            _logger.warning("%d logged events were lost", lost)

"""The thread behind the calls: encodes what is in the inbox and hands it to the event files."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from logging_lib import process
from logging_lib.deliveries import Deliveries
from logging_lib.encoding import encode
from logging_lib.event_file import EventFile
from logging_lib.inbox import ENTRY, NOBODY, Inbox
from logging_lib.mark import Mark, set_all
from logging_lib.telling import is_telling

_HURRY_AFTER = 4096  # events that pile up before the thread writes without waiting for its time
_ALIVE_CHECK_SECS = 1.0
_HANDLER_CHECKS = 3  # as many seconds inside a logging handler: it waits, and maybe for the caller
_RETRY_SECS = 1.0
_SAME_STEP_SECS = 0.02  # what one step of a training logs comes within this, and is written at once
_MARGIN = 0.5  # of flush_secs, left for encoding and writing: on a busy machine a thread may wait long for its turn


class BackgroundWriter:
    """Files being written, and the daemon thread that empties an inbox into them, from an opening to the close.

    The thread sleeps until something is logged, waits until `flush_secs` after its last write for more, and writes it
    all: what was logged is in the file at most `flush_secs` later, a point after a pause at once, and a busy loop costs
    one write a `flush_secs`. A failure never reaches the caller: the first is logged as a warning, lost events are
    counted, and the count is logged in the end. Where no thread can start, as when the interpreter ends, each call
    writes its own event (`drain`).

    Who empties the inbox, the thread or the calls, is settled by who takes `_turn`, once and for good: Ctrl+C may
    interrupt a start, and a signal handler may call in here meanwhile, so that there are several tries.

    Whether the thread sleeps is in the inbox's limit: 0 while it does, so that the next call wakes it. A flush leaves a
    mark in `_marks`; the thread takes the marks before it takes the inbox, so what was logged before a mark is written
    before it is set. It is woken through `_hurry`, a SimpleQueue, whose `put` may run inside a garbage collection or a
    signal handler. The thread's own work takes no lock, so that a signal handler that interrupts a call may flush or
    close; `_draining` keeps two calls from writing at once where there is no thread, and is reentrant for the same
    reason. What the thread runs of others (a logging handler, a finalizer) may log, flush and close as well: it does
    not wait for itself. Nor does anybody wait long for it while it is inside a logging handler.
    """

    def __init__(
        self,
        inbox: Inbox,
        open_file: Callable[[str], EventFile],
        flush_secs: float,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; the first call starts the thread.

        Args:
            inbox: what to empty; of this writer alone until it has ended.
            open_file: the event file of a sub-run, "" for the run itself; called once each.
            flush_secs: seconds between writes.
            on_end: called when everything is written and closed, where that is done.
        """
        self._inbox = inbox
        self._flush_secs = min(max(0.0, flush_secs), threading.TIMEOUT_MAX)
        self._on_end = on_end
        self._hurry: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._marks: list[Mark] = []
        self._lock = threading.RLock()
        self._turn = threading.Lock()
        self._started = self._starting = False
        self._threadless = False
        self._thread: threading.Thread | None = None
        self._thread_id: int | None = None
        self._draining = False
        self._closing = False
        self._died = False  # of an error that is nobody's to handle, as one in a logging handler
        self._urgent = False
        self._took_at = -math.inf  # when the last batch was taken,
        self._cost = 0.0  # and the seconds that encoding and writing it took
        self._in_hand = 0  # events that are being written
        self._deliveries = Deliveries(open_file)
        self._closers: list[Mark] = []  # Thread.join is not safe where a signal handler may join as well
        self.has_ended = False
        """Whether the files are closed, and nothing is written any more."""

    def start(self) -> None:
        """Have somebody empty the inbox. Does nothing inside a start, which a signal handler has interrupted."""
        with self._lock:
            if self._started:
                return
            if process.is_ending():
                self._do_without_thread()
            elif not self._starting:
                self._starting = True
                try:
                    process.register(self)
                    self._deliveries.of("")
                    self._start_thread()
                    self._started = True
                finally:
                    self._starting = False
                    if self.has_ended:  # by the thread of a start that Ctrl+C interrupted
                        process.unregister(self)

    def wake(self, limit: int, urgent: bool = False) -> None:
        """Have the inbox emptied, by the thread if there is one; who adds to it need not care up to `limit` items.

        `urgent`: at once instead of when it is due.
        """
        self._urgent |= urgent
        self.start()
        if self._died:
            self._inbox.limit = limit
            self._lose_queued()
        elif self._threadless:
            self.drain()
        else:
            self._inbox.limit = limit
            self._hurry.put(None)

    def flush(self, sync: bool = False) -> bool:
        """Wait until everything in the inbox is in the files, with `sync` on the disk; False where it could not be."""
        if self._died:
            self._lose_queued()
            return False
        mark = Mark(sync)
        self._marks.append(mark)
        self.start()
        if self._threadless:
            self.drain()
        else:
            self._hurry.put(None)
            self._wait(mark)
        return mark.kept

    def close(self) -> None:
        """Flush, close the files and end the thread. A second call completes what interrupted the first, if it was."""
        mark = Mark()
        self._closers.append(mark)
        self.abandon()
        self.start()
        if self._threadless:
            self.drain()
        else:
            self._wait(mark)
        if self._died:
            with self._lock:
                self._end()

    def abandon(self) -> None:
        """Let the thread write what is queued and end by itself: for a finalizer, which must not wait or lock."""
        self._closing = True
        self._hurry.put(None)

    def disown(self) -> None:
        """In a forked child: leave what is queued and the files to the parent."""
        self._lock = threading.RLock()  # a thread of the parent may hold the old one
        self._inbox = Inbox()
        self._closing = self._draining = True  # whoever was in here when the process forked finds nothing to do
        self._started = self._threadless = True
        self._died = False
        self.has_ended = True
        self._deliveries.disown()

    def drain(self) -> None:
        """Write what is queued in the calling thread; inside a call that a signal interrupted, that one goes on."""
        with self._lock:
            if self._draining or self.has_ended:
                return
            self._draining = True
            try:
                while self._inbox or self._marks:
                    self._write()
                if self._closing:
                    self._end()
            finally:
                self._draining = False

    def _wait(self, mark: Mark) -> None:
        """Until the mark is set, or nobody is there to do it, but for the caller."""
        if self._thread_id == threading.get_ident() or not (self._started or self._turn.locked()):
            return
        in_handler = 0
        while not (self._died or self.has_ended or mark.wait(_ALIVE_CHECK_SECS)):
            in_handler = in_handler + 1 if is_telling(self._thread_id) else 0
            if in_handler == _HANDLER_CHECKS:
                return

    def _start_thread(self) -> None:
        self._thread = threading.Thread(target=self._run, name="logging_lib", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # the interpreter ends, or the system gives no more threads
            self._do_without_thread()

    def _do_without_thread(self) -> None:
        """Let the calls write, unless a thread does."""
        if self._turn.acquire(blocking=False):
            self._threadless = True
        self._started = True

    def _run(self) -> None:
        if not self._turn.acquire(blocking=False):
            return
        self._thread_id = threading.get_ident()
        alive = False
        try:
            while not self._closing:
                self._wait_for_work()
                self._write()
            while self._inbox or self._marks:
                self._write()
            alive = True
        finally:
            self._died = not alive
            if alive:
                self._end()
            else:
                self._deliveries.report.lose(self._in_hand)
                self._lose_queued()
                set_all(self._marks)
                set_all(self._closers)

    def _wait_for_work(self) -> None:
        """Sleep until there is something to write and it is due, or somebody is in a hurry."""
        self._inbox.limit = 0
        if not self._inbox and not self._marks and not self._closing:
            self._sleep(_RETRY_SECS if self._deliveries.any_waits else None)
        self._inbox.limit = _HURRY_AFTER * ENTRY
        if not self._inbox or self._marks or self._closing or self._urgent:
            return
        # What is logged right after a batch was taken waits for that one to be written, for the next to be due, and to
        # be written.
        due = self._took_at + (1 - _MARGIN) * self._flush_secs - 1.5 * self._cost - time.monotonic()
        self._sleep(max(due, min(_SAME_STEP_SECS, self._flush_secs)))

    def _sleep(self, seconds: float | None) -> None:
        """Until woken, at most so long."""
        try:
            self._hurry.get(timeout=seconds)
            while True:
                self._hurry.get_nowait()
        except queue.Empty:
            pass

    def _write(self) -> None:
        """Hand over all that is in the inbox, and what an earlier write could not."""
        marks = self._marks[:]
        self._urgent = False
        took_at = time.monotonic()
        batch = self._inbox.take()
        self._in_hand = len(batch) // ENTRY
        whole = self._send(batch)
        if batch:
            self._inbox.done(batch)
            self._in_hand = 0
            self._took_at, self._cost = took_at, time.monotonic() - took_at
        self._set(marks, whole)

    def _send(self, batch: list[Any]) -> bool:
        """Whether all was handed over; what fails here, as where there is no memory, costs what was in hand."""
        try:
            for by_subrun in encode(batch, self._deliveries.lose_one):
                self._deliveries.send(by_subrun)
                self._in_hand -= sum(records.count for records in by_subrun.values())
            self._deliveries.retry()
        except Exception as error:  # noqa: BLE001 - neither the training nor what it logs next is to suffer
            self._deliveries.lose_some(max(0, self._in_hand), error)
            return False
        return True

    def _set(self, marks: list[Mark], whole: bool) -> None:
        synced = any(mark.sync for mark in marks) and self._deliveries.sync()
        del self._marks[: len(marks)]
        for mark in marks:
            mark.kept = whole and (synced or not (mark.sync or self._deliveries.any_waits))
            mark.set()

    def _lose_queued(self) -> None:
        """The thread has died: count what nobody will write."""
        with self._lock:
            batch = self._inbox.take()
            self._deliveries.report.lose(len(batch) // ENTRY)
            self._inbox.done(batch)

    def _end(self) -> None:
        """Close the files, and tell how much was lost."""
        if self.has_ended:
            return
        self._deliveries.close()
        self._inbox.limit = NOBODY
        self.has_ended = True
        process.unregister(self)  # not before: the end of the process waits for what is registered
        self._on_end()
        set_all(self._marks)
        set_all(self._closers)

"""Records on their way to one event file: kept and tried again while the disk refuses them, and what is told of it."""

from __future__ import annotations

import math
import time
from collections import deque

from logging_lib.event_file import EventFile
from logging_lib.telling import warn

# Beyond this the oldest batches of a file are given up. So what is missing afterwards is one stretch, at the start of
# the trouble; a training's latest state, which a user wants to see most, is kept.
MAX_WAITING_BYTES = 64 << 20
_FIRST_PAUSE_SECS = 1.0
_LONGEST_PAUSE_SECS = 30.0
_QUIET_SECS = 60.0  # a disk that is full every other second is not told of every other second


class Report:
    """What the user is told of the trouble of one writer's files: few lines, exact counts.

    One warning when trouble starts, one when no file is in trouble any more, one in the end with all that was lost.
    """

    def __init__(self) -> None:
        self.lost = 0
        """Events given up so far."""
        self._lost_before = 0
        self._troubled: set[Delivery] = set()
        self._told = False
        self._quiet_until = -math.inf
        self._sync_quiet_until = -math.inf

    def lose(self, count: int) -> None:
        """Count events that nobody will write."""
        self.lost += count

    def trouble(self, delivery: Delivery, error: OSError, *, final: bool) -> None:
        """A delivery could not write; `final`: and will not try again."""
        self._troubled.add(delivery)
        if self._told or (not final and time.monotonic() < self._quiet_until):
            return
        self._told = True
        self._lost_before = self.lost
        hope = "" if final else f"; the training goes on, {delivery.waiting} events wait and are tried again"
        warn("cannot write to %s: %s%s", delivery.directory, _in_words(error), hope)

    def well(self, delivery: Delivery) -> None:
        """A delivery has nothing waiting any more."""
        self._troubled.discard(delivery)
        if self._told and not self._troubled:
            self._told = False
            self._quiet_until = time.monotonic() + _QUIET_SECS
            lost = self.lost - self._lost_before
            warn("writing to %s works again; %d events were lost meanwhile", delivery.directory, lost)

    def unsynced(self, delivery: Delivery, error: OSError) -> None:
        """What a delivery has written is not on the disk."""
        if time.monotonic() >= self._sync_quiet_until:
            self._sync_quiet_until = time.monotonic() + _QUIET_SECS
            warn("cannot sync %s to the disk: %s", delivery.directory, _in_words(error))

    def close(self) -> None:
        """Tell how much was lost in all."""
        lost, self.lost = self.lost, 0
        if lost:
            warn("%d logged events were lost", lost)


class Delivery:
    """Hands encoded records to an event file, in order.

    What the disk refuses waits, at most MAX_WAITING_BYTES and always the newest batch, and is tried again after a
    pause that doubles from 1 to 30 seconds, since a try at a dead network file system may take long. Not for several
    threads at once.
    """

    def __init__(self, file: EventFile, report: Report) -> None:
        self.file = file
        self.waiting = 0
        """Events that wait for another try."""
        self.lost = 0
        """Events given up."""
        self._report = report
        self._batches: deque[tuple[bytes, int]] = deque()
        self._nbytes = 0
        self._pause = 0.0
        self._due = -math.inf

    @property
    def directory(self) -> str:
        """Where the file is."""
        return self.file.directory

    def send(self, records: bytes, count: int) -> None:
        """Append whole records, which are `count` events, behind those that wait."""
        self._batches.append((records, count))
        self._nbytes += len(records)
        self.waiting += count
        self.retry()
        while self._nbytes > MAX_WAITING_BYTES and len(self._batches) > 1:
            self._lose(self._pop())

    def retry(self) -> None:
        """Try again what waits, if the pause after the last try is over."""
        if self._batches and time.monotonic() >= self._due:
            self._try()

    def sync(self) -> None:
        """Try again what waits, now, and have the file stored on the disk.

        Raises:
            OSError: some of what was sent still waits, or it cannot be stored.
        """
        if (error := self._try()) is not None:
            raise error
        try:
            self.file.sync()
        except OSError as unsynced:
            self._report.unsynced(self, unsynced)
            raise

    def close(self) -> None:
        """Try a last time, give up what still waits, and close the file."""
        self._try(final=True)
        while self._batches:
            self._lose(self._pop())
        try:
            self.file.close()
        except OSError as error:
            warn("cannot close an event file in %s: %s", self.directory, _in_words(error))

    def disown(self) -> None:
        """In a forked child: leave the file, and what waits for it, to the parent."""
        self._batches.clear()
        self._nbytes = self.waiting = self.lost = 0
        self.file.disown()

    def _try(self, *, final: bool = False) -> OSError | None:
        """Append what waits; the error, where that fails."""
        try:
            while self._batches:
                self.file.append(self._batches[0][0])
                self._pop()
        except OSError as error:
            self._pause = min(max(_FIRST_PAUSE_SECS, 2 * self._pause), _LONGEST_PAUSE_SECS)
            self._due = time.monotonic() + self._pause
            self._report.trouble(self, error, final=final)
            return error
        self._pause, self._due = 0.0, -math.inf
        self._report.well(self)
        return None

    def _pop(self) -> int:
        """Take the oldest batch away: its number of events."""
        records, count = self._batches.popleft()
        self._nbytes -= len(records)
        self.waiting -= count
        return count

    def _lose(self, count: int) -> None:
        self.lost += count
        self._report.lose(count)


def _in_words(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__

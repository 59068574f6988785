"""Tails one event file: what was appended since the last look is decoded, chunk by chunk, and collected."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path

from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.record import Record, RecordDecoder
from tui.model import Batch, Problem, Recovered
from tui.reader.decode import EventDecoder
from tui.reader.stream import CHUNK_BYTES, EventStream


class EventFileReader:
    """Reads one growing file.

    A truncated record at the end is a state: reading goes on when the rest arrives. Damage, and a file that cannot
    be read, become Problems, each reported once. The file is open only during `look` and `read`, so that a logdir
    of thousands of files needs no thousands of descriptors. Another file that takes the place of this one and holds
    its last record, where it was, is a copy of it that has grown (rsync and editors replace files like that).

    Invariants: `offset` bytes have been read, `size` were there at the last look; once `_lost`, nothing more is
    read, since the bytes at `offset` no longer follow those read before.
    """

    def __init__(self, decoder: EventDecoder, *, breathe: Callable[[], None] = lambda: None) -> None:
        """
        Args:
            decoder: collects the events; names the run and the file.
            breathe: called every few records, to let other threads run.
        """
        self.run = decoder.run
        self.path = decoder.path
        self.size = 0
        self.mtime = 0.0
        self._decoder = decoder
        self._stream = EventStream(decoder, breathe=breathe)
        self._identity: tuple[int, int] | None = None
        self._complaint: str | None = None
        self._blocked = False
        self._lost = False

    @property
    def offset(self) -> int:
        """How many bytes have been read."""
        return self._stream.offset

    @property
    def pending(self) -> bool:
        """Whether bytes wait to be read, as far as the last look showed."""
        return self.size > self.offset and not self._blocked

    @property
    def full(self) -> bool:
        """Whether so much was read since the last `take` that it should be taken before more is read."""
        return self._decoder.full

    def look(self) -> list[Batch]:
        """Notice growth, and whether the file is still the one that was read."""
        self._blocked = self._lost
        if self._lost:
            return []
        try:
            status = os.stat(self.path)  # noqa: PTH116 - polled by the thousand
            if self._identity not in (None, _identity(status)):
                with FileIO(self.path) as file:
                    status = self._follow(file)
        except OSError as error:
            return self._block(_reason(error))
        if (lost := self._lost_to(status)) is not None:
            return self._lose(lost)
        self.size = status.st_size
        self.mtime = status.st_mtime
        # A file that cannot be opened is tried again when it is read; one that was gone is back.
        return [] if self.pending else self._recover()

    def read(self) -> list[Batch]:
        """Decode the next chunk, for `take`; returns what there is to tell about the file itself.

        The file is no longer pending when it cannot be read now.
        """
        try:
            with FileIO(self.path) as file:
                status = self._follow(file)
                if (lost := self._lost_to(status)) is not None:
                    return self._lose(lost)
                self._identity = _identity(status)
                before = self.offset
                told = self._stream.read(file, self.size)
            if self.offset == before:
                self.size = before
            return [*self._recover(), *told]
        except OSError as error:
            return self._block(_reason(error))
        except MemoryError:
            return self._lose("not enough memory for a record of this file; it is read no further")

    def take(self) -> Iterator[Batch]:
        """The data that was read since the last call."""
        return self._decoder.take()

    def _follow(self, file: FileIO) -> os.stat_result:
        """Go on in this file if it took the place of the one that was read and holds what that one held."""
        status = os.fstat(file.fileno())
        if self._identity not in (None, _identity(status)):
            end = self._end_in(file)
            if end is not None:
                self._identity = _identity(status)
                self._stream.resume(end)
        return status

    def _end_in(self, file: FileIO) -> int | None:
        """Where the last record read ends in this file, 0 where none was read, None where it is not there."""
        last = self._stream.last
        if last is None:
            return 0
        payload = os.pread(file.fileno(), last.length, last.offset)
        return last.end if len(payload) == last.length and masked_crc32c(payload) == last.crc else None

    def _lost_to(self, status: os.stat_result) -> str | None:
        """Why the bytes at `offset` would not follow those read before, or None."""
        if self.offset == 0:
            return None
        if self._identity != _identity(status):
            return "file was replaced; its new content is not read"
        if status.st_size < self.offset:
            return f"file shrank from {self.offset} to {status.st_size} bytes; it is read no further"
        return None

    def _lose(self, reason: str) -> list[Batch]:
        self._lost = True
        return self._block(reason)

    def _block(self, reason: str) -> list[Batch]:
        self._blocked = True
        if reason == self._complaint:
            return []
        recovered = self._recover()
        self._complaint = reason
        return [*recovered, Problem(self.path, None, reason)]

    def _recover(self) -> list[Batch]:
        if self._complaint is None:
            return []
        self._complaint = None
        return [Recovered(self.path)]


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "file is gone; what was read of it stays"
    return f"file cannot be read: {error.strerror}"


def looks_like_events(path: Path) -> bool:
    """Whether a file starts with a whole, intact record.

    Raises:
        OSError: it cannot be read.
    """
    with FileIO(path) as file:
        first = next(iter(RecordDecoder().feed(file.read(CHUNK_BYTES))), None)
    return isinstance(first, Record)

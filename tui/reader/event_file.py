"""Tails one event file: what was appended since the last look becomes batches, chunk by chunk."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from logging_lib.tfevents.record import Record, RecordDecoder
from tui.model import Batch, Problem, Recovered
from tui.reader.decode import EventDecoder

CHUNK_BYTES = 1 << 20
# Between two calls of `breathe`; 64 ordinary records take a third of a millisecond.
_RECORDS_PER_BREATH = 64


class EventFileReader:
    """Reads one growing file.

    A truncated record at the end is a state: reading goes on when the rest arrives. Damage, and a file that cannot
    be read, become Problems, each reported once. The file is open only during `read`, so that a logdir of
    thousands of files needs no thousands of descriptors.

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
        self.offset = 0
        self.size = 0
        self.mtime = 0.0
        self._decoder = decoder
        self._breathe = breathe
        self._records = RecordDecoder()
        self._identity: tuple[int, int] | None = None
        self._complaint: str | None = None
        self._blocked = False
        self._lost = False
        self._open_damage: int | None = None

    @property
    def pending(self) -> bool:
        """Whether bytes wait to be read, as far as the last look showed."""
        return self.size > self.offset and not self._blocked

    def look(self) -> list[Batch]:
        """Notice growth, and whether the file is still the one that was read."""
        self._blocked = self._lost
        if self._lost:
            return []
        try:
            status = os.stat(self.path)  # noqa: PTH116 - polled by the thousand
        except OSError as error:
            return self._block(_reason(error))
        if (lost := self._lost_to(status)) is not None:
            return self._lose(lost)
        self.size = status.st_size
        self.mtime = status.st_mtime
        # A file that cannot be opened is tried again when it is read; one that was gone is back.
        return [] if self.pending else self._recover()

    def read(self) -> list[Batch]:
        """Batches of the next chunk; empty, and no longer pending, when the file cannot be read now."""
        try:
            with FileIO(self.path) as file:
                status = os.fstat(file.fileno())
                if (lost := self._lost_to(status)) is not None:
                    return self._lose(lost)
                self._identity = (status.st_dev, status.st_ino)
                file.seek(self.offset)
                data = file.read(CHUNK_BYTES)
        except OSError as error:
            return self._block(_reason(error))
        if not data:
            self.size = self.offset
        recovered = self._recover()
        return recovered + self._decode(data)

    def _decode(self, data: bytes) -> list[Batch]:
        damage: list[Batch] = []
        self.offset += len(data)
        for number, item in enumerate(self._records.feed(data)):
            if isinstance(item, Record):
                self._decoder.add(item)
            elif item.offset != self._open_damage:
                damage.append(Problem(self.path, item.offset, f"{item.reason}; {item.length} bytes skipped"))
            if number % _RECORDS_PER_BREATH == 0:
                self._breathe()
        return self._decoder.take() + damage + self._tail_damage()

    def _tail_damage(self) -> list[Batch]:
        """A damaged stretch that goes on to the end of what is there is reported without waiting for its end."""
        start = self._records.searching_from
        if start is None or start == self._open_damage or self.size > self.offset:
            return []
        self._open_damage = start
        return [Problem(self.path, start, "record header fails its CRC, and no record follows")]

    def _lost_to(self, status: os.stat_result) -> str | None:
        """Why the bytes at `offset` would not follow those read before, or None."""
        if self.offset == 0:
            return None
        if self._identity != (status.st_dev, status.st_ino):
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

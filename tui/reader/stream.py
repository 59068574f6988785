"""The bytes of one growing event file, chunk by chunk: records are found, checked and decoded."""

from __future__ import annotations

from collections.abc import Callable
from io import FileIO
from typing import NamedTuple

from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.record import FOOTER_BYTES, Damage, Record, RecordDecoder
from tui.model import Problem
from tui.reader.decode import EventDecoder

CHUNK_BYTES = 1 << 20
# Between two calls of `breathe`; 64 ordinary records take a third of a millisecond.
_RECORDS_PER_BREATH = 64


class Mark(NamedTuple):
    """The payload of a record that was read: where it lies, how long it is, and its CRC."""

    offset: int
    length: int
    crc: int

    @property
    def end(self) -> int:
        """Where the record ends in the file."""
        return self.offset + self.length + FOOTER_BYTES


class EventStream:
    """Reads on in a file from `offset`, how far bytes have been taken in, into a decoder.

    A truncated record at the end is a state: reading goes on when the rest arrives. Damage becomes Problems, each
    reported once. `last` is the last whole record, by which a copy of the file is known.
    """

    def __init__(self, decoder: EventDecoder, *, breathe: Callable[[], None] = lambda: None) -> None:
        self.offset = 0
        self.last: Mark | None = None
        self._decoder = decoder
        self._breathe = breathe
        self._records = RecordDecoder(breathe=breathe)
        self._open_damage: int | None = None

    def resume(self, offset: int) -> None:
        """Go on at `offset`, where a record starts; what was taken in of an unfinished one is let go."""
        self.offset = offset
        self._records = RecordDecoder(offset, breathe=self._breathe)

    def read(self, file: FileIO, size: int) -> list[Problem]:
        """Decode the next chunk of a file that is `size` bytes long as far as is known; returns what is damaged.

        Raises:
            OSError: the file cannot be read.
            MemoryError: a record is too large; what was taken in of it is let go.
        """
        file.seek(self.offset)
        try:
            told = self._decode(file.read(CHUNK_BYTES))
        except MemoryError:
            self.resume(self.offset)
            raise
        return told if size > self.offset else told + self._tail_damage()

    def _decode(self, data: bytes) -> list[Problem]:
        told: list[Problem] = []
        last: Record | None = None
        self.offset += len(data)
        for number, item in enumerate(self._records.feed(data)):
            if isinstance(item, Record):
                self._decoder.add(item)
                last = item
            elif item.offset != self._open_damage:
                told.append(self._problem(item.offset, f"{item.reason}; {item.length} bytes skipped"))
            # A damaged record may have cost as much as it claimed to be long.
            if number % _RECORDS_PER_BREATH == 0 or isinstance(item, Damage):
                self._breathe()
        if last is not None:
            self.last = Mark(last.offset, len(last.payload), masked_crc32c(last.payload))
        return told

    def _tail_damage(self) -> list[Problem]:
        """A damaged stretch that goes on to the end of what is there is reported without waiting for its end."""
        damage = self._records.open_damage
        if damage is None or damage.offset == self._open_damage:
            return []
        self._open_damage = damage.offset
        return [self._problem(damage.offset, f"{damage.reason}, and no record follows")]

    def _problem(self, offset: int, reason: str) -> Problem:
        return Problem(self._decoder.path, offset, reason)

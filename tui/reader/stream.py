"""The bytes of one growing event file, chunk by chunk: records are found, checked and decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable
from io import FileIO
from typing import NamedTuple

import numpy as np

from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.record import FOOTER_BYTES, FRAME_BYTES, HEADER_BYTES, Damage, Record, RecordDecoder
from tui.model import Problem
from tui.reader.decode import EventDecoder
from tui.reader.scalar_blocks import BlockDecoder, FastTools

CHUNK_BYTES = 1 << 20
# Chunks under this size, such as the latest points of a live run, are read record by record.
_LEAST_BLOCK = 4096
# A record that waits for its end and is larger already grows where it is, instead of being read again each time.
_MOST_CARRIED = 1 << 16
# Between two calls of `breathe`; 64 ordinary records take a third of a millisecond.
_RECORDS_PER_BREATH = 64
_LENGTH = struct.Struct("<Q")
_CRC = struct.Struct("<I")


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

    Invariant: between two reads the bytes taken in that are not decoded yet wait in `_carried` or in `_records`, not
    in both.
    """

    def __init__(
        self,
        decoder: EventDecoder,
        *,
        breathe: Callable[[], None] = lambda: None,
        fast: bool = True,
        tools: FastTools | None = None,
    ) -> None:
        """
        Args:
            decoder: collects the events.
            breathe: called every few records, to let other threads run.
            fast: whether many records may be decoded at once; the outcome is the same.
            tools: what files share that are read on the same thread.
        """
        self.offset = 0
        self.last: Mark | None = None
        self._decoder = decoder
        self._breathe = breathe
        self._blocks = BlockDecoder(decoder, tools or FastTools(), breathe=breathe) if fast else None
        self._records = RecordDecoder(breathe=breathe)
        self._carried = b""
        self._open_damage: int | None = None
        self._told: list[Problem] = []
        # The record `last` is to be made of, if one was read by itself since.
        self._newest: Record | None = None

    def resume(self, offset: int) -> None:
        """Go on at `offset`, where a record starts; what was taken in of an unfinished one is let go."""
        self.offset = offset
        self._carried = b""
        self._records = RecordDecoder(offset, breathe=self._breathe)

    def read(self, file: FileIO, size: int) -> list[Problem]:
        """Decode the next chunk of a file of which `size` bytes are to be read by now; returns what is damaged.

        Raises:
            OSError: the file cannot be read.
            MemoryError: a record is too large; what was taken in of it is let go.
        """
        file.seek(self.offset)
        try:
            data = file.read(max(min(CHUNK_BYTES, size - self.offset), 0))
            self.offset += len(data)
            self._decode(data, more=self.offset < size and bool(data))
            self._mark_newest()
        except MemoryError:
            self.resume(self.offset)
            raise
        if self.offset >= size:
            self._tell_tail_damage()
        told, self._told = self._told, []
        return told

    def _decode(self, data: bytes, *, more: bool) -> None:
        if self._blocks is None:
            self._feed(data)
        elif self._records.open_damage is not None or self._records.pending > _MOST_CARRIED:
            self._decode_blocks(self._feed_until_intact(data), self._blocks, more=more)
        else:
            waiting, self._carried = self._carried or self._records.release(), b""
            self._decode_blocks(waiting + data, self._blocks, more=more)

    def _decode_blocks(self, data: bytes, blocks: BlockDecoder, *, more: bool) -> None:
        """Decode bytes that start with a record, and are the last ones taken in."""
        base = self.offset - len(data)
        if len(data) < _LEAST_BLOCK and not more:
            if data:
                self._records.offset = base
                self._feed(data)
            return
        buffer = bytearray(data)
        blocks.open(np.frombuffer(buffer, np.uint8), base)
        position, singly = blocks.decode(0, more=more)
        while singly:
            self._mark_last(buffer, base, blocks)
            self._records.offset = base + position
            position = self._read_singly(buffer, position, singly)
            position, singly = blocks.decode(position, more=more)
        self._mark_last(buffer, base, blocks)
        self._carried = bytes(buffer[position:])

    def _read_singly(self, buffer: bytearray, position: int, least: int) -> int:
        """Read the record at a position and those in so many bytes; at damage, on to the end of the next intact one."""
        end = len(buffer)
        if end - position >= HEADER_BYTES:
            length = _LENGTH.unpack_from(buffer, position)[0]
            end = min(end, position + max(length + FRAME_BYTES, least))
        self._feed(bytes(buffer[position:end]))
        if self._records.open_damage is None and end < len(buffer):
            return end - len(self._records.release())
        return len(buffer) - len(self._feed_until_intact(bytes(buffer[end:])))

    def _feed_until_intact(self, data: bytes) -> bytes:
        """Feed bytes until they complete a record; returns the bytes behind it."""
        for item in (items := self._records.feed(data)):
            self._add(item)
            if isinstance(item, Record):
                items.close()
                return self._records.release()
        return b""

    def _feed(self, data: bytes) -> None:
        for number, item in enumerate(self._records.feed(data)):
            self._add(item)
            # A damaged record may have cost as much as it claimed to be long.
            if number % _RECORDS_PER_BREATH == 0 or isinstance(item, Damage):
                self._breathe()

    def _add(self, item: Record | Damage) -> None:
        if isinstance(item, Record):
            self._decoder.add(item)
            self._newest = item
        elif item.offset != self._open_damage:
            self._told.append(self._problem(item.offset, f"{item.reason}; {item.length} bytes skipped"))

    def _mark_newest(self) -> None:
        if self._newest is not None:
            record, self._newest = self._newest, None
            self.last = Mark(record.offset, len(record.payload), masked_crc32c(record.payload))

    def _mark_last(self, buffer: bytearray, base: int, blocks: BlockDecoder) -> None:
        if blocks.last is not None:
            (start, length), blocks.last = blocks.last, None
            self.last = Mark(base + start, length, _CRC.unpack_from(buffer, start + length)[0])
            self._newest = None

    def _tell_tail_damage(self) -> None:
        """Tell of a damaged stretch that goes on to the end of what is there, without waiting for its end."""
        damage = self._records.open_damage
        if damage is not None and damage.offset != self._open_damage:
            self._open_damage = damage.offset
            self._told.append(self._problem(damage.offset, f"{damage.reason}, and no record follows"))

    def _problem(self, offset: int, reason: str) -> Problem:
        return Problem(self._decoder.path, offset, reason)

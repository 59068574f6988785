"""The bytes of one growing event file, chunk by chunk: records are found, checked and decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable
from io import FileIO

import numpy as np

from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.record import FRAME_BYTES, HEADER_BYTES, Damage, Record, RecordDecoder
from tui.model import Problem
from tui.reader.decode import EventDecoder
from tui.reader.mark import Mark
from tui.reader.scalar_blocks import BlockDecoder, FastTools, Stop
from tui.reader.skim import skim
from tui.reader.unchecked import Unchecked

CHUNK_BYTES = 1 << 20
# Chunks under this size, such as the latest points of a live run, are read record by record.
_LEAST_BLOCK = 4096
# A record that waits for its end and is larger already grows where it is, instead of being read again each time.
_MOST_CARRIED = 1 << 16
# Between two calls of `breathe`; 64 ordinary records take a third of a millisecond.
_RECORDS_PER_BREATH = 64
# After a long record that was passed over.
_FIRST_CHUNK_BYTES = 1 << 14
_SKIMMED_AT_ONCE = 64
_LENGTH = struct.Struct("<Q")


class EventStream:
    """Reads on in a file from `offset`, how far bytes have been taken in, into a decoder.

    A truncated record at the end is a state: reading goes on when the rest arrives. Damage becomes Problems, each
    reported once. `last` is the last whole record, by which a copy of the file is known. `unchecked` are the payloads
    that were passed over.

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
            breathe: called every few records, to let other threads run. What it raises ends the reading for good.
            fast: whether many records may be decoded at once; the outcome is the same.
            tools: what files share that are read on the same thread.
        """
        self.offset = 0
        self.last: Mark | None = None
        self.unchecked = Unchecked()
        self._decoder = decoder
        self._breathe = breathe
        self._tools = tools or FastTools()
        self._blocks = BlockDecoder(decoder, self._tools, breathe=breathe) if fast else None
        self._records = RecordDecoder(breathe=breathe)
        self._carried = b""
        self._open_damage: int | None = None
        self._told: list[Problem] = []
        # The record `last` is to be made of, if one was read by itself since.
        self._newest: Record | None = None
        self._chunk_bytes = CHUNK_BYTES

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
        self._skim(file, size)
        file.seek(self.offset)
        wanted = max(min(self._chunk_bytes, size - self.offset), 0)
        try:
            if self._blocks is None or self._records.open_damage or self._records.pending > _MOST_CARRIED:
                self._read_ordinary(file, wanted, size)
            else:
                self._read_blocks(file, wanted, size, self._blocks)
        except MemoryError:
            self.resume(self.offset)
            raise
        if self._newest is not None:
            record, self._newest = self._newest, None
            self.last = Mark(record.offset, len(record.payload), masked_crc32c(record.payload))
        if self.offset >= size:
            self._tell_tail_damage()
        told, self._told = self._told, []
        return told

    def _skim(self, file: FileIO, size: int) -> None:
        """Pass over long records of data that are decoded when they are shown.

        Where there are some there may be more, after little else: chunks grow from small ones again.
        """
        self._chunk_bytes = min(2 * self._chunk_bytes, CHUNK_BYTES)
        for _ in range(_SKIMMED_AT_ONCE if self._records.open_damage is None else 0):
            record = skim(file, self.offset - len(self._carried) - self._records.pending, size)
            if record is None:
                break
            self._decoder.add_skimmed(record)
            self.unchecked.add(record.offset, record.length)
            self.last, self._newest = record.mark, None
            self.resume(self.last.end)
            self._chunk_bytes = _FIRST_CHUNK_BYTES
            self._breathe()

    def _read_ordinary(self, file: FileIO, wanted: int, size: int) -> None:
        data = file.read(wanted)
        self.offset += len(data)
        if self._blocks is None:
            self._feed(data)
            return
        behind = self._feed_until_intact(data)
        if not behind:  # what waits, damage that may go on, stays where it is
            return
        chunk = self._tools.chunk(len(behind))
        chunk[:] = behind
        self._decode_blocks(chunk, self._blocks, more=self.offset < size and bool(data))

    def _read_blocks(self, file: FileIO, wanted: int, size: int, blocks: BlockDecoder) -> None:
        waiting, self._carried = self._carried or self._records.release(), b""
        chunk = self._tools.chunk(len(waiting) + wanted)
        chunk[: len(waiting)] = waiting
        try:
            count = file.readinto(chunk[len(waiting) :])
        except OSError:
            self._carried = bytes(waiting)
            raise
        self.offset += count
        self._decode_blocks(chunk[: len(waiting) + count], blocks, more=self.offset < size and count > 0)

    def _decode_blocks(self, chunk: memoryview, blocks: BlockDecoder, *, more: bool) -> None:
        """Decode bytes that start with a record, and are the last ones taken in."""
        base = self.offset - len(chunk)
        if len(chunk) < _LEAST_BLOCK and not more:
            self._records.offset = base
            self._feed(bytes(chunk))
            return
        blocks.open(np.frombuffer(chunk, np.uint8), base)
        position, singly = self._decode_on(0, blocks, more=more)
        while singly:
            self._records.offset = base + position
            position, singly = self._decode_on(self._read_singly(chunk, position, singly), blocks, more=more)
        self._carried = bytes(chunk[position:])
        blocks.close()

    def _decode_on(self, position: int, blocks: BlockDecoder, *, more: bool) -> Stop:
        stop = blocks.decode(position, more=more)
        if blocks.last is not None:
            self.last, blocks.last, self._newest = blocks.last, None, None
        return stop

    def _read_singly(self, buffer: memoryview, position: int, least: int) -> int:
        """Read the record at a position and those in so many bytes; at damage, on to the end of the next intact one."""
        end = len(buffer)
        if end - position >= HEADER_BYTES:
            length = _LENGTH.unpack_from(buffer, position)[0]
            end = min(end, position + max(length + FRAME_BYTES, least))
        self._feed(bytes(buffer[position:end]))
        behind, piece = b"", _LEAST_BLOCK
        while self._records.open_damage is not None and end < len(buffer):
            start, end = end, min(end + piece, len(buffer))
            behind = self._feed_until_intact(bytes(buffer[start:end]))
            piece *= 2
        if self._records.open_damage is None and end < len(buffer):
            behind = behind or self._records.release()
        return end - len(behind)

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

    def _tell_tail_damage(self) -> None:
        """Tell of a damaged stretch that goes on to the end of what is there, without waiting for its end."""
        damage = self._records.open_damage
        if damage is not None and damage.offset != self._open_damage:
            self._open_damage = damage.offset
            self._told.append(self._problem(damage.offset, f"{damage.reason}, and no record follows"))

    def _problem(self, offset: int, reason: str) -> Problem:
        return Problem(self._decoder.path, offset, reason)

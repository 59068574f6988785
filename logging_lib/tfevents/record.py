"""Records, the frames of an event file: encode one, decode a growing file.

A record is `<u64 length><u32 masked crc of the 8 length bytes><payload><u32 masked crc of the payload>`, little
endian (tensorflow/core/lib/io/record_writer.cc).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import Enum, auto

from logging_lib.tfevents.crc32c import masked_crc32c

_LENGTH = struct.Struct("<Q")
_HEADER = struct.Struct("<QI")
_CRC = struct.Struct("<I")
HEADER_BYTES = _HEADER.size
FOOTER_BYTES = _CRC.size
FRAME_BYTES = HEADER_BYTES + FOOTER_BYTES
# A header is checked by its own CRC, so a longer record than this is a writer's error or one chance in 2**32;
# believing it would make the reader wait for gigabytes that never come. protobuf itself stops at 2 GiB.
MAX_PAYLOAD_BYTES = (1 << 31) - 1

# The high half of every length up to MAX_PAYLOAD_BYTES: a search jumps from one such place to the next.
_HIGH_HALF = bytes(4)
_NO_HEADER = bytes(HEADER_BYTES)
_NOT_ZERO = re.compile(rb"[^\0]")
# Between two breaths of a search: a third of a millisecond of either.
_STRIDE = 1 << 18
_TRIES = 512


def encode_record(payload: bytes) -> bytes:
    """Frame one payload."""
    return b"".join((encode_header(len(payload)), payload, _CRC.pack(masked_crc32c(payload))))


def encode_header(length: int) -> bytes:
    """The 12 bytes before a payload of so many bytes."""
    data = _LENGTH.pack(length)
    return data + _CRC.pack(masked_crc32c(data))


@dataclass(frozen=True, slots=True)
class Record:
    """A payload whose CRC is right; `offset` is where the payload starts in the file, in bytes."""

    offset: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes `offset` to `offset + length` of the file, which hold no readable record, and why."""

    offset: int
    length: int
    reason: str


class _Header(Enum):
    GOOD = auto()
    BAD = auto()
    SHORT = auto()


class RecordDecoder:
    """Decodes records from the pieces of a growing file; how it is cut into pieces makes no difference.

    A truncated record is a state, not an error: its bytes wait here until the rest is fed. A record whose payload
    fails its CRC is skipped where another header stands at its end; otherwise its length is not to be trusted
    either (its writer died in the middle of it, and another one went on), and the next header may stand anywhere
    behind its first byte. There, and after a header that fails its CRC, the decoder looks for the next offset whose
    12 header bytes check out (a wrong hit has one chance in 2**32 per byte), and reports what lies before it as one
    `Damage`.

    Invariants: `offset` is the file offset of the first byte in `_buffer`; `offset + pending` bytes have been fed;
    between calls a damaged stretch reaches from `_damaged_from` to `offset`, or starts there and may go on.
    """

    def __init__(self, offset: int = 0, *, breathe: Callable[[], None] = lambda: None) -> None:
        """
        Args:
            offset: where in the file the first byte fed lies.
            breathe: called every now and then in a long search; what it raises ends the search, and the next feed
                takes it up again.
        """
        self.offset = offset
        self._breathe = breathe
        self._buffer = bytearray()
        self._damaged_from: int | None = None
        self._reason = ""

    @property
    def pending(self) -> int:
        """Bytes fed that do not make a whole record yet: the file's open tail."""
        return len(self._buffer)

    @property
    def open_damage(self) -> Damage | None:
        """A damaged stretch whose end has not been seen yet: up to the last byte fed, or None."""
        if self._damaged_from is None:
            return None
        return Damage(self._damaged_from, self.offset + self.pending - self._damaged_from, self._reason)

    def release(self) -> bytes:
        """Hand back the bytes that wait, which somebody else is to decode; not while damage is open."""
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    def feed(self, data: bytes) -> Generator[Record | Damage]:
        """Yield what `data`, the bytes that follow those fed before, completes.

        The generator must be exhausted or closed before the next call; what it has not reached stays pending.
        """
        self._buffer += data
        position = 0
        try:
            while (step := self._next(position)) is not None:
                position, item = step
                if item is not None:
                    yield item
        finally:
            del self._buffer[:position]
            self.offset += position

    def _next(self, position: int) -> tuple[int, Record | Damage | None] | None:
        """One step from `position`: the position after it and what it found; None when bytes are missing."""
        header, length = self._header_at(position)
        if header is _Header.SHORT:
            return None
        if header is _Header.BAD:
            self._begin_damage(position, self._reason_at(position))
            return self._search(position + 1), None
        if self._damaged_from is not None and self._damaged_from < self.offset + position:
            return position, self._end_damage(position)
        return self._payload(position, length)

    def _header_at(self, position: int) -> tuple[_Header, int]:
        if len(self._buffer) - position < HEADER_BYTES:
            return _Header.SHORT, 0
        length, crc = _HEADER.unpack_from(self._buffer, position)
        if length > MAX_PAYLOAD_BYTES or masked_crc32c(self._buffer[position : position + _LENGTH.size]) != crc:
            return _Header.BAD, 0
        return _Header.GOOD, length

    def _reason_at(self, position: int) -> str:
        """Why the header at `position` is bad."""
        length, crc = _HEADER.unpack_from(self._buffer, position)
        if masked_crc32c(self._buffer[position : position + _LENGTH.size]) == crc:
            return f"record claims {length} bytes"
        return "record header fails its CRC"

    def _payload(self, position: int, length: int) -> tuple[int, Record | None] | None:
        start = position + HEADER_BYTES
        end = start + length + FOOTER_BYTES
        if end > len(self._buffer):
            return None
        payload = bytes(self._buffer[start : start + length])
        (crc,) = _CRC.unpack_from(self._buffer, start + length)
        if masked_crc32c(payload) == crc:
            return end, Record(self.offset + start, payload)
        self._begin_damage(position, "payload fails its CRC")
        following, _ = self._header_at(end)
        if following is _Header.SHORT:  # what comes will tell whether the length can be trusted
            return None
        found = self._search(position + 1)
        return (found if following is _Header.BAD or self._leads_to(found, end) else end), None

    def _search(self, start: int) -> int:
        """The first position from `start` on with a good header, or with too few bytes to tell."""
        buffer = self._buffer
        end = max(start, len(buffer) - HEADER_BYTES + 1)
        position, tries = start, 0
        while position < end:
            high = buffer.find(_HIGH_HALF, position + len(_HIGH_HALF), position + _STRIDE)
            if high < 0:
                position += _STRIDE - 2 * len(_HIGH_HALF) + 1
                self._breathe()
                continue
            position = high - len(_HIGH_HALF)
            if position >= end:
                break
            if buffer.startswith(_NO_HEADER, position):
                position = self._skip_zeros(position)
            elif self._header_at(position)[0] is _Header.GOOD:
                return position
            else:
                position += 1
            tries += 1
            if tries % _TRIES == 0:
                self._breathe()
        return end

    def _leads_to(self, position: int, end: int) -> bool:
        """Whether records stand from `position` on, one right behind the other, until exactly `end`.

        So they do where a torn record's claimed end meets one of those written after it; event files that are
        themselves the payload end before its CRC.
        """
        while position < end:
            header, length = self._header_at(position)
            if header is not _Header.GOOD:
                return False
            position += length + FRAME_BYTES
        return position == end

    def _skip_zeros(self, position: int) -> int:
        """The position, in or behind the zeros that start here, whose header ends with their first other byte.

        A header of zeros fails its CRC, so none before that position is good.
        """
        start = position + HEADER_BYTES
        while (found := _NOT_ZERO.search(self._buffer, start, start + _STRIDE)) is None and start < len(self._buffer):
            start += _STRIDE
            self._breathe()
        other = found.start() if found else len(self._buffer)
        return other - HEADER_BYTES + 1

    def _begin_damage(self, position: int, reason: str) -> None:
        if self._damaged_from is None:
            self._damaged_from, self._reason = self.offset + position, reason

    def _end_damage(self, position: int) -> Damage:
        assert self._damaged_from is not None
        start, self._damaged_from = self._damaged_from, None
        end = self.offset + position
        return Damage(start, end - start, self._reason)

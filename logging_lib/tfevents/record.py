"""Records, the frames of an event file: encode one, decode a growing file.

A record is `<u64 length><u32 masked crc of the 8 length bytes><payload><u32 masked crc of the payload>`, little
endian (tensorflow/core/lib/io/record_writer.cc).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
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


def encode_record(payload: bytes) -> bytes:
    """Frame one payload."""
    length = _LENGTH.pack(len(payload))
    return b"".join((length, _CRC.pack(masked_crc32c(length)), payload, _CRC.pack(masked_crc32c(payload))))


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
    """Decodes records from the pieces of a growing file.

    A truncated record is a state, not an error: its bytes wait here until the rest is fed. A record whose payload
    fails its CRC is skipped as a `Damage`. After a header that fails its CRC the decoder looks for the next offset
    whose 12 header bytes check out (a wrong hit has one chance in 2**32 per byte), and reports what lies between
    as one `Damage`.

    Invariant: `offset` is the file offset of the first byte in `_buffer`; `offset + pending` bytes have been fed.
    """

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset
        self._buffer = bytearray()
        self._damaged_from: int | None = None

    @property
    def pending(self) -> int:
        """Bytes fed that do not make a whole record yet: the file's open tail."""
        return len(self._buffer)

    @property
    def searching_from(self) -> int | None:
        """Offset of a damaged stretch whose end has not been seen yet, or None."""
        return self._damaged_from

    def feed(self, data: bytes) -> Iterator[Record | Damage]:
        """Yield what `data`, the bytes that follow those fed before, completes.

        The iterator must be exhausted before the next call; what it has not reached stays pending.
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
            return self._search(position)
        if self._damaged_from is not None:
            return position, self._end_damage(position)
        return self._payload(position, length)

    def _header_at(self, position: int) -> tuple[_Header, int]:
        if len(self._buffer) - position < HEADER_BYTES:
            return _Header.SHORT, 0
        length, crc = _HEADER.unpack_from(self._buffer, position)
        if masked_crc32c(self._buffer[position : position + _LENGTH.size]) != crc or length > MAX_PAYLOAD_BYTES:
            return _Header.BAD, 0
        return _Header.GOOD, length

    def _payload(self, position: int, length: int) -> tuple[int, Record | Damage] | None:
        start = position + HEADER_BYTES
        end = start + length + FOOTER_BYTES
        if end > len(self._buffer):
            return None
        payload = bytes(self._buffer[start : start + length])
        (crc,) = _CRC.unpack_from(self._buffer, start + length)
        if masked_crc32c(payload) != crc:
            return end, Damage(self.offset + position, end - position, "payload fails its CRC")
        return end, Record(self.offset + start, payload)

    def _search(self, position: int) -> tuple[int, None]:
        """Go to the next header that checks out, or as far as the bytes fed allow."""
        if self._damaged_from is None:
            self._damaged_from = self.offset + position
        position += 1
        while self._header_at(position)[0] is _Header.BAD:
            position += 1
        return position, None

    def _end_damage(self, position: int) -> Damage:
        assert self._damaged_from is not None
        start, self._damaged_from = self._damaged_from, None
        end = self.offset + position
        return Damage(start, end - start, "record header fails its CRC")

"""protobuf's wire format, the little of it that an event needs: written without protobuf, for speed and a light import.

Source: https://protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

import struct

_UINT64 = (1 << 64) - 1
_DOUBLE = struct.Struct("<d")

_VARINT, _FIXED64, _BYTES = 0, 1, 2
# Fields of Event (event.proto).
_WALL_TIME = bytes([1 << 3 | _FIXED64])
_STEP = bytes([2 << 3 | _VARINT])
SUMMARY = 5


def varint(number: int) -> bytes:
    """An integer of 64 bits, signed or not."""
    rest = number & _UINT64
    encoded = bytearray()
    while rest > 0x7F:
        encoded.append(rest & 0x7F | 0x80)
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded)


def bytes_field(number: int, content: bytes) -> bytes:
    """A field that holds bytes, a string or a message."""
    return varint(number << 3 | _BYTES) + varint(len(content)) + content


def event_start(wall_time: float, step: int | None = None) -> bytes:
    """The first two fields of an Event; a step of 0 is not stored, as protobuf does not."""
    return _WALL_TIME + _DOUBLE.pack(wall_time) + step_field(step)


def step_field(step: int | None) -> bytes:
    """An Event's step."""
    return _STEP + varint(step) if step else b""

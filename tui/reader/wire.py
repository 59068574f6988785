"""Walks protobuf's wire format: which fields a message has, and where their bytes lie.

Source: https://protobuf.dev/programming-guides/encoding. Only what event files need: varints, fixed 32 and 64 bits,
length-delimited fields; groups are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

VARINT, FIXED64, DELIMITED, FIXED32 = 0, 1, 2, 5
_FIXED_BYTES = {FIXED64: 8, FIXED32: 4}
_MOST_VARINT_BYTES = 10
_UINT64 = (1 << 64) - 1
"""Of the bits of ten bytes protobuf keeps 64."""


class WireError(ValueError):
    """Bytes that are no message, or that hold what this module does not know."""


class Field(NamedTuple):
    """One field of a message: its value's bytes are `start` to `end`; `value` is a varint's number, else 0."""

    number: int
    wire_type: int
    start: int
    end: int
    value: int


def fields(data: bytes, start: int, end: int) -> Iterator[Field]:
    """The fields of the message in `data[start:end]`, in order.

    Raises:
        WireError: a field that goes beyond the message, or of another wire type.
    """
    position = start
    while position < end:
        key, position = _varint(data, position, end)
        number, wire_type = key >> 3, key & 7
        value = 0
        if wire_type == VARINT:
            value, value_end = _varint(data, position, end)
        elif wire_type == DELIMITED:
            length, position = _varint(data, position, end)
            value_end = position + length
        elif wire_type in _FIXED_BYTES:
            value_end = position + _FIXED_BYTES[wire_type]
        else:
            raise WireError(f"wire type {wire_type}")
        if value_end > end:
            raise WireError("field beyond its message")
        yield Field(number, wire_type, position, value_end, value)
        position = value_end


def _varint(data: bytes, position: int, end: int) -> tuple[int, int]:
    value = 0
    for place in range(_MOST_VARINT_BYTES):
        if position + place >= end:
            break
        byte = data[position + place]
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value & _UINT64, position + place + 1
    raise WireError("varint without an end")

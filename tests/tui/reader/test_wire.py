"""The fields of a message, and bytes that are none."""

from __future__ import annotations

import pytest

from logging_lib.tfevents.proto import event_pb2
from tests.tui.reader import wire_events as wire
from tui.reader.wire import DELIMITED, FIXED32, FIXED64, VARINT, Field, WireError, fields


def test_fields_of_every_type() -> None:
    data = (
        wire.varint_field(1, 300) + wire.double_field(2, 1.5) + wire.bytes_field(3, b"abc") + wire.float_field(4, 0.5)
    )
    assert list(fields(data, 0, len(data))) == [
        Field(1, VARINT, 1, 3, 300),
        Field(2, FIXED64, 4, 12, 0),
        Field(3, DELIMITED, 14, 17, 0),
        Field(4, FIXED32, 18, 22, 0),
    ]


def test_a_message_inside_other_bytes() -> None:
    inner = wire.bytes_field(200, b"") + wire.varint_field(1, 0)
    data = b"\xff\xff" + inner + b"\xff"
    assert list(fields(data, 2, 2 + len(inner))) == [Field(200, DELIMITED, 5, 5, 0), Field(1, VARINT, 6, 7, 0)]


def test_no_fields() -> None:
    assert list(fields(b"", 0, 0)) == []


@pytest.mark.parametrize("number", [0, 127, 128, (1 << 63) - 1, (1 << 64) - 1])
@pytest.mark.parametrize("length", [1, 10])
def test_varints(number: int, length: int) -> None:
    data = wire.varint_field(2, number, length)
    assert list(fields(data, 0, len(data))) == [Field(2, VARINT, 1, len(data), number)]


@pytest.mark.parametrize(("last", "number"), [(0x28, 0), (0x7F, 1 << 63), (0x02, 0), (0x03, 1 << 63)])
def test_a_varint_of_more_than_64_bits_is_what_protobuf_reads(last: int, number: int) -> None:
    data = b"\x10" + b"\x80" * 9 + bytes([last])
    assert list(fields(data, 0, len(data))) == [Field(2, VARINT, 1, 11, number)]
    assert event_pb2.Event.FromString(data).step == number - (1 << 64 if number else 0)


@pytest.mark.parametrize(
    "data",
    [
        b"\x80",
        b"\x08",
        b"\x08\x80",
        b"\x08" + b"\x80" * 10 + b"\x00",
        b"\x09" + bytes(7),
        b"\x0d" + bytes(3),
        b"\x0a\x02a",
        b"\x0a",
        b"\x0b\x0c",
        b"\x0c",
        b"\x0e",
        b"\x0f",
    ],
)
def test_bytes_that_are_no_message(data: bytes) -> None:
    with pytest.raises(WireError):
        list(fields(data, 0, len(data)))


def test_a_field_may_not_end_behind_its_message() -> None:
    data = wire.bytes_field(1, b"abcd")
    found = fields(wire.varint_field(1, 5) + data, 0, 2 + len(data) - 1)
    assert next(found) == Field(1, VARINT, 1, 2, 5)
    with pytest.raises(WireError, match="beyond"):
        next(found)

"""The wire format, as protobuf itself writes it."""

from __future__ import annotations

import pytest

from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.wire import bytes_field, event_start, step_field, varint


@pytest.mark.parametrize(
    ("number", "encoded"),
    [
        (0, "00"),
        (1, "01"),
        (127, "7f"),
        (128, "8001"),
        (300, "ac02"),
        (16383, "ff7f"),
        (16384, "808001"),
        ((1 << 63) - 1, "ff" * 8 + "7f"),
        ((1 << 64) - 1, "ff" * 9 + "01"),
        (-1, "ff" * 9 + "01"),
        (-(1 << 63), "80" * 9 + "01"),
    ],
)
def test_varints_have_seven_bits_a_byte_and_the_lowest_first(number: int, encoded: str) -> None:
    assert varint(number).hex() == encoded


@pytest.mark.parametrize("length", [0, 1, 127, 128, 20_000])
def test_a_field_of_bytes(length: int) -> None:
    event = event_pb2.Event(file_version="v" * length)
    assert bytes_field(3, b"v" * length) == (event.SerializeToString() or b"\x1a\0")
    assert bytes_field(300, b"ab").hex() == "e212" + "02" + b"ab".hex()


@pytest.mark.parametrize("step", [1, 127, 128, -1, (1 << 63) - 1, -(1 << 63)])
def test_an_event_starts_with_wall_time_and_step(step: int) -> None:
    expected = event_pb2.Event(wall_time=1.5, step=step).SerializeToString()
    assert event_start(1.5, step) == expected
    assert step_field(step) == expected.removeprefix(event_start(1.5))


@pytest.mark.parametrize("step", [None, 0])
def test_no_step_and_step_zero_are_not_stored(step: int | None) -> None:
    assert step_field(step) == b""
    assert event_start(-0.25, step) == event_pb2.Event(wall_time=-0.25).SerializeToString()

"""Where the numbers of an event lie, for every encoding; which events have no layout."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from logging_lib.tfevents.proto import tensor_pb2
from tests import builders
from tests.tui.reader import wire_events as wire
from tests.tui.reader.wire_events import Shape, Value
from tui.reader.scalar_layout import Geometry, ScalarField, column, layout_of, mask_of, times_of

FLOAT, DOUBLE, HALF = tensor_pb2.DT_FLOAT, tensor_pb2.DT_DOUBLE, tensor_pb2.DT_HALF
INT32, INT64 = tensor_pb2.DT_INT32, tensor_pb2.DT_INT64
F2, F4, F8, I4, I8 = (np.dtype(name) for name in ("<f2", "<f4", "<f8", "<i4", "<i8"))
WALL_TIME = 1_700_000_000.25


def encode(*values: Value, step: int = 5, number: float = 0.5, **options: Any) -> bytes:
    return Shape(values, **options).encode(step, WALL_TIME, [number] * len(values), 0)


def test_a_simple_value() -> None:
    payload = encode(Value(b"loss"))
    assert payload == (
        b"\x09" + struct.pack("<d", WALL_TIME) + b"\x10\x05\x2a\x0d\x0a\x0b\x0a\x04loss\x15" + struct.pack("<f", 0.5)
    )
    layout = layout_of(payload)
    assert layout is not None
    assert layout.geometry == Geometry(26, 1, 10, 1, ((22, F4),))
    assert layout.scalars == (ScalarField("loss", 22, F4, False, False),)
    assert layout.tags == ("loss",)
    assert not layout.repeats_a_tag
    assert layout.mask.tobytes() == b"\xff" + bytes(8) + b"\xff\x80" + b"\xff" * 11 + bytes(4)
    assert layout.constant.tobytes() == b"\x09" + bytes(8) + b"\x10\0\x2a\x0d\x0a\x0b\x0a\x04loss\x15" + bytes(4)


@pytest.mark.parametrize(
    ("value", "dtype", "kept_as"),
    [
        (Value(b"loss"), F4, F4),
        (Value(b"loss", FLOAT), F4, F4),
        (Value(b"loss", FLOAT, "packed"), F4, F4),
        (Value(b"loss", FLOAT, "unpacked"), F4, F4),
        (Value(b"loss", DOUBLE), F8, F8),
        (Value(b"loss", DOUBLE, "packed"), F8, F8),
        (Value(b"loss", DOUBLE, "unpacked"), F8, F8),
        (Value(b"loss", HALF), F2, F4),
        (Value(b"loss", INT32), I4, F8),
        (Value(b"loss", INT64), I8, F8),
        (Value(b"loss", FLOAT, shape=(1,)), F4, F4),
        (Value(b"loss", FLOAT, shape=None), F4, F4),
        (Value(b"loss", FLOAT, version=True), F4, F4),
        (Value(b"loss", extra=wire.bytes_field(7, b"node")), F4, F4),
        (Value(b"loss", number_first=True), F4, F4),
        (Value(b"loss", FLOAT, number_first=True), F4, F4),
        (Value(b""), F4, F4),
        (Value("Verlust/größe".encode()), F4, F4),
    ],
)
@pytest.mark.parametrize("named", [False, True])
def test_one_number_in_every_encoding(value: Value, dtype: np.dtype[Any], kept_as: np.dtype[Any], named: bool) -> None:
    if named:
        value = replace(value, plugin=b"scalars", plugin_until=1)
    payload = encode(value, number=0.5)
    layout = layout_of(payload)
    assert layout is not None
    [field] = layout.scalars
    assert field == ScalarField(value.tag.decode(), field.offset, dtype, value.dtype is not None, named)
    assert field.kept_as == kept_as
    assert layout.geometry == Geometry(len(payload), 1, 10, 1, ((field.offset, dtype),))
    assert np.frombuffer(payload, dtype, 1, field.offset).tolist() == [500 if dtype.kind == "i" else 0.5]
    other = encode(value, number=0.25, step=99)
    differing = np.frombuffer(payload, np.uint8) ^ np.frombuffer(other, np.uint8)
    assert not (differing & layout.mask).any()
    again = layout_of(other)
    assert again is not None
    assert again.constant.tobytes() == layout.constant.tobytes()


@pytest.mark.parametrize(
    ("step", "length", "mask"),
    [
        (127, 1, b"\x80"),
        (128, 2, b"\x80" * 2),
        (1 << 14, 3, b"\x80" * 3),
        ((1 << 63) - 1, 9, b"\x80" * 9),
        (-1, 10, b"\x80" * 9 + b"\xff"),
    ],
)
def test_steps_of_every_length(step: int, length: int, mask: bytes) -> None:
    payload = encode(Value(b"loss"), step=step)
    layout = layout_of(payload)
    assert layout is not None
    assert (layout.geometry.step, layout.geometry.step_bytes) == (10, length)
    assert layout.mask[10 : 10 + length].tobytes() == mask
    steps, wall_times = times_of(layout.geometry, np.frombuffer(payload * 2, np.uint8).reshape(2, -1))
    assert steps.tolist() == [step] * 2
    assert wall_times.tolist() == [WALL_TIME] * 2


def test_steps_and_wall_times_that_are_left_out() -> None:
    payload = encode(Value(b"loss"), step=0, has_wall_time=False)
    layout = layout_of(payload)
    assert layout is not None
    assert layout.geometry == Geometry(len(payload), None, None, 0, ((len(payload) - 4, F4),))
    assert layout.mask.tobytes() == b"\xff" * (len(payload) - 4) + bytes(4)
    steps, wall_times = times_of(layout.geometry, np.frombuffer(payload, np.uint8).reshape(1, -1))
    assert (steps.tolist(), steps.dtype) == ([0], np.int64)
    assert (wall_times.tolist(), wall_times.dtype) == ([0.0], np.float64)


def test_fields_in_another_order() -> None:
    payload = encode(Value(b"loss"), order=(2, 1, 0), extra=wire.bytes_field(10, b"\x0a\x01w"))
    layout = layout_of(payload)
    assert layout is not None
    assert layout.geometry == Geometry(len(payload), 18, 16, 1, ((11, F4),))


def test_several_values() -> None:
    payload = encode(Value(b"a"), Value(b"b", DOUBLE), Value(b"a"))
    layout = layout_of(payload)
    assert layout is not None
    assert layout.tags == ("a", "b", "a")
    assert layout.repeats_a_tag
    assert [field.dtype for field in layout.scalars] == [F4, F8, F4]
    rows = np.frombuffer(payload * 3, np.uint8).reshape(3, -1)
    for offset, dtype in layout.geometry.numbers:
        assert column(rows, offset, dtype).tolist() == [0.5] * 3


def test_masks() -> None:
    assert mask_of(Geometry(4, None, None, 0, ((1, F2),))).tobytes() == b"\xff\0\0\xff"
    assert mask_of(Geometry(12, None, 1, 10, ())).tobytes() == b"\xff" + b"\x80" * 9 + b"\xff\xff"
    assert mask_of(Geometry(9, 0, None, 0, ())).tobytes() == bytes(8) + b"\xff"


SUMMARY_OF_NOTHING = wire.bytes_field(5, b"")
LOSS = wire.bytes_field(1, wire.bytes_field(1, b"loss") + wire.float_field(2, 0.5))
REFUSED = {
    "nothing": b"",
    "no event": b"no event",
    "no summary": wire.double_field(1, 5.0),
    "a summary of nothing": SUMMARY_OF_NOTHING,
    "a version": builders.version_event().SerializeToString(),
    "a histogram": wire.histogram_event(),
    "a text": wire.text_event(),
    "a session": wire.start_event(),
    "an unknown field of the event": encode(Value(b"loss"), extra=wire.varint_field(15, 3)),
    "an unknown field of the summary": wire.bytes_field(5, LOSS + wire.varint_field(15, 3)),
    "an unknown field of the value": encode(Value(b"loss", extra=wire.varint_field(15, 3))),
    "two summaries": encode(Value(b"a"), Value(b"b"), split_summary=True),
    "two steps": encode(Value(b"loss"), doubled_step=True),
    "two numbers": encode(Value(b"loss", doubled=True)),
    "two tensors": encode(Value(b"loss", FLOAT, doubled=True)),
    "a number and a tensor": encode(
        Value(b"loss", FLOAT, extra=wire.float_field(2, 1.0)),
    ),
    "no number": wire.bytes_field(5, wire.bytes_field(1, wire.bytes_field(1, b"loss"))),
    "a tag that is no text": encode(Value(b"\xff")),
    "a tag that is a number": wire.bytes_field(5, wire.bytes_field(1, wire.varint_field(1, 5) + LOSS[-5:])),
    "a number that is a varint": wire.bytes_field(5, wire.bytes_field(1, wire.varint_field(2, 5))),
    "a wall time that is a varint": wire.varint_field(1, 5) + wire.bytes_field(5, LOSS),
    "a step of eight bytes": wire.double_field(2, 5.0) + wire.bytes_field(5, LOSS),
    "a step without an end": b"\x10" + b"\x80" * 11 + wire.bytes_field(5, LOSS),
    "a summary that is no message": wire.varint_field(5, 1),
    "a tensor that is no message": wire.bytes_field(5, wire.bytes_field(1, wire.varint_field(8, 1))),
    "a tensor of two dimensions": encode(Value(b"loss", FLOAT, shape=(1, 1))),
    "a tensor of two": encode(Value(b"loss", FLOAT, shape=(2,))),
    "a bool": encode(Value(b"loss", tensor_pb2.DT_BOOL)),
    "a byte": encode(Value(b"loss", tensor_pb2.DT_UINT8)),
    "a bfloat16": encode(Value(b"loss", tensor_pb2.DT_BFLOAT16)),
    "a half in a list": encode(Value(b"loss", HALF, "packed")),
    "an int in a list": encode(Value(b"loss", INT64, "unpacked")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_events_without_a_layout(name: str) -> None:
    assert layout_of(REFUSED[name]) is None


@pytest.mark.parametrize(
    "tensor",
    [
        wire.bytes_field(4, bytes(4)),
        wire.varint_field(1, FLOAT),
        wire.varint_field(1, FLOAT) + wire.bytes_field(4, bytes(8)),
        wire.varint_field(1, FLOAT) + wire.bytes_field(4, b""),
        wire.varint_field(1, FLOAT) + wire.bytes_field(4, bytes(4)) + wire.float_field(5, 1.0),
        wire.varint_field(1, FLOAT) + wire.float_field(5, 1.0) * 2,
        wire.varint_field(1, FLOAT) + wire.bytes_field(5, bytes(8)),
        wire.varint_field(1, FLOAT) + wire.varint_field(5, 1),
        wire.varint_field(1, DOUBLE) + wire.float_field(5, 1.0),
        wire.varint_field(1, FLOAT) + wire.double_field(6, 1.0),
        wire.varint_field(1, FLOAT | 1 << 32) + wire.bytes_field(4, bytes(4)),
        wire.float_field(1, 1.0) + wire.bytes_field(4, bytes(4)),
    ],
)
def test_tensors_without_a_layout(tensor: bytes) -> None:
    value = wire.bytes_field(1, b"loss") + wire.bytes_field(8, tensor)
    assert layout_of(wire.bytes_field(5, wire.bytes_field(1, value))) is None


def test_any_event_cut_short_has_no_layout() -> None:
    payload = encode(Value(b"loss"), Value(b"lr", FLOAT))
    assert layout_of(payload) is not None
    assert [cut for cut in range(len(payload)) if layout_of(payload[:cut]) is not None] == []

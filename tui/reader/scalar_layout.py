"""Where the numbers lie in the bytes of an event that holds nothing but scalars.

Events of one layout differ in their wall time, step and values only, so that many of them are decoded at once. A
layout is found by a walk over one sample's wire format; what the walk does not know has none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError

from logging_lib.tfevents.proto import event_pb2, tensor_pb2
from tui.reader.scalar_number import number_of
from tui.reader.wire import DELIMITED, FIXED32, FIXED64, VARINT, Field, WireError, fields

Bytes = npt.NDArray[np.uint8]

# Field numbers of the messages in event.proto, summary.proto and tensor.proto.
_EVENT = {"wall_time": 1, "step": 2, "summary": 5, "source_metadata": 10}
_VALUE = {"tag": 1, "simple_value": 2, "node_name": 7, "tensor": 8, "metadata": 9}
_TENSOR = {"dtype": 1, "shape": 2, "version": 3, "content": 4, "float_val": 5, "double_val": 6}
# Tensor dtypes whose raw bytes numpy reads as they are.
_CONTENT: dict[int, np.dtype[Any]] = {
    tensor_pb2.DT_FLOAT: np.dtype("<f4"),
    tensor_pb2.DT_DOUBLE: np.dtype("<f8"),
    tensor_pb2.DT_HALF: np.dtype("<f2"),
    tensor_pb2.DT_INT32: np.dtype("<i4"),
    tensor_pb2.DT_INT64: np.dtype("<i8"),
}
_LISTS = {"float_val": (tensor_pb2.DT_FLOAT, 4), "double_val": (tensor_pb2.DT_DOUBLE, 8)}
_FLOAT32 = np.dtype("<f4")
_FLOAT64 = np.dtype("<f8")
_INT64_BYTES = 10


class ScalarField(NamedTuple):
    """One scalar of an event: its tag, and where its number lies in the payload, stored as `dtype`."""

    tag: str
    offset: int
    dtype: np.dtype[Any]
    is_tensor: bool
    has_metadata: bool

    @property
    def kept_as(self) -> np.dtype[Any]:
        """The float type of the series' values."""
        return _FLOAT32 if self.dtype.kind == "f" and self.dtype.itemsize <= _FLOAT32.itemsize else _FLOAT64


class Geometry(NamedTuple):
    """What layouts may share though their tags differ: where the numbers lie.

    `wall_time` is the offset of its 8 bytes; `step` that of its `step_bytes` bytes of varint. Both offsets are None
    where the event leaves the field out, which stands for 0.
    """

    length: int
    wall_time: int | None
    step: int | None
    step_bytes: int
    numbers: tuple[tuple[int, np.dtype[Any]], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The layout of an event: `constant` is its payload with all bits zero that `mask` lets vary, uint8[length].

    `tags` are those of the scalars.
    """

    geometry: Geometry
    scalars: tuple[ScalarField, ...]
    tags: tuple[str, ...]
    mask: Bytes
    constant: Bytes

    @property
    def repeats_a_tag(self) -> bool:
        """Whether a tag has two values in one event."""
        return len(set(self.tags)) < len(self.scalars)


def layout_of(payload: bytes) -> Layout | None:
    """The layout of an event, None where it holds anything but scalars or is written in an unusual way."""
    try:
        found = _walk(payload)
    except WireError:
        return None
    return found if _reads_alike(found, payload) else None


def mask_of(geometry: Geometry) -> Bytes:
    """Which bits of a payload must not vary, uint8[length]."""
    mask = np.full(geometry.length, 0xFF, np.uint8)
    if geometry.wall_time is not None:
        mask[geometry.wall_time : geometry.wall_time + 8] = 0
    if geometry.step is not None:
        # Whether another byte of the varint follows; of a tenth byte only one bit counts, and it is always set.
        mask[geometry.step : geometry.step + min(geometry.step_bytes, _INT64_BYTES - 1)] = 0x80
    for offset, dtype in geometry.numbers:
        mask[offset : offset + dtype.itemsize] = 0
    return mask


def _walk(payload: bytes) -> Layout:
    """Raises WireError where the event is not of a known form."""
    event = _only(_EVENT, fields(payload, 0, len(payload)))
    summary = _delimited(event.get("summary"))
    wall_time, step = event.get("wall_time"), event.get("step")
    if (wall_time and wall_time.wire_type != FIXED64) or (step and step.wire_type != VARINT):
        raise WireError("wall time or step of another type")
    scalars = tuple(_values(payload, summary))
    if not scalars:
        raise WireError("no values")
    geometry = Geometry(
        len(payload),
        wall_time.start if wall_time else None,
        step.start if step else None,
        step.end - step.start if step else 0,
        tuple((scalar.offset, scalar.dtype) for scalar in scalars),
    )
    mask = mask_of(geometry)
    tags = tuple(scalar.tag for scalar in scalars)
    return Layout(geometry, scalars, tags, mask, np.frombuffer(payload, np.uint8) & mask)


def _values(payload: bytes, summary: Field) -> Iterator[ScalarField]:
    for field in fields(payload, summary.start, summary.end):
        if field.number != 1:
            raise WireError("summary with more than values")
        inside = _delimited(field)
        yield _value(payload, _only(_VALUE, fields(payload, inside.start, inside.end)))


def _value(payload: bytes, value: dict[str, Field]) -> ScalarField:
    tag = value.get("tag")
    name = "" if tag is None else _text(payload, _delimited(tag))
    simple, tensor = value.get("simple_value"), value.get("tensor")
    if (simple is None) == (tensor is None):
        raise WireError("value of another kind")
    if simple is not None:
        return ScalarField(name, _fixed(simple, 4), _FLOAT32, False, "metadata" in value)
    offset, dtype = _tensor(payload, _delimited(tensor))
    return ScalarField(name, offset, dtype, True, "metadata" in value)


def _tensor(payload: bytes, tensor: Field) -> tuple[int, np.dtype[Any]]:
    """Where the only number of a tensor lies, and as what it is stored."""
    parts = _only(_TENSOR, fields(payload, tensor.start, tensor.end))
    code = parts["dtype"].value if "dtype" in parts else 0
    dtype = _CONTENT.get(code)
    held = [name for name in ("content", *_LISTS) if name in parts]
    if dtype is None or len(held) != 1:
        raise WireError("tensor of another dtype or encoding")
    numbers = parts[held[0]]
    if held[0] == "content":
        start, size = _delimited(numbers).start, numbers.end - numbers.start
    else:
        expected, size = _LISTS[held[0]]
        if code != expected:
            raise WireError("list of another dtype")
        # Packed or not: either way the number's bytes are the field's last ones.
        start, size = numbers.start, numbers.end - numbers.start
        if numbers.wire_type == VARINT:
            raise WireError("list of another type")
    if size != dtype.itemsize:
        raise WireError("tensor of more or less than one number")
    return start, dtype


def _only(names: dict[str, int], found: Iterator[Field]) -> dict[str, Field]:
    """Fields by name; WireError where one has no name here, or comes twice."""
    by_number = {number: name for name, number in names.items()}
    named: dict[str, Field] = {}
    for field in found:
        name = by_number.get(field.number)
        if name is None or name in named:
            raise WireError(f"field {field.number}, unknown or twice")
        named[name] = field
    return named


def _delimited(field: Field | None) -> Field:
    if field is None or field.wire_type != DELIMITED:
        raise WireError("missing message")
    return field


def _fixed(field: Field, size: int) -> int:
    if field.wire_type != FIXED32 or field.end - field.start != size:
        raise WireError("number of another size")
    return field.start


def _text(payload: bytes, field: Field) -> str:
    try:
        return payload[field.start : field.end].decode()
    except UnicodeDecodeError as error:
        raise WireError("tag that is no UTF-8") from error


def _reads_alike(layout: Layout, payload: bytes) -> bool:
    """Whether protobuf reads the sample just so: the walk is not trusted, whatever it was given."""
    try:
        event = event_pb2.Event.FromString(payload)
    except DecodeError:
        return False
    steps, wall_times = times_of(layout.geometry, np.frombuffer(payload, np.uint8).reshape(1, -1))
    if event.WhichOneof("what") != "summary" or len(event.summary.value) != len(layout.scalars):
        return False
    alike = int(steps[0]) == event.step and _same(float(wall_times[0]), event.wall_time)
    for field, value in zip(layout.scalars, event.summary.value, strict=True):
        kind = "tensor" if field.is_tensor else "simple_value"
        if value.WhichOneof("value") != kind or value.tag != field.tag:
            return False
        try:
            expected = number_of(value.tensor) if field.is_tensor else value.simple_value
        except ValueError:
            return False
        read = np.frombuffer(payload, field.dtype, 1, field.offset).astype(field.kept_as)
        alike = alike and _same(float(read[0]), expected) and field.has_metadata == value.HasField("metadata")
    return alike


def _same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


def times_of(geometry: Geometry, rows: Bytes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Steps int64[n] and wall times float64[n] of payloads of one geometry, uint8[n, length]."""
    steps = np.zeros(len(rows), np.int64)
    if geometry.step is not None:
        for place in range(geometry.step_bytes):
            bits = (rows[:, geometry.step + place] & np.uint8(0x7F)).astype(np.int64)
            steps |= bits << np.int64(7 * place)
    if geometry.wall_time is None:
        return steps, np.zeros(len(rows))
    return steps, column(rows, geometry.wall_time, _FLOAT64).astype(np.float64)


def column(rows: Bytes, offset: int, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """A view [n] of the numbers at one offset of payloads, uint8[n, length], contiguous."""
    return np.ndarray((len(rows),), dtype, rows.data, offset, (rows.strides[0],))

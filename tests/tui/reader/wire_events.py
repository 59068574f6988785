"""Events encoded by hand, as oddly as the wire format allows, and strategies for whole logs of them."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from logging_lib.tfevents.hparams import SessionStart
from logging_lib.tfevents.proto import event_pb2, summary_pb2, tensor_pb2
from logging_lib.tfevents.record import encode_record
from tests import builders

_DOUBLE = struct.Struct("<d")
_FLOAT = struct.Struct("<f")
_UINT64 = (1 << 64) - 1


def varint(number: int, length: int = 1) -> bytes:
    """A varint; where `length` is more than it needs, padded with zero digits, as no writer does."""
    number &= _UINT64
    digits = bytearray()
    while number >= 0x80 or len(digits) < length - 1:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*digits, number])


def varint_field(number: int, value: int, length: int = 1) -> bytes:
    """A field of wire type 0."""
    return varint(number << 3) + varint(value, length)


def double_field(number: int, value: float) -> bytes:
    """A field of wire type 1."""
    return varint(number << 3 | 1) + _DOUBLE.pack(value)


def bytes_field(number: int, value: bytes) -> bytes:
    """A field of wire type 2."""
    return varint(number << 3 | 2) + varint(len(value)) + value


def float_field(number: int, value: float) -> bytes:
    """A field of wire type 5."""
    return varint(number << 3 | 5) + _FLOAT.pack(value)


# Dtype -> the number of its typed list and how an element is encoded there, and its bytes as raw content.
_PACK: dict[int, tuple[int, Callable[[float], bytes], Callable[[float], bytes]]] = {
    tensor_pb2.DT_FLOAT: (5, _FLOAT.pack, _FLOAT.pack),
    tensor_pb2.DT_DOUBLE: (6, _DOUBLE.pack, _DOUBLE.pack),
    tensor_pb2.DT_HALF: (13, lambda v: varint(_half(v)), lambda v: struct.pack("<H", _half(v))),
    tensor_pb2.DT_BFLOAT16: (13, lambda v: varint(_bfloat16(v)), lambda v: struct.pack("<H", _bfloat16(v))),
    tensor_pb2.DT_INT64: (10, lambda v: varint(_integer(v)), lambda v: struct.pack("<q", _integer(v))),
    tensor_pb2.DT_INT32: (7, lambda v: varint(_integer(v)), lambda v: struct.pack("<i", _integer(v))),
    tensor_pb2.DT_UINT8: (7, lambda v: varint(_integer(v) & 0xFF), lambda v: struct.pack("<B", _integer(v) & 0xFF)),
    tensor_pb2.DT_BOOL: (11, lambda v: varint(v > 0), lambda v: struct.pack("<?", v > 0)),
}
_LISTS_OF_FIXED = {tensor_pb2.DT_FLOAT: 5, tensor_pb2.DT_DOUBLE: 1}


def _integer(value: float) -> int:
    return int(value * 1000) if math.isfinite(value) and abs(value) < 1e6 else -7


def _half(value: float) -> int:
    with np.errstate(over="ignore"):
        return int(np.float16(value).view(np.uint16))


def _bfloat16(value: float) -> int:
    return int(np.float32(value).view(np.uint32)) >> 16


def tensor_bytes(dtype: int, value: float, *, storage: str, shape: tuple[int, ...] | None, version: bool) -> bytes:
    """A TensorProto of one number; `storage` is content, packed or unpacked, `shape` None leaves it out."""
    number, element, content = _PACK[dtype]
    parts = [varint_field(1, dtype)]
    if shape is not None:
        parts.append(bytes_field(2, b"".join(bytes_field(2, varint_field(1, size)) for size in shape)))
    if version:
        parts.append(varint_field(3, 5))
    if storage == "content":
        parts.append(bytes_field(4, content(value)))
    elif storage == "packed":
        parts.append(bytes_field(number, element(value)))
    else:
        parts.append(varint(number << 3 | _LISTS_OF_FIXED.get(dtype, 0)) + element(value))
    return b"".join(parts)


@dataclass(frozen=True)
class Value:
    """How one summary value is written at every step.

    `dtype` None is a simple_value. `metadata` says for which points, by their count from 0, a plugin is named.
    `extra` are whole fields that stand in front, `doubled` writes the number twice.
    """

    tag: bytes
    dtype: int | None = None
    storage: str = "content"
    shape: tuple[int, ...] | None = ()
    version: bool = False
    plugin: bytes | None = None
    plugin_until: int = 0
    extra: bytes = b""
    doubled: bool = False
    number_first: bool = False

    def encode(self, value: float, count: int) -> bytes:
        """The value's bytes in an event that `count` of its tag precede."""
        if self.dtype is None:
            number = float_field(2, value)
        else:
            tensor = tensor_bytes(self.dtype, value, storage=self.storage, shape=self.shape, version=self.version)
            number = bytes_field(8, tensor)
        if self.doubled:
            number += number
        tag = bytes_field(1, self.tag)
        parts = [self.extra, number, tag] if self.number_first else [self.extra, tag, number]
        if self.plugin is not None and count < self.plugin_until:
            plugin = bytes_field(1, self.plugin) + bytes_field(2, b"\x08\x00")
            parts.append(bytes_field(9, bytes_field(1, plugin) + bytes_field(3, b"what it is")))
        return b"".join(parts)


@dataclass(frozen=True)
class Shape:
    """How one event of the loop is written: its values, and the order and oddities of its own fields."""

    values: tuple[Value, ...]
    order: tuple[int, ...] = (0, 1, 2)
    step_length: int = 1
    has_wall_time: bool = True
    writes_zero_step: bool = False
    doubled_step: bool = False
    split_summary: bool = False
    extra: bytes = b""

    def encode(self, step: int, wall_time: float, values: Sequence[float], count: int) -> bytes:
        """The event's bytes."""
        items = [bytes_field(1, item.encode(value, count)) for item, value in zip(self.values, values, strict=True)]
        summary = (
            b"".join(bytes_field(5, item) for item in items) if self.split_summary else bytes_field(5, b"".join(items))
        )
        written = varint_field(2, step, self.step_length) if step or self.writes_zero_step else b""
        if self.doubled_step:
            written = varint_field(2, 77) + written
        wall = double_field(1, wall_time) if self.has_wall_time and wall_time != 0 else b""
        fields = (wall, written, summary)
        return b"".join([*(fields[place] for place in self.order), self.extra])


tag_bytes = st.one_of(
    st.sampled_from([b"loss", b"accuracy", b"lr", b"loss/train"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(str.encode),
    st.integers(0, 300).map(lambda size: b"t" * size),
    st.just(b"\xff no text"),
)

unknown_fields = st.sampled_from(
    [b"", b"", b"", varint_field(15, 3), bytes_field(1000, b"unknown"), double_field(14, 1)]
)


@st.composite
def values(draw: st.DrawFn, tag: bytes) -> Value:
    """How a tag is written."""
    odd = draw(st.integers(0, 5)) == 0
    plugin = draw(st.sampled_from([None, b"scalars", b"scalars", b"mystery"])) if odd else None
    until = draw(st.sampled_from([1, 3, 10**9]))
    extra = draw(st.one_of(unknown_fields, st.just(bytes_field(7, b"node")))) if odd else b""
    doubled, number_first = (draw(st.booleans()), draw(st.booleans())) if odd else (False, False)
    simple = Value(tag, None, "", (), False, plugin, until, extra, doubled, number_first)
    if draw(st.booleans()):
        return simple
    return replace(
        simple,
        dtype=draw(st.sampled_from([tensor_pb2.DT_FLOAT, tensor_pb2.DT_FLOAT, *_PACK])),
        storage=draw(st.sampled_from(["content", "content", "packed", "unpacked"])),
        shape=draw(st.sampled_from([(), (), None, (1,), (1, 1)])),
        version=odd,
        plugin=draw(st.sampled_from([b"scalars", b"scalars", b"scalars", b"mystery", None])),
    )


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """One event of a loop: mostly plain, now and then odd."""
    tags = draw(st.lists(tag_bytes, min_size=1, max_size=draw(st.sampled_from([1, 1, 1, 4]))))
    items = tuple(draw(values(tag)) for tag in tags)
    if draw(st.integers(0, 3)):
        return Shape(items)
    return Shape(
        items,
        order=tuple(draw(st.permutations([0, 1, 2]))),
        step_length=draw(st.sampled_from([1, 1, 3, 10])),
        has_wall_time=draw(st.integers(0, 4)) > 0,
        writes_zero_step=draw(st.booleans()),
        doubled_step=draw(st.integers(0, 4)) == 0,
        split_summary=draw(st.booleans()),
        extra=draw(st.one_of(unknown_fields, st.just(bytes_field(10, bytes_field(1, b"writer"))))),
    )


first_steps = st.sampled_from(
    [0, 1, 100, 16_370, (1 << 21) - 20, (1 << 28) - 9, (1 << 35) - 5, (1 << 63) - 200, -5, -(1 << 63)]
)

strides = st.sampled_from([1, 1, 1, 0, 7, 500, -1])


@dataclass
class Loop:
    """A training loop that wrote `rows` passes over its shapes."""

    shapes: Sequence[Shape]
    rows: int
    first_step: int = 0
    stride: int = 1
    seed: int = 0
    shuffled: bool = False
    odd_numbers: bool = False
    odd_times: bool = False

    def encode(self) -> list[bytes]:
        """The payloads of all events in file order."""
        random = np.random.default_rng(self.seed)
        wall_time = builders.WALL_TIME
        payloads: list[bytes] = []
        for row in range(self.rows):
            step = _signed(self.first_step + row * self.stride)
            order = random.permutation(len(self.shapes)).tolist() if self.shuffled else range(len(self.shapes))
            for number in order:
                shape = self.shapes[number]
                wall_time += float(random.random())
                written = self._odd(random, wall_time) if self.odd_times else wall_time
                numbers = random.normal(size=len(shape.values)).tolist()
                if self.odd_numbers:
                    numbers = [self._odd(random, value) for value in numbers]
                payloads.append(shape.encode(step, written, numbers, row))
        return payloads

    @staticmethod
    def _odd(random: np.random.Generator, usual: float) -> float:
        odd = (math.nan, math.inf, -math.inf, 0.0, -0.0, -1.0)
        choice = int(random.integers(40))
        return odd[choice] if choice < len(odd) else usual


def _signed(step: int) -> int:
    step &= _UINT64
    return step - (1 << 64) if step >> 63 else step


@st.composite
def loops(draw: st.DrawFn, *, shuffled: bool = False) -> Loop:
    """A loop of at least a hundred events."""
    period = draw(st.integers(1, 12))
    events = draw(st.lists(shapes(), min_size=period, max_size=period))
    return Loop(
        events,
        rows=-(-100 // period) + draw(st.sampled_from([0, 1, 10, 40])),
        first_step=draw(first_steps),
        stride=draw(strides),
        seed=draw(st.integers(0, 1000)),
        shuffled=shuffled,
        odd_numbers=draw(st.booleans()),
        odd_times=draw(st.integers(0, 3)) == 0,
    )


def _bytes(event: event_pb2.Event) -> bytes:
    payload: bytes = event.SerializeToString()
    return payload


def histogram_event(tag: str = "weights", step: int = 3) -> bytes:
    """A histogram in the first encoding."""
    histo = summary_pb2.HistogramProto(min=0, max=1, num=2, bucket_limit=[0.5, 1.0], bucket=[1, 1])
    return _bytes(builders.event(builders.Value(tag=tag, histo=histo), step=step))


def text_event(text: bytes = b"hello", tag: str = "notes", step: int = 3) -> bytes:
    """A text."""
    proto = tensor_pb2.TensorProto(dtype=tensor_pb2.DT_STRING, string_val=[text])
    return _bytes(builders.event(builders.tensor(tag, proto, "text"), step=step))


def start_event(step: int = 0) -> bytes:
    """The START of a session that purges from `step` on."""
    log = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    return _bytes(event_pb2.Event(wall_time=builders.WALL_TIME, step=step, session_log=log))


def embedded_file(count: int = 80) -> bytes:
    """A text that holds a whole event file, of points that nobody logged here."""
    return text_event(builders.records(builders.points("embedded", range(count))))


def evaluation(step: int = 9) -> bytes:
    """Points of tags that the loop does not log, in one event."""
    return _bytes(builders.event(builders.scalar("eval/loss", 0.5), builders.scalar("eval/f1", 0.25), step=step))


interruptions = st.sampled_from(
    [
        evaluation(),
        _plain := builders.scalar_event("loss", 12, 0.5).SerializeToString(),
        histogram_event(),
        histogram_event("loss"),
        text_event(),
        text_event(tag="accuracy"),
        text_event(b"x" * 70_000),
        embedded_file(),
        start_event(),
        start_event(7),
        builders.version_event().SerializeToString(),
        builders.session_start(SessionStart({"lr": 0.1}, "", None)).SerializeToString(),
        builders.session_end("SUCCESS").SerializeToString(),
        event_pb2.Event(wall_time=5.0, graph_def=b"graph").SerializeToString(),
        builders.event(builders.Value(tag="loss"), step=4).SerializeToString(),
        b"",
        b"no event",
        b"\x09\x00",
        _plain[:-1],
    ]
)


@st.composite
def logs(draw: st.DrawFn) -> bytes:
    """The bytes of an event file: loops one after the other, interrupted anywhere."""
    payloads: list[bytes] = []
    for _ in range(draw(st.sampled_from([1, 1, 2]))):
        payloads += draw(loops(shuffled=draw(st.integers(0, 3)) == 0)).encode()
    for _ in range(draw(st.sampled_from([0, 0, 1, 5]))):
        payloads.insert(draw(st.integers(0, len(payloads))), draw(interruptions))
    return framed(payloads)


@st.composite
def damaged_logs(draw: st.DrawFn) -> bytes:
    """As `logs`, then with bits flipped, holes of zeros, pieces missing, doubled or put in, and the end cut off."""
    data = bytearray(draw(logs()))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([1, 1, 1, 4, 12, 16, 300, 5000]))
        kind = draw(st.sampled_from(["flip", "flip", "zero", "remove", "double", "garbage", "cut"]))
        piece = data[place : place + length]
        if kind == "flip" and piece:
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif kind == "zero":
            data[place : place + length] = bytes(len(piece))
        elif kind == "remove":
            del data[place : place + length]
        elif kind == "double":
            data[place:place] = piece
        elif kind == "garbage":
            data[place:place] = draw(st.binary(max_size=40))
        elif kind == "cut":
            del data[place:]
    return bytes(data)


def framed(payloads: Iterable[bytes]) -> bytes:
    """Records one after the other."""
    return b"".join(map(encode_record, payloads))

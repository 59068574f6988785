"""Bombs in the framing of records and in the events: lengths, counts and depths that no file holds."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bombs.bomb import (
    EVERY,
    READ,
    WALL_TIME,
    Bomb,
    Value,
    claimed,
    event,
    field,
    float_value,
    log,
    scalars,
    varint,
)
from logging_lib.tfevents.plugins import summary_metadata
from logging_lib.tfevents.proto import tensor_pb2
from logging_lib.tfevents.record import encode_record

_MILLION = 1_000_000


def _tail(directory: Path, tail: bytes, behind: int = 0) -> None:
    """Some good points, then these bytes, then so many zeros that take no room on the disk."""
    path = log(directory / "run", scalars(100))
    with path.open("ab") as file:
        file.write(tail)
        file.truncate(file.tell() + behind)


def _damaged_stretches(directory: Path) -> None:
    good = b"".join(map(encode_record, scalars(1)))
    with log(directory / "run", scalars(10)).open("ab") as file:
        for _ in range(100):
            file.write((good + b"\xff\x00\x00\x00\x00") * 10_000)


def _almost_headers(directory: Path) -> None:
    """At every ninth byte a length that may be one, with a wrong CRC."""
    with log(directory / "run", scalars(10)).open("ab") as file:
        file.write((struct.pack("<Q", 5) + b"\1") * (2 * _MILLION))


def _torn_claims(directory: Path) -> None:
    """Good headers of records as long as the rest of the file, one behind the other, none with its payload."""
    count = 40_000
    headers = (claimed((count - number) * 12) for number in range(count))
    _tail(directory, b"".join(headers))


def _nested(levels: int, numbers: tuple[int, ...], inner: bytes = b"") -> bytes:
    """A message in a message in a message: built from the inside out, without a copy a level."""
    parts: list[bytes] = [inner]
    size = len(inner)
    for level in range(levels):
        head = varint(numbers[level % len(numbers)] << 3 | 2) + varint(size)
        parts.append(head)
        size += len(head)
    return b"".join(reversed(parts))


def _tensor(directory: Path, tensor: bytes, plugin: str = "", dtype: int = 1) -> None:
    head = Value(tag="t", metadata=summary_metadata(plugin, b"")).SerializeToString()
    value = head + field(8, b"\x08" + bytes([dtype]) + tensor)
    log(directory / "run", [event(value), *scalars(20)])


def _shape(*sizes: int) -> bytes:
    proto = tensor_pb2.TensorProto()
    for size in sizes:
        proto.tensor_shape.dim.add(size=size)
    return proto.SerializeToString()


def _extremes() -> Iterator[bytes]:
    steps = (-(2**63), 2**63 - 1, 0, -1, 2**62, 2**53 + 1)
    times = (float("nan"), float("inf"), -float("inf"), 1e308, -1e308, 0.0, 1e18, WALL_TIME, 5e-324)
    values = (float("nan"), float("inf"), 3.4e38, -3.4e38, 1e-45, 0.0)
    for step in steps:
        for time in times:
            for value in values:
                yield event(Value(tag="x", simple_value=value), step=step, wall_time=time)


def _sparse(directory: Path) -> None:
    path = log(directory / "run", scalars(10))
    os.truncate(path, 4 << 30)


BOMBS = (
    Bomb(
        "length-2-63",
        "a record of 2^63 bytes, its header's CRC right",
        lambda d: _tail(d, claimed(2**63)),
        says="record claims 9223372036854775808 bytes",
    ),
    Bomb("length-2-gib", "a record of 2 GiB - 1 in a file of some KB", lambda d: _tail(d, claimed(2**31 - 1)), READ),
    Bomb(
        "length-2-gib-sparse",
        "a record of 2 GiB - 1, its bytes all zeros that take no disk",
        lambda d: _tail(d, claimed(2**31 - 1), 2**31 + 100),
        READ,
        megabytes=2500,
    ),
    Bomb("zeros-4-gb", "ten points and 4 GB of zeros that take no disk", _sparse, READ, says="zeros"),
    Bomb("empty-records", "10^7 records of no bytes", lambda d: _tail(d, encode_record(b"") * (10 * _MILLION)), READ),
    Bomb(
        "damaged-stretches", "10^6 records with 5 damaged bytes behind each", _damaged_stretches, READ, says="skipped"
    ),
    Bomb("almost-headers", "2 * 10^6 headers with wrong CRCs", _almost_headers, READ, says="header fails its CRC"),
    Bomb("torn-claims", "40,000 good headers, each of which claims the rest of the file", _torn_claims, READ),
    Bomb("random", "64 MB that are no records", lambda d: _tail(d, os.urandom(64 << 20)), READ, says="header fails"),
    Bomb("gzip", "gzip's bytes behind some points", lambda d: _tail(d, b"\x1f\x8b\x08" + os.urandom(4 << 20)), READ),
    Bomb(
        "varint",
        "10^6 bytes of one varint",
        lambda d: log(d / "run", [b"\x10" + b"\xff" * _MILLION, *scalars(9)]),
        READ,
        says="record holds no event",
    ),
    Bomb(
        "unknown-groups",
        "10^5 groups in each other",
        lambda d: log(d / "run", [b"\x7b" * 100_000 + b"\x7c" * 100_000, *scalars(9)]),
        READ,
        says="holds no event",
    ),
    Bomb(
        "unknown-fields",
        "10^7 unknown fields in one event",
        lambda d: log(d / "run", [b"\x78\x01" * (10 * _MILLION), *scalars(9)]),
        READ,
    ),
    Bomb(
        "empty-values",
        "10^6 summary values of no bytes in one event",
        lambda d: log(d / "run", [event(*[b""] * _MILLION)]),
        READ,
        says="holds no data",
    ),
    Bomb(
        "values",
        "10^6 points of one tag in one event",
        lambda d: log(d / "run", [event(*[float_value(b"x")] * _MILLION)]),
    ),
    Bomb(
        "many-empty-values",
        "3 * 10^6 summary values of no bytes in one event",
        lambda d: log(d / "run", [event(*[b""] * (3 * _MILLION))]),
        READ,
        says="holds no data",
    ),
    Bomb(
        "points",
        "4 * 10^6 points of 12 bytes a record",
        lambda d: _tail(d, encode_record(event(float_value(b"x"))) * (4 * _MILLION)),
        READ,
    ),
    Bomb(
        "graph-nested",
        "functions in a graph, 10^5 levels",
        lambda d: log(d / "run", [field(4, _nested(100_000, (2, 1))), *scalars(9)]),
        EVERY,
    ),
    Bomb(
        "attributes-nested",
        "a node's attributes in lists of functions, 10^5 levels",
        lambda d: log(d / "run", [field(4, field(1, _nested(100_000, (5, 2, 10)))), *scalars(9)]),
    ),
    Bomb(
        "tensor-nested",
        "a variant in a tensor in a variant, 10^5 levels",
        lambda d: _tensor(d, _nested(100_000, (15, 3)), dtype=21),
    ),
    Bomb("tensor-shape", "a tensor of 10^18 elements", lambda d: _tensor(d, _shape(10**9, 10**9))),
    Bomb("tensor-rank", "a tensor of 10^6 dimensions", lambda d: _tensor(d, _shape(*[1] * _MILLION) + b"\x2d\0\0\0\0")),
    Bomb("tensor-filled", "one number for a tensor of 2^28", lambda d: _tensor(d, _shape(2**28) + b"\x2d\0\0\0\0")),
    Bomb(
        "tensor-bytes",
        "a tensor of 2^22 numbers, packed, a byte each",
        lambda d: _tensor(d, _shape(2**22) + field(7, b"\1" * 2**22), dtype=3),
    ),
    Bomb(
        "strings",
        "10^7 empty strings in a text",
        lambda d: _tensor(d, _shape(10**7) + b"\x42\0" * 10**7, "text", 7),
        says="strings",
    ),
    Bomb(
        "string-filled",
        "a string of 1 MB for 2^20 elements",
        lambda d: _tensor(d, _shape(2**20) + field(8, b"x" * 2**20), "text", 7),
        says="is not filled up",
    ),
    Bomb("extremes", "steps of 2^63, times and values of NaN, infinity, 1e308", lambda d: log(d / "run", _extremes())),
)

"""What a bomb is, and the bytes that most of them are made of."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.record import encode_header, encode_record

FILE_NAME = "events.out.tfevents.1700000000.host.1.0"
WALL_TIME = 1_700_000_000.0
EVERY = ("ls", "tags", "export", "check", "inspect", "plot", "report", "hparams", "frame", "screen")
READ = ("ls", "export", "check", "inspect", "screen")

Value = summary_pb2.Summary.Value


@dataclass(frozen=True, slots=True)
class Bomb:
    """One hostile input.

    Attributes:
        name: how the command line names it.
        about: what it claims, in a few words.
        make: fills an empty directory, the logdir, with it.
        ways: commands that meet it, "frame" for the library, "screen" for the screen.
        says: what one of these has to tell the user, at some time; empty where there is nothing to say.
        arguments: more arguments, by command; `{}` stands for the logdir's parent.
        megabytes: what it may take beside a factor of its bytes.
    """

    name: str
    about: str
    make: Callable[[Path], object]
    ways: tuple[str, ...] = EVERY
    says: str = ""
    arguments: tuple[tuple[str, tuple[str, ...]], ...] = ()
    megabytes: int = 500


def varint(number: int) -> bytes:
    """A number as protobuf writes it."""
    digits = bytearray()
    while number >= 0x80:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*digits, number])


def field(number: int, content: bytes) -> bytes:
    """A field of bytes, or of a message."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def event(*values: Value | bytes, step: int = 0, wall_time: float = WALL_TIME) -> bytes:
    """An event's bytes; values may be bytes already."""
    packed = (value if isinstance(value, bytes) else value.SerializeToString() for value in values)
    summary = b"".join(field(1, value) for value in packed)
    head = event_pb2.Event(wall_time=wall_time, step=step).SerializeToString()
    return head + field(5, summary)


def log(directory: Path, payloads: Iterable[bytes]) -> Path:
    """Write the records of one run, after the one that every file begins with; returns the file's path."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / FILE_NAME
    with path.open("wb") as file:
        file.write(
            encode_record(event_pb2.Event(wall_time=WALL_TIME, file_version="brain.Event:2").SerializeToString())
        )
        file.writelines(map(encode_record, payloads))
    return path


def claimed(length: int) -> bytes:
    """The header of a record of so many bytes, its CRC right."""
    return encode_header(length)


def scalars(count: int, tag: str = "loss") -> Iterable[bytes]:
    """Events that are as they should be."""
    return (event(Value(tag=tag, simple_value=1 / (1 + step)), step=step, wall_time=WALL_TIME + step)
            for step in range(count))  # fmt: skip


def float_value(tag: bytes, value: float = 1.0) -> bytes:
    """A scalar whose tag may be any bytes."""
    return field(1, tag) + b"\x15" + struct.pack("<f", value)

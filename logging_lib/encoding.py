"""Captured values -> records, many at a time, behind the queue."""

from __future__ import annotations

import math
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from crc32c import crc32c

from logging_lib.inbox import ENTRY, Captured
from logging_lib.tfevents.crc32c import mask
from logging_lib.tfevents.record import encode_header, encode_record
from logging_lib.tfevents.wire import SUMMARY, bytes_field, event_start, step_field

# What a batch of large images has encoded so far is written that often, since a kill loses what is not.
_HAND_OVER_SECS = 0.1

_WALL_TIME = struct.Struct("<cd")
_FOOTER = struct.Struct("<I")
_FLOAT = struct.Struct("<f")


@dataclass(slots=True)
class Records:
    """Encoded records of one file, in order."""

    parts: list[bytes] = field(default_factory=list)
    count: int = 0


def encode(batch: list[Any], lose: Callable[[str, Exception], None]) -> Iterator[dict[str, Records]]:
    """Yield the records of an inbox's entries, by sub-run: all at once, or some whenever encoding has taken a while.

    Args:
        batch: what `Inbox.take` returned.
        lose: called with the sub-run and the reason for each event that cannot be encoded.
    """
    encoder = _Encoder()
    due = time.monotonic() + _HAND_OVER_SECS
    for what, value, step, wall_time in _entries(batch):
        if type(what) is Captured:
            try:
                encoder.add_captured(what, step, wall_time)
            except Exception as error:  # noqa: BLE001  # whatever is wrong with one value, the others are to be written
                lose(what.subrun, error)
            if time.monotonic() > due:
                yield encoder.records
                encoder, due = _Encoder(), time.monotonic() + _HAND_OVER_SECS
        else:
            encoder.add_scalar(what, value, step, wall_time)
    yield encoder.records


def _entries(batch: list[Any]) -> Iterable[tuple[Any, ...]]:
    columns = [iter(batch)] * ENTRY
    return zip(*columns, strict=True)


class _Encoder:
    """Scalars from a template a tag: the bytes of a record between its step and its value never change.

    A third of the time of protobuf's own encoding (bench_writer), with which `test_encoding` compares it byte by byte.
    """

    def __init__(self) -> None:
        self.records: dict[str, Records] = {}
        self._templates: dict[str | tuple[str, str], tuple[Records, bytes]] = {}
        self._headers: dict[int, bytes] = {}
        self._step: int | None = None
        self._step_field = b""

    def add_scalar(self, what: str | tuple[str, str], value: float, step: int | None, wall_time: float) -> None:
        """A float32 `simple_value`, as torch's old style has it."""
        template = self._templates.get(what)
        if template is None:
            template = self._templates[what] = self._new_template(what)
        records, middle = template
        if step != self._step:
            self._step, self._step_field = step, step_field(step)
        payload = _WALL_TIME.pack(b"\x09", wall_time) + self._step_field + middle + _float32(value)
        header = self._headers.get(len(payload))
        if header is None:
            header = self._headers[len(payload)] = encode_header(len(payload))
        records.parts += (header, payload, _FOOTER.pack(mask(crc32c(payload))))
        records.count += 1

    def add_captured(self, captured: Captured, step: int | None, wall_time: float) -> None:
        made = captured.make()
        if made is None:
            return
        from logging_lib.tfevents.proto import event_pb2

        if isinstance(made, event_pb2.Event):
            made.wall_time = wall_time
            if step is not None:
                made.step = step
            payload = made.SerializeToString()
        else:
            payload = event_start(wall_time, step) + bytes_field(SUMMARY, made.SerializeToString())
        records = self._of(captured.subrun)
        records.parts.append(encode_record(payload))
        records.count += 1

    def _new_template(self, what: str | tuple[str, str]) -> tuple[Records, bytes]:
        """The file's records, and what stands between step and value."""
        subrun, tag = ("", what) if isinstance(what, str) else what
        value = bytes_field(1, tag.encode()) + _SIMPLE_VALUE
        summary = bytes_field(1, value + bytes(_FLOAT.size))
        return self._of(subrun), bytes_field(SUMMARY, summary)[: -_FLOAT.size]

    def _of(self, subrun: str) -> Records:
        return self.records.setdefault(subrun, Records())


# The key of Summary.Value.simple_value: field 2, fixed 32 bits.
_SIMPLE_VALUE = bytes([2 << 3 | 5])


def _float32(value: float) -> bytes:
    try:
        return _FLOAT.pack(value)
    except OverflowError:
        return _FLOAT.pack(math.copysign(math.inf, value))

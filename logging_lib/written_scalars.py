"""Reads back the scalars of an event file, of which the writer keeps none in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.record import Record, RecordDecoder

_CHUNK_BYTES = 1 << 20


class WrittenScalar(NamedTuple):
    """A value of 32 bits as the file has it; a step that was not given is 0. Wall time in epoch seconds."""

    tag: str
    wall_time: float
    step: int
    value: float


def read_scalars(path: Path, decoder: RecordDecoder) -> Iterator[WrittenScalar]:
    """The scalars behind `decoder.offset`, which ends up behind the last whole record.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(decoder.offset)
        while chunk := file.read(_CHUNK_BYTES):
            for record in decoder.feed(chunk):
                if isinstance(record, Record):
                    yield from _scalars(event_pb2.Event.FromString(record.payload))


def _scalars(event: event_pb2.Event) -> Iterator[WrittenScalar]:
    for value in event.summary.value:
        if value.WhichOneof("value") == "simple_value":
            yield WrittenScalar(value.tag, event.wall_time, event.step, _shortest(value.simple_value))


def _shortest(value: float) -> float:
    """The float of fewest digits that 32 bits do not tell from this one: 0.1, not 0.10000000149011612."""
    return float(str(np.float32(value)))

"""Long records of images, sounds and texts: what an event says of its data is read; the data stay in the file.

A log directory with gigabytes of images opens as fast as one without. The CRCs of such data are checked afterwards
(unchecked.py).
"""

from __future__ import annotations

import struct
from io import FileIO
from typing import NamedTuple

from google.protobuf.message import DecodeError

from logging_lib.tfevents.proto import event_pb2, summary_pb2, tensor_pb2
from logging_lib.tfevents.record import FOOTER_BYTES, FRAME_BYTES, HEADER_BYTES, encode_header
from tui.reader.mark import Mark
from tui.reader.read_at import read_at
from tui.reader.wire import DELIMITED, Field, WireError, fields

LEAST_BYTES = 1 << 18
"""Shorter payloads are read whole."""
_MOST_KEPT = 1 << 14
_MOST_FIELDS = 64
_WINDOW = 512
_LENGTH, _CRC = struct.Struct("<Q"), struct.Struct("<I")

_Event, _Summary, _Value = event_pb2.Event, summary_pb2.Summary, summary_pb2.Summary.Value
_SUMMARY = _Event.SUMMARY_FIELD_NUMBER
_VALUES = _Summary.VALUE_FIELD_NUMBER
_IMAGE, _AUDIO, _TENSOR = _Value.IMAGE_FIELD_NUMBER, _Value.AUDIO_FIELD_NUMBER, _Value.TENSOR_FIELD_NUMBER


class Skimmed(NamedTuple):
    """A record whose data were passed over: `event` is without them, `offset` and `length` are the payload's bytes in
    the file, `crc` is its masked CRC as stored."""

    event: event_pb2.Event
    offset: int
    length: int
    crc: int

    @property
    def mark(self) -> Mark:
        """The record as one by which the file is known."""
        return Mark(self.offset, self.length, self.crc)


def skim(file: FileIO, start: int, size: int) -> Skimmed | None:
    """The record that starts at a place in a file of which `size` bytes can be read.

    None where it has to be read like any other: it is short, not whole, holds something else, or no record follows it,
    so that its length may be wrong.

    Raises:
        OSError: the file cannot be read.
    """
    header = read_at(file, HEADER_BYTES, start)
    if len(header) < HEADER_BYTES:
        return None
    (length,) = _LENGTH.unpack_from(header)
    end = start + length + FRAME_BYTES
    if not LEAST_BYTES <= length <= size or end > size or header != encode_header(length):
        return None
    if end < size and not _is_header(read_at(file, HEADER_BYTES, end)):
        return None
    try:
        event = _event(file, start + HEADER_BYTES, end - FOOTER_BYTES)
    except (WireError, DecodeError):
        return None
    if event is None:
        return None
    footer = read_at(file, FOOTER_BYTES, end - FOOTER_BYTES)
    if len(footer) < FOOTER_BYTES:  # the file is shorter than its size says
        return None
    (crc,) = _CRC.unpack(footer)
    return Skimmed(event, start + HEADER_BYTES, length, crc)


def _is_header(data: bytes) -> bool:
    return len(data) == HEADER_BYTES and encode_header(_LENGTH.unpack_from(data)[0]) == data


def _event(file: FileIO, start: int, end: int) -> event_pb2.Event | None:
    """The event in these bytes of the file: one value of an image, a sound or strings, which are left out."""
    kept, long = _fields(file, start, end)
    if len(long) != 1 or long[0].number != _SUMMARY:
        return None
    in_summary, values = _fields(file, long[0].start, long[0].end)
    if in_summary or len(values) != 1 or values[0].number != _VALUES:
        return None
    value = _value(file, values[0].start, values[0].end)
    event = _Event.FromString(kept)
    # A short summary beside the long one would be part of the same: it is read like any other.
    if value is None or event.WhichOneof("what") is not None:
        return None
    event.summary.value.append(value)
    return event


def _value(file: FileIO, start: int, end: int) -> summary_pb2.Summary.Value | None:
    kept, long = _fields(file, start, end)
    if len(long) != 1:
        return None
    value, data = _Value.FromString(kept), long[0]
    if value.WhichOneof("value") is not None:
        return None
    if data.number == _IMAGE:
        value.image.SetInParent()
    elif data.number == _AUDIO:
        value.audio.SetInParent()
    elif data.number == _TENSOR:
        tensor = tensor_pb2.TensorProto.FromString(_fields(file, data.start, data.end)[0])
        if tensor.dtype != tensor_pb2.DT_STRING:
            return None
        value.tensor.CopyFrom(tensor)
    else:
        return None
    return value


def _fields(file: FileIO, start: int, end: int) -> tuple[bytes, list[Field]]:
    """The fields of the message in these bytes of the file: the short ones as they are, and where the long ones lie.

    Raises:
        WireError: it is no message, or one of very many fields, or the file ends before it does.
    """
    kept = b""
    long: list[Field] = []
    position = start
    for _ in range(_MOST_FIELDS):
        if position == end:
            return kept, long
        window = read_at(file, min(_WINDOW, end - position), position)
        if len(window) < min(_WINDOW, end - position):
            raise WireError("the file is shorter than its size says")
        # The field may end behind the window: only its key and length have to be in it.
        field = next(fields(window, 0, end - position))
        after = position + field.end
        if field.end <= len(window):
            kept += window[: field.end]
        elif field.wire_type == DELIMITED and field.end - field.start > _MOST_KEPT:
            long.append(field._replace(start=position + field.start, end=after))
        else:
            kept += read_at(file, field.end, position)
        position = after
    raise WireError("too many fields")

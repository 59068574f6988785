"""The record of one blob, read again: its event, its summary value, its tensor."""

from __future__ import annotations

import os
import struct
from typing import Any

import numpy.typing as npt
from google.protobuf.message import DecodeError

from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.record import FOOTER_BYTES
from logging_lib.tfevents.tensor import from_tensor_proto
from tui.model import BlobRef
from tui.reader.regular_file import open_regular

MOST_STRINGS = 1 << 20
"""Of one tensor; an empty one takes two bytes in the file and thirty times that in memory."""
_CRC = struct.Struct("<I")


MOST_ITEMS = 10_000
"""Pictures or sounds of one entry: each becomes a file where it is exported."""


class PayloadError(Exception):
    """A blob cannot be shown; the message is one line that says why."""


def read_event(ref: BlobRef) -> event_pb2.Event:
    """The event that holds a blob.

    Raises:
        PayloadError: the file is gone, unreadable or no longer what was read.
    """
    try:
        with open_regular(ref.path) as file:
            data = os.pread(file.fileno(), ref.length + FOOTER_BYTES, ref.offset)
    except OSError as error:
        raise PayloadError(f"{ref.path}: {error.strerror}") from error
    payload = memoryview(data)[: ref.length]  # which may be megabytes: not another copy
    if len(data) != ref.length + FOOTER_BYTES or _CRC.unpack(data[ref.length :])[0] != masked_crc32c(payload):
        raise PayloadError(f"{ref.path}: damaged, or changed since it was read (at byte {ref.offset})")
    try:
        return event_pb2.Event.FromString(payload)  # type: ignore[arg-type]  # any buffer will do
    except DecodeError as error:
        raise PayloadError(f"{ref.path}: changed since it was read (at byte {ref.offset})") from error


def read_value(ref: BlobRef) -> summary_pb2.Summary.Value:
    """The summary value that is a blob.

    Raises:
        PayloadError: as `read_event`, or the event has no such value.
    """
    return value_of(ref, read_event(ref))


def value_of(ref: BlobRef, event: event_pb2.Event) -> summary_pb2.Summary.Value:
    """The summary value of this event that is the blob.

    Raises:
        PayloadError: the event has no such value.
    """
    values = event.summary.value
    if ref.item >= len(values):
        raise PayloadError(f"{ref.path}: no summary value {ref.item} in the record at byte {ref.offset}")
    return values[ref.item]


def tensor_of(ref: BlobRef, value: summary_pb2.Summary.Value) -> npt.NDArray[Any]:
    """The value's tensor: numbers of any dtype, or an object array of bytes.

    Raises:
        PayloadError: the value is no tensor, one that does not fit its shape, or one of too many strings.
    """
    if value.WhichOneof("value") != "tensor":
        raise not_shown(ref, "value is no tensor")
    if (count := len(value.tensor.string_val)) > MOST_STRINGS:
        raise not_shown(ref, f"tensor of {count} strings, more than {MOST_STRINGS}")
    try:
        return from_tensor_proto(value.tensor)
    except ValueError as error:
        raise not_shown(ref, error) from error


def strings_of(ref: BlobRef, value: summary_pb2.Summary.Value) -> npt.NDArray[Any]:
    """The value's string tensor as an object array of bytes.

    Raises:
        PayloadError: as `tensor_of`, or the tensor holds no strings.
    """
    array = tensor_of(ref, value)
    if array.dtype != object:
        raise not_shown(ref, f"tensor of {array.dtype.name}, not of strings")
    return array


def only_string_of(ref: BlobRef, value: summary_pb2.Summary.Value) -> bytes:
    """The one string in the value's tensor, whatever its rank.

    Raises:
        PayloadError: as `strings_of`, or there is not exactly one.
    """
    array = strings_of(ref, value)
    if array.size != 1:
        raise not_shown(ref, f"tensor of {array.size} strings, not of one")
    only: bytes = array.reshape(-1)[0]
    return only


def numbers_of(ref: BlobRef, value: summary_pb2.Summary.Value) -> npt.NDArray[Any]:
    """The value's tensor of real numbers.

    Raises:
        PayloadError: as `tensor_of`, or the tensor holds something else.
    """
    array = tensor_of(ref, value)
    if array.dtype.kind not in "biuf":
        raise not_shown(ref, f"tensor of {_kind(array)}, not of real numbers")
    return array


def check_items(ref: BlobRef, count: int, what: str) -> None:
    """Refuse more pictures or sounds (`what` they are) than anybody logs in one entry.

    Raises:
        PayloadError: there are more than MOST_ITEMS.
    """
    if count > MOST_ITEMS:
        raise not_shown(ref, f"{count} {what} in one entry, more than {MOST_ITEMS}")


def not_shown(ref: BlobRef, reason: object) -> PayloadError:
    """The error that says why this blob cannot be shown."""
    return PayloadError(f"{ref.path}: {reason} (at byte {ref.offset})")


def _kind(array: npt.NDArray[Any]) -> str:
    return "strings" if array.dtype == object else array.dtype.name

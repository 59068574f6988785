"""Decodes one blob when it is shown or exported: reads its record again, by file, offset and length.

One function a kind of data, each for both encodings: `read_histogram`, `read_text`, `read_image`.
"""

from __future__ import annotations

import os
import struct
from io import FileIO
from typing import Any

import numpy.typing as npt
from google.protobuf.message import DecodeError

from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.histogram import Buckets, buckets_from_proto, buckets_from_tensor
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.record import FOOTER_BYTES
from logging_lib.tfevents.tensor import from_tensor_proto
from tui.model import BlobRef

_CRC = struct.Struct("<I")
# An image tensor holds the width and height, in digits, before its images.
_IMAGE_SIZES = 2


class PayloadError(Exception):
    """A blob cannot be shown; the message is one line that says why."""


def read_event(ref: BlobRef) -> event_pb2.Event:
    """The event that holds a blob.

    Raises:
        PayloadError: the file is gone, unreadable or no longer what was read.
    """
    try:
        with FileIO(ref.path) as file:
            data = os.pread(file.fileno(), ref.length + FOOTER_BYTES, ref.offset)
    except OSError as error:
        raise PayloadError(f"{ref.path}: {error.strerror}") from error
    payload = data[: ref.length]
    if len(data) != ref.length + FOOTER_BYTES or _CRC.unpack(data[ref.length :])[0] != masked_crc32c(payload):
        raise PayloadError(f"{ref.path}: changed since it was read (at byte {ref.offset})")
    try:
        return event_pb2.Event.FromString(payload)
    except DecodeError as error:
        raise PayloadError(f"{ref.path}: changed since it was read (at byte {ref.offset})") from error


def read_value(ref: BlobRef) -> summary_pb2.Summary.Value:
    """The summary value that is a blob.

    Raises:
        PayloadError: as `read_event`, or the event has no such value.
    """
    values = read_event(ref).summary.value
    if ref.item >= len(values):
        raise PayloadError(f"{ref.path}: no summary value {ref.item} in the record at byte {ref.offset}")
    return values[ref.item]


def read_histogram(ref: BlobRef) -> Buckets:
    """A histogram of either encoding.

    Raises:
        PayloadError: as `read_value`, or the value is no histogram.
    """
    value = read_value(ref)
    try:
        if value.WhichOneof("value") == "histo":
            return buckets_from_proto(value.histo)
        return buckets_from_tensor(_tensor(ref, value))
    except ValueError as error:
        raise _not_shown(ref, error) from error


def read_text(ref: BlobRef) -> npt.NDArray[Any]:
    """A text as an object array of str, in the shape it was logged: () and [n] are Markdown, [n, m] is a table.

    Raises:
        PayloadError: as `read_value`, or the value is no string tensor.
    """
    array = _strings(ref, read_value(ref))
    flat = array.reshape(-1)
    # Text is decoded in place: `array` is this call's own.
    flat[:] = [item.decode("utf-8", errors="replace") for item in flat.tolist()]
    return array


def read_image(ref: BlobRef) -> list[bytes]:
    """Encoded images (PNG, JPEG, GIF...) of either encoding, as they lie in the file.

    Raises:
        PayloadError: as `read_value`, or the value holds no images.
    """
    value = read_value(ref)
    if value.WhichOneof("value") == "image":
        return [value.image.encoded_image_string]
    strings: list[bytes] = _strings(ref, value).reshape(-1).tolist()
    if len(strings) < _IMAGE_SIZES:
        raise _not_shown(ref, "image tensor without width and height")
    return strings[_IMAGE_SIZES:]


def _strings(ref: BlobRef, value: summary_pb2.Summary.Value) -> npt.NDArray[Any]:
    array = _tensor(ref, value)
    if array.dtype != object:
        raise _not_shown(ref, f"tensor of {array.dtype.name}, not of strings")
    return array


def _tensor(ref: BlobRef, value: summary_pb2.Summary.Value) -> npt.NDArray[Any]:
    if value.WhichOneof("value") != "tensor":
        raise _not_shown(ref, "value is no tensor")
    try:
        return from_tensor_proto(value.tensor)
    except ValueError as error:
        raise _not_shown(ref, error) from error


def _not_shown(ref: BlobRef, reason: object) -> PayloadError:
    return PayloadError(f"{ref.path}: {reason} (at byte {ref.offset})")

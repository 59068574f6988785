"""Blobs in files, for the payload readers to read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.record import HEADER_BYTES
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tui.model import BlobRef

Value = summary_pb2.Summary.Value


def store(tmp_path: Path, *values: Value) -> BlobRef:
    """A file with an event of these values; the reference to its last value."""
    return store_event(tmp_path, builders.event(*values))._replace(item=len(values) - 1)


def store_event(tmp_path: Path, event: event_pb2.Event) -> BlobRef:
    """A file with this event; the reference to it."""
    path = builders.write(tmp_path / builders.FILE_NAME, [builders.version_event(), event])
    offset = len(builders.record(builders.version_event())) + HEADER_BYTES
    return BlobRef(str(path), offset, len(event.SerializeToString()), 0)


def strings(*items: bytes, shape: tuple[int, ...] | None = None, plugin: str = plugins.TEXT) -> Value:
    """A string tensor, of rank 1 unless a shape is given."""
    array = np.empty(len(items), object)
    array[:] = items
    return builders.tensor("t", to_tensor_proto(array if shape is None else array.reshape(shape)), plugin)

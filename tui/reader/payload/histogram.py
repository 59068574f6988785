"""Histograms of either encoding as buckets."""

from __future__ import annotations

from logging_lib.tfevents.histogram import Buckets, buckets_from_proto, buckets_from_tensor
from tui.model import BlobRef
from tui.reader.payload.record import not_shown, numbers_of, read_value


def read_histogram(ref: BlobRef) -> Buckets:
    """A histogram of either encoding.

    Raises:
        PayloadError: as `read_value`, or the value is no histogram.
    """
    value = read_value(ref)
    try:
        if value.WhichOneof("value") == "histo":
            return buckets_from_proto(value.histo)
        return buckets_from_tensor(numbers_of(ref, value))
    except ValueError as error:
        raise not_shown(ref, error) from error

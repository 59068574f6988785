"""Histograms of either encoding as buckets."""

from __future__ import annotations

from dataclasses import dataclass

from logging_lib.tfevents.histogram import Buckets, buckets_from_proto, buckets_from_tensor
from tui.model import BlobRef
from tui.reader.payload.record import not_shown, numbers_of, read_value


@dataclass(frozen=True, slots=True, eq=False)
class LoggedHistogram:
    """Buckets, and what the first encoding says besides: `num` values were counted, whose sum is `total`, and that of
    their squares `squares`.

    Values that no bucket can hold, NaN and infinities, are in `num`, and make the sums no numbers. All are None in the
    second encoding.
    """

    buckets: Buckets
    num: float | None = None
    total: float | None = None
    squares: float | None = None


def read_logged_histogram(ref: BlobRef) -> LoggedHistogram:
    """A histogram of either encoding, with what is logged besides its buckets.

    Raises:
        PayloadError: as `read_value`, or the value is no histogram.
    """
    value = read_value(ref)
    try:
        if value.WhichOneof("value") == "histo":
            histo = value.histo
            return LoggedHistogram(buckets_from_proto(histo), histo.num, histo.sum, histo.sum_squares)
        return LoggedHistogram(buckets_from_tensor(numbers_of(ref, value)))
    except ValueError as error:
        raise not_shown(ref, error) from error


def read_histogram(ref: BlobRef) -> Buckets:
    """The buckets of a histogram of either encoding.

    Raises:
        PayloadError: as `read_logged_histogram`.
    """
    return read_logged_histogram(ref).buckets

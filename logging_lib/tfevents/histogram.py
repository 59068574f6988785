"""Histograms: buckets <-> HistogramProto (v1) and [k, 3] tensors (v2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.proto import summary_pb2

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """Counts between edges: bucket i holds `counts[i]` values in [left[i], right[i]].

    All arrays are float64 of shape [k]; k is 0 for an empty histogram. Counts may be fractions (weights).
    """

    left: Floats
    right: Floats
    counts: Floats

    @property
    def total(self) -> float:
        """How many values were counted."""
        return float(self.counts.sum())


EMPTY = Buckets(np.empty(0), np.empty(0), np.empty(0))


def buckets_from_proto(proto: summary_pb2.HistogramProto) -> Buckets:
    """Buckets of a v1 histogram, as TensorBoard's data_compat shows them.

    The empty buckets outside the first and last filled ones are dropped, and the proto's min and max stand as the
    outer edges, since `bucket_limit` has no leftmost edge and often ends at 1e308. Where one of the values was NaN or
    infinite min and max are too; the nearest finite limits then stand in for them, for the sake of all the others.

    Raises:
        ValueError: limits and counts of different lengths.
    """
    limits = np.array(proto.bucket_limit, np.float64)
    counts = np.array(proto.bucket, np.float64)
    if len(limits) != len(counts):
        raise ValueError(f"histogram of {len(limits)} limits and {len(counts)} counts")
    filled = np.flatnonzero(counts > 0)
    if not len(filled):
        return EMPTY
    first, last = int(filled[0]), int(filled[-1])
    inner = limits[first:last]
    left = _finite(proto.min, limits[max(first - 1, 0) :])
    right = _finite(proto.max, limits[last::-1])
    return Buckets(np.concatenate([[left], inner]), np.concatenate([inner, [right]]), counts[first : last + 1])


def _finite(edge: float, limits: Floats) -> float:
    """The edge, or the first finite limit where it is not finite (the edge as it is where there is none)."""
    return next((float(limit) for limit in chain((edge,), limits) if math.isfinite(limit)), edge)


def buckets_from_tensor(tensor: npt.NDArray[Any]) -> Buckets:
    """Buckets of a v2 histogram: rows of left edge, right edge, count.

    Raises:
        ValueError: a tensor that is not [k, 3].
    """
    if tensor.ndim != 2 or tensor.shape[1] != 3:
        raise ValueError(f"histogram tensor of shape {list(tensor.shape)}, not [k, 3]")
    with np.errstate(invalid="ignore"):  # a signalling NaN
        columns = tensor.astype(np.float64)
    return Buckets(columns[:, 0], columns[:, 1], columns[:, 2])


def histogram_proto(
    limits: npt.ArrayLike,
    counts: npt.ArrayLike,
    *,
    minimum: float,
    maximum: float,
    num: float,
    total: float,
    sum_squares: float,
) -> summary_pb2.HistogramProto:
    """A v1 histogram from its right edges and counts (equal lengths) and the statistics of the values."""
    return summary_pb2.HistogramProto(
        min=minimum,
        max=maximum,
        num=num,
        sum=total,
        sum_squares=sum_squares,
        bucket_limit=np.asarray(limits, np.float64).tolist(),
        bucket=np.asarray(counts, np.float64).tolist(),
    )

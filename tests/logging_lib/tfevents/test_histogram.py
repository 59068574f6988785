"""Histograms: buckets of v1 protos exactly as TensorBoard's data_compat shows them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from tensorboard import data_compat
from tensorboard.compat.proto import summary_pb2 as tb_summary
from tensorboard.util import tensor_util

from logging_lib.tfevents.histogram import Buckets, buckets_from_proto, buckets_from_tensor, histogram_proto
from logging_lib.tfevents.proto import summary_pb2
from tests import strategies


def tensorboards_buckets(proto: summary_pb2.HistogramProto) -> np.ndarray:
    histo = tb_summary.HistogramProto.FromString(proto.SerializeToString())
    migrated = data_compat.migrate_value(tb_summary.Summary.Value(tag="h", histo=histo))
    return tensor_util.make_ndarray(migrated.tensor)


def rows(buckets: Buckets) -> np.ndarray:
    return np.column_stack([buckets.left, buckets.right, buckets.counts])


@given(strategies.histogram_protos())
def test_trimmed_as_tensorboard_does(proto: summary_pb2.HistogramProto) -> None:
    ours = rows(buckets_from_proto(proto))
    assert ours.dtype == np.float64
    np.testing.assert_array_equal(ours.astype(np.float32), tensorboards_buckets(proto))


def test_outer_buckets_go_and_inner_empty_ones_stay() -> None:
    proto = histogram_proto(
        [-1.0, 0.0, 1.0, 2.0, 1e308],
        [0, 3, 0, 1, 0],
        minimum=-0.5,
        maximum=1.5,
        num=4,
        total=1,
        sum_squares=2,
    )
    buckets = buckets_from_proto(proto)
    assert rows(buckets).tolist() == [[-0.5, 0, 3], [0, 1, 0], [1, 1.5, 1]]
    assert buckets.total == 4.0


def test_empty_histograms() -> None:
    assert len(buckets_from_proto(summary_pb2.HistogramProto()).counts) == 0
    nothing_counted = summary_pb2.HistogramProto(bucket_limit=[1, 2], bucket=[0, 0])
    assert len(buckets_from_proto(nothing_counted).counts) == 0
    assert buckets_from_proto(nothing_counted).total == 0.0


@pytest.mark.parametrize(
    ("minimum", "maximum", "expected"),
    [
        (math.nan, math.nan, [[-1, 0, 3], [0, 1, 0], [1, 2, 1]]),
        (-math.inf, 1.5, [[-1, 0, 3], [0, 1, 0], [1, 1.5, 1]]),
        (-0.5, math.inf, [[-0.5, 0, 3], [0, 1, 0], [1, 2, 1]]),
    ],
)
def test_limits_stand_in_for_ends_that_are_not_finite(
    minimum: float, maximum: float, expected: list[list[float]]
) -> None:
    """One NaN or infinite value must not cost the outer buckets, where most of the values may be."""
    proto = summary_pb2.HistogramProto(
        min=minimum, max=maximum, bucket_limit=[-1, 0, 1, 2, 1e308], bucket=[0, 3, 0, 1, 0]
    )
    assert rows(buckets_from_proto(proto)).tolist() == expected


def test_the_limit_next_to_the_filled_buckets_stands_in() -> None:
    proto = summary_pb2.HistogramProto(
        min=math.nan, max=math.nan, bucket_limit=[-3, -2, -1, 0, 1, 2, 3], bucket=[0, 0, 0, 3, 1, 0, 0]
    )
    assert rows(buckets_from_proto(proto)).tolist() == [[-1, 0, 3], [0, 1, 1]]


def test_outermost_buckets_without_finite_ends() -> None:
    """There is no limit left of the first bucket; a writer may have none right of the last."""
    proto = summary_pb2.HistogramProto(min=math.nan, max=math.nan, bucket_limit=[0, 1, math.inf], bucket=[1, 2, 3])
    assert rows(buckets_from_proto(proto)).tolist() == [[0, 0, 1], [0, 1, 2], [1, 1, 3]]
    proto = summary_pb2.HistogramProto(min=math.nan, max=math.inf, bucket_limit=[math.inf], bucket=[1])
    assert str(rows(buckets_from_proto(proto)).tolist()) == "[[nan, inf, 1.0]]"


def test_unequal_lengths_are_a_value_error() -> None:
    with pytest.raises(ValueError, match="2 limits and 1 counts"):
        buckets_from_proto(summary_pb2.HistogramProto(bucket_limit=[1, 2], bucket=[1]))


def test_tensors_are_rows_of_edges_and_counts() -> None:
    buckets = buckets_from_tensor(np.array([[0, 1, 5], [1, 2, 0]], np.float32))
    assert rows(buckets).tolist() == [[0, 1, 5], [1, 2, 0]]
    assert buckets.left.dtype == np.float64
    with pytest.raises(ValueError, match=r"shape \[3\], not \[k, 3\]"):
        buckets_from_tensor(np.zeros(3))
    signalling = np.full((1, 3), 0x7F800001, "<u4").view("<f4")  # NaN that complain when they are used
    assert np.isnan(buckets_from_tensor(signalling).counts).all()
    with pytest.raises(ValueError, match=r"shape \[2, 4\], not \[k, 3\]"):
        buckets_from_tensor(np.zeros((2, 4)))

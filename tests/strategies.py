"""Hypothesis strategies for the event file format."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from logging_lib.tfevents.proto import summary_pb2, tensor_pb2
from logging_lib.tfevents.tensor import to_tensor_proto

payloads = st.binary(max_size=40)

int64s = st.integers(-(1 << 63), (1 << 63) - 1)

any_floats = st.floats(allow_nan=True, allow_infinity=True)

tags = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)

shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)

# Every dtype of numpy's that TensorFlow stores.
dtypes = st.sampled_from(
    [np.dtype(name) for name in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?", "c8", "c16"]],
)

hparam_values = st.one_of(st.booleans(), st.floats(allow_nan=False), st.text(max_size=8), st.none())

hparam_dicts = st.dictionaries(st.text(min_size=1, max_size=6), hparam_values, max_size=4)


@st.composite
def pieces(draw: st.DrawFn, data: bytes) -> list[bytes]:
    """`data` cut at any places, empty pieces included."""
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=6)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@st.composite
def arrays(draw: st.DrawFn) -> npt.NDArray[Any]:
    """An array of any stored dtype and small shape, special values included."""
    return draw(hnp.arrays(draw(dtypes), draw(shapes)))


@st.composite
def damaged_tensor_protos(draw: st.DrawFn) -> tensor_pb2.TensorProto:
    """A TensorProto whose dtype, shape and contents need not fit together."""
    proto = to_tensor_proto(draw(arrays()))
    if draw(st.booleans()):
        proto.dtype = draw(st.sampled_from(tensor_pb2.DataType.values()))
    if draw(st.booleans()):
        proto.tensor_content = draw(st.binary(max_size=24))
    if draw(st.booleans()):
        proto.tensor_shape.dim.add(size=draw(int64s))
    proto.float_val.extend(draw(st.lists(st.floats(width=32), max_size=3)))
    proto.half_val.extend(draw(st.lists(st.integers(-(1 << 31), (1 << 31) - 1), max_size=3)))
    proto.scomplex_val.extend(draw(st.lists(st.floats(width=32), max_size=3)))
    return proto


@st.composite
def histogram_protos(draw: st.DrawFn) -> summary_pb2.HistogramProto:
    """A histogram as some writer may leave it: any counts, rising limits, outer limits often huge."""
    size = draw(st.integers(0, 8))
    limits = sorted(draw(st.lists(st.floats(-1e6, 1e6), min_size=size, max_size=size)))
    if limits and draw(st.booleans()):
        limits[-1] = 1.7976931348623157e308
    counts = draw(st.lists(st.sampled_from([0.0, 0.0, 1.0, 2.5, 1e6]), min_size=size, max_size=size))
    low, high = sorted(draw(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))))
    return summary_pb2.HistogramProto(min=low, max=high, num=sum(counts), bucket_limit=limits, bucket=counts)

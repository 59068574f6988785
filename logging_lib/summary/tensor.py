"""Tensors: an array -> Summary."""

from __future__ import annotations

import numpy as np

from logging_lib.capture import Values
from logging_lib.tfevents.plugins import TENSOR, summary_metadata
from logging_lib.tfevents.proto import summary_pb2
from logging_lib.tfevents.tensor import check_dtype, to_tensor_proto

# Protobuf's limit of 2 GiB, less some room for the event around the tensor.
_MOST_BYTES = (1 << 31) - (1 << 20)


def check_storable(values: Values) -> None:
    """Refuse at the call what no event could hold.

    Raises:
        ValueError: too large, or a dtype that TensorFlow does not store.
    """
    if values.nbytes > _MOST_BYTES:
        raise ValueError("tensor is bigger than protocol buffer's hard limit of 2GB in size")
    if isinstance(values, np.ndarray):  # a device has no dtype that is wider than those stored
        check_dtype(values.dtype)


def tensor_summary(tag: str, values: Values, bfloat16: bool = False) -> summary_pb2.Summary:
    """All elements, of any shape; with `bfloat16`, float32 that hold no more than that are stored as such.

    Source: torch.utils.tensorboard.summary.tensor_proto, which stores the elements one by one, here as raw bytes.
    """
    tensor = to_tensor_proto(np.asarray(values), bfloat16=bfloat16)
    return summary_pb2.Summary(
        value=[summary_pb2.Summary.Value(tag=tag, metadata=summary_metadata(TENSOR), tensor=tensor)]
    )

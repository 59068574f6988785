"""Scalars: a number -> Summary."""

from __future__ import annotations

from logging_lib.tfevents.plugins import SCALARS, summary_metadata
from logging_lib.tfevents.proto import summary_pb2, tensor_pb2


def scalar(tag: str, value: float, new_style: bool = False, double_precision: bool = False) -> summary_pb2.Summary:
    """One number: a float32 `simple_value`, or with `new_style` a rank-0 tensor of float32 or float64.

    Source: torch.utils.tensorboard.summary.scalar; as there, `double_precision` counts only with `new_style`.
    """
    if not new_style:
        return summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, simple_value=value)])
    if double_precision:
        tensor = tensor_pb2.TensorProto(dtype=tensor_pb2.DT_DOUBLE, double_val=[value])
    else:
        tensor = tensor_pb2.TensorProto(dtype=tensor_pb2.DT_FLOAT, float_val=[value])
    tensor.tensor_shape.SetInParent()  # without it a strict reader sees no shape instead of rank 0
    return summary_pb2.Summary(
        value=[summary_pb2.Summary.Value(tag=tag, metadata=summary_metadata(SCALARS), tensor=tensor)]
    )

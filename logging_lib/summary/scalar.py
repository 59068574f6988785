"""Scalars: a number -> Summary."""

from __future__ import annotations

from typing import SupportsFloat

from logging_lib.tfevents.plugins import SCALARS, summary_metadata
from logging_lib.tfevents.proto import summary_pb2, tensor_pb2


def scalar(
    tag: str,
    value: SupportsFloat,
    new_style: bool = False,
    double_precision: bool = False,
    display_name: str = "",
    description: str = "",
) -> summary_pb2.Summary:
    """One number: a float32 `simple_value`, or with `new_style` a rank-0 tensor of float32 or float64.

    Source: torch.utils.tensorboard.summary.scalar; as there, `double_precision` counts only with `new_style`. The
    name and description go where tensorboardX.summary.scalar puts them.
    """
    number = float(value)
    made = summary_pb2.Summary.Value(tag=tag)
    if display_name or description:
        made.metadata.display_name = display_name
        made.metadata.summary_description = description
    if not new_style:
        made.simple_value = number
    else:
        made.metadata.MergeFrom(summary_metadata(SCALARS))
        made.tensor.CopyFrom(_tensor(number, double_precision))
    return summary_pb2.Summary(value=[made])


def _tensor(number: float, double_precision: bool) -> tensor_pb2.TensorProto:
    if double_precision:
        tensor = tensor_pb2.TensorProto(dtype=tensor_pb2.DT_DOUBLE, double_val=[number])
    else:
        tensor = tensor_pb2.TensorProto(dtype=tensor_pb2.DT_FLOAT, float_val=[number])
    tensor.tensor_shape.SetInParent()  # without it a strict reader sees no shape instead of rank 0
    return tensor

"""The number in a tensor that is a scalar, and how wide it has to be kept."""

from __future__ import annotations

import struct
from collections.abc import Callable

from logging_lib.tfevents.proto import tensor_pb2
from logging_lib.tfevents.tensor import from_tensor_proto, shape_of

_FLOAT = struct.Struct("<f")
_DOUBLE = struct.Struct("<d")
# Types whose every value is a float32; all others are kept as float64.
_NARROW = frozenset({tensor_pb2.DT_FLOAT, tensor_pb2.DT_HALF, tensor_pb2.DT_BFLOAT16})


def is_wide(dtype: int) -> bool:
    """Whether numbers of a tensor dtype need float64."""
    return dtype not in _NARROW


def number_of(tensor: tensor_pb2.TensorProto) -> float:
    """The number in a tensor of shape [] or [1].

    Raises:
        ValueError: another shape, a dtype that is no real number, or a tensor that does not fit its shape.
    """
    if not tensor.tensor_shape.dim and not tensor.tensor_shape.unknown_rank:
        reader = _QUICK.get(tensor.dtype)
        if reader is not None and (number := reader(tensor)) is not None:
            return number
    # The shape first: a tensor of another one may be large.
    shape = shape_of(tensor)
    if shape not in ((), (1,)):
        raise ValueError(f"tensor of shape {list(shape)} is no number")
    array = from_tensor_proto(tensor)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"tensor of {array.dtype.name} is no number")
    return float(array.reshape(-1)[0])


def is_number(tensor: tensor_pb2.TensorProto) -> bool:
    """Whether a tensor that no metadata explains (it may have been lost to damage) is a scalar all the same."""
    try:
        number_of(tensor)
    except ValueError:
        return False
    return True


def _quick_float(tensor: tensor_pb2.TensorProto) -> float | None:
    content = tensor.tensor_content
    if len(content) == _FLOAT.size:
        return float(_FLOAT.unpack(content)[0])
    return tensor.float_val[0] if not content and len(tensor.float_val) == 1 else None


def _quick_double(tensor: tensor_pb2.TensorProto) -> float | None:
    content = tensor.tensor_content
    if len(content) == _DOUBLE.size:
        return float(_DOUBLE.unpack(content)[0])
    return tensor.double_val[0] if not content and len(tensor.double_val) == 1 else None


# The types that writers use, without from_tensor_proto's arrays; None where that function must judge.
_QUICK: dict[int, Callable[[tensor_pb2.TensorProto], float | None]] = {
    tensor_pb2.DT_FLOAT: _quick_float,
    tensor_pb2.DT_DOUBLE: _quick_double,
}

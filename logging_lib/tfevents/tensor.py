"""ndarray <-> TensorProto, every numeric dtype that TensorFlow stores, and strings.

Source: tensorflow/core/framework/tensor.proto and tensorboard/util/tensor_util.py. A TensorProto holds its
elements either as raw little-endian bytes (`tensor_content`) or in a typed list, which may be shorter than the
shape: its last element then stands for all that follow, and an empty list for zeros (TensorFlow's MakeNdarray);
up to MAX_REPEATED elements are filled up like that, of strings as many as together are not long.

Both directions are API: readers take `from_tensor_proto`, what stores tensors of any dtype `to_tensor_proto`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Sized
from typing import Any

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.proto import tensor_pb2 as pb

_NUMPY_OF: dict[int, np.dtype[Any]] = {
    pb.DT_FLOAT: np.dtype("<f4"),
    pb.DT_DOUBLE: np.dtype("<f8"),
    pb.DT_HALF: np.dtype("<f2"),
    pb.DT_INT8: np.dtype("i1"),
    pb.DT_INT16: np.dtype("<i2"),
    pb.DT_INT32: np.dtype("<i4"),
    pb.DT_INT64: np.dtype("<i8"),
    pb.DT_UINT8: np.dtype("u1"),
    pb.DT_UINT16: np.dtype("<u2"),
    pb.DT_UINT32: np.dtype("<u4"),
    pb.DT_UINT64: np.dtype("<u8"),
    pb.DT_BOOL: np.dtype("?"),
    pb.DT_COMPLEX64: np.dtype("<c8"),
    pb.DT_COMPLEX128: np.dtype("<c16"),
}
_DTYPE_OF = {dtype: code for code, dtype in _NUMPY_OF.items()}
# The typed list of each dtype, and the type of its elements: left to guess, numpy takes large u64 for floats.
_LIST_OF = {
    pb.DT_FLOAT: ("float_val", "<f4"),
    pb.DT_DOUBLE: ("double_val", "<f8"),
    pb.DT_INT8: ("int_val", "<i4"),
    pb.DT_INT16: ("int_val", "<i4"),
    pb.DT_INT32: ("int_val", "<i4"),
    pb.DT_UINT8: ("int_val", "<i4"),
    pb.DT_UINT16: ("int_val", "<i4"),
    pb.DT_INT64: ("int64_val", "<i8"),
    pb.DT_UINT32: ("uint32_val", "<u4"),
    pb.DT_UINT64: ("uint64_val", "<u8"),
    pb.DT_BOOL: ("bool_val", "?"),
}
_COMPLEX_PARTS = {pb.DT_COMPLEX64: ("scomplex_val", "<f4"), pb.DT_COMPLEX128: ("dcomplex_val", "<f8")}
# Types that are no numpy ones, by the names that TensorFlow calls them.
_OTHER_NAMES = {
    pb.DT_INVALID: "unknown",
    pb.DT_STRING: "string",
    pb.DT_BFLOAT16: "bfloat16",
    11: "qint8",
    12: "quint8",
    13: "qint32",
    15: "qint16",
    16: "quint16",
    20: "resource",
    21: "variant",
    24: "float8_e5m2",
    25: "float8_e4m3fn",
    26: "float8_e4m3fnuz",
    27: "float8_e4m3b11fnuz",
    28: "float8_e5m2fnuz",
    29: "int4",
    30: "uint4",
    31: "int2",
    32: "uint2",
    33: "float4_e2m1fn",
}
# A reference to a variable of a dtype has that dtype's code plus this.
_REFERENCE = 100
# More elements than this in one summary is damage that happens to parse (a shape is only a few bytes).
MAX_ELEMENTS = 1 << 28
# Nor does anybody log more rows of nothing: [2**31, 0] has no element, and as a list gigabytes of empty lists.
MAX_EMPTY = 1 << 20
# A list that is shorter than the shape saves its writer some bytes, and may cost its reader gigabytes.
MAX_REPEATED = 1 << 20
_LISTED_AT_ONCE = 1 << 16
_STRING_BYTES = 16  # what a string takes beside its bytes, when MAX_REPEATED counts bytes


def shape_of(proto: pb.TensorProto) -> tuple[int, ...]:
    """The shape, () for a scalar.

    Raises:
        ValueError: a dimension is unknown or negative, or the product is absurd.
    """
    shape = tuple(dim.size for dim in proto.tensor_shape.dim)
    if proto.tensor_shape.unknown_rank or any(size < 0 for size in shape):
        raise ValueError("tensor of unknown shape")
    elements = math.prod(shape)
    if elements > MAX_ELEMENTS or (not elements and math.prod(size for size in shape if size) > MAX_EMPTY):
        raise ValueError(f"tensor of shape {list(shape)} is larger than any summary")
    return shape


def dtype_name(code: int) -> str:
    """The name of a dtype as TensorFlow has it: float32, string, resource; one that is not known by its number."""
    if code > _REFERENCE:
        return f"{dtype_name(code - _REFERENCE)}_ref" if code < 2 * _REFERENCE else f"dtype {code}"
    dtype = _NUMPY_OF.get(code)
    return dtype.name if dtype is not None else _OTHER_NAMES.get(code, f"dtype {code}")


def from_tensor_proto(proto: pb.TensorProto) -> npt.NDArray[Any]:
    """The tensor as an array; bfloat16 widens to float32, strings become an object array of bytes.

    Raises:
        ValueError: a dtype this module does not know, or bytes or elements that do not fill the shape.
    """
    shape = shape_of(proto)
    if proto.dtype == pb.DT_STRING:
        return _strings(list(proto.string_val), shape)
    if proto.dtype == pb.DT_BFLOAT16:
        return _halves(proto, np.dtype("<u2"), shape).astype("<u4").__lshift__(16).view("<f4")
    dtype = _NUMPY_OF.get(proto.dtype)
    if dtype is None:
        raise ValueError(f"tensor of unknown dtype {proto.dtype}")
    if proto.tensor_content:
        return _content(proto.tensor_content, dtype, shape)
    if proto.dtype == pb.DT_HALF:
        return _halves(proto, np.dtype("<u2"), shape).view(dtype)
    return _fill(_typed_list(proto, dtype), shape)


def to_tensor_proto(array: npt.NDArray[Any], *, bfloat16: bool = False) -> pb.TensorProto:
    """The array as a TensorProto: numbers as raw bytes, bytes and str objects as strings (UTF-8).

    bfloat16 is stored as such where an array has that dtype of ml_dtypes' or, with `bfloat16`, where a float32 array
    is meant: the lower half of its bits is not stored.

    Raises:
        ValueError: a dtype that TensorFlow does not store.
    """
    shape = pb.TensorShapeProto(dim=[pb.TensorShapeProto.Dim(size=size) for size in array.shape])
    if array.dtype.kind in "OSU":
        values = [item.encode() if isinstance(item, str) else bytes(item) for item in array.ravel().tolist()]
        return pb.TensorProto(dtype=pb.DT_STRING, tensor_shape=shape, string_val=values)
    code: int = pb.DT_BFLOAT16
    if bfloat16 or array.dtype.name == "bfloat16":
        stored = (array.astype("<f4").view("<u4") >> 16).astype("<u2")
    else:
        code = check_dtype(array.dtype)
        stored = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return pb.TensorProto(dtype=pb.DataType.Name(code), tensor_shape=shape, tensor_content=stored.tobytes())


def check_dtype(dtype: np.dtype[Any]) -> int:
    """The number of a dtype of numpy's own, any byte order.

    Raises:
        ValueError: a dtype that TensorFlow does not store.
    """
    code = _DTYPE_OF.get(dtype.newbyteorder("<"))
    if code is None:
        raise ValueError(f"cannot store an array of dtype {dtype}")
    return code


def _typed_list(proto: pb.TensorProto, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    if parts := _COMPLEX_PARTS.get(proto.dtype):
        name, part = parts
        flat = _listed(getattr(proto, name), part)
        if len(flat) % 2:
            raise ValueError("complex tensor with half a number")
        return flat.view(dtype)
    name, element = _LIST_OF[proto.dtype]
    return _listed(getattr(proto, name), element).astype(dtype, copy=False)


def _listed(values: Sequence[Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """A proto's list as an array [n], part by part: numpy lets no other thread run while it takes millions."""
    array = np.empty(len(values), dtype)
    for start in range(0, len(values), _LISTED_AT_ONCE):
        array[start : start + _LISTED_AT_ONCE] = values[start : start + _LISTED_AT_ONCE]
    return array


def _halves(proto: pb.TensorProto, dtype: np.dtype[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """16-bit floats as their bits: raw bytes, or the low half of each int in half_val."""
    if proto.tensor_content:
        return _content(proto.tensor_content, dtype, shape)
    return _fill(_listed(proto.half_val, "<i4").astype(dtype), shape)


def _content(content: bytes, dtype: np.dtype[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    if len(content) != math.prod(shape) * dtype.itemsize:
        raise ValueError(f"tensor of {len(content)} bytes for shape {list(shape)} of {dtype.name}")
    return np.frombuffer(content, dtype).reshape(shape)


def _fill(values: npt.NDArray[Any], shape: tuple[int, ...], zero: object = 0) -> npt.NDArray[Any]:
    size = math.prod(shape)
    if len(values) > size:
        raise ValueError(f"tensor of {len(values)} elements for shape {list(shape)}")
    if len(values) < size:
        if size > MAX_REPEATED:
            raise _not_filled(values, shape)
        if not len(values):
            return np.full(shape, zero, values.dtype)
        values = np.concatenate([values, np.repeat(values[-1:], size - len(values))])
    return values.reshape(shape)


def _not_filled(values: Sized, shape: tuple[int, ...]) -> ValueError:
    return ValueError(f"tensor of shape {list(shape)} holds {len(values)} elements; it is not filled up")


def _strings(values: list[bytes], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    repeated = math.prod(shape) - len(values)
    if repeated > 0 and repeated * (_STRING_BYTES + len(values[-1] if values else b"")) > MAX_REPEATED:
        raise _not_filled(values, shape)
    array = np.empty(len(values), object)
    array[:] = values
    return _fill(array, shape, b"")

"""Whatever a training loop holds -> numpy: the only place that knows torch, jax and other tensors, by duck typing."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
_NUMERIC_KINDS = "biufc"


def as_ndarray(value: object) -> Array:
    """The numbers of `value` as an array of its own shape; it may share memory with `value`.

    Takes Python and numpy numbers, (nested) lists, numpy arrays, torch tensors (any device, grad-requiring,
    bfloat16 and float8, which widen to float32) and lists of them, and whatever has `__array__` or `__dlpack__`.

    Raises:
        TypeError: no numbers in there.
        ValueError: nested lists of different lengths.
    """
    array = _array_of(value)
    if array.dtype.kind == "V" and "float" in array.dtype.name:  # bfloat16 and float8 of ml_dtypes, jax's own
        array = array.astype(np.float32)
    if array.dtype.kind not in _NUMERIC_KINDS:
        raise TypeError(f"expected numbers, got {type(value).__name__}")
    return array


def captured(value: object) -> Array:
    """The real numbers of `value` in memory of their own: changing `value` afterwards does not change the copy.

    Raises:
        TypeError, ValueError: as `as_ndarray`, and for complex numbers.
    """
    array = as_ndarray(value)
    if array.dtype.kind == "c":
        raise TypeError("expected real numbers, got complex ones")
    return np.array(array, order="C")


def as_float(value: object) -> float:
    """The one number in `value`, of any shape.

    Raises:
        TypeError: not a real number.
        ValueError: not exactly one, or beyond the range of a float.
    """
    if isinstance(value, float):
        return float(value)
    array = as_ndarray(value)
    if array.size != 1:
        raise ValueError(f"expected one number, got shape {list(array.shape)}")
    if array.dtype.kind == "c":
        raise TypeError("expected a real number, got a complex one")
    return float(array.reshape(-1)[0])


def _array_of(value: object) -> Array:
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, int):  # numpy makes an object array of an int beyond 64 bits
        return _float_of(value) if abs(value) >= 1 << 63 else np.asarray(value)
    if _is_torch(value):
        return _torch_array(value)
    if isinstance(value, (list, tuple)) and value and _is_torch(value[0]):  # numpy refuses those that require grad
        return np.asarray([_array_of(item) for item in value])
    if hasattr(value, "__array__") or isinstance(value, (float, list, tuple)):
        return np.asarray(value)
    if hasattr(value, "__dlpack__"):
        return np.from_dlpack(value)
    if hasattr(value, "__float__"):
        return _float_of(value)
    raise TypeError(f"expected numbers, got {type(value).__name__}")


def _is_torch(value: object) -> bool:
    return hasattr(value, "detach") and hasattr(value, "cpu")


def _torch_array(value: Any) -> Array:
    tensor = value.detach().cpu()
    if str(tensor.layout) != "torch.strided":  # sparse, which numpy has not
        tensor = tensor.to_dense()
    tensor = tensor.resolve_conj().resolve_neg()
    try:
        array: Array = tensor.numpy()
    except TypeError:  # numpy has no such dtype: bfloat16, float8
        array = tensor.float().numpy()
    return array


def _float_of(value: Any) -> Array:
    try:
        return np.asarray(float(value))
    except OverflowError as error:
        raise ValueError(f"{value} is beyond the range of a float") from error

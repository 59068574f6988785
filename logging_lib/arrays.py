"""Whatever a training loop holds -> numpy: the only place, with capture.py, that knows torch and other tensors."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt  # which takes 5 ms to import

Array: TypeAlias = "npt.NDArray[Any]"
_NUMERIC_KINDS = "biufc"
_REAL_KINDS = "biuf"
_ADDED = 2  # dtype.isbuiltin of what other packages add to numpy
_CPU = 1
_HOST_MEMORY = (_CPU, 3, 11, 13)  # DLPack's device types: CPU, pinned for CUDA, pinned for ROCm, CUDA managed
# What `float` takes at once; exact types, for their speed.
REAL_NUMBERS = frozenset(
    {float, int, bool, np.bool_, *(np.dtype(code).type for code in np.typecodes["AllInteger"] + np.typecodes["Float"])}
)


def as_ndarray(value: object) -> Array:
    """The numbers of `value` as an array of its own shape; it may share memory with `value`.

    Takes Python and numpy numbers, (nested) lists, numpy arrays, torch tensors (any device, layout and dtype, also
    grad-requiring and quantised) and lists of them, jax arrays, and whatever has `__array__` or `__dlpack__`. What
    numpy has no dtype for widens: bfloat16, float8 and their like to float32, int4 to int8, complex32 to complex64.

    Raises:
        TypeError: no numbers in there.
        ValueError: nested lists of different lengths.
    """
    array = _widened(_array_of(value))
    if array.dtype.kind not in _NUMERIC_KINDS:
        raise TypeError(f"expected numbers, got {type(value).__name__}")
    return array


def as_float(value: object) -> float:
    """The one number in `value`, of any shape.

    Raises:
        TypeError: not a real number.
        ValueError: not exactly one, or beyond the range of a float.
    """
    try:
        if type(value) in REAL_NUMBERS:
            return float(value)  # type: ignore[arg-type]
        number = _item(value)
    except OverflowError as error:
        raise ValueError(f"{value} is beyond the range of a float") from error
    return _slow_float(value) if number is None else number


def is_torch(value: object) -> TypeGuard[Any]:
    """Whether `value` is a torch tensor; never where the job has not imported torch."""
    return isinstance(value, getattr(sys.modules.get("torch"), "Tensor", ()))


def torch_as_ndarray(tensor: Any) -> Array:
    """A torch tensor as an array, which shares the memory of an ordinary CPU tensor; waits for a device."""
    torch = sys.modules["torch"]
    dense = dense_tensor(tensor.detach().cpu())
    try:
        array: Array = dense.numpy()
    except TypeError:  # numpy has no such dtype: bfloat16, float8, complex32
        array = dense.to(torch.complex64 if dense.is_complex() else torch.float32).numpy()
    return array


def dense_tensor(tensor: Any) -> Any:
    """A torch tensor of plain strided numbers, whatever its layout."""
    if tensor.is_quantized:
        return tensor.dequantize()
    if tensor.layout is not sys.modules["torch"].strided:  # sparse, mkldnn
        tensor = tensor.to_dense()
    return tensor.resolve_conj().resolve_neg()


def _item(value: object) -> float | None:
    """The number in an ordinary array or tensor of one element; None for all else."""
    if isinstance(value, float):
        return float(value)
    if type(value) is np.ndarray:
        return float(value.item()) if value.size == 1 and value.dtype.kind in _REAL_KINDS else None
    if is_torch(value) and value.is_cpu and value.numel() == 1 and value.layout is sys.modules["torch"].strided:
        number = value.item()
        return None if type(number) is complex else float(number)
    return None


def _slow_float(value: object) -> float:
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
    if is_torch(value):
        return torch_as_ndarray(value)
    if isinstance(value, (list, tuple)) and value and is_torch(value[0]):  # numpy refuses those that require grad
        return np.asarray([_array_of(item) for item in value])
    if hasattr(value, "__array__") or isinstance(value, (float, list, tuple)):
        try:
            return np.asarray(value)
        except TypeError:
            if not hasattr(value, "__dlpack_device__"):  # cupy has both, and allows only this
                raise
    if hasattr(value, "__dlpack_device__"):
        return _from_dlpack(value)
    if hasattr(value, "__float__"):
        return _float_of(value)
    raise TypeError(f"expected numbers, got {type(value).__name__}")


def _widened(array: Array) -> Array:
    """An array of one of ml_dtypes' dtypes, which jax has, as one of numpy's own."""
    if array.dtype.isbuiltin != _ADDED:
        return array
    name = array.dtype.name
    return array.astype(np.complex64 if "complex" in name else np.float32 if "float" in name else np.int8)


class _CopiedToHost:
    """An array on a device as one of the CPU's: numpy 2.0 cannot ask for that."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __dlpack__(self, **options: Any) -> Any:
        return self._value.__dlpack__(**options | {"dl_device": self.__dlpack_device__()})

    def __dlpack_device__(self) -> tuple[int, int]:
        return _CPU, 0


def _from_dlpack(value: Any) -> Array:
    on_host = value.__dlpack_device__()[0] in _HOST_MEMORY
    return np.from_dlpack(value if on_host else _CopiedToHost(value))


def _float_of(value: Any) -> Array:
    try:
        return np.asarray(float(value))
    except OverflowError as error:
        raise ValueError(f"{value} is beyond the range of a float") from error

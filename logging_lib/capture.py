"""Values captured at a call, for the writer's thread: copies of what memory holds, and promises of what a GPU computes.

`float(number)` and `np.asarray(array)` give the value there, of either kind, and wait for the device if need be.
"""

from __future__ import annotations

import math
import sys
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

import numpy as np

from logging_lib.arrays import REAL_NUMBERS, Array, as_float, as_ndarray, is_torch, torch_as_ndarray
from logging_lib.streams import StreamedTensor, is_on_device

if TYPE_CHECKING:
    import numpy.typing as npt


class DeviceArray(ABC):
    """An array that may still be being computed, in memory that nobody else changes."""

    def __init__(self, shape: tuple[int, ...], itemsize: int) -> None:
        self.shape = shape
        self.size = math.prod(shape)
        self.nbytes = self.size * itemsize

    @abstractmethod
    def on_host(self) -> Array:
        """The numbers, when they are computed, in memory of their own."""

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> Array:
        """numpy's protocol; each call copies, and waits for the device."""
        array = self.on_host()
        return array if dtype is None else array.astype(dtype, copy=False)


class TorchArray(DeviceArray):
    """A torch tensor on a GPU."""

    def __init__(self, tensor: Any) -> None:
        super().__init__(tuple(tensor.shape), tensor.element_size())
        self._streamed = StreamedTensor(tensor)

    def read(self) -> AbstractContextManager[Any]:
        """Gives the tensor, to be worked with inside the `with` block alone."""
        return self._streamed.read()

    def on_host(self) -> Array:
        """The numbers, when they are computed, in memory of their own."""
        with self.read() as tensor:
            return torch_as_ndarray(tensor)


class JaxArray(DeviceArray):
    """A jax array that jax has not yet computed."""

    def __init__(self, array: Any) -> None:
        super().__init__(array.shape, array.dtype.itemsize)
        self._array = array.copy()  # it may be donated to the next step, which deletes it

    def on_host(self) -> Array:
        """The numbers, when they are computed, in memory of their own."""
        return np.array(as_ndarray(self._array))


class DeviceNumber:
    """A number that may still be being computed."""

    __slots__ = ("_array", "nbytes")

    def __init__(self, array: DeviceArray) -> None:
        self._array = array
        self.nbytes = array.nbytes

    def __float__(self) -> float:
        """The number, when it is computed."""
        return as_float(np.asarray(self._array))


_IN_MEMORY = REAL_NUMBERS | {np.ndarray}

Number: TypeAlias = float | DeviceNumber
Values: TypeAlias = "Array | DeviceArray"


def captured_number(value: object) -> Number:
    """The one real number in `value`, of any shape; on a GPU, without waiting for it.

    Raises:
        TypeError, ValueError: as arrays.as_float.
    """
    if type(value) in _IN_MEMORY or (array := _deferred(value)) is None:
        return as_float(value)
    if array.size != 1:
        raise ValueError(f"expected one number, got shape {list(array.shape)}")
    return DeviceNumber(array)


def captured_array(value: object, *, complex_too: bool = False) -> Values:
    """The numbers of `value` in memory of their own; on a GPU, without waiting for it.

    Raises:
        TypeError, ValueError: as arrays.as_ndarray, and for complex numbers unless they are welcome.
    """
    deferred = None if type(value) in _IN_MEMORY else _deferred(value, complex_too)
    if deferred is not None:
        return deferred
    array = as_ndarray(value)
    _check_kind(array.dtype.kind == "c" and not complex_too)
    return np.array(array, order="C")


def _deferred(value: object, complex_too: bool = False) -> DeviceArray | None:
    """A copy of what is on a device, to be read later; None where it must or may as well be read now."""
    if is_torch(value):
        if not is_on_device(value):
            return None
        _check_kind(value.is_complex() and not complex_too)
        return _torch_array(lambda: value.detach().clone())
    if isinstance(value, (list, tuple)):
        return _deferred_list(value, complex_too)
    if _is_pending_jax(value):
        _check_kind(value.dtype.kind == "c" and not complex_too)
        return JaxArray(value)
    return None


def _deferred_list(values: list[Any] | tuple[Any, ...], complex_too: bool) -> DeviceArray | None:
    """As above, of tensors on one device: what a loop over parameters collects."""
    if not values or not all(is_torch(value) and is_on_device(value) for value in values):
        return None
    if any(value.device != values[0].device for value in values):
        return None
    _check_kind(any(value.is_complex() for value in values) and not complex_too)
    return _torch_array(lambda: sys.modules["torch"].stack([value.detach() for value in values]))


def _torch_array(copy: Any) -> DeviceArray | None:
    try:
        return TorchArray(copy())
    except sys.modules["torch"].cuda.OutOfMemoryError:  # a copy in the host's memory it is, though that waits
        return None


def _is_pending_jax(value: object) -> TypeGuard[Any]:
    """Whether jax computes this array, all of which is on this host, at present; a tracer is no such array."""
    if not isinstance(value, getattr(sys.modules.get("jax"), "Array", ())) or not hasattr(value, "is_ready"):
        return False
    array: Any = value
    return isinstance(array.dtype, np.dtype) and array.is_fully_addressable and not array.is_ready()


def _check_kind(is_complex: bool) -> None:
    if is_complex:
        raise TypeError("expected real numbers, got complex ones")

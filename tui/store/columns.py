"""Growable numpy columns whose views stay valid while they grow."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

_LEAST_CAPACITY = 16

Element = TypeVar("Element", bound=np.generic)


class Column(Generic[Element]):
    """A one-dimensional array that grows at its end.

    Invariant: what `view` handed out is never written again. Appending writes only past the end of every view; a
    column that is full or gets another dtype moves to new memory, and old views keep the old.
    """

    def __init__(self, dtype: type[Element] | np.dtype[Element]) -> None:
        self._data: npt.NDArray[Element] = np.empty(0, dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def dtype(self) -> np.dtype[Element]:
        """The type of the elements."""
        return self._data.dtype

    def extend(self, values: npt.ArrayLike) -> None:
        """Append an array of shape [n]; a wider float dtype than the column's widens the column."""
        new = np.asarray(values)
        dtype = self._data.dtype
        if new.dtype is not dtype and new.dtype.kind == "f":
            dtype = np.promote_types(dtype, new.dtype)
        end = self._size + len(new)
        if end > len(self._data) or dtype != self._data.dtype:
            self._move(end, dtype)
        self._data[self._size : end] = new
        self._size = end

    def view(self) -> npt.NDArray[Element]:
        """A read-only array of all elements, of shape [n]."""
        view = self._data[: self._size]
        view.flags.writeable = False
        return view

    def _move(self, needed: int, dtype: np.dtype[Any]) -> None:
        # An eighth more keeps the slack of long columns small; copying then costs 8 moves an element on average.
        data = np.empty(needed + max(needed >> 3, _LEAST_CAPACITY), dtype)
        data[: self._size] = self._data[: self._size]
        self._data = data

"""Growable numpy columns whose views stay valid while they grow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

_LEAST_CAPACITY = 16
_LONG = 1 << 15
_SHIFT, _LONG_SHIFT = 3, 5

Element = TypeVar("Element", bound=np.generic)


class Column(Generic[Element]):
    """A one-dimensional array that grows at its end.

    Invariant: what `view` handed out is never written again. Appending writes only past the end of every view; a
    column that is full or gets another dtype moves to new memory, and old views keep the old. Memory of which there
    is no view grows where it is, if it can.
    """

    # A hundred thousand series have three each.
    __slots__ = ("_data", "_size", "_viewed")

    def __init__(self, dtype: type[Element] | np.dtype[Element]) -> None:
        self._data: npt.NDArray[Element] = np.empty(0, dtype)
        self._size = 0
        self._viewed = False

    def __len__(self) -> int:
        return self._size

    @property
    def dtype(self) -> np.dtype[Element]:
        """The type of the elements."""
        return self._data.dtype

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the elements take, and room for more of them."""
        return self._data.nbytes

    def extend(self, values: npt.ArrayLike) -> None:
        """Append an array of shape [n], which must not change any more; a wider float dtype widens the column."""
        new = np.asarray(values)
        dtype = self._data.dtype
        if new.dtype is not dtype and new.dtype.kind == "f":
            dtype = np.promote_types(dtype, new.dtype)
        if not self._size and new.dtype == dtype and new.base is None:
            self._data, self._size, self._viewed = new, len(new), True
            return
        end = self._size + len(new)
        if end > len(self._data) or dtype != self._data.dtype:
            self._grow(end, dtype)
        if len(new):  # else the array may be a view by now, which nobody may write to
            self._data[self._size : end] = new
        self._size = end

    def view(self) -> npt.NDArray[Element]:
        """A read-only array of all elements, of shape [n]."""
        self._viewed = True
        # A column without slack moves when it grows: it is its own view.
        view = self._data if self._size == len(self._data) else self._data[: self._size]
        view.flags.writeable = False
        return view

    def _grow(self, needed: int, dtype: np.dtype[Any]) -> None:
        # An eighth more costs 8 copies an element on average. Long columns, of which there are few, take up less.
        slack = needed >> (_LONG_SHIFT if needed >= _LONG else _SHIFT)
        capacity = needed + max(slack, _LEAST_CAPACITY)
        if self._size and not self._viewed and dtype == self._data.dtype:
            self._data.resize(capacity, refcheck=False)
            return
        data = np.empty(capacity, dtype)
        data[: self._size] = self._data[: self._size]
        self._data, self._viewed = data, False


def column_of(values: npt.NDArray[Element]) -> Column[Element]:
    """A column of an array, which must not change any more."""
    column = Column(values.dtype)
    column.extend(values)
    return column


def picked(column: Column[Element], places: Sequence[slice]) -> Column[Element]:
    """A new column of what stands in these places."""
    kept: Column[Element] = Column(column.dtype)
    if places:
        view = column.view()
        kept.extend(np.concatenate([view[place] for place in places]))
    return kept

"""Bytes read as choices, numbers, texts and arrays, so that an input can stand for calls and values."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

_T = TypeVar("_T")
_DOUBLE = struct.Struct("<d")
_ODD = (0.0, -0.0, 1.0, -1.0, 0.1, 0.3, 1e-300, 5e-324, 1e300, 1.7976931348623157e308, 1e6, 999999.5, 2**53, 1.7e9)
_NOT_FINITE = (math.nan, math.inf, -math.inf)
_ALPHABET = "ab/ .,%\"'\\<&;=+-@{}[]()|*\t\n\r\x00\x1b\x7f\x9b\u202e\u2028\u0301漢é█🎉\ufeff\udc80"


class Draw:
    """Takes one thing after the other; where the bytes have ended, everything is 0, the first or empty."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes were not read yet."""
        return len(self._data) - self._at

    def raw(self, size: int) -> bytes:
        """The next bytes; fewer at the end."""
        taken = self._data[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def byte(self) -> int:
        """0 to 255."""
        return self.raw(1)[0] if self.left else 0

    def flag(self) -> bool:
        """True or False."""
        return bool(self.byte() & 1)

    def integer(self, low: int, high: int) -> int:
        """One of low to high, both included."""
        span = high - low + 1
        return low + int.from_bytes(self.raw((span.bit_length() + 7) // 8), "little") % span

    def pick(self, choices: Sequence[_T]) -> _T:
        """One of a few."""
        return choices[self.byte() % len(choices)]

    def several(self, make: Callable[[], _T], most: int) -> list[_T]:
        """At most so many."""
        return [make() for _ in range(self.integer(0, most)) if self.left]

    def text(self, most: int = 24) -> str:
        """Any text: of the bytes as UTF-8 with surrogates for what is none, or of odd characters."""
        if self.flag():
            return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in self.raw(self.integer(0, most)))
        return self.raw(self.integer(0, most)).decode("utf-8", "surrogateescape")

    def name(self, most: int = 24) -> str:
        """A text that UTF-8 can hold."""
        return self.text(most).encode("utf-8", "replace").decode("utf-8")

    def number(self, *, finite: bool = False) -> float:
        """Any float64; small, whole and odd ones more often."""
        kind = self.byte() % 4
        value = 0.0
        if kind == 0:
            value = float(self.integer(-1000, 1000))
        elif kind == 1:
            value = self.pick(_ODD)
        elif kind == 2:
            value = self.pick(_NOT_FINITE) if not finite else self.integer(0, 1 << 32) / 1000
        else:
            value = _DOUBLE.unpack(self.raw(8).ljust(8, b"\0"))[0]
        return value if math.isfinite(value) or not finite else 0.5

    def numbers(self, most: int) -> npt.NDArray[np.float64]:
        """Some of them, float64[n]."""
        return np.array(self.several(self.number, most), np.float64)

    def array(self, dtypes: Sequence[str], most: int = 4) -> npt.NDArray[Any]:
        """An array of any bytes, of small shape and at most three dimensions."""
        dtype = np.dtype(self.pick(dtypes))
        shape = tuple(self.integer(0, most) for _ in range(self.integer(0, 3)))
        size = math.prod(shape) * dtype.itemsize
        content = self.raw(size).ljust(size, b"\0")
        if dtype.kind == "b":
            content = bytes(byte & 1 for byte in content)
        return np.frombuffer(content, dtype).reshape(shape)

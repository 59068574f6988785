"""Counts and statistics of an array's values, a piece at a time: exact, without sorting them all."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

# A piece and what is made of it fit in a processor's cache.
_PIECE = 1 << 17
# From here on the table of cells pays.
_MANY = 1 << 15
_ONE_THREAD = 1 << 13
_CELLS = 1 << 16
_MAGNITUDES = _CELLS // 2
_NOT_FINITE = 0x7F80  # the first magnitude of infinity and NaN


class Statistics(NamedTuple):
    """What a histogram says of all values beside their counts; not finite where some are not."""

    minimum: float
    maximum: float
    num: int
    total: float
    sum_squares: float


class HostValues:
    """The real numbers of an array of any shape, not empty, as float64 has them."""

    def __init__(self, values: npt.NDArray[Any]) -> None:
        self._flat = values.reshape(-1)
        self._dtype = np.float32 if np.can_cast(values.dtype, np.float32) else np.float64  # of a piece

    def statistics(self) -> Statistics:
        """Number, extremes and sums of all values."""
        pieces = (piece.astype(np.float64, copy=False) for piece in self._pieces())
        with np.errstate(invalid="ignore", over="ignore"):  # infinities of both signs, squares beyond the range
            rows = np.array([(piece.min(), piece.max(), piece.sum(), _sum_squares(piece)) for piece in pieces])
            minimum, maximum = rows[:, 0].min(), rows[:, 1].max()
            total, sum_squares = rows[:, 2].sum(), rows[:, 3].sum()
        return Statistics(float(minimum), float(maximum), len(self._flat), float(total), float(sum_squares))

    def finite_range(self) -> tuple[float, float] | None:
        """The smallest and the largest finite value; None where there is none."""
        ranges = [(float(piece.min()), float(piece.max())) for piece in map(_finite, self._pieces()) if len(piece)]
        return (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None

    def finite(self) -> Floats:
        """The finite values."""
        return np.concatenate([_finite(piece).astype(np.float64, copy=False) for piece in self._pieces()])

    def counts(self, edges: Floats) -> Counts:
        """How many finite values have i of the rising `edges` at or below them, for i from 0 to len(edges)."""
        if len(self._flat) >= _MANY:
            return _Cells.of(edges.tobytes()).counts(self._pieces())
        return sum((_sorted_counts(piece, edges) for piece in self._pieces()), np.zeros(len(edges) + 1, np.int64))

    def _pieces(self) -> Iterator[npt.NDArray[Any]]:
        for start in range(0, len(self._flat), _PIECE):
            with np.errstate(over="ignore"):  # a long double beyond float64's range is infinite
                piece = self._flat[start : start + _PIECE].astype(self._dtype, copy=False)
            yield piece


class _Cells:
    """All float32 values in 65,536 cells, by their upper 16 bits: sign, exponent and 7 bits of the fraction.

    A cell is narrower than the 10 % between usual edges, and few have one inside: how many values are in each of the
    others is known without comparing them with any edge.
    """

    def __init__(self, edges: Floats) -> None:
        lows, highs = _cell_bounds()
        self._edges = edges
        self._below = edges.searchsorted(lows, "left")
        self._unsure = self._below != edges.searchsorted(highs, "right")
        self._unsure.reshape(2, _MAGNITUDES)[:, _NOT_FINITE:] = True

    @classmethod
    @functools.lru_cache(maxsize=4)
    def of(cls, edges: bytes) -> _Cells:
        """The cells of the same edges as before, most often."""
        return cls(np.frombuffer(edges, np.float64))

    def counts(self, pieces: Iterable[npt.NDArray[Any]]) -> Counts:
        """As HostValues.counts, of pieces of float32 or float64."""
        of_cell = np.zeros(_CELLS, np.int64)
        counts = np.zeros(len(self._edges) + 1, np.int64)
        for piece in pieces:
            with np.errstate(over="ignore", under="ignore"):
                keys = piece.astype(np.float32, copy=False).view(np.uint32) >> 16
            of_cell += np.bincount(keys, minlength=_CELLS)
            counts += _sorted_counts(piece.compress(self._unsure.take(keys)), self._edges)
        of_cell[self._unsure] = 0
        return counts + np.bincount(self._below, of_cell, minlength=len(counts)).astype(np.int64)


@functools.cache
def _cell_bounds() -> tuple[Floats, Floats]:
    """Bounds of each cell's values, those rounded to float32 included: a float32 further out than they are."""
    first = np.arange(_NOT_FINITE, dtype=np.uint32) << 16
    low, high = (
        np.append(bits.view(np.float32).astype(np.float64), np.full(_MAGNITUDES - _NOT_FINITE, np.inf))
        for bits in (np.maximum(first, 1) - 1, first + np.uint32(_CELLS))
    )
    return np.concatenate([low, -high]), np.concatenate([high, -low])


def _sum_squares(piece: Floats) -> float:
    """Without the threads that BLAS would start for more values at once, and let spin."""
    return sum(float(part.dot(part)) for part in np.split(piece, range(_ONE_THREAD, len(piece), _ONE_THREAD)))


def _sorted_counts(piece: npt.NDArray[Any], edges: Floats) -> Counts:
    values = np.sort(_finite(piece))
    below = values.searchsorted(edges, "left")
    return np.diff(below, prepend=0, append=len(values))


def _finite(piece: npt.NDArray[Any]) -> npt.NDArray[Any]:
    finite = np.isfinite(piece)
    return piece if finite.all() else piece[finite]

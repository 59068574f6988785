"""Counts and statistics of a torch tensor's values, on its device: what host_counts does, in torch's operations.

The same numbers come out, sums apart, which are added up in another order. What travels to the host is a row of
statistics a piece, and the counts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from logging_lib.arrays import dense_tensor
from logging_lib.summary.host_counts import Counts, Floats, Statistics

# What is made of a piece takes some 30 bytes a value of the device's memory.
_PIECE = 1 << 22


class DeviceValues:
    """The real numbers of a tensor of any shape, not empty, as float64 has them."""

    def __init__(self, tensor: Any) -> None:
        torch: Any = sys.modules["torch"]
        self._torch = torch
        self._flat = dense_tensor(tensor).reshape(-1)
        narrow = self._flat.is_floating_point() and self._flat.dtype is not torch.float64
        self._dtype = torch.float32 if narrow else torch.float64  # of a piece

    def statistics(self) -> Statistics:
        """Number, extremes and sums of all values."""
        rows = np.array([self._row(piece.to(self._torch.float64)).tolist() for piece in self._pieces()])
        with np.errstate(invalid="ignore", over="ignore"):  # infinities of both signs, squares beyond the range
            minimum, maximum = rows[:, 0].min(), rows[:, 1].max()
            total, sum_squares = rows[:, 2].sum(), rows[:, 3].sum()
        return Statistics(float(minimum), float(maximum), len(self._flat), float(total), float(sum_squares))

    def finite_range(self) -> tuple[float, float] | None:
        """The smallest and the largest finite value; None where there is none."""
        pieces = (piece[piece.isfinite()] for piece in self._pieces())
        ranges = [(float(piece.min()), float(piece.max())) for piece in pieces if len(piece)]
        return (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None

    def finite(self) -> Floats:
        """The finite values, on the host."""
        pieces = (piece[piece.isfinite()].to(self._torch.float64) for piece in self._pieces())
        return np.concatenate([piece.cpu().numpy() for piece in pieces])

    def counts(self, edges: Floats) -> Counts:
        """How many finite values have i of the rising `edges` at or below them, for i from 0 to len(edges)."""
        boundaries = self._boundaries(edges)
        counts = np.zeros(len(edges) + 1, np.int64)
        for piece in self._pieces():
            places = self._torch.searchsorted(boundaries, piece, right=True, out_int32=True)
            places.masked_fill_(~piece.isfinite(), len(counts))
            counts += self._torch.bincount(places, minlength=len(counts) + 1)[:-1].cpu().numpy()
        return counts

    def _pieces(self) -> Iterator[Any]:
        for piece in self._flat.split(_PIECE):
            yield piece.to(self._dtype).contiguous()

    def _row(self, piece: Any) -> Any:
        """[minimum, maximum, sum, sum of squares] of a float64 piece."""
        return self._torch.stack([piece.min(), piece.max(), piece.sum(), piece.square().sum()])

    def _boundaries(self, edges: Floats) -> Any:
        """The edges in the pieces' dtype: a float32 is at or above an edge if it is so of the next float32 above."""
        if self._dtype is self._torch.float32:
            with np.errstate(over="ignore"):
                near = edges.astype(np.float32)
                edges = np.where(near < edges, np.nextafter(near, np.float32(np.inf)), near)
        return self._torch.as_tensor(edges, dtype=self._dtype, device=self._flat.device)

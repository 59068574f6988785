"""Blobs that grow: where they lie, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np
import numpy.typing as npt

from tui.model import BlobBatch, BlobRef, SeriesKey
from tui.store.columns import Column, picked
from tui.store.series import GrowingSeries
from tui.store.snapshot import BlobSeries


class GrowingBlobs(GrowingSeries):
    """Where blobs lie: 40 bytes each, plus an eighth of slack; where any is superseded, one more."""

    __slots__ = ("_files", "_items", "_lengths", "_numbers", "_offsets", "_paths")

    def __init__(self, key: SeriesKey) -> None:
        super().__init__(key)
        self._files = Column(np.int32)
        self._offsets = Column(np.int64)
        self._lengths = Column(np.int64)
        self._items = Column(np.int32)
        self._paths: list[str] = []
        self._numbers: dict[str, int] = {}

    def append(self, batch: BlobBatch) -> None:
        """Add blobs, at least one."""
        self._log(batch)
        self._files.extend([self._number(ref.path) for ref in batch.refs])
        self._offsets.extend([ref.offset for ref in batch.refs])
        self._lengths.extend([ref.length for ref in batch.refs])
        self._items.extend([ref.item for ref in batch.refs])

    def _number(self, path: str) -> int:
        number = self._numbers.setdefault(path, len(self._paths))
        if number == len(self._paths):
            self._paths.append(path)
        return number

    def freeze(self, version: int) -> BlobSeries:
        """What a snapshot shows."""
        flags = self._settle()
        refs = BlobRefs(self._paths, self._files.view(), self._offsets.view(), self._lengths.view(), self._items.view())
        return BlobSeries(self.key, version, self._steps.view(), self._wall_times.view(), refs, flags)

    def _rearrange(self, places: Sequence[slice]) -> None:
        super()._rearrange(places)
        self._files = picked(self._files, places)
        self._offsets = picked(self._offsets, places)
        self._lengths = picked(self._lengths, places)
        self._items = picked(self._items, places)


class BlobRefs(Sequence[BlobRef]):
    """BlobRefs in columns; one is made when it is asked for. `paths` may grow but never changes what it holds."""

    def __init__(
        self,
        paths: Sequence[str],
        files: npt.NDArray[np.int32],
        offsets: npt.NDArray[np.int64],
        lengths: npt.NDArray[np.int64],
        items: npt.NDArray[np.int32],
    ) -> None:
        self._paths = paths
        self._files = files
        self._offsets = offsets
        self._lengths = lengths
        self._items = items

    def __len__(self) -> int:
        return len(self._files)

    @overload
    def __getitem__(self, index: int) -> BlobRef: ...
    @overload
    def __getitem__(self, index: slice) -> BlobRefs: ...
    def __getitem__(self, index: int | slice) -> BlobRef | BlobRefs:
        if isinstance(index, slice):
            return BlobRefs(
                self._paths, self._files[index], self._offsets[index], self._lengths[index], self._items[index]
            )
        return BlobRef(
            self._paths[self._files[index]],
            int(self._offsets[index]),
            int(self._lengths[index]),
            int(self._items[index]),
        )

"""Series that grow: the store's own side of the frozen ones in a snapshot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from tui.model import BlobBatch, BlobRef, ScalarBatch, SeriesKey
from tui.store.columns import Column
from tui.store.snapshot import BlobSeries, ScalarSeries

_RECENT = 65
"""Points whose distances in time tell a series' usual interval."""


class GrowingSeries:
    """Steps and wall times, which every series has."""

    def __init__(self, key: SeriesKey) -> None:
        self.key = key
        self._steps = Column(np.int64)
        self._wall_times = Column(np.float64)

    def __len__(self) -> int:
        return len(self._steps)

    def interval(self) -> float | None:
        """Median seconds between recent distinct wall times, None where there are fewer than two."""
        # Python's own sort and median: for so few numbers numpy takes three times as long.
        recent = self._wall_times.view()[-_RECENT:].tolist()
        times = sorted({time for time in recent if math.isfinite(time)})
        return median(later - earlier for earlier, later in pairwise(times)) if len(times) > 1 else None


class GrowingScalars(GrowingSeries):
    """Points in file order: 16 bytes and 4 or 8 for the value, plus an eighth of slack."""

    def __init__(self, key: SeriesKey) -> None:
        super().__init__(key)
        self._values: Column[np.floating[Any]] = Column(np.dtype(np.float32))
        self.ends_finite = True
        """Whether the newest value is a finite number."""

    def append(self, batch: ScalarBatch) -> None:
        """Add points; a batch of float64 widens the series."""
        self._steps.extend(batch.steps)
        self._wall_times.extend(batch.wall_times)
        self._values.extend(batch.values)
        self.ends_finite = math.isfinite(batch.values[-1])

    def freeze(self, version: int) -> ScalarSeries:
        """What a snapshot shows."""
        return ScalarSeries(self.key, version, self._steps.view(), self._wall_times.view(), self._values.view())


class GrowingBlobs(GrowingSeries):
    """Where blobs lie, in file order: 40 bytes each, plus an eighth of slack."""

    def __init__(self, key: SeriesKey) -> None:
        super().__init__(key)
        self._files = Column(np.int32)
        self._offsets = Column(np.int64)
        self._lengths = Column(np.int64)
        self._items = Column(np.int32)
        self._paths: list[str] = []
        self._numbers: dict[str, int] = {}

    def append(self, batch: BlobBatch) -> None:
        """Add blobs."""
        self._steps.extend(batch.steps)
        self._wall_times.extend(batch.wall_times)
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
        refs = BlobRefs(self._paths, self._files.view(), self._offsets.view(), self._lengths.view(), self._items.view())
        return BlobSeries(self.key, version, self._steps.view(), self._wall_times.view(), refs)


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

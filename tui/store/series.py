"""Series that grow: the store's own side of the frozen ones in a snapshot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from tui.model import BlobBatch, BlobRef, Flags, Origin, ScalarBatch, SeriesKey
from tui.store.columns import Column, Element
from tui.store.sessions import Sessions
from tui.store.snapshot import BlobSeries, ScalarSeries

_RECENT = 65
"""Points whose distances in time tell a series' usual interval."""


class GrowingSeries:
    """Steps and wall times, which every series has, and which of its points are superseded.

    Points stand in the order of files and their sessions, as a read of all files from their starts gives them. Of
    concurrent writers the latest ones may stand at the end, as they came.

    Invariant: the first `_judged` points are in `last_step`, and in `_flags` if that is not None.
    """

    def __init__(self, key: SeriesKey) -> None:
        self.key = key
        self.last_step: int | None = None
        """The largest step of the points that are not superseded, as of the last freeze."""
        self._steps = Column(np.int64)
        self._wall_times = Column(np.float64)
        # Who logged it all; several are told apart in `_sessions`, which a series of one session need not pay for.
        self._origin: Origin | None = None
        self._sessions: Sessions | None = None
        self._flags: Column[np.bool_] | None = None
        self._judged = 0

    def __len__(self) -> int:
        return len(self._steps)

    def forget(self, path: str) -> int:
        """Drop what came from a file; returns how many points that were."""
        before, places = len(self), None
        if self._sessions is not None:
            places = self._sessions.forget(path)
        elif self._origin is not None and self._origin.path == path:
            places, self._origin = [], None
        if places is not None:
            self._rearrange(places)
            self._judge_anew()
        if self._sessions is not None and len(self._sessions) < 2:
            self._origin = self._sessions.newest.origin if self._sessions else None
            self._sessions = None
        return before - len(self)

    def _log(self, batch: ScalarBatch | BlobBatch) -> None:
        """Append the batch's steps and wall times; others are still to be appended."""
        if self._sessions is None and self._origin is not None and self._origin != batch.origin:
            self._sessions = Sessions(self._origin, self._steps.view(), self._wall_times.view())
        if self._sessions is None:
            self._origin = batch.origin
        else:
            self._sessions.add(batch.origin, batch.steps, batch.wall_times)
        self._steps.extend(batch.steps)
        self._wall_times.extend(batch.wall_times)

    def _is_newest(self, origin: Origin) -> bool:
        """Whether no later session has logged points."""
        return self._sessions is None or self._sessions.newest.origin == origin

    def _settle(self) -> Flags | None:
        """Bring order and flags up to date; returns the flags, None where no point is superseded."""
        sessions = self._sessions
        if sessions is not None:
            places = sessions.settle()
            if places is not None:
                self._rearrange(places)
            if sessions.judge() or places is not None:
                self._judge_anew()
        steps, start = self._steps.view(), self._judged
        new = steps[start:]
        if sessions is not None:
            flags = sessions.flags(steps, start)
            if self._flags is None and flags.any():
                self._flags = Column(np.bool_)
                self._flags.extend(np.zeros(start, np.bool_))
            if self._flags is not None:
                self._flags.extend(flags)
                new = new[~flags]
        if len(new):
            last = int(new.max() if len(new) > 1 else new[0])
            self.last_step = last if self.last_step is None else max(self.last_step, last)
        self._judged = len(steps)
        return self._flags.view() if self._flags is not None else None

    def _judge_anew(self) -> None:
        self._judged, self._flags, self.last_step = 0, None, None

    def _rearrange(self, places: Sequence[slice]) -> None:
        """Keep the points from these places, in this order, in new memory."""
        self._steps = _picked(self._steps, places)
        self._wall_times = _picked(self._wall_times, places)

    def interval(self) -> float | None:
        """Median seconds between recent distinct wall times, None where there are fewer than two."""
        # Python's own sort and median: for so few numbers numpy takes three times as long.
        recent = self._wall_times.view()[-_RECENT:].tolist()
        times = sorted({time for time in recent if math.isfinite(time)})
        return median(later - earlier for earlier, later in pairwise(times)) if len(times) > 1 else None


class GrowingScalars(GrowingSeries):
    """Points of 16 bytes and 4 or 8 for the value, plus the slack of columns; where any is superseded, one more."""

    def __init__(self, key: SeriesKey) -> None:
        super().__init__(key)
        self._values: Column[np.floating[Any]] = Column(np.dtype(np.float32))
        self.ends_finite = True
        """Whether the newest value, which is the last one of the last session, is a finite number."""

    def append(self, batch: ScalarBatch) -> None:
        """Add points, at least one; a batch of float64 widens the series."""
        self._log(batch)
        self._values.extend(batch.values)
        if self._is_newest(batch.origin):
            self.ends_finite = math.isfinite(batch.values[-1])

    def freeze(self, version: int) -> ScalarSeries:
        """What a snapshot shows."""
        flags = self._settle()
        values = self._values.view()
        return ScalarSeries(self.key, version, self._steps.view(), self._wall_times.view(), values, flags)

    def _rearrange(self, places: Sequence[slice]) -> None:
        super()._rearrange(places)
        self._values = _picked(self._values, places)
        self.ends_finite = not places or math.isfinite(self._values.view()[-1])


class GrowingBlobs(GrowingSeries):
    """Where blobs lie: 40 bytes each, plus an eighth of slack; where any is superseded, one more."""

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
        self._files = _picked(self._files, places)
        self._offsets = _picked(self._offsets, places)
        self._lengths = _picked(self._lengths, places)
        self._items = _picked(self._items, places)


def _picked(column: Column[Element], places: Sequence[slice]) -> Column[Element]:
    """A new column of what stands in these places."""
    picked: Column[Element] = Column(column.dtype)
    if places:
        view = column.view()
        picked.extend(np.concatenate([view[place] for place in places]))
    return picked


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

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
from tui.store.outline import MOST_POINTS, outline
from tui.store.sessions import Sessions
from tui.store.snapshot import BlobSeries, ScalarSeries

_RECENT = 65
"""Points whose distances in time tell a series' usual interval."""
_OBJECTS_BYTES = 1300
"""What a series takes besides its points: arrays, their views, keys and places in mappings."""
LEAST_BYTES = _OBJECTS_BYTES + 20 * MOST_POINTS
"""What an outline takes, at most."""


class GrowingSeries:
    """Steps and wall times, which every series has, and which of its points are superseded.

    Points stand in the order of files and their sessions, as a read of all files from their starts gives them. Of
    concurrent writers the latest ones may stand at the end, as they came.

    Invariant: the first `_judged` points are in `last_step`, and in `_flags` if that is not None.
    """

    __slots__ = ("_flags", "_judged", "_origin", "_sessions", "_steps", "_wall_times", "key", "last_step")

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

    @property
    def count(self) -> int:
        """How many points were logged."""
        return len(self)

    def forget(self, path: str) -> int:
        """Drop what came from a file; returns how many points that were."""
        before, places = self.count, None
        if self._sessions is not None:
            places = self._sessions.forget(path)
        elif self._origin is not None and self._origin.path == path:
            places, self._origin = [], None
        if places is not None:
            self._rearrange(places)
            self._judge_anew()
        if self._sessions is not None and len(self._sessions) < 2:
            self._leave(self._sessions)
        return before - self.count

    def _leave(self, sessions: Sessions) -> None:
        """Of several sessions one is left, or none."""
        self._origin = sessions.newest.origin if sessions else None
        self._sessions = None

    def _log(self, batch: ScalarBatch | BlobBatch) -> None:
        """Append the batch's steps and wall times; others are still to be appended."""
        if self._sessions is None and self._origin is not None and self._origin != batch.origin:
            self._sessions = self._several(self._origin)
        if self._sessions is None:
            self._origin = batch.origin
        else:
            self._sessions.add(batch.origin, batch.steps, batch.wall_times)
        self._steps.extend(batch.steps)
        self._wall_times.extend(batch.wall_times)

    def _several(self, origin: Origin) -> Sessions:
        """What the points were logged by so far, now that others follow."""
        return Sessions(origin, self._steps.view(), self._wall_times.view())

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
            limits_changed = sessions.judge()
            if limits_changed:
                self._limits_changed()
            if limits_changed or places is not None:
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

    def _limits_changed(self) -> None:
        """Other points than before are superseded."""

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

    __slots__ = ("_left_out", "_outlined", "_values", "ends_finite", "outdated")

    def __init__(self, key: SeriesKey) -> None:
        super().__init__(key)
        self._values: Column[np.floating[Any]] = Column(np.dtype(np.float32))
        self.ends_finite = True
        """Whether the newest value, which is the last one of the last session, is a finite number."""
        self.outdated = False
        """Whether other points would stand in an outline of all points by now: some have become superseded."""
        self._left_out = 0
        # Points at the start that are an outline.
        self._outlined = 0

    @property
    def left_out(self) -> int:
        """Points that are counted, and not kept: those kept are an outline of all."""
        return self._left_out if self._sessions is None else self._sessions.left_out

    @property
    def count(self) -> int:
        return len(self) + self.left_out

    @property
    def nbytes(self) -> int:
        """Bytes of memory, about."""
        return self._steps.nbytes + self._wall_times.nbytes + self._values.nbytes + _OBJECTS_BYTES

    @property
    def whole_bytes(self) -> int:
        """Bytes of memory if no point were left out, about."""
        return self.count * (16 + self._values.dtype.itemsize) + _OBJECTS_BYTES

    @property
    def may_go(self) -> bool:
        """Whether an outline has clearly fewer points than there are."""
        return len(self) >= 2 * MOST_POINTS

    def thin(self) -> bool:
        """Keep only an outline of the points, where that has fewer; returns whether it has."""
        if not self.may_go:
            return False
        flags, before = self._settle(), len(self)
        places = outline(self._steps.view(), self._wall_times.view(), self._values.view(), flags)
        if self._sessions is not None:  # each keeps a point
            places = np.union1d(places, self._sessions.starts)
        if self._sessions is None:
            self._left_out += before - len(places)
        else:
            self._sessions.thin(places)
        self._steps, self._wall_times = _column(self._steps.view()[places]), _column(self._wall_times.view()[places])
        self._values = _column(self._values.view()[places])
        self._flags = None if flags is None else _column(flags[places])
        self._judged = self._outlined = len(places)
        return True

    def forget(self, path: str) -> int:
        forgotten = super().forget(path)
        self.outdated |= forgotten > 0 and self.left_out > 0
        return forgotten

    def interval(self) -> float | None:
        """As above; None also where it is not known for an outline."""
        return None if self._outlined and len(self) < self._outlined + _RECENT else super().interval()

    def append(self, batch: ScalarBatch) -> None:
        """Add points, at least one; a batch of float64 widens the series."""
        self._log(batch)
        self._values.extend(batch.values)
        if self._is_newest(batch.origin):
            self.ends_finite = math.isfinite(batch.values[-1])

    def freeze(self, version: int) -> ScalarSeries:
        """What a snapshot shows."""
        flags = self._settle()
        steps, wall_times, values = self._steps.view(), self._wall_times.view(), self._values.view()
        return ScalarSeries(self.key, version, steps, wall_times, values, flags, self.left_out)

    def _leave(self, sessions: Sessions) -> None:
        self._left_out = sessions.left_out
        super()._leave(sessions)

    def _several(self, origin: Origin) -> Sessions:
        sessions = super()._several(origin)
        sessions.newest.left_out, self._left_out = self._left_out, 0
        return sessions

    def _limits_changed(self) -> None:
        self.outdated |= self.left_out > 0

    def _rearrange(self, places: Sequence[slice]) -> None:
        super()._rearrange(places)
        if not places:
            self._left_out = 0
        self._values = _picked(self._values, places)
        self.ends_finite = not places or math.isfinite(self._values.view()[-1])


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
        self._files = _picked(self._files, places)
        self._offsets = _picked(self._offsets, places)
        self._lengths = _picked(self._lengths, places)
        self._items = _picked(self._items, places)


def _column(values: npt.NDArray[Element]) -> Column[Element]:
    """A column of an array, which must not change any more."""
    column = Column(values.dtype)
    column.extend(values)
    return column


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

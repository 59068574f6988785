"""Series that grow: the store's own side of the frozen ones in a snapshot; here what scalars and blobs share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from tui.model import BlobBatch, Flags, Origin, ScalarBatch, SeriesKey
from tui.store.columns import Column, picked
from tui.store.sessions import Sessions

RECENT = 65
"""Points whose distances in time tell a series' usual interval."""


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
        self._steps = picked(self._steps, places)
        self._wall_times = picked(self._wall_times, places)

    def interval(self) -> float | None:
        """Median seconds between recent distinct wall times, None where there are fewer than two."""
        # Python's own sort and median: for so few numbers numpy takes three times as long.
        recent = self._wall_times.view()[-RECENT:].tolist()
        times = sorted({time for time in recent if math.isfinite(time)})
        return median(later - earlier for earlier, later in pairwise(times)) if len(times) > 1 else None

"""Scalars that grow, all of them or an outline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tui.model import Origin, ScalarBatch, SeriesKey
from tui.store.columns import Column, column_of, picked
from tui.store.outline import MOST_POINTS, outline
from tui.store.series import RECENT, GrowingSeries
from tui.store.sessions import Sessions
from tui.store.snapshot import ScalarSeries

_OBJECTS_BYTES = 1300
"""What a series takes besides its points: arrays, their views, keys and places in mappings."""
LEAST_BYTES = _OBJECTS_BYTES + 20 * MOST_POINTS
"""What an outline takes, at most."""


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
        self._steps, self._wall_times = (
            column_of(self._steps.view()[places]),
            column_of(self._wall_times.view()[places]),
        )
        self._values = column_of(self._values.view()[places])
        self._flags = None if flags is None else column_of(flags[places])
        self._judged = self._outlined = len(places)
        return True

    def forget(self, path: str) -> int:
        forgotten = super().forget(path)
        self.outdated |= forgotten > 0 and self.left_out > 0
        return forgotten

    def interval(self) -> float | None:
        """As above; None also where it is not known for an outline."""
        return None if self._outlined and len(self) < self._outlined + RECENT else super().interval()

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
        self._values = picked(self._values, places)
        self.ends_finite = not places or math.isfinite(self._values.view()[-1])

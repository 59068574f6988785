"""Which session of which file logged which points of a series, and which of them a restarted run logged again."""

from __future__ import annotations

import math
import os
from bisect import insort
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.filename import file_order
from tui.model import Flags, Origin, Steps, WallTimes

# Points that came after those of a later file are moved before them at once where the series is short, else when
# they are an eighth of it: writers that are at work at the same time must not cost a copy of all at each commit.
_SHORT = 4096
_LATE_SHARE = 8

Place = tuple[int, str, str, int]
"""By what sessions are sorted: the order of files, then the session's number."""


@dataclass(slots=True, eq=False)
class Session:
    """What one session logged of a series.

    `begin` is the step of its first point, or the one from which its writer said that older points are void, if that
    is less. `earliest` and `latest` are its wall times, of those that are finite; inf and -inf where none is.
    Points from step `limit` on are superseded. `left_out` points are counted, and no more in the series.
    """

    origin: Origin
    place: Place
    begin: int
    earliest: float = math.inf
    latest: float = -math.inf
    limit: int | None = None
    left_out: int = 0


class _Segment(NamedTuple):
    """Points `start` to `end` of the series, which came one after the other from one session."""

    session: Session
    start: int
    end: int


class Sessions:
    """The sessions of a series that has several.

    A later session supersedes the points of an earlier one from the step on where it begins, if all its wall times
    are later than all of the earlier one's; sessions whose wall times meet or interleave are of concurrent writers.
    Wall times that are not finite tell nothing: a session with no other supersedes nothing and is not superseded.

    Invariants: `_sessions` are in order of `place`, which is that of a read of all files from their starts; the
    segments cover all points as they stand in the series, `_late` of them behind points of later sessions.
    """

    def __init__(self, origin: Origin, steps: Steps, wall_times: WallTimes) -> None:
        """One session, with all points [n] so far."""
        self._sessions: list[Session] = []
        self._by_origin: dict[Origin, Session] = {}
        self._segments: list[_Segment] = []
        self._size = 0
        self._late = 0
        self._changed = False
        self.add(origin, steps, wall_times)

    @property
    def newest(self) -> Session:
        """The last session in order."""
        return self._sessions[-1]

    def __len__(self) -> int:
        return len(self._sessions)

    def add(self, origin: Origin, steps: Steps, wall_times: WallTimes) -> None:
        """Note points [n], n >= 1, that stand behind all others."""
        session = self._by_origin.get(origin) or self._begin(origin, int(steps[0]))
        self._append(session, len(steps))
        if session is not self.newest:
            self._late += len(steps)
        earliest, latest = _range(wall_times)
        if earliest < session.earliest:
            session.earliest = earliest
            self._changed = True
        if latest > session.latest:
            session.latest = latest
            # There is no later session that it could matter to.
            self._changed |= session is not self.newest

    def settle(self) -> list[slice] | None:
        """Where to take the points from so that they stand in order, or None if they do or it is not yet worth it."""
        if not self._late or (self._size > _SHORT and self._late * _LATE_SHARE < self._size):
            return None
        return self._arrange(self._segments)

    def forget(self, path: str) -> list[slice] | None:
        """Drop the sessions of a file; returns where to take the remaining points from, None if there are no others."""
        if all(session.origin.path != path for session in self._sessions):
            return None
        self._sessions = [session for session in self._sessions if session.origin.path != path]
        self._by_origin = {session.origin: session for session in self._sessions}
        self._changed = True
        return self._arrange([segment for segment in self._segments if segment.session.origin.path != path])

    @property
    def left_out(self) -> int:
        """How many points are no more in the series."""
        return sum(session.left_out for session in self._sessions)

    @property
    def starts(self) -> npt.NDArray[np.intp]:
        """Where stretches of points of one session begin."""
        return np.array([segment.start for segment in self._segments], np.intp)

    def thin(self, places: npt.NDArray[np.intp]) -> None:
        """Keep only the points at these places, ascending; what is known of the sessions stays."""
        segments, self._segments, self._size = self._segments, [], 0
        for session, start, end in segments:
            kept = int(np.searchsorted(places, end) - np.searchsorted(places, start))
            session.left_out += end - start - kept
            if kept:
                self._append(session, kept)
        # Where none of a late stretch is left, order is brought about once more than needed, at most.
        self._late = min(self._late, self._size)

    def judge(self) -> bool:
        """Bring the limits up to date; returns whether one has changed."""
        if not self._changed:
            return False
        self._changed = False
        before = [session.limit for session in self._sessions]
        begins = np.array([session.begin for session in self._sessions], np.int64)
        known = [session.earliest <= session.latest for session in self._sessions]
        earliest = np.array([s.earliest if k else -math.inf for s, k in zip(self._sessions, known, strict=True)])
        for number, session in enumerate(self._sessions):
            after = slice(number + 1, None)
            superseding = begins[after][earliest[after] > session.latest] if known[number] else begins[:0]
            session.limit = int(superseding.min()) if superseding.size else None
        return before != [session.limit for session in self._sessions]

    def flags(self, steps: Steps, start: int) -> Flags:
        """Which points from `start` on are superseded; `steps` are those of all points."""
        flags = np.zeros(len(steps) - start, np.bool_)
        for session, begin, end in reversed(self._segments):
            if end <= start:
                break
            begin = max(begin, start)
            if session.limit is not None:
                np.greater_equal(steps[begin:end], session.limit, out=flags[begin - start : end - start])
        return flags

    def _begin(self, origin: Origin, step: int) -> Session:
        begin = step if origin.purge_step is None else min(step, origin.purge_step)
        name = os.path.basename(origin.path)  # noqa: PTH119 - a plain string operation, once a series and file
        session = Session(origin, (*file_order(name), origin.path, origin.session), begin)
        self._by_origin[origin] = session
        insort(self._sessions, session, key=lambda session: session.place)
        self._changed = True
        return session

    def _append(self, session: Session, count: int) -> None:
        start = self._size
        if self._segments and self._segments[-1].session is session:
            start = self._segments.pop().start
        self._size += count
        self._segments.append(_Segment(session, start, self._size))

    def _arrange(self, segments: list[_Segment]) -> list[slice]:
        """Have these segments stand in order of their sessions; returns where they stand now."""
        ordered = sorted(segments, key=lambda segment: segment.session.place)
        self._segments, self._size, self._late = [], 0, 0
        for segment in ordered:
            self._append(segment.session, segment.end - segment.start)
        return [slice(segment.start, segment.end) for segment in ordered]


def _range(wall_times: WallTimes) -> tuple[float, float]:
    """The least and the greatest finite one; inf and -inf where there is none."""
    low, high = float(wall_times.min()), float(wall_times.max())
    if math.isfinite(low) and math.isfinite(high):
        return low, high
    finite = wall_times[np.isfinite(wall_times)]
    return (float(finite.min()), float(finite.max())) if finite.size else (math.inf, -math.inf)

"""When to look at files, to list directories, to commit what was read, and to rest.

What is slow comes seldom: each of these takes at most a share of the time, whatever it costs where the logdirs are.
"""

from __future__ import annotations

import time
from collections.abc import Callable

# A slice of work, and the rest after it in which the screen may take the interpreter. In seconds.
_SLICE = 0.003
_REST = 0.0005
# At least between two commits while there is more to read, and between two reports of progress.
_LOADING_COMMIT = 0.1
# At least after a commit of live points, and at most: a writer that flushes at each step must not keep us busy.
_LIVE_PAUSE = 0.03
_LONGEST_LIVE_PAUSE = 0.5
# What comes between two commits takes at least so many times as long as a commit does, with thousands of series.
_COMMIT_SHARE = 5
# Likewise between two looks at files, where they are slow; up to so many seconds.
_LOOK_SHARE = 30
_LONGEST_LOOK = 10.0
# Likewise between two listings of directories, however often these change; and when nothing asks for one.
_SCAN_SHARE = 4
_IDLE_SCAN_SHARE = 100
_LONGEST_SCAN = 60.0
# How often files are looked at is told in these steps, for it varies.
_TOLD_SECONDS = (1, 2, 5, 10, 20, 30, 60)


class Schedule:
    """Times by `time.monotonic`, of one thread. What is done is noted when it is over; at first everything is due."""

    def __init__(self, poll_seconds: float, rescan_seconds: float) -> None:
        """At least so many seconds between two looks at files that may grow, and between two listings."""
        self._poll_seconds, self._rescan_seconds = poll_seconds, rescan_seconds
        self._next_look = self._look_pause = 0.0
        # A listing is due, and may be had earlier where something asks for it.
        self._next_scan = self._hurried_scan = 0.0
        self._committed_at = self._commit_cost = self._published_at = 0.0
        self._slice_start = 0.0

    @property
    def is_look_due(self) -> bool:
        """Whether to look at files now."""
        return time.monotonic() >= self._next_look

    def is_scan_due(self, changed: Callable[[], bool]) -> bool:
        """Whether to list directories now; `changed` is asked whether they have changed where that would do."""
        now = time.monotonic()
        return now >= self._next_scan or (now >= self._hurried_scan and changed())

    @property
    def seconds_to_look(self) -> float:
        """Until the next look at files."""
        return max(0.0, self._next_look - time.monotonic())

    @property
    def told_seconds(self) -> int:
        """Files are looked at once in about so many seconds."""
        return next((step for step in _TOLD_SECONDS if step >= self._look_pause), _TOLD_SECONDS[-1])

    def note_look(self, busy_seconds: float, *, complete: bool) -> None:
        """Files were looked at, which took so long; not `complete`: there are directories that were never listed."""
        self._look_pause = max(self._poll_seconds, min(_LOOK_SHARE * busy_seconds, _LONGEST_LOOK))
        self._next_look = time.monotonic() + self._look_pause if complete else 0.0

    def note_scan(self, start: float, end: float) -> None:
        """All directories were listed, from `start` to `end`."""
        self._next_scan = end + max(self._rescan_seconds, min(_IDLE_SCAN_SHARE * (end - start), _LONGEST_SCAN))
        self._hurried_scan = end + min(_SCAN_SHARE * (end - start), _LONGEST_SCAN)

    def look_now(self) -> None:
        """Files are to be looked at."""
        self._next_look = 0.0

    def hurry_scan(self) -> None:
        """Directories changed: list them as soon as they may be."""
        self._next_scan = min(self._next_scan, self._hurried_scan)
        self._next_look = min(self._next_look, self._hurried_scan)

    @property
    def is_commit_due(self) -> bool:
        """Whether to commit what was read so far, while there is more to read."""
        return time.monotonic() - self._committed_at >= max(_LOADING_COMMIT, _COMMIT_SHARE * self._commit_cost)

    @property
    def is_report_due(self) -> bool:
        """Whether to tell how far reading is."""
        return time.monotonic() - self._published_at >= _LOADING_COMMIT

    @property
    def live_pause(self) -> float:
        """Seconds in which nothing is done after a commit of live points."""
        return min(max(_LIVE_PAUSE, _COMMIT_SHARE * self._commit_cost), _LONGEST_LIVE_PAUSE)

    def note_commit(self, start: float) -> None:
        """What was read was committed, since `start`."""
        self._committed_at = time.monotonic()
        self._commit_cost = self._committed_at - start

    def note_report(self) -> None:
        """It was told how far reading is."""
        self._published_at = time.monotonic()

    def rest(self) -> None:
        """Sleep a little after a slice of work, so that the screen's thread gets its turn."""
        if time.monotonic() - self._slice_start > _SLICE:
            time.sleep(_REST)
            self._slice_start = time.monotonic()

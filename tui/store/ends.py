"""Sessions that end in directories right below another run's: they say that one has ended too."""

from __future__ import annotations

from math import inf

from tui.store.snapshot import RunSummary

_ROOT = "."
"""The run in the log directory itself."""


class EndsBelow:
    """Of each run the sessions right below it that have ended, and when.

    Such a session has no curve, only results: a training in a directory below another's tells nothing of that one.
    """

    def __init__(self) -> None:
        self._ends: dict[str, dict[str, float]] = {}

    def note(self, name: str, run: RunSummary | None) -> str | None:
        """Take note of what a run is by now, None where it is no more; returns the run above if it may be touched."""
        above = name.rpartition("/")[0] or _ROOT
        if run is not None and run.ended and run.points <= run.tags and run.last_wall_time is not None:
            self._ends.setdefault(above, {})[name] = run.last_wall_time
            return above
        return above if self._ends.get(above, {}).pop(name, None) is not None else None

    def is_ended(self, name: str, run: RunSummary) -> bool:
        """Whether a session below has ended since the run's last event."""
        last_end = max(self._ends.get(name, {}).values(), default=-inf)
        return run.last_wall_time is not None and last_end >= run.last_wall_time

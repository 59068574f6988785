"""Rows of numbers, each with a step and perhaps a time, until they become batches."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import SessionEnd, SessionStart
from tui.model import Batch, HParamsInfo, Origin, Problem, RunActivity
from tui.reader.collect import Collection, Points

MOST_TAGS = 10_000
"""Of a file; nobody logs so many, but a table that is no log may have them."""
_ROWS_PER_TAKE = 1 << 16
MOST_TOLD = 1000
"""Problems of a file that are told; one of garbage may have any number."""


class Rows:
    """What one file's rows hold. Values are float64, as texts hold them.

    `accepted` tells that the file is a log: only then is there a run.
    """

    def __init__(self, run: str, path: str) -> None:
        self.run = run
        self.path = path
        self.accepted = False
        self._tags: set[str] = set()
        self._told: set[str] = set()
        self._problems = 0
        self._origin = Origin(path)
        self._data = Collection()
        self._others: list[Batch] = []
        self._rows = 0
        self._news = False
        self._first, self._last = math.inf, -math.inf

    @property
    def full(self) -> bool:
        """Whether so much was collected that waiting for more would rather cost memory than save work."""
        return self._rows >= _ROWS_PER_TAKE

    def accept(self) -> None:
        """The file is a log, whatever rows it has."""
        self.accepted = self._news = True

    def add(self, step: int, wall_time: float, values: Iterable[tuple[str, float]]) -> None:
        """Add a row; the wall time is NaN where it has none."""
        self.accepted = True
        self._rows += 1
        self._note_time(wall_time)
        scalars = self._data.scalars
        for tag, value in values:
            if (points := scalars.get(tag)) is None:
                if not self._admits(tag):
                    continue
                points = scalars[tag] = Points(wide=True)
            points.steps.append(step)
            points.wall_times.append(wall_time)
            points.values.append(value)

    def has(self, tag: str) -> bool:
        """Whether numbers of this tag were added."""
        return tag in self._tags

    def start(self, start: SessionStart) -> None:
        """Say how the run was started; nothing where that names no hparams."""
        if start.hparams:
            self._others.append(HParamsInfo(self.run, self.path, start))

    def end(self, end: SessionEnd) -> None:
        """Say how the run ended."""
        self._others.append(HParamsInfo(self.run, self.path, end))

    @property
    def last_wall_time(self) -> float:
        """The latest that is known, 0 where none is."""
        return max(self._last, 0.0)

    def note_written(self, mtime: float) -> None:
        """The file was written last at this time, which stands in for times that its rows do not hold."""
        self._news = True
        if self._tags and self._first > self._last:
            self._last = mtime

    def tell(self, offset: int, reason: str) -> None:
        """A problem at an offset."""
        self._problems += 1
        if self._problems > MOST_TOLD:
            return
        if self._problems == MOST_TOLD:
            reason = "here and further on there is more that cannot be read; it is not told"
        self._others.append(Problem(self.path, offset, reason))

    def tell_once(self, offset: int, reason: str, about: str = "") -> None:
        """A problem that is the same further on: its first place is told, of each column that it is `about`."""
        if (about or reason) not in self._told:
            self._told.add(about or reason)
            self.tell(offset, f"{reason} (told once for this file)")

    def take(self) -> Iterator[Batch]:
        """Batches of what was added since the last call."""
        others, data, activity = self._others, self._data, self._activity()
        self._others, self._data, self._rows, self._news = [], Collection(), 0, False
        yield from others
        yield from data.batches(self.run, plugins.SCALARS, self._origin)
        yield from activity

    def _activity(self) -> list[RunActivity]:
        if not self.accepted or not (self._rows or self._news):
            return []
        times = [time if math.isfinite(time) else None for time in (self._first, self._last)]
        return [RunActivity(self.run, self.path, self._rows, *times)]

    def _admits(self, tag: str) -> bool:
        if tag in self._tags:
            return True
        if len(self._tags) >= MOST_TAGS:
            self.tell_once(0, f"more than {MOST_TAGS} names of metrics; the others are left out")
            return False
        self._tags.add(tag)
        return True

    def _note_time(self, wall_time: float) -> None:
        if math.isfinite(wall_time):
            self._first = min(self._first, wall_time)
            self._last = max(self._last, wall_time)

"""One run as it grows: its series, and what its files say about it as a whole."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

from logging_lib.tfevents.filename import file_order
from logging_lib.tfevents.hparams import Experiment, SessionEnd, SessionStart
from tui.model import BlobBatch, HParamsInfo, RunActivity, ScalarBatch, SeriesKey
from tui.store.blobs import GrowingBlobs
from tui.store.scalars import GrowingScalars
from tui.store.series import GrowingSeries
from tui.store.snapshot import RunSummary

Number = TypeVar("Number", int, float)


@dataclass(slots=True)
class _File:
    """What one file says about its run."""

    first_wall_time: float | None = None
    last_wall_time: float | None = None
    start: SessionStart | None = None
    end: SessionEnd | None = None
    experiment: Experiment | None = None

    def add(self, data: SessionStart | SessionEnd | Experiment) -> None:
        match data:
            case SessionStart():
                # A session that starts again has not ended, whatever an earlier one did.
                self.start, self.end = data, None
            case SessionEnd():
                self.end = data
            case Experiment():
                self.experiment = data


@dataclass(slots=True)
class GrowingRun:
    """What is known about a run, kept up to date batch by batch. `files` are oldest first."""

    name: str
    files: dict[str, _File] = field(default_factory=dict)
    scalars: dict[SeriesKey, GrowingScalars] = field(default_factory=dict)
    blobs: dict[SeriesKey, GrowingBlobs] = field(default_factory=dict)
    infos: dict[SeriesKey, bool] = field(default_factory=dict)
    """Tags that something is known about; False where the file that said so may have been forgotten."""
    bytes: int = 0
    """Of memory that the scalars take, about."""
    may_go: bool = False
    """Whether some series has points that may be let go."""
    _tags: set[str] = field(default_factory=set)
    points: int = 0
    """Of scalars."""
    _last_step: int | None = None
    # Whether the largest step may have become less; it is then looked for among all series each time.
    _may_go_back: bool = False
    _ending_in_nan: int = 0
    _interval: float | None = None
    # The series with the most points: its pace is the run's, whereas the tags of one step come microseconds apart.
    _busiest: GrowingSeries | None = None

    @property
    def empty(self) -> bool:
        """Whether it has neither files nor data."""
        return not (self.files or self.scalars or self.blobs)

    def add_scalars(self, batch: ScalarBatch) -> None:
        """Add points, at least one."""
        series = self.scalars.get(batch.key)
        if series is None:
            series = self.scalars[batch.key] = GrowingScalars(batch.key)
            self.bytes += series.nbytes
        self._ending_in_nan -= not series.ends_finite
        self.bytes -= series.nbytes
        series.append(batch)
        self.bytes += series.nbytes
        self.may_go |= series.may_go
        self._ending_in_nan += not series.ends_finite
        self.points += len(batch.steps)
        self._note_growth(series)

    def add_blobs(self, batch: BlobBatch) -> None:
        """Add blobs, at least one."""
        series = self.blobs.get(batch.key)
        if series is None:
            series = self.blobs[batch.key] = GrowingBlobs(batch.key)
        series.append(batch)
        self._note_growth(series)

    def add_activity(self, activity: RunActivity) -> None:
        """Note a file and its wall times."""
        file = self._file(activity.path)
        file.first_wall_time = _least((file.first_wall_time, activity.first_wall_time))
        file.last_wall_time = _greatest((file.last_wall_time, activity.last_wall_time))

    def add_hparams(self, info: HParamsInfo) -> None:
        """Note what a file says about the session or the experiment."""
        self._file(info.path).add(info.data)

    def forget(self, path: str) -> list[SeriesKey]:
        """Drop a file and all that came from it; returns the series that lost points, which may be gone."""
        self.files.pop(path, None)
        touched = [series.key for series in self._all_series() if series.forget(path)]
        self.scalars = {key: series for key, series in self.scalars.items() if len(series)}
        self.blobs = {key: series for key, series in self.blobs.items() if len(series)}
        self._count_anew()
        return touched

    def thin(self, kept: Collection[str]) -> list[SeriesKey]:
        """Let go the points of all but some tags, save an outline of each series; returns which have fewer now."""
        self._interval = self.interval()
        thinned = [key for key, series in self.scalars.items() if key.tag not in kept and series.thin()]
        self._weigh()
        return thinned

    def interval(self) -> float | None:
        """The usual seconds between two points of the busiest series; as it was before where that is an outline."""
        busiest = self._busiest
        found = busiest.interval() if busiest is not None else None
        return self._interval if found is None and busiest is not None and busiest.count > len(busiest) else found

    def lacks(self, tags: Collection[str] | None) -> bool:
        """Whether points are left out, of these tags, or of any."""
        every = self.scalars.items()
        return any(series.left_out > 0 and (tags is None or key.tag in tags) for key, series in every)

    def whole_bytes(self, tags: Collection[str] | None) -> int:
        """About how many bytes of memory the scalars of these tags, or all, take with all their points."""
        every = self.scalars.items()
        return sum(series.whole_bytes for key, series in every if tags is None or key.tag in tags)

    def complete(self, whole: GrowingRun, tags: Collection[str] | None) -> list[SeriesKey]:
        """Take the series of these tags, or all, from another reading of the files; returns which were taken.

        Those that do not have as many points there as are known stay as they are.
        """
        taken = [
            key
            for key, series in self.scalars.items()
            if series.left_out
            and (tags is None or key.tag in tags)
            and key in whole.scalars
            and whole.scalars[key].count == series.count
        ]
        self.scalars |= {key: whole.scalars[key] for key in taken}
        self._count_anew()
        return taken

    def note_frozen(self, series: GrowingSeries, *, superseded: bool) -> None:
        """A series was frozen: its last step is known, and whether points before it are superseded."""
        self._last_step = _greatest((self._last_step, series.last_step))
        self._may_go_back |= superseded

    def summary(self, problems: int, gone: tuple[str, ...]) -> RunSummary:
        """The run as a snapshot shows it, when all its series were frozen."""
        start, end, experiment = self._session()
        if self._may_go_back:
            self._last_step = _greatest(series.last_step for series in self._all_series())
        files = self.files.values()
        return RunSummary(
            name=self.name,
            paths=tuple(self.files),
            tags=len(self._tags),
            points=self.points,
            last_step=self._last_step,
            first_wall_time=_least(file.first_wall_time for file in files),
            last_wall_time=_greatest(file.last_wall_time for file in files),
            interval=self.interval(),
            has_nan=self._ending_in_nan > 0,
            problems=problems,
            start=start,
            end=end,
            experiment=experiment,
            gone=gone,
        )

    def _all_series(self) -> Iterator[GrowingSeries]:
        return chain(self.scalars.values(), self.blobs.values())

    def _file(self, path: str) -> _File:
        file = self.files.get(path)
        if file is None:
            newest = next(reversed(self.files), path)
            file = self.files[path] = _File()
            if _order(path) < _order(newest):
                self.files = {path: self.files[path] for path in sorted(self.files, key=_order)}
        return file

    def _note_growth(self, series: GrowingSeries) -> None:
        self._tags.add(series.key.tag)
        if self._busiest is None or series.count >= self._busiest.count:
            self._busiest = series

    def _count_anew(self) -> None:
        self._tags = {series.key.tag for series in self._all_series()}
        self.points = sum(series.count for series in self.scalars.values())
        self._weigh()
        self._ending_in_nan = sum(not series.ends_finite for series in self.scalars.values())
        self._busiest = max(self._all_series(), key=lambda series: series.count, default=None)
        self._may_go_back = True

    def _weigh(self) -> None:
        self.bytes = sum(series.nbytes for series in self.scalars.values())
        self.may_go = any(series.may_go for series in self.scalars.values())

    def _session(self) -> tuple[SessionStart | None, SessionEnd | None, Experiment | None]:
        """What the files say together: of several, the newest counts, and a start voids the end of an older file."""
        start: SessionStart | None = None
        end: SessionEnd | None = None
        experiment: Experiment | None = None
        for file in self.files.values():
            if file.start is not None:
                start, end = file.start, None
            end = file.end or end
            experiment = file.experiment or experiment
        return start, end, experiment


def _order(path: str) -> tuple[int, str]:
    return file_order(os.path.basename(path))  # noqa: PTH119 - a plain string operation


def _least(values: Iterable[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)


def _greatest(values: Iterable[Number | None]) -> Number | None:
    return max((value for value in values if value is not None), default=None)

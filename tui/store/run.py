"""One run as it grows: its series, and what its files say about it as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

from logging_lib.tfevents.filename import file_order
from logging_lib.tfevents.hparams import Experiment, SessionEnd, SessionStart
from tui.model import BlobBatch, HParamsInfo, RunActivity, ScalarBatch, SeriesKey
from tui.store.series import GrowingBlobs, GrowingScalars, GrowingSeries
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
    _tags: set[str] = field(default_factory=set)
    _points: int = 0
    _last_step: int | None = None
    # Whether the largest step may have become less; it is then looked for among all series each time.
    _may_go_back: bool = False
    _ending_in_nan: int = 0
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
        self._ending_in_nan -= not series.ends_finite
        series.append(batch)
        self._ending_in_nan += not series.ends_finite
        self._points += len(batch.steps)
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
            points=self._points,
            last_step=self._last_step,
            first_wall_time=_least(file.first_wall_time for file in files),
            last_wall_time=_greatest(file.last_wall_time for file in files),
            interval=self._busiest.interval() if self._busiest else None,
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
        if self._busiest is None or len(series) >= len(self._busiest):
            self._busiest = series

    def _count_anew(self) -> None:
        self._tags = {series.key.tag for series in self._all_series()}
        self._points = sum(map(len, self.scalars.values()))
        self._ending_in_nan = sum(not series.ends_finite for series in self.scalars.values())
        self._busiest = max(self._all_series(), key=len, default=None)
        self._may_go_back = True

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

"""The columnar store: batches in, frozen snapshots out."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field

from logging_lib.tfevents.hparams import Experiment, SessionEnd, SessionStart
from tui.model import (
    Batch,
    BlobBatch,
    Forgotten,
    HParamsInfo,
    Problem,
    Recovered,
    RunActivity,
    ScalarBatch,
    SeriesKey,
    TagInfo,
)
from tui.store.problems import Problems
from tui.store.series import GrowingBlobs, GrowingScalars, GrowingSeries
from tui.store.snapshot import EMPTY_SNAPSHOT, BlobSeries, RunSummary, ScalarSeries, StoreSnapshot


@dataclass(slots=True)
class _Run:
    """What is known about a run, kept up to date batch by batch."""

    name: str
    paths: dict[str, None] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    points: int = 0
    last_step: int | None = None
    first_wall_time: float | None = None
    last_wall_time: float | None = None
    ending_in_nan: int = 0
    # The series with the most points: its pace is the run's, whereas the tags of one step come microseconds apart.
    busiest: GrowingSeries | None = None
    start: SessionStart | None = None
    end: SessionEnd | None = None
    experiment: Experiment | None = None

    def summary(self, problems: int) -> RunSummary:
        return RunSummary(
            name=self.name,
            paths=tuple(self.paths),
            tags=len(self.tags),
            points=self.points,
            last_step=self.last_step,
            first_wall_time=self.first_wall_time,
            last_wall_time=self.last_wall_time,
            interval=self.busiest.interval() if self.busiest else None,
            has_nan=self.ending_in_nan > 0,
            problems=problems,
            start=self.start,
            end=self.end,
            experiment=self.experiment,
        )


class Store:
    """Everything that was read. One thread applies batches and takes snapshots; snapshots go to any thread.

    A snapshot makes new views only of the series and runs that changed since the last one, and shares the mappings
    in which nothing did.
    """

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}
        self._scalars: dict[SeriesKey, GrowingScalars] = {}
        self._blobs: dict[SeriesKey, GrowingBlobs] = {}
        self._tags: dict[SeriesKey, TagInfo] = {}
        self._problems = Problems()
        self._runs_of: dict[str, set[str]] = {}

        self._names: list[str] = []
        self._summaries: dict[str, RunSummary] = {}
        self._frozen_scalars: dict[SeriesKey, ScalarSeries] = {}
        self._frozen_blobs: dict[SeriesKey, BlobSeries] = {}
        self._changed_runs: dict[str, None] = {}
        self._changed_scalars: dict[SeriesKey, None] = {}
        self._changed_blobs: dict[SeriesKey, None] = {}
        self._changed_tags = False
        self._changed_problems = False
        self._changed = False
        self._snapshot = EMPTY_SNAPSHOT

    @property
    def changed(self) -> bool:
        """Whether a snapshot would differ from the last one."""
        return self._changed

    def apply(self, batch: Batch) -> None:
        """Add what a batch says. Batches of one series must come in file order."""
        match batch:
            case ScalarBatch():
                self._add_scalars(batch)
            case BlobBatch():
                self._add_blobs(batch)
            case RunActivity():
                self._add_activity(batch)
            case TagInfo() if batch.key not in self._tags:
                self._tags[batch.key] = batch
                self._changed_tags = True
            case HParamsInfo():
                self._add_hparams(batch)
            case Problem() if self._problems.add(batch):
                self._note_problems(batch.path)
            case Recovered() if self._problems.recover(batch.path):
                self._note_problems(batch.path)
            case TagInfo() | Problem() | Recovered() | Forgotten():  # known already
                return
        self._changed = True

    def snapshot(self) -> StoreSnapshot:
        """All that was applied; the same object as before where nothing changed."""
        if not self._changed:
            return self._snapshot
        last = self._snapshot
        version = last.version + 1
        for key in self._changed_scalars:
            self._frozen_scalars[key] = self._scalars[key].freeze(version)
        for key in self._changed_blobs:
            self._frozen_blobs[key] = self._blobs[key].freeze(version)
        for name in self._changed_runs:
            run = self._runs[name]
            self._summaries[name] = run.summary(sum(map(self._problems.count, run.paths)))
        self._snapshot = StoreSnapshot(
            version,
            {name: self._summaries[name] for name in self._names} if self._changed_runs else last.runs,
            dict(self._frozen_scalars) if self._changed_scalars else last.scalars,
            dict(self._frozen_blobs) if self._changed_blobs else last.blobs,
            dict(self._tags) if self._changed_tags else last.tags,
            tuple(self._problems) if self._changed_problems else last.problems,
        )
        for changes in (self._changed_scalars, self._changed_blobs, self._changed_runs):
            changes.clear()
        self._changed = self._changed_tags = self._changed_problems = False
        return self._snapshot

    def _run(self, name: str) -> _Run:
        """The run of that name, new or not, marked as changed."""
        run = self._runs.get(name)
        if run is None:
            run = self._runs[name] = _Run(name)
            insort(self._names, name)
        self._changed_runs[name] = None
        return run

    def _add_scalars(self, batch: ScalarBatch) -> None:
        if not len(batch.steps):
            return
        series = self._scalars.get(batch.key)
        if series is None:
            series = self._scalars[batch.key] = GrowingScalars(batch.key)
        run = self._run(batch.key.run)
        run.ending_in_nan -= not series.ends_finite
        series.append(batch)
        run.ending_in_nan += not series.ends_finite
        run.points += len(batch.steps)
        self._changed_scalars[batch.key] = None
        self._note_growth(run, series, batch)

    def _add_blobs(self, batch: BlobBatch) -> None:
        if not len(batch.steps):
            return
        series = self._blobs.get(batch.key)
        if series is None:
            series = self._blobs[batch.key] = GrowingBlobs(batch.key)
        series.append(batch)
        self._changed_blobs[batch.key] = None
        self._note_growth(self._run(batch.key.run), series, batch)

    def _note_growth(self, run: _Run, series: GrowingSeries, batch: ScalarBatch | BlobBatch) -> None:
        run.tags.add(series.key.tag)
        steps = batch.steps
        last = int(steps.max() if len(steps) > 1 else steps[0])
        run.last_step = last if run.last_step is None else max(run.last_step, last)
        if run.busiest is None or len(series) >= len(run.busiest):
            run.busiest = series

    def _add_activity(self, activity: RunActivity) -> None:
        run = self._run(activity.run)
        run.paths[activity.path] = None
        self._runs_of.setdefault(activity.path, set()).add(activity.run)
        run.first_wall_time = _least(run.first_wall_time, activity.first_wall_time)
        run.last_wall_time = _greatest(run.last_wall_time, activity.last_wall_time)

    def _add_hparams(self, info: HParamsInfo) -> None:
        run = self._run(info.run)
        match info.data:
            case SessionStart():
                # A session that starts again has not ended, whatever an earlier one did.
                run.start, run.end = info.data, None
            case SessionEnd():
                run.end = info.data
            case Experiment():
                run.experiment = info.data

    def _note_problems(self, path: str) -> None:
        self._changed_problems = True
        for name in self._runs_of.get(path, ()):
            self._changed_runs[name] = None


def _least(a: float | None, b: float | None) -> float | None:
    return b if a is None else a if b is None else min(a, b)


def _greatest(a: float | None, b: float | None) -> float | None:
    return b if a is None else a if b is None else max(a, b)

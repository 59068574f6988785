"""The columnar store: batches in, frozen snapshots out."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from tui.model import (
    Batch,
    BlobBatch,
    Forgotten,
    Gone,
    HParamsInfo,
    Problem,
    ProjectorInfo,
    Recovered,
    RunActivity,
    ScalarBatch,
    SeriesKey,
    TagInfo,
)
from tui.store.ends import EndsBelow
from tui.store.problems import Problems
from tui.store.run import GrowingRun
from tui.store.scalars import LEAST_BYTES
from tui.store.snapshot import EMPTY_SNAPSHOT, BlobSeries, RunSummary, ScalarSeries, StoreSnapshot


class Store:
    """Everything that was read. One thread applies batches and takes snapshots; snapshots go to any thread.

    A snapshot makes new views only of the series and runs that changed since the last one, and shares the mappings
    in which nothing did.

    Of a run's scalars the points may be let go (`thin`) until they are read again (`complete`). Meanwhile an outline of
    each series stays, and new points are added behind it.
    """

    def __init__(self) -> None:
        self.bytes = 0
        """Of memory that scalars take, about."""
        self.outdated: set[str] = set()
        """Runs with outlines that are to be made anew from all points."""
        self._runs: dict[str, GrowingRun] = {}
        self._tags: dict[SeriesKey, TagInfo] = {}
        self._projectors: dict[str, ProjectorInfo] = {}
        self._problems = Problems()
        self._gone: set[str] = set()
        self._runs_of: dict[str, set[str]] = {}

        self._names: list[str] = []
        self._summaries: dict[str, RunSummary] = {}
        self._frozen_scalars: dict[SeriesKey, ScalarSeries] = {}
        self._frozen_blobs: dict[SeriesKey, BlobSeries] = {}
        self._changed_runs: dict[str, None] = {}
        self._changed_scalars: dict[SeriesKey, None] = {}
        self._changed_blobs: dict[SeriesKey, None] = {}
        self._ends_below = EndsBelow()
        self._same_keys = True
        self._changed_tags = False
        self._changed_projectors = False
        self._changed_problems = False
        self._changed = False
        self._snapshot = EMPTY_SNAPSHOT

    @property
    def changed(self) -> bool:
        """Whether a snapshot would differ from the last one."""
        return self._changed

    def apply(self, batch: Batch) -> None:
        """Add what a batch says. Batches of one series and file must come in file order."""
        match batch:
            case ScalarBatch():
                self._add_scalars(batch)
            case BlobBatch():
                self._add_blobs(batch)
            case RunActivity():
                self._add_activity(batch)
            case TagInfo() if self._is_news(batch):
                self._tags[batch.key] = batch
                self._changed_tags = True
            case HParamsInfo():
                self._run(batch.run).add_hparams(batch)
            case ProjectorInfo():
                self._add_projector(batch)
            case Problem() | Recovered() | Gone() if self._note_state(batch):
                self._note_problems(batch.path)
            case Forgotten():
                self._forget(batch)
            case TagInfo() | Problem() | Recovered() | Gone():  # known already
                return
        self._changed = True

    def run(self, name: str) -> GrowingRun | None:
        """What is known of a run; only the store may change it."""
        return self._runs.get(name)

    def thin(self, name: str, kept: Collection[str] = ()) -> None:
        """Let go the points of a run's scalars, save an outline of each; not those of the tags in `kept`."""
        run = self._runs[name]
        with self._weighed(run):
            for key in run.thin(kept):
                self._changed_scalars[key] = None
                self._changed = True

    def complete(self, name: str, whole: GrowingRun, tags: Collection[str] | None = None) -> bool:
        """Put another reading of a run's files in place of outlines, all or those of some tags.

        Returns:
            Whether no outline of these is left.
        """
        run = self._runs[name]
        with self._weighed(run):
            taken = run.complete(whole, tags)
        self._changed_scalars |= dict.fromkeys(taken)
        self._changed_runs[name] = None
        self._changed = True
        self.outdated.discard(name)
        return not run.lacks(tags)

    def names(self) -> list[str]:
        """The runs, in the order in which they were found."""
        return list(self._runs)

    def is_gone(self, name: str) -> bool:
        """Whether a file of the run is gone, so that its points cannot be read again."""
        run = self._runs.get(name)
        return run is not None and not self._gone.isdisjoint(run.files)

    @property
    def least_bytes(self) -> int:
        """About how many bytes it would take if there were outlines only."""
        return len(self._frozen_scalars) * LEAST_BYTES

    @contextmanager
    def _weighed(self, run: GrowingRun) -> Iterator[None]:
        """Keep the total of bytes while a run's changes."""
        before = run.bytes
        yield
        self.bytes += run.bytes - before

    def snapshot(self) -> StoreSnapshot:
        """All that was applied; the same object as before where nothing changed."""
        if not self._changed:
            return self._snapshot
        last = self._snapshot
        version = last.version + 1
        # Odd versions are those of the series without superseded points.
        self._freeze_series(2 * version)
        for name in self._changed_runs:
            self._summarize(name)
        self._note_ends()
        self._snapshot = StoreSnapshot(
            version,
            {name: self._summaries[name] for name in self._names} if self._changed_runs else last.runs,
            dict(self._frozen_scalars) if self._changed_scalars else last.scalars,
            dict(self._frozen_blobs) if self._changed_blobs else last.blobs,
            dict(self._tags) if self._changed_tags else last.tags,
            tuple(self._problems) if self._changed_problems else last.problems,
            dict(self._projectors) if self._changed_projectors else last.projectors,
            last.news.next(self._changed_scalars, same_keys=self._same_keys),
        )
        self._same_keys = True
        for changes in (self._changed_scalars, self._changed_blobs, self._changed_runs):
            changes.clear()
        self._changed = self._changed_tags = self._changed_projectors = self._changed_problems = False
        return self._snapshot

    def _freeze_series(self, version: int) -> None:
        """Make views of the series that changed, and let go those that are no more."""
        for key in list(self._changed_scalars):
            run = self._runs.get(key.run)
            scalars = run.scalars.get(key) if run else None
            if run is None or scalars is None:
                if self._frozen_scalars.pop(key, None) is None:
                    del self._changed_scalars[key]  # it never was in a snapshot: of blobs, or gone as soon as it came
                else:
                    self._same_keys = False
                continue
            self._same_keys &= key in self._frozen_scalars
            points = self._frozen_scalars[key] = scalars.freeze(version)
            run.note_frozen(scalars, superseded=points.superseded is not None)
            if scalars.outdated:
                self.outdated.add(run.name)
        for key in self._changed_blobs:
            run = self._runs.get(key.run)
            blobs = run.blobs.get(key) if run else None
            if run is None or blobs is None:
                self._frozen_blobs.pop(key, None)
                continue
            frozen = self._frozen_blobs[key] = blobs.freeze(version)
            run.note_frozen(blobs, superseded=frozen.superseded is not None)

    def _summarize(self, name: str) -> None:
        run = self._runs.get(name)
        if run is None:
            self._summaries.pop(name, None)
            return
        gone = tuple(path for path in run.files if path in self._gone) if self._gone else ()
        self._summaries[name] = run.summary(sum(map(self._problems.count, run.files)), gone)

    def _note_ends(self) -> None:
        """Tell of the changed runs, and of those above them, whether a session below has ended since."""
        touched = dict.fromkeys(self._changed_runs)
        for name in self._changed_runs:
            if (above := self._ends_below.note(name, self._summaries.get(name))) is not None:
                touched[above] = None
        for name in touched:
            run = self._summaries.get(name)
            if run is not None and run.ended_below != (ended := self._ends_below.is_ended(name, run)):
                self._summaries[name] = replace(run, ended_below=ended)
                self._changed_runs[name] = None

    def _run(self, name: str) -> GrowingRun:
        """The run of that name, new or not, marked as changed."""
        run = self._runs.get(name)
        if run is None:
            run = self._runs[name] = GrowingRun(name)
            insort(self._names, name)
        self._changed_runs[name] = None
        return run

    def _add_scalars(self, batch: ScalarBatch) -> None:
        if len(batch.steps):
            run = self._run(batch.key.run)
            before = run.bytes
            run.add_scalars(batch)
            self.bytes += run.bytes - before
            self._changed_scalars[batch.key] = None

    def _add_blobs(self, batch: BlobBatch) -> None:
        if len(batch.steps):
            self._run(batch.key.run).add_blobs(batch)
            self._changed_blobs[batch.key] = None

    def _add_activity(self, activity: RunActivity) -> None:
        self._run(activity.run).add_activity(activity)
        self._runs_of.setdefault(activity.path, set()).add(activity.run)

    def _is_news(self, info: TagInfo) -> bool:
        """Whether this is the first to be said about a tag, or differs from what was said by a file now forgotten."""
        run = self._runs.get(info.key.run) or self._run(info.key.run)
        if run.infos.get(info.key):
            return False
        run.infos[info.key] = True
        return self._tags.get(info.key) != info

    def _forget(self, forgotten: Forgotten) -> None:
        path = forgotten.path
        self._gone.discard(path)
        self._problems.forget(path)
        self._note_problems(path)
        self._runs_of.get(path, set()).discard(forgotten.run)
        run = self._runs.get(forgotten.run)
        if run is None:
            return
        self._changed_runs[run.name] = None
        with self._weighed(run):
            touched = run.forget(path)
        for key in touched:
            self._forget_points(run, key)
        if run.empty:
            self.outdated.discard(run.name)
            self._forget_infos(run, list(run.infos))
            del self._runs[run.name], self._names[bisect_left(self._names, run.name)]

    def _forget_points(self, run: GrowingRun, key: SeriesKey) -> None:
        """A series has lost points; what is known about its tag may have come with them."""
        self._changed_scalars[key] = self._changed_blobs[key] = None
        if key not in run.infos:
            return
        if key in run.scalars or key in run.blobs:
            run.infos[key] = False
        else:
            self._forget_infos(run, [key])

    def _forget_infos(self, run: GrowingRun, keys: Iterable[SeriesKey]) -> None:
        for key in keys:
            del run.infos[key]
            self._changed_tags |= self._tags.pop(key, None) is not None

    def _note_state(self, told: Problem | Recovered | Gone) -> bool:
        """What is to be said about a file or directory has changed; returns False where it has not."""
        match told:
            case Problem():
                return self._problems.add(told)
            case Recovered():
                self._gone.discard(told.path)
                return self._problems.recover(told.path)
            case Gone():
                known = told.path in self._gone
                self._gone.add(told.path)
                return not known

    def _add_projector(self, info: ProjectorInfo) -> None:
        self._changed_projectors = True
        if info.embeddings:
            self._projectors[info.run] = info
        else:
            self._projectors.pop(info.run, None)

    def _note_problems(self, path: str) -> None:
        self._changed_problems = True
        for name in self._runs_of.get(path, ()):
            self._changed_runs[name] = None

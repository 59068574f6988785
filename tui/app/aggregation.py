"""Runs drawn as one: a snapshot in which each group of runs is a run, and its series are means."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from logging_lib.tfevents.hparams import SessionStart
from tui.analysis.aggregate import Aggregate, aggregate
from tui.analysis.run_groups import RunGroup, groups_by_hparams, groups_by_pattern, seed_pattern
from tui.app.choices import Aggregation
from tui.app.selection import Filter
from tui.model import SeriesKey
from tui.render.numbers import plural
from tui.store.news import NO_NEWS
from tui.store.snapshot import RunSummary, ScalarSeries, StoreSnapshot

_FIRST_VERSION = 1 << 62
"""Versions of means: no series that was read has one like that, even if it has a group's name."""
_Members = Mapping[SeriesKey, Sequence[SeriesKey]]
"""Series as they are shown -> those that were read which they are made of."""


@dataclass(frozen=True, slots=True, eq=False)
class MeanSeries(ScalarSeries):
    """The mean of some series of one tag; `aggregate` has the same points, and how far the members spread."""

    aggregate: Aggregate = field(kw_only=True)
    members: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class GroupSummary(RunSummary):
    """Several runs as one.

    It is ended or deleted when all are, has NaN when any has, and is live as long as the one that logged last.
    `points` are those of all members. Its session start has the hparams that are the same in all of them.
    """

    members: tuple[str, ...] = ()


def run_groups(snapshot: StoreSnapshot, pattern: str | None, hidden: Collection[str]) -> list[RunGroup]:
    """The groups by a pattern, or by equal hparams; hidden runs are in none. One that is no expression makes none."""
    names = [name for name in snapshot.runs if name not in hidden]
    if pattern is None:
        return groups_by_hparams(snapshot.runs, names)
    typed = Filter(pattern)
    return groups_by_pattern(names, typed.search, snapshot.runs) if typed.valid else []


def suggested_pattern(snapshot: StoreSnapshot, hidden: Collection[str]) -> str | None:
    """How to group at first: by equal hparams (None) if that makes a group, else by names that look like seeds."""
    if run_groups(snapshot, None, hidden):
        return None
    return seed_pattern(name for name in snapshot.runs if name not in hidden)


def grouping_note(groups: Sequence[RunGroup], pattern: str | None) -> tuple[str, bool]:
    """What comes of a pattern, in a few words, and whether it is not even one."""
    if groups:
        how = "" if pattern else " with equal hparams"
        return f"{plural(len(groups), 'group')} of {plural(sum(len(g.runs) for g in groups), 'run')}{how}", False
    if pattern is None:
        return "no equal hparams: type a regex, its (groups) are what is equal", False
    fault = Filter(pattern).fault
    return (fault, True) if fault else ("puts no runs together", False)


class Aggregator:
    """Makes snapshots of groups out of those that were read.

    The mean of a tag is computed when it is first looked at, and again only after one of its members changed.
    """

    def __init__(self) -> None:
        self._means: dict[SeriesKey, tuple[Sequence[tuple[str, int]], MeanSeries]] = {}
        self._versions = count(_FIRST_VERSION)
        self._made: tuple[tuple[StoreSnapshot, Aggregation | None, frozenset[str]], StoreSnapshot] | None = None
        self._members: tuple[tuple[list[SeriesKey], list[RunGroup]], _Members] = ([], []), {}
        self.groups: list[RunGroup] = []

    def aggregated(
        self, snapshot: StoreSnapshot, aggregation: Aggregation | None, hidden: frozenset[str]
    ) -> StoreSnapshot:
        """The snapshot with each group in place of its runs; itself without groups. `groups` tells which there are.

        Blobs stay those of all runs. Asked for the same again, it is the same one.
        """
        want = snapshot, aggregation, hidden
        if self._made is None or self._made[0] != want:
            self.groups = [] if aggregation is None else run_groups(snapshot, aggregation.pattern, hidden)
            if not self.groups:
                self._means = {}
            self._made = want, self._make(snapshot) if self.groups else snapshot
        return self._made[1]

    def _make(self, snapshot: StoreSnapshot) -> StoreSnapshot:
        grouped = {run for group in self.groups for run in group.runs}
        runs = {name: run for name, run in snapshot.runs.items() if name not in grouped}
        runs |= {group.name: _summary(group, snapshot.runs) for group in self.groups}
        scalars = _LazyMeans(snapshot.scalars, self._members_of(list(snapshot.scalars)), self)
        return replace(snapshot, runs={name: runs[name] for name in sorted(runs)}, scalars=scalars, news=NO_NEWS)

    def _members_of(self, keys: list[SeriesKey]) -> _Members:
        """Sorted out anew only where there are other series or groups: tens of thousands take long."""
        if self._members[0] != (keys, self.groups):
            group_of = {run: group.name for group in self.groups for run in group.runs}
            members: dict[SeriesKey, list[SeriesKey]] = {}
            for key in keys:
                run = group_of.get(key.run)
                members.setdefault(key if run is None else key._replace(run=run), []).append(key)
            self._members = (keys, self.groups), members
            self._means = {key: known for key, known in self._means.items() if key in members}
        return self._members[1]

    def mean(self, key: SeriesKey, members: Sequence[ScalarSeries]) -> MeanSeries:
        """The mean of a group's series of one tag, at least one."""
        of = [(series.key.run, series.version) for series in members]
        known = self._means.get(key)
        if known is None or known[0] != of:
            made = aggregate(members)
            series = MeanSeries(
                key, next(self._versions), made.steps, made.wall_times, made.mean, aggregate=made, members=len(members)
            )
            known = self._means[key] = of, series
        return known[1]


class _LazyMeans(Mapping[SeriesKey, ScalarSeries]):
    """Series by key, those of groups computed when they are asked for: there may be hundreds of tags out of view."""

    def __init__(self, read: Mapping[SeriesKey, ScalarSeries], members: _Members, aggregator: Aggregator) -> None:
        self._read = read
        self._members = members
        self._aggregator = aggregator

    def __getitem__(self, key: SeriesKey) -> ScalarSeries:
        members = self._members[key]
        # No group has the name of a run.
        return self._read[key] if members[0] == key else self._aggregator.mean(key, [self._read[of] for of in members])

    def __contains__(self, key: object) -> bool:
        return key in self._members

    def __iter__(self) -> Iterator[SeriesKey]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


def _summary(group: RunGroup, runs: Mapping[str, RunSummary]) -> GroupSummary:
    members = [runs[name] for name in group.runs]
    newest = max(members, key=lambda run: run.last_wall_time or 0.0)
    return GroupSummary(
        name=group.name,
        paths=tuple(path for run in members for path in run.paths),
        tags=max(run.tags for run in members),
        points=sum(run.points for run in members),
        last_step=max((run.last_step for run in members if run.last_step is not None), default=None),
        first_wall_time=min((run.first_wall_time for run in members if run.first_wall_time is not None), default=None),
        last_wall_time=newest.last_wall_time,
        interval=newest.interval,
        has_nan=any(run.has_nan for run in members),
        problems=sum(run.problems for run in members),
        start=_common_start(members),
        end=newest.end if all(run.ended for run in members) else None,
        experiment=newest.experiment,
        gone=tuple(path for run in members for path in run.gone),
        ended_below=all(run.ended or run.ended_below for run in members),
        members=group.runs,
    )


def _common_start(members: Sequence[RunSummary]) -> SessionStart | None:
    starts = [run.start for run in members if run.start is not None]
    if not starts:
        return None
    same = {
        name: value
        for name, value in starts[0].hparams.items()
        if all(start.hparams.get(name) == value for start in starts)
    }
    return SessionStart(same)

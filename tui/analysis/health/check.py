"""All rules over a snapshot, each judged again only where something has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from logging_lib.tfevents.plugins import HISTOGRAMS
from tui.analysis.health import histograms
from tui.analysis.health.courses import NOTHING, Course, Points, course_of, points_of
from tui.analysis.health.curve import curve_of
from tui.analysis.health.files import by_path, damaged, stalled
from tui.analysis.health.findings import Finding
from tui.analysis.health.histograms import RULES_ON_HISTOGRAMS, Digests, Seen
from tui.analysis.health.overfitting import overfitting
from tui.analysis.health.pairs import Pair, pairs_by_name
from tui.analysis.health.rules import DEFAULTS, NAN_INF, OVERFITTING, RULES, STALLED, Thresholds
from tui.analysis.health.run_findings import of_courses, of_histograms, of_pairs, of_points
from tui.analysis.progress import hparams_near, run_progress
from tui.analysis.run_state import RunState, run_state, signs_of_life
from tui.analysis.tag_traits import traits
from tui.model import SeriesKey
from tui.store.snapshot import BlobSeries, RunSummary, ScalarSeries, StoreSnapshot

_GROWTH = 256
"""The course of a long curve is judged again when it has grown by one part in so many: it changes no sooner."""
_NO_POINTS = Points(None, None)
_ORDER = {rule: number for number, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True)
class _Judged:
    """A series as it was judged: its points at `version`, its course when there were so many points."""

    version: int
    in_contest: bool
    count: int
    points: Points
    course: Course


@dataclass(frozen=True, slots=True)
class _Paired:
    """A pair as it was judged, when both together had so many points."""

    versions: tuple[int, int]
    count: int
    finding: Finding | None


@dataclass(frozen=True, slots=True)
class _Told:
    """The findings of a run, and what they were made of besides its series as they were judged."""

    is_live: bool
    seen: list[Seen]
    findings: list[Finding]


class HealthCheck:
    """Judges snapshots of one store by some rules, all unless told, and keeps what it found of each series.

    Not for several threads at once. A check of a million new points takes about a tenth of a second, or of a thousand
    short series, one in which no series has changed some microseconds a run; the points themselves are not kept.
    `on_series` is called with how many of the series that have changed are judged, and how many these are.
    """

    def __init__(
        self,
        rules: Collection[str] = tuple(RULES),
        limits: Thresholds = DEFAULTS,
        on_series: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        self._rules = frozenset(rules)
        self._limits = limits
        self._on_series = on_series
        self._here: object = None
        self._keys: object = None
        self._scalars: Mapping[SeriesKey, ScalarSeries] = {}
        self._judged: dict[SeriesKey, _Judged] = {}
        self._of_run: dict[str, list[SeriesKey]] = {}
        self._contests: dict[str, bool] = {}
        self._pairs: dict[str, list[Pair]] = {}
        self._pairs_with: dict[SeriesKey, list[Pair]] = {}
        self._paired: dict[Pair, _Paired] = {}
        self._seen: dict[SeriesKey, tuple[int, Seen]] = {}
        # What was found in series of which only an outline is left, where anything was.
        self._last_points: dict[SeriesKey, Points] = {}
        self._last_courses: dict[SeriesKey, Course] = {}
        self._last_pairs: dict[Pair, Finding] = {}
        self._told: dict[str, _Told] = {}

    def findings(self, snapshot: StoreSnapshot, now: float, digests: Digests | None = None) -> tuple[Finding, ...]:
        """What is wrong in the runs of a snapshot at `now` (epoch seconds): by run, then in the order of RULES.

        `digests` gives what is known of a histogram. It is asked for those that rules look at, and again at the next
        check for those of which it knew nothing; without it rules on histograms are silent.
        """
        self._judge_scalars(snapshot)
        seen = self._histograms(snapshot.blobs, digests)
        problems = by_path(snapshot.problems)
        found: list[Finding] = []
        newest = max((run.first_wall_time or 0.0 for run in snapshot.runs.values()), default=0.0)
        for name, run in snapshot.runs.items():
            of_files = [self._stalled(run, now, snapshot, newest), damaged(run, problems)]
            of_run = [*self._of_one(run, now, seen.get(name, [])), *(one for one in of_files if one is not None)]
            chosen = [finding for finding in of_run if finding.rule in self._rules]
            found += sorted(chosen, key=lambda finding: _ORDER[finding.rule])
        return tuple(found)

    def judge_at_last(self, scalars: Mapping[SeriesKey, ScalarSeries]) -> None:
        """Judge the series of a run before their points are let go: outlines tell too little. For any one thread."""
        in_contest = any(traits(key.tag).contest for key in scalars)
        for key, series in scalars.items():
            if (points := points_of(series, self._limits)) != _NO_POINTS:
                self._last_points[key] = points
            else:
                self._last_points.pop(key, None)
            if (course := course_of(series, self._limits, in_contest=in_contest)) != NOTHING:
                self._last_courses[key] = course
            else:
                self._last_courses.pop(key, None)
        if in_contest or OVERFITTING not in self._rules:
            return
        for pair in pairs_by_name((key, len(series.steps)) for key, series in scalars.items()):
            found = self._overfitting(pair, scalars[pair.train], scalars[pair.val])
            if found is not None:
                self._last_pairs[pair] = found
            else:
                self._last_pairs.pop(pair, None)

    def series_of(self, run: str) -> list[ScalarSeries]:
        """The scalar series of a run, as they were judged last."""
        return [self._scalars[key] for key in self._of_run.get(run, ())]

    def _judge_scalars(self, snapshot: StoreSnapshot) -> None:
        """Judge what has changed since the last time, forget what is gone."""
        scalars, news = snapshot.scalars, snapshot.news
        if scalars is self._scalars:
            return
        same_keys = news.keys is not None and news.keys is self._keys
        changed = news.since(self._here) if same_keys else None
        if not same_keys and scalars.keys() != self._scalars.keys():
            self._sort(scalars)
        self._scalars, self._here, self._keys = scalars, news.here, news.keys
        stale = [key for key in (scalars if changed is None else changed) if self._is_stale(scalars[key])]
        for done, key in enumerate(stale):
            self._on_series(done, len(stale))
            self._judged[key] = self._judge(scalars[key], self._judged.get(key))
            self._told.pop(key.run, None)
        if OVERFITTING in self._rules:
            for pair in dict.fromkeys(pair for key in stale for pair in self._pairs_with.get(key, ())):
                self._on_series(len(stale), len(stale))
                self._paired[pair] = self._judge_pair(pair, self._paired.get(pair))
                self._told.pop(pair.val.run, None)

    def _is_stale(self, series: ScalarSeries) -> bool:
        """Whether a series has changed since it was judged, or what is expected of its run."""
        known = self._judged.get(series.key)
        return known is None or known.version != series.version or known.in_contest != self._contests[series.key.run]

    def _sort(self, scalars: Mapping[SeriesKey, ScalarSeries]) -> None:
        """Which series belong to a run, and which to each other."""
        self._of_run = {}
        for key in scalars:
            self._of_run.setdefault(key.run, []).append(key)
        self._contests = {run: any(traits(key.tag).contest for key in keys) for run, keys in self._of_run.items()}
        self._pairs = {}
        for pair in pairs_by_name((key, len(series.steps) + series.left_out) for key, series in scalars.items()):
            if not self._contests[pair.train.run] and not self._contests[pair.val.run]:
                self._pairs.setdefault(pair.val.run, []).append(pair)
        kept = {pair: None for pairs in self._pairs.values() for pair in pairs}
        self._pairs_with, self._told = {}, {}
        for pair in kept:
            for key in (pair.train, pair.val):
                self._pairs_with.setdefault(key, []).append(pair)
        self._judged = {key: judged for key, judged in self._judged.items() if key in scalars}
        self._paired = {pair: paired for pair, paired in self._paired.items() if pair in kept}

    def _judge(self, series: ScalarSeries, known: _Judged | None) -> _Judged:
        in_contest, count = self._contests[series.key.run], len(series.steps)
        if series.left_out:
            points = self._last_points.get(series.key, _NO_POINTS)
            course = self._last_courses.get(series.key, NOTHING)
            return _Judged(series.version, in_contest, 0, points, course)
        points = points_of(series, self._limits)
        if known is not None and known.in_contest == in_contest and _hardly_grown(known.count, count):
            return replace(known, version=series.version, points=points)
        course = course_of(series, self._limits, in_contest=in_contest)
        return _Judged(series.version, in_contest, count, points, course)

    def _judge_pair(self, pair: Pair, known: _Paired | None) -> _Paired:
        train, val = self._scalars[pair.train], self._scalars[pair.val]
        versions, count = (train.version, val.version), len(train.steps) + len(val.steps)
        if known is not None and known.versions == versions:
            return known
        if train.left_out or val.left_out:
            return _Paired(versions, 0, self._last_pairs.get(pair))
        if known is not None and _hardly_grown(known.count, count):
            return replace(known, versions=versions)
        return _Paired(versions, count, self._overfitting(pair, train, val))

    def _overfitting(self, pair: Pair, train: ScalarSeries, val: ScalarSeries) -> Finding | None:
        if len(val.steps) < self._limits.overfitting_points:
            return None
        return overfitting(pair, curve_of(train), curve_of(val), self._limits)

    def _histograms(self, blobs: Mapping[SeriesKey, BlobSeries], digests: Digests | None) -> dict[str, list[Seen]]:
        """What is known of the histograms of each run."""
        found: dict[str, list[Seen]] = {}
        if digests is None or not self._rules & RULES_ON_HISTOGRAMS:
            return found
        seen: dict[SeriesKey, tuple[int, Seen]] = {}
        for key, series in blobs.items():
            if key.plugin != HISTOGRAMS:
                continue
            known = self._seen.get(key)
            if known is None or known[0] != series.version or not known[1].complete:
                known = series.version, histograms.seen(series, digests, self._limits)
            seen[key] = known
            found.setdefault(key.run, []).append(known[1])
        self._seen = seen
        return found

    def _of_one(self, run: RunSummary, now: float, seen: list[Seen]) -> list[Finding]:
        """The findings of a run: at most one of each rule."""
        is_live = run_state(**signs_of_life(run, now)) is RunState.LIVE
        told = self._told.get(run.name)
        if told is None or told.is_live != is_live or list(map(id, told.seen)) != list(map(id, seen)):
            told = self._told[run.name] = _Told(is_live, seen, self._found_in(run, seen, is_live=is_live))
        return told.findings

    def _found_in(self, run: RunSummary, seen: list[Seen], *, is_live: bool) -> list[Finding]:
        judged = [self._judged[key] for key in self._of_run.get(run.name, ())]
        points = of_points([one.points for one in judged], seen)
        is_broken = any(finding.rule == NAN_INF for finding in points)
        paired = [self._paired[pair].finding for pair in self._pairs.get(run.name, ()) if pair in self._paired]
        return [
            *points,
            *of_courses([one.course for one in judged], is_live=is_live, is_broken=is_broken),
            *of_pairs(paired),
            *of_histograms(seen, [one.course.norm for one in judged], self._limits),
        ]

    def _stalled(self, run: RunSummary, now: float, snapshot: StoreSnapshot, newest: float) -> Finding | None:
        """Silence, of a run of which nothing tells that it is done: few writers log that they end.

        It is if it has reached the step that its hparams name, or if another run has begun since, at `newest`: that is
        how the runs of a sweep follow each other.
        """
        finding = stalled(run, now) if STALLED in self._rules else None
        if finding is None or (run.last_wall_time or 0.0) < newest:
            return None
        progress = run_progress(self.series_of(run.name), hparams_near(run.name, snapshot.runs), now)
        is_done = progress is not None and progress.target is not None and progress.step >= progress.target - 1
        return None if is_done else finding


def _hardly_grown(before: int, now: int) -> bool:
    return 0 <= now - before < now // _GROWTH

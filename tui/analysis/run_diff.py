"""What tells two runs apart: hparams, metrics at comparable moments, texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import HParam
from tui.analysis.comparison import Difference, difference, value_at
from tui.analysis.hparams.measures import shortest
from tui.analysis.hparams.sessions import ROOT, Session, Sessions
from tui.analysis.statistics import extremes, goal
from tui.analysis.text_diff import Change, text_diff
from tui.model import BlobRef, SeriesKey
from tui.store.snapshot import ScalarSeries, StoreSnapshot

ReadText = Callable[[BlobRef], str | None]
"""The text of a blob; None for one that cannot be read, or not yet."""


class Standing(Enum):
    """How two values stand to each other."""

    SAME = "same"
    DIFFERS = "differs"
    FIRST = "first"
    """Only the first run has one."""
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class HParamDiff:
    """An hparam of two runs, None where a run has none."""

    name: str
    first: HParam
    second: HParam
    standing: Standing


@dataclass(frozen=True, slots=True)
class Moment:
    """A value, its step, and its seconds since the run began."""

    value: float
    step: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values at one step, or at one time since the runs began in seconds."""

    first: float
    second: float
    at: float


@dataclass(frozen=True, slots=True)
class MetricDiff:
    """A scalar tag of two runs. Where only one run has it, the fields of both are None.

    `best` is by the tag's goal, None without one or without a finite value. `same_step` is at the last step that both
    have reached, `same_time` after the time that both have lasted; each run stands there as at its last point up to it.
    """

    tag: str
    standing: Standing
    last: tuple[Moment | None, Moment | None]
    best: tuple[Moment | None, Moment | None]
    same_step: Pair | None
    same_time: Pair | None
    change: Difference | None
    """The second run less the first, at `same_step`."""


@dataclass(frozen=True, slots=True)
class TextDiff:
    """A text tag of two runs by its newest text; `changes` are the lines that differ, None for too many of them,
    and for a text that could not be read. Only tags that differ are here."""

    tag: str
    standing: Standing
    changes: Sequence[Change] | None


@dataclass(frozen=True, slots=True)
class RunDiff:
    """All that tells two runs apart; hparams that differ come first."""

    first: str
    second: str
    hparams: tuple[HParamDiff, ...]
    metrics: tuple[MetricDiff, ...]
    texts: tuple[TextDiff, ...]


def run_diff(
    snapshot: StoreSnapshot,
    first: Session,
    second: Session,
    read_text: ReadText,
    hparams: tuple[Mapping[str, HParam], Mapping[str, HParam]] | None = None,
) -> RunDiff:
    """How two sessions (see `session_of`) differ; `hparams` are theirs where they are not those of the sessions."""
    return RunDiff(
        first.name,
        second.name,
        hparam_diffs(*(hparams or (first.hparams, second.hparams))),
        _metric_diffs(snapshot, first, second),
        _text_diffs(snapshot, first, second, read_text),
    )


def session_of(snapshot: StoreSnapshot, sessions: Sessions, run: str) -> Session:
    """A run or a directory of runs as a session: with all runs below it, and with the hparams of its own session,
    or of the one that it is part of."""
    found = next((session for session in sessions.rows if run in (session.name, session.run)), None)
    if found is not None:
        return found
    around = next((session for session in sessions.rows if run in session.runs), None)
    runs = tuple(name for name in snapshot.runs if run in (name, ROOT) or name.startswith(f"{run}/"))
    return Session(run, run, run, around.status if around else "", around.hparams if around else {}, runs)


def hparam_diffs(first: Mapping[str, HParam], second: Mapping[str, HParam]) -> tuple[HParamDiff, ...]:
    """The hparams of both; those that differ first, else in the order of the first mapping, then of the second."""
    found = [
        HParamDiff(name, first.get(name), second.get(name), _standing(name, first, second))
        for name in dict.fromkeys((*first, *second))
    ]
    return tuple(sorted(found, key=lambda item: item.standing is Standing.SAME))


def _standing(name: str, first: Mapping[str, HParam], second: Mapping[str, HParam]) -> Standing:
    if name not in first or name not in second:
        return Standing.FIRST if name in first else Standing.SECOND
    # NaN is the same as NaN, and true is not 1.
    same = repr(first[name]) == repr(second[name]) or (
        type(first[name]) is type(second[name]) and first[name] == second[name]
    )
    return Standing.SAME if same else Standing.DIFFERS


def _metric_diffs(snapshot: StoreSnapshot, first: Session, second: Session) -> tuple[MetricDiff, ...]:
    a, b = _scalars(snapshot, first), _scalars(snapshot, second)
    starts = _start(snapshot, first), _start(snapshot, second)
    return tuple(_metric_diff(tag, (a.get(tag), b.get(tag)), starts) for tag in dict.fromkeys((*a, *b)))


def _scalars(snapshot: StoreSnapshot, session: Session) -> dict[str, ScalarSeries]:
    """The session's scalars by tag, those of runs below its own by the way to them: `val/loss`."""
    found: dict[str, ScalarSeries] = {}
    of_runs = set(session.runs)
    for key, series in snapshot.scalars.items():
        if key.run in of_runs and len(series.current().steps):
            found.setdefault(_way(session.run, key), series.current())
    return found


def _way(run: str, key: SeriesKey) -> str:
    if key.run != run and (run == ROOT or key.run.startswith(f"{run}/")):
        return f"{key.run if run == ROOT else key.run[len(run) + 1 :]}/{key.tag}"
    return key.tag


def _start(snapshot: StoreSnapshot, session: Session) -> float:
    """The wall time of the session's first event, NaN where there is none."""
    times = [snapshot.runs[run].first_wall_time for run in session.runs if run in snapshot.runs]
    return min((time for time in times if time is not None), default=float("nan"))


def _metric_diff(
    tag: str, both: tuple[ScalarSeries | None, ScalarSeries | None], starts: tuple[float, float]
) -> MetricDiff:
    a, b = both
    last = _last(a, starts[0]), _last(b, starts[1])
    best = _best(tag, a, starts[0]), _best(tag, b, starts[1])
    if a is None or b is None:
        return MetricDiff(tag, Standing.SECOND if a is None else Standing.FIRST, last, best, None, None, None)
    change = difference(b.steps, b.values, a.steps, a.values)
    same_step = None if change is None else _at_step(a, b, change.step)
    same = len(a.steps) == len(b.steps) and all(
        np.array_equal(x, y, equal_nan=True) for x, y in ((a.steps, b.steps), (a.values, b.values))
    )
    standing = Standing.SAME if same else Standing.DIFFERS
    return MetricDiff(tag, standing, last, best, same_step, _at_time(a, b, starts), change)


def _last(series: ScalarSeries | None, start: float) -> Moment | None:
    return None if series is None else _moment(series, len(series.steps) - 1, start)


def _moment(series: ScalarSeries, at: int, start: float) -> Moment:
    return Moment(shortest(series, series.values[at]), int(series.steps[at]), float(series.wall_times[at]) - start)


def _best(tag: str, series: ScalarSeries | None, start: float) -> Moment | None:
    aim = goal(tag)
    found = None if series is None or aim is None else extremes(series.values, series.steps)
    if series is None or found is None:
        return None
    value = found.min if aim == "min" else found.max
    return _moment(series, int(np.flatnonzero(series.values == value)[0]), start)


def _at_step(a: ScalarSeries, b: ScalarSeries, step: int) -> Pair | None:
    first, second = value_at(step, a.steps, a.values), value_at(step, b.steps, b.values)
    if first is None or second is None:
        return None
    return Pair(shortest(a, first), shortest(b, second), step)


def _at_time(a: ScalarSeries, b: ScalarSeries, starts: tuple[float, float]) -> Pair | None:
    """Where both stand after the time that the shorter one of them has lasted."""
    with np.errstate(over="ignore", invalid="ignore"):  # files hold any wall times
        times = a.wall_times - starts[0], b.wall_times - starts[1]
    seconds = min(float(np.fmax.reduce(times[0])), float(np.fmax.reduce(times[1])))
    places = [np.flatnonzero(of <= seconds) for of in times]
    if not (len(places[0]) and len(places[1])):
        return None
    first, second = (int(reached[-1]) for reached in places)
    return Pair(shortest(a, a.values[first]), shortest(b, b.values[second]), seconds)


def _text_diffs(snapshot: StoreSnapshot, first: Session, second: Session, read_text: ReadText) -> tuple[TextDiff, ...]:
    a, b = _newest_texts(snapshot, first), _newest_texts(snapshot, second)
    found = []
    for tag in dict.fromkeys((*a, *b)):
        if tag not in a or tag not in b:
            found.append(TextDiff(tag, Standing.FIRST if tag in a else Standing.SECOND, ()))
            continue
        before, after = read_text(a[tag]), read_text(b[tag])
        unread = before is None or after is None
        changes = None if unread else text_diff(str(before).splitlines(), str(after).splitlines())
        if changes is None or changes:
            found.append(TextDiff(tag, Standing.DIFFERS, changes))
    return tuple(found)


def _newest_texts(snapshot: StoreSnapshot, session: Session) -> dict[str, BlobRef]:
    found: dict[str, BlobRef] = {}
    of_runs = set(session.runs)
    for key, series in snapshot.blobs.items():
        if key.plugin == plugins.TEXT and key.run in of_runs and len(refs := series.current().refs):
            found.setdefault(_way(session.run, key), refs[-1])
    return found


def candidates(names: Iterable[str], wanted: str) -> list[str]:
    """The runs that a name means: the run of that name, else those whose name ends with it as a path, else those that
    it is a part of, case set aside."""
    every = list(names)
    if wanted in every:
        return [wanted]
    for fits in (
        lambda name: name.endswith(f"/{wanted}"),
        lambda name: wanted in name,
        lambda name: wanted.lower() in name.lower(),
    ):
        if found := [name for name in every if fits(name)]:
            return found
    return []

"""Sessions: which runs they are made of, their hparams, and which metrics they have."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from logging_lib.tfevents.hparams import HParam
from logging_lib.tfevents.plugins import TEXT
from tui.analysis.hparams.run_names import hparams_of_names
from tui.reader.hparam_text import may_hold_hparams
from tui.store.snapshot import RunSummary, StoreSnapshot

ROOT = "."
ABOVE = ".."
RUNNING = "RUNNING"
# What Lightning declares where a training declares nothing: -1, or the last value of whatever was called so.
_PLACEHOLDERS = {"hp_metric"}
# Directories of one training's parts, as Keras, estimators and add_scalars lay them out.
_PARTS = {"train", "training", "val", "valid", "validation", "eval", "evaluation", "test", "testing"}


class MetricColumn(NamedTuple):
    """A metric: `tag` in the run that `group` leads to from each session's own. `name` is what to call it."""

    tag: str
    group: str
    name: str


@dataclass(frozen=True, slots=True)
class Session:
    """One session. `runs` are its own and those that belong to it, in the order of the snapshot; its own need not be.

    `run` is the one that its hparams were logged in; `name` is what to call it: where `add_hparams` made a run of its
    own for them below the training's, the training's. `group` is the session group's name, its own where none was
    given. `status` is that of the session end (UNKNOWN, SUCCESS, FAILURE or RUNNING), RUNNING before there is one, and
    "" where no session was logged.
    """

    run: str
    name: str
    group: str
    status: str
    hparams: Mapping[str, HParam]
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions in the order of the snapshot's runs; columns in the order of first mention.

    `metrics` are those to judge sessions by, `others` the other tags of their runs. `logged` tells whether writers
    logged the sessions; else they are runs without hparams.
    """

    rows: tuple[Session, ...]
    hparams: tuple[str, ...]
    metrics: tuple[MetricColumn, ...]
    others: tuple[MetricColumn, ...]
    logged: bool


def sessions_of(snapshot: StoreSnapshot) -> Sessions:
    """The sessions of a snapshot: runs with a session start; without any, all runs, those of one training together.

    Metrics are those that the experiment of a session's run, or else of the nearest run above it, declares; without
    such, or where it only declares Lightning's placeholder, every scalar tag of the session's runs.
    """
    starts = [name for name, run in snapshot.runs.items() if run.start is not None]
    members = _members(snapshot.runs, starts) if starts else _trainings(snapshot.runs)
    rows = tuple(_session(name, snapshot.runs, runs) for name, runs in members.items())
    metrics, others = _metrics(snapshot, rows)
    return Sessions(rows, _hparam_names(snapshot, rows), metrics, others, bool(starts))


def has_hparams(snapshot: StoreSnapshot) -> bool:
    """Whether there is something to compare: sessions, or runs whose names or texts tell of hparams.

    One run alone tells nothing by its name; of its text it can be read there.
    """
    if any(run.start is not None for run in snapshot.runs.values()):
        return True
    texts = {key.run for key in snapshot.blobs if key.plugin == TEXT and may_hold_hparams(key.tag)}
    return len(texts) > 1 or _names_tell(tuple(snapshot.runs))


@lru_cache(maxsize=4)
def _names_tell(runs: tuple[str, ...]) -> bool:
    return any(hparams_of_names(list(_trainings(runs))))


def metric_run(run: str, group: str) -> str:
    """The run that holds a metric of a session: the session's own, or the one that the metric's group leads to."""
    return posixpath.normpath(posixpath.join(run, group)) if group else run


def _session(own: str, runs: Mapping[str, RunSummary], members: Sequence[str]) -> Session:
    run = runs.get(own)
    start = run.start if run is not None else None
    if run is None or start is None:
        return Session(own, own, own, "", {}, tuple(members))
    status = run.end.status if run.end is not None else RUNNING
    above = own.rpartition("/")[0]
    # Where the run above holds the experiment it is the sweep's, with more sessions to come.
    name = above if above in members and runs[above].experiment is None else own
    return Session(own, name, start.group_name or name, status, start.hparams, tuple(members))


def _members(runs: Iterable[str], starts: Sequence[str]) -> dict[str, list[str]]:
    """The runs of each session: itself, those below it, and those above it that lie above no other session."""
    members: dict[str, list[str]] = {name: [] for name in starts}
    below: dict[str, list[str]] = {}
    for name in starts:
        for above in _upwards(name):
            below.setdefault(above, []).append(name)
    for run in runs:
        session = next((above for above in _upwards(run) if above in members), None)
        if session is None and len(below.get(run, ())) == 1:
            session = below[run][0]
        if session is not None:
            members[session].append(run)
    return members


def _trainings(runs: Iterable[str]) -> dict[str, list[str]]:
    """Runs by the directory of their training: `a/train` and `a/val` are parts of `a`."""
    found: dict[str, list[str]] = {}
    for run in runs:
        above, _, last = run.rpartition("/")
        found.setdefault((above or ROOT) if last.lower() in _PARTS else run, []).append(run)
    return found


def _hparam_names(snapshot: StoreSnapshot, rows: Iterable[Session]) -> tuple[str, ...]:
    """Those that a session has, in the declared order where an experiment declares them."""
    had = {name: None for session in rows for name in session.hparams}
    declared = {
        name: None
        for run in snapshot.runs.values()
        if run.experiment is not None
        for name in run.experiment.hparams
        if name in had
    }
    return tuple(declared | had)


def _metrics(
    snapshot: StoreSnapshot, rows: Iterable[Session]
) -> tuple[tuple[MetricColumn, ...], tuple[MetricColumn, ...]]:
    """The metrics to judge by, and the others; no two have the same tag and group."""
    tags: dict[str, list[str]] = {}
    for key in snapshot.scalars:
        tags.setdefault(key.run, []).append(key.tag)
    metrics: dict[tuple[str, str], MetricColumn] = {}
    others: dict[tuple[str, str], MetricColumn] = {}
    for session in rows:
        declared = _declared(snapshot, session.run)
        own = {
            (tag, group): None
            for run in session.runs
            for group in [_way(session.run, run)]
            for tag in tags.get(run, ())
        }
        for column in declared:
            metrics.setdefault((column.tag, column.group), column)
        judged = others if any(column.tag not in _PLACEHOLDERS for column in declared) else metrics
        for tag, group in own:
            judged.setdefault((tag, group), MetricColumn(tag, group, _name(tag, group)))
    return tuple(metrics.values()), tuple(column for place, column in others.items() if place not in metrics)


def _declared(snapshot: StoreSnapshot, session: str) -> list[MetricColumn]:
    for name in _upwards(session):
        run = snapshot.runs.get(name)
        if run is not None and run.experiment is not None:
            return [
                MetricColumn(m.tag, m.group, m.display_name or _name(m.tag, m.group)) for m in run.experiment.metrics
            ]
    return []


def _name(tag: str, group: str) -> str:
    return tag if group in ("", ABOVE) else f"{group}/{tag}"


def _way(session: str, run: str) -> str:
    """The way from a session's run to another: "" to itself, `val` to one below, `..` to the one above."""
    return "" if run == session else posixpath.relpath(run, session)


def _upwards(run: str) -> Iterator[str]:
    """The run and those it lies in: a/b, a, and the root."""
    while run and run != ROOT:
        yield run
        run = run.rpartition("/")[0]
    yield ROOT

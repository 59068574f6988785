"""Which files are logs of other tools, by their names and places alone: nothing is opened to find out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import NamedTuple

_CSV_NAMES = frozenset({"metrics.csv", "progress.csv", "results.csv"})
_JSON_LINES = re.compile(r"(?:^|[-_.])(?:metrics|history|scalars|logs?)\.jsonl$", re.IGNORECASE)
_HPARAMS = "hparams.yaml"
_TRAINER_STATE = "trainer_state.json"
_META = "meta.yaml"
_METRICS = f"{os.sep}metrics"
_CHECKPOINT = re.compile(r"checkpoint-(\d{1,18})$")


class Kind(Enum):
    """What a file is. Of several kinds in one directory the first is read."""

    WANDB = auto()
    MLFLOW = auto()
    """An MLflow run's meta.yaml, with the params beside it."""
    MLFLOW_METRIC = auto()
    CSV = auto()
    JSON_LINES = auto()
    TRAINER_STATE = auto()
    HPARAMS = auto()
    """Lightning's hparams.yaml."""


class PeerFile(NamedTuple):
    """A file of a run; `tag` is what an MLflow metric's place says, else empty."""

    kind: Kind
    path: str
    tag: str = ""

    @property
    def replaces(self) -> bool:
        """Whether it holds all that an older file of the run does, which is read no more."""
        return self.kind is Kind.TRAINER_STATE


def is_peer_name(name: str, directory: str) -> bool:
    """Whether a regular file of this name in this directory may be a log, or part of one, of another tool."""
    return (
        name.endswith((".wandb", ".jsonl"))
        or name in _CSV_NAMES
        or name in (_META, _HPARAMS, _TRAINER_STATE)
        or (_METRICS in directory and not name.startswith("."))
    )


def is_log_name(name: str) -> bool:
    """Whether a file is read as a log, or part of one, of another tool for its name alone, wherever in a logdir."""
    return _kind(name) is not None or name == _TRAINER_STATE


def find_peers(files: Mapping[str, Iterable[str]], event_directories: Iterable[str]) -> dict[str, tuple[PeerFile, ...]]:
    """The runs that other tools logged, by directory, each with its files.

    A directory with event files is theirs alone: Lightning's two loggers write the same numbers to both. A Trainer's
    state is left out where there are event files in directories below it, too.

    Args:
        files: paths of files with a peer's name, by their directory.
        event_directories: the directories that directly hold event files.
    """
    found: dict[str, list[PeerFile]] = {}
    mlflow = {directory for directory, paths in files.items() if os.path.join(directory, _META) in paths}  # noqa: PTH118
    states: dict[str, list[str]] = {}
    for directory, paths in files.items():
        run = _mlflow_run(directory, mlflow)
        for path in paths:
            name = path[len(directory) :].lstrip(os.sep)
            if name == _TRAINER_STATE:
                states.setdefault(_trained(directory), []).append(path)
            elif run and run != directory:
                tag = path[len(run) + len(_METRICS) + 1 :]
                found.setdefault(run, []).append(PeerFile(Kind.MLFLOW_METRIC, path, tag))
            elif kind := _kind(name):
                found.setdefault(directory, []).append(PeerFile(kind, path))
    events = set(event_directories)
    with_events_below = _and_above(events) if states else events
    for directory, paths in states.items():
        if directory not in with_events_below:
            found.setdefault(directory, []).append(PeerFile(Kind.TRAINER_STATE, _newest_state(paths)))
    chosen = {directory: _of_one_kind(peers) for directory, peers in found.items() if directory not in events}
    return {directory: peers for directory, peers in chosen.items() if peers}


def _kind(name: str) -> Kind | None:
    if name.endswith(".wandb"):
        return Kind.WANDB
    if name in _CSV_NAMES:
        return Kind.CSV
    if _JSON_LINES.search(name):
        return Kind.JSON_LINES
    return {_META: Kind.MLFLOW, _HPARAMS: Kind.HPARAMS}.get(name)


def _mlflow_run(directory: str, with_meta: set[str]) -> str:
    """The directory of the MLflow run whose metrics lie here, or that this is; empty where there is none."""
    if directory in with_meta:
        return directory
    start = len(directory)
    while (start := directory.rfind(_METRICS, 0, start)) > 0:
        end = start + len(_METRICS)
        if directory[:start] in with_meta and directory[end : end + 1] in ("", os.sep):
            return directory[:start]
    return ""


def _trained(directory: str) -> str:
    """The directory of the training that left a state here: a checkpoint's is the one around it."""
    parent, _, name = directory.rpartition(os.sep)
    return parent if parent and _CHECKPOINT.match(name) else directory


def _newest_state(paths: list[str]) -> str:
    """The newest state of a training: each holds all that was logged before it."""
    numbers = {path: _CHECKPOINT.match(path.rsplit(os.sep, 2)[-2]) for path in paths}
    checkpoints = [path for path, found in numbers.items() if found]
    newest = max(checkpoints, key=lambda path: int(found[1]) if (found := numbers[path]) else 0, default="")
    # `save_state` writes one beside the checkpoints, at the end; a training that was resumed has left it behind.
    final = next((path for path, found in numbers.items() if not found), "")
    return max(newest, final, key=_mtime) if newest and final else newest or final


def _mtime(path: str) -> float:
    try:
        return os.stat(path).st_mtime  # noqa: PTH116 - as everywhere where files are found
    except OSError:  # gone since it was listed
        return 0.0


def _and_above(directories: Iterable[str]) -> set[str]:
    """These directories and all that they are in."""
    seen: set[str] = set()
    for directory in directories:
        while directory and directory not in seen:
            seen.add(directory)
            directory = directory.rpartition(os.sep)[0]
    return seen


def _of_one_kind(peers: list[PeerFile]) -> tuple[PeerFile, ...]:
    """The files of the first kind, with what belongs to them; none where there are no metrics."""
    kinds = {peer.kind for peer in peers} - {Kind.HPARAMS}
    # An experiment of MLflow has a meta.yaml as well, and so may anything else.
    if Kind.MLFLOW_METRIC not in kinds:
        kinds.discard(Kind.MLFLOW)
    if not kinds:
        return ()
    first = min(kinds, key=lambda kind: kind.value)
    belong = {Kind.MLFLOW: Kind.MLFLOW_METRIC, Kind.CSV: Kind.HPARAMS}.get(first)
    return tuple(peer for peer in peers if peer.kind in (first, belong))

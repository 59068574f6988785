"""What a logdir holds, tag by tag, over several runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import EXPERIMENT_TAG, SESSION_END_TAG, SESSION_START_TAG
from tui.analysis.statistics import extremes
from tui.model import SeriesKey, TensorType
from tui.store.snapshot import BlobSeries, RunSummary, ScalarSeries, StoreSnapshot

# In the order they are listed; what is not here is some other plugin's, and comes last.
KINDS = (
    plugins.SCALARS,
    plugins.HISTOGRAMS,
    plugins.IMAGES,
    plugins.AUDIO,
    plugins.TEXT,
    plugins.PR_CURVES,
    plugins.MESH,
    plugins.HPARAMS,
    plugins.CUSTOM_SCALARS,
    plugins.GRAPHS,
    plugins.GRAPH_RUN_METADATA,
    plugins.GRAPH_RUN_METADATA_GRAPH,
    plugins.GRAPH_TAGGED_RUN_METADATA,
    plugins.GRAPH_KERAS_MODEL,
    plugins.PROJECTOR,
)
_SESSION_TAGS: tuple[tuple[str, Callable[[RunSummary], object]], ...] = (
    (EXPERIMENT_TAG, lambda run: run.experiment),
    (SESSION_START_TAG, lambda run: run.start),
    (SESSION_END_TAG, lambda run: run.end),
)


@dataclass(frozen=True, slots=True)
class Point:
    """A value, where it was logged, and by which run. The value is as short as its stored width allows."""

    value: float
    step: int
    run: str


@dataclass(slots=True)
class TagLine:
    """One tag of one kind. Superseded points do not count, and a tag may have no others.

    `bytes` are those of the records that hold blobs. `last` is the point with the latest wall time, `least` and
    `greatest` are finite; all three are of scalars only. `tensor` is the type of the first value.
    """

    tag: str
    kind: str
    runs: set[str] = field(default_factory=set)
    points: int = 0
    bytes: int | None = None
    last_step: int | None = None
    last: Point | None = None
    least: Point | None = None
    greatest: Point | None = None
    tensor: TensorType | None = None
    display_name: str = ""
    description: str = ""
    last_wall_time: float = float("-inf")

    @property
    def known(self) -> bool:
        """Whether the kind is one that tbtui knows; else it is some other plugin's, or "" for a bare tensor."""
        return self.kind in KINDS

    @property
    def kind_name(self) -> str:
        """What to call the kind."""
        return self.kind or "tensor"

    @property
    def tensor_type(self) -> str:
        """Dtype and shape, `float32 [2, 3]`, with `[?]` for an unknown shape; "" for what is no tensor."""
        if self.tensor is None:
            return ""
        return f"{self.tensor.dtype} {'[?]' if self.tensor.shape is None else list(self.tensor.shape)}"

    def add(self, run: str, points: int) -> None:
        """Count a run and its points."""
        self.runs.add(run)
        self.points += points


def blob_bytes(series: BlobSeries) -> int:
    """Bytes of the records that hold a series; one that holds several of its values is counted once."""
    return sum({(ref.path, ref.offset): ref.length for ref in series.refs}.values())


def tag_lines(
    snapshot: StoreSnapshot, chosen: Callable[[SeriesKey], bool], *, size: Callable[[BlobSeries], int] = blob_bytes
) -> list[TagLine]:
    """The tags over all series that are chosen, by kind, then by name.

    Hparams' sessions and embeddings are series here as well. `size` is `blob_bytes`, or what remembers its results.
    """
    lines: dict[tuple[str, str], TagLine] = {}

    def line(key: SeriesKey) -> TagLine | None:
        if not chosen(key):
            return None
        return lines.setdefault((key.tag, key.plugin), TagLine(key.tag, key.plugin))

    _add_scalars(snapshot, line)
    _add_blobs(snapshot, line, size)
    _add_sessions(snapshot, line)
    _add_embeddings(snapshot, line)
    for key, info in snapshot.tags.items():
        if (known := lines.get((key.tag, key.plugin))) is not None and chosen(key):
            known.display_name = known.display_name or info.display_name
            known.description = known.description or info.description
            known.tensor = known.tensor or info.tensor
    return sorted(lines.values(), key=lambda found: (_rank(found.kind), found.kind, found.tag))


_Line = Callable[[SeriesKey], TagLine | None]


def _add_scalars(snapshot: StoreSnapshot, line: _Line) -> None:
    for key, series in snapshot.scalars.items():
        if (found := line(key)) is not None:
            _add_series(found, series.current())


def _add_series(line: TagLine, series: ScalarSeries) -> None:
    run = series.key.run
    line.add(run, len(series.steps))
    if not len(series.steps):
        return
    line.last_step = _greater(line.last_step, int(series.steps.max()))
    wall_time = float(series.wall_times[-1])
    if line.last is None or wall_time > line.last_wall_time:
        line.last = Point(_short(series.values[-1]), int(series.steps[-1]), run)
        line.last_wall_time = wall_time
    found = extremes(series.values, series.steps)
    if found is None:
        return
    kind = series.values.dtype.type
    if line.least is None or found.min < line.least.value:
        line.least = Point(_short(kind(found.min)), found.min_step, run)
    if line.greatest is None or found.max > line.greatest.value:
        line.greatest = Point(_short(kind(found.max)), found.max_step, run)


def _add_blobs(snapshot: StoreSnapshot, line: _Line, size: Callable[[BlobSeries], int]) -> None:
    for key, series in snapshot.blobs.items():
        if (found := line(key)) is not None:
            current = series.current()
            found.add(key.run, len(current.steps))
            found.bytes = (found.bytes or 0) + size(current)
            if len(current.steps):
                found.last_step = _greater(found.last_step, int(current.steps.max()))


def _add_sessions(snapshot: StoreSnapshot, line: _Line) -> None:
    for run in snapshot.runs.values():
        for tag, of_run in _SESSION_TAGS:
            if of_run(run) is not None and (found := line(SeriesKey(run.name, tag, plugins.HPARAMS))) is not None:
                found.add(run.name, 1)


def _add_embeddings(snapshot: StoreSnapshot, line: _Line) -> None:
    for info in snapshot.projectors.values():
        for embedding in info.embeddings:
            found = line(SeriesKey(info.run, embedding.name, plugins.PROJECTOR))
            if found is not None:
                found.add(info.run, 1)
                found.tensor = found.tensor or (TensorType("float32", embedding.shape) if embedding.shape else None)


def _rank(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def _short(value: np.floating[Any]) -> float:
    """The float that is written with as few digits as the value's own width needs: a float32 of 0.1 as 0.1."""
    return float(str(value))


def _greater(a: int | None, b: int) -> int:
    return b if a is None else max(a, b)

"""The words every stage shares: series keys, batches of decoded data, problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.hparams import Experiment, SessionEnd, SessionStart

Steps = npt.NDArray[np.int64]
WallTimes = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# float32 where every value was stored in 32 bits or fewer, else float64.
Values = npt.NDArray[np.floating[Any]]


class SeriesKey(NamedTuple):
    """One tag of one run, as one plugin's data. Names are as in the file: escape them before showing them."""

    run: str
    tag: str
    plugin: str


class Origin(NamedTuple):
    """Which session of which file logged something.

    `session` counts the SessionLog STARTs before it in the file, 0 where there was none. `purge_step` is the step
    that the START named, None where it named none: what other sessions logged from there on is void by the writer's
    own word.
    """

    path: str
    session: int = 0
    purge_step: int | None = None


class BlobRef(NamedTuple):
    """Where one value lies that is decoded only when shown.

    `offset` and `length` are bytes of the record's payload in the file at `path`; `item` is the value's place in
    the event's summary (0 for events that are no summary, such as a graph).
    """

    path: str
    offset: int
    length: int
    item: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read: where (`offset` in bytes, None for the whole file) and why.

    `count` is more than 1 where it stands for so many, the first of them at `offset`.
    """

    path: str
    offset: int | None
    reason: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a `Problem` with this path said about the whole file or directory is no longer so."""

    path: str


@dataclass(frozen=True, slots=True, eq=False)
class ScalarBatch:
    """New points of one series in file order; the arrays have one shape, [n]. Wall times are epoch seconds."""

    key: SeriesKey
    origin: Origin
    steps: Steps
    wall_times: WallTimes
    values: Values


@dataclass(frozen=True, slots=True, eq=False)
class BlobBatch:
    """New blobs of one series in file order; `refs` has the length of the arrays."""

    key: SeriesKey
    origin: Origin
    steps: Steps
    wall_times: WallTimes
    refs: Sequence[BlobRef]


class TensorType(NamedTuple):
    """A tensor's dtype, by its name, and shape, None where it is unknown."""

    dtype: str
    shape: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class TagInfo:
    """What the first event of a tag said about it; `tensor` is its value's type, where that is a tensor."""

    key: SeriesKey
    display_name: str
    description: str
    content: bytes
    tensor: TensorType | None = None


@dataclass(frozen=True, slots=True)
class HParamsInfo:
    """One record of the hparams plugin in a run, read from the file at `path`."""

    run: str
    path: str
    data: SessionStart | SessionEnd | Experiment


@dataclass(frozen=True, slots=True)
class Embedding:
    """A set of points for the projector. Paths are of files in the config's directory, None where none is named.

    `shape` is (points, dimensions), or () where the config does not say; `sprite_size` is the (width, height) in
    pixels of one of the images that the sprite is made of, or ().
    """

    name: str
    shape: tuple[int, ...]
    tensor_path: str | None
    metadata_path: str | None
    bookmarks_path: str | None
    sprite_path: str | None
    sprite_size: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProjectorInfo:
    """What the projector's config at `path` names: no embeddings once it is gone or malformed.

    `checkpoint` is as it stands there, often empty. The run need not have event files.
    """

    run: str
    path: str
    checkpoint: str
    embeddings: tuple[Embedding, ...]


@dataclass(frozen=True, slots=True)
class RunActivity:
    """What a read of one of a run's files showed, whatever the data was.

    Wall times are epoch seconds of the earliest and latest event with a finite one, None where there was none.
    """

    run: str
    path: str
    events: int
    first_wall_time: float | None
    last_wall_time: float | None


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no file at this path any more, until Recovered or Forgotten say otherwise; what was read of it stays."""

    path: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was read of a run from this file no longer counts: the file is read from its start, or went elsewhere."""

    run: str
    path: str


Batch = (
    ScalarBatch
    | BlobBatch
    | TagInfo
    | HParamsInfo
    | ProjectorInfo
    | RunActivity
    | Problem
    | Recovered
    | Gone
    | Forgotten
)

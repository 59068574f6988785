"""Embeddings for the projector: which ones are shown, and what is computed of their files off the screen's thread."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui.analysis.point_columns import Categories, Scale, column_kind
from tui.analysis.projection import (
    Distance,
    Floats,
    Indices,
    Points,
    Projection,
    neighbours,
    principal_components,
)
from tui.app.blobs import BlobCache, Unreadable
from tui.app.catalog import natural_key
from tui.app.selection import Filter, Selection
from tui.model import Embedding
from tui.reader.payload import Metadata, PayloadError, embedding_shape, read_embedding, read_metadata
from tui.render.numbers import bytes_, count
from tui.store.snapshot import StoreSnapshot

MOST_POINTS = 1 << 20
"""Of more than these every second, third, ... is shown."""
NEIGHBOURS = 50
MOST_BYTES = 320 << 20
"""Of an embedding's numbers. Twice as much is kept of all that were opened."""
_FIELD_BYTES = 64  # about what a short text takes
_LONGEST = 256
_LABELS = ("label", "labels", "name", "word", "token", "title", "text")
_BETWEEN = "\0"  # no run's name has it


class Listed(NamedTuple):
    """An embedding of a run."""

    run: str
    embedding: Embedding

    @property
    def tag(self) -> str:
        """What tells it from all others."""
        return f"{self.run}{_BETWEEN}{self.embedding.name}"


def listed_embeddings(snapshot: StoreSnapshot, selection: Selection) -> list[Listed]:
    """The embeddings of the visible runs, by name, then by run. They may be of runs without event files.

    A writer that logs a name again adds it to the config again: the last one counts.
    """
    shown = [info for run, info in snapshot.projectors.items() if _is_visible(run, selection)]
    found = {(info.run, item.name): Listed(info.run, item) for info in shown for item in info.embeddings}
    listed = (item for item in found.values() if selection.tags_filter.matches(item.embedding.name))
    return sorted(listed, key=lambda item: (natural_key(item.embedding.name), natural_key(item.run)))


def embedding_of(snapshot: StoreSnapshot, selection: Selection, tag: str) -> Listed | None:
    """The embedding that a tag stands for, None where its run is hidden or does not have it."""
    run, _, name = tag.partition(_BETWEEN)
    if run not in snapshot.projectors or not _is_visible(run, selection):
        return None
    named = [item for item in snapshot.projectors[run].embeddings if item.name == name]
    return Listed(run, named[-1]) if named else None


def _is_visible(run: str, selection: Selection) -> bool:
    return run not in selection.hidden and selection.runs_filter.matches(run)


class Version(NamedTuple):
    """An embedding, and of each of its files when it was written last, and its size: what is computed is kept by it."""

    embedding: Embedding
    files: tuple[tuple[int, int], ...]


def read_version(embedding: Embedding) -> Version:
    """The version of what is there now.

    Raises:
        PayloadError: it names no file of points, or there is none.
    """
    tensor = _tensor_path(embedding)
    paths = [tensor, *([embedding.metadata_path] if embedding.metadata_path else [])]
    return Version(embedding, tuple(_stamp(path, needed=path == tensor) for path in paths))


def _stamp(path: str, *, needed: bool) -> tuple[int, int]:
    try:
        status = os.stat(path)  # noqa: PTH116 - paths are text here
    except (OSError, ValueError) as error:
        if needed:
            raise PayloadError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _tensor_path(embedding: Embedding) -> str:
    if embedding.tensor_path is None:
        raise PayloadError("the config names no file with its points: only a checkpoint has them, or nothing")
    return embedding.tensor_path


def read_shape(embedding: Embedding) -> tuple[int, int]:
    """Points and dimensions, by what is quickly read of the file.

    Raises:
        PayloadError: as `embedding_shape`, or no file is named.
    """
    return embedding_shape(_tensor_path(embedding), embedding.shape)


@dataclass(frozen=True, eq=False)
class PointSet:
    """The points of an embedding: float32[n, d], n >= 1, and what is known of them.

    `numbers` intp[n] are the points' places in the file; `total` is how many that has. `rows` has n rows of fields, or
    fewer where the metadata is too short, none without metadata. `notes` say what is not as it should be.
    """

    points: Points
    numbers: npt.NDArray[np.intp]
    total: int
    projection: Projection
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    columns: tuple[tuple[str, Categories | Scale], ...] = field(default=())

    @property
    def nbytes(self) -> int:
        """About the bytes that it takes."""
        fields = sum(map(len, self.rows[:1])) * len(self.rows)
        return self.points.nbytes + self.projection.coordinates.nbytes + _FIELD_BYTES * fields

    @cached_property
    def label_column(self) -> int:
        """The column whose fields are the points' names: one that is called so, else the first."""
        named = [at for at, name in enumerate(self.header) if name.strip().lower() in _LABELS]
        return named[0] if named else 0

    def field(self, point: int, column: int) -> str:
        """A field of a point, "" where it is missing, cut where it is endless."""
        return _field(self.rows[point], column) if point < len(self.rows) else ""

    def label(self, point: int) -> str:
        """A point's name, by its place in the file where it has none."""
        return self.field(point, self.label_column) or f"#{self.numbers[point]}"


def read_points(version: Version) -> PointSet:
    """The points of an embedding, on their principal components.

    Raises:
        PayloadError: as `read_embedding`, or they would take too much memory; metadata that cannot be read is a note.
    """
    embedding = version.embedding
    points = read_embedding(_tensor_path(embedding), embedding.shape)
    if points.nbytes > MOST_BYTES:
        raise PayloadError(f"{embedding.tensor_path}: {bytes_(points.nbytes)} of numbers, {bytes_(MOST_BYTES)} at most")
    total = len(points)
    every = -(-total // MOST_POINTS)
    metadata, notes = _metadata(embedding, total)
    rows = metadata.rows[::every]
    if every > 1:
        points = points[::every].copy()
        notes.append(f"one of every {every} of {count(total)} points is shown")
    projection = principal_components(points)
    lost = int(np.isnan(projection.coordinates[:, 0]).sum())
    if lost:
        notes.append(f"{count(lost)} not shown: NaN or infinite")
    columns = _columns(metadata.header, rows, len(points))
    numbers = np.arange(0, total, every)
    return PointSet(points, numbers, total, projection, metadata.header, rows, tuple(notes), columns)


def _metadata(embedding: Embedding, points: int) -> tuple[Metadata, list[str]]:
    if embedding.metadata_path is None:
        return Metadata((), ()), []
    try:
        found = read_metadata(embedding.metadata_path)
    except PayloadError as error:
        return Metadata((), ()), [str(error)]
    if len(found.rows) != points:
        return found, [f"metadata of {count(len(found.rows))} points"]
    return found, []


def _field(row: Sequence[str], column: int) -> str:
    return row[column][:_LONGEST] if column < len(row) else ""


def _columns(
    header: Sequence[str], rows: Sequence[Sequence[str]], points: int
) -> tuple[tuple[str, Categories | Scale], ...]:
    """The columns that points can be coloured by, with their names."""
    found = []
    for at in range(len(header) or 1 if rows else 0):
        fields = [_field(row, at) for row in rows[:points]]
        kind = column_kind([*fields, *[""] * (points - len(fields))])
        if kind is not None:
            found.append((header[at] if header else "label", kind))
    return tuple(found)


class NeighbourQuery(NamedTuple):
    """A point of a version of an embedding, and what counts as near."""

    version: Version
    point: int
    distance: Distance


class MatchQuery(NamedTuple):
    """What the names of points are searched for."""

    version: Version
    pattern: Filter


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The nearest points, by their places, and their distances, nearest first."""

    points: Indices
    distances: Floats


class EmbeddingFiles:
    """What is read of embeddings, for a cache whose worker thread alone calls it. It holds the points read last: to
    find what is near to one of them they are not read again.
    """

    def __init__(self) -> None:
        self._last: tuple[Version, PointSet] | None = None

    def points(self, version: Version) -> PointSet:
        """As `read_points`."""
        if self._last is None or self._last[0] != version:
            self._last = None  # its memory is free for the next
            self._last = version, read_points(version)
        return self._last[1]

    def nearest(self, query: NeighbourQuery) -> Nearest:
        """The nearest neighbours of a point.

        Raises:
            PayloadError: as `read_points`.
        """
        points = self.points(query.version).points
        return Nearest(*neighbours(points, query.point, query.distance, NEIGHBOURS))

    def matches(self, query: MatchQuery) -> Indices:
        """The places of the points whose names match, ascending; only of those that are shown.

        Raises:
            PayloadError: as `read_points`.
        """
        found, matches = self.points(query.version), query.pattern.matches
        shown = np.flatnonzero(np.isfinite(found.projection.coordinates[:, 0]))
        return np.array([at for at in shown.tolist() if matches(found.label(at))], np.intp)


class Embeddings:
    """Embeddings as the widgets ask for them; each answer as that of a BlobCache."""

    def __init__(self) -> None:
        self.cache = BlobCache(most_bytes=2 * MOST_BYTES)
        self._files = EmbeddingFiles()

    def shape(self, embedding: Embedding) -> tuple[int, int] | Unreadable | None:
        """How many points and dimensions there are."""
        return self.cache.get(embedding, read_shape)

    def version(self, embedding: Embedding) -> Version | Unreadable | None:
        """What `points` takes."""
        return self.cache.get(embedding, read_version)

    def points(self, version: Version) -> PointSet | Unreadable | None:
        """The points on their principal components."""
        return self.cache.get(version, self._points)

    def nearest(self, query: NeighbourQuery) -> Nearest | Unreadable | None:
        """The nearest neighbours of a point."""
        return self.cache.get(query, self._nearest)

    def matches(self, query: MatchQuery) -> Indices | Unreadable | None:
        """The places of the points whose names match, ascending."""
        return self.cache.get(query, self._matches)

    def look_again(self, embedding: Embedding) -> None:
        """The files may have changed: what is known of those that did not is kept."""
        self.cache.forget(embedding, read_shape)
        self.cache.forget(embedding, read_version)

    def _points(self, version: Version) -> PointSet:
        return self._files.points(version)

    def _nearest(self, query: NeighbourQuery) -> Nearest:
        return self._files.nearest(query)

    def _matches(self, query: MatchQuery) -> Indices:
        return self._files.matches(query)

"""The points of an embedding: read from its files, put on their principal components, with what is known of each."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui.analysis.point_columns import Categories, Scale, column_kind
from tui.analysis.projection import Points, Projection, principal_components
from tui.model import Embedding
from tui.reader.payload import Metadata, PayloadError, embedding_shape, read_embedding, read_metadata
from tui.render.numbers import bytes_, count

MOST_POINTS = 1 << 20
"""Of more than these every second, third, ... is shown."""
MOST_BYTES = 320 << 20
"""Of an embedding's numbers. Twice as much is kept of all that were opened."""
_FIELD_BYTES = 64  # about what a short text takes
_LONGEST = 256
_NO_HEADER = "label"
_LABELS = ("label", "labels", "name", "word", "token", "title", "text")


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

    @cached_property
    def labels_repeat(self) -> bool:
        """Whether points share their names, as where these are of classes."""
        own = self.header[self.label_column] if self.header else _NO_HEADER
        kinds = [column for name, column in self.columns if name == own and isinstance(column, Categories)]
        return any(len(kind.names) + kind.others < np.count_nonzero(kind.codes >= 0) for kind in kinds)

    def field(self, point: int, column: int) -> str:
        """A field of a point, "" where it is missing, cut where it is endless."""
        return _field(self.rows[point], column) if point < len(self.rows) else ""

    def label(self, point: int) -> str:
        """A point's name, by its place in the file where it has none."""
        return self.field(point, self.label_column) or f"#{self.numbers[point]}"

    def name(self, point: int) -> str:
        """Its label, with its place in the file where labels tell no point from the others."""
        number, label = f"#{self.numbers[point]}", self.label(point)
        return f"{label} {number}" if self.labels_repeat and label != number else label


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
            found.append((header[at] if header else _NO_HEADER, kind))
    return tuple(found)

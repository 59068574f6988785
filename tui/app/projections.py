"""Embeddings for the projector: which ones are shown, and what is asked of them off the screen's thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tui.analysis.projection import Distance, Floats, Indices, neighbours
from tui.app.blobs import BlobCache, Unreadable
from tui.app.catalog import natural_key
from tui.app.point_sets import MOST_BYTES, PointSet, Version, read_points, read_shape, read_version
from tui.app.selection import Filter, Selection
from tui.app.sprites import SpriteFile, SpriteQuery
from tui.model import Embedding
from tui.reader.payload.picture import Picture
from tui.store.snapshot import StoreSnapshot

NEIGHBOURS = 50
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
        self._sprites = SpriteFile()

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

    def picture(self, query: SpriteQuery) -> Picture | Unreadable | None:
        """The small picture of a point."""
        return self.cache.get(query, self._picture)

    def look_again(self, embedding: Embedding) -> None:
        """The files may have changed: what is known of those that did not is kept."""
        self.cache.forget(embedding, read_shape)
        self.cache.forget(embedding, read_version)

    def _picture(self, query: SpriteQuery) -> Picture:
        return self._sprites.picture(query)

    def _points(self, version: Version) -> PointSet:
        return self._files.points(version)

    def _nearest(self, query: NeighbourQuery) -> Nearest:
        return self._files.nearest(query)

    def _matches(self, query: MatchQuery) -> Indices:
        return self._files.matches(query)

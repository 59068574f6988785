"""Meshes for their tab: the tags of one mesh as one series, and a mesh decoded, ready to be turned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TextIO

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents import plugins
from tui.analysis.mesh_shape import Box, Ints, bounding_box, edges_of, from_centre, usable_faces
from tui.app.blob_steps import Place, step_line
from tui.model import BlobRef, SeriesKey, TagInfo
from tui.reader.payload import PayloadError, mesh_part, read_mesh
from tui.render.numbers import bytes_, count
from tui.render.wireframe import colour_owners
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot

MOST_BYTES = 256 << 20
"""Of the records of a mesh."""
MOST_FACES, MOST_POINTS = 40_000, 200_000
"""Of more, every second, third, ... is drawn."""
_VERTEX, _FACE, _COLOUR = "VERTEX", "FACE", "COLOR"
_LARGEST_COLOUR = 255
_ROWS_AT_ONCE = 8192


class MeshSnapshot:
    """Snapshots whose blobs are meshes, by their names, each with the steps of its vertices; and their parts."""

    def __init__(self) -> None:
        self._read = self._made = EMPTY_SNAPSHOT
        self._tags: Mapping[SeriesKey, TagInfo] = {}
        self._parts: dict[SeriesKey, dict[str, SeriesKey]] = {}

    def of(self, snapshot: StoreSnapshot) -> StoreSnapshot:
        """That of a snapshot of all blobs. A mesh without vertices has the steps of what there is."""
        if snapshot is not self._read and snapshot is not self._made:
            if snapshot.tags is not self._tags:  # they rarely change, and the blobs may be very many
                self._tags, self._parts = snapshot.tags, _parts_by_mesh(snapshot.tags)
            blobs = {
                mesh: replace(snapshot.blobs[key], key=mesh)
                for mesh, parts in self._parts.items()
                if (key := parts.get(_VERTEX) or next(iter(parts.values()))) in snapshot.blobs
            }
            self._read, self._made = snapshot, replace(snapshot, blobs=blobs)
        return self._made

    def source(self, mesh: SeriesKey, place: Place | None, entry: int, *, superseded: bool) -> MeshSource | None:
        """Where one of a mesh's batch lies that was logged at a place; None without vertices.

        Faces and colours are those logged with the vertices, else the last before: they may stay the same.
        """
        found: dict[str, PartSource] = {}
        for part in (_VERTEX, _FACE, _COLOUR):
            key = self._parts[mesh].get(part)
            if key is not None and key in self._read.blobs:
                series = self._read.blobs[key]
                line = step_line(series, superseded=superseded)
                at = line.at(place)
                place = line.place(at) if part == _VERTEX else place
                found[part] = PartSource(series.refs[int(line.entries[at])], self._tags[key].content)
        if _VERTEX not in found:
            return None
        return MeshSource(found[_VERTEX], found.get(_FACE), found.get(_COLOUR), entry)


def _parts_by_mesh(tags: Mapping[SeriesKey, TagInfo]) -> dict[SeriesKey, dict[str, SeriesKey]]:
    meshes: dict[SeriesKey, dict[str, SeriesKey]] = {}
    for key, info in tags.items():
        if key.plugin == plugins.MESH:
            name, part = mesh_part(key.tag, info.content)
            meshes.setdefault(key._replace(tag=name), {})[part] = key
    return meshes


class PartSource(NamedTuple):
    """Where a part of a mesh lies, and the content of its tag's first metadata."""

    ref: BlobRef
    content: bytes


class MeshSource(NamedTuple):
    """Where the parts of a mesh lie, and which of its batch is meant."""

    vertices: PartSource
    faces: PartSource | None
    colours: PartSource | None
    entry: int


@dataclass(frozen=True, slots=True, eq=False)
class MeshPicture:
    """One mesh of a batch: how large it is, and as much of it as is drawn.

    `vertices` and `faces` count those logged, `batch` the meshes. `box` holds all finite vertices, None without any.
    `points` float32[n, 3], as `from_centre` has them, are drawn with `owners` int16[n], their colours, None where none
    were logged; `drawn` int32[m, 3] and `edges` int32[e, 2] are places in them. `notes` say what is left out.
    """

    vertices: int
    faces: int
    batch: int
    box: Box | None
    points: npt.NDArray[np.float32]
    drawn: Ints
    edges: Ints
    owners: npt.NDArray[np.int16] | None
    notes: tuple[str, ...]

    @property
    def nbytes(self) -> int:
        """About the bytes that it takes."""
        return self.points.nbytes + self.drawn.nbytes + self.edges.nbytes


def read_picture(source: MeshSource) -> MeshPicture:
    """The mesh at a source.

    Raises:
        PayloadError: as `read_mesh`, or it is too large.
    """
    _check_size(source)
    batch, vertices = _entry_of(source.vertices, source.entry)
    faces = _entry_of(source.faces, source.entry)[1] if source.faces is not None else np.empty((0, 3), np.int32)
    colours = _entry_of(source.colours, source.entry)[1] if source.colours is not None else None
    return _picture(vertices, faces, colours, batch)


def _check_size(source: MeshSource) -> None:
    parts = [part for part in (source.vertices, source.faces, source.colours) if part is not None]
    size = sum({part.ref[:3]: part.ref.length for part in parts}.values())
    if size > MOST_BYTES:
        raise PayloadError(f"{source.vertices.ref.path}: a mesh of {bytes_(size)}, {bytes_(MOST_BYTES)} at most")


def _entry_of(part: PartSource, entry: int) -> tuple[int, npt.NDArray[Any]]:
    """How many there are in the batch, and one of them [n, 3]; the last where there are not so many."""
    array = read_mesh(part.ref, part.content).array
    return len(array), array[min(entry, len(array) - 1)] if len(array) else np.empty((0, 3))


def _picture(
    vertices: npt.NDArray[Any], faces: npt.NDArray[Any], colours: npt.NDArray[Any] | None, batch: int
) -> MeshPicture:
    notes: list[str] = []
    usable = usable_faces(faces, vertices)
    if len(usable) < len(faces):
        notes.append(f"{count(len(faces) - len(usable))} faces of no such vertices")
    if colours is not None and len(colours) != len(vertices):
        notes.append(f"{count(len(colours))} colours are not as many as vertices")
        colours = None
    drawn = usable[:: _every(len(usable), MOST_FACES)]
    if len(drawn) < len(usable):
        notes.append(f"{count(len(drawn))} of {count(len(usable))} faces drawn")
    # Only what faces are made of is needed of them; without faces the vertices themselves are drawn.
    kept = np.unique(drawn) if len(drawn) else np.arange(len(vertices))[:: _every(len(vertices), MOST_POINTS)]
    if not len(drawn) and len(kept) < len(vertices):
        notes.append(f"{count(len(kept))} of {count(len(vertices))} vertices drawn")
    drawn = np.searchsorted(kept, drawn).astype(np.int32)
    box = bounding_box(vertices)
    points = from_centre(vertices, box) if box is not None else np.full(vertices.shape, np.nan, np.float32)
    owners = None if colours is None else colour_owners(_colours(colours[kept]))
    return MeshPicture(
        len(vertices), len(faces), batch, box, points[kept], drawn, edges_of(drawn), owners, tuple(notes)
    )


def _every(n: int, most: int) -> int:
    return max(1, -(-n // most))


def _colours(colours: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    return np.asarray(np.clip(np.nan_to_num(colours), 0, _LARGEST_COLOUR).astype(np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class WholeMesh:
    """`vertices` float64[n, 3], or [n, 6] with red, green and blue, 0 to 1; `faces` int32[m, 3]."""

    vertices: npt.NDArray[np.float64]
    faces: Ints


def read_whole(source: MeshSource) -> WholeMesh:
    """All of the mesh at a source; faces of vertices that are not there, or not finite, are left out.

    Raises:
        PayloadError: as `read_picture`.
    """
    _check_size(source)
    vertices = _entry_of(source.vertices, source.entry)[1].astype(np.float64)
    faces = _entry_of(source.faces, source.entry)[1] if source.faces is not None else np.empty((0, 3))
    usable = usable_faces(faces, vertices)
    if source.colours is not None:
        colours = _colours(_entry_of(source.colours, source.entry)[1])
        if len(colours) == len(vertices):
            vertices = np.concatenate([vertices, colours / _LARGEST_COLOUR], axis=1)
    return WholeMesh(vertices, usable)


def write_obj(stream: TextIO, mesh: WholeMesh) -> int:
    """The mesh as Wavefront's OBJ, colours behind the coordinates; returns how many vertices it has."""
    for start in range(0, len(mesh.vertices), _ROWS_AT_ONCE):
        rows = mesh.vertices[start : start + _ROWS_AT_ONCE].tolist()
        stream.write("".join(f"v {' '.join(f'{number:.9g}' for number in row)}\n" for row in rows))
    for start in range(0, len(mesh.faces), _ROWS_AT_ONCE):
        corners = (mesh.faces[start : start + _ROWS_AT_ONCE] + 1).tolist()
        stream.write("".join(f"f {a} {b} {c}\n" for a, b, c in corners))
    return len(mesh.vertices)

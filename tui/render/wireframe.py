"""Meshes as braille dots: edges where no face lies before them, faces in the light, or just the vertices."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.render.raster import NO_OWNER, Marks, Raster, pack_dots

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Indices = npt.NDArray[np.intp]

MOST_DOTS = 2_000_000
"""Dots of faces that are looked at for what is hidden; of more nothing is."""
MOST_EDGE_DOTS = 500_000
"""Of edges with more dots together every second, third, ... is drawn."""
_LEVELS = 6
COLOURS = _LEVELS**3
_HALF_LEVEL = 255 / (_LEVELS - 1) / 2
_AMBIENT = 0.1
_LIGHT = np.array([-0.4, -0.6, 0.7]) / np.linalg.norm([-0.4, -0.6, 0.7])
# Bayer's matrix: how bright a dot must be to be drawn, so that evenly lit faces have even patterns.
_THRESHOLDS = (np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) + 0.5) / 16
# How far behind a face, in dots, what is on it may seem to lie: faces are known at the middle of dots only.
_TOLERANCE = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Solid:
    """What is drawn, in dots: `points` float64[n, 3] with x to the right, y down and z to the eye; `edges` [e, 2] and
    `faces` [m, 3] are places in them; `owners` int16[n] say what colour each point has.
    """

    points: Floats
    edges: Ints
    faces: Ints
    owners: npt.NDArray[np.int16]


def colour_owners(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.int16]:
    """One of COLOURS for each of the colours [n, 3], red, green, blue."""
    levels = ((colours.astype(np.int16) + int(_HALF_LEVEL)) // int(2 * _HALF_LEVEL)).astype(np.int16)
    return np.asarray((levels[:, 0] * _LEVELS + levels[:, 1]) * _LEVELS + levels[:, 2], np.int16)


def owner_colour(owner: int) -> str:
    """The colour, #rrggbb, that an owner of `colour_owners` stands for."""
    levels = owner // (_LEVELS * _LEVELS), owner // _LEVELS % _LEVELS, owner % _LEVELS
    return "#" + "".join(f"{round(level * 2 * _HALF_LEVEL):02x}" for level in levels)


def draw_edges(solid: Solid, width: int, height: int) -> Raster:
    """The edges in `width` x `height` cells, those hidden behind faces left out."""
    places, depths, owners = _along_edges(solid, 4 * height, 2 * width)
    surface = _surface(solid, 4 * height, 2 * width)
    if surface is not None:
        seen = depths >= _nearest(surface, 8 * height * width)[places] - _TOLERANCE
        places, depths, owners = places[seen], depths[seen], owners[seen]
    return _raster(places, depths, owners, width, height)


def draw_faces(solid: Solid, width: int, height: int) -> Raster | None:
    """The faces in `width` x `height` cells, with more dots the more they are turned to the light, which comes from
    above on the left; None where they have too many dots.
    """
    columns = 2 * width
    surface = _surface(solid, 4 * height, columns)
    if surface is None:
        return None
    seen = surface.depths >= _nearest(surface, 4 * height * columns)[surface.places]
    places, face, depths = surface.places[seen], surface.faces[seen], surface.depths[seen]
    thresholds = _THRESHOLDS[places // columns % len(_THRESHOLDS), places % columns % len(_THRESHOLDS)]
    lit = _light(solid)[face] > thresholds
    owners = solid.owners[solid.faces[face, 0]]
    return _raster(places[lit], depths[lit], owners[lit], width, height)


def _light(solid: Solid) -> Floats:
    """How bright each face is, 0 to 1; one has two sides, whichever is seen is lit."""
    a, b, c = (solid.points[solid.faces[:, corner]] for corner in range(3))
    normals = np.cross(b - a, c - a)
    normals *= np.where(normals[:, 2:] < 0, -1.0, 1.0)  # towards the eye
    with np.errstate(divide="ignore", invalid="ignore"):
        cosines = normals @ _LIGHT / np.linalg.norm(normals, axis=1)
    return np.asarray(_AMBIENT + (1 - _AMBIENT) * np.clip(np.nan_to_num(cosines), 0.0, 1.0))


def draw_vertices(solid: Solid, width: int, height: int) -> Raster:
    """The points in `width` x `height` cells; where there is nothing in front of the middle, they are faint."""
    rows, columns = 4 * height, 2 * width
    x, y = np.rint(solid.points[:, 0]), np.rint(solid.points[:, 1])
    inside = np.flatnonzero((x >= 0) & (x < columns) & (y >= 0) & (y < rows))
    places = y[inside].astype(np.intp) * columns + x[inside].astype(np.intp)
    return _raster(places, solid.points[inside, 2], solid.owners[inside], width, height, faint_behind=True)


def _raster(
    places: Indices,
    depths: Floats,
    owners: npt.NDArray[np.int16],
    width: int,
    height: int,
    *,
    faint_behind: bool = False,
) -> Raster:
    """Dots at places of the grid; a cell has the colour of the one nearest to the eye."""
    columns = 2 * width
    dots = np.zeros(4 * height * columns, np.bool_)
    dots[places] = True
    order = np.argsort(depths, kind="stable")
    cells = places[order] // columns // 4 * width + places[order] % columns // 2
    owned, front = np.full(width * height, NO_OWNER, np.int16), np.full(width * height, -np.inf)
    owned[cells], front[cells] = owners[order], depths[order]
    faint = (owned != NO_OWNER) & (front < 0) & faint_behind
    codes = pack_dots(dots.reshape(4 * height, columns))
    return Raster(codes, owned.reshape(height, width), faint.reshape(height, width), Marks.none(width))


def _along_edges(solid: Solid, rows: int, columns: int) -> tuple[Indices, Floats, npt.NDArray[np.int16]]:
    """The dots along all edges: places in the grid, depths, and the owners of the nearer ends."""
    start, end = solid.points[solid.edges[:, 0]], solid.points[solid.edges[:, 1]]
    first, last = _inside(start[:, :2], end[:, :2], rows, columns)
    kept = first <= last
    edges, start, end, first, last = solid.edges[kept], start[kept], end[kept], first[kept], last[kept]
    along = end - start
    start, along = start + first[:, np.newaxis] * along, (last - first)[:, np.newaxis] * along
    steps = np.ceil(np.abs(along[:, :2]).max(axis=1, initial=0)).astype(np.intp) + 1
    every = max(1, math.ceil(int(steps.sum()) / MOST_EDGE_DOTS))
    edges, start, along, steps = edges[::every], start[::every], along[::every], steps[::every]
    first, last = first[::every], last[::every]
    edge = np.repeat(np.arange(len(steps)), steps)
    at = np.arange(len(edge)) - np.repeat(np.cumsum(steps) - steps, steps)
    share = at / np.maximum(steps - 1, 1)[edge]
    points = start[edge] + share[:, np.newaxis] * along[edge]
    x = np.clip(np.rint(points[:, 0]), 0, columns - 1).astype(np.intp)
    y = np.clip(np.rint(points[:, 1]), 0, rows - 1).astype(np.intp)
    whole = first[edge] + share * (last - first)[edge]
    owners = np.where(whole < 0.5, solid.owners[edges[edge, 0]], solid.owners[edges[edge, 1]])
    return y * columns + x, points[:, 2], owners


def _inside(start: Floats, end: Floats, rows: int, columns: int) -> tuple[Floats, Floats]:
    """From where to where, as shares of their lengths, lines [e, 2] are on the grid; first > last for those that are
    not (Liang and Barsky's way).
    """
    first, last = np.zeros(len(start)), np.ones(len(start))
    for axis, size in ((0, columns), (1, rows)):
        low, high, along = -0.5 - start[:, axis], size - 0.5 - start[:, axis], end[:, axis] - start[:, axis]
        with np.errstate(divide="ignore", invalid="ignore"):
            entry, leave = low / along, high / along
        level = along == 0
        out = level & ((low > 0) | (high < 0))
        entry, leave = np.where(along < 0, leave, entry), np.where(along < 0, entry, leave)
        first = np.maximum(first, np.where(level, np.where(out, 2.0, 0.0), entry))
        last = np.minimum(last, np.where(level, 1.0, leave))
    return first, last


@dataclass(frozen=True, slots=True, eq=False)
class _Dots:
    """The dots that faces cover, all [n]: places in the grid, the faces, and how near to the eye these are there."""

    places: Indices
    faces: Indices
    depths: Floats


def _surface(solid: Solid, rows: int, columns: int) -> _Dots | None:
    """The dots of all faces, None where they are too many."""
    corners = solid.points[solid.faces]
    low = np.clip(np.ceil(corners[:, :, :2].min(axis=1)), 0, [columns, rows]).astype(np.intp)
    high = np.clip(np.floor(corners[:, :, :2].max(axis=1)), -1, [columns - 1, rows - 1]).astype(np.intp)
    sizes = np.maximum(high - low + 1, 0)
    counts = sizes.prod(axis=1)
    if int(counts.sum()) > MOST_DOTS:
        return None
    face = np.repeat(np.arange(len(counts)), counts)
    at = np.arange(len(face)) - np.repeat(np.cumsum(counts) - counts, counts)
    x, y = low[face, 0] + at % sizes[face, 0], low[face, 1] + at // sizes[face, 0]
    depths, inside = _depths(corners, face, x, y)
    return _Dots((y * columns + x)[inside], face[inside], depths[inside])


def _nearest(surface: _Dots, dots: int) -> Floats:
    """How near to the eye the nearest face is at each dot of the grid, -inf where there is none."""
    nearest = np.full(dots, -np.inf)
    np.maximum.at(nearest, surface.places, surface.depths)
    return nearest


def _depths(corners: Floats, face: Indices, x: Indices, y: Indices) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The depth of faces at dots, by their barycentric coordinates, and whether the dots are inside them."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    with np.errstate(divide="ignore", invalid="ignore"):
        # Depth and the two coordinates are linear in x and y: of each face the coefficients once.
        bx, by = (c[:, 1] - a[:, 1]) / area, (a[:, 0] - c[:, 0]) / area
        cx, cy = (a[:, 1] - b[:, 1]) / area, (b[:, 0] - a[:, 0]) / area
        dx, dy = x - a[face, 0], y - a[face, 1]
        of_b = dx * bx[face] + dy * by[face]
        of_c = dx * cx[face] + dy * cy[face]
        inside = (of_b >= 0) & (of_c >= 0) & (of_b + of_c <= 1)
        depths = a[face, 2] + of_b * (b[:, 2] - a[:, 2])[face] + of_c * (c[:, 2] - a[:, 2])[face]
    return depths, inside

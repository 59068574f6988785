"""Points of many dimensions on a plane: principal components, nearest neighbours, the next point in a direction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

COMPONENTS = 10
"""As many as TensorBoard computes."""
# Of what the components are computed from: rows, numbers in them, and the side of the matrix that is decomposed.
_MOST_ROWS, _MOST_NUMBERS, _MOST_SIDE = 10_000, 1 << 23, 2048
_NUMBERS_AT_ONCE = 1 << 20


class Distance(StrEnum):
    """How far two points are from each other; the value is its name on the screen."""

    COSINE = "cosine"
    EUCLIDEAN = "euclidean"


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Points on their principal components.

    `coordinates` float32[n, k], k >= 2, rows of NaN for points that are not finite; `explained` float64[k] the shares
    of the variance; both from `sampled` of the points. A component that the points do not have is all 0.
    """

    coordinates: Points
    explained: Floats
    sampled: int


def principal_components(points: Points) -> Projection:
    """The projection of points float32[n, d], n and d >= 1, on the first of their principal components.

    Each component's largest weight is positive, so that the same points always look the same.
    """
    finite = np.isfinite(points).all(axis=1)
    rows = _sampled(np.flatnonzero(finite), points.shape[1])
    k = max(2, min(COMPONENTS, points.shape[1]))
    coordinates = np.full((len(points), k), np.nan, np.float32)
    if not len(rows):
        return Projection(coordinates, np.zeros(k), 0)
    sample = points[rows].astype(np.float64)
    mean = sample.mean(axis=0)
    sample -= mean
    axes, variances = _axes(sample, k)
    for part in _parts(len(points), points.shape[1]):
        with np.errstate(invalid="ignore", over="ignore"):
            coordinates[part] = (points[part] - mean) @ axes
    coordinates[~finite] = np.nan
    total = float(np.square(sample).sum())
    return Projection(coordinates, variances / total if total > 0 else np.zeros(k), len(rows))


def _sampled(rows: Indices, dimensions: int) -> Indices:
    """So many of the rows, ascending, as the components are computed from: the same ones every time."""
    side = _MOST_ROWS if dimensions <= _MOST_SIDE else _MOST_SIDE
    most = max(2, min(side, _MOST_NUMBERS // dimensions))
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def _axes(centred: Floats, k: int) -> tuple[Floats, Floats]:
    """The first k axes [d, k] of centred points [n, d], and the sums of squares along them [k]."""
    n, d = centred.shape
    by_rows = n < d  # then the smaller matrix is that of the products of rows
    matrix = centred @ centred.T if by_rows else centred.T @ centred
    values, vectors = np.linalg.eigh(matrix)
    values, vectors = values[::-1][:k], vectors[:, ::-1][:, :k]
    # What is left of a component that the points do not have is rounding.
    kept = values > max(float(values[0]), 0.0) * 1e-12 * max(n, d)
    vectors = centred.T @ vectors[:, kept] if by_rows else vectors[:, kept]
    vectors /= np.linalg.norm(vectors, axis=0)
    signs = np.sign(np.take_along_axis(vectors, np.abs(vectors).argmax(axis=0)[np.newaxis], axis=0))
    axes, variances = np.zeros((d, k)), np.zeros(k)
    axes[:, : vectors.shape[1]], variances[: vectors.shape[1]] = vectors * signs, values[kept]
    return axes, variances


def _parts(rows: int, dimensions: int) -> Iterator[slice]:
    """Slices of rows that are worked on at once."""
    size = max(1, _NUMBERS_AT_ONCE // dimensions)
    return (slice(start, start + size) for start in range(0, rows, size))


def neighbours(points: Points, at: int, distance: Distance, most: int) -> tuple[Indices, Floats]:
    """The points nearest to one of float32[n, d], itself left out: their places and distances, nearest first.

    The cosine distance is 1 minus the cosine of the angle, and undefined for a point at 0. Points to which there is
    no finite distance are left out; of equally distant ones the first come first.
    """
    far = np.concatenate([_distances(points[part], points[at], distance) for part in _parts(*points.shape)])
    far[at] = np.nan
    found = np.flatnonzero(np.isfinite(far))
    if len(found) > most:
        bound = np.partition(far[found], most - 1)[most - 1]
        found = found[far[found] <= bound]
    nearest = found[np.argsort(far[found], kind="stable")][:most]
    return nearest, far[nearest]


def _distances(some: Points, to: npt.NDArray[Any], distance: Distance) -> Floats:
    numbers, point = some.astype(np.float64), to.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        if distance is Distance.EUCLIDEAN:
            return np.asarray(np.linalg.norm(numbers - point, axis=1))
        cosines = numbers @ point / (np.linalg.norm(numbers, axis=1) * np.linalg.norm(point))
        return np.asarray(1.0 - np.clip(cosines, -1.0, 1.0))


def nearest_to(x: Floats, y: Floats, at: tuple[float, float]) -> int | None:
    """The point nearest to a place, None without any; NaN is nowhere."""
    far = np.square(x - at[0]) + np.square(y - at[1])
    return None if np.isnan(far).all() else int(np.nanargmin(far))


def next_towards(
    x: Floats, y: Floats, at: tuple[float, float], towards: tuple[int, int], least: float = 1.0
) -> int | None:
    """The next point from a place in the direction (1, 0), (-1, 0), (0, 1) or (0, -1); None where none lies there.

    A point beside the way is as far as one twice as far off along it; those within 45 degrees go first. A point that
    is less than `least` away along the way is not next: a move to it might not be seen.
    """
    along = (x - at[0]) * towards[0] + (y - at[1]) * towards[1]
    beside = np.abs((x - at[0]) * towards[1] + (y - at[1]) * towards[0])
    far = along + 2 * beside
    ahead = along >= least
    for chosen in (ahead & (beside <= along), ahead):
        places = np.flatnonzero(chosen)
        if len(places):
            return int(places[np.argmin(far[places])])
    return None

"""The shape of a mesh: its bounding box, its edges, how it lies when it is turned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Box:
    """The least and the greatest x, y and z."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]

    @property
    def size(self) -> tuple[float, float, float]:
        """How long its sides are."""
        x, y, z = (high - low for low, high in zip(self.low, self.high, strict=True))
        return x, y, z

    @property
    def centre(self) -> tuple[float, float, float]:
        """The place in its middle."""
        x, y, z = (low / 2 + high / 2 for low, high in zip(self.low, self.high, strict=True))
        return x, y, z

    @property
    def radius(self) -> float:
        """From the centre to a corner."""
        return math.hypot(*self.size) / 2


def bounding_box(vertices: npt.NDArray[Any]) -> Box | None:
    """Of vertices [n, 3]; those that are not finite do not count. None without any."""
    finite = vertices[np.isfinite(vertices).all(axis=1)].astype(np.float64)
    if not len(finite):
        return None
    low, high = finite.min(axis=0).tolist(), finite.max(axis=0).tolist()
    return Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))


def usable_faces(faces: npt.NDArray[Any], vertices: npt.NDArray[Any]) -> Ints:
    """The faces [m, 3] whose corners are finite vertices [n, 3]: others point at what cannot be drawn."""
    with np.errstate(invalid="ignore"):
        known = (faces >= 0) & (faces < len(vertices)) & (faces == np.floor(faces))
    kept = faces[known.all(axis=1)].astype(np.int32)
    finite = np.isfinite(vertices).all(axis=1)
    return np.asarray(kept[finite[kept].all(axis=1)])


def edges_of(faces: Ints) -> Ints:
    """The sides of faces [m, 3], each once, as pairs of vertices [e, 2], the smaller number first."""
    if not len(faces):
        return np.empty((0, 2), np.int32)
    sides = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1).astype(np.int64)
    numbers = np.unique(sides[:, 0] << 32 | sides[:, 1])
    return np.stack([numbers >> 32, numbers & 0xFFFFFFFF], axis=1).astype(np.int32)


def from_centre(vertices: npt.NDArray[Any], box: Box) -> npt.NDArray[np.float32]:
    """Vertices [n, 3] as seen from the centre of their box, the farthest one at distance 1: float32[n, 3], those that
    are not finite NaN.
    """
    finite = np.isfinite(vertices).all(axis=1)
    away = vertices[finite].astype(np.float64)
    away -= box.centre
    away /= max(away.max(), -away.min()) or 1.0  # first: numbers of float64 have squares that are none
    away /= np.sqrt(np.einsum("ij,ij->i", away, away).max()) or 1.0
    found = np.full(vertices.shape, np.nan, np.float32)
    found[finite] = away
    return found


def turned(vertices: npt.NDArray[Any], yaw: float, pitch: float) -> Floats:
    """Vertices [n, 3] turned by degrees about the upright axis, then towards the eye: float64[n, 3].

    x goes right, y up and z to the eye, as in three.js, with which TensorBoard shows meshes.
    """
    across, down = math.radians(yaw), math.radians(pitch)
    about_y = np.array([
        [math.cos(across), 0.0, math.sin(across)],
        [0.0, 1.0, 0.0],
        [-math.sin(across), 0.0, math.cos(across)],
    ])  # fmt: skip
    about_x = np.array([
        [1.0, 0.0, 0.0],
        [0.0, math.cos(down), -math.sin(down)],
        [0.0, math.sin(down), math.cos(down)],
    ])  # fmt: skip
    with np.errstate(invalid="ignore"):
        return np.asarray(vertices.astype(np.float64) @ (about_x @ about_y).T)

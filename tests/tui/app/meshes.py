"""Meshes to open: a cube with colours, a batch, a cloud of points."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from logging_lib.tfevents.mesh import mesh_summary
from logging_lib.tfevents.proto import event_pb2
from tests import builders
from tests.builders import WALL_TIME

CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float32)
SIDES = np.array(
    [
        [0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
        [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3],
    ],
    np.int32,
)  # fmt: skip
COLOURS = (CORNERS * 255).astype(np.uint8)


def mesh_event(name: str, parts: Mapping[str, Any], step: int = 0) -> event_pb2.Event:
    """An event with the parts of a mesh, each [batch, n, 3]."""
    return event_pb2.Event(wall_time=WALL_TIME + step, step=step, summary=mesh_summary(name, parts, ""))


def cube(scale: float = 1.0, *, colours: bool = True) -> dict[str, np.ndarray]:
    """The parts of a cube of this size, with its corners' coordinates as colours."""
    parts = {"VERTEX": CORNERS[np.newaxis] * np.float32(scale), "FACE": SIDES[np.newaxis]}
    return {**parts, "COLOR": COLOURS[np.newaxis]} if colours else parts


def meshes(logdir: Path) -> Path:
    """One run: a cube that grows over three steps, a batch of three cubes, a cloud without faces."""
    batch = np.stack([CORNERS, 2 * CORNERS, 3 * CORNERS])
    cloud = np.stack([np.arange(-5.0, 6.0), np.arange(11.0) % 3, np.arange(11.0) % 2], axis=1).astype(np.float32)
    events = [
        *(mesh_event("cube", cube(1 + step / 10), step) for step in (0, 10, 20)),
        mesh_event("batch", {"VERTEX": batch, "FACE": np.stack([SIDES] * 3)}, 5),
        mesh_event("cloud/points", {"VERTEX": cloud[np.newaxis]}, 5),
    ]
    builders.write(logdir / "run" / builders.FILE_NAME, events)
    return logdir

"""Meshes and point clouds: vertices, faces, colors -> Summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.mesh import mesh_summary
from logging_lib.tfevents.proto import summary_pb2


def check_mesh(shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse at the call parts that make no mesh.

    Args:
        shapes: by part, VERTEX always among them.

    Raises:
        ValueError: a part is not [batch, n, 3], or its batch or number of colors is not that of the vertices.
    """
    vertices = shapes["VERTEX"]
    for part, shape in shapes.items():
        name = part.lower()
        if len(shape) != 3 or shape[2] != 3:
            raise ValueError(f"expected {name} of shape [batch, n, 3], got {list(shape)}")
        if shape[0] != vertices[0]:
            raise ValueError(f"{name} of a batch of {shape[0]}, vertices of {vertices[0]}")
    colors = shapes.get("COLOR", vertices)
    if colors != vertices:
        raise ValueError(f"{colors[1]} colors for {vertices[1]} vertices")


def mesh(tag: str, parts: Mapping[str, npt.ArrayLike], json_config: str) -> summary_pb2.Summary:
    """The parts of a mesh, by VERTEX, FACE and COLOR, in one summary.

    Source: torch.utils.tensorboard.summary.mesh, which stores all as float32. Here indices are integers, exact beyond
    2 ** 24, and colors of uint8 stay that, as TensorBoard's own writer has both.
    """
    return mesh_summary(tag, {part: _stored(part, np.asarray(array)) for part, array in parts.items()}, json_config)


def _stored(part: str, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if part == "FACE" and array.dtype.kind in "iu":
        return array.astype(np.int32)
    if part == "COLOR" and array.dtype == np.uint8:
        return array
    with np.errstate(over="ignore"):  # infinite
        return array.astype(np.float32)

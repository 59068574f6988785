"""The parts of a mesh as summary values: a tag each for its vertices, faces and colors, tensors [batch, n, 3]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

from logging_lib.tfevents.plugins import MESH, summary_metadata
from logging_lib.tfevents.proto import summary_pb2
from logging_lib.tfevents.proto.plugin_data_pb2 import MeshPluginData
from logging_lib.tfevents.tensor import to_tensor_proto


def mesh_summary(name: str, parts: Mapping[str, npt.NDArray[Any]], json_config: str) -> summary_pb2.Summary:
    """The values `<name>_VERTEX` and so on.

    Source: tensorboard/plugins/mesh/metadata.py and summary_v2.py.

    Args:
        parts: by name, VERTEX, FACE or COLOR; each [batch, n, 3].
        json_config: camera, materials and so on for three.js.
    """
    components = sum(1 << MeshPluginData.ContentType.Value(part) for part in parts)
    summary = summary_pb2.Summary()
    for part, array in parts.items():
        data = MeshPluginData(
            name=name, content_type=part, json_config=json_config, shape=array.shape, components=components
        )
        metadata = summary_metadata(MESH, data.SerializeToString())
        summary.value.add(tag=f"{name}_{part}", metadata=metadata, tensor=to_tensor_proto(array))
    return summary

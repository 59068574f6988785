"""The values of a mesh, as TensorBoard's plugin makes them."""

from __future__ import annotations

import numpy as np
import pytest
from tensorboard.compat.proto import summary_pb2 as tb_summary
from tensorboard.plugins.mesh import metadata
from tensorboard.plugins.mesh.plugin_data_pb2 import MeshPluginData
from tensorboard.util import tensor_util

from logging_lib.tfevents.mesh import mesh_summary

PARTS = {
    "VERTEX": np.arange(12, dtype=np.float32).reshape(1, 4, 3),
    "FACE": np.array([[[0, 1, 2], [1, 2, 3]]], np.int32),
    "COLOR": np.full((1, 4, 3), 7, np.uint8),
}


@pytest.mark.parametrize("names", [["VERTEX"], ["VERTEX", "COLOR"], ["VERTEX", "FACE", "COLOR"]])
def test_each_part_has_a_tag_and_tensorboards_metadata(names: list[str]) -> None:
    ours = mesh_summary("shape", {name: PARTS[name] for name in names}, '{"camera": 1}')
    types = [MeshPluginData.ContentType.Value(name) for name in names]
    components = metadata.get_components_bitmask(types)
    assert [value.tag for value in ours.value] == [f"shape_{name}" for name in names]
    for name, kind, value in zip(
        names, types, tb_summary.Summary.FromString(ours.SerializeToString()).value, strict=True
    ):
        theirs = metadata.create_summary_metadata(
            "shape", "", kind, components, PARTS[name].shape, json_config='{"camera": 1}'
        )
        assert value.metadata.plugin_data == theirs.plugin_data
        stored = tensor_util.make_ndarray(value.tensor)
        assert (stored.dtype, stored.tolist()) == (PARTS[name].dtype, PARTS[name].tolist())

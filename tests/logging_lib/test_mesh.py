"""add_mesh read back, also by TensorBoard's own server of meshes, and what is refused at the call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend import application
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.mesh.mesh_plugin import MeshPlugin
from tensorboard.util import tensor_util
from werkzeug.test import Client

from logging_lib import SummaryWriter
from tests.logging_lib.event_files import summaries
from tests.logging_lib.shown_blobs import only_blob
from tui.reader import payload

RANDOM = np.random.default_rng(0)
VERTICES = RANDOM.normal(size=(2, 5, 3)).astype(np.float32)
FACES = RANDOM.integers(0, 5, (2, 4, 3))
COLORS = RANDOM.integers(0, 256, (2, 5, 3), dtype=np.uint8)
CONFIG = {"material": {"cls": "MeshNormalMaterial"}, "camera": {"fov": 75}}


def served(directory: Path, path: str) -> bytes:
    multiplexer = EventMultiplexer().AddRunsFromDirectory(str(directory))
    multiplexer.Reload()
    provider = MultiplexerDataProvider(multiplexer, str(directory))
    plugin = MeshPlugin(TBContext(logdir=str(directory), multiplexer=multiplexer, data_provider=provider))
    response = Client(application.TensorBoardWSGI([plugin])).get(f"/data/plugin/mesh/{path}")
    assert response.status_code == 200
    return response.data


@pytest.fixture
def logged(tmp_path: Path) -> Path:
    with SummaryWriter(tmp_path) as writer:
        writer.add_mesh("shape", VERTICES, COLORS, FACES, CONFIG, 3)
    return tmp_path


def test_tensorboard_shows_the_mesh(logged: Path) -> None:
    assert json.loads(served(logged, "tags")) == {".": {"shape": {"samples": 2}}}
    (vertices, faces, colors) = json.loads(served(logged, "meshes?run=.&tag=shape"))
    assert [part["content_type"] for part in (vertices, faces, colors)] == [1, 2, 3]
    assert [part["data_shape"] for part in (vertices, faces, colors)] == [[2, 5, 3], [2, 4, 3], [2, 5, 3]]
    assert {part["components"] for part in (vertices, faces, colors)} == {0b1110}
    assert (vertices["step"], json.loads(vertices["config"])) == (3, CONFIG)
    for part, dtype, array in (("VERTEX", "<f4", VERTICES), ("FACE", "<i4", FACES), ("COLOR", "u1", COLORS)):
        data = served(logged, f"data?run=.&tag=shape&step=3&sample=1&content_type={part}")
        assert (np.frombuffer(data, dtype).reshape(array.shape[1:]) == array[1]).all()


def test_our_reader_shows_the_mesh(logged: Path) -> None:
    for part, dtype, array in (("VERTEX", "<f4", VERTICES), ("FACE", "<i4", FACES), ("COLOR", "u1", COLORS)):
        step, ref = only_blob(logged, f"shape_{part}", "mesh")
        read = payload.read_mesh(ref)
        assert (step, read.name, read.part, json.loads(read.config)) == (3, "shape", part, CONFIG)
        assert read.array.dtype == np.dtype(dtype)
        assert (read.array == array).all()


def test_one_event_holds_all_parts(logged: Path) -> None:
    (event,) = summaries(logged)
    assert [value.tag for value in event.summary.value] == ["shape_VERTEX", "shape_FACE", "shape_COLOR"]


def test_indices_are_exact(tmp_path: Path) -> None:
    """torch stores them as float32."""
    with SummaryWriter(tmp_path) as writer:
        writer.add_mesh("m", VERTICES[:1], faces=[[[0, 1, 2**24 + 1]]])
    (event,) = summaries(tmp_path)
    assert tensor_util.make_ndarray(event.summary.value[1].tensor).tolist() == [[[0, 1, 2**24 + 1]]]


def test_coordinates_that_are_no_numbers_or_beyond_float32(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_mesh("m", np.array([[[np.nan, -np.inf, 1e300]]]))
    (event,) = summaries(tmp_path)
    read = tensor_util.make_ndarray(event.summary.value[0].tensor)
    assert np.array_equal(read, [[[np.nan, -np.inf, np.inf]]], equal_nan=True)


def test_what_is_logged_is_a_copy(tmp_path: Path) -> None:
    vertices, config = VERTICES.copy(), {"camera": {"fov": 75}}
    with SummaryWriter(tmp_path, flush_secs=3600) as writer:
        writer.add_scalar("first", 1)  # written at once; what follows waits
        writer.add_mesh("m", vertices, config_dict=config)
        vertices[:] = 0
        config["camera"]["fov"] = 1
    value = summaries(tmp_path)[1].summary.value[0]
    assert (tensor_util.make_ndarray(value.tensor) == VERTICES).all()
    assert b'{"camera": {"fov": 75}}' in value.metadata.plugin_data.content


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"vertices": VERTICES[0]}, ValueError, r"expected vertex of shape \[batch, n, 3\], got \[5, 3\]"),
        ({"vertices": VERTICES[..., :2]}, ValueError, r"expected vertex of shape .* got \[2, 5, 2\]"),
        ({"vertices": None}, TypeError, "expected numbers, got NoneType"),
        ({"vertices": VERTICES * 1j}, TypeError, "complex"),
        ({"faces": FACES[0]}, ValueError, r"expected face of shape \[batch, n, 3\], got \[4, 3\]"),
        ({"faces": FACES[:1]}, ValueError, "face of a batch of 1, vertices of 2"),
        ({"faces": "all"}, TypeError, "expected numbers, got str"),
        ({"colors": COLORS[:, :3]}, ValueError, "3 colors for 5 vertices"),
        ({"colors": COLORS[:1]}, ValueError, "color of a batch of 1, vertices of 2"),
        ({"config_dict": {"a": object()}}, TypeError, "not JSON serializable"),
    ],
)
def test_bad_meshes_raise_at_the_call(
    tmp_path: Path, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(error, match=f"^tag 't': .*{message}"):
        writer.add_mesh("t", **({"vertices": VERTICES} | arguments))
    assert summaries(tmp_path) == []

"""PR curves, parts of meshes, layouts, and tensors of plugins that nobody here knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tensorboard.compat.proto import summary_pb2 as tensorboard_pb2
from tensorboard.plugins.custom_scalar import layout_pb2 as tensorboard_layout

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import layout_pb2, plugin_data_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.missing import Package
from tests.tui.reader.payload.stored import Value, store, strings
from tui.reader.payload import (
    Category,
    Chart,
    Layout,
    Margin,
    PayloadError,
    read_layout,
    read_mesh,
    read_pr_curve,
    read_tensor,
)

torch, torch_summary = Package("torch"), Package("torch.utils.tensorboard.summary")


def ours(summary: tensorboard_pb2.Summary) -> list[Value]:
    """A summary of TensorBoard's in our own protos."""
    return [Value.FromString(value.SerializeToString()) for value in summary.value]


def test_a_pr_curve_as_torch_counts_it(tmp_path: Path) -> None:
    labels, predictions = np.array([1, 0, 1, 1]), np.array([0.9, 0.4, 0.6, 0.1])
    curve = read_pr_curve(store(tmp_path, *ours(torch_summary.pr_curve("c", labels, predictions, 3))))
    assert curve.thresholds.tolist() == [0.0, 0.5, 1.0]
    assert curve.true_positives.tolist() == [3, 2, 0]
    assert curve.false_positives.tolist() == [1, 0, 0]
    assert curve.true_negatives.tolist() == [0, 1, 1]
    assert curve.false_negatives.tolist() == [0, 1, 3]
    assert curve.precision.tolist() == [0.75, 1.0, 0.0]
    assert curve.recall.tolist() == [1.0, float(np.float32(2 / 3)), 0.0]
    assert {array.dtype for array in (curve.precision, curve.true_positives)} == {np.dtype(np.float64)}


def test_a_pr_curve_of_one_threshold(tmp_path: Path) -> None:
    value = builders.tensor("c", to_tensor_proto(np.arange(6, dtype="<f8").reshape(6, 1)), plugins.PR_CURVES)
    curve = read_pr_curve(store(tmp_path, value))
    assert (curve.thresholds.tolist(), curve.recall.tolist()) == ([0.0], [5.0])


@pytest.mark.parametrize("shape", [(6,), (5, 2), (6, 0), (6, 1, 1)])
def test_no_pr_curve(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(PayloadError, match=r"not \[6, n\]"):
        read_pr_curve(store(tmp_path, builders.tensor("c", to_tensor_proto(np.zeros(shape)))))


def test_a_curve_of_signalling_nan(tmp_path: Path) -> None:
    rows = np.full((6, 2), 0x7F800001, "<u4").view("<f4")
    assert np.isnan(read_pr_curve(store(tmp_path, builders.tensor("c", to_tensor_proto(rows)))).recall).all()


def test_the_parts_of_a_mesh_that_torch_writes(tmp_path: Path) -> None:
    vertices = torch.tensor([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    colors = torch.tensor([[[255, 0, 0], [0, 255, 0]]])
    faces = torch.tensor([[[0, 1, 1]]])
    values = ours(torch_summary.mesh("m", vertices, colors, faces, {"camera": 1}))
    parts = [read_mesh(store(tmp_path, *values[: i + 1])) for i in range(3)]
    assert [value.tag for value in values] == ["m_VERTEX", "m_FACE", "m_COLOR"]
    assert [part.part for part in parts] == ["VERTEX", "FACE", "COLOR"]
    assert [part.array.tolist() for part in parts] == [vertices.tolist(), faces.tolist(), colors.tolist()]
    assert {(part.name, part.config) for part in parts} == {("m", '{"camera": 1}')}


def test_a_mesh_whose_metadata_came_earlier(tmp_path: Path) -> None:
    content = plugin_data_pb2.MeshPluginData(name="my mesh", content_type="FACE").SerializeToString()
    value = builders.tensor("t", to_tensor_proto(np.zeros((1, 2, 3), "<i4")))
    part = read_mesh(store(tmp_path, value), content)
    assert (part.name, part.part, part.array.dtype, part.config) == ("my mesh", "FACE", np.int32, "")


@pytest.mark.parametrize("suffix", ["COLOR", "3"])
def test_a_mesh_whose_metadata_was_lost_is_known_by_its_tag(tmp_path: Path, suffix: str) -> None:
    ref = store(tmp_path, builders.tensor(f"a_b_{suffix}", to_tensor_proto(np.zeros((1, 2, 3)))))
    assert (read_mesh(ref).name, read_mesh(ref).part) == ("a_b", "COLOR")


@pytest.mark.parametrize(
    ("tag", "array", "content", "message"),
    [
        ("t", np.zeros((1, 2, 3)), b"", "unknown content type 0"),
        ("m_VERTEX", np.zeros((1, 2, 3)), b"\xff", "without its plugin's data"),
        ("m_VERTEX", np.zeros((2, 3)), b"", r"not \[batch, n, 3\]"),
        ("m_VERTEX", np.zeros((1, 2, 3), "c8"), b"", "tensor of complex64, not of real numbers"),
    ],
)
def test_no_mesh(tmp_path: Path, tag: str, array: np.ndarray, content: bytes, message: str) -> None:
    with pytest.raises(PayloadError, match=message):
        read_mesh(store(tmp_path, builders.tensor(tag, to_tensor_proto(array))), content)


def test_the_layout_that_torch_writes(tmp_path: Path) -> None:
    layout = {"Taiwan": {"twse": ["Multiline", ["a", "b/.*"]], "band": ["Margin", ["v", "lo", "hi"]]}, "USA": {}}
    (value,) = ours(torch_summary.custom_scalars(layout))
    charts = (Chart("twse", ("a", "b/.*"), ()), Chart("band", (), (Margin("v", "lo", "hi"),)))
    assert read_layout(store(tmp_path, value)) == Layout(
        (Category("Taiwan", charts, False), Category("USA", (), False))
    )


def test_a_layout_of_rank_one(tmp_path: Path) -> None:
    content = tensorboard_layout.Layout(category=[tensorboard_layout.Category(title="c", closed=True)])
    value = strings(content.SerializeToString(), plugin=plugins.CUSTOM_SCALARS)
    assert read_layout(store(tmp_path, value)) == Layout((Category("c", (), True),))


@pytest.mark.parametrize(
    ("charts", "readable"),
    [
        ([{"multiline": {"tag": ["a"] * 9_998}}], True),
        ([{"multiline": {"tag": ["a"] * 9_999}}], False),
        ([{"margin": {"series": [{}] * 9_999}}], False),
        ([{}] * 10_000, False),
    ],
)
def test_a_layout_of_too_many_parts_is_not_read(
    tmp_path: Path, charts: list[dict[str, object]], readable: bool
) -> None:
    content = layout_pb2.Layout(category=[{"chart": charts}]).SerializeToString()
    ref = store(tmp_path, strings(content, plugin=plugins.CUSTOM_SCALARS))
    if readable:
        assert len(read_layout(ref).categories[0].charts[0].tags) == 9_998
    else:
        with pytest.raises(PayloadError, match="layout of more than 10000 categories, charts and tags"):
            read_layout(ref)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (strings(b"\xff\xff"), "string that holds no layout"),
        (strings(b"", b""), "tensor of 2 strings, not of one"),
        (builders.tensor("t", to_tensor_proto(np.zeros(1))), "tensor of float64, not of strings"),
    ],
)
def test_no_layout(tmp_path: Path, value: Value, message: str) -> None:
    with pytest.raises(PayloadError, match=message):
        read_layout(store(tmp_path, value))


def test_any_tensor(tmp_path: Path) -> None:
    numbers = np.arange(6, dtype="<u2").reshape(1, 2, 3)
    array = read_tensor(store(tmp_path, builders.tensor("t", to_tensor_proto(numbers), "mine")))
    assert (array.dtype, array.tolist()) == (np.uint16, numbers.tolist())
    assert read_tensor(store(tmp_path, strings(b"a", b"\xff"))).tolist() == [b"a", b"\xff"]
    with pytest.raises(PayloadError, match="value is no tensor"):
        read_tensor(store(tmp_path, builders.scalar("t", 1)))

"""Every encoding of every kind of data, as other libraries write it, from the file to the payload."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorboardX
from PIL import Image
from tensorboard import data_compat
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto import event_pb2 as their_event
from tensorboard.compat.proto import summary_pb2 as their_summary
from tensorboard.plugins.audio import metadata as audio_metadata
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.custom_scalar import metadata as custom_scalar_metadata
from tensorboard.plugins.histogram import summary_v2 as histogram_summary
from tensorboard.plugins.hparams import api_pb2 as hparams_api
from tensorboard.plugins.hparams import metadata as hparams_metadata
from tensorboard.plugins.hparams import plugin_data_pb2 as hparams_data
from tensorboard.plugins.hparams import summary_v2 as hparams_summary
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.plugins.mesh import metadata as mesh_metadata
from tensorboard.plugins.pr_curve import metadata as pr_curve_metadata
from tensorboard.plugins.scalar import summary_v2 as scalar_summary
from tensorboard.plugins.text import summary_v2 as text_summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import Experiment, Metric, SessionEnd, SessionStart
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.missing import Package
from tui.ingest.ingester import Ingester
from tui.model import BlobRef, SeriesKey, TensorType
from tui.reader import payload
from tui.reader.decode import RUN_GRAPH_TAG
from tui.reader.named_logdir import LogDir
from tui.store.snapshot import StoreSnapshot

torch = Package("torch")
PNG = b"\x89PNG\r\n\x1a\n"


def read(logdir: Path) -> StoreSnapshot:
    snapshot = Ingester([LogDir("", logdir)]).read_all()
    assert snapshot.problems == ()
    return snapshot


def kinds(snapshot: StoreSnapshot) -> dict[tuple[str, str], int]:
    """How many points each tag and plugin has."""
    series = [*snapshot.scalars.values(), *snapshot.blobs.values()]
    return {(item.key.tag, item.key.plugin): len(item.steps) for item in series}


def ref(snapshot: StoreSnapshot, tag: str, plugin: str, run: str = ".") -> BlobRef:
    return snapshot.blobs[SeriesKey(run, tag, plugin)].refs[0]


@pytest.fixture(scope="module")
def by_torch(tmp_path_factory: pytest.TempPathFactory) -> StoreSnapshot:
    from torch.utils.tensorboard import SummaryWriter

    directory = tmp_path_factory.mktemp("torch")
    with SummaryWriter(str(directory)) as writer:
        writer.add_scalar("v1", 0.1, 1)
        writer.add_scalar("v2", 0.1, 1, new_style=True)
        writer.add_scalar("v2 double", 0.1, 1, new_style=True, double_precision=True)
        writer.add_tensor("tensor", torch.arange(6, dtype=torch.int64).reshape(2, 3), 1)
        writer.add_histogram("h", np.array([0.0, 1.0, 1.0]), 1)
        writer.add_image("i", np.zeros((3, 2, 4), np.uint8), 1)
        writer.add_audio("a", torch.zeros(1, 8), 1, sample_rate=16000)
        writer.add_text("t", "**bold**", 1)
        writer.add_pr_curve("c", np.array([1, 0]), np.array([0.9, 0.1]), 1, num_thresholds=5)
        writer.add_mesh("m", torch.zeros(1, 2, 3), faces=torch.zeros(1, 1, 3, dtype=torch.int32), global_step=1)
        writer.add_custom_scalars({"c": {"x": ["Multiline", ["v1", "v2"]]}})
        writer.add_graph(torch.nn.Linear(2, 1), torch.zeros(1, 2))
        writer.add_embedding(torch.tensor([[1.0, 2.0], [3.0, 4.5]]), ["x", "y"], tag="e", global_step=7)
        writer.add_hparams({"lr": 0.5}, {"m": 1.0}, run_name="session")
    return read(directory)


def test_what_torch_writes(by_torch: StoreSnapshot) -> None:
    assert kinds(by_torch) == {
        ("v1", "scalars"): 1,
        ("v2", "scalars"): 1,
        ("v2 double", "scalars"): 1,
        ("m", "scalars"): 1,
        ("tensor", "tensor"): 1,
        ("h", "histograms"): 1,
        ("i", "images"): 1,
        ("a", "audio"): 1,
        ("t/text_summary", "text"): 1,
        ("c", "pr_curves"): 1,
        ("m_VERTEX", "mesh"): 1,
        ("m_FACE", "mesh"): 1,
        ("custom_scalars__config__", "custom_scalars"): 1,
        (RUN_GRAPH_TAG, "graphs"): 1,
        ("step1", "graph_tagged_run_metadata"): 1,
    }
    values = {key.tag: series.values for key, series in by_torch.scalars.items()}
    assert (values["v1"].dtype, values["v2"].dtype, values["v2 double"].dtype) == ("f4", "f4", "f8")
    assert values["v2 double"].tolist() == [0.1]
    assert by_torch.runs["session"].start == SessionStart({"lr": 0.5})


def test_torchs_blobs(by_torch: StoreSnapshot) -> None:
    snapshot = by_torch
    assert snapshot.tags[SeriesKey(".", "tensor", "tensor")].tensor == TensorType("int64", (2, 3))
    assert payload.read_tensor(ref(snapshot, "tensor", "tensor")).tolist() == [[0, 1, 2], [3, 4, 5]]
    buckets = payload.read_histogram(ref(snapshot, "h", "histograms"))
    assert (buckets.left[0], buckets.right[-1], buckets.total) == (0.0, 1.0, 3.0)
    (image,) = payload.read_image(ref(snapshot, "i", "images"))
    assert Image.open(io.BytesIO(image)).size == (4, 2)
    (clip,) = payload.read_audio(ref(snapshot, "a", "audio"))
    assert (clip.sample_rate, clip.channels, clip.frames, clip.content_type) == (16000, 1, 8, "audio/wav")
    assert payload.read_text(ref(snapshot, "t/text_summary", "text")).tolist() == ["**bold**"]
    assert len(payload.read_pr_curve(ref(snapshot, "c", "pr_curves")).recall) == 5
    assert payload.read_mesh(ref(snapshot, "m_FACE", "mesh")).array.shape == (1, 1, 3)
    layout = payload.read_layout(ref(snapshot, "custom_scalars__config__", "custom_scalars"))
    assert layout.categories[0].charts[0].tags == ("v1", "v2")
    assert "aten::linear" in {node.op for node in payload.read_graph(ref(snapshot, RUN_GRAPH_TAG, "graphs")).nodes}
    (device,) = payload.read_run_metadata(ref(snapshot, "step1", "graph_tagged_run_metadata")).devices
    assert device.device == "/device:CPU:0"


def test_torchs_embedding(by_torch: StoreSnapshot) -> None:
    (embedding,) = by_torch.projectors["."].embeddings
    assert embedding.name == "e:00007"
    assert embedding.tensor_path is not None and embedding.metadata_path is not None
    assert payload.read_embedding(embedding.tensor_path).tolist() == [[1.0, 2.0], [3.0, 4.5]]
    assert payload.read_metadata(embedding.metadata_path).rows == (("x",), ("y",))


def test_what_tensorboardx_writes(tmp_path: Path) -> None:
    with tensorboardX.SummaryWriter(str(tmp_path)) as writer:
        writer.add_scalar("s", 0.1, 1)
        writer.add_scalar("titled", 0.1, 1, display_name="Title", summary_description="what it is")
        writer.add_histogram("h", np.array([0.0, 1.0, 1.0]), 1)
        writer.add_image("i", np.zeros((3, 2, 4), np.uint8), 1)
        writer.add_text("t", "x", 1)
        writer.add_pr_curve("c", np.array([1, 0]), np.array([0.9, 0.1]), 1)
        writer.add_mesh("m", torch.zeros(1, 2, 3), global_step=1)
        writer.add_custom_scalars({"c": {"x": ["Margin", ["a", "b", "c"]]}})
    snapshot = read(tmp_path)
    assert kinds(snapshot) == {
        ("s", "scalars"): 1,
        ("titled", "scalars"): 1,
        ("h", "histograms"): 1,
        ("i", "images"): 1,
        ("t/text_summary", "text"): 1,
        ("c", "pr_curves"): 1,
        ("m_1", "mesh"): 1,
        ("custom_scalars__config__", "custom_scalars"): 1,
    }
    mesh = payload.read_mesh(ref(snapshot, "m_1", "mesh"))
    assert (mesh.name, mesh.part) == ("m", "VERTEX")
    info = snapshot.tags[SeriesKey(".", "titled", "scalars")]
    assert (info.display_name, info.description) == ("Title", "what it is")
    layout = payload.read_layout(ref(snapshot, "custom_scalars__config__", "custom_scalars"))
    assert layout.categories[0].charts[0].margins == (payload.Margin("a", "b", "c"),)


def write_theirs(directory: Path, summaries: Iterable[their_summary.Summary]) -> None:
    writer = EventFileWriter(str(directory))
    for step, summary in enumerate(summaries):
        writer.add_event(their_event.Event(wall_time=100.0 + step, step=step, summary=summary))
    writer.close()


def tensor_summary(tag: str, array: Any, metadata: their_summary.SummaryMetadata | None) -> their_summary.Summary:
    tensor = tensor_util.make_tensor_proto(array)
    return their_summary.Summary(value=[their_summary.Summary.Value(tag=tag, tensor=tensor, metadata=metadata)])


def null_summary(tag: str, data: hparams_data.HParamsPluginData) -> their_summary.Summary:
    metadata = hparams_metadata.create_summary_metadata(data)
    value = their_summary.Summary.Value(tag=tag, tensor=hparams_metadata.NULL_TENSOR, metadata=metadata)
    return their_summary.Summary(value=[value])


def with_plugin(name: str, content: bytes = b"1") -> their_summary.SummaryMetadata:
    return their_summary.SummaryMetadata(plugin_data={"plugin_name": name, "content": content})


def test_what_tensorboard_writes(tmp_path: Path) -> None:
    """Its own builders where they do without TensorFlow, else its metadata and tensors."""
    layout = layout_pb2.Layout(category=[{"title": "c", "chart": [{"title": "x", "multiline": {"tag": ["a"]}}]}])
    curve = np.arange(12, dtype=np.float32).reshape(6, 2)
    part = mesh_metadata.MeshTensor(np.zeros((1, 2, 3), np.float32), 1, None)
    experiment = hparams_api.Experiment(
        hparam_infos=[{"name": "lr"}], metric_infos=[{"name": {"group": "val", "tag": "loss"}}]
    )
    end = hparams_data.SessionEndInfo(status=hparams_api.STATUS_FAILURE, end_time_secs=6.5)
    model = {"class_name": "Sequential", "config": {"name": "net", "layers": []}}
    summaries = [
        scalar_summary.scalar_pb("s", 0.5, "how"),
        histogram_summary.histogram_pb("h", [0.0, 1.0, 1.0], buckets=2),
        text_summary.text_pb("rank 0", "x"),
        text_summary.text_pb("rank 2", np.array([["a", "b"]], object)),
        tensor_summary("i", [b"4", b"2", PNG], image_metadata.create_summary_metadata(None, None)),
        tensor_summary("a", [[b"RIFF", b"label"]], audio_metadata.create_summary_metadata(None, None, 11)),
        tensor_summary("c", curve, pr_curve_metadata.create_summary_metadata(None, None, 2)),
        tensor_summary(
            "m_VERTEX", part.data, mesh_metadata.create_summary_metadata("m", None, part.content_type, 2, [1, 2, 3])
        ),
        tensor_summary(
            custom_scalar_metadata.CONFIG_SUMMARY_TAG,
            layout.SerializeToString(),
            custom_scalar_metadata.create_summary_metadata(),
        ),
        tensor_summary("keras", json.dumps(model).encode(), with_plugin("graph_keras_model")),
        tensor_summary("traced", b"", with_plugin("graph_run_metadata_graph")),
        tensor_summary("mine", np.zeros((2, 0), np.int16), with_plugin("my_plugin", b"content")),
        tensor_summary("nobody's", np.zeros(3, np.float64), None),
        hparams_summary.hparams_pb({"lr": 0.5, "net": "conv", "deep": True}, start_time_secs=5),
        null_summary(hparams_metadata.EXPERIMENT_TAG, hparams_data.HParamsPluginData(experiment=experiment)),
        null_summary(hparams_metadata.SESSION_END_INFO_TAG, hparams_data.HParamsPluginData(session_end_info=end)),
    ]
    write_theirs(tmp_path, summaries)
    snapshot = read(tmp_path)
    assert kinds(snapshot) == {
        ("s", "scalars"): 1,
        ("h", "histograms"): 1,
        ("rank 0", "text"): 1,
        ("rank 2", "text"): 1,
        ("i", "images"): 1,
        ("a", "audio"): 1,
        ("c", "pr_curves"): 1,
        ("m_VERTEX", "mesh"): 1,
        ("custom_scalars__config__", "custom_scalars"): 1,
        ("keras", "graph_keras_model"): 1,
        ("traced", "graph_run_metadata_graph"): 1,
        ("mine", "my_plugin"): 1,
        ("nobody's", ""): 1,
    }
    assert snapshot.tags[SeriesKey(".", "s", "scalars")].description == "how"
    buckets = payload.read_histogram(ref(snapshot, "h", "histograms"))
    assert (buckets.left.tolist(), buckets.counts.tolist()) == ([0.0, 0.5], [1.0, 2.0])
    assert payload.read_text(ref(snapshot, "rank 0", "text")).tolist() == "x"
    assert payload.read_text(ref(snapshot, "rank 2", "text")).tolist() == [["a", "b"]]
    assert payload.read_image(ref(snapshot, "i", "images")) == [PNG]
    (clip,) = payload.read_audio(ref(snapshot, "a", "audio"))
    assert (clip.encoded, clip.label) == (b"RIFF", "label")
    assert payload.read_pr_curve(ref(snapshot, "c", "pr_curves")).recall.tolist() == [10.0, 11.0]
    assert payload.read_mesh(ref(snapshot, "m_VERTEX", "mesh")).part == "VERTEX"
    (category,) = payload.read_layout(ref(snapshot, "custom_scalars__config__", "custom_scalars")).categories
    assert category.charts == (payload.Chart("x", ("a",), ()),)
    assert payload.read_keras_model(ref(snapshot, "keras", "graph_keras_model")).name == "net"
    assert payload.read_run_metadata(ref(snapshot, "traced", "graph_run_metadata_graph")).graphs == ()
    mine = snapshot.tags[SeriesKey(".", "mine", "my_plugin")]
    assert (mine.tensor, mine.content) == (TensorType("int16", (2, 0)), b"content")
    assert snapshot.tags[SeriesKey(".", "nobody's", "")].tensor == TensorType("float64", (3,))
    run = snapshot.runs["."]
    assert run.start is not None
    assert run.start.hparams == {"deep": True, "lr": 0.5, "net": "conv"}
    assert run.experiment == Experiment(["lr"], [Metric("loss", "val")])
    assert run.end == SessionEnd("FAILURE", 6.5)


@pytest.mark.parametrize("kind", ["simple_value", "histo", "image", "audio"])
def test_the_first_encoding_is_what_tensorboard_makes_of_it(tmp_path: Path, kind: str) -> None:
    """TensorBoard turns the first encodings into the second; both must read alike."""
    first = their_summary.Summary.Value(tag="x")
    if kind == "simple_value":
        first.simple_value = 0.1
    if kind == "histo":
        histogram = {"min": -1.5, "max": 2.5, "num": 4, "bucket_limit": [-2, -1, 0, 1, 3, 1e308]}
        first.histo.CopyFrom(their_summary.HistogramProto(**histogram, bucket=[0, 1, 2, 0, 1, 0]))
    if kind == "image":
        first.image.CopyFrom(their_summary.Summary.Image(width=4, height=2, encoded_image_string=PNG))
    if kind == "audio":
        first.audio.CopyFrom(their_summary.Summary.Audio(encoded_audio_string=b"fLaC", content_type="audio/flac"))
    second = data_compat.migrate_value(their_summary.Summary.Value.FromString(first.SerializeToString()))
    assert second.WhichOneof("value") == "tensor"
    for run, value in (("a", first), ("b", second)):
        write_theirs(tmp_path / run, [their_summary.Summary(value=[value])])
    snapshot = read(tmp_path)
    if kind == "simple_value":
        a, b = (snapshot.scalars[SeriesKey(run, "x", "scalars")] for run in "ab")
        assert (a.values.tolist(), a.values.dtype) == (b.values.tolist(), b.values.dtype)
        return
    ((tag, plugin),) = kinds(snapshot)
    reader = {"histo": payload.read_histogram, "image": payload.read_image, "audio": payload.read_audio}[kind]
    a, b = (reader(ref(snapshot, tag, plugin, run)) for run in "ab")
    if kind == "histo":
        assert [getattr(a, name).tolist() for name in ("left", "right", "counts")] == [
            getattr(b, name).tolist() for name in ("left", "right", "counts")
        ]
        assert a.left.tolist() == [-1.5, -1, 0, 1] and a.right[-1] == 2.5
    else:
        assert a == b


def test_several_kinds_of_values_in_one_event(tmp_path: Path) -> None:
    histogram = builders.Value(tag="h")
    histogram.histo.min = 1
    values = (
        builders.scalar("a", 1),
        histogram,
        builders.scalar("b", 2),
        builders.tensor("n", to_tensor_proto(np.float64(3)), plugins.SCALARS),
        builders.tensor("t", to_tensor_proto(np.array("x", object)), plugins.TEXT),
        builders.tensor("u", to_tensor_proto(np.zeros(2)), "unknown"),
        builders.scalar("a", 4),
    )
    builders.write(tmp_path / builders.FILE_NAME, [builders.event(*values, step=3)])
    snapshot = read(tmp_path)
    assert {key.tag: series.values.tolist() for key, series in snapshot.scalars.items()} == {
        "a": [1.0, 4.0],
        "b": [2.0],
        "n": [3.0],
    }
    assert {key.tag: series.refs[0].item for key, series in snapshot.blobs.items()} == {"h": 1, "t": 4, "u": 5}
    assert payload.read_text(ref(snapshot, "t", plugins.TEXT)).tolist() == "x"


def test_tensorboards_own_reader_finds_the_same(tmp_path: Path) -> None:
    write_theirs(tmp_path, (scalar_summary.scalar_pb("s", step / 3) for step in range(20)))
    theirs = EventAccumulator(str(tmp_path), {"tensors": 0}).Reload().Tensors("s")
    series = read(tmp_path).scalars[SeriesKey(".", "s", "scalars")]
    assert series.steps.tolist() == [event.step for event in theirs]
    assert series.values.tolist() == [float(tensor_util.make_ndarray(event.tensor_proto)) for event in theirs]

"""All kinds of data, written by each of the libraries that write them, read back equal. (PR curves: see the tests of
their payload.)
"""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorboardX
import torch
from PIL import Image
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import event_pb2 as their_event
from tensorboard.compat.proto import graph_pb2 as their_graph
from tensorboard.compat.proto import summary_pb2 as their_summary
from tensorboard.plugins.audio import metadata as audio_metadata
from tensorboard.plugins.custom_scalar import layout_pb2
from tensorboard.plugins.custom_scalar import metadata as custom_scalar_metadata
from tensorboard.plugins.histogram import summary_v2 as histogram_summary
from tensorboard.plugins.hparams import summary_v2 as hparams_summary
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.plugins.mesh import metadata as mesh_metadata
from tensorboard.plugins.mesh import plugin_data_pb2 as mesh_data
from tensorboard.plugins.scalar import summary_v2 as scalar_summary
from tensorboard.plugins.text import summary_v2 as text_summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util
from tensorboardX.proto import summary_pb2 as x_summary
from torch.utils.tensorboard import SummaryWriter as TorchWriter

import logging_lib
from tui.analysis.mesh_shape import from_centre
from tui.app.meshes import MeshSnapshot, read_picture, read_whole
from tui.ingest.ingester import Ingester
from tui.model import BlobRef, Embedding
from tui.reader import payload
from tui.reader.named_logdir import LogDir
from tui.store.snapshot import StoreSnapshot

STEP = 7
PIXELS = np.random.default_rng(1).integers(0, 256, (3, 5, 4), dtype=np.uint8)
"""Channels, rows, columns."""
SOUND = np.random.default_rng(2).uniform(-1, 1, 50).astype(np.float32)
RATE = 8000
VALUES, EDGES = np.array([0.5, 0.25, 1.5, 3.0, 3.5, 4.0]), [0.0, 1.0, 2.0, 4.0]
TEXT = "**bold** | ü \x1b[31m\nline"
VERTICES = np.random.default_rng(3).normal(size=(2, 4, 3)).astype(np.float32)
FACES = np.array([[[0, 1, 2], [0, 2, 3]], [[3, 2, 1], [1, 0, 3]]], np.int32)
COLOURS = np.arange(24, dtype=np.uint8).reshape(2, 4, 3) * 10
POINTS = np.random.default_rng(4).normal(size=(4, 3)).astype(np.float32)
ROWS = [["a", "x"], ["b", "y"], ["ü", "x"], ["d", ""]]
HPARAMS = {"lr": 0.5, "net": "conv", "deep": True}
WAV = audio_metadata.Encoding.Value("WAV")
TENSOR = np.arange(6, dtype=np.int64).reshape(2, 3)


class Net(torch.nn.Module):
    """Two layers, so that there are scopes."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.second(torch.relu(self.first(x))))


def by_summary_writer(make: Callable[[str], Any], directory: Path) -> None:
    """What torch's writer can log, and those that do as it does."""
    theirs = make is tensorboardX.SummaryWriter
    with make(str(directory)) as writer:
        writer.add_scalar("scalar", 0.1, STEP)
        writer.add_histogram("histogram", VALUES, STEP, bins=EDGES)
        writer.add_image("image", PIXELS, STEP)
        if theirs:
            # Its `add_audio` needs a library that is not here, for what `wav` does: this is what it makes of that.
            clip = x_summary.Summary.Audio(
                sample_rate=RATE, num_channels=1, length_frames=len(SOUND), encoded_audio_string=wav(SOUND),
                content_type="audio/wav",
            )  # fmt: skip
            value = x_summary.Summary.Value(tag="audio", audio=clip)
            writer.file_writer.add_summary(x_summary.Summary(value=[value]), STEP)
        else:
            writer.add_audio("audio", torch.from_numpy(SOUND[np.newaxis]), STEP, sample_rate=RATE)
        writer.add_text("text", TEXT, STEP)
        mesh = (torch.from_numpy(VERTICES), torch.from_numpy(COLOURS), torch.from_numpy(FACES))
        writer.add_mesh("mesh", *mesh, global_step=STEP)
        writer.add_custom_scalars({"group": {"lines": ["Multiline", ["a", "b"]], "band": ["Margin", ["m", "l", "u"]]}})
        writer.add_embedding(torch.from_numpy(POINTS), ROWS, metadata_header=["name", "kind"], global_step=STEP)
        torch.manual_seed(0)
        writer.add_graph(Net(), torch.zeros(1, 3))
        writer.add_hparams(HPARAMS, {"metric": 1.0}, **{"name" if theirs else "run_name": "trial"})
        if not theirs:
            writer.add_tensor("tensor", torch.from_numpy(TENSOR), STEP)


def by_tensorboard(directory: Path) -> None:
    """What TensorBoard's summaries write: by its own builders where they do without TensorFlow, else as these do, its
    metadata with its tensors.
    """
    parts = ((VERTICES, mesh_data.MeshPluginData.VERTEX), (FACES, mesh_data.MeshPluginData.FACE),
             (COLOURS, mesh_data.MeshPluginData.COLOR))  # fmt: skip
    components = mesh_metadata.get_components_bitmask([kind for _, kind in parts])
    chart = {"title": "lines", "multiline": {"tag": ["a", "b"]}}
    series = {"value": "m", "lower": "l", "upper": "u"}
    band = {"title": "band", "margin": {"series": [series]}}
    layout = layout_pb2.Layout(category=[{"title": "group", "chart": [chart, band]}])
    summaries = [
        scalar_summary.scalar_pb("scalar", 0.1),
        histogram_summary.histogram_pb("histogram", [0.0, *VALUES, 4.0], buckets=4),
        summary("image", [b"4", b"5", png(PIXELS)], image_metadata.create_summary_metadata(None, None)),
        summary("audio", [[wav(SOUND), b""]], audio_metadata.create_summary_metadata(None, None, WAV)),
        text_summary.text_pb("text", TEXT),
        *(
            summary(
                mesh_metadata.get_instance_name("mesh", kind),
                array,
                mesh_metadata.create_summary_metadata("mesh", None, kind, components, list(array.shape)),
            )
            for array, kind in parts
        ),
        summary(
            custom_scalar_metadata.CONFIG_SUMMARY_TAG,
            layout.SerializeToString(),
            custom_scalar_metadata.create_summary_metadata(),
        ),
        summary("tensor", TENSOR, their_summary.SummaryMetadata(plugin_data={"plugin_name": "tensor"})),
    ]
    writer = EventFileWriter(str(directory))
    for item in summaries:
        writer.add_event(their_event.Event(wall_time=100.0, step=STEP, summary=item))
    writer.close()
    trial = EventFileWriter(str(directory / "trial"))
    trial.add_event(their_event.Event(wall_time=100.0, summary=hparams_summary.hparams_pb(HPARAMS)))
    trial.close()


def summary(tag: str, value: Any, metadata: their_summary.SummaryMetadata) -> their_summary.Summary:
    """One tensor."""
    tensor = tensor_util.make_tensor_proto(value)
    return their_summary.Summary(value=[their_summary.Summary.Value(tag=tag, tensor=tensor, metadata=metadata)])


def png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels.transpose(1, 2, 0)).save(stream, "PNG")
    return stream.getvalue()


def wav(sound: np.ndarray) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return stream.getvalue()


WRITERS: dict[str, Callable[[Path], None]] = {
    "ours": lambda directory: by_summary_writer(logging_lib.SummaryWriter, directory),
    "torch": lambda directory: by_summary_writer(TorchWriter, directory),
    "tensorboardX": lambda directory: by_summary_writer(tensorboardX.SummaryWriter, directory),
    "tensorboard": by_tensorboard,
}


class Written:
    """A log directory of one writer, and what was read of it."""

    def __init__(self, writer: str, directory: Path) -> None:
        self.writer, self.directory = writer, directory
        WRITERS[writer](directory)
        self.snapshot: StoreSnapshot = Ingester([LogDir("", directory)]).read_all()
        assert self.snapshot.problems == ()

    def ref(self, tag: str) -> BlobRef:
        """Where the one value of a tag lies; it is at STEP."""
        (found,) = (series for key, series in self.snapshot.blobs.items() if key.tag == tag)
        assert found.steps.tolist() == [STEP]
        return found.refs[0]

    def plugin(self, plugin: str) -> BlobRef:
        """Where the one value of a plugin lies."""
        (found,) = (series for key, series in self.snapshot.blobs.items() if key.plugin == plugin)
        return found.refs[0]


@pytest.fixture(scope="module", params=WRITERS)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    yield Written(request.param, tmp_path_factory.mktemp(request.param))


def only(written: Written, *writers: str) -> None:
    """Skip what the others cannot write."""
    if written.writer not in writers:
        pytest.skip(f"{written.writer} has no such call")


def test_scalars(written: Written) -> None:
    (series,) = (series for key, series in written.snapshot.scalars.items() if key.tag == "scalar")
    assert (series.steps.tolist(), series.values.tolist()) == ([STEP], [np.float32(0.1)])


def test_histograms(written: Written) -> None:
    buckets = payload.read_histogram(written.ref("histogram"))
    kept = np.asarray(buckets.counts) > 0
    columns = (column[kept].tolist() for column in (buckets.left, buckets.right, buckets.counts))
    found = list(zip(*columns, strict=True))
    if written.writer == "tensorboard":  # its buckets are even, and two values were added for their ends
        assert found == [(0.0, 1.0, 3.0), (1.0, 2.0, 1.0), (3.0, 4.0, 4.0)]
    else:
        counts = np.histogram(VALUES, EDGES)[0]
        # What is known of the ends are the least and the greatest value.
        assert [count for *_, count in found] == counts.tolist()
        assert [right for _, right, _ in found] == EDGES[1:]
        assert found[0][0] in (0.0, 0.25)


def test_the_pixels_of_images(written: Written) -> None:
    (encoded,) = payload.read_image(written.ref("image"))
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(encoded))), PIXELS.transpose(1, 2, 0))


def test_audio(written: Written) -> None:
    (clip,) = payload.read_audio(written.ref("audio"))
    assert clip.content_type == "audio/wav"
    with wave.open(io.BytesIO(clip.encoded)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (RATE, 1, len(SOUND))
        frames = np.frombuffer(file.readframes(len(SOUND)), "<i2")
    np.testing.assert_allclose(frames / 32767, SOUND, atol=1.5 / 32767)


def test_text(written: Written) -> None:
    tag = "text" if written.writer == "tensorboard" else "text/text_summary"
    assert payload.read_text(written.ref(tag)).reshape(-1).tolist() == [TEXT]


def test_the_parts_of_a_mesh(written: Written) -> None:
    meshes = MeshSnapshot()
    (key,) = meshes.of(written.snapshot).blobs
    assert key.tag == "mesh"
    for entry in range(2):
        source = meshes.source(key, None, entry, superseded=False)
        assert source is not None and source.faces is not None and source.colours is not None
        parts = [payload.read_mesh(*part) for part in (source.vertices, source.faces, source.colours)]
        assert [part.part for part in parts] == ["VERTEX", "FACE", "COLOR"]
        for part, logged in zip(parts, (VERTICES, FACES, COLOURS), strict=True):
            np.testing.assert_array_equal(part.array, logged)
        whole, picture = read_whole(source), read_picture(source)
        np.testing.assert_array_equal(whole.vertices[whole.faces, :3], VERTICES[entry][FACES[entry]])
        assert picture.box is not None
        np.testing.assert_array_equal(picture.box.low, VERTICES[entry].min(0))
        np.testing.assert_array_equal(picture.box.high, VERTICES[entry].max(0))
        expected = from_centre(VERTICES[entry], picture.box)[FACES[entry]]
        np.testing.assert_allclose(picture.points[picture.drawn], expected, atol=1e-6)
        assert (picture.vertices, picture.faces, picture.batch, picture.notes) == (4, 2, 2, ())


def test_layouts(written: Written) -> None:
    (category,) = payload.read_layout(written.plugin("custom_scalars")).categories
    assert category.title == "group"
    assert category.charts == (
        payload.Chart("lines", ("a", "b"), ()),
        payload.Chart("band", (), (payload.Margin("m", "l", "u"),)),
    )


def test_hparams(written: Written) -> None:
    run = written.snapshot.runs["trial"]
    assert run.start is not None
    assert run.start.hparams == HPARAMS


def test_embeddings(written: Written) -> None:
    only(written, "ours", "torch", "tensorboardX")
    (embedding,) = embeddings(written)
    assert embedding.tensor_path is not None and embedding.metadata_path is not None
    points = payload.read_embedding(embedding.tensor_path, embedding.shape)
    np.testing.assert_array_equal(points, POINTS)
    assert payload.embedding_shape(embedding.tensor_path, embedding.shape) == POINTS.shape
    metadata = payload.read_metadata(embedding.metadata_path)
    assert (metadata.header, metadata.rows) == (("name", "kind"), tuple(map(tuple, ROWS)))


def embeddings(written: Written) -> list[Embedding]:
    return [item for info in written.snapshot.projectors.values() for item in info.embeddings]


def test_the_nodes_of_graphs(written: Written) -> None:
    only(written, "ours", "torch", "tensorboardX")
    graph = payload.read_graph(written.plugin("graphs"))
    logged = their_graph.GraphDef.FromString(next(logged_graphs(written.directory)))
    assert [(node.name, node.op) for node in graph.nodes] == [(node.name, node.op) for node in logged.node]
    assert any("first" in node.name for node in graph.nodes)


def logged_graphs(directory: Path) -> Iterator[bytes]:
    """The graphs as TensorBoard's reader finds them."""
    for path in sorted(directory.glob("*tfevents*")):
        for record in RawEventFileLoader(str(path)).Load():
            event = their_event.Event.FromString(record)
            if event.WhichOneof("what") == "graph_def":
                yield event.graph_def


def test_tensors(written: Written) -> None:
    only(written, "ours", "torch", "tensorboard")
    tensor = payload.read_tensor(written.ref("tensor"))
    assert tensor.dtype == np.int64
    np.testing.assert_array_equal(tensor, TENSOR)

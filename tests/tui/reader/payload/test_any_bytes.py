"""No reader raises anything but PayloadError, whatever the bytes are."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import event_pb2, graph_pb2, layout_pb2, plugin_data_pb2, summary_pb2
from tests import builders
from tests.strategies import damaged_tensor_protos
from tests.tui.reader.payload.stored import Value, store_event, strings
from tui.model import BlobRef
from tui.reader import payload
from tui.reader.payload import PayloadError

READERS: dict[str, Callable[[BlobRef], object]] = {
    name: getattr(payload, name)
    for name in payload.__all__
    if name.startswith("read_") and name not in ("read_embedding", "read_metadata")
}
WAV = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\4\0\0\0abcd"
GRAPH = graph_pb2.GraphDef(
    node=[
        graph_pb2.NodeDef(
            name="a", op="b", input=["c"], attr={"dtype": graph_pb2.AttrValue(type=1)}
        ).SerializeToString()
    ],
    library={"function": [graph_pb2.FunctionDef(node_def=[b"\x0a\x01a"]).SerializeToString()]},
).SerializeToString()
RUN_METADATA = graph_pb2.RunMetadata(
    step_stats={"dev_stats": [{"device": "d", "node_stats": [b"\x0a\x01a"]}]},
    function_graphs=[{"pre_optimization_graph": GRAPH}],
).SerializeToString()
LAYOUT = layout_pb2.Layout(
    category=[{"title": "c", "chart": [{"margin": {"series": [{"value": "v"}]}}]}]
).SerializeToString()
KERAS = b'{"class_name":"S","config":{"layers":[{"inbound_nodes":[["a",0,0]],"config":{"dtype":"f"}}]}}'


@st.composite
def damaged(draw: st.DrawFn, *whole: bytes) -> bytes:
    """Bytes that are nearly what they should be: some replaced, cut off or put in; or anything at all."""
    data = bytearray(draw(st.sampled_from(whole)))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(data)))
        data[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return draw(st.one_of(st.just(bytes(data)), st.binary(max_size=30)))


contents = damaged(WAV, GRAPH, RUN_METADATA, LAYOUT, KERAS)
metadata = damaged(plugin_data_pb2.MeshPluginData(name="m", content_type=1, shape=[1, 2, 3]).SerializeToString())


@st.composite
def values(draw: st.DrawFn) -> Value:
    kind = draw(st.sampled_from(["strings", "tensor", "histo", "image", "audio", "none"]))
    if kind == "strings":
        return strings(*draw(st.lists(contents, max_size=4)))
    if kind == "tensor":
        return builders.tensor("m_VERTEX", draw(damaged_tensor_protos()), plugins.MESH, draw(metadata))
    value = Value(tag="t")
    if kind == "histo":
        with_any = st.lists(st.floats(), max_size=4)
        value.histo.CopyFrom(summary_pb2.HistogramProto(bucket_limit=draw(with_any), bucket=draw(with_any)))
        value.histo.min, value.histo.max = draw(st.floats()), draw(st.floats())
    if kind == "image":
        value.image.encoded_image_string = draw(contents)
    if kind == "audio":
        value.audio.encoded_audio_string = draw(contents)
        value.audio.sample_rate = draw(st.floats(width=32))
        value.audio.length_frames = draw(st.integers(-(1 << 63), (1 << 63) - 1))
    return value


@st.composite
def events(draw: st.DrawFn) -> event_pb2.Event:
    match draw(st.sampled_from(["summary", "graph_def", "meta_graph_def", "tagged_run_metadata"])):
        case "summary":
            return builders.event(*draw(st.lists(values(), min_size=1, max_size=2)))
        case "graph_def":
            return event_pb2.Event(graph_def=draw(contents))
        case "meta_graph_def":
            meta = graph_pb2.MetaGraphDef(graph_def=draw(contents)).SerializeToString()
            return event_pb2.Event(meta_graph_def=draw(damaged(meta)))
        case _:
            return event_pb2.Event(tagged_run_metadata={"tag": "t", "run_metadata": draw(contents)})


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=events())
def test_events(tmp_path: Path, name: str, event: event_pb2.Event) -> None:
    with contextlib.suppress(PayloadError):
        READERS[name](store_event(tmp_path, event))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=damaged(b"1\t2\n3\t4\n", b"name\tclass\na\t1\n"),
    shape=st.lists(st.integers(0, 1 << 32), max_size=3),
)
def test_files_of_the_projector(tmp_path: Path, data: bytes, shape: list[int]) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    payload.read_metadata(str(path))
    with contextlib.suppress(PayloadError):
        assert payload.read_embedding(str(path), shape).ndim == 2

"""What blobs are refused for, word by word, and the last that is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.compat.proto import config_pb2, graph_pb2

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import event_pb2, summary_pb2, tensor_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.tui.reader.payload.stored import Value, store, store_event, strings
from tui.model import BlobRef
from tui.reader import payload
from tui.reader.payload import PayloadError, record, run_metadata

NO_PROTO = b"\xff\xff"


def numbers(array: object, plugin: str = plugins.HISTOGRAMS) -> Value:
    return builders.tensor("t", to_tensor_proto(np.asarray(array)), plugin)


@pytest.mark.parametrize(
    ("read", "value", "reason"),
    [
        (payload.read_image, strings(b"1"), "image tensor without width and height"),
        (payload.read_layout, strings(NO_PROTO), "string that holds no layout"),
        (payload.read_layout, strings(b"", b""), "tensor of 2 strings, not of one"),
        (payload.read_layout, numbers([1.5]), "tensor of float64, not of strings"),
        (payload.read_text, Value(tag="t", simple_value=1), "value is no tensor"),
        (payload.read_pr_curve, strings(b"a"), "tensor of strings, not of real numbers"),
        (payload.read_pr_curve, numbers([1j]), "tensor of complex128, not of real numbers"),
        (payload.read_mesh, numbers([[1.0]]), "mesh of unknown content type 0"),
        (
            lambda ref: payload.read_mesh(ref, NO_PROTO),
            builders.tensor("t", to_tensor_proto(np.zeros((1, 1, 3)))),
            "mesh without its plugin's data",
        ),
        (
            payload.read_tensor,
            Value(tag="t", tensor=tensor_pb2.TensorProto(dtype=99)),
            "tensor of unknown dtype 99",
        ),
    ],
    ids=lambda value: "" if not isinstance(value, str) else value,
)  # fmt: skip
def test_why_a_value_is_refused(tmp_path: Path, read: Callable[[BlobRef], Any], value: Value, reason: str) -> None:
    ref = store(tmp_path, value)
    with pytest.raises(PayloadError) as error:
        read(ref)
    assert str(error.value) == f"{ref.path}: {reason} (at byte {ref.offset})"


@pytest.mark.parametrize(
    ("read", "event", "reason"),
    [
        (payload.read_graph, event_pb2.Event(graph_def=NO_PROTO), "bytes that hold no graph"),
        (
            payload.read_run_metadata,
            event_pb2.Event(tagged_run_metadata=event_pb2.TaggedRunMetadata(run_metadata=NO_PROTO)),
            "bytes that hold no run metadata",
        ),
    ],
    ids=["graph", "metadata"],
)
def test_why_an_event_is_refused(
    tmp_path: Path, read: Callable[[BlobRef], Any], event: event_pb2.Event, reason: str
) -> None:
    ref = store_event(tmp_path, event)
    with pytest.raises(PayloadError) as error:
        read(ref)
    assert str(error.value) == f"{ref.path}: {reason} (at byte {ref.offset})"


def test_as_many_graphs_as_there_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_metadata, "MOST_GRAPHS", 2)
    for count in (2, 3):
        proto = config_pb2.RunMetadata()
        for _ in range(count):
            proto.function_graphs.add()
        ref = store(tmp_path, strings(proto.SerializeToString(), plugin=plugins.GRAPH_RUN_METADATA_GRAPH))
        if count == 2:
            assert len(payload.read_run_metadata(ref).graphs) == 2
        else:
            with pytest.raises(PayloadError, match="more than 2 graphs"):
                payload.read_run_metadata(ref)


@pytest.mark.parametrize(
    ("read", "items", "plugin", "what"),
    [
        (payload.read_image, [b"1", b"1", *[b""] * 3], plugins.IMAGES, "images"),
        (payload.read_audio, [b""] * 3, plugins.AUDIO, "sounds"),
    ],
    ids=["images", "sounds"],
)
def test_as_many_items_as_there_may_be(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[BlobRef], Any],
    items: list[bytes],
    plugin: str,
    what: str,
) -> None:
    monkeypatch.setattr(record, "MOST_ITEMS", 3)
    ref = store(tmp_path, strings(*items, plugin=plugin))
    assert len(read(ref)) == 3
    monkeypatch.setattr(record, "MOST_ITEMS", 2)
    with pytest.raises(PayloadError) as error:
        read(ref)
    assert str(error.value) == f"{ref.path}: 3 {what} in one entry, more than 2 (at byte {ref.offset})"


def test_what_is_logged_beside_the_buckets_of_a_histogram(tmp_path: Path) -> None:
    histo = summary_pb2.HistogramProto(
        min=1, max=4, num=3, sum=7.5, sum_squares=21.25, bucket_limit=[2, 4], bucket=[1, 2]
    )
    found = payload.read_logged_histogram(store(tmp_path, Value(tag="t", histo=histo)))
    assert (found.num, found.total, found.squares) == (3.0, 7.5, 21.25)
    found = payload.read_logged_histogram(store(tmp_path, numbers([[0.0, 1.0, 2.0]])))
    assert (found.num, found.total, found.squares) == (None, None, None)


def test_what_a_node_tells_of_itself(tmp_path: Path) -> None:
    graph = graph_pb2.GraphDef()
    node = graph.node.add(name="n")
    node.attr["shape"].shape.dim.add(size=0)
    node.attr["shape"].shape.dim.add(size=1)
    node.attr["shape"].shape.dim.add(size=-1)
    node.attr["attr"].s = b"a\xff"
    (found,) = payload.read_graph(store_event(tmp_path, event_pb2.Event(graph_def=graph.SerializeToString()))).nodes
    assert (found.shapes, found.dtype, found.text) == (((0, 1, None),), "", "a\ufffd")
    assert payload.read_text(store(tmp_path, strings(b"a\xff\xc3\xa4"))).tolist() == ["a\ufffd\xe4"]

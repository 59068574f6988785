"""The target of graphs: runs' and models' graphs, profiles, Keras models, and the attributes of their nodes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2 as tb_event
from tensorboard.compat.proto import graph_pb2 as tb_graph
from tensorboard.compat.proto import node_def_pb2 as tb_node
from tensorboard.compat.proto.attr_value_pb2 import AttrValue

from logging_lib.tfevents.record import HEADER_BYTES
from logging_lib.tfevents.tensor import dtype_name
from tests import builders
from tests.fuzz import blob_seeds
from tests.fuzz.blobs import tried
from tests.fuzz.mutation import changed_message
from tests.fuzz.target import Target, assert_harmless, stored
from tui.analysis.graph_model import GraphModel
from tui.analysis.graph_tree import op_counts
from tui.app.graph_texts import exact_text, layers_csv, nodes_text, ops_csv, totals_texts
from tui.app.graphs import read_keras, read_model, read_profile
from tui.model import BlobRef
from tui.reader.payload import GraphNode, NodeAttributes, read_graph
from tui.reader.payload.node_attributes import MOST_ATTRIBUTES

_MOST_TEXT = 40_000
"""Characters that one attribute may take on the screen: sixteen items of 500, of which a tensor's have as many."""


def check_graphs(data: bytes) -> None:
    """Nodes are those of TensorBoard's own parser, attributes say what theirs do; models are made of any graph."""
    with stored(builders.FILE_NAME, builders.record(data)) as path:
        ref = BlobRef(str(path), HEADER_BYTES, len(data), 0)
        graph = tried(read_graph, ref)
        if graph is not None:
            theirs = _theirs(data)
            if theirs is not None:
                _assert_nodes(graph.nodes, theirs.node)
                functions = {function.signature.name: function.node_def for function in theirs.library.function}
                assert graph.functions.keys() == functions.keys()
                for name, nodes in functions.items():
                    _assert_nodes(graph.functions[name], nodes)
            for place in range(min(len(graph.nodes), 4)):
                _check_attributes(ref, place, theirs.node[place] if theirs is not None else None)
        for read in (read_model, read_keras, read_profile):
            model = tried(read, ref)
            if model is not None:
                _check_model(model)


def _theirs(data: bytes) -> tb_graph.GraphDef | None:
    """The graph that TensorBoard's code sees in an event; None where it refuses what ours passes over, unread."""
    try:
        event = tb_event.Event.FromString(data)
        if event.WhichOneof("what") != "graph_def":
            return None
        return tb_graph.GraphDef.FromString(event.graph_def)
    except DecodeError:
        return None


def _assert_nodes(ours: Iterable[GraphNode], theirs: Iterable[tb_node.NodeDef]) -> None:
    shown = [(node.name, node.op, node.device, node.inputs) for node in ours]
    assert shown == [(node.name, node.op, node.device, tuple(node.input)) for node in theirs]


def _check_attributes(ref: BlobRef, place: int, theirs: tb_node.NodeDef | None) -> None:
    found = tried(NodeAttributes(place), ref)
    if found is None:
        return
    assert len(found) <= MOST_ATTRIBUTES and list(found) == sorted(found)
    assert all(len(text) <= _MOST_TEXT for _, text in found)
    names = [name for name, _ in found]
    for name, text in found:
        if not text or "field " in text or (text.isdecimal() and int(text) >= 1 << 31):
            continue  # what is no field of theirs, and numbers that their fields are too small for
        if theirs is not None and names.count(name) == 1 and name in theirs.attr:
            assert text.endswith(_plain_text(theirs.attr[name])), (name, text, theirs.attr[name])


def _plain_text(value: AttrValue) -> str:
    """How a value ends that is no list, shape, tensor or function, and not long."""
    match value.WhichOneof("value"):
        case "s" if len(value.s) < 100:
            return value.s.decode(errors="replace")
        case "i":
            return str(value.i)
        case "b":
            return str(value.b).lower()
        case "type" if 0 <= value.type < 1 << 31:
            return dtype_name(value.type)
        case "placeholder" if len(value.placeholder.encode()) < 100:
            return value.placeholder
    return ""


def _check_model(model: GraphModel) -> None:
    """Its items are one tree of all nodes; its tables are read back as they were."""
    assert len(model.shapes) == len(model.tree.parents)
    for text in (layers_csv(model), ops_csv(model)):
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        assert len({len(row) for row in rows}) == 1, text
    assert sum(count for _, count in op_counts(model.nodes)) == len(model.nodes)
    for text in (*totals_texts(model), nodes_text(model), exact_text(model.weights)):
        assert_harmless(text, "totals")


TARGETS = (Target("graphs", check_graphs, blob_seeds.graphs, changed_message),)

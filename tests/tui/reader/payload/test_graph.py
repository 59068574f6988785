"""Graphs, and metadata of profiled runs, in all events that hold them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tensorboard.compat.proto import config_pb2, function_pb2, graph_pb2, meta_graph_pb2, node_def_pb2
from tensorboard.compat.proto.attr_value_pb2 import AttrValue
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import event_pb2
from tests.tui.reader.payload.stored import store, store_event, strings
from tui.model import BlobRef
from tui.reader.payload import (
    DeviceStats,
    Graph,
    GraphNode,
    NodeStats,
    PayloadError,
    RunMetadata,
    read_graph,
    read_run_metadata,
)

NodeDef = node_def_pb2.NodeDef
UNKNOWN = TensorShapeProto(unknown_rank=True)


def shape(*sizes: int) -> TensorShapeProto:
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])


def example() -> graph_pb2.GraphDef:
    """Every field that is shown, and large ones that are not."""
    shapes = AttrValue.ListValue(shape=[shape(-1, 10), shape(), UNKNOWN])
    return graph_pb2.GraphDef(
        node=[
            NodeDef(name="x", op="Placeholder", attr={"dtype": AttrValue(type=1), "shape": AttrValue(shape=shape(2))}),
            NodeDef(
                name="scope/mul",
                op="MatMul",
                device="/gpu:0",
                input=["x", "y:1", "^init"],
                attr={"T": AttrValue(type=2), "_output_shapes": AttrValue(list=shapes), "s": AttrValue(s=b"\xff")},
            ),
            NodeDef(name="ref", op="VariableV2", attr={"dtype": AttrValue(type=101)}),
            NodeDef(name="eq", op="Cast", attr={"DstT": AttrValue(type=10), "T": AttrValue(type=1)}),
            NodeDef(name="bare", op="NoOp"),
        ],
        library=function_pb2.FunctionDefLibrary(
            function=[function_pb2.FunctionDef(signature={"name": "f"}, node_def=[NodeDef(name="inner", op="Add")])]
        ),
    )


NODES = (
    GraphNode("x", "Placeholder", "", (), ((2,),), "float32"),
    GraphNode("scope/mul", "MatMul", "/gpu:0", ("x", "y:1", "^init"), ((None, 10), (), None), "float64"),
    GraphNode("ref", "VariableV2", "", (), (), "float32_ref"),
    GraphNode("eq", "Cast", "", (), (), "bool"),
    GraphNode("bare", "NoOp", "", (), (), ""),
)
EXAMPLE = Graph(NODES, {"f": (GraphNode("inner", "Add", "", (), (), ""),)})


def stored_graph(tmp_path: Path, data: bytes) -> BlobRef:
    return store_event(tmp_path, event_pb2.Event(graph_def=data))


def test_the_graph_of_a_run(tmp_path: Path) -> None:
    assert read_graph(stored_graph(tmp_path, example().SerializeToString())) == EXAMPLE


def test_the_graph_in_a_meta_graph(tmp_path: Path) -> None:
    meta = meta_graph_pb2.MetaGraphDef(graph_def=example()).SerializeToString()
    assert read_graph(store_event(tmp_path, event_pb2.Event(meta_graph_def=meta))) == EXAMPLE


def test_a_graph_as_a_summary(tmp_path: Path) -> None:
    value = strings(example().SerializeToString(), plugin=plugins.GRAPHS)
    assert read_graph(store(tmp_path, value)) == EXAMPLE


def test_the_graph_that_torch_traces(tmp_path: Path) -> None:
    import torch
    from torch.utils.tensorboard._pytorch_graph import graph as graph_of

    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU())
    theirs, metadata = graph_of(model, (torch.zeros(4, 3),))
    graph = read_graph(stored_graph(tmp_path, theirs.SerializeToString()))
    assert [(node.name, node.op, list(node.inputs)) for node in graph.nodes] == [
        (node.name, node.op, list(node.input)) for node in theirs.node
    ]
    by_op = {node.op: node for node in graph.nodes}
    assert by_op["aten::linear"].shapes == ((4, 2),)
    assert graph.functions == {}
    event = event_pb2.Event(tagged_run_metadata={"tag": "step1", "run_metadata": metadata.SerializeToString()})
    assert read_run_metadata(store_event(tmp_path, event)) == RunMetadata((DeviceStats("/device:CPU:0", ()),), ())


def test_what_traces_say_of_attributes(tmp_path: Path) -> None:
    nodes = [
        NodeDef(name="a", attr={"attr": AttrValue(s=b"{ value : 3}")}),
        NodeDef(name="b", attr={"parameters": AttrValue(s=b"")}),
        NodeDef(name="c", attr={"attr": AttrValue(s=b"x" * 1000)}),
        NodeDef(name="d"),
    ]
    graph = read_graph(stored_graph(tmp_path, graph_pb2.GraphDef(node=nodes).SerializeToString()))
    assert [node.text for node in graph.nodes] == ["{ value : 3}", "", "x" * 200, None]


def metadata() -> config_pb2.RunMetadata:
    result = config_pb2.RunMetadata()
    device = result.step_stats.dev_stats.add(device="/gpu:0")
    node = device.node_stats.add(node_name="a", all_start_micros=5, op_end_rel_micros=6, all_end_rel_micros=7)
    node.memory.add(total_bytes=10)
    node.memory.add(total_bytes=20)
    device.node_stats.add(node_name="b")
    result.function_graphs.add(pre_optimization_graph=example())
    return result


EXPECTED = RunMetadata(
    (DeviceStats("/gpu:0", (NodeStats("a", 5, 7, 30), NodeStats("b", 0, 0, 0))),),
    (EXAMPLE,),
)


def test_metadata_of_a_run_in_an_event_of_its_own(tmp_path: Path) -> None:
    event = event_pb2.Event(tagged_run_metadata={"tag": "s", "run_metadata": metadata().SerializeToString()})
    assert read_run_metadata(store_event(tmp_path, event)) == EXPECTED


@pytest.mark.parametrize("rank", [(), (1,)])
def test_metadata_of_a_run_as_a_summary(tmp_path: Path, rank: tuple[int, ...]) -> None:
    value = strings(metadata().SerializeToString(), shape=rank, plugin=plugins.GRAPH_RUN_METADATA)
    assert read_run_metadata(store(tmp_path, value)) == EXPECTED


def test_no_graph(tmp_path: Path) -> None:
    with pytest.raises(PayloadError, match="bytes that hold no graph"):
        read_graph(stored_graph(tmp_path, b"\xff"))
    with pytest.raises(PayloadError, match="bytes that hold no graph"):
        read_graph(stored_graph(tmp_path, b"\x0a\x01\xff"))
    with pytest.raises(PayloadError, match="no summary value 0"):
        read_graph(store_event(tmp_path, event_pb2.Event(file_version="v")))
    with pytest.raises(PayloadError, match="bytes that hold no run metadata"):
        read_run_metadata(store(tmp_path, strings(b"\xff")))


def test_more_nodes_than_anybody_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two bytes a node in the file."""
    monkeypatch.setattr("tui.reader.payload.graph.MOST_NODES", 9)
    monkeypatch.setattr("tui.reader.payload.run_metadata.MOST_NODES", 9)
    node, function = b"\x0a\x00", graph_pb2.GraphDef(library={"function": [{"node_def": [{}] * 4}]})
    assert len(read_graph(stored_graph(tmp_path, node * 9)).nodes) == 9
    assert len(read_graph(stored_graph(tmp_path, function.SerializeToString() + node * 4)).nodes) == 4
    for data in (node * 10, function.SerializeToString() + node * 5):
        with pytest.raises(PayloadError, match="more than 9 nodes"):
            read_graph(stored_graph(tmp_path, data))
    stats = config_pb2.RunMetadata(step_stats={"dev_stats": [{"node_stats": [{}] * 5}] * 2})
    with pytest.raises(PayloadError, match="more than 9 nodes"):
        read_run_metadata(store(tmp_path, strings(stats.SerializeToString())))
    graphs = config_pb2.RunMetadata(function_graphs=[{}] * 10_001)
    with pytest.raises(PayloadError, match="more than 10000 graphs"):
        read_run_metadata(store(tmp_path, strings(graphs.SerializeToString())))

"""Graphs: their nodes, and what little of them is shown in lists. Attributes are read when one node is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from logging_lib.tfevents.proto import event_pb2, graph_pb2, tensor_pb2
from logging_lib.tfevents.tensor import dtype_name
from tui.model import BlobRef
from tui.reader.payload.record import not_shown, only_string_of, read_event, value_of

MOST_NODES = 1_000_000
"""A node needs two bytes in a file and hundreds in memory; more of them than this are there to exhaust it."""

# A dimension of a shape, None where it is unknown; None for a shape of unknown rank.
Shape = tuple[int | None, ...] | None

# Where nodes say the type of their outputs; most operations work in one type, T, throughout.
_DTYPE_ATTRIBUTES = ("dtype", "DstT", "out_type", "output_type", "T")
# Where writers of traces put all attributes of an operation, as text: torch, ONNX.
_TEXT_ATTRIBUTES = ("attr", "parameters")
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One operation.

    `inputs` name nodes, with `:1` behind for an output that is not the first, and `^` before those that it only
    waits for. `shapes` are of its outputs, as far as the writer says. `dtype` is the type that it works in or makes,
    empty where it names none. `text` is the start of what traces of torch and ONNX models say of all of its
    attributes, None in TensorFlow's graphs.
    """

    name: str
    op: str
    device: str
    inputs: tuple[str, ...]
    shapes: tuple[Shape, ...]
    dtype: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in the order they were logged; `functions` by name, whose calls are nodes with that name as `op`."""

    nodes: tuple[GraphNode, ...]
    functions: Mapping[str, tuple[GraphNode, ...]]


def read_graph(ref: BlobRef) -> Graph:
    """The graph of a run or meta graph, in an event of its own or as a string tensor.

    Raises:
        PayloadError: as `read_value`, or it is no graph, or one of more than MOST_NODES nodes.
    """
    event = read_event(ref)
    try:
        (graph,) = parse_graphs([graph_bytes(ref, event)])
    except DecodeError as error:
        raise not_shown(ref, "bytes that hold no graph") from error
    except ValueError as error:
        raise not_shown(ref, error) from error
    return graph


def parse_graphs(items: Iterable[bytes]) -> list[Graph]:
    """Serialized GraphDefs.

    Raises:
        DecodeError: one of them is none.
        ValueError: they have more than MOST_NODES nodes and functions altogether.
    """
    protos = [graph_pb2.GraphDef.FromString(item) for item in items]
    left = check_nodes(sum(len(proto.node) + len(proto.library.function) for proto in protos), MOST_NODES)
    graphs = []
    for proto in protos:
        functions = {}
        for item in proto.library.function:
            function = graph_pb2.FunctionDef.FromString(item)
            left = check_nodes(len(function.node_def), left)
            functions[function.signature.name] = _nodes(function.node_def)
        graphs.append(Graph(_nodes(proto.node), functions))
    return graphs


def check_nodes(count: int, left: int) -> int:
    """How many nodes may still come after `count` of the `left` ones.

    Raises:
        ValueError: these are too many.
    """
    if count > left:
        raise ValueError(f"more than {MOST_NODES} nodes")
    return left - count


def graph_bytes(ref: BlobRef, event: event_pb2.Event) -> bytes:
    """The serialized GraphDef in an event.

    Raises:
        PayloadError: there is none.
        DecodeError: a meta graph that is none.
    """
    match event.WhichOneof("what"):
        case "graph_def":
            return event.graph_def
        case "meta_graph_def":
            return graph_pb2.MetaGraphDef.FromString(event.meta_graph_def).graph_def
        case _:
            return only_string_of(ref, value_of(ref, event))


def _nodes(items: Iterable[bytes]) -> tuple[GraphNode, ...]:
    return tuple(_node(graph_pb2.NodeDef.FromString(item)) for item in items)


def _node(proto: graph_pb2.NodeDef) -> GraphNode:
    attributes = proto.attr
    dtype = next((attributes[name].type for name in _DTYPE_ATTRIBUTES if name in attributes), 0)
    named = dtype_name(dtype) if dtype else ""
    return GraphNode(
        proto.name, proto.op, proto.device, tuple(proto.input), _shapes(attributes), named, _text(attributes)
    )


def _text(attributes: Mapping[str, graph_pb2.AttrValue]) -> str | None:
    found = next((attributes[name].s for name in _TEXT_ATTRIBUTES if name in attributes), None)
    return None if found is None else found[:_LONGEST_TEXT].decode(errors="replace")


def _shapes(attributes: Mapping[str, graph_pb2.AttrValue]) -> tuple[Shape, ...]:
    if "_output_shapes" in attributes:
        return tuple(map(parse_shape, attributes["_output_shapes"].list.shape))
    return (parse_shape(attributes["shape"].shape),) if "shape" in attributes else ()


def parse_shape(proto: tensor_pb2.TensorShapeProto) -> Shape:
    """A shape as it is written."""
    if proto.unknown_rank:
        return None
    return tuple(dim.size if dim.size >= 0 else None for dim in proto.dim)


def shape_text(shape: Shape) -> str:
    """A shape as it is shown: `[?, 3, 8]`, `?` where not even the rank is known."""
    return "?" if shape is None else f"[{', '.join('?' if size is None else str(size) for size in shape)}]"

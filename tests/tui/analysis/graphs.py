"""Graphs made in memory, and those of models of torch."""

from __future__ import annotations

from typing import Any

from logging_lib.tfevents.proto import graph_pb2
from tui.analysis.graph_model import GraphModel, model_of_graphs
from tui.reader.payload import Graph, GraphNode
from tui.reader.payload.graph import Shape, parse_graphs


def node(
    name: str,
    op: str = "Op",
    *inputs: str,
    shapes: tuple[Shape, ...] = (),
    dtype: str = "",
    text: str | None = None,
) -> GraphNode:
    """A node in which nothing is unusual but what is given."""
    return GraphNode(name, op, "", inputs, shapes, dtype, text)


def model_of(*nodes: GraphNode, **functions: tuple[GraphNode, ...]) -> GraphModel:
    """What is shown of a graph of these nodes."""
    return model_of_graphs([Graph(nodes, functions)])


def traced(module: Any, *inputs: Any) -> GraphModel:
    """What is shown of the graph that torch's own writer logs."""
    from torch.utils.tensorboard._pytorch_graph import graph as graph_of

    theirs, _ = graph_of(module, inputs)
    return model_of_graphs(parse_graphs([theirs.SerializeToString()]))


def logged(nodes: list[bytes]) -> GraphModel:
    """What is shown of nodes as logging_lib writes them."""
    return model_of_graphs(parse_graphs([graph_pb2.GraphDef(node=nodes).SerializeToString()]))

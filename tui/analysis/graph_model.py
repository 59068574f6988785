"""A logged graph with all that is shown of it: its tree, links, parameters, layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tui.analysis.graph_links import Links, links_of
from tui.analysis.graph_outputs import output_shapes
from tui.analysis.graph_parameters import GraphKind, Weights, kind_of, parameters_of
from tui.analysis.graph_summary import SummaryRow, summary_rows
from tui.analysis.graph_times import Times, times_by_name, times_of_items
from tui.analysis.graph_tree import GraphTree, graph_tree
from tui.analysis.keras_graph import keras_graph
from tui.reader.payload import Attributes, Graph, GraphNode, KerasLayer, RunMetadata
from tui.reader.payload.graph import Shape

MOST_NODES = 250_000
"""Of a graph with more, seconds would pass and a gigabyte be taken before anything of it is seen."""
FUNCTIONS = "(functions)"
"""The scope of the functions of a TensorFlow graph."""
_BYTES_PER_NODE = 1500


@dataclass(frozen=True, slots=True, eq=False)
class GraphModel:
    """A graph. `nodes` are those of the graph, `own` many, and then those of its `functions` many functions.
    `shapes` are of the outputs of each item of the tree.

    `attributes` are those of the nodes of a Keras model; of other graphs they are read from the file. `times` are those
    of each item of the tree, none where no run of the graph was profiled.
    """

    kind: GraphKind
    nodes: Sequence[GraphNode]
    own: int
    functions: int
    links: Links
    tree: GraphTree
    shapes: Sequence[Shape]
    rows: Sequence[SummaryRow]
    attributes: Mapping[int, Attributes] | None = None
    times: Sequence[Times] = ()

    @property
    def weights(self) -> Weights:
        """All parameters."""
        return self.tree.weights[0]

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""
        return _BYTES_PER_NODE * len(self.nodes)


def model_of_graphs(graphs: Sequence[Graph]) -> GraphModel:
    """The model of a graph, or of several: each of these is in a scope of its own then.

    Raises:
        ValueError: there are too many nodes.
    """
    total = sum(len(graph.nodes) + sum(map(len, graph.functions.values())) for graph in graphs)
    _check(total)
    nodes: list[GraphNode] = []
    for number, graph in enumerate(graphs, 1):
        scope = f"graph_{number}/" if len(graphs) > 1 else ""
        nodes.extend(_in_scope(scope, graph.nodes) if scope else graph.nodes)
        for name, function in graph.functions.items():
            nodes.extend(_in_scope(f"{scope}{FUNCTIONS}/{name.replace('/', '_')}/", function))
    own, functions = sum(len(graph.nodes) for graph in graphs), sum(len(graph.functions) for graph in graphs)
    kind, links = kind_of(nodes), links_of(nodes)
    return _model(kind, nodes, own, functions, links, parameters_of(kind, nodes, links))


def model_of_keras(model: KerasLayer) -> GraphModel:
    """The model of a Keras model.

    Raises:
        ValueError: there are too many layers.
    """
    found = keras_graph(model)
    _check(len(found.nodes))
    made = _model(GraphKind.KERAS, found.nodes, len(found.nodes), 0, links_of(found.nodes), found.weights)
    return replace(made, attributes=found.attributes)


def model_of_metadata(metadata: RunMetadata) -> GraphModel:
    """The model of a profiled run: of the graphs in it, else of the nodes that ran, which are names and no more.

    Raises:
        ValueError: there are too many nodes.
    """
    if metadata.graphs:
        return timed(model_of_graphs(metadata.graphs), metadata)
    devices = {node.name.partition(":")[0]: device.device for device in metadata.devices for node in device.nodes}
    _check(len(devices))
    nodes = [GraphNode(name, "", device, (), (), "") for name, device in devices.items()]
    return timed(_model(GraphKind.PROFILE, nodes, len(nodes), 0, links_of(nodes), {}), metadata)


def timed(model: GraphModel, metadata: RunMetadata) -> GraphModel:
    """The model with the times of a profiled run; as it is where most of what ran is not in it.

    What TensorFlow 2 profiles are functions, whose nodes have names of their own.
    """
    times = times_by_name(metadata)
    places = {node.name: place for place, node in reversed(list(enumerate(model.nodes)))}
    found = {places[name]: spent for name, spent in times.items() if name in places}
    return replace(model, times=times_of_items(model.tree, found)) if 2 * len(found) > len(times) else model


def _model(
    kind: GraphKind,
    nodes: Sequence[GraphNode],
    own: int,
    functions: int,
    links: Links,
    parameters: Mapping[int, Weights],
) -> GraphModel:
    tree = graph_tree(nodes, parameters)
    shapes = output_shapes(tree, nodes, links, of_scopes=kind in (GraphKind.TORCH, GraphKind.ONNX))
    rows = summary_rows(kind, nodes, links, parameters, tree, shapes)
    return GraphModel(kind, nodes, own, functions, links, tree, shapes, rows)


def _check(total: int) -> None:
    if total > MOST_NODES:
        raise ValueError(f"graph of {total} nodes, more than the {MOST_NODES} that are shown")


def _in_scope(scope: str, nodes: Iterable[GraphNode]) -> list[GraphNode]:
    """The nodes, their own names and those of their inputs begun with a scope."""
    return [
        replace(node, name=scope + node.name, inputs=tuple(_scoped(scope, name) for name in node.inputs))
        for node in nodes
    ]


def _scoped(scope: str, reference: str) -> str:
    return f"^{scope}{reference[1:]}" if reference.startswith("^") else scope + reference

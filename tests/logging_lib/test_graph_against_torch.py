"""add_graph of our writer and of torch's give the same graph, node by node."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.graph_pb2 import GraphDef
from torch import nn
from torch.utils.tensorboard import SummaryWriter as TorchWriter

from logging_lib import SummaryWriter
from tests.logging_lib.graph_models import (
    Branching,
    Classifier,
    OfDict,
    Outputs,
    Residual,
    Shared,
    Two,
    logged_graph,
    nodes_of,
)
from tests.logging_lib.test_against_torch import written

# torch's, about its own layers; it ignores these itself where pytest does not make errors of warnings.
pytestmark = pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")

X = torch.zeros(2, 3)
PIXELS = torch.zeros(1, 3, 9, 9)
# A model, its inputs, and whether it is traced strictly.
MODELS: dict[str, Callable[[], tuple[nn.Module, Any, bool]]] = {
    "linear": lambda: (nn.Linear(3, 2), X, True),
    "MLP": lambda: (nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), (X,), True),
    "inputs in a list": lambda: (nn.Linear(3, 2), [X], True),
    "residual": lambda: (Residual(), X, True),
    "CNN": lambda: (Classifier(), PIXELS, True),
    "LSTM": lambda: (nn.LSTM(3, 4), torch.zeros(5, 2, 3), True),
    "GRU with a state": lambda: (nn.GRU(3, 4, 2), (torch.zeros(5, 1, 3), torch.zeros(2, 1, 4)), True),
    "shared layer": lambda: (Shared(), X, True),
    "two inputs": lambda: (Two(), (torch.zeros(4), torch.zeros(4), torch.zeros(1)), True),
    "dict": lambda: (OfDict(), {"a": X, "b": X}, False),
    "transformer": lambda: (nn.TransformerEncoderLayer(8, 2, 16), torch.zeros(5, 2, 8), True),
    "embedding bag": lambda: (nn.EmbeddingBag(5, 3), torch.zeros(2, 3, dtype=torch.long), True),
    "nothing but its input": lambda: (nn.Identity(), X, True),
    "traced": lambda: (torch.jit.trace(Residual(), X), None, True),
    "scripted": lambda: (torch.jit.script(Shared()), None, True),
    "scripted, with inputs": lambda: (torch.jit.script(Branching()), X, True),
    "scripted part": lambda: (nn.Sequential(torch.jit.script(Branching()), nn.ReLU()), X, True),
}


def normal_form(graph: GraphDef) -> GraphDef:
    """The graph without what may differ.

    The numbers at the ends of names are how often torch asked for a name. torch lets parameters wait for modules
    that are no nodes, leaves out their shapes, and says that what has no shape has shape [1].
    """
    names = {node.name: f"{re.sub(r'[.]?[0-9]+$', '', node.name)}#{i}" for i, node in enumerate(graph.node)}
    for node in graph.node:
        node.name, inputs = names[node.name], [names[name] for name in node.input if name in names]
        node.ClearField("input")
        node.input.extend(inputs)
        if node.op in ("prim::GetAttr", "IO Node"):
            node.attr.pop("_output_shapes", None)
    return graph


def events(make: Callable[[str], Any], directory: Path, name: str) -> list[Event]:
    model, inputs, strict = MODELS[name]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch's, of a model that is scripted already
        logged = written(make, directory, lambda w: w.add_graph(model, inputs, use_strict_trace=strict))["."]
    for event in logged:
        if event.HasField("graph_def"):
            graph = normal_form(GraphDef.FromString(event.graph_def))
            event.graph_def = graph.SerializeToString(deterministic=True)
    return logged


@pytest.mark.parametrize("name", MODELS)
def test_same_events(tmp_path: Path, name: str) -> None:
    ours = events(SummaryWriter, tmp_path / "ours", name)
    theirs = events(TorchWriter, tmp_path / "torch", name)
    assert [event.WhichOneof("what") for event in ours] == ["file_version", "graph_def", "tagged_run_metadata"]
    assert GraphDef.FromString(ours[1].graph_def) == GraphDef.FromString(theirs[1].graph_def)
    assert [ours[0], *ours[2:]] == [theirs[0], *theirs[2:]]
    assert len(nodes_of(tmp_path / "ours")) >= 2


def test_shapes_of_inputs_and_outputs_are_torchs_where_it_knows_them(tmp_path: Path) -> None:
    graphs = []
    for make in (SummaryWriter, TorchWriter):
        with make(str(tmp_path / make.__module__)) as writer:
            writer.add_graph(Classifier(), PIXELS)
        graphs.append([node for node in logged_graph(tmp_path / make.__module__).node if node.op == "IO Node"])
    assert [node.attr["_output_shapes"] for node in graphs[0]] == [node.attr["_output_shapes"] for node in graphs[1]]


def test_a_value_called_output_does_not_replace_the_output(tmp_path: Path) -> None:
    """As it does in torch's, which has as many nodes but one."""
    with TorchWriter(str(tmp_path / "torch")) as theirs, SummaryWriter(tmp_path / "ours") as ours:
        theirs.add_graph(Outputs(), X)
        ours.add_graph(Outputs(), X)
    nodes = nodes_of(tmp_path / "ours")
    missing = nodes.keys() - {node.name for node in logged_graph(tmp_path / "torch").node}
    assert "output/output.1" in missing
    (result,) = nodes["output/output.1"].input
    assert nodes[result].op == "aten::mul"
    assert "Outputs/Linear[first]/output.1" in nodes


def test_what_torch_cannot_trace_twice_alike(tmp_path: Path) -> None:
    """torch runs the model again to check the trace, without gradients, where this layer takes another path."""
    layer, x = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), torch.zeros(2, 5, 8)
    with (
        TorchWriter(str(tmp_path / "torch")) as theirs,
        pytest.raises(torch.jit.TracingCheckError, match="Graphs differed"),
    ):
        theirs.add_graph(layer, x)
    with SummaryWriter(tmp_path / "ours") as ours:
        ours.add_graph(layer, x)
    ops = [node.op for node in nodes_of(tmp_path / "ours").values()]
    assert ops.count("aten::scaled_dot_product_attention") == 1

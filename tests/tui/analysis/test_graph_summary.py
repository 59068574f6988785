"""The table of layers: against the modules of torch, and the corpus against its parsed graphs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import event_pb2, graph_pb2
from torch import nn

from logging_lib.tfevents import plugins
from tests.logging_lib.graph_models import Classifier
from tests.tui.analysis.graphs import model_of, node, traced
from tui.analysis.graph_model import FUNCTIONS, MOST_NODES, GraphModel, model_of_graphs, model_of_keras
from tui.analysis.graph_parameters import NO_WEIGHTS, GraphKind, Weights
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir
from tui.reader.payload import Graph, read_graph, read_keras_model
from tui.store.snapshot import StoreSnapshot

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"


def rows(model: GraphModel) -> list[tuple[str, str, object, int]]:
    return [(row.name, row.type, row.shape, row.weights.total) for row in model.rows]


def test_modules_are_layers() -> None:
    model = traced(Classifier().eval(), torch.zeros(2, 3, 9, 9))
    assert rows(model) == [
        ("features.0.0", "Conv2d", (2, 4, 7, 7), 112),
        ("features.0.1", "BatchNorm2d", (2, 4, 7, 7), 8),
        ("features.0.2", "ReLU", (2, 4, 7, 7), 0),
        ("features.1.0", "Conv2d", (2, 4, 5, 5), 148),
        ("features.1.1", "ReLU", (2, 4, 5, 5), 0),
        ("features.1.2", "MaxPool2d", (2, 4, 2, 2), 0),
        ("Classifier", "Classifier", (2, 2), 0),
        # A dictionary of modules is never called itself: only parameters tell that there is one.
        ("drop", "Dropout", (2, 4), 0),
        ("head.out", "Linear", (2, 2), 10),
    ]


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_the_output_of_a_layer_is_what_is_taken_outside() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rnn = nn.LSTM(3, 5)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y, (h, c) = self.rnn(x)
            total: torch.Tensor = y.sum() + h.sum() + c.sum()
            return total

    assert rows(traced(Net(), torch.zeros(4, 2, 3)))[0] == ("rnn", "LSTM", (4, 2, 5), 200)


def test_modules_of_lists_are_called_as_their_parameters_are() -> None:
    class Block(nn.Module):
        def __init__(self, size: int) -> None:
            super().__init__()
            self.fc = nn.Linear(size, size + 1)
            self.act = nn.ReLU()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = self.act(self.fc(x)) + 1
            return y

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.blocks = nn.ModuleList([Block(3), Block(4)])
            self.left, self.right = nn.ModuleList([nn.Linear(5, 2)]), nn.ModuleList([nn.Linear(2, 6)])
            self.scale = nn.Parameter(torch.ones(6))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            for block in self.blocks:
                x = block(x)
            y: torch.Tensor = self.right[0](self.left[0](x)) * self.scale
            return y

    found = traced(Net(), torch.zeros(1, 3))
    assert [(row.name, row.type, row.shape, row.weights) for row in found.rows] == [
        ("blocks.0.fc", "Linear", (1, 4), Weights(16, None, 64, assumed=True)),
        ("blocks.0.act", "ReLU", (1, 4), NO_WEIGHTS),
        ("blocks.0", "Block", (1, 4), NO_WEIGHTS),
        ("blocks.1.fc", "Linear", (1, 5), Weights(25, None, 100, assumed=True)),
        ("blocks.1.act", "ReLU", (1, 5), NO_WEIGHTS),
        ("blocks.1", "Block", (1, 5), NO_WEIGHTS),
        # Two lists: both have a Linear[0] in the same scope.
        ("left.0", "Linear", (1, 2), Weights(12, None, 48, assumed=True)),
        ("right.0", "Linear", (1, 6), Weights(18, None, 72, assumed=True)),
        ("Net", "Net", (1, 6), Weights(0, None, 0, 1)),
    ]


def test_each_row_leads_to_its_scope() -> None:
    model = traced(Classifier().eval(), torch.zeros(2, 3, 9, 9))
    paths = [model.tree.path(row.item) for row in model.rows]
    assert paths[0] == "Classifier/Sequential[features]/Sequential[0]/Conv2d[0]"
    assert paths[2].startswith("Classifier/Sequential[features]/Sequential[0]/ReLU[2]/")
    assert paths[6] == "Classifier"


def test_variables_of_a_scope_are_a_layer() -> None:
    model = model_of(
        node("x", "Placeholder"),
        node("fc/weights", "VariableV2", shapes=((3, 4),), dtype="float32_ref"),
        node("fc/weights/Assign", "Assign", "fc/weights", "init"),
        node("fc/weights/read", "Identity", "fc/weights"),
        node("fc/biases", "VariableV2", shapes=((4,),), dtype="float32_ref"),
        node("fc/biases/read", "Identity", "fc/biases"),
        node("fc/MatMul", "MatMul", "x", "fc/weights/read", shapes=((None, 4),)),
        node("fc/BiasAdd", "BiasAdd", "fc/MatMul", "fc/biases/read", shapes=((None, 4),)),
        node("alone", "VariableV2", shapes=((2,),), dtype="float32_ref"),
    )
    assert rows(model) == [("fc", "MatMul", (None, 4), 16), ("alone", "VariableV2", (2,), 2)]
    assert [model.tree.path(row.item) for row in model.rows] == ["fc", "alone"]


def test_a_loop_ends() -> None:
    model = model_of(
        node("v", "VariableV2", "enter", shapes=((2,),), dtype="float32"),
        node("enter", "Enter", "v", "next"),
        node("next", "Identity", "enter"),
    )
    assert rows(model) == [("v", "VariableV2", (2,), 2)]
    torch_loop = model_of(node("m/w/w", "prim::GetAttr", "m/l/l"), node("m/l/l", "prim::ListConstruct", "m/w/w"))
    assert [row.weights.unknown for row in torch_loop.rows] == [1]


def test_more_nodes_than_are_shown() -> None:
    with pytest.raises(ValueError, match=f"graph of {MOST_NODES + 1} nodes, more than the {MOST_NODES} that are shown"):
        model_of_graphs([Graph((node("a"),) * (MOST_NODES + 1), {})])


def test_several_graphs_have_a_scope_each() -> None:
    graph = Graph((node("a"), node("b", "Op", "a", "^a")), {})
    model = model_of_graphs([graph, graph])
    assert [n.name for n in model.nodes] == ["graph_1/a", "graph_1/b", "graph_2/a", "graph_2/b"]
    assert model.links.inputs == [[], [0, 0], [], [2, 2]]


# The corpus


def read(project: str) -> StoreSnapshot:
    if not CORPUS.is_dir():
        pytest.skip("there is no corpus beside this checkout")
    return Ingester([LogDir("", CORPUS / project)]).read_all()


def parsed(project: str) -> list[graph_pb2.GraphDef]:
    """The graphs of all files, by the tensorboard package."""
    found = []
    for path in sorted((CORPUS / project).rglob("*tfevents*")):
        for record in RawEventFileLoader(str(path)).Load():
            event = event_pb2.Event.FromString(record)
            if event.graph_def:
                found.append(graph_pb2.GraphDef.FromString(event.graph_def))
    return found


def models(snapshot: StoreSnapshot) -> list[GraphModel]:
    series = [found for key, found in snapshot.blobs.items() if key.tag == "__run_graph__"]
    return [model_of_graphs([read_graph(ref)]) for found in series for ref in found.refs]


@pytest.mark.parametrize("project", ["4105Project+Yolov5", "wanghoppe+tempo", "Nivesara+project_fashion_mnist"])
def test_as_many_nodes_as_the_parsed_graph(project: str) -> None:
    shown = [
        (m.own, m.functions, m.tree.counts[0], sorted(n.name for n in m.nodes[: m.own])) for m in models(read(project))
    ]
    theirs = [
        (
            len(graph.node),
            len(graph.library.function),
            len(graph.node) + sum(len(function.node_def) for function in graph.library.function),
            sorted(node.name for node in graph.node),
        )
        for graph in parsed(project)
    ]
    assert sorted(shown) == sorted(theirs)


def test_the_trace_of_yolo() -> None:
    for model in models(read("4105Project+Yolov5")):
        assert model.kind is GraphKind.TORCH
        assert model.own == 1071
        # The model has 7,025,023 parameters; the seven 3x3 kernels of stride 2 are not to be told from 4x4.
        strided = 9 * (32 * 3 * 4 + 64 * 32 + 128 * 64 + 256 * 128 + 512 * 256 + 128 * 128 + 256 * 256)
        assert model.weights.unknown == 7
        assert model.weights.total == 7_025_023 - strided
        assert sum(row.weights.total for row in model.rows) == model.weights.total


def test_the_graph_of_tensorflow_1() -> None:
    for model in models(read("wanghoppe+tempo")):
        assert (model.weights.total, model.weights.trainable, model.weights.unknown) == (859_060, 859_060, 0)
        assert sum(row.weights.total for row in model.rows) == 859_060
        assert model.rows[-1].name == "fully_connected"
        assert model.rows[-1].weights.total == 257 * 106


def test_keras_models_agree_with_the_graphs_beside_them() -> None:
    snapshot = read("Nivesara+project_fashion_mnist")
    keras = [found for key, found in snapshot.blobs.items() if key.plugin == plugins.GRAPH_KERAS_MODEL]
    seen = set()
    for series in keras:
        for ref in series.refs:
            model = model_of_keras(read_keras_model(ref))
            assert model.weights.unknown == 0
            assert all(row.shape is not None for row in model.rows)
            seen.add(model.weights.total)
    layers = {row.weights.total for model in models(snapshot) for row in model.rows}
    assert {320, 5408 * 32 + 32, 330} <= layers
    assert seen == {173_738}


def test_functions_of_the_corpus_are_in_the_tree() -> None:
    model = next(m for m in models(read("Nivesara+project_fashion_mnist")) if m.functions)
    assert any(FUNCTIONS in model.tree.path(item) for item in model.tree.children[0])

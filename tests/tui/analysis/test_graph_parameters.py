"""Which nodes are parameters, and how large they are: against the models of torch that they are of."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from logging_lib import SummaryWriter
from tests.logging_lib.graph_models import Classifier, Residual, Shared
from tests.tui.analysis.graphs import model_of, node, traced
from tui.analysis.graph_model import GraphModel, model_of_graphs
from tui.analysis.graph_parameters import GraphKind, Weights, item_size, weights_of_shape
from tui.analysis.trace_shapes import _kernel
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir
from tui.reader.payload import GraphNode, read_graph


class Recurrent(nn.Module):
    def __init__(self, kind: type[nn.Module], **options: bool) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 5)
        self.layers = kind(5, 7, num_layers=2, **options)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.layers(self.embed(x))[0]
        return y


def parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def ours(tmp_path: Path, module: nn.Module, *inputs: torch.Tensor) -> GraphModel:
    """The graph that logging_lib logs, with the shapes of parameters."""
    with SummaryWriter(tmp_path) as writer:
        writer.add_graph(module, inputs)
    (series,) = (s for key, s in Ingester([LogDir("", tmp_path)]).read_all().blobs.items() if key.plugin == "graphs")
    return model_of_graphs([read_graph(series.refs[0])])


MODELS = [
    (nn.Linear(3, 2), torch.zeros(1, 3)),
    (nn.Sequential(nn.Linear(3, 2, bias=False), nn.ReLU(), nn.Linear(2, 5)), torch.zeros(4, 3)),
    (Classifier(), torch.zeros(2, 3, 9, 9)),
    (nn.Sequential(nn.Conv1d(4, 6, 3, padding=1, dilation=1, groups=2), nn.BatchNorm1d(6)), torch.zeros(2, 4, 8)),
    (nn.Conv2d(3, 4, (3, 5), dilation=2), torch.zeros(1, 3, 20, 20)),
    (nn.Conv3d(2, 3, 2), torch.zeros(1, 2, 5, 5, 5)),
    (nn.Sequential(nn.LayerNorm([4, 6]), nn.GroupNorm(2, 4)), torch.zeros(2, 4, 6)),
]


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize(("module", "inputs"), MODELS, ids=lambda item: type(item).__name__)
def test_shapes_follow_from_the_operations_in_the_traces_of_torch(module: nn.Module, inputs: torch.Tensor) -> None:
    model = traced(module.eval(), inputs)
    assert model.kind is GraphKind.TORCH
    total = parameters(module)
    assert model.weights == Weights(total, None, 4 * total, assumed=True)


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize(("module", "inputs"), MODELS, ids=lambda item: type(item).__name__)
def test_parameters_of_graphs_with_shapes(tmp_path: Path, module: nn.Module, inputs: torch.Tensor) -> None:
    assert ours(tmp_path, module.eval(), inputs).weights.total == parameters(module)


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"batch_first": True}, {"bias": False}], ids=str)
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_recurrent_layers(kind: type[nn.Module], options: dict[str, bool]) -> None:
    module = Recurrent(kind, **options)
    model = traced(module, torch.zeros(3, 4, dtype=torch.long))
    assert model.weights.total == parameters(module) - 50
    assert model.weights.unknown == 1  # the table, whose rows cannot be told


def test_what_is_only_multiplied_may_be_of_any_shape(tmp_path: Path) -> None:
    module = Residual()
    model = traced(module, torch.zeros(2, 3))
    assert (model.weights.total, model.weights.unknown) == (parameters(module) - 3, 1)
    assert ours(tmp_path, module, torch.zeros(2, 3)).weights.total == parameters(module)


class Odd(nn.Module):
    """Parameters where an operation has its input, and a batch of weights."""

    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 2, 6))
        self.many = nn.Parameter(torch.zeros(3, 6, 5))
        self.flat = nn.Parameter(torch.zeros(6, 4))
        self.norm = nn.LayerNorm(6)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return self.norm(self.token), x @ self.many, x[0] @ self.flat


def test_no_shape_is_made_up() -> None:
    model = traced(Odd(), torch.zeros(3, 7, 6))
    assert (model.weights.total, model.weights.unknown) == (24 + 12, 2)


def test_a_strided_kernel_cannot_be_told() -> None:
    model = traced(nn.Conv2d(3, 4, 3, stride=2, padding=1), torch.zeros(1, 3, 16, 16))
    assert (model.weights.total, model.weights.unknown) == (4, 1)


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 4), st.integers(0, 4), st.integers(1, 3))
def test_a_kernel_is_given_only_where_no_other_does_the_same(
    size: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    def places(k: int) -> int:
        return (size + 2 * padding - dilation * (k - 1) - 1) // stride + 1

    if size + 2 * padding < dilation * (kernel - 1) + 1:
        return
    like = [k for k in range(1, size + 2 * padding + 1) if places(k) == places(kernel)]
    assert _kernel(size, places(kernel), stride, padding, dilation) == (kernel if like == [kernel] else None)


def test_a_layer_in_two_places_counts_once_for_each_name(tmp_path: Path) -> None:
    module = Shared()
    assert traced(module, torch.zeros(2, 3)).weights.total in (parameters(module), 2 * parameters(module))


def test_buffers_of_normalization_are_no_parameters(tmp_path: Path) -> None:
    assert ours(tmp_path, nn.BatchNorm1d(6).eval(), torch.zeros(2, 6)).weights.total == 12


def test_variables_of_tensorflow_without_those_of_the_optimizer() -> None:
    model = model_of(
        node("w", "VariableV2", shapes=((3, 4),), dtype="float32_ref"),
        node("w/read", "Identity", "w", shapes=((3, 4),)),
        node("w/Adam", "VariableV2", shapes=((3, 4),), dtype="float32_ref"),
        node("power", "VariableV2", shapes=((),), dtype="float32_ref"),
        node("power/read", "Identity", "power"),
        node("mean", "VarHandleOp", shapes=((4,),), dtype="float64"),
        node("step", "VariableV2", shapes=((),), dtype="int64_ref"),
        node("hits", "VarHandleOp", shapes=((),), dtype="float32"),
        node("count", "AssignAddVariableOp", "hits", "x"),
        node("train", "ApplyAdam", "w", "w/Adam", "power/read", "grad"),
    )
    assert model.kind is GraphKind.TENSORFLOW
    assert model.weights == Weights(16, 12, 12 * 4 + 4 * 8)


def test_without_an_optimizer_nobody_knows_what_is_trained() -> None:
    model = model_of(
        node("w", "VariableV2", shapes=((3, None),), dtype="float32_ref"),
        node("v", "VarHandleOp", shapes=((2,),), dtype="float16"),
    )
    assert model.weights == Weights(2, None, 4, unknown=1)


def test_what_a_function_of_tensorflow_2_reads() -> None:
    model = model_of(
        node("dense/MatMul/ReadVariableOp/resource", "Placeholder", shapes=((),), dtype="resource"),
        node(
            "dense/MatMul/ReadVariableOp",
            "ReadVariableOp",
            "dense/MatMul/ReadVariableOp/resource",
            shapes=((3, 4),),
            dtype="float32",
        ),
        node("dense/MatMul", "MatMul", "x", "dense/MatMul/ReadVariableOp", shapes=((None, 4),)),
        node("loss", "Placeholder", dtype="resource"),
    )
    assert model.weights.total == 12
    assert [(row.name, row.type, row.shape, row.weights.total) for row in model.rows] == [
        ("dense", "MatMul", (None, 4), 12)
    ]


def test_weights_among_the_inputs_of_an_onnx_graph() -> None:
    def variable(name: str, *sizes: int | None) -> None:
        nodes.append(node(name, "Variable", shapes=(sizes,), dtype="float32"))

    nodes: list[GraphNode] = []
    variable("image", None, 3, 8, 8)
    variable("mask", 1, 4)
    variable("conv.weight", 4, 3, 3, 3)
    variable("conv.bias", 4)
    variable("bn.scale", 4)
    variable("bn.mean", 4)
    variable("shift", 4)
    nodes += [
        node("conv", "Conv", "image", "conv.weight", "conv.bias", shapes=((None, 4, 6, 6),), text=""),
        node("bn", "BatchNormalization", "conv", "bn.scale", "bn.scale", "bn.mean", "bn.mean", text=""),
        node("add", "Add", "bn", "shift", text=""),
        node("mul", "Mul", "add", "mask", text=""),
        node("output/y", "Variable", "mul", shapes=((1, 4),)),
    ]
    model = model_of(*nodes)
    assert model.kind is GraphKind.ONNX
    assert model.weights.total == 108 + 4 + 4 + 4
    assert [(row.name, row.type, row.weights.total) for row in model.rows] == [
        ("conv", "Conv", 112),
        ("bn", "BatchNormalization", 4),
        ("add", "Add", 4),
    ]


@pytest.mark.parametrize(
    ("dtype", "size"),
    [
        ("float32", 4),
        ("float64_ref", 8),
        ("bfloat16", 2),
        ("int8", 1),
        ("complex64", 8),
        ("bool", 1),
        ("", None),
        ("string", None),
        ("dtype 99", None),
    ],
)
def test_bytes_of_a_number(dtype: str, size: int | None) -> None:
    assert item_size(dtype) == size


def test_a_shape_of_nothing_that_could_be() -> None:
    assert weights_of_shape((1 << 40, 1 << 40), "float32", True) == Weights(0, 0, 0, unknown=1)
    assert weights_of_shape(None, "", None) == Weights(0, None, 0, unknown=1)
    assert weights_of_shape((), "", None) == Weights(1, None, 4, assumed=True)
    assert weights_of_shape((0, 3), "float32", True) == Weights(0, 0, 0)

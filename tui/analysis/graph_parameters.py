"""Which nodes of a graph are parameters of the model, and how many numbers each of them holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from tui.analysis.graph_links import Links
from tui.analysis.trace_shapes import inferred_shape
from tui.reader.payload import GraphNode
from tui.reader.payload.graph import Shape


class GraphKind(Enum):
    """Who made a graph; its value is how it is called."""

    TORCH = "PyTorch trace"
    ONNX = "ONNX graph"
    TENSORFLOW = "TensorFlow graph"
    KERAS = "Keras model"
    PROFILE = "profiled run"


@dataclass(frozen=True, slots=True)
class Weights:
    """How many parameters there are.

    `total` is of those that are known, `unknown` how many tensors there are besides. `trainable` is how many of the
    total are, None where the graph does not tell. `nbytes` is the memory of the total, and `assumed` tells that some
    of it was reckoned as float32 because no type is known.
    """

    total: int = 0
    trainable: int | None = 0
    nbytes: int = 0
    unknown: int = 0
    assumed: bool = False

    def __add__(self, other: Weights) -> Weights:
        told = self.trainable is not None and other.trainable is not None
        return Weights(
            self.total + other.total,
            (self.trainable or 0) + (other.trainable or 0) if told else None,
            self.nbytes + other.nbytes,
            self.unknown + other.unknown,
            self.assumed or other.assumed,
        )

    def __bool__(self) -> bool:
        return bool(self.total or self.unknown)


NO_WEIGHTS = Weights()
_SIZES = {"bool": 1, "float8_e5m2": 1, "float8_e4m3fn": 1, "bfloat16": 2, "half": 2, "qint8": 1}
_ASSUMED_SIZE = 4
MOST_NUMBERS = 1 << 63  # a shape that says more is no shape of anything
# What normalization layers keep beside their parameters, by the names of torch.
_BUFFERS = ("running_mean", "running_var", "num_batches_tracked")
_VARIABLES = ("VariableV2", "Variable", "VarHandleOp")
_REAL = ("float", "bfloat", "half", "complex")
_PASSED_ON = ("Identity", "ReadVariableOp", "Enter", "Cast")
_MOST_ONNX_INPUTS = 4
# Where an operation of ONNX takes its weights; those after the third input of a BatchNormalization are statistics.
_ONNX_WEIGHTS: Mapping[str, tuple[int, ...]] = {
    "Conv": (1, 2), "ConvTranspose": (1, 2), "Gemm": (1, 2), "MatMul": (0, 1), "BatchNormalization": (1, 2),
    "InstanceNormalization": (1, 2), "LayerNormalization": (1, 2), "GroupNormalization": (1, 2),
    "LSTM": (1, 2, 3), "GRU": (1, 2, 3), "RNN": (1, 2, 3), "Gather": (0,), "PRelu": (1,),
    "Add": (0, 1), "Sub": (0, 1), "Mul": (0, 1), "Div": (0, 1),
}  # fmt: skip


def weights_of_shape(shape: Shape, dtype: str, trainable: bool | None) -> Weights:
    """The weights of one tensor."""
    total = (
        math.prod(size for size in shape if size is not None)
        if shape is not None and None not in shape
        else MOST_NUMBERS
    )
    if total >= MOST_NUMBERS:
        return Weights(unknown=1, trainable=None if trainable is None else 0)
    size = item_size(dtype)
    told = None if trainable is None else total * trainable
    return Weights(total, told, total * (size or _ASSUMED_SIZE), assumed=size is None)


def item_size(dtype: str) -> int | None:
    """Bytes of one number of a type, None where that is not known."""
    name = dtype.removesuffix("_ref")
    if name in _SIZES:
        return _SIZES[name]
    digits = name.lstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits) // 8 if name.startswith(("float", "int", "uint", "complex")) and digits.isdigit() else None


def kind_of(nodes: Iterable[GraphNode]) -> GraphKind:
    """Who made the graph of these nodes."""
    has_text = False
    for node in nodes:
        if "::" in node.op or node.op == "IO Node":
            return GraphKind.TORCH
        has_text |= node.text is not None
    return GraphKind.ONNX if has_text else GraphKind.TENSORFLOW


def parameters_of(kind: GraphKind, nodes: Sequence[GraphNode], links: Links) -> dict[int, Weights]:
    """What each parameter among the nodes holds, by its place; those of a Keras model are in its configuration."""
    match kind:
        case GraphKind.TORCH:
            return _of_torch(nodes, links)
        case GraphKind.ONNX:
            return _of_onnx(nodes, links)
        case _:
            return _of_tensorflow(nodes, links)


def _of_torch(nodes: Sequence[GraphNode], links: Links) -> dict[int, Weights]:
    """Attributes of modules; two nodes of one attribute are one parameter.

    torch's own writer gives no shapes of them: some follow from those of the operations that take them.
    """
    found: dict[int, Weights] = {}
    seen: set[str] = set()
    for place, node in enumerate(nodes):
        if node.op != "prim::GetAttr":
            continue
        attribute = node.name.rpartition("/")[0]
        if attribute in seen or attribute.rpartition("/")[2] in _BUFFERS:
            continue
        shape = node.shapes[0] if node.shapes else inferred_shape(place, nodes, links.inputs, links.outputs)
        seen.add(attribute)
        found[place] = weights_of_shape(shape, node.dtype, None)
    return found


def _of_onnx(nodes: Sequence[GraphNode], links: Links) -> dict[int, Weights]:
    """Variables that are taken where an operation has its weights.

    They are listed as the model's inputs are. What is only added or multiplied is a weight if it is a row of numbers.
    """
    found: dict[int, Weights] = {}
    for place, node in enumerate(nodes):
        if node.op == "Variable" and not node.inputs and node.shapes and node.shapes[0]:
            places = (
                (user, at)
                for user in links.outputs[place]
                for at, source in enumerate(links.inputs[user][:_MOST_ONNX_INPUTS])
                if source == place
            )
            if any(_is_onnx_weight(nodes[user].op, at, node.shapes[0]) for user, at in places):
                found[place] = weights_of_shape(node.shapes[0], node.dtype, None)
    return found


def _is_onnx_weight(op: str, at: int, shape: Shape) -> bool:
    if shape is None or None in shape or at not in _ONNX_WEIGHTS.get(op, ()):
        return False
    elementwise = op in ("Add", "Sub", "Mul", "Div")
    # Either side of a product may be a weight; an input of the model has a batch of one or more in front.
    return len(shape) == 1 if elementwise else len(shape) == 2 if (op, at) == ("MatMul", 0) else True


def _of_tensorflow(nodes: Sequence[GraphNode], links: Links) -> dict[int, Weights]:
    """Variables of real numbers, and in the graph of a function those it reads; neither an optimizer's nor counters.

    An operation that applies gradients tells a trained variable, its first input, from what it keeps beside.
    """
    applied, kept = _of_optimizers(nodes, links.inputs)
    found: dict[int, Weights] = {}
    for place, node in enumerate(nodes):
        if place in kept or any(nodes[user].op.startswith("AssignAdd") for user in links.outputs[place]):
            continue
        variable = _variable(place, node, nodes, links.outputs)
        if variable is not None and variable[1].startswith(_REAL):
            found[place] = weights_of_shape(*variable, place in applied if applied else None)
    return found


def _variable(
    place: int, node: GraphNode, nodes: Sequence[GraphNode], outputs: Sequence[Sequence[int]]
) -> tuple[Shape, str] | None:
    """Shape and type of the variable that a node is."""
    if node.op in _VARIABLES:
        shape = node.shapes[0] if node.shapes else None
        return shape, node.dtype
    if node.dtype == "resource" and node.op in ("Placeholder", "_Arg"):
        for user in outputs[place]:
            if nodes[user].op == "ReadVariableOp" and nodes[user].shapes:
                return nodes[user].shapes[0], nodes[user].dtype
    return None


def _of_optimizers(nodes: Sequence[GraphNode], inputs: Sequence[Sequence[int]]) -> tuple[set[int], set[int]]:
    """The places that gradients are applied to, and those of what optimizers keep."""
    applied: set[int] = set()
    kept: set[int] = set()
    for place, node in enumerate(nodes):
        if node.op.startswith(("Apply", "ResourceApply", "SparseApply", "ResourceSparseApply")) and inputs[place]:
            applied.add(inputs[place][0])
            kept.update(_origin(source, nodes, inputs) for source in inputs[place][1:])
    return applied, kept - applied


def _origin(place: int, nodes: Sequence[GraphNode], inputs: Sequence[Sequence[int]]) -> int:
    """The variable that an input is read from."""
    passed = place >= 0 and nodes[place].op in _PASSED_ON and inputs[place]
    return inputs[place][0] if passed else place

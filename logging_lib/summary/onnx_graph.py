"""ONNX files -> nodes, much as torch.utils.tensorboard names them."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Mapping
from typing import Any

from logging_lib.summary.graph import Shape, node_def, output_shapes, shape_attribute, text_attribute
from logging_lib.tfevents.proto import graph_pb2
from logging_lib.tfevents.tensor import dtype_name

_LONGEST_ATTRIBUTE = 1000
# TensorFlow's DataType by that of onnx.TensorProto; 0 for what TensorFlow has not.
_TYPES = (0, 1, 4, 6, 17, 5, 3, 9, 7, 10, 19, 2, 22, 23, 8, 18, 14, 25, 26, 24, 28, 30, 29, 33, 0, 32, 31)
# Fields of an onnx.AttributeProto that are not its value.
_ABOUT_ATTRIBUTE = {"name", "type", "doc_string", "ref_attr_name"}


def load_onnx_graph(path: str | os.PathLike[str]) -> Any:
    """The onnx.GraphProto of a file.

    Raises:
        ImportError: the package onnx is not installed.
        OSError: the file cannot be read.
        TypeError: not a path.
        ValueError: it holds no graph.
    """
    name = os.fspath(path)
    try:
        onnx: Any = importlib.import_module("onnx")
    except ImportError as error:
        raise ImportError(f"add_onnx_graph needs the package onnx (pip install onnx): {error}") from error
    try:
        graph = onnx.load(name, load_external_data=False).graph
    except OSError:
        raise
    except Exception as error:  # each of its formats has an error of its own
        raise ValueError(f"add_onnx_graph: {name} is no ONNX model: {' '.join(str(error).split())}") from error
    if not graph.node:
        raise ValueError(f"add_onnx_graph: {name} holds no graph")
    return graph


def onnx_nodes(graph: Any) -> list[bytes]:
    """The nodes of an onnx.GraphProto, serialized: inputs, weights, outputs, then operations.

    An operation is named by its first output, and `<name>:1` is its second. The graphs inside one (the branches of
    an If) are not descended into.
    """
    names = _Names()
    inputs = [names.add(info.name) for info in graph.input]
    weights = [tensor for tensor in graph.initializer if tensor.name not in names]  # old files list all as inputs
    weight_names = [names.add(tensor.name) for tensor in weights]
    operations = [names.add_operation(node.output) for node in graph.node]
    outputs = [names.unique(f"output/{info.name}") for info in graph.output]
    shapes = {info.name: _shape(info) for info in (*graph.value_info, *graph.output)}
    return [
        *(_variable(name, _type(info), _shape(info)) for name, info in zip(inputs, graph.input, strict=True)),
        *(_variable(name, tensor.data_type, tensor.dims) for name, tensor in zip(weight_names, weights, strict=True)),
        *(
            _variable(name, _type(info), _shape(info), names.of([info.name]))
            for name, info in zip(outputs, graph.output, strict=True)
        ),
        *(
            _operation(name, node, names.of(node.input), shapes)
            for name, node in zip(operations, graph.node, strict=True)
        ),
    ]


class _Names:
    """Names of nodes, and how values are referred to by theirs."""

    def __init__(self) -> None:
        self._references: dict[str, str] = {}
        self._taken: set[str] = set()

    def __contains__(self, value: str) -> bool:
        return value in self._references

    def unique(self, value: str) -> str:
        """A node's name: TensorBoard takes `:0` at its end for an output, and a `/` there for a box without a name."""
        name = value.replace(":", "_").strip("/") or "unnamed"
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def add(self, value: str) -> str:
        name = self._references[value] = self.unique(value)
        return name

    def add_operation(self, values: Iterable[str]) -> str:
        outputs = list(values)  # an empty one is of no use to the model
        name = self.unique(next(filter(None, outputs), ""))
        self._references |= {value: f"{name}:{i}" if i else name for i, value in enumerate(outputs) if value}
        return name

    def of(self, values: Iterable[str]) -> list[str]:
        """References; none to an input that is left out."""
        return [self._references[value] for value in values if value in self._references]


def _variable(name: str, elem_type: int, shape: Shape, inputs: Iterable[str] = ()) -> bytes:
    attributes = {"shape": shape_attribute(shape)}
    if dtype := _dtype(elem_type):
        attributes["dtype"] = graph_pb2.AttrValue(type=dtype)
    return node_def(name, "Variable", inputs, attributes)


def _operation(name: str, node: Any, inputs: Iterable[str], shapes: Mapping[str, Shape]) -> bytes:
    attributes = {"parameters": text_attribute(", ".join(map(_text, node.attribute)))}
    if any(output in shapes for output in node.output):
        attributes["_output_shapes"] = output_shapes(shapes.get(output) for output in node.output)
    return node_def(name, node.op_type, inputs, attributes)


def _type(info: Any) -> int:
    elem_type: int = info.type.tensor_type.elem_type
    return elem_type


def _dtype(elem_type: int) -> int:
    return _TYPES[elem_type] if 0 <= elem_type < len(_TYPES) else 0


def _shape(info: Any) -> Shape:
    tensor = info.type.tensor_type
    if not tensor.HasField("shape"):
        return None
    return [dim.dim_value if dim.HasField("dim_value") else None for dim in tensor.shape.dim]


def _text(attribute: Any) -> str:
    values = [
        _value(field.name, value) for field, value in attribute.ListFields() if field.name not in _ABOUT_ATTRIBUTE
    ]
    text = f"{attribute.name} = {values[0] if values else '[]'}"
    return text if len(text) <= _LONGEST_ATTRIBUTE else f"{text[:_LONGEST_ATTRIBUTE]}..."


def _value(field: str, value: Any) -> str:
    match field:
        case "s":
            return bytes(value).decode(errors="replace")
        case "strings":
            return str([item.decode(errors="replace") for item in value])
        case "t":  # a weight, which may have gigabytes
            return f"{dtype_name(_dtype(value.data_type))}{list(value.dims)}"
        case "g":
            return f"graph of {len(value.node)} nodes"
        case "tensors" | "graphs":
            return str([_value(field[0], item) for item in value])
        case _:
            return " ".join(str(value).split())

"""A graph of torch.jit -> nodes, with torch.utils.tensorboard's names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from logging_lib.summary.graph import node_def, output_shapes, text_attribute

_GET_ATTRIBUTE = "prim::GetAttr"
_ROOT = "__module"  # begins the name of a module in a scope: `__module.body/__module.body.0`


def torch_nodes(model: Any, graph: Any) -> list[bytes]:
    """The nodes of a traced or scripted model, serialized: its inputs, its outputs, then what it computes.

    A node is a value: an operation of three outputs is three nodes. It is named `<class>/<class>[<attribute>]/...`
    by the modules that it is in, `input/...` and `output/...` for the model's own.

    Args:
        model: the module or function that the graph is of.
        graph: its inlined torch._C.Graph.
    """
    nodes = _Nodes(model)
    inputs = [nodes.add_input(value) for value in graph.inputs() if value.uses() and not _is_module(value)]
    computed = [made for node in graph.nodes() for made in nodes.add(node)]
    outputs = [nodes.output(f"output/output.{number}", value) for number, value in enumerate(graph.outputs(), 1)]
    return [*inputs, *outputs, *computed]


class _Nodes:
    """Names values in the order they are computed in, so that each finds its inputs named."""

    def __init__(self, model: Any) -> None:
        self._root, modules, self._tensors = _parts_of(model)
        self._modules = {path: f"{kind}[{path.rpartition('.')[2]}]" for path, kind in modules.items()}
        self._names: dict[str, str] = {}  # by the value's name in torch, which is unique in the graph
        self._attributes: dict[str, str] = {}  # the scopes of modules' attributes, by the same
        self._scopes: dict[str, str] = {"": self._root}

    def add_input(self, value: Any) -> bytes:
        name = self._names[value.debugName()] = f"input/{value.debugName()}"
        return _node(name, "IO Node", (), "", _shape(value))

    def output(self, name: str, value: Any) -> bytes:
        return _node(name, "IO Node", self._named([value]), "", _shape(value))

    def add(self, node: Any) -> Iterable[bytes]:
        kind = node.kind()
        if kind == _GET_ATTRIBUTE:
            return self._add_attribute(node)
        scope, inputs, text = self._scope(node.scopeName()), self._named(node.inputs()), _text(node)
        return [_node(self._name(value, scope), kind, inputs, text, _shape(value)) for value in node.outputs()]

    def _add_attribute(self, node: Any) -> Iterable[bytes]:
        """A parameter, a buffer or a constant of a module; a module itself is no node, its name is in the scopes."""
        value = node.output()
        parent = self._attributes.get(node.input().debugName(), "")
        path = f"{parent.rpartition('/')[2] or _ROOT}.{node.s('name')}"
        scope = self._attributes[value.debugName()] = f"{parent}/{path}" if parent else path
        if _is_module(value):
            return []
        tensor = self._tensors.get(path.removeprefix(f"{_ROOT}."))
        shape = _shape(value) if tensor is None else list(tensor.shape)
        return [_node(self._name(value, self._scope(scope)), _GET_ATTRIBUTE, (), _text(node), shape)]

    def _name(self, value: Any, scope: str) -> str:
        key = value.debugName()
        name = self._names[key] = f"{scope}/{key}"
        return name

    def _named(self, values: Iterable[Any]) -> list[str]:
        keys = (value.debugName() for value in values)
        return [self._names[key] for key in keys if key in self._names]

    def _scope(self, scope: str) -> str:
        found = self._scopes.get(scope)
        if found is None:
            parts = (self._modules.get(path) or path.rpartition(".")[2] for path in scope.split("/"))
            found = self._scopes[scope] = "/".join(part for part in (self._root, *parts) if part)
        return found


def _parts_of(model: Any) -> tuple[str, dict[str, str], dict[str, Any]]:
    """The model's class, those of its modules by path, and its parameters and buffers by theirs; a function has none.

    A module in two places has two paths, and the graph knows it by either.
    """
    if not hasattr(model, "named_modules"):
        return model.name, {}, {}
    modules = dict(model.named_modules(prefix=_ROOT, remove_duplicate=False))
    tensors = (*model.named_parameters(remove_duplicate=False), *model.named_buffers(remove_duplicate=False))
    return _class_name(model), {path: _class_name(module) for path, module in modules.items()}, dict(tensors)


def _class_name(module: Any) -> str:
    """A scripted module's class is torch's own; it remembers the name of the one that it was."""
    kind = type(module)
    name: str = module.original_name if kind.__module__.startswith("torch.jit.") else kind.__name__
    return name


def _is_module(value: Any) -> bool:
    return bool(value.type().kind() == "ClassType")


def _shape(value: Any) -> list[int] | None:
    return value.type().sizes() if value.isCompleteTensor() else None


def _node(name: str, op: str, inputs: Iterable[str], text: str, shape: list[int] | None) -> bytes:
    attributes = {"attr": text_attribute(text)}
    if shape is not None:
        attributes["_output_shapes"] = output_shapes([shape])
    return node_def(name, op, inputs, attributes)


def _text(node: Any) -> str:
    """The node's attributes as a dict prints; without quotes, as torch writes it for TensorBoard's sake."""
    keys = node.attributeNames()
    return str({key: _attribute(node, key) for key in keys}).replace("'", " ") if keys else "{}"


def _attribute(node: Any, key: str) -> Any:
    kind = node.kindOf(key)
    return getattr(node, "c" if kind == "cs" else kind)(key)  # torch says cs of one complex number, and reads it by c

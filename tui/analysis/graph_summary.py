"""The table of a model's layers, as torchinfo and Keras print it: layer and type, output shape, parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from tui.analysis.graph_links import Links
from tui.analysis.graph_parameters import NO_WEIGHTS, GraphKind, Weights
from tui.analysis.graph_tree import GraphTree
from tui.reader.payload import GraphNode
from tui.reader.payload.graph import Shape

_MODULE = re.compile(r"(?P<type>.*)\[(?P<name>[^\[\]]*)\]")
# What only hands a tensor on, or asks about one: no layer is made of these alone, nor shaped by them.
_NO_LAYER = ("prim::", "aten::size", "aten::Int", "aten::dim", "aten::t", "aten::detach", "IO Node")
# Between a variable and the operation that computes with it.
_READING = ("Identity", "ReadVariableOp", "Enter", "Cast", "Switch", "RefSwitch")
_MOST_STEPS = 8
"""Nodes between a parameter and what computes with it: a chain of more is not followed, nor more users than these²."""
_NOT_COMPUTING = ("Assign", "Save", "Restore", "Apply", "ResourceApply", "IsVariableInitialized", "VarIsInitialized")


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A layer: `item` is where it is in the tree, `shape` that of its output, None where it is not known."""

    name: str
    type: str
    shape: Shape
    weights: Weights
    item: int


def summary_rows(
    kind: GraphKind,
    nodes: Sequence[GraphNode],
    links: Links,
    parameters: Mapping[int, Weights],
    tree: GraphTree,
    shapes: Sequence[Shape],
) -> list[SummaryRow]:
    """The layers, in the order in which the graph names them."""
    match kind:
        case GraphKind.TORCH:
            return _of_torch(nodes, links, parameters, tree, shapes)
        case GraphKind.KERAS:
            return _of_keras(nodes, parameters, tree)
        case GraphKind.ONNX:
            return _of_users(nodes, links, parameters, tree, by_user=True)
        case _:
            return _of_users(nodes, links, parameters, tree, by_user=False)


# PyTorch: a layer is a module that computes something


def _of_torch(
    nodes: Sequence[GraphNode],
    links: Links,
    parameters: Mapping[int, Weights],
    tree: GraphTree,
    shapes: Sequence[Shape],
) -> list[SummaryRow]:
    """Modules by their scopes, each where it first computes something."""
    named = _ModuleNames(nodes, links, parameters)
    first: dict[tuple[str, str], int] = {}
    weights: dict[tuple[str, str], Weights] = {}
    for place, node in enumerate(nodes):
        scope = _scope(node.name)
        if not node.op.startswith(_NO_LAYER) and not named.called.get(scope):
            first.setdefault((scope, named.of(scope)), place)
    for place, held in parameters.items():
        module = named.owners[place]
        first.setdefault(module, _user(place, nodes, links))
        weights[module] = weights.get(module, NO_WEIGHTS) + held
    rows = []
    for module, place in sorted(first.items(), key=lambda pair: pair[1]):
        scope, called = module
        name, kind = _module(called)
        item = _item_of_scope(tree, tree.item_of[place], scope)
        alone = len(named.called.get(scope, ())) < 2
        shape = shapes[item] if alone else next(iter(nodes[place].shapes), None)
        rows.append(SummaryRow(name, kind, shape, weights.get(module, NO_WEIGHTS), item))
    return rows


class _ModuleNames:
    """What modules are called: as their parameters are, `Net/ModuleList[blocks]/Linear[0]`.

    What calls the modules of a container one by one leaves the container out of the scopes of its operations,
    `Net/Linear[0]`, but not of those of its parameters. So modules of two containers may have one scope.
    """

    def __init__(self, nodes: Sequence[GraphNode], links: Links, parameters: Mapping[int, Weights]) -> None:
        self.owners: dict[int, tuple[str, str]] = {}
        """Of each parameter the scope that computes with it, and the name of the module."""
        self.called: dict[str, dict[str, None]] = {}
        """Of a scope that computes with a module's parameters the names of all such modules."""
        self._inside: dict[str, set[str]] = {}
        for place in parameters:
            module, user = _scope(_scope(nodes[place].name)), _user(place, nodes, links)
            scope = module if user == place else _scope(nodes[user].name)
            if scope.rpartition("/")[2] == module.rpartition("/")[2]:
                self.called.setdefault(scope, {})[module] = None
                self._learn(scope, module)
            self.owners[place] = scope, module
        for place, (scope, module) in self.owners.items():
            if module not in self.called.get(scope, ()):
                self.owners[place] = scope, self.of(scope)

    def _learn(self, scope: str, module: str) -> None:
        """The same module is called so: what both end with is around it, too."""
        while scope and module and scope.rpartition("/")[2] == module.rpartition("/")[2]:
            if module in self._inside.setdefault(scope, set()):
                return
            self._inside[scope].add(module)
            scope, module = _scope(scope), _scope(module)

    def of(self, scope: str) -> str:
        """What the module of a scope is called; by its scope where that could be several."""
        around, inside = scope, ""
        while around and around not in self._inside:
            around, _, last = around.rpartition("/")
            inside = f"/{last}{inside}"
        names = self._inside.get(around, ())
        return next(iter(names)) + inside if len(names) == 1 else scope


def _scope(name: str) -> str:
    return name.rpartition("/")[0]


def _user(place: int, nodes: Sequence[GraphNode], links: Links) -> int:
    """The first that computes with a parameter: itself where nothing does."""
    at = place
    for _ in range(_MOST_STEPS):
        if not links.outputs[at] or nodes[at].op == "IO Node":
            break
        at = links.outputs[at][0]
        if not nodes[at].op.startswith(_NO_LAYER):
            return at
    return place


def _module(scope: str) -> tuple[str, str]:
    """Name and class: `Net/Sequential[body]/Linear[0]` -> `body.0`, `Linear`."""
    parts = [_MODULE.fullmatch(part) for part in scope.split("/")]
    names = [found["name"] for found in parts if found is not None]
    last = parts[-1]
    return ".".join(names) or scope, last["type"] if last is not None else scope.rpartition("/")[2]


def _item_of_scope(tree: GraphTree, item: int, scope: str) -> int:
    """The item that stands for a scope, from one of the nodes in it upwards."""
    inside = [above for above in tree.line_of(item) if len(tree.path(above)) >= len(scope)]
    return inside[-1] if inside else item


# Keras: a layer is a node


def _of_keras(nodes: Sequence[GraphNode], weights: Mapping[int, Weights], tree: GraphTree) -> list[SummaryRow]:
    """All layers, without the models that they are in."""
    models = {node.name for node in nodes if node.op in ("Sequential", "Functional", "Model")}
    models |= {node.name.rpartition("/")[0] for node in nodes}
    root = nodes[0].name if nodes else ""
    return [
        SummaryRow(
            node.name.removeprefix(f"{root}/").replace("/", "."),
            node.op,
            node.shapes[0] if node.shapes else None,
            weights.get(place, NO_WEIGHTS),
            tree.item_of[place],
        )
        for place, node in enumerate(nodes)
        if node.name not in models
    ]


# TensorFlow and ONNX: a layer is what has parameters


def _of_users(
    nodes: Sequence[GraphNode],
    links: Links,
    parameters: Mapping[int, Weights],
    tree: GraphTree,
    *,
    by_user: bool,
) -> list[SummaryRow]:
    """Parameters put together by the operation that takes them, or by the scope that they are in."""
    held: dict[str, Weights] = {}
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    items: dict[str, int] = {}
    for place, weights in parameters.items():
        user = _computing(place, nodes, links)
        name = nodes[user].name if by_user else _variable_scope(nodes[place])
        held[name] = held.get(name, NO_WEIGHTS) + weights
        first.setdefault(name, user)
        last[name] = max(last.get(name, user), user)
        items.setdefault(name, tree.item_of[user] if by_user else _item_of_scope(tree, tree.item_of[place], name))
    rows = []
    for name, weights in held.items():
        shape = nodes[last[name]].shapes[0] if nodes[last[name]].shapes else None
        rows.append(SummaryRow(name, nodes[first[name]].op, shape, weights, items[name]))
    return rows


def _variable_scope(node: GraphNode) -> str:
    """Where a variable is; in the graph of a function that is where it is read: `dense/MatMul/ReadVariableOp/...`."""
    scope = _scope(node.name) or node.name
    return scope.partition("/ReadVariableOp")[0].rpartition("/")[0] if "/ReadVariableOp" in scope else scope


def _computing(place: int, nodes: Sequence[GraphNode], links: Links) -> int:
    """The first operation that computes with a variable: itself where none does."""
    level = [place]
    for _ in range(_MOST_STEPS):
        users = list(islice((user for at in level for user in links.outputs[at]), _MOST_STEPS**2))
        for user in users:
            op = nodes[user].op
            if not op.startswith(_NOT_COMPUTING) and op not in _READING and not _is_gradient(nodes[user].name):
                return user
        level = [user for user in users if nodes[user].op in _READING]
    return place


def _is_gradient(name: str) -> bool:
    return name.startswith("gradients") or "/gradients/" in name

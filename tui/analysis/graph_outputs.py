"""What the scopes of a graph give to the rest of it."""

from __future__ import annotations

from collections.abc import Sequence

from tui.analysis.graph_links import Links
from tui.analysis.graph_tree import GraphTree
from tui.reader.payload import GraphNode
from tui.reader.payload.graph import Shape

_MOST_USERS = 1000


def output_shapes(tree: GraphTree, nodes: Sequence[GraphNode], links: Links, *, of_scopes: bool) -> list[Shape]:
    """The shape of each item's output: a node's first, and a scope's that of the last operation taken outside of it.

    Of an operation that is logged as a node for each of its outputs the first counts, the others are states. The scopes
    of TensorFlow's graphs have none (`of_scopes`): gradients take nearly everything out of them.
    """
    shapes: list[Shape] = [None] * len(tree.labels)
    named = any(node.op == "IO Node" for node in nodes)
    before = -1
    for place, node in enumerate(nodes):
        if not node.shapes:
            continue
        shapes[tree.item_of[place]] = node.shapes[0]
        again = before >= 0 and node.inputs and (node.op, node.inputs) == (nodes[before].op, nodes[before].inputs)
        if not of_scopes or again or node.op.startswith("prim::"):
            continue
        taken = [tree.item_of[user] for user in links.outputs[place]]
        if named and not taken:  # a counter that is only added to
            continue
        before = place if taken else before
        for scope in _left(tree, tree.item_of[place], taken):
            # What nothing takes is a result, too, of a graph without nodes for its results.
            if tree.nodes[scope] < 0 and (taken or shapes[scope] is None):
                shapes[scope] = node.shapes[0]
    return shapes


def _left(tree: GraphTree, item: int, users: Sequence[int]) -> list[int]:
    """The scopes of an item that one of these users is outside of: all of them without users."""
    line = tree.line_of(item)[1:-1]
    left = 0 if users else len(line)
    for user in users[:_MOST_USERS]:
        inside = set(tree.line_of(user))
        left = max(left, next((at for at, scope in enumerate(line) if scope in inside), len(line)))
    return line[:left]

"""A graph's nodes as a tree of the scopes in their names, with what lies below each of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tui.analysis.graph_parameters import NO_WEIGHTS, Weights
from tui.reader.payload import GraphNode

MOST_ITEMS = 500_000
"""Scopes and nodes of a tree: names that would make more of them have none, for a short file can hold very many."""
DEEPEST = 100
"""Parts of a name that make scopes of their own; the rest of a longer one stands in one piece."""


@dataclass(frozen=True, slots=True, eq=False)
class GraphTree:
    """Items 0 to n-1, an item after the one that it is in; item 0 is the whole graph and has no name.

    `labels` are the names of items in their scopes; a scope with nothing but one item in it is one with it, its label
    has a slash inside. `parents` of item 0 is -1. `nodes` are places in the list of nodes, -1 for a mere scope.
    `counts` and `weights` are those of all nodes from the item downwards; `item_of` is the item of each node.
    """

    labels: Sequence[str]
    parents: Sequence[int]
    children: Sequence[Sequence[int]]
    nodes: Sequence[int]
    counts: Sequence[int]
    weights: Sequence[Weights]
    item_of: Sequence[int]

    def path(self, item: int) -> str:
        """The full name of an item."""
        return "/".join(self.labels[above] for above in reversed(self.line_of(item)[:-1]))

    def line_of(self, item: int) -> list[int]:
        """The item and all that it is in, the whole graph last."""
        line = [item]
        while self.parents[line[-1]] >= 0:
            line.append(self.parents[line[-1]])
        return line


class _Growing:
    """Items as they are found, scopes not yet put together."""

    def __init__(self) -> None:
        self.labels, self.parents, self.nodes = [""], [-1], [-1]
        self.children: list[list[int]] = [[]]
        self._known: dict[tuple[int, str], int] = {}

    def add(self, name: str, node: int) -> int:
        """Put a node where its name says; beside another of the same name it is an item of its own."""
        parts = name.split("/", DEEPEST - 1) if len(self.labels) < MOST_ITEMS else [name]
        at = 0
        for part in parts:
            at = self._known[at, part] if (at, part) in self._known else self._new(at, part)
        if self.nodes[at] >= 0:
            at = self._new(self.parents[at], parts[-1])
        self.nodes[at] = node
        return at

    def _new(self, parent: int, label: str) -> int:
        item = len(self.labels)
        self.labels.append(label)
        self.parents.append(parent)
        self.nodes.append(-1)
        self.children.append([])
        self.children[parent].append(item)
        self._known.setdefault((parent, label), item)
        return item


def graph_tree(nodes: Sequence[GraphNode], weights: Mapping[int, Weights]) -> GraphTree:
    """The tree of nodes, in the order they come in; `weights` are those of the nodes that have some, by place."""
    growing = _Growing()
    for place, node in enumerate(nodes):
        growing.add(node.name or "(no name)", place)
    return _totals(growing, _kept(growing), len(nodes), weights)


def _kept(growing: _Growing) -> list[int]:
    """The items that stay, in order: all but scopes with one thing in them."""
    return [
        item
        for item, children in enumerate(growing.children)
        if item == 0 or growing.nodes[item] >= 0 or len(children) > 1
    ]


def _totals(growing: _Growing, kept: list[int], count: int, weights: Mapping[int, Weights]) -> GraphTree:
    place_of = {item: place for place, item in enumerate(kept)}
    labels, parents = [""], [-1]
    children: list[list[int]] = [[] for _ in kept]
    for place, item in enumerate(kept[1:], 1):
        parts, above = [growing.labels[item]], growing.parents[item]
        while above not in place_of:
            parts.append(growing.labels[above])
            above = growing.parents[above]
        labels.append("/".join(reversed(parts)))
        parents.append(place_of[above])
        children[place_of[above]].append(place)
    nodes = [growing.nodes[item] for item in kept]
    item_of = [0] * count
    counts, sums = [int(node >= 0) for node in nodes], [weights.get(node, NO_WEIGHTS) for node in nodes]
    for item in range(len(kept) - 1, 0, -1):
        counts[parents[item]] += counts[item]
        if sums[item] is not NO_WEIGHTS:
            sums[parents[item]] += sums[item]
        if nodes[item] >= 0:
            item_of[nodes[item]] = item
    return GraphTree(labels, parents, children, nodes, counts, sums, item_of)


def unfolded(tree: GraphTree, lines: int) -> set[int]:
    """The items to open at first: level by level, as long as no more than `lines` stand there.

    A scope that is the only one of its level is opened in any case: folded it would tell nothing.
    """
    opened, level, shown = {0}, list(tree.children[0]), len(tree.children[0])
    while level:
        wider = [item for item in level if tree.children[item]]
        below = [child for item in wider for child in tree.children[item]]
        if not below or (shown + len(below) > lines and len(wider) > 1):
            break
        opened.update(wider)
        shown += len(below)
        level = below
    return opened


def listed(
    tree: GraphTree, opened: set[int], key: Callable[[int], tuple[int, int]] | None = None
) -> tuple[list[int], list[int]]:
    """The items that are seen with these open, and how deep each lies; sorted by `key` in their scopes where given."""
    items: list[int] = []
    depths: list[int] = []
    stack = [(item, 0) for item in reversed(_ordered(tree.children[0], key))]
    while stack:
        item, depth = stack.pop()
        items.append(item)
        depths.append(depth)
        if item in opened:
            stack.extend((child, depth + 1) for child in reversed(_ordered(tree.children[item], key)))
    return items, depths


def _ordered(items: Sequence[int], key: Callable[[int], tuple[int, int]] | None) -> Sequence[int]:
    return items if key is None else sorted(items, key=key)


def matching(
    tree: GraphTree,
    nodes: Sequence[GraphNode],
    found: Callable[[str], re.Match[str] | None],
    *,
    full_names: bool,
) -> list[int]:
    """The items whose label or operation matches; with `full_names` also those whose full name does.

    A full name counts only where the match reaches into the item's own label: else all that is in a scope would match
    with it.
    """
    ops = {op for op in {node.op for node in nodes} if op and found(op)}
    matches = [
        item
        for item in range(1, len(tree.labels))
        if (tree.nodes[item] >= 0 and nodes[tree.nodes[item]].op in ops) or found(tree.labels[item])
    ]
    if not full_names:
        return matches
    paths = [""] * len(tree.labels)
    known = set(matches)
    for item in range(1, len(tree.labels)):
        above = paths[tree.parents[item]]
        paths[item] = f"{above}/{tree.labels[item]}" if above else tree.labels[item]
        match = found(paths[item])
        if match is not None and match.end() > len(above):
            known.add(item)
    return sorted(known)


def op_counts(nodes: Sequence[GraphNode]) -> list[tuple[str, int]]:
    """How many nodes there are of each operation, the most frequent first."""
    return sorted(Counter(node.op for node in nodes).items(), key=lambda pair: (-pair[1], pair[0]))

"""Scopes, what lies below them, folding, searching, links."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.analysis.graphs import model_of, node
from tui.analysis.graph_links import links_of
from tui.analysis.graph_parameters import NO_WEIGHTS, Weights
from tui.analysis.graph_tree import DEEPEST, GraphTree, graph_tree, listed, matching, op_counts, unfolded

NAMES = ["input/x", "net/a/weight", "net/a/mul", "net/b/c/d/add", "net/out", "net"]


def tree_of(*names: str, weights: dict[int, Weights] | None = None) -> GraphTree:
    return graph_tree([node(name) for name in names], weights or {})


def everything(tree: GraphTree) -> list[str]:
    """All lines, unfolded, indented by dots."""
    items, depths = listed(tree, set(range(len(tree.labels))))
    return ["." * depth + tree.labels[item] for item, depth in zip(items, depths, strict=True)]


def test_a_scope_with_one_thing_in_it_is_one_with_it() -> None:
    assert everything(tree_of(*NAMES)) == ["input/x", "net", ".a", "..weight", "..mul", ".b/c/d/add", ".out"]


def test_a_node_that_is_a_scope_too() -> None:
    tree = tree_of("v/read", "v", "v/assign")
    assert everything(tree) == ["v", ".read", ".assign"]
    assert tree.nodes[1] == 1
    assert tree.counts[:2] == [3, 3]


def test_what_lies_below() -> None:
    tree = tree_of(*NAMES, weights={1: Weights(6, None, 24), 4: Weights(2, None, 8, unknown=1)})
    by_path = {tree.path(item): item for item in range(1, len(tree.labels))}
    assert {path: tree.counts[item] for path, item in by_path.items()} == {
        "input/x": 1, "net": 5, "net/a": 2, "net/a/weight": 1, "net/a/mul": 1, "net/b/c/d/add": 1, "net/out": 1,
    }  # fmt: skip
    assert tree.weights[0] == tree.weights[by_path["net"]] == Weights(8, None, 32, unknown=1)
    assert tree.weights[by_path["net/a"]] == Weights(6, None, 24)
    assert tree.weights[by_path["net/a/mul"]] is NO_WEIGHTS
    assert [tree.path(item) for item in tree.item_of] == NAMES


def test_nodes_of_one_name_are_all_there() -> None:
    tree = tree_of("a/b", "a/b", "a/c", "a/b")
    assert everything(tree) == ["a", ".b", ".c", ".b", ".b"] or everything(tree) == ["a", ".b", ".b", ".c", ".b"]
    assert tree.counts[0] == 4
    assert len(set(tree.item_of)) == 4


def test_a_name_of_a_thousand_levels() -> None:
    deep = "/".join(map(str, range(1000)))
    tree = tree_of(deep, "/".join(map(str, range(DEEPEST - 2))) + "/x", "")
    assert len(tree.labels) == 5
    assert tree.path(tree.item_of[0]) == deep
    assert tree.path(tree.item_of[2]) == "(no name)"
    many = tree_of(*("/".join(["s"] * depth) for depth in range(1, 1001)))
    assert max(listed(many, set(range(len(many.labels))))[1]) == DEEPEST - 1
    assert many.counts[0] == 1000


def test_names_that_would_make_more_scopes_than_anybody_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.analysis.graph_tree.MOST_ITEMS", 5)
    assert everything(tree_of("a/b", "a/c", "d/e", "d/f", "g/h")) == ["a", ".b", ".c", "d/e", "d/f", "g/h"]


@given(st.lists(st.text("ab/", max_size=8), max_size=30))
def test_every_node_is_in_the_tree_once(names: list[str]) -> None:
    tree = tree_of(*names)
    assert tree.counts[0] == len(names)
    assert sorted(place for place in tree.nodes if place >= 0) == list(range(len(names)))
    assert [tree.path(item) for item in tree.item_of] == [name or "(no name)" for name in names]
    for item, parent in enumerate(tree.parents):
        assert parent < item
        assert item == 0 or tree.nodes[item] >= 0 or len(tree.children[item]) > 1
    items, _ = listed(tree, set(range(len(tree.labels))))
    assert sorted(items) == list(range(1, len(tree.labels)))


def test_as_much_is_unfolded_as_fits() -> None:
    tree = tree_of(*(f"net/{layer}/{op}" for layer in range(5) for op in range(4)), "input")
    assert [len(listed(tree, unfolded(tree, lines))[0]) for lines in (1, 6, 26, 27)] == [7, 7, 7, 27]
    alone = tree_of(*(f"net/{layer}" for layer in range(50)))
    assert len(listed(alone, unfolded(alone, 10))[0]) == 51


def test_sorted_inside_their_scopes() -> None:
    tree = tree_of("a/x", "a/y", "b", weights={1: Weights(5), 2: Weights(9)})
    items, _ = listed(tree, {0, 1}, lambda item: (-tree.weights[item].total, 0))
    assert [tree.labels[item] for item in items] == ["b", "a", "y", "x"]


def test_labels_and_operations_match() -> None:
    model = model_of(node("net/conv/weight", "Get"), node("net/conv/out", "Conv2D"), node("net/relu", "Relu"))

    def found(pattern: str) -> list[str]:
        search = re.compile(pattern).search
        matches = matching(model.tree, model.nodes, search, full_names="/" in pattern)
        return [model.tree.path(item) for item in matches]

    assert found("conv") == ["net/conv"]
    assert found("^Conv2D$") == ["net/conv/out"]
    assert found("e") == ["net", "net/conv/weight", "net/relu"]
    assert found("conv/") == ["net/conv/weight", "net/conv/out"]
    assert found("net/r") == ["net/relu"]
    assert found("nothing") == []


def test_operations_by_how_many_there_are() -> None:
    assert op_counts([node("a", "X"), node("b", "Y"), node("c", "Y"), node("d", "A")]) == [("Y", 2), ("A", 1), ("X", 1)]


def test_links() -> None:
    nodes = [
        node("a"),
        node("b", "Op", "a", "a:1", "^a", "missing", "b"),
        node("c", "Op", "fn:out:0", "a:0"),
        node("a"),
        node("x:1"),
        node("d", "Op", "x:1"),
        node("fn"),
    ]
    links = links_of(nodes)
    assert links.inputs == [[], [0, 0, 0, -1, 1], [6, 0], [], [], [4], []]
    assert links.outputs == [[1, 2], [1], [], [], [5], [], [2]]


def test_functions_are_in_a_scope_of_their_own() -> None:
    model = model_of(node("a", "f"), f=(node("x"), node("y", "Op", "x:out:0", "^x")))
    assert (model.own, model.functions) == (1, 1)
    assert everything(model.tree) == ["a", "(functions)/f", ".x", ".y"]
    assert model.links.inputs == [[], [], [1, 1]]

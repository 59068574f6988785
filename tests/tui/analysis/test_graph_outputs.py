"""What scopes give to the rest of their graph."""

from __future__ import annotations

from tests.tui.analysis.graphs import model_of, node
from tui.analysis.graph_model import GraphModel


def shapes(model: GraphModel) -> dict[str, object]:
    return {model.tree.path(item): model.shapes[item] for item in range(1, len(model.tree.labels))}


def test_the_last_operation_that_is_taken_outside() -> None:
    model = model_of(
        node("input/x", "IO Node", shapes=((1,),)),
        node("m/a/first", "aten::relu", "input/x", shapes=((1, 2),)),
        node("m/a/second", "aten::relu", "m/a/first", shapes=((1, 3),)),
        node("m/a/inside", "aten::relu", "m/a/second", shapes=((1, 4),)),
        node("m/b/lstm", "aten::lstm", "m/a/second", shapes=((1, 5),)),
        node("m/b/state", "aten::lstm", "m/a/second", shapes=((1, 6),)),
        node("m/b/weight", "prim::GetAttr", shapes=((1, 7),)),
        node("output/y", "IO Node", "m/b/lstm", "m/b/state", "m/b/weight"),
    )
    found = shapes(model)
    assert (found["m/a"], found["m/b"], found["m"]) == ((1, 3), (1, 5), (1, 5))
    assert found["m/b/state"] == (1, 6)
    assert found["output/y"] is None


def test_what_nothing_takes_is_a_result() -> None:
    model = model_of(node("m/a", "aten::relu", shapes=((1,),)), node("m/b", "aten::relu", "m/a", shapes=((2,),)))
    assert shapes(model) == {"m": (2,), "m/a": (1,), "m/b": (2,)}


def test_what_nothing_takes_is_no_result_beside_those_that_are_named() -> None:
    model = model_of(
        node("input/x", "IO Node", shapes=((1,),)),
        node("m/counter", "aten::add_", shapes=((),)),
        node("m/a", "aten::relu", "input/x", shapes=((2,),)),
        node("m/pair", "prim::TupleConstruct", "m/a", "m/a"),
        node("output/y", "IO Node", "m/pair"),
    )
    assert shapes(model)["m"] is None


def test_scopes_of_tensorflow_have_no_shape_of_their_own() -> None:
    model = model_of(node("m/a", "Relu", shapes=((1,),)), node("m/b"), node("out", "Relu", "m/a", shapes=((1,),)))
    assert shapes(model)["m"] is None

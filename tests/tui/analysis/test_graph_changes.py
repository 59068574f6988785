"""Two graphs compared: which layers came, went or changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.analysis.graphs import node, traced
from tui.analysis.graph_changes import LayerChange, layer_changes, op_changes, shapes_differ
from tui.analysis.graph_parameters import NO_WEIGHTS, Weights
from tui.analysis.graph_summary import SummaryRow


def row(name: str, type: str = "Linear", shape: tuple[int | None, ...] | None = (1, 2), total: int = 0) -> SummaryRow:
    return SummaryRow(name, type, shape, Weights(total, None, 4 * total) if total else NO_WEIGHTS, 1)


def told(before: list[SummaryRow], after: list[SummaryRow]) -> list[str]:
    signs = {(True, True): "~", (False, True): "+", (True, False): "-"}
    changes = layer_changes(before, after)
    return [signs[change.before is not None, change.after is not None] + change.row.name for change in changes]


def test_what_came_went_and_changed() -> None:
    before = [row("first"), row("a"), row("gone"), row("gone too"), row("b", total=4), row("c"), row("last")]
    after = [row("new"), row("a"), row("b", total=6), row("c", "Conv"), row("last", shape=(2, 2))]
    assert told(before, after) == ["-first", "+new", "-gone", "-gone too", "~b", "~c", "~last"]
    assert told([], after)[:2] == ["+new", "+a"]
    assert told(before, [])[:2] == ["-first", "-a"]


def test_layers_of_one_name_are_told_apart_by_their_order() -> None:
    assert told([row("relu"), row("relu")], [row("relu"), row("relu"), row("relu")]) == ["+relu"]
    before, after = [row("relu"), row("relu")], [row("relu"), row("relu", shape=(3,))]
    assert layer_changes(before, after) == [LayerChange(before[1], after[1])]


def test_what_one_graph_does_not_know_is_no_difference() -> None:
    unknown = SummaryRow("a", "Linear", None, Weights(unknown=1), 1)
    assert told([row("a", total=6)], [unknown]) == []
    assert told([unknown], [row("a", total=6)]) == []
    assert not shapes_differ((None, 3), (4, 3))
    assert shapes_differ((None, 3), (4, 2))
    assert shapes_differ((3,), (3, 1))


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_nothing_is_lost(before: list[str], after: list[str]) -> None:
    changes = layer_changes([row(name) for name in before], [row(name) for name in after])
    gone = sorted(change.row.name for change in changes if change.after is None)
    new = sorted(change.row.name for change in changes if change.before is None)
    assert len(gone) + len(new) == len(changes)
    left = list(before)
    for name in gone:
        left.remove(name)
    assert sorted([*left, *new]) == sorted(after)


def test_models() -> None:
    from torch import nn, zeros

    def net(size: int, *more: nn.Module) -> nn.Module:
        return nn.Sequential(nn.Linear(3, size), nn.ReLU(), *more)

    x = zeros(2, 3)
    small, large = traced(net(4), x), traced(net(5, nn.Linear(5, 2)), x)
    assert told(list(small.rows), list(large.rows)) == ["~0", "~1", "+2"]
    changed = {op: (was, now) for op, was, now in op_changes(small.nodes, large.nodes)}
    assert changed["aten::linear"] == (1, 2)
    assert layer_changes(small.rows, small.rows) == op_changes(small.nodes, small.nodes) == []


def test_operations_by_how_much_they_differ() -> None:
    before = [node("a", "Add"), node("b", "Add"), node("c", "Mul"), node("d", "Sub")]
    after = [node("a", "Add"), node("c", "Div"), node("d", "Sub"), node("e", "Relu"), node("f", "Relu")]
    changes = [("Relu", 0, 2), ("Add", 2, 1), ("Div", 0, 1), ("Mul", 1, 0)]
    assert op_changes(before, after) == changes

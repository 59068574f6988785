"""Times and memory of a profiled run, in its graph or by themselves."""

from __future__ import annotations

from tests.tui.analysis.graphs import model_of, node
from tui.analysis.graph_model import model_of_metadata, timed
from tui.analysis.graph_parameters import GraphKind
from tui.analysis.graph_times import Times, times_by_name
from tui.reader.payload import DeviceStats, Graph, NodeStats, RunMetadata

CPU = DeviceStats(
    "/cpu", (NodeStats("net/a", 0, 5, 10), NodeStats("net/b:MatMul", 5, 7, 0), NodeStats("net/a", 9, 1, 2))
)
GPU = DeviceStats("/gpu", (NodeStats("net/b:MatMul", 5, 3, 4), NodeStats("odd", 0, -5, -1)))
RAN = RunMetadata((CPU, GPU), ())


def test_by_name_on_all_devices() -> None:
    assert times_by_name(RAN) == {"net/a": Times(2, 6, 12), "net/b": Times(2, 10, 4), "odd": Times(1, 0, 0)}


def test_times_of_scopes() -> None:
    model = timed(model_of(node("net/a"), node("net/b"), node("net/c"), node("x")), RAN)
    times = {model.tree.path(item): spent for item, spent in enumerate(model.times)}
    assert times == {
        "": Times(4, 16, 16), "net": Times(4, 16, 16), "net/a": Times(2, 6, 12), "net/b": Times(2, 10, 4),
        "net/c": Times(), "x": Times(),
    }  # fmt: skip


def test_what_is_mostly_of_another_graph_has_no_place_in_this_one() -> None:
    assert timed(model_of(node("net/a"), node("x")), RAN).times == ()
    assert timed(model_of(node("net/a")), RunMetadata((), ())).times == ()


def test_what_ran_by_itself() -> None:
    model = model_of_metadata(RAN)
    assert model.kind is GraphKind.PROFILE
    assert [(n.name, n.device) for n in model.nodes] == [("net/a", "/cpu"), ("net/b", "/gpu"), ("odd", "/gpu")]
    assert model.times[0] == Times(5, 16, 16)
    assert not model.rows


def test_graphs_in_metadata() -> None:
    graph = Graph((node("net/a"), node("net/b"), node("odd")), {})
    model = model_of_metadata(RunMetadata((CPU, GPU), (graph,)))
    assert model.kind is GraphKind.TENSORFLOW
    assert model.times[0].micros == 16

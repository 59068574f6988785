"""Which nodes of a graph take whose output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.reader.payload import GraphNode


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Who takes whose output: for each node the places of its inputs, -1 for one that is missing, and of those that
    take from it, each once."""

    inputs: Sequence[Sequence[int]]
    outputs: Sequence[Sequence[int]]


def links_of(nodes: Sequence[GraphNode]) -> Links:
    """The links between nodes by the names of their inputs; of several nodes with one name the first is meant."""
    places: dict[str, int] = {}
    for place, node in enumerate(nodes):
        places.setdefault(node.name, place)
    inputs = [[_place(name, places) for name in node.inputs] for node in nodes]
    outputs: list[dict[int, None]] = [{} for _ in nodes]
    for place, sources in enumerate(inputs):
        for source in sources:
            if source >= 0:
                outputs[source][place] = None
    return Links(inputs, [list(found) for found in outputs])


def _place(reference: str, places: Mapping[str, int]) -> int:
    """Where the node of a reference is: `name`, `^name`, `name:1`, or `name:output:0` in a function."""
    name = reference.removeprefix("^")
    found = places.get(name)
    return places.get(name.partition(":")[0], -1) if found is None else found

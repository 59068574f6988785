"""Where the time went in a profiled run of a graph, and the memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui.analysis.graph_tree import GraphTree
from tui.reader.payload import RunMetadata


@dataclass(frozen=True, slots=True)
class Times:
    """How often something ran, the microseconds that it took altogether, and the bytes that it allocated."""

    runs: int = 0
    micros: int = 0
    nbytes: int = 0

    def __add__(self, other: Times) -> Times:
        return Times(self.runs + other.runs, self.micros + other.micros, self.nbytes + other.nbytes)


NO_TIMES = Times()


def times_by_name(metadata: RunMetadata) -> dict[str, Times]:
    """What each node took, on all devices. What a device says of a node by `name:Op` counts for the node."""
    found: dict[str, Times] = {}
    for device in metadata.devices:
        for node in device.nodes:
            name = node.name.partition(":")[0]
            # A file may hold any number: one that is negative is no time.
            spent = Times(1, max(node.duration, 0), max(node.memory, 0))
            found[name] = found.get(name, NO_TIMES) + spent
    return found


def times_of_items(tree: GraphTree, found: Mapping[int, Times]) -> list[Times]:
    """What each item took with all below it; `found` are the times of nodes, by place."""
    times = [found.get(node, NO_TIMES) for node in tree.nodes]
    for item in range(len(times) - 1, 0, -1):
        if times[item] is not NO_TIMES:
            times[tree.parents[item]] += times[item]
    return times

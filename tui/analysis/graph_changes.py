"""What differs between two graphs: layers that came, went or changed, and how many there are of which operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.analysis.graph_parameters import Weights
from tui.analysis.graph_summary import SummaryRow
from tui.reader.payload import GraphNode
from tui.reader.payload.graph import Shape


@dataclass(frozen=True, slots=True)
class LayerChange:
    """A layer before and after; None where there is no such layer."""

    before: SummaryRow | None
    after: SummaryRow | None

    @property
    def row(self) -> SummaryRow:
        """The layer as it is, or was."""
        row = self.after or self.before
        assert row is not None
        return row


def layer_changes(before: Sequence[SummaryRow], after: Sequence[SummaryRow]) -> list[LayerChange]:
    """The layers that are not the same, in the order of `after`; one that is gone stands behind what it stood behind.

    Layers are told apart by their names, several of one name by their order. A shape or parameters that only one of the
    graphs knows are no difference.
    """
    names, now = _keys(before), dict(zip(_keys(after), after, strict=True))
    gone: dict[object, list[SummaryRow]] = {}
    behind: object = None
    for name, row in zip(names, before, strict=True):
        if name in now:
            behind = name
        else:
            gone.setdefault(behind, []).append(row)
    was = dict(zip(names, before, strict=True))
    changes = [LayerChange(row, None) for row in gone.get(None, ())]
    for name, row in now.items():
        old = was.get(name)
        if old is None or _differ(old, row):
            changes.append(LayerChange(old, row))
        changes += [LayerChange(other, None) for other in gone.get(name, ())]
    return changes


def _keys(rows: Iterable[SummaryRow]) -> list[tuple[str, int]]:
    """Name, and how often it was there before."""
    seen: Counter[str] = Counter()
    keys = []
    for row in rows:
        keys.append((row.name, seen[row.name]))
        seen[row.name] += 1
    return keys


def _differ(before: SummaryRow, after: SummaryRow) -> bool:
    return (
        before.type != after.type
        or shapes_differ(before.shape, after.shape)
        or weights_differ(before.weights, after.weights)
    )


def shapes_differ(before: Shape, after: Shape) -> bool:
    """Whether both are known, and are not the same."""
    if before is None or after is None or len(before) != len(after):
        return before is not None and after is not None
    return any(a != b for a, b in zip(before, after, strict=True) if a is not None and b is not None)


def weights_differ(before: Weights, after: Weights) -> bool:
    """Whether all are known, and are not as many."""
    return not before.unknown and not after.unknown and before.total != after.total


def op_changes(before: Sequence[GraphNode], after: Sequence[GraphNode]) -> list[tuple[str, int, int]]:
    """Operations that are not as many: how many there were and are, the largest differences first."""
    was, now = (Counter(node.op for node in nodes) for nodes in (before, after))
    changes = [(op, was[op], now[op]) for op in was.keys() | now.keys() if was[op] != now[op]]
    return sorted(changes, key=lambda change: (-abs(change[2] - change[1]), change[0]))

"""Numbers and names of graphs as they are shown, and the tables of a graph as CSV."""

from __future__ import annotations

from collections.abc import Iterable

from tui.analysis.graph_changes import LayerChange
from tui.analysis.graph_model import GraphModel
from tui.analysis.graph_parameters import GraphKind, Weights
from tui.analysis.graph_summary import SummaryRow
from tui.analysis.graph_tree import op_counts
from tui.reader.payload import GraphNode
from tui.reader.payload.graph import Shape, shape_text
from tui.render.file_text import csv_text
from tui.render.numbers import bytes_, count, percent, plural
from tui.render.text import printable

NONE = "-"


def weights_text(weights: Weights) -> str:
    """How many parameters: 4.7M, 4.7M+ where there are some of unknown size besides, ? where all are."""
    if not weights:
        return NONE
    if not weights.total:
        return "?"
    return f"{count(weights.total)}{'+' if weights.unknown else ''}"


def exact_text(weights: Weights) -> str:
    """How many parameters, every digit as long as they fit."""
    if weights.unknown and not weights.total:
        return "?"
    text = f"{weights.total:,}"
    return (text if len(text) <= 10 else count(weights.total)) + ("+" if weights.unknown else "")


def share_of(weights: Weights, whole: Weights) -> float:
    """The share of all parameters of known size."""
    return weights.total / whole.total if whole.total else 0.0


def share_text(weights: Weights, whole: Weights) -> str:
    """The share in per cent; nothing where there are none."""
    share = share_of(weights, whole)
    return percent(share) if share >= 0.0005 else "<0.1%" if share else ""


def shapes_text(node: GraphNode, shape: Shape) -> str:
    """The shape of the first output, and how many more there are; nothing where none is known."""
    more = f" +{len(node.shapes) - 1}" if len(node.shapes) > 1 else ""
    return shape_text(shape) + more if node.shapes and shape is not None else ""


def bar(share: float, cells: int) -> str:
    """A share as a bar."""
    return "▆" * min(round(share * cells), cells)


def micros_text(micros: float) -> str:
    """Microseconds as 12us, 3.4ms or 1.2s."""
    for limit, divisor, unit in ((1e3, 1.0, "us"), (1e6, 1e3, "ms")):
        if micros < limit:
            return f"{count(round(micros / divisor, 1))}{unit}"
    return f"{count(round(micros / 1e6, 1))}s"


def nodes_text(model: GraphModel) -> str:
    """How large a graph is."""
    noun = "layer" if model.kind is GraphKind.KERAS else "node"
    functions = f", {plural(model.functions, 'function')}" if model.functions else ""
    return plural(len(model.rows) if model.kind is GraphKind.KERAS else model.own, noun) + functions


def totals_texts(model: GraphModel) -> list[str]:
    """What stands under a table of layers: all parameters, those that are trained, memory."""
    weights = model.weights
    if not weights:
        return ["no parameters are known in this graph"]
    unknown = f" + {plural(weights.unknown, 'tensor')} of unknown size" if weights.unknown else ""
    texts = [f"total params {weights.total:,}{unknown}"]
    if weights.trainable is not None:
        texts.append(f"trainable {weights.trainable:,}")
    return [*texts, f"{bytes_(weights.nbytes)}{' as float32' if weights.assumed else ''}"]


def layers_csv(model: GraphModel) -> str:
    """The table of layers: exact numbers, nothing where a size is not known."""
    lines = [["layer", "type", "output_shape", "params", "trainable", "unknown_tensors"]]
    lines += [
        [
            csv_text(printable(row.name)),
            *_cells(row),
            "" if row.weights.trainable is None else str(row.weights.trainable),
            str(row.weights.unknown),
        ]
        for row in model.rows
    ]
    return _csv(lines)


def changes_csv(changes: Iterable[LayerChange]) -> str:
    """What differs between the layers of two graphs: columns of what was are empty for what is new, and so on."""
    heads = ["type", "output_shape", "params"]
    lines = [["layer", "change", *(f"{head}_before" for head in heads), *heads]]
    for change in changes:
        word = "new" if change.before is None else "gone" if change.after is None else "changed"
        lines.append([csv_text(printable(change.row.name)), word, *_cells(change.before), *_cells(change.after)])
    return _csv(lines)


def _cells(row: SummaryRow | None) -> list[str]:
    if row is None:
        return ["", "", ""]
    params = "" if row.weights.unknown and not row.weights.total else str(row.weights.total)
    return [csv_text(printable(row.type)), csv_text("" if row.shape is None else shape_text(row.shape)), params]


def ops_csv(model: GraphModel) -> str:
    """How many nodes there are of each operation."""
    return _csv([["op", "count"], *([csv_text(printable(op)), str(n)] for op, n in op_counts(model.nodes))])


def _csv(lines: Iterable[Iterable[str]]) -> str:
    return "".join(",".join(cells) + "\n" for cells in lines)

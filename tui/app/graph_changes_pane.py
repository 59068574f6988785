"""What differs between two graphs as lines: layers that came, went or changed, then operations."""

from __future__ import annotations

from tui.analysis.graph_changes import LayerChange, layer_changes, op_changes, shapes_differ, weights_differ
from tui.analysis.graph_model import GraphModel
from tui.app.blobs import Unreadable
from tui.app.graph_pane import GAP, LABEL_LEAST, LABEL_MOST, Column, Pane, columns_in
from tui.app.graph_texts import exact_text, weights_text
from tui.app.parts import Part
from tui.app.theme import Look
from tui.reader.payload.graph import Shape, shape_text
from tui.render.cells import fit, width
from tui.render.numbers import count, plural
from tui.render.text import printable

_SIGN = 3
_COUNTS = 20
_MOST = {"type": 40, "output shape": 48, "params": 28}
_OP = tuple[str, int, int]


class ChangesPane(Pane):
    """The differences from another graph, that of the run called `name`; which is None as long as it is not read."""

    title = "changes"

    def __init__(self, model: GraphModel) -> None:
        super().__init__(model)
        self.name = ""
        self._other: GraphModel | Unreadable | None = None
        self._lines: list[LayerChange | _OP | None] = []
        self._shown: list[dict[str, str]] = []
        self._longest_op = 0

    def compare(self, name: str, other: GraphModel | Unreadable | None) -> None:
        """Show the differences from this graph."""
        if self.name == name and self._other is other:
            return
        self.name, self._other = name, other
        self._lines = []
        if isinstance(other, GraphModel):
            layers, ops = layer_changes(other.rows, self.model.rows), op_changes(other.nodes, self.model.nodes)
            self._lines = [*layers, *([None] if ops else []), *ops]
        self._longest_op = max(
            (width(printable(line[0])) for line in self._lines if isinstance(line, tuple)), default=0
        )
        self._shown = [_texts(line) if isinstance(line, LayerChange) else {} for line in self._lines]
        self.cursor = min(self.cursor, max(len(self._lines) - 1, 0))

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def item(self) -> int | None:
        """The item of the tree that the cursor's layer is; None for one that is only in the other graph."""
        line = self._at_cursor
        return line.after.item if isinstance(line, LayerChange) and line.after is not None else None

    @property
    def op(self) -> str | None:
        """The operation that the cursor is on, if there is any in this graph."""
        line = self._at_cursor
        return line[0] if isinstance(line, tuple) and line[2] else None

    @property
    def layers(self) -> list[LayerChange]:
        """The layers that differ."""
        return [line for line in self._lines if isinstance(line, LayerChange)]

    @property
    def _at_cursor(self) -> LayerChange | _OP | None:
        return self._lines[self.cursor] if self.cursor < len(self._lines) else None

    def empty_text(self) -> str:
        if self._other is None:
            return "reading…"
        return self._other if isinstance(self._other, Unreadable) else f"the same layers as {self.name}"

    def totals(self) -> list[str]:
        if not isinstance(self._other, GraphModel):
            return []
        layers = self.layers
        gone = sum(change.after is None for change in layers)
        new = sum(change.before is None for change in layers)
        changed = len(layers) - gone - new
        was, now = self._other.weights, self.model.weights
        params = f"params {weights_text(was)} → {weights_text(now)}"
        if weights_differ(was, now):
            params += f" ({'+' if now.total > was.total else '-'}{count(abs(now.total - was.total))})"
        same = plural(len(self.model.rows) - new - changed, "layer")
        return [params, f"{new} new", f"{gone} gone", f"{changed} changed", f"{same} as before"]

    # Drawing

    def _in(self, cells: int) -> tuple[int, list[Column]]:
        columns = []
        for head, most in _MOST.items():
            longest = max((width(texts[head]) for texts in self._shown if texts), default=0)
            columns.append(Column(head, min(max(longest, len(head)), most) + GAP, right=head == "params"))
        longest = max((width(printable(change.row.name)) for change in self.layers), default=0)
        wanted = min(max(longest + _SIGN, LABEL_LEAST), LABEL_MOST)
        return columns_in(cells, wanted, columns, ("type", "output shape"))

    def head(self, cells: int) -> str:
        names, columns = self._in(cells)
        return fit("   layer", names) + "".join(column.fitted(column.head) for column in columns)

    def parts(self, index: int, cells: int, look: Look) -> list[Part]:
        line = self._lines[index]
        if isinstance(line, LayerChange):
            return self._layer_parts(line, index, cells, look)
        if line is None:
            return [(fit("   operations", cells), look.dim)]
        op, was, now = line
        sign, style = ("+", look.good) if not was else ("-", look.error) if not now else ("~", look.warning)
        names = min(max(self._in(cells)[0], self._longest_op + _SIGN), max(cells - _COUNTS, 8))
        texts = f"  {count(was)} → {count(now)}  ({now - was:+,})"
        return [(f" {sign} ", style), (fit(op or "(none)", names - _SIGN, keep="both"), look.text), (texts, look.dim)]

    def _layer_parts(self, line: LayerChange, index: int, cells: int, look: Look) -> list[Part]:
        names, columns = self._in(cells)
        sign, style = ("+", look.good) if line.before is None else ("~", look.warning)
        if line.after is None:
            sign, style = "-", look.error
        texts = self._shown[index]
        styles = {column.head: look.warning if " → " in texts[column.head] else look.dim for column in columns}
        return [
            (f" {sign} ", style),
            (fit(line.row.name, names - _SIGN, keep="both"), look.text),
            *((column.fitted(texts[column.head]), styles[column.head]) for column in columns),
        ]


def _texts(change: LayerChange) -> dict[str, str]:
    """What stands in the columns: what was and what is, where these differ."""
    before, after, row = change.before, change.after, change.row
    texts = {
        "type": printable(row.type),
        "output shape": _shape_text(row.shape),
        "params": exact_text(row.weights),
    }
    if before is not None and after is not None:
        if before.type != after.type:
            texts["type"] = f"{printable(before.type)} → {texts['type']}"
        if shapes_differ(before.shape, after.shape):
            texts["output shape"] = f"{_shape_text(before.shape)} → {texts['output shape']}"
        if weights_differ(before.weights, after.weights):
            texts["params"] = f"{exact_text(before.weights)} → {texts['params']}"
    return texts


def _shape_text(shape: Shape) -> str:
    return "?" if shape is None else shape_text(shape)

"""The tables of a graph as lines: its layers, and how many nodes there are of each operation."""

from __future__ import annotations

from collections.abc import Callable

from tui.analysis.graph_model import GraphModel
from tui.analysis.graph_tree import op_counts
from tui.app.graph_pane import AS_LOGGED, BAR, BY_WEIGHTS, GAP, LABEL_LEAST, LABEL_MOST, Column, Pane, columns_in
from tui.app.graph_texts import bar, exact_text, micros_text, share_text, totals_texts
from tui.app.parts import Part
from tui.app.theme import Look
from tui.reader.payload.graph import shape_text
from tui.render.cells import fit, width
from tui.render.numbers import count, percent
from tui.render.text import printable


class LayersPane(Pane):
    """The table of layers."""

    title = "layers"

    def __init__(self, model: GraphModel) -> None:
        super().__init__(model)
        self.rows = list(model.rows)
        self._by_weights = False
        types = max((width(printable(row.type)) for row in self.rows), default=0)
        shapes = max((len(shape_text(row.shape)) for row in self.rows), default=0)
        self._most = max((row.weights.total for row in self.rows), default=0) or 1
        longest = max((width(printable(row.name)) for row in self.rows), default=0)
        self._longest = min(max(longest + 2, LABEL_LEAST), LABEL_MOST)
        self._columns = [
            Column("type", min(max(types, 4), 24) + GAP),
            Column("output shape", min(max(shapes, 12), 24) + GAP),
            Column("params", 11 + GAP, right=True),
            Column("%", 5 + GAP, right=True),
            Column("share", BAR + GAP),
        ]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def item(self) -> int | None:
        """The item of the tree that the cursor's layer is."""
        return self.rows[self.cursor].item if self.cursor < len(self.rows) else None

    def totals(self) -> list[str]:
        return totals_texts(self.model)

    def next_order(self) -> str:
        self._by_weights = not self._by_weights
        at = self.rows[self.cursor] if self.rows else None
        held = sorted(self.model.rows, key=lambda row: (-row.weights.total, -row.weights.unknown))
        self.rows = held if self._by_weights else list(self.model.rows)
        self.cursor = 0 if self._by_weights or at is None else self.rows.index(at)
        return f"layers {BY_WEIGHTS if self._by_weights else AS_LOGGED}"

    def _in(self, cells: int) -> tuple[int, list[Column]]:
        return columns_in(cells, self._longest, self._columns, ("share", "output shape", "type"))

    def head(self, cells: int) -> str:
        names, columns = self._in(cells)
        return fit("  layer", names) + "".join(column.fitted(column.head) for column in columns)

    def parts(self, index: int, cells: int, look: Look) -> list[Part]:
        names, columns = self._in(cells)
        row, whole = self.rows[index], self.model.weights
        held = row.weights
        texts = {
            "type": row.type,
            "output shape": "?" if row.shape is None else shape_text(row.shape),
            "params": exact_text(held),
            "%": share_text(held, whole),
            "share": bar(held.total / self._most, BAR),
        }
        styles = {"type": look.dim, "share": look.dim, "params": look.text if held else look.faint}
        label = (f"  {fit(row.name, names - 2, keep='both')}", look.text)
        return [label, *((c.fitted(texts[c.head]), styles.get(c.head, look.text)) for c in columns)]


class OpsPane(Pane):
    """How many nodes there are of each operation."""

    title = "ops"

    def __init__(self, model: GraphModel) -> None:
        super().__init__(model)
        self.ops = op_counts(model.nodes)
        self._times: dict[str, int] = {}
        for place, node in enumerate(model.nodes if model.times else ()):
            item = model.tree.item_of[place]
            inside = sum(model.times[child].micros for child in model.tree.children[item])
            self._times[node.op] = self._times.get(node.op, 0) + model.times[item].micros - inside
        self._by_name = False

    def __len__(self) -> int:
        return len(self.ops)

    @property
    def op(self) -> str | None:
        """The operation that the cursor is on."""
        return self.ops[self.cursor][0] if self.cursor < len(self.ops) else None

    def next_order(self) -> str:
        self._by_name = not self._by_name
        key: Callable[[tuple[str, int]], object] = (
            (lambda pair: pair[0].casefold()) if self._by_name else (lambda pair: -pair[1])
        )
        self.ops.sort(key=key)  # type: ignore[arg-type]
        self.cursor = 0
        return "operations by name" if self._by_name else "operations by how many there are"

    def _sizes(self, cells: int) -> tuple[int, int, int]:
        """Cells of names, times, and bars."""
        times = 9 if self._times else 0
        names = min(max((width(printable(op)) for op, _ in self.ops), default=2), max(8, cells // 2 - 8)) + 2
        return names, times, max(0, cells - names - 16 - times - 2)

    def head(self, cells: int) -> str:
        names, times, _ = self._sizes(cells)
        heads = fit("nodes", 9, align="right") + fit("%", 7, align="right") + fit("time", times, align="right")
        return fit("  op", names) + heads

    def parts(self, index: int, cells: int, look: Look) -> list[Part]:
        names, times, room = self._sizes(cells)
        op, many = self.ops[index]
        most, share = max(n for _, n in self.ops), many / len(self.model.nodes)
        spent = fit(micros_text(self._times.get(op, 0)), times, align="right")
        return [
            (f"  {fit(op or '(none)', names - 2, keep='both')}", look.text),
            (fit(count(many), 9, align="right"), look.text),
            (fit(percent(share), 7, align="right") + spent + "  ", look.dim),
            (bar(many / most, room), look.dim),
        ]

"""The tree of a graph's scopes as lines: folded, searched, sorted."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style

from tui.analysis.graph_model import GraphModel
from tui.analysis.graph_times import NO_TIMES
from tui.analysis.graph_tree import listed, matching, unfolded
from tui.app.graph_pane import AS_LOGGED, BAR, BY_WEIGHTS, GAP, LABEL_LEAST, LABEL_MOST, Column, Pane, columns_in
from tui.app.graph_texts import bar, micros_text, shapes_text, share_of, share_text, weights_text
from tui.app.parts import Part
from tui.app.selection import Filter
from tui.app.theme import Look
from tui.reader.payload.graph import shape_text
from tui.render.cells import fit, width
from tui.render.numbers import bytes_, count, plural
from tui.render.text import printable

_MOST_INDENT = 12
"""Levels that are indented: deeper ones stand below one another."""
_NARROW = 100
_BY_TIME = "by time"


class TreePane(Pane):
    """The scopes, those unfolded that are `opened`, and those that hold a match of what is searched for."""

    title = "tree"

    def __init__(self, model: GraphModel, lines: int) -> None:
        super().__init__(model)
        self._at_first = unfolded(model.tree, lines)
        self.opened = set(self._at_first)
        self.order = AS_LOGGED
        self.search = Filter()
        self.matches: Sequence[int] = ()
        self._matching: frozenset[int] = frozenset()
        self._before_search: set[int] = set()
        self.items: list[int] = []
        self._depths: list[int] = []
        self._columns: tuple[int, int, list[Column]] | None = None
        self._widths = self._wanted()
        tree = model.tree
        depths = [0] * len(tree.labels)
        for item in range(1, len(depths)):
            depths[item] = depths[tree.parents[item]] + 1
        labels = zip(tree.labels, depths, strict=True)
        longest = max(width(printable(label)) + 2 * min(depth, _MOST_INDENT) for label, depth in labels)
        self._longest = min(max(longest + 4, LABEL_LEAST), LABEL_MOST)
        self.relist()

    def relist(self) -> None:
        """List the lines anew; the cursor stays on its item, or goes to what that is folded into."""
        at = self.item
        key = {BY_WEIGHTS: self._weight, _BY_TIME: self._time}.get(self.order)
        self.items, self._depths = listed(self.model.tree, self.opened, key)
        self.cursor = self._line_of(at) if at is not None else 0

    def _weight(self, item: int) -> tuple[int, int]:
        held = self.model.tree.weights[item]
        return -held.total, -held.unknown

    def _time(self, item: int) -> tuple[int, int]:
        spent = self.model.times[item]
        return -spent.micros, -spent.nbytes

    def _line_of(self, item: int) -> int:
        places = {shown: line for line, shown in enumerate(self.items)}
        return next((places[above] for above in self.model.tree.line_of(item) if above in places), 0)

    @property
    def item(self) -> int | None:
        """The item that the cursor is on."""
        return self.items[self.cursor] if self.cursor < len(self.items) else None

    def __len__(self) -> int:
        return len(self.items)

    # Folding

    def show(self, item: int) -> None:
        """Unfold all that an item is in, and put the cursor on it."""
        self.opened.update(self.model.tree.line_of(item)[1:])
        self.relist()
        self.cursor = self._line_of(item)

    def has_more(self, item: int) -> bool:
        """Whether there is something in an item."""
        return bool(self.model.tree.children[item])

    def open(self, item: int) -> None:
        """Open an item."""
        self.opened.add(item)
        self.relist()

    def toggle(self, item: int) -> None:
        """Open an item, or close it."""
        self.opened ^= {item}
        self.relist()

    def deeper(self) -> None:
        """Open all that is seen."""
        self.opened.update(item for item in self.items if self.has_more(item))
        self.relist()

    def shallower(self) -> None:
        """Close the deepest level."""
        deepest = max(
            (depth for item, depth in zip(self.items, self._depths, strict=True) if item in self.opened), default=0
        )
        if deepest or any(item in self.opened for item in self.items):
            closed = {item for item, depth in zip(self.items, self._depths, strict=True) if depth == deepest}
            self.opened -= closed
            self.relist()

    def as_at_first(self) -> None:
        """Open what was open at first."""
        self.opened = set(self._at_first)
        self.relist()

    def next_order(self) -> str:
        orders = [AS_LOGGED]
        if self.model.weights:
            orders.append(BY_WEIGHTS)
        if self.model.times:
            orders.append(_BY_TIME)
        self.order = orders[(orders.index(self.order) + 1) % len(orders)] if self.order in orders else AS_LOGGED
        self.relist()
        self.cursor = 0
        return f"scopes {self.order}"

    def be_like(self, before: TreePane) -> None:
        """Open what was open in another tree, by its names, and go to where its cursor was."""
        tree, old = self.model.tree, before.model.tree
        items = {tree.path(item): item for item in range(1, len(tree.labels))}
        opened = {old.path(item) for item in before.opened if item}
        if opened & items.keys():
            self.opened = {0, *(items[path] for path in opened if path in items)}
        self.order = before.order
        self.relist()
        if before.search.text:
            self.search_for(before.search.text)
        at = None if before.item is None else old.path(before.item)
        if at in items:
            self.show(items[at])

    # Searching

    def search_for(self, text: str) -> None:
        """Unfold what matches, and go to the first match from the cursor on; at the end fold as before."""
        tree = self.model.tree
        if not self.search.text:
            self._before_search = set(self.opened)
        self.opened = set(self._before_search)
        if self.item is not None:
            self.opened.update(tree.line_of(self.item)[1:])
        self.search = Filter(text)
        self.matches = matching(tree, self.model.nodes, self.search.search, full_names="/" in text) if text else ()
        self._matching = frozenset(self.matches)
        if self.matches:
            self.opened.update(above for match in self.matches for above in tree.line_of(match)[1:])
        self.relist()
        self.go_to_match(0)

    def go_to_match(self, by: int) -> bool:
        """To the match under the cursor or after it, or `by` more on, round and round; False where nothing matches."""
        lines = [line for line, item in enumerate(self.items) if item in self._matching]
        if not lines:
            if not self.matches:
                return False
            self.show(self.matches[0])
            return True
        after = next((at for at, line in enumerate(lines) if line >= self.cursor + bool(by)), 0)
        self.cursor = lines[after]
        return True

    # Drawing

    def _wanted(self) -> dict[str, int]:
        """Cells of the columns whose texts differ much from graph to graph."""
        model = self.model
        ops = max((width(printable(op)) for op in {node.op for node in model.nodes}), default=0)
        texts = {shapes_text(node, node.shapes[0]) for node in model.nodes if node.shapes}
        types = max((width(node.dtype) for node in model.nodes), default=0)
        shapes = max(map(len, texts), default=0)
        return {"op": max(ops, 10), "output shape": shapes, "dtype": min(types, 11)}

    def _columns_in(self, cells: int) -> tuple[int, list[Column]]:
        if self._columns is not None and self._columns[0] == cells:
            return self._columns[1:]
        model = self.model
        narrow = cells < _NARROW
        columns = [Column("op", min(self._widths["op"], 14 if narrow else 20) + GAP)]
        if self._widths["output shape"]:
            shapes = min(max(self._widths["output shape"], 12), 18 if narrow else 22)
            columns.append(Column("output shape", shapes + GAP))
        if self._widths["dtype"]:
            columns.append(Column("dtype", max(self._widths["dtype"], 5) + GAP))
        if model.weights:
            columns += [Column("params", 6 + GAP, right=True), Column("%", 5 + GAP, right=True)]
            columns.append(Column("share", BAR + GAP))
        if model.times:
            columns.append(Column("time", 7 + GAP, right=True))
            if any(spent.nbytes for spent in model.times):
                columns.append(Column("memory", 8 + GAP, right=True))
        left_out = ["share", "dtype", "output shape", "memory", "op", "%"]
        names, kept = columns_in(cells, self._longest, columns, left_out)
        self._columns = cells, names, kept
        return names, kept

    def head(self, cells: int) -> str:
        names, columns = self._columns_in(cells)
        return fit(" scope", names) + "".join(column.fitted(column.head) for column in columns)

    def parts(self, index: int, cells: int, look: Look) -> list[Part]:
        names, columns = self._columns_in(cells)
        item = self.items[index]
        texts = self._texts(item)
        label = self._label_parts(item, self._depths[index], names, look)
        styles = {"op": look.accent if self._op_matches(item) else look.dim, "share": look.dim, "dtype": look.dim}
        return [*label, *((c.fitted(texts[c.head]), styles.get(c.head, look.text)) for c in columns)]

    def _texts(self, item: int) -> dict[str, str]:
        model, tree = self.model, self.model.tree
        node = model.nodes[tree.nodes[item]] if tree.nodes[item] >= 0 else None
        below = tree.counts[item] - (node is not None)
        spent = model.times[item] if model.times else NO_TIMES
        shape = model.shapes[item]
        if node is None or (below and not node.op):
            op, shown = plural(tree.counts[item], "node"), "" if shape is None else shape_text(shape)
        else:
            op, shown = (f"{node.op} +{count(below)}" if below else node.op), shapes_text(node, shape)
        held = tree.weights[item]
        return {
            "op": op,
            "output shape": shown,
            "dtype": node.dtype if node is not None else "",
            "params": weights_text(held) if held else "",
            "%": share_text(held, model.weights),
            "share": bar(share_of(held, model.weights), BAR),
            "time": micros_text(spent.micros) if spent.runs else "",
            "memory": bytes_(spent.nbytes) if spent.nbytes else "",
        }

    def _label_parts(self, item: int, depth: int, cells: int, look: Look) -> list[Part]:
        sign = ("▾" if item in self.opened else "▸") if self.has_more(item) else " "
        indent = " " * (1 + 2 * min(depth, _MOST_INDENT, max(0, cells - LABEL_LEAST // 2) // 4))
        room = max(1, cells - len(indent) - 2)
        text = fit(self.model.tree.labels[item], room, keep="both")
        is_scope = self.has_more(item)
        style = look.text + Style(bold=True) if is_scope else look.text
        parts: list[Part] = [(f"{indent}{sign} ", look.dim)]
        match = self.search.search(text.rstrip()) if item in self._matching else None
        if match is None or match.end() == match.start():
            hit = item in self._matching and not self._op_matches(item)
            return [*parts, (text, look.accent if hit else style)]
        start, end = match.span()
        return [
            *parts,
            (text[:start], style),
            (text[start:end], look.accent + Style(underline=True)),
            (text[end:], style),
        ]

    def _op_matches(self, item: int) -> bool:
        node = self.model.tree.nodes[item]
        return item in self._matching and node >= 0 and self.search.search(self.model.nodes[node].op) is not None

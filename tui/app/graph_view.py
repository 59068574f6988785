"""What is shown of one graph, and where in it one is: which view, what is unfolded, which nodes were gone to."""

from __future__ import annotations

from collections.abc import Callable

from tui.analysis.graph_model import GraphModel
from tui.analysis.graph_parameters import GraphKind
from tui.app.graph_changes_pane import ChangesPane
from tui.app.graph_node_pane import NodePane
from tui.app.graph_pane import Pane
from tui.app.graph_tables import LayersPane, OpsPane
from tui.app.graph_texts import changes_csv, layers_csv, ops_csv
from tui.app.graph_tree_pane import TreePane
from tui.app.selection import Filter
from tui.render.numbers import plural
from tui.render.text import printable


class GraphView:
    """The views of a graph, and over them the nodes that were gone to, one from the other.

    What ran in a profiled run is known by name only, so that it has no layers and no operations. Like the view
    `before`, of another graph: what was open there stays open, and so does the search. `compared` tells whether there
    is another graph to compare this one with.
    """

    def __init__(
        self, model: GraphModel, lines: int, before: GraphView | None = None, *, compared: bool = False
    ) -> None:
        self.model = model
        self.tree = TreePane(model, lines)
        self.panes: list[Pane] = [self.tree]
        if model.kind is not GraphKind.PROFILE:
            self.panes += [LayersPane(model), OpsPane(model)]
        self.changes = ChangesPane(model) if compared and len(self.panes) > 1 else None
        if self.changes is not None:
            self.panes.append(self.changes)
        self.nodes: list[NodePane] = []
        self.at = 0
        if before is not None:
            self.at = min(before.at, len(self.panes) - 1)
            self.tree.be_like(before.tree)

    @property
    def pane(self) -> Pane:
        """The view in force: the node that was gone to last, else one of the views of the graph."""
        return self.nodes[-1] if self.nodes else self.panes[self.at]

    @property
    def search(self) -> Filter:
        """What is searched for in the tree."""
        return self.tree.search

    def next_view(self) -> None:
        """From the tree to the layers, the operations, and the tree again; from a node to its place in the tree."""
        if self.nodes:
            item = self.model.tree.item_of[self.nodes[-1].place]
            self.to_tree()
            self.tree.show(item)
        else:
            self.at = (self.at + 1) % len(self.panes)

    def show_pane(self, title: str) -> None:
        """Show the view of the graph that is called so."""
        self.nodes, self.at = [], next(at for at, pane in enumerate(self.panes) if pane.title == title)

    def to_tree(self) -> None:
        """Show the tree."""
        self.nodes, self.at = [], 0

    # In and out

    def enter(self) -> str | None:
        """Into what the cursor is on; a mere scope is opened or closed. Returns what to say where that cannot be."""
        pane = self.pane
        match pane:
            case NodePane(link=int(node)) if node < 0:
                return f"{printable(pane.reference)} is not in the graph"
            case NodePane(link=int(node)):
                self._go_to(node)
            case TreePane(item=int(item)) if self.model.tree.nodes[item] >= 0:
                self._go_to(self.model.tree.nodes[item])
            case TreePane(item=int(item)):
                pane.toggle(item)
            case LayersPane(item=int(item)) | ChangesPane(item=int(item)):
                self.to_tree()
                self.tree.show(item)
                self.tree.open(item)
            case OpsPane(op=str(op)) | ChangesPane(op=str(op)) if op:
                self.search_for(f"^{_literal(op)}$")
            case ChangesPane() if len(pane):
                return f"this is in the graph of {pane.name} only"
            case _:
                pass
        return None

    def _go_to(self, node: int) -> None:
        self.nodes.append(NodePane(self.model, node))

    def leave(self) -> bool:
        """To the node before, out of the node, out of the search; False where there is nothing to leave."""
        if self.nodes:
            self.nodes.pop()
        elif self.search.text:
            self.search_for("")
        else:
            return False
        return True

    # Folding

    @property
    def scope(self) -> int | None:
        """The scope that the tree's cursor is on; None elsewhere."""
        item = self.tree.item if self.pane is self.tree else None
        return item if item is not None and self.tree.has_more(item) else None

    def toggle(self) -> None:
        """Open or close the scope."""
        if self.scope is not None:
            self.tree.toggle(self.scope)

    def go_right(self) -> None:
        """Open the scope; an open one: to the first thing in it."""
        if self.scope in self.tree.opened:
            self.tree.cursor += 1
        else:
            self.toggle()

    def go_left(self) -> None:
        """Close the scope; one that is closed: to the scope that it is in."""
        if self.scope in self.tree.opened:
            self.toggle()
        elif self.pane is self.tree and self.tree.item is not None and self.model.tree.parents[self.tree.item] > 0:
            self.tree.show(self.model.tree.parents[self.tree.item])

    def fold(self, how: Callable[[TreePane], None]) -> None:
        """Fold or unfold all of the tree."""
        if self.pane is self.tree:
            how(self.tree)

    # Searching

    def search_for(self, text: str) -> None:
        """Mark what matches, unfold it, and go to the first match from the cursor on."""
        self.to_tree()
        self.tree.search_for(text)

    def next_match(self) -> bool:
        """To the next match; False where there is none."""
        self.to_tree()
        return self.tree.go_to_match(1)

    # Taking along

    def table(self) -> tuple[str, str, str] | None:
        """What is written to files: its name, what it is, and its text; None where there is nothing."""
        if isinstance(self.pane, OpsPane):
            return "ops", f"{plural(len(self.pane), 'operation')} as CSV", ops_csv(self.model)
        if isinstance(self.pane, ChangesPane):
            changed = self.pane.layers
            return "changes", f"{plural(len(changed), 'changed layer')} as CSV", changes_csv(changed)
        if not self.model.rows:
            return None
        return "layers", f"{plural(len(self.model.rows), 'layer')} as CSV", layers_csv(self.model)

    def copied(self) -> tuple[str, str] | None:
        """What goes to the clipboard: what it is, and its text; of a node its name."""
        if isinstance(self.pane, NodePane):
            return "the node's name", printable(self.pane.name)
        found = self.table()
        return None if found is None else found[1:]


def _literal(text: str) -> str:
    """The text as a pattern that matches nothing else, without escapes that are not needed."""
    return "".join(f"\\{character}" if character in r"\.^$*+?{}[]|()" else character for character in text)

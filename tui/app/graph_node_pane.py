"""One node of a graph as lines: what it is, its attributes, and its inputs and outputs, from which one goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.style import Style

from tui.analysis.graph_model import GraphModel
from tui.app.blobs import Unreadable
from tui.app.graph_pane import Pane
from tui.app.graph_texts import micros_text, shapes_text, weights_text
from tui.app.parts import Part
from tui.app.theme import Look
from tui.reader.payload import Attributes
from tui.reader.payload.graph import shape_text
from tui.render.cells import fit, wrap
from tui.render.cells import width as width_of
from tui.render.numbers import bytes_, plural
from tui.render.text import printable

MOST_LINKS = 5000
"""Of a constant that thousands take, no more are listed."""
_MOST_LINES = 12
_NAME_MOST = 24


@dataclass(frozen=True, slots=True)
class _Line:
    """A heading, a name with its value, or a link to a node; `node` is -1 for one that is not in the graph."""

    name: str
    text: str = ""
    node: int | None = None
    reference: str = ""
    heading: bool = False


class NodePane(Pane):
    """A node. `attributes` are None as long as they are not read, or why they cannot be."""

    title = "node"

    def __init__(self, model: GraphModel, place: int) -> None:
        super().__init__(model)
        self.place = place
        self._lines: Sequence[_Line] = ()
        self._made_for: tuple[int, object] | None = None

    @property
    def name(self) -> str:
        """The full name of the node."""
        return self.model.nodes[self.place].name

    def layout(self, cells: int, attributes: Attributes | Unreadable | None) -> None:
        """Make the lines anew where something changed; the cursor starts on the first input or output."""
        if self._made_for == (cells, attributes):
            return
        was_on_link = self.link if self._made_for is not None else None
        first = self._made_for is None
        self._made_for = cells, attributes
        self._lines = list(self._made(cells, attributes))
        links = [at for at, line in enumerate(self._lines) if line.node is not None]
        if first:
            self.cursor = links[0] if links else 0
        elif was_on_link is not None:
            self.cursor = next((at for at in links if self._lines[at].node == was_on_link), self.cursor)

    def _made(self, cells: int, attributes: Attributes | Unreadable | None) -> Iterator[_Line]:
        node, item = self.model.nodes[self.place], self.model.tree.item_of[self.place]
        if node.op:
            yield _Line("op", printable(node.op))
        if node.device:
            yield _Line("device", printable(node.device))
        if node.dtype:
            yield _Line("dtype", node.dtype)
        for number, shape in enumerate(node.shapes[:_MOST_LINES]):
            yield _Line("output shape" if len(node.shapes) == 1 else f"output {number}", shape_text(shape))
        if held := self.model.tree.weights[item]:
            below = " with all below it" if self.model.tree.children[item] else ""
            yield _Line("params", f"{held.total:,}{below}" if held.total else weights_text(held))
        if self.model.times and (spent := self.model.times[item]).runs:
            memory = f", {bytes_(spent.nbytes)} allocated" if spent.nbytes else ""
            yield _Line("time", f"{micros_text(spent.micros)} in {plural(spent.runs, 'execution')}{memory}")
        yield from self._attribute_lines(attributes, cells)
        yield from self._link_lines()

    def _attribute_lines(self, attributes: Attributes | Unreadable | None, cells: int) -> Iterator[_Line]:
        if not attributes:
            if attributes is None:
                yield _Line("attributes", "reading…")
            return
        yield _Line("attributes", heading=True)
        if isinstance(attributes, Unreadable):
            yield _Line("", str(attributes))
            return
        for name, text in attributes:
            if name == "_output_shapes":  # stands above
                continue
            lines = wrap(text, max(8, cells - _NAME_MOST - 4))
            yield _Line(name, lines[0])
            yield from (_Line("", line) for line in lines[1:_MOST_LINES])
            if len(lines) > _MOST_LINES:
                yield _Line("", "…")

    def _link_lines(self) -> Iterator[_Line]:
        node, links = self.model.nodes[self.place], self.model.links
        inputs, outputs = links.inputs[self.place], links.outputs[self.place]
        yield _Line(f"inputs {len(inputs)}", heading=True)
        for reference, source in list(zip(node.inputs, inputs, strict=True))[:MOST_LINKS]:
            yield _Line("←", node=source, reference=reference)
        yield _Line(f"outputs {len(outputs)}", heading=True)
        for user in outputs[:MOST_LINKS]:
            yield _Line("→", node=user, reference=self.model.nodes[user].name)

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def link(self) -> int | None:
        """The node that the cursor's line leads to, -1 for one that is missing; None on another line."""
        return self._lines[self.cursor].node if self.cursor < len(self._lines) else None

    @property
    def reference(self) -> str:
        """How the link is written."""
        return self._lines[self.cursor].reference

    def head(self, cells: int) -> str:
        return fit(f" {self.name}", cells, keep="both")

    def parts(self, index: int, cells: int, look: Look) -> list[Part]:
        line = self._lines[index]
        if line.heading:
            return [(fit(f" {line.name}", cells), look.text + Style(bold=True))]
        if line.node is None:
            names = min(_NAME_MOST, cells // 3)
            return [(f"   {fit(line.name, names)} ", look.dim), (fit(line.text, cells - names - 4), look.text)]
        return self._link_parts(line, cells, look)

    def _link_parts(self, line: _Line, cells: int, look: Look) -> list[Part]:
        parts: list[Part] = [(f"   {line.name} ", look.accent)]
        if line.node is None or line.node < 0:
            return [*parts, (fit(f"{line.reference}  not in the graph", cells - 5, keep="both"), look.dim)]
        node = self.model.nodes[line.node]
        about = "  ".join(
            filter(None, (printable(node.op), shapes_text(node, node.shapes[0] if node.shapes else None)))
        )
        room = min(width_of(about) + 2, cells // 2)
        # An input that it only waits for, or an output that is not the first, is written so.
        return [
            *parts,
            (fit(line.reference, cells - 5 - room, keep="both"), look.text),
            (fit(about, room, align="right"), look.dim),
        ]

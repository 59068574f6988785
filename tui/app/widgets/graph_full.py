"""The full view of a graph: the tree of its scopes, the table of its layers, the counts of its operations, a node, and
what differs from another graph.
"""

from __future__ import annotations

from rich.style import Style
from textual import events
from textual.strip import Strip

from tui.analysis.graph_model import GraphModel
from tui.app.blob_steps import step_line
from tui.app.blob_title import Ways
from tui.app.blobs import Unreadable
from tui.app.choices import Tab
from tui.app.graph_node_pane import NodePane
from tui.app.graph_texts import nodes_text, weights_text
from tui.app.graph_view import GraphView
from tui.app.graphs import title_of
from tui.app.parts import Part, cells_of, fitting, spread
from tui.app.widgets.graph_keys import GraphKeys
from tui.app.widgets.graph_state import HEAD
from tui.render.cells import fit
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import BlobSeries

_TOTALS_LEAST = 8
"""So many lines there are at least where one of them is for totals."""


class GraphFull(GraphKeys):
    """A title, headings, the lines of the view in force, and a line of totals under those that have some."""

    _title_text = ""

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        self._freshen()
        self.complete(width)
        totals = self._totals(width, height)
        strips = super().compose_strips(width, height - len(totals))
        self.keep_cursor()
        blank = [row_strip([], width, self.look.text)] * (height - len(strips) - len(totals)) if totals else []
        return [*strips, *blank, *totals]

    def _totals(self, width: int, height: int) -> list[Strip]:
        """The line under the list: as many of the totals as it has room for."""
        texts = self.view.pane.totals() if self.view is not None and height >= _TOTALS_LEAST else []
        if texts and self.view is not None and self.view.pane is self.view.changes and not self.selection.baseline:
            texts.append(f"{self.shared.key('baseline')} in the runs pane: from another run")
        if not texts:
            return []
        style = self.look.text + Style(bold=True)
        parts = fitting([(f"  {text} ", style) for text in texts], width, least=1)
        return [row_strip([(fit("".join(text for text, _ in parts), width), style)], width, self.look.text)]

    def heading(self, width: int) -> list[Strip]:
        top, look = self._title(width), self.look
        self._title_text = top.text
        if self.view is None:
            return [top]
        pane = self.view.pane
        in_list = self.size.height - HEAD - len(self._totals(width, self.size.height))
        heads = pane.head(width - (len(pane) > in_list))  # beside the scroll bar, as the lines are
        if isinstance(pane, NodePane):
            return [top, row_strip([(heads, look.text + Style(bold=True))], width, look.text)]
        found = fit(text, min(len(text), width)) if (text := self._found(self.view)) else ""
        matched = self.view.search.valid and self.view.tree.matches
        parts = [(found, look.accent if matched else look.error), (heads[len(found) :], look.dim)]
        return [top, row_strip(parts, width, look.text)]

    def _found(self, view: GraphView) -> str:
        """What is searched for in the tree, and how many match."""
        if not view.search.text or view.pane is not view.tree:
            return ""
        literal = "" if view.search.valid else " not a regex: literal,"
        many = len(view.tree.matches)
        return f" /{printable(view.search.text)} {literal} {many or 'no'} {'match' if many < 2 else 'matches'} "

    def _title(self, width: int) -> Strip:
        look, series = self.look, self.series
        name = title_of(self.selection.opened_in(Tab.GRAPHS) or "")
        left: list[Part] = [(f" {printable(name)} ", look.text + Style(bold=True))]
        if series is None or self.view is None:
            return spread(left, [], width, look)
        run = series.key.run
        left.append((f" {self.shared.runs.mark(run)} {self.shared.runs.name(run)} ", self.shared.runs.style(run, look)))
        left += [(f" {text} ", look.text) for text in self._step_texts(series)]
        right = self._views(self.view, width - cells_of(left), width)
        left += [(f" {text} ", look.dim) for text in self._about(self.view.model)]
        return spread(fitting(left, width - cells_of(right), least=1), right, width, look)

    def _step_texts(self, series: BlobSeries) -> list[str]:
        """Which graph it is of those that were logged, where there are several."""
        line = step_line(series, superseded=self.selection.superseded)
        if len(line) < 2:
            return []
        at = line.at(self.selection.step)
        keys = f"{self.shared.key('cursor_back')} {self.shared.key('cursor_on')}"
        return [f"step {line.steps[at]} ({at + 1} of {len(line)}, keys {keys})"]

    def _about(self, model: GraphModel) -> list[str]:
        return [model.kind.value, nodes_text(model), *([f"{weights_text(model.weights)} params"] * bool(model.weights))]

    def _views(self, view: GraphView, room: int, width: int) -> list[Part]:
        """The names of the views, that in force marked; or how to get back from a node."""
        if view.nodes:
            deep = f"node {len(view.nodes)} deep" if len(view.nodes) > 1 else "node"
            return [(f"{deep}, {self.shared.key('leave')} back ", self.look.dim)]
        return self._ways(view).parts(self.shared.key("density"), room, width * 2 // 5, self.look)

    def _ways(self, view: GraphView) -> Ways:
        from_run = f"changes from {view.changes.name}" if view.changes is not None and view.changes.name else ""
        said = from_run if view.pane is view.changes else ""
        return Ways(view.pane.title, [pane.title for pane in view.panes], said)

    def empty_lines(self, width: int) -> list[Strip]:
        text = self.why or (self.view.pane.empty_text() if self.view is not None else "")
        style = self.look.error if isinstance(text, Unreadable) else self.look.dim
        return [row_strip([(fit(f"  {text}", width, keep="end"), style)], width, self.look.text)]

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        parts = self.view.pane.parts(index, width, self.look) if self.view is not None else []
        return self.line_strip(parts, width, on_cursor=on_cursor)

    def on_click(self, event: events.Click) -> None:
        """To the line; once more, into it. A scope opens at once, and so does a view that is named in the title."""
        view, index = self.view, self.line_at(event.y)
        if view is not None and event.y == 0 and not view.nodes:
            title = self._ways(view).at(self._title_text, event.x)
            if title is not None:
                self.then(lambda view: view.show_pane(title))
        if view is None or index is None or event.y >= self.size.height - len(self._totals(*self.size)):
            return
        again = index == self.cursor
        self.cursor = index
        scope = view.scope
        if scope is not None and (again or view.model.tree.nodes[scope] < 0):
            self.action_toggle_line()
        elif again:
            self.action_enter()

"""The full view of a graph: the tree of its scopes, the table of its layers, the counts of its operations, a node."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rich.style import Style
from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from tui.analysis.graph_model import GraphModel
from tui.app.blob_steps import moved, places, step_line
from tui.app.blobs import Unreadable
from tui.app.catalog import focused_run
from tui.app.choices import Tab
from tui.app.graph_node_pane import NodePane
from tui.app.graph_tables import LayersPane
from tui.app.graph_texts import nodes_text, totals_texts, weights_text
from tui.app.graph_tree_pane import TreePane
from tui.app.graph_view import GraphView
from tui.app.graphs import PROFILED, graph_of, reader_of, title_of
from tui.app.messages import Noticed, StepChosen, TagOpened
from tui.app.parts import Part, cells_of, fitting, spread
from tui.app.selection import Filter, Selection
from tui.app.shared import Shared
from tui.app.taking import export_directory, short_path, write_new_file
from tui.app.widgets.line_view import LineView
from tui.model import BlobRef
from tui.reader.payload import Attributes, NodeAttributes
from tui.render.cells import fit
from tui.render.numbers import plural
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import EMPTY_SNAPSHOT, BlobSeries, StoreSnapshot

_HEAD = 2
"""Lines above the list."""
_TOTALS_LEAST = 8
"""So many lines there are at least where one of them is for totals."""


class GraphFull(LineView):
    """The open graph, of the focused run. What is unfolded of it is kept while the graph stays the same."""

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shared = shared
        self.series: BlobSeries | None = None
        self.view: GraphView | None = None
        self._last: GraphView | None = None  # of the graph before, while the next is read
        self._shown: tuple[BlobRef, Callable[[BlobRef], GraphModel]] | None = None
        self._why = ""
        self._ahead: list[Callable[[GraphView], object]] = []  # what was pressed before the graph was read

    # What is shown

    def watch_snapshot(self, old: StoreSnapshot, new: StoreSnapshot) -> None:
        self.invalidate()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        self.invalidate()

    def relist(self) -> None:
        """Find the graph that the selection asks for, and show it when it is read."""
        tag = self.selection.opened_in(Tab.GRAPHS)
        run = focused_run(self.snapshot, self.selection)
        key = None if tag is None else graph_of(self.snapshot, self.selection, tag, run)
        self.series = None if key is None else self.snapshot.blobs[key]
        if self.series is None:
            self._show(None, "no visible run has this graph")
            return
        line = step_line(self.series, superseded=self.selection.superseded)
        ref = self.series.refs[int(line.entries[line.at(self.selection.step)])]
        wanted = ref, reader_of(self.snapshot, self.series)
        if wanted == self._shown and self.view is not None:
            return
        found = self.shared.blobs.get(*wanted)
        self._shown = wanted
        if isinstance(found, GraphModel):
            self._show(found, "")
        else:
            self._show(None, found or "reading…")
        self._stale = found is None  # asked for again when it is there
        if not self._stale:
            self._catch_up()

    def _show(self, model: GraphModel | None, why: str) -> None:
        """Show another graph as the last one was shown, or say why there is none."""
        self._last = self.view or self._last
        self._why = why if model is None else ""
        self.view = None if model is None else GraphView(model, max(1, self.size.height - _HEAD), self._last)
        self._take_cursor()

    def _catch_up(self) -> None:
        """Do what was pressed while the graph was read."""
        ahead, self._ahead = self._ahead, []
        for act in ahead:
            if self.view is not None:
                act(self.view)
        self._take_cursor()

    def _take_cursor(self) -> None:
        """The list's cursor is that of the view."""
        if self.view is not None:
            self.set_reactive(LineView.cursor, self.view.pane.cursor)
            self.top = self.view.pane.top

    def _keep_cursor(self) -> None:
        if self.view is not None:
            self.view.pane.cursor, self.view.pane.top = self.cursor, self.top

    def cursor_moved(self) -> None:
        self._keep_cursor()

    def line_count(self) -> int:
        return len(self.view.pane) if self.view is not None else 0

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        self._freshen()
        if self.view is not None and isinstance(self.view.pane, NodePane):
            self._keep_cursor()
            self.view.pane.layout(width, self._attributes(self.view.pane.place))
            self.set_reactive(LineView.cursor, self.view.pane.cursor)
        totals = self._totals(width, height)
        strips = super().compose_strips(width, height - len(totals))
        self._keep_cursor()
        blank = [row_strip([], width, self.look.text)] * (height - len(strips) - len(totals)) if totals else []
        return [*strips, *blank, *totals]

    def _attributes(self, place: int) -> Attributes | Unreadable | None:
        """The attributes of a node; None while they are not read."""
        if self.view is None or self.series is None or self._shown is None:
            return None
        model = self.view.model
        if model.attributes is not None:
            return model.attributes.get(place, ())
        profiled = self.series.key.plugin in PROFILED
        if profiled and not model.nodes[place].op:
            return ()  # what ran, and is in no graph
        return self.shared.blobs.get(self._shown[0], NodeAttributes(place, profiled))

    def _totals(self, width: int, height: int) -> list[Strip]:
        """The line under the table of layers."""
        if self.view is None or not isinstance(self.view.pane, LayersPane) or height < _TOTALS_LEAST:
            return []
        text = fit("  " + "   ".join(totals_texts(self.view.model)), width)
        return [row_strip([(text, self.look.text + Style(bold=True))], width, self.look.text)]

    def heading(self, width: int) -> list[Strip]:
        top, look = self._title(width), self.look
        if self.view is None:
            return [top]
        pane = self.view.pane
        in_list = self.size.height - _HEAD - len(self._totals(width, self.size.height))
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
        left += [(f" {text} ", look.dim) for text in self._about(series, self.view.model)]
        right = self._views(self.view)
        return spread(fitting(left, width - cells_of(right), least=1), right, width, look)

    def _about(self, series: BlobSeries, model: GraphModel) -> list[str]:
        texts = [model.kind.value, nodes_text(model)]
        if model.weights:
            texts.append(f"{weights_text(model.weights)} params")
        line = step_line(series, superseded=self.selection.superseded)
        if len(line) > 1:
            at = line.at(self.selection.step)
            keys = f"{self.shared.key('cursor_back')} {self.shared.key('cursor_on')}"
            texts.append(f"step {line.steps[at]} ({at + 1} of {len(line)}, keys {keys})")
        return texts

    def _views(self, view: GraphView) -> list[Part]:
        """The names of the views, that in force marked; or how to get back from a node."""
        look = self.look
        if view.nodes:
            deep = f"node {len(view.nodes)} deep" if len(view.nodes) > 1 else "node"
            return [(f"{deep}, {self.shared.key('leave')} back ", look.dim)]
        if len(view.panes) < 2:
            return []
        return [
            (
                f"[{pane.title}] " if pane is view.pane else f" {pane.title}  ",
                look.accent if pane is view.pane else look.dim,
            )
            for pane in view.panes
        ]

    def empty_lines(self, width: int) -> list[Strip]:
        text = self._why or "nothing in this graph"
        style = self.look.error if isinstance(self._why, Unreadable) else self.look.dim
        return [row_strip([(fit(f"  {text}", width, keep="end"), style)], width, self.look.text)]

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        parts = self.view.pane.parts(index, width, self.look) if self.view is not None else []
        return self.line_strip(parts, width, on_cursor=on_cursor)

    # What keys do

    def _then(self, act: Callable[[GraphView], object]) -> None:
        """Do something to the view, and show what comes of it; as soon as there is one, while it is read."""
        if self.view is None:
            self._ahead += [act] * self._stale
        else:
            self._keep_cursor()
            act(self.view)
            self._take_cursor()
            self.redraw()

    def next_view(self) -> None:
        """The next view of the graph; from a node to its place in the tree."""
        self._then(GraphView.next_view)

    def next_order(self) -> None:
        """Sort by parameters, or as the graph has it."""
        self._then(lambda view: self.post_message(Noticed(view.pane.next_order())))

    def action_enter(self) -> None:
        """Into the node under the cursor; a mere scope is opened or closed."""
        self._then(self._enter)

    def _enter(self, view: GraphView) -> None:
        if (refused := view.enter()) is not None:
            self.post_message(Noticed(refused))

    def action_leave(self) -> None:
        """Esc: to the node before, out of the node, out of the search, back to the list."""
        left: list[bool] = []
        if self.view is not None:
            self._then(lambda view: left.append(view.leave()))
        if not any(left):
            self.post_message(TagOpened(None))

    def action_toggle_line(self) -> None:
        """Open or close the scope."""
        self._then(GraphView.toggle)

    def action_cursor_right(self) -> None:
        self._then(GraphView.go_right)

    def action_cursor_left(self) -> None:
        self._then(GraphView.go_left)

    def action_zoom_in(self) -> None:
        """Unfold a level more."""
        self._then(lambda view: view.fold(TreePane.deeper))

    def action_zoom_out(self) -> None:
        """Fold the deepest level."""
        self._then(lambda view: view.fold(TreePane.shallower))

    def action_zoom_all(self) -> None:
        """Fold as at first."""
        self._then(lambda view: view.fold(TreePane.as_at_first))

    def action_cursor_back(self) -> None:
        self._step(-1)

    def action_cursor_on(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        """The graph that was logged before, or after."""
        if self.series is not None:
            stops = places([step_line(self.series, superseded=self.selection.superseded)])
            to = moved(stops, self.selection.step, by)
            if to != self.selection.step:
                self.post_message(StepChosen(to))

    @property
    def search(self) -> Filter:
        """What is searched for in the tree."""
        return self.view.search if self.view is not None else Filter()

    def search_for(self, text: str) -> None:
        """Mark what matches, unfold it, and go to the next match."""
        self._then(lambda view: view.search_for(text))

    def next_problem(self) -> None:
        """To the next match."""
        if not self.search.text:
            self.post_message(Noticed(f"nothing is searched for: {self.shared.key('filter')} searches"))
        else:
            self._then(self._next_match)

    def _next_match(self, view: GraphView) -> None:
        if not view.next_match():
            self.post_message(Noticed("no match"))

    def action_copy(self) -> None:
        """The table of layers goes to the clipboard, or that of operations, or the name of the node."""
        found = self.view.copied() if self.view is not None else None
        if found is None:
            self.post_message(Noticed("no layers to copy here", failed=True))
            return
        self.app.copy_to_clipboard(found[1])
        self.post_message(Noticed(f"copied {found[0]}"))

    def action_export(self) -> None:
        """The table of layers goes to a file, or that of operations where it is shown."""
        found = self.view.table() if self.view is not None else None
        if found is None or self.series is None:
            self.post_message(Noticed("no layers to export here", failed=True))
            return
        what = f"{self.series.key.run}-{title_of(self.series.key.tag)}-{found[0]}"
        self.run_worker(partial(self._export, what, found[2]), thread=True)

    def _export(self, what: str, text: str) -> None:
        """Runs on a thread of its own."""
        try:
            directory = export_directory(self.shared.logdirs)
            path, _ = write_new_file(directory, what, lambda stream: stream.write(text))
            done = Noticed(f"{plural(text.count(chr(10)) - 1, 'row')} to {printable(short_path(path))}")
        except (OSError, RuntimeError) as error:  # the latter where there is no home directory
            done = Noticed(f"nothing exported: {printable(str(error))}", failed=True)
        self.post_message(done)

    def on_click(self, event: events.Click) -> None:
        """To the line; once more, into it. A scope opens at once."""
        index = self.line_at(event.y)
        if index is None or event.y >= self.size.height - len(self._totals(*self.size)):
            return
        again = index == self.cursor
        self.cursor = index
        scope = self.view.scope if self.view is not None else None
        if self.view is not None and scope is not None and (again or self.view.model.tree.nodes[scope] < 0):
            self.action_toggle_line()
        elif again:
            self.action_enter()

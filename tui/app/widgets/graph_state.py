"""The graph that is open in the full view: found, read, and another one to compare it with."""

from __future__ import annotations

from collections.abc import Callable

from textual.reactive import reactive

from tui.analysis.graph_model import GraphModel
from tui.app.blobs import Unreadable
from tui.app.catalog import focused_run
from tui.app.choices import Tab
from tui.app.graph_changes_pane import ChangesPane
from tui.app.graph_node_pane import NodePane
from tui.app.graph_view import GraphView
from tui.app.graphs import PROFILED, LoggedGraph, compared_with, graph_of, logged_graph
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.line_view import LineView
from tui.reader.payload import Attributes, NodeAttributes
from tui.store.snapshot import EMPTY_SNAPSHOT, BlobSeries, StoreSnapshot

HEAD = 2
"""Lines above the list."""


class GraphState(LineView):
    """The open graph, of the focused run. What is unfolded of it is kept while the graph stays the same."""

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shared = shared
        self.series: BlobSeries | None = None
        self.view: GraphView | None = None
        self.why = ""
        self._other: LoggedGraph | None = None
        self._last: GraphView | None = None  # of the graph before, while the next is read
        self._shown: tuple[LoggedGraph, bool] | None = None
        self._ahead: list[Callable[[GraphView], object]] = []  # what was pressed before the graph was read

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
        if key is None or self.series is None:
            self._show(None, f"no visible run has this graph: {self.shared.key('toggle_all')} shows all")
            return
        self._other = compared_with(self.snapshot, self.selection, key)
        shown = logged_graph(self.snapshot, self.selection, key)
        assert shown is not None  # of every series there is one at any step
        wanted = shown, self._other is not None
        if wanted == self._shown and self.view is not None:
            return
        found = self.shared.blobs.get(shown.ref, shown.read)
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
        self.why = why if model is None else ""
        lines, compared = max(1, self.size.height - HEAD), self._other is not None
        self.view = None if model is None else GraphView(model, lines, self._last, compared=compared)
        self._take_cursor()

    def _catch_up(self) -> None:
        """Do what was pressed while the graph was read."""
        ahead, self._ahead = self._ahead, []
        for act in ahead:
            if self.view is not None:
                act(self.view)
        self._take_cursor()

    def then(self, act: Callable[[GraphView], object]) -> None:
        """Do something to the view, and show what comes of it; as soon as there is one, while it is read."""
        if self.view is None:
            self._ahead += [act] * self._stale
        else:
            self.keep_cursor()
            act(self.view)
            self._take_cursor()
            self.redraw()

    # The list's cursor is that of the view

    def _take_cursor(self) -> None:
        if self.view is not None:
            self.set_reactive(LineView.cursor, self.view.pane.cursor)
            self.top = self.view.pane.top

    def keep_cursor(self) -> None:
        """The view's cursor goes to where that of the list is."""
        if self.view is not None:
            self.view.pane.cursor, self.view.pane.top = self.cursor, self.top

    def cursor_moved(self) -> None:
        self.keep_cursor()

    def line_count(self) -> int:
        return len(self.view.pane) if self.view is not None else 0

    # What a view needs besides the graph

    def complete(self, width: int) -> None:
        """Give the view in force what it shows besides the graph, as far as that is read."""
        if self.view is None:
            return
        pane = self.view.pane
        if isinstance(pane, NodePane):
            self.keep_cursor()
            pane.layout(width, self._attributes(pane.place))
            self.set_reactive(LineView.cursor, pane.cursor)
        elif isinstance(pane, ChangesPane) and self._other is not None and self.series is not None:
            key, ref, read, step = self._other
            name = f"step {step}" if key == self.series.key else self.shared.runs.name(key.run)
            self.keep_cursor()
            pane.compare(name, self.shared.blobs.get(ref, read))
            self.set_reactive(LineView.cursor, pane.cursor)

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
        return self.shared.blobs.get(self._shown[0].ref, NodeAttributes(place, profiled))

"""What the keys do in the full view of a graph."""

from __future__ import annotations

from functools import partial

from tui.app.blob_steps import moved, places, step_line
from tui.app.graph_tree_pane import TreePane
from tui.app.graph_view import GraphView
from tui.app.graphs import title_of
from tui.app.messages import Noticed, StepChosen, TagOpened
from tui.app.selection import Filter
from tui.app.taking import export_directory, short_path, write_new_file
from tui.app.widgets.graph_state import GraphState
from tui.render.numbers import plural
from tui.render.text import printable


class GraphKeys(GraphState):
    """Goes through the views, the nodes, the tree and the logged graphs; searches, folds, sorts, takes along."""

    def next_view(self) -> None:
        """The next view of the graph; from a node to its place in the tree."""
        self.then(GraphView.next_view)

    def next_order(self) -> None:
        """Sort by parameters, or as the graph has it."""
        self.then(lambda view: self.post_message(Noticed(view.pane.next_order())))

    def action_enter(self) -> None:
        """Into the node under the cursor; a mere scope is opened or closed."""
        self.then(self._enter)

    def _enter(self, view: GraphView) -> None:
        if (refused := view.enter()) is not None:
            self.post_message(Noticed(refused))

    def action_leave(self) -> None:
        """Esc: to the node before, out of the node, out of the search, back to the list."""
        left: list[bool] = []
        if self.view is not None:
            self.then(lambda view: left.append(view.leave()))
        if not any(left):
            self.post_message(TagOpened(None))

    def action_toggle_line(self) -> None:
        """Open or close the scope."""
        self.then(GraphView.toggle)

    def action_cursor_right(self) -> None:
        self.then(GraphView.go_right)

    def action_cursor_left(self) -> None:
        self.then(GraphView.go_left)

    def action_zoom_in(self) -> None:
        """Unfold a level more."""
        self.then(lambda view: view.fold(TreePane.deeper))

    def action_zoom_out(self) -> None:
        """Fold the deepest level."""
        self.then(lambda view: view.fold(TreePane.shallower))

    def action_zoom_all(self) -> None:
        """Fold as at first."""
        self.then(lambda view: view.fold(TreePane.as_at_first))

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
        self.then(lambda view: view.search_for(text))

    def next_problem(self) -> None:
        """To the next match."""
        if not self.search.text:
            self.post_message(Noticed(f"nothing is searched for: {self.shared.key('filter')} searches"))
        else:
            self.then(self._next_match)

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

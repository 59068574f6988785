"""Plain lists that are made anew with the data."""

from __future__ import annotations

from textual.reactive import reactive

from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.line_view import LineView
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot


class Listing(LineView):
    """A list that is made anew when the snapshot or the selection changes."""

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shared = shared

    def watch_snapshot(self, old: StoreSnapshot, new: StoreSnapshot) -> None:
        self.invalidate()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        self.invalidate()

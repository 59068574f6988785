"""What the full views have in common: one tag, a place in it, and the keys that change either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.reactive import reactive

from tui.app.messages import TagOpened
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.tag_list import TagList
from tui.app.widgets.line_view import StripView
from tui.model import SeriesKey
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot

_PAGE = 10


class FullView(StripView):
    """One tag over the whole pane. Nothing is computed while another page is shown."""

    kind: ClassVar[str]
    """The plugin whose tags the view shows."""

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shared = shared

    @property
    def tag(self) -> str | None:
        """The tag that is shown."""
        raise NotImplementedError

    def step(self, by: int) -> None:
        """Move the place in the tag by so many places."""
        raise NotImplementedError

    def watch_snapshot(self, old: StoreSnapshot, new: StoreSnapshot) -> None:
        self.redraw()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        self.redraw()

    @property
    def keys(self) -> Mapping[str, list[SeriesKey]]:
        """Tag -> its series in the visible runs."""
        return self._list.keys

    @property
    def tags(self) -> Sequence[str]:
        """The tags that Up and Down go through, in the order of the rows."""
        return self._list.tags

    @property
    def _list(self) -> TagList:
        return self.shared.tag_lists.of(self.snapshot, self.selection, self.kind)

    def _step_tag(self, by: int) -> None:
        tags = self.tags
        if tags:
            at = tags.index(self.tag) if self.tag in tags else 0
            self.post_message(TagOpened(tags[min(max(at + by, 0), len(tags) - 1)]))

    def action_cursor_up(self) -> None:
        self._step_tag(-1)

    def action_cursor_down(self) -> None:
        self._step_tag(1)

    def action_cursor_left(self) -> None:
        self.step(-1)

    def action_cursor_right(self) -> None:
        self.step(1)

    def action_page_up(self) -> None:
        self.step(-_PAGE)

    def action_page_down(self) -> None:
        self.step(_PAGE)

    def action_leave(self) -> None:
        """Esc: back to the rows."""
        self.post_message(TagOpened(None))

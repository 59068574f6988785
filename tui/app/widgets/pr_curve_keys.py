"""Keys and mouse of the PR curves: the threshold that is read, the one it is compared with, what is in view."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.reactive import reactive

from tui.app.messages import Noticed, TagOpened
from tui.app.plane import brought, panned, zoomed
from tui.app.pr_curves import PrFacts, nearest_threshold, next_place, place_of, plane_of
from tui.app.shared import Shared
from tui.app.widgets.blob_full import BlobFull
from tui.render.chart import PlotArea
from tui.render.window import Window

MARGIN = 1
"""Cells on both sides of the chart."""
_CLOSER, _FARTHER, _PAN = 0.5, 2.0, 0.25
_WHEEL_CLOSER, _WHEEL_FARTHER, _WHEEL_PAN = 0.8, 1.25, 0.1


class PrCurveKeys(BlobFull):
    """A chart of curves in the line below the title. Subclasses read the curves and draw them.

    `threshold` is where they are read, None for where each one's F1 is best; `mark` is the threshold that this is
    compared with. `plane` is what is in view of recall and precision, None for all.
    """

    threshold: reactive[float | None] = reactive(None, repaint=False, init=False)
    mark: reactive[float | None] = reactive(None, repaint=False, init=False)
    plane: reactive[Window | None] = reactive(None, repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self.curves: Sequence[tuple[str, PrFacts]] = ()
        """Runs with their curves as they are drawn, the focused run last."""
        self._pressed_at: float | None = None

    @property
    def area(self) -> PlotArea:
        """The cells inside the axes of the chart that was drawn last."""
        raise NotImplementedError

    def watch_threshold(self) -> None:
        self.redraw()

    def watch_mark(self) -> None:
        self.redraw()

    def watch_plane(self) -> None:
        self.redraw()

    @property
    def window(self) -> Window:
        """The stretch of recall and precision in view."""
        return self.plane or self.whole

    @property
    def whole(self) -> Window:
        """All that there is to see."""
        return plane_of(facts for _, facts in self.curves)

    @property
    def _lead(self) -> PrFacts | None:
        """The curve along which the cursor goes: the focused run's, if it can be read."""
        return self.curves[-1][1] if self.curves else None

    # What keys do

    def action_leave(self) -> None:
        """Esc: first cursor and mark go, then the chart."""
        if self.threshold is None and self.mark is None:
            self.post_message(TagOpened(None))
        self.threshold = self.mark = None

    def action_cursor_back(self) -> None:
        self._move_cursor(back=True)

    def action_cursor_on(self) -> None:
        self._move_cursor(back=False)

    def _move_cursor(self, *, back: bool) -> None:
        facts = self._lead
        if facts is None:
            return
        place = next_place(facts, facts.at(self.threshold), self.window, self.area, back=back)
        self.threshold = facts.threshold(place)
        if self.plane is not None and facts.on_curve[place]:
            self.plane = brought(self.plane, self.whole, facts.recall[place], facts.precision[place])

    def action_mark(self) -> None:
        """Mark the cursor's threshold; where the mark is already, or without a cursor, it goes."""
        if self.threshold is None and self.mark is None:
            self.post_message(Noticed(f"no cursor to mark: {self.shared.key('cursor_on')} puts one there"))
        else:
            self.mark = None if self.threshold == self.mark else self.threshold

    def _zoom(self, factor: float, about: tuple[float, float] | None = None) -> None:
        facts = self._lead
        if facts is None or not facts.on_curve.any():
            return
        if about is None:
            place = facts.at(self.threshold)
            about = (facts.recall[place], facts.precision[place]) if facts.on_curve[place] else (1.0, 1.0)
        self.plane = zoomed(self.window, self.whole, about, factor)

    def _pan(self, right: float, up: float) -> None:
        if self.plane is not None:
            self.plane = panned(self.plane, self.whole, right, up)

    def action_zoom_in(self) -> None:
        self._zoom(_CLOSER)

    def action_zoom_out(self) -> None:
        self._zoom(_FARTHER)

    def action_zoom_all(self) -> None:
        self.plane = None

    def action_pan_left(self) -> None:
        self._pan(-_PAN, 0.0)

    def action_pan_right(self) -> None:
        self._pan(_PAN, 0.0)

    def action_pan_up(self) -> None:
        self._pan(0.0, _PAN)

    def action_pan_down(self) -> None:
        self._pan(0.0, -_PAN)

    # The mouse: a click reads the nearest point, dragging compares two, the wheel zooms and pans

    def _cell(self, event: events.MouseEvent) -> tuple[int, int] | None:
        """Column and row, inside the axes, of the cell under the pointer."""
        area = self.area
        column, row = event.x - MARGIN - area.left, event.y - 1
        return (column, row) if 0 <= column < area.width and 0 <= row < area.height else None

    def _threshold_at(self, event: events.MouseEvent) -> float | None:
        cell = self._cell(event)
        if cell is None:
            return None
        return nearest_threshold([facts for _, facts in self.curves], *cell, self.window, self.area)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        threshold = self._threshold_at(event)
        if threshold is not None and event.button == 1:
            self._pressed_at = threshold
            self.capture_mouse()
            self.threshold = threshold

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """While the button is held: from where it was pressed to here."""
        threshold = self._threshold_at(event) if self._pressed_at is not None else None
        if threshold is not None and threshold != self.threshold:
            self.mark, self.threshold = self._pressed_at, threshold

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._pressed_at is not None:
            self._pressed_at = None
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2 and self._cell(event) is not None:
            self.action_zoom_all()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(event, _WHEEL_CLOSER)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(event, _WHEEL_FARTHER)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        self._pan(-_WHEEL_PAN, 0.0)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        self._pan(_WHEEL_PAN, 0.0)

    def _scroll(self, event: events.MouseEvent, factor: float) -> None:
        cell = self._cell(event)
        if cell is not None:
            event.stop()
            self._zoom(factor, place_of(*cell, self.window, self.area))

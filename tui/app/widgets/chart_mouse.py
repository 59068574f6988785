"""The mouse on a chart: a click sets the cursor, dragging marks a range, the wheel zooms and pans."""

from __future__ import annotations

from textual import events

from tui.app.messages import CursorMoved, MarkMoved
from tui.app.widgets.chart_keys import ChartKeys
from tui.render.chart import PlotArea

_CLOSER, _FARTHER = 0.8, 1.25
_PAN = 0.1


class ChartMouse(ChartKeys):
    """For views of one chart: a double click shows everything again, as in TensorBoard."""

    _pressed_at: float | None = None

    def chart_area(self) -> PlotArea:
        """Where in the widget the curves are."""
        raise NotImplementedError

    def _x_at(self, event: events.MouseEvent, *, beside: bool = False) -> float | None:
        """The x under the pointer, None `beside` the plot, or else the nearest."""
        area, window = self.chart_area(), self.chart_window()
        # The axis belongs to it: its line is easy to hit.
        if window is None or not area.width or (not beside and not area.top <= event.y <= area.top + area.height):
            return None
        column = min(max(event.x, area.left), area.left + area.width - 1) if beside else event.x
        return area.x_at(column, window)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        x = self._x_at(event)
        if x is not None and event.button == 1:
            self._pressed_at = x
            self.capture_mouse()
            self.post_message(CursorMoved(x))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """While the button is held: from where it was pressed to here."""
        x = self._x_at(event, beside=True) if self._pressed_at is not None else None
        if x is not None and x != self.selection.cursor:
            if self.selection.mark != self._pressed_at:
                self.post_message(MarkMoved(self._pressed_at))
            self.post_message(CursorMoved(x))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._pressed_at is not None:
            self._pressed_at = None
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2 and self._x_at(event) is not None:
            self.action_zoom_all()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(event, _CLOSER, -_PAN)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(event, _FARTHER, _PAN)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        self._scroll(event, None, -_PAN)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        self._scroll(event, None, _PAN)

    def _scroll(self, event: events.MouseEvent, factor: float | None, share: float) -> None:
        x = self._x_at(event)
        if x is None:
            return
        event.stop()
        if factor is None or event.shift:
            self.pan_by(share)
        else:
            self.zoom_by(factor, x)

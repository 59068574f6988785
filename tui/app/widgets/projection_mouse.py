"""The mouse in the full view of an embedding: a click puts the cursor on a point, the wheel zooms and pans."""

from __future__ import annotations

from textual import events

from tui.analysis.projection import nearest_to
from tui.app.point_sets import PointSet
from tui.app.widgets.projection_keys import CELL_HEIGHT, PAN, ProjectionKeys

_CLOSER, _FARTHER = 0.8, 1.25


class ProjectionMouse(ProjectionKeys):
    """For the view that draws the points; a double click shows everything again."""

    def _place(self, event: events.MouseEvent) -> tuple[int, int] | None:
        """Column and row, inside the axes, of the cell under the pointer."""
        column, row = event.x - self.area.left, event.y - self.area.top
        return (column, row) if 0 <= column < self.area.width and 0 <= row < self.area.height else None

    def _middle(self, place: tuple[int, int]) -> tuple[float, float]:
        """Of a cell, as `cells` counts."""
        return place[0] + 0.25, -CELL_HEIGHT * (place[1] + 0.375)

    def on_click(self, event: events.Click) -> None:
        points, place = self.points, self._place(event)
        if not isinstance(points, PointSet) or place is None:
            return
        if event.chain == 2:
            self.action_zoom_all()
        elif (found := nearest_to(*self.cells(points), self._middle(place))) is not None:
            self._go(found)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll(event, _CLOSER, (0, 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll(event, _FARTHER, (0, -1))

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        self._scroll(event, None, (-1, 0))

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        self._scroll(event, None, (1, 0))

    def _scroll(self, event: events.MouseEvent, factor: float | None, towards: tuple[int, int]) -> None:
        points, place = self.points, self._place(event)
        if place is None or not isinstance(points, PointSet) or (whole := self.plane(points)[2]) is None:
            return
        event.stop()
        if factor is None or event.shift:
            self.pan_by(PAN * towards[0], PAN * towards[1])
        else:
            view, (column, row) = self.zoom or whole, place
            across, down = (column + 0.5) / self.area.width, (row + 0.5) / self.area.height
            x, y = view.x0 + across * (view.x1 - view.x0), view.y1 - down * (view.y1 - view.y0)
            self.zoom_by(factor, (x, y))

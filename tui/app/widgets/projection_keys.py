"""What the keys do in the full view of an embedding, and what they change there."""

from __future__ import annotations

from functools import partial

import numpy as np

from tui.analysis.projection import Floats, nearest_to, next_towards
from tui.app.choices import following
from tui.app.messages import Noticed, TagOpened
from tui.app.plane import brought, panned, zoomed
from tui.app.point_sets import PointSet
from tui.app.projection_csv import nearest_csv, write_coordinates
from tui.app.projections import Nearest
from tui.app.selection import Filter
from tui.app.taking import export_directory, short_path, write_new_file
from tui.app.widgets.projection_state import PAIRS, ProjectionState
from tui.render.numbers import plural
from tui.render.text import printable
from tui.render.window import Window

_CLOSER, _FARTHER = 0.5, 2.0
PAN = 0.25
"""The share of what is in view that one press moves it by."""
CELL_HEIGHT = 2.0
"""How many times as high as wide a cell is."""
_DOTS_HIGH = 4


class ProjectionKeys(ProjectionState):
    """For the view that draws the points."""

    # The cursor

    def _go(self, point: int | None) -> None:
        """Put the cursor on a point, and bring it into view."""
        points = self.points
        self.cursor = point
        if point is not None and isinstance(points, PointSet) and self.zoom is not None:
            x, y, whole = self.plane(points)
            if whole is not None:
                self.zoom = brought(self.zoom, whole, float(x[point]), float(y[point]))
        self.redraw()

    def cells(self, points: PointSet) -> tuple[Floats, Floats]:
        """Where the points are, in columns of cells; y grows upwards."""
        x, y, whole = self.plane(points)
        view = self.zoom or whole or Window(0, 1, 0, 1)
        dots_x, dots_y = view.x_dots(x, 2 * self.area.width), view.y_dots(y, _DOTS_HIGH * self.area.height)
        return dots_x / 2, -dots_y / _DOTS_HIGH * CELL_HEIGHT

    def _move(self, right: int, up: int) -> None:
        """To the next point in a direction; the first time to the one in the middle of what is in view."""
        points = self.points
        if not isinstance(points, PointSet):
            return
        x, y = self.cells(points)
        if self.cursor is None:
            self._go(nearest_to(x, y, (self.area.width / 2, -CELL_HEIGHT * self.area.height / 2)))
            return
        at, least = (float(x[self.cursor]), float(y[self.cursor])), CELL_HEIGHT if up else 1.0
        if (found := next_towards(x, y, at, (right, up), least)) is not None:
            self._go(found)

    def step(self, by: int) -> None:
        """So many points on in the order of the file; of the matches, while points are searched for."""
        points = self.points
        if not isinstance(points, PointSet):
            return
        order = np.flatnonzero(np.isfinite(points.projection.coordinates[:, 0]))
        if not len(order):
            return
        at = -1 if self.cursor is None else int(np.searchsorted(order, self.cursor))
        self._go(int(order[min(max(at + by, 0), len(order) - 1)]))

    def next_problem(self) -> None:
        """The next match, and from the last one to the first again."""
        matches = self.matches
        if matches is None or not len(matches):
            what = f"no name matches /{printable(self.search.text)}" if self.search.text else "nothing is searched for"
            self.post_message(Noticed(f"{what}: {self.shared.key('filter')} searches for names"))
            return
        after = 0 if self.cursor is None else int(np.searchsorted(matches, self.cursor, "right"))
        self._go(int(matches[after % len(matches)]))

    def search_for(self, text: str) -> None:
        """Mark the points whose names match."""
        self.search = Filter(text)
        self.redraw()

    def action_cursor_up(self) -> None:
        self._move(0, 1)

    def action_cursor_down(self) -> None:
        self._move(0, -1)

    def action_cursor_left(self) -> None:
        self._move(-1, 0)

    def action_cursor_right(self) -> None:
        self._move(1, 0)

    def action_cursor_back(self) -> None:
        self.step(-1)

    def action_cursor_on(self) -> None:
        self.step(1)

    def action_first(self) -> None:
        points = self.points
        self.step(-len(points.points) if isinstance(points, PointSet) else 0)

    def action_last(self) -> None:
        points = self.points
        self.step(len(points.points) if isinstance(points, PointSet) else 0)

    def action_leave(self) -> None:
        """Esc: first without the cursor, then back to the list."""
        if self.cursor is not None:
            self._go(None)
        else:
            self.post_message(TagOpened(None))

    # How it is shown

    def next_view(self) -> None:
        """The next two components."""
        points = self.points
        count = points.projection.coordinates.shape[1] if isinstance(points, PointSet) else 0
        possible = [pair for pair in PAIRS if max(pair) < count] or [PAIRS[0]]
        at = possible.index(self.pair) if self.pair in possible else -1
        self.pair, self.zoom = possible[(at + 1) % len(possible)], None
        self.redraw()

    def action_colour(self) -> None:
        """By the next column of the metadata, and then by none."""
        points = self.points
        if not isinstance(points, PointSet) or not points.columns:
            self.post_message(Noticed("no metadata here to colour points by"))
            return
        self.column = (self.column + 1) % (len(points.columns) + 1)
        self.redraw()

    def action_distance(self) -> None:
        """Cosine or Euclidean."""
        self.distance = following(self.distance)
        self.redraw()

    def action_toggle_line(self) -> None:
        """Names beside the points, or not."""
        self.named = not self.named
        self.redraw()

    def zoom_by(self, factor: float, about: tuple[float, float] | None = None) -> None:
        """Zoom about a place; without one about the cursor, or the middle."""
        points = self.points
        if not isinstance(points, PointSet):
            return
        x, y, whole = self.plane(points)
        if whole is None:
            return
        view = self.zoom or whole
        if about is None:
            about = (view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2
            if self.cursor is not None:
                about = float(x[self.cursor]), float(y[self.cursor])
        self.zoom = zoomed(view, whole, about, factor)
        self.redraw()

    def pan_by(self, right: float, up: float) -> None:
        """Move what is in view by shares of its sides."""
        points = self.points
        if self.zoom is not None and isinstance(points, PointSet) and (whole := self.plane(points)[2]) is not None:
            self.zoom = panned(self.zoom, whole, right, up)
            self.redraw()

    def action_zoom_in(self) -> None:
        self.zoom_by(_CLOSER)

    def action_zoom_out(self) -> None:
        self.zoom_by(_FARTHER)

    def action_zoom_all(self) -> None:
        self.zoom = None
        self.redraw()

    def action_pan_left(self) -> None:
        self.pan_by(-PAN, 0)

    def action_pan_right(self) -> None:
        self.pan_by(PAN, 0)

    def action_pan_up(self) -> None:
        self.pan_by(0, PAN)

    def action_pan_down(self) -> None:
        self.pan_by(0, -PAN)

    # Taking numbers along

    def action_copy(self) -> None:
        """The neighbours go to the clipboard."""
        points, query, nearest = self.points, self.asked, self.nearest
        if not isinstance(points, PointSet) or query is None or not isinstance(nearest, Nearest):
            self.post_message(Noticed("no neighbours to copy: an arrow puts the cursor on a point", failed=True))
            return
        self.app.copy_to_clipboard(nearest_csv(points, query, nearest))
        self.post_message(Noticed(f"copied {plural(len(nearest.points), 'neighbour')} as CSV"))

    def action_export(self) -> None:
        """The coordinates go to a file, which may take a second."""
        points, listed = self.points, self.listed
        if not isinstance(points, PointSet) or listed is None:
            self.post_message(Noticed("no points to export", failed=True))
        else:
            self.run_worker(partial(self._export, points, self.components(points), listed.embedding.name), thread=True)

    def _export(self, points: PointSet, pair: tuple[int, int], name: str) -> None:
        """Runs on a thread of its own."""
        write = partial(write_coordinates, found=points, pair=pair)
        try:
            path, written = write_new_file(export_directory(self.shared.logdirs), name, write)
            done = Noticed(f"{plural(written, 'point')} to {printable(short_path(path))}")
        except (OSError, RuntimeError) as error:  # the latter where there is no home directory
            done = Noticed(f"nothing exported: {printable(str(error))}", failed=True)
        self.post_message(done)

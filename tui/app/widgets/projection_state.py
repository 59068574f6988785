"""The embedding that is open in the full view, and what is chosen of it: components, cursor, search, part in view."""

from __future__ import annotations

import numpy as np

from logging_lib.tfevents import plugins
from tui.analysis.projection import Distance, Floats, Indices
from tui.app.blobs import Unreadable
from tui.app.choices import Tab
from tui.app.plane import whole_plane
from tui.app.point_sets import PointSet, Version
from tui.app.projections import Listed, MatchQuery, Nearest, NeighbourQuery, embedding_of
from tui.app.selection import Filter, Selection
from tui.app.shared import Shared
from tui.app.widgets.full_view import FullView
from tui.render.chart import PlotArea
from tui.render.window import Window

PAIRS = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
"""Components against each other, as the key goes through them."""
_CLOSER, _FARTHER = 0.5, 2.0


class ProjectionState(FullView):
    """The points of the open embedding, which of them the cursor is on, and what part of the plane is in view.

    With another embedding all of it starts anew, except how the user looks at points: pair, distance, names.
    """

    kind = plugins.PROJECTOR

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self.pair = PAIRS[0]
        self.distance = Distance.COSINE
        self.named = True
        self.area = PlotArea(0, 0, 0, 0)
        """Where the points were drawn last."""
        self._plane: tuple[PointSet, tuple[int, int], Floats, Floats, Window | None] | None = None
        self._begin()

    def _begin(self) -> None:
        self.cursor: int | None = None
        self.zoom: Window | None = None
        self.column = 0
        self.search = Filter()
        self._matches: Indices | None = None
        self.searched = 0
        """Grows when other points match."""

    def watch_selection(self, old: Selection, new: Selection) -> None:
        if old.opened_in(Tab.PROJECTOR) != new.opened_in(Tab.PROJECTOR):
            self._begin()
            if (listed := self.listed) is not None:
                self.shared.embeddings.look_again(listed.embedding)
        super().watch_selection(old, new)

    # What is shown

    @property
    def tag(self) -> str | None:
        return self.selection.opened_in(Tab.PROJECTOR)

    @property
    def listed(self) -> Listed | None:
        """The open embedding, None while its run is hidden or does not have it."""
        return embedding_of(self.snapshot, self.selection, self.tag or "")

    @property
    def version(self) -> Version | Unreadable | None:
        """That of its files."""
        listed = self.listed
        return None if listed is None else self.shared.embeddings.version(listed.embedding)

    @property
    def points(self) -> PointSet | Unreadable | None:
        """Its points, why they cannot be shown, or None while they are computed."""
        version = self.version
        return self.shared.embeddings.points(version) if isinstance(version, Version) else version

    def plane(self, points: PointSet) -> tuple[Floats, Floats, Window | None]:
        """x and y float64[n] of all points on the chosen components, and the part of the plane that holds them all."""
        if self._plane is None or self._plane[:2] != (points, self.pair):
            x, y = (points.projection.coordinates[:, at].astype(np.float64) for at in self.components(points))
            self._plane = points, self.pair, x, y, whole_plane(x, y)
        return self._plane[2:]

    def components(self, points: PointSet) -> tuple[int, int]:
        """The pair of components; the first pair where there are not so many."""
        return self.pair if max(self.pair) < points.projection.coordinates.shape[1] else PAIRS[0]

    @property
    def asked(self) -> NeighbourQuery | None:
        """What is near to the point under the cursor."""
        version = self.version
        if self.cursor is None or not isinstance(version, Version):
            return None
        return NeighbourQuery(version, self.cursor, self.distance)

    @property
    def nearest(self) -> Nearest | Unreadable | None:
        """The answer; None without a cursor, and while it is computed."""
        query = self.asked
        return None if query is None else self.shared.embeddings.nearest(query)

    @property
    def matches(self) -> Indices | None:
        """The points that are searched for, None without a search. While they are looked for, those of the last one."""
        version = self.version
        found: object = None
        if self.search.text and isinstance(version, Version):
            found = self.shared.embeddings.matches(MatchQuery(version, self.search))
            if not isinstance(found, np.ndarray):
                return self._matches
        if found is not self._matches:
            self._matches = found if isinstance(found, np.ndarray) else None
            self.searched += 1
        return self._matches

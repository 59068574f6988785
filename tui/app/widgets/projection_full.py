"""The full view of an embedding: its points on two of their principal components, and what is near to one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from rich.style import Style
from textual.strip import Strip

from tui.analysis.point_columns import Categories
from tui.analysis.ticks import ticks
from tui.app.blob_title import RUN_LEAST, run_parts, title_line
from tui.app.blobs import Unreadable
from tui.app.no_tags import said
from tui.app.output.terminal_app import TerminalApp
from tui.app.parts import Part, cut
from tui.app.point_looks import PointLook, category_look, plain_look, scale_look
from tui.app.point_sets import PointSet
from tui.app.projections import Listed, Nearest
from tui.app.terminal_kind import FULL, Colours
from tui.app.widgets.projection_readout import PANEL, ProjectionReadout
from tui.render.canvas import Part as Drawn
from tui.render.cells import fit
from tui.render.cells import width as width_of
from tui.render.chart import plot_area
from tui.render.numbers import count, percent
from tui.render.scatter import Cells, Label, Scatter, ScatterSpec, draw_scatter, scatter_cells
from tui.render.strips import ChartStyles, canvas_strips, row_strip
from tui.render.text import printable
from tui.render.window import Window

_PANEL_FROM = 90
_PANEL_LOW, _LOW = 6, 16
_LABELS_TRIED = 2000
_NEAR_SHOWN = 10


class ProjectionFull(ProjectionReadout):
    """A title, what the colours mean, the points, and beside or below them what is known of the one at the cursor."""

    _scatter: tuple[tuple[object, ...], Scatter, PointLook] | None = None
    _cells_drawn: tuple[tuple[object, ...], Cells] | None = None

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        listed, points = self.listed, self.points
        if listed is None:
            return self._said(f"no visible run has this embedding: {self.shared.key('toggle_all')} shows all", width)
        if isinstance(points, Unreadable):
            return [self._title(listed, None, width), *self._said(points, width)]
        if points is None:
            return [self._title(listed, None, width), *self._said(self._waiting(listed), width)]
        scatter, looks = self._coloured(points)
        head = [self._title(listed, points, width), self._legend(points, looks, width)][: max(1, height - 1)]
        body = self._body(points, scatter, looks, width, height - len(head))
        self.area = replace(self.area, top=len(head))
        return [*head, *body]

    def _said(self, text: str, width: int) -> list[Strip]:
        return said([text], width, self.look)

    def _waiting(self, listed: Listed) -> str:
        shape = self.shared.embeddings.shape(listed.embedding)
        size = f" of {count(shape[0])} points, {count(shape[1])} dimensions" if isinstance(shape, tuple) else ""
        return f"computing the principal components{size}…"

    def _title(self, listed: Listed, points: PointSet | None, width: int) -> Strip:
        look = self.look
        rest: list[Part] = [("", look.text)]  # what stays in any window: there is nothing besides the name and the axes
        notes: Sequence[str] = ()
        right: list[Part] = []
        if points is not None:
            shown, dimensions = points.points.shape
            rest.append((f"{count(shown)} points × {count(dimensions)} dimensions  ", look.text))
            shares = points.projection.explained
            x, y = self.components(points)
            axes = [f"{sign} PC{at + 1} {percent(float(shares[at]))}" for sign, at in (("→", x), ("↑", y))]
            right = [(f"  {axes[0]}  {axes[1]} ", look.text)]
            notes = [", ".join(map(printable, points.notes))] if points.notes else []
        rest += self._run_parts(listed.run, max(width // 4, RUN_LEAST))
        return title_line(listed.embedding.name, rest, notes, right, width, look)

    def _run_parts(self, run: str, cells: int) -> list[Part]:
        if run not in self.snapshot.runs:
            name = printable(run)
            return [(fit(name, min(width_of(name), cells), keep="both"), self.look.dim)]
        return run_parts(run, self.shared, cells, self.look)

    # The points' look

    @property
    def _colours(self) -> Colours:
        return (self.app.kind if isinstance(self.app, TerminalApp) else FULL).colours

    def _coloured(self, points: PointSet) -> tuple[Scatter, PointLook]:
        """The points, in their colours; made again only where one of the things that they depend on changed."""
        matches, run = self.matches, self.listed.run if self.listed is not None else ""
        wanted = points, self.pair, self.column, self.searched, self.look, run
        if self._scatter is None or self._scatter[0] != wanted:
            looks = self._point_look(points, run)
            faint = np.zeros(len(points.points), np.bool_)
            if matches is not None:
                faint[:] = True
                faint[matches] = False
            x, y, _ = self.plane(points)
            self._scatter = wanted, Scatter(x, y, looks.owners, faint, looks.marks, looks.dots), looks
        return self._scatter[1:]

    def _point_look(self, points: PointSet, run: str) -> PointLook:
        if self.column >= len(points.columns):
            own = self.shared.runs.style(run, self.look) if run in self.snapshot.runs else self.look.text
            return plain_look(len(points.points), own)
        name, column = points.columns[self.column]
        if isinstance(column, Categories):
            return category_look(name, column, self._colours, self.shared.runs.palette, self.look)
        return scale_look(name, column, self._colours, self.look)

    def _legend(self, points: PointSet, looks: PointLook, width: int) -> Strip:
        """What the colours mean, and what is searched for."""
        look, key = self.look, self.shared.key
        parts: list[Part] = []
        if self.search.text:
            found = "…" if self.matches is None else count(len(self.matches))
            style = look.warning if self.search.valid else look.error
            parts.append((f" /{printable(self.search.text)}  {found} found ", style))
        legend = list(looks.legend)
        if not legend and points.columns:
            legend = [(f" {key('colour')} colours by {printable(points.columns[0][0])}", look.dim)]
        return row_strip(cut([*parts, *legend], width), width, look.text)

    # The points, and beside or below them the readout

    def _body(self, points: PointSet, scatter: Scatter, looks: PointLook, width: int, height: int) -> list[Strip]:
        if width >= _PANEL_FROM:
            panel = self.panel(points, PANEL, height)
            drawn = self._drawn(points, scatter, looks, width - PANEL, height)
            return [Strip.join(pair) for pair in zip(drawn, panel, strict=True)]
        low = min(_PANEL_LOW, height // 3) if height >= _LOW else min(2, height // 3)
        drawn = self._drawn(points, scatter, looks, width, height - low)
        return [*drawn, *self.panel(points, width, low)]

    def _drawn(self, points: PointSet, scatter: Scatter, looks: PointLook, width: int, height: int) -> list[Strip]:
        whole = self.plane(points)[2]
        if whole is None or height < 1:
            return [row_strip([], width, self.look.text)] * max(height, 0)
        spec = self._spec(points, self.zoom or whole, width, height)
        self.area = area = plot_area(spec.chart, width, height)
        wanted = scatter, spec.window, area
        if self._cells_drawn is None or self._cells_drawn[0] != wanted:
            self._cells_drawn = wanted, scatter_cells(scatter, spec.window, area.width, area.height)
        canvas = draw_scatter(spec, scatter, width, height, self._cells_drawn[1])
        return canvas_strips(canvas, self._styles(looks))

    def _spec(self, points: PointSet, window: Window, width: int, height: int) -> ScatterSpec:
        nearest = self.nearest
        near = nearest.points[:_NEAR_SHOWN].tolist() if isinstance(nearest, Nearest) else []
        return ScatterSpec(
            window,
            [(tick.value, tick.label) for tick in ticks(window.x0, window.x1, max(2, width // 12))],
            [(tick.value, tick.label) for tick in ticks(window.y0, window.y1, max(2, height // 4))],
            self.cursor,
            near,
            tuple(self._labels(points, window, near)),
        )

    def _labels(self, points: PointSet, window: Window, near: Sequence[int]) -> Iterator[Label]:
        """The names to write, the most important first: of the point at the cursor, those near to it, the others.

        Names that are what the points are coloured by are in the legend.
        """
        if self.cursor is not None:
            yield Label(self.cursor, points.label(self.cursor), Drawn.CURSOR)
        if not self.named or not points.rows or self._names_are_in_legend(points):
            return
        for point in near:
            yield Label(point, points.label(point), Drawn.MARK)
        x, y, _ = self.plane(points)
        seen = (x >= window.x0) & (x <= window.x1) & (y >= window.y0) & (y <= window.y1)
        matches = self.matches
        if matches is not None:
            seen &= np.isin(np.arange(len(x)), matches)
        places = np.flatnonzero(seen)
        for point in places[:: max(1, len(places) // _LABELS_TRIED)].tolist():
            yield Label(point, points.label(point), Drawn.LABEL)

    def _names_are_in_legend(self, points: PointSet) -> bool:
        if self.column >= len(points.columns):
            return False
        name, column = points.columns[self.column]
        own = points.header[points.label_column] if points.header else name
        return isinstance(column, Categories) and name == own

    def _styles(self, looks: PointLook) -> ChartStyles:
        look = self.look
        return ChartStyles(
            base=Style(bgcolor=look.background),
            axis=look.faint,
            label=look.dim,
            cursor=look.accent,
            mark=look.warning,
            highlight=Style(bgcolor=look.cursor_background),
            curves=dict(enumerate(looks.styles)),
            faint=dict.fromkeys(range(len(looks.styles)), look.faint),
        )

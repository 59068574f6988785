"""What is told of the point at the cursor: its fields, its picture, and what is near to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.strip import Strip

from tui.analysis.image_view import image_view
from tui.analysis.projection import Distance
from tui.app.blobs import Unreadable
from tui.app.parts import Part, cells_of
from tui.app.point_sets import PointSet
from tui.app.projections import Nearest
from tui.app.sprites import sprite_query
from tui.app.widgets.projection_mouse import ProjectionMouse
from tui.render.cells import fit, wrap
from tui.render.cells import width as width_of
from tui.render.numbers import number
from tui.render.strips import row_strip
from tui.render.text import printable

PANEL = 42
"""Cells of the readout beside the points."""
_DISTANCE = 9
_PICTURE_SHARE, _PICTURE_MOST = 3, 16
"""Of the lines of the readout one in so many, and at most so many, are for the point's picture."""


class ProjectionReadout(ProjectionMouse):
    """Lines beside the points, or fewer below them."""

    def panel(self, points: PointSet, width: int, height: int) -> list[Strip]:
        """What is known of the point at the cursor, and what is near to it: exactly `height` lines."""
        if self.cursor is None:
            strips = self._rows([[(line, self.look.dim)] for line in wrap(self._hint(), width - 4)], width)
        elif width == PANEL:
            strips = self._rows([*self._known(points, width - 4), []], width)
            strips += self._picture(points, width, min(height // _PICTURE_SHARE, _PICTURE_MOST))
            strips += self._rows(self._near(points, width - 4), width)
        else:
            lines = [self._known_in_short(points), *self._near_side_by_side(points, width - 4)]
            strips = self._rows(lines, width)
        return [*strips, *[row_strip([], width, self.look.text)] * height][:height]

    def _rows(self, lines: Sequence[Sequence[Part]], width: int) -> list[Strip]:
        return [row_strip([("  ", self.look.text), *parts], width, self.look.text) for parts in lines]

    def _hint(self) -> str:
        key, listed = self.shared.key, self.listed
        bookmarks = (
            " There are bookmarks, too, which are not shown." if listed and listed.embedding.bookmarks_path else ""
        )
        return (
            f"An arrow or a click puts the cursor on a point. {key('density')} other components, {key('colour')} "
            f"colours, {key('distance')} distance, {key('filter')} search, {key('toggle_line')} names.{bookmarks}"
        )

    def _picture(self, points: PointSet, width: int, height: int) -> list[Strip]:
        """The picture of the point at the cursor, in at most so many lines, and a blank one; none without a sprite."""
        listed, pictures = self.listed, self.shared.pictures
        query = None if listed is None else sprite_query(listed.embedding, int(points.numbers[self.cursor or 0]))
        room = pictures.room(width - 4, height)
        if query is None or height < 1:
            return []
        picture = self.shared.embeddings.picture(query)
        lines = 1 if isinstance(picture, Unreadable) else image_view(query.size, room).rows
        margin, blank = row_strip([], 2, self.look.text), row_strip([], width, self.look.text)
        shown = [Strip.join([margin, strip, margin]) for strip in pictures.body(picture, room, self.look)]
        return [*[*shown, *[blank] * lines][:lines], blank]

    def _known(self, points: PointSet, cells: int) -> list[list[Part]]:
        """The point's name, its place in the file, and its fields, a line each."""
        look, at = self.look, self.cursor or 0
        lines: list[list[Part]] = [[(fit(points.label(at), cells, keep="both"), look.accent)]]
        lines.append([(f"#{points.numbers[at]} of {points.total}", look.dim)])
        fields = self._fields(points)
        heads = min(max((width_of(printable(name)) for name, _ in fields), default=0), cells // 2)
        for name, field in fields:
            value = fit(field, cells - heads - 2, keep="both")
            lines.append([(f"{fit(name, heads)}  ", look.dim), (value, look.text)])
        return lines

    def _fields(self, points: PointSet) -> list[tuple[str, str]]:
        """The fields of the point at the cursor besides its name, with the names of their columns."""
        at = self.cursor or 0
        columns = enumerate(points.header)
        return [(name, points.field(at, column)) for column, name in columns if column != points.label_column]

    def _near(self, points: PointSet, cells: int) -> list[list[Part]]:
        look, nearest = self.look, self.nearest
        lines: list[list[Part]] = [[(f"nearest by {self.distance.value} distance", look.dim)]]
        for name, far in self._neighbours(points):
            room = cells - _DISTANCE
            lines.append([(fit(name, room, keep="both"), look.text), (fit(far, _DISTANCE, align="right"), look.dim)])
        return lines if len(lines) > 1 else [*lines, [(self._no_neighbours(nearest), look.dim)]]

    def _neighbours(self, points: PointSet) -> list[tuple[str, str]]:
        """Names and distances."""
        nearest = self.nearest
        if not isinstance(nearest, Nearest):
            return []
        pairs = zip(nearest.points.tolist(), nearest.distances.tolist(), strict=True)
        # Cosines all lie in one range, where equally many places are read best.
        text = "{:.4f}".format if self.distance is Distance.COSINE else number
        return [(points.name(point), text(far)) for point, far in pairs]

    def _no_neighbours(self, nearest: Nearest | Unreadable | None) -> str:
        if nearest is None:
            return "computing…"
        return nearest if isinstance(nearest, Unreadable) else "no point at a distance that can be told"

    def _known_in_short(self, points: PointSet) -> list[Part]:
        look, at = self.look, self.cursor or 0
        parts: list[Part] = [(printable(points.label(at)), look.accent), (f"  #{points.numbers[at]}", look.dim)]
        for name, field in self._fields(points):
            parts += [(f"  {printable(name)} ", look.dim), (printable(field), look.text)]
        return parts

    def _near_side_by_side(self, points: PointSet, cells: int) -> Iterator[list[Part]]:
        """As many as fit in a line, in as many lines as there are."""
        look = self.look
        parts: list[Part] = [(f"nearest, {self.distance.value}: ", look.dim)]
        found = self._neighbours(points)
        if not found:
            yield [*parts, (self._no_neighbours(self.nearest), look.dim)]
            return
        for name, far in found:
            entry: list[Part] = [(f"{fit(name, min(width_of(printable(name)), cells // 2))} ", look.text)]
            entry.append((f"{far}  ", look.dim))
            if cells_of([*parts, *entry]) > cells:
                yield parts
                parts = []
            parts += entry
        yield parts

"""The full view of a mesh: its numbers, and its edges, faces or vertices."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from rich.style import Style
from textual.strip import Strip

from tui.analysis.mesh_shape import turned
from tui.app.blobs import Unreadable
from tui.app.meshes import MeshPicture
from tui.app.parts import Part, fitting
from tui.app.shared import Shared
from tui.app.widgets.mesh_keys import AXES, MeshKeys, ShownAs, vertices_text
from tui.render.canvas import Canvas
from tui.render.cells import fit, wrap
from tui.render.cells import width as cells
from tui.render.numbers import number, plural
from tui.render.palette import legible
from tui.render.raster import Raster
from tui.render.strips import ChartStyles, canvas_strips, row_strip
from tui.render.wireframe import COLOURS, Solid, draw_edges, draw_faces, draw_vertices, owner_colour

_WIDE = 70


class MeshFull(MeshKeys):
    """A title, the mesh's numbers, and the mesh."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._raster_of: tuple[object, ...] = ()
        self._raster: Raster | None = None

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        series, source, picture = self.series, self.source, self.picture
        if series is None:
            every = self.shared.key("toggle_all")
            return self.filled(self.note(f"no visible run has this mesh: {every} shows all", width), width, height)
        title = self.title(series, width)
        if source is None:
            return self.filled([title, *self.note("logged without its vertices", width)], width, height)
        key = series.key, self.look, width, height
        body = self.kept(key, picture is None, lambda: self._body(picture, series.key.run, width, height - 1))
        return self.filled([title, *body], width, height)

    def _body(self, picture: MeshPicture | Unreadable | None, run: str, width: int, height: int) -> list[Strip]:
        """What stands under the title."""
        if not isinstance(picture, MeshPicture):
            style = self.look.error if picture else self.look.dim
            lines = wrap(picture or "reading…", width - 4)
            return [row_strip([(f"  {line}", style)], width, self.look.text) for line in lines]
        head = [self._numbers(picture, width), *([self._box(picture, width)] if height > 7 else [])]
        return [*head, *self._drawn(picture, run, width, height - len(head))]

    def _numbers(self, picture: MeshPicture, width: int) -> Strip:
        """How many there are of what, which one of the batch it is, and what is left out."""
        look = self.look
        parts: list[Part] = [(f" {vertices_text(picture.vertices)}  {plural(picture.faces, 'face')} ", look.text)]
        if picture.batch > 1:
            at = min(self.entry, picture.batch - 1)
            keys = f"{self.shared.key('cursor_back')} {self.shared.key('cursor_on')}"
            which = f"{at + 1} of a batch of {picture.batch} ({keys})", f"{at + 1} of {picture.batch}"
            parts.append((f" {which[width < _WIDE]} ", look.dim))
        if picture.owners is not None:
            parts.append((" coloured ", look.dim))
        parts += [(f" {note} ", look.warning) for note in picture.notes]
        return row_strip(fitting(parts, width), width, look.text)

    def _box(self, picture: MeshPicture, width: int) -> Strip:
        """The bounding box, axis by axis."""
        look, box = self.look, picture.box
        if box is None:
            return row_strip([(" no finite vertex", look.warning)], width, look.text)
        sizes = [number(size) for size in box.size]
        ends = zip(AXES, box.low, box.high, strict=True)
        bounds = [f" {axis} {number(low)} … {number(high)}" for axis, low, high in ends]
        whole = "".join(f"{bound} ({size}) " for bound, size in zip(bounds, sizes, strict=True))
        texts = [whole, "".join(f"{bound} " for bound in bounds), f" size {' × '.join(sizes)}"]
        text = next((text for text in texts if cells(text) <= width), texts[-1])
        return row_strip([(fit(text, width), look.text)], width, look.text)

    def _drawn(self, picture: MeshPicture, run: str, width: int, height: int) -> list[Strip]:
        if picture.box is None or height < 1:
            return self.filled([], width, max(height, 0))
        canvas = Canvas(width, height)
        # A large mesh takes a second: not each time that data come in.
        made_of = (picture, self.yaw, self.pitch, self.zoom, self.shown_as, width, height)
        if self._raster is None or made_of != self._raster_of:
            self._raster_of, self._raster = made_of, self._dots(picture, width, height)
        canvas.draw(self._raster, 0, 0)
        return canvas_strips(canvas, self._styles(picture, run))

    def _dots(self, picture: MeshPicture, width: int, height: int) -> Raster:
        points = turned(picture.points, self.yaw, self.pitch)
        points *= self.zoom * max(min(2 * width, 4 * height) / 2 - 1, 1.0)
        points[:, 0] += width - 0.5
        points[:, 1] = 2 * height - 0.5 - points[:, 1]
        owners = picture.owners if picture.owners is not None else np.zeros(len(points), np.int16)
        solid = Solid(points, picture.edges, picture.drawn, owners)
        if self.shown_as is ShownAs.VERTICES or not len(picture.drawn):
            return draw_vertices(solid, width, height)
        faces = draw_faces(solid, width, height) if self.shown_as is ShownAs.FACES else None
        return faces or draw_edges(solid, width, height)

    def _styles(self, picture: MeshPicture, run: str) -> ChartStyles:
        look, runs = self.look, self.shared.runs
        base = Style(bgcolor=look.background)
        if picture.owners is None:
            faint = {0: Style(color=runs.faint(run, look))}
            return ChartStyles(base=base, curves={0: runs.style(run, look)}, faint=faint)
        return ChartStyles(base=base, curves=_logged_colours(look.background))


@lru_cache(maxsize=8)
def _logged_colours(background: str) -> Mapping[int, Style]:
    """Those of all owners. What was logged for another background must be seen on this one, too."""
    return {owner: Style(color=legible(owner_colour(owner), background)) for owner in range(COLOURS)}

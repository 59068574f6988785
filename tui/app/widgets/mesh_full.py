"""The full view of a mesh: its numbers, and its edges or vertices, which turn on keys."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

import numpy as np
from rich.style import Style
from textual import events
from textual.strip import Strip

from logging_lib.tfevents import plugins
from tui.analysis.mesh_shape import Box, turned
from tui.app.blobs import Unreadable
from tui.app.choices import Tab, following
from tui.app.meshes import MeshPicture, MeshSnapshot, MeshSource, read_picture, read_whole, write_obj
from tui.app.messages import Noticed
from tui.app.parts import Part, fitting
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.taking import export_directory, short_path, write_new_file
from tui.app.widgets.blob_full import BlobFull
from tui.reader.payload import PayloadError
from tui.render.canvas import Canvas
from tui.render.cells import wrap
from tui.render.file_text import csv_text
from tui.render.numbers import count, number, plural
from tui.render.raster import Raster
from tui.render.strips import ChartStyles, canvas_strips, row_strip
from tui.render.text import printable
from tui.render.wireframe import COLOURS, Solid, draw_edges, draw_faces, draw_vertices, owner_colour
from tui.store.snapshot import StoreSnapshot

_YAW, _PITCH = 30.0, 20.0
_TURN = 15.0
_TURN_A_CELL = 3.0
_CLOSER, _FARTHER = 1.5, 1 / 1.5
_CLOSEST, _FARTHEST = 64.0, 1 / 8
_AXES = "xyz"
_WIDE = 70


class ShownAs(StrEnum):
    """What is drawn of a mesh."""

    EDGES = "edges"
    FACES = "faces"
    VERTICES = "vertices"


class MeshFull(BlobFull):
    """One mesh of one batch, turned by `yaw` and `pitch` degrees, `zoom` times as large as fits the pane."""

    kind = plugins.MESH
    tab = Tab.MESHES

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._meshes = MeshSnapshot()
        self.yaw, self.pitch, self.zoom = _YAW, _PITCH, 1.0
        self.shown_as = ShownAs.EDGES
        self.entry = 0
        self._dragged: tuple[int, int] | None = None

    def validate_snapshot(self, snapshot: StoreSnapshot) -> StoreSnapshot:
        """Textual calls it: of all that was read, the meshes."""
        return self._meshes.of(snapshot)

    def watch_selection(self, old: Selection, new: Selection) -> None:
        if old.opened_in(self.tab) != new.opened_in(self.tab):
            self.entry = 0
        super().watch_selection(old, new)

    @property
    def source(self) -> MeshSource | None:
        """Where the mesh lies that is shown."""
        if self.series is None:
            return None
        superseded = self.selection.superseded
        return self._meshes.source(self.series.key, self.selection.step, self.entry, superseded=superseded)

    @property
    def picture(self) -> MeshPicture | Unreadable | None:
        """The mesh, why it cannot be shown, or None while it is read."""
        source = self.source
        return None if source is None else self.shared.blobs.get(source, read_picture)

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        series, source, picture = self.series, self.source, self.picture
        if series is None:
            every = self.shared.key("toggle_all")
            return self.filled(self.note(f"no visible run has this mesh: {every} shows all", width), width, height)
        title = self.title(series, width)
        if source is None:
            return self.filled([title, *self.note("logged without its vertices", width)], width, height)
        if not isinstance(picture, MeshPicture):
            lines = wrap(picture or "reading…", width - 4)
            said = [row_strip([(f"  {line}", self.look.dim)], width, self.look.text) for line in lines]
            return self.filled([title, *said], width, height)
        head = [title, self._numbers(picture, width), *([self._box(picture, width)] if height > 8 else [])]
        return [*head, *self._drawn(picture, series.key.run, width, height - len(head))][:height]

    def _numbers(self, picture: MeshPicture, width: int) -> Strip:
        """How many there are of what, which one of the batch it is, and what is left out."""
        look = self.look
        parts: list[Part] = [
            (f" {_plural(picture.vertices, 'vertex', 'vertices')}  {plural(picture.faces, 'face')} ", look.text)
        ]
        if picture.batch > 1:
            at = min(self.entry, picture.batch - 1)
            keys = f"{self.shared.key('cursor_back')} {self.shared.key('cursor_on')}"
            parts.append((f" {at + 1} of a batch of {picture.batch} ({keys}) ", look.dim))
        if picture.owners is not None:
            parts.append((" coloured ", look.dim))
        parts += [(f" {note} ", look.warning) for note in picture.notes]
        return row_strip(fitting(parts, width), width, look.text)

    def _box(self, picture: MeshPicture, width: int) -> Strip:
        """The bounding box, axis by axis."""
        look, box = self.look, picture.box
        if box is None:
            return row_strip([(" no finite vertex", look.warning)], width, look.text)
        parts: list[Part] = []
        for axis, low, high, size in zip(_AXES, box.low, box.high, box.size, strict=True):
            long = f" ({number(size)})" if width >= _WIDE else ""
            parts.append((f" {axis} {number(low)} … {number(high)}{long} ", look.text))
        return row_strip(fitting(parts, width), width, look.text)

    def _drawn(self, picture: MeshPicture, run: str, width: int, height: int) -> list[Strip]:
        if picture.box is None or height < 1:
            return self.filled([], width, max(height, 0))
        canvas = Canvas(width, height)
        canvas.draw(self._raster(picture, picture.box, width, height), 0, 0)
        return canvas_strips(canvas, self._styles(picture, run))

    def _raster(self, picture: MeshPicture, box: Box, width: int, height: int) -> Raster:
        points = turned(picture.points, box.centre, self.yaw, self.pitch)
        scale = self.zoom * max(min(2 * width, 4 * height) / 2 - 1, 1.0) / (picture.radius or 1.0)
        points *= scale
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
        return ChartStyles(base=base, curves={owner: Style(color=owner_colour(owner)) for owner in range(COLOURS)})

    # What keys do

    def next_view(self) -> None:
        """Edges, faces, vertices."""
        self.shown_as = following(self.shown_as)
        self.redraw()

    def turn(self, right: float, down: float) -> None:
        """Turn its front by degrees; it never goes over its top."""
        self.yaw = (self.yaw + right) % 360.0
        self.pitch = min(max(self.pitch + down, -90.0), 90.0)
        self.redraw()

    def zoom_by(self, factor: float) -> None:
        """Show it so many times as large."""
        self.zoom = min(max(self.zoom * factor, _FARTHEST), _CLOSEST)
        self.redraw()

    def action_pan_left(self) -> None:
        self.turn(-_TURN, 0)

    def action_pan_right(self) -> None:
        self.turn(_TURN, 0)

    def action_pan_up(self) -> None:
        self.turn(0, -_TURN)

    def action_pan_down(self) -> None:
        self.turn(0, _TURN)

    def action_zoom_in(self) -> None:
        self.zoom_by(_CLOSER)

    def action_zoom_out(self) -> None:
        self.zoom_by(_FARTHER)

    def action_zoom_all(self) -> None:
        """As it was at first."""
        self.yaw, self.pitch, self.zoom = _YAW, _PITCH, 1.0
        self.redraw()

    def action_cursor_back(self) -> None:
        self._choose_entry(-1)

    def action_cursor_on(self) -> None:
        self._choose_entry(1)

    def _choose_entry(self, by: int) -> None:
        """Another one of the batch."""
        picture = self.picture
        if isinstance(picture, MeshPicture):
            self.entry = min(max(self.entry + by, 0), picture.batch - 1)
            self.redraw()

    def action_copy(self) -> None:
        """The numbers go to the clipboard."""
        series, picture = self.series, self.picture
        if series is None or not isinstance(picture, MeshPicture):
            self.post_message(Noticed("no mesh to copy the numbers of", failed=True))
            return
        box = picture.box
        numbers = [repr(value) for value in (*box.low, *box.high)] if box is not None else [""] * 6
        bounds = [f"{axis}_{end}" for end in ("min", "max") for axis in _AXES]
        names = [csv_text(printable(text)) for text in (series.key.run, series.key.tag)]
        lines = (("run", "tag", "vertices", "faces", *bounds), (*names, picture.vertices, picture.faces, *numbers))
        self.app.copy_to_clipboard("".join(",".join(map(str, line)) + "\n" for line in lines))
        self.post_message(Noticed("copied the numbers of vertices and faces and the bounding box as CSV"))

    def action_export(self) -> None:
        """The whole mesh goes to a file, which may take a second."""
        source = self.source
        if source is None:
            self.post_message(Noticed("no mesh to export", failed=True))
        else:
            self.run_worker(partial(self._export, source, self.tag or ""), thread=True)

    def _export(self, source: MeshSource, name: str) -> None:
        """Runs on a thread of its own."""
        try:
            write = partial(write_obj, mesh=read_whole(source))
            path, written = write_new_file(export_directory(self.shared.logdirs), name, write, ".obj")
            done = Noticed(f"{_plural(written, 'vertex', 'vertices')} to {printable(short_path(path))}")
        except (OSError, RuntimeError, PayloadError) as error:  # RuntimeError where there is no home directory
            done = Noticed(f"nothing exported: {printable(str(error))}", failed=True)
        self.post_message(done)

    # The mouse: dragging turns, the wheel zooms

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button == 1:
            self._dragged = event.x, event.y
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragged is not None:
            right, down = event.x - self._dragged[0], event.y - self._dragged[1]
            self._dragged = event.x, event.y
            self.turn(right * _TURN_A_CELL, 2 * down * _TURN_A_CELL)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2:
            self.action_zoom_all()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.zoom_by(_CLOSER)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.zoom_by(_FARTHER)


def _plural(n: int, one: str, many: str) -> str:
    return f"{count(n)} {one if n == 1 else many}"

"""The mesh that is open in the full view, how it is turned, and what the keys and the mouse do there."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

from textual import events

from logging_lib.tfevents import plugins
from tui.app.blob_title import Ways
from tui.app.blobs import Unreadable
from tui.app.choices import Tab, following
from tui.app.meshes import MeshPicture, MeshSnapshot, MeshSource, read_picture, read_whole, write_obj
from tui.app.messages import Noticed
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.taking import export_directory, short_path, write_new_file
from tui.app.widgets.blob_full import BlobFull
from tui.reader.payload import PayloadError
from tui.render.file_text import csv_text
from tui.render.numbers import count
from tui.render.text import printable
from tui.store.snapshot import StoreSnapshot

_YAW, _PITCH = 30.0, 20.0
_TURN = 15.0
_TURN_A_CELL = 3.0
_CLOSER, _FARTHER = 1.5, 1 / 1.5
_CLOSEST, _FARTHEST = 64.0, 1 / 8
AXES = "xyz"


class ShownAs(StrEnum):
    """What is drawn of a mesh."""

    EDGES = "edges"
    FACES = "faces"
    VERTICES = "vertices"


class MeshKeys(BlobFull):
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

    # What keys do

    @property
    def ways(self) -> Ways | None:
        """Edges, faces, vertices; of a mesh without faces there are vertices only."""
        picture = self.picture
        if not isinstance(picture, MeshPicture) or not len(picture.drawn):
            return None
        return Ways(self.shown_as, list(ShownAs))

    def show_way(self, way: str) -> None:
        self.shown_as = ShownAs(way)
        self.redraw()

    def next_view(self) -> None:
        """Edges, faces, vertices."""
        self.show_way(following(self.shown_as))

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
        bounds = [f"{axis}_{end}" for end in ("min", "max") for axis in AXES]
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
            done = Noticed(f"{vertices_text(written)} to {printable(short_path(path))}")
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
        if event.y == 0:
            super().on_click(event)
        elif event.chain == 2:
            self.action_zoom_all()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.zoom_by(_CLOSER)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.zoom_by(_FARTHER)


def vertices_text(n: int) -> str:
    """So many vertices."""
    return f"{count(n)} {'vertex' if n == 1 else 'vertices'}"

"""Zoom and cursor of the full view of images: by keys and by the mouse, the same for all pictures in view."""

from __future__ import annotations

from typing import NamedTuple

from textual import events
from textual.reactive import reactive

from tui.analysis.image_view import ImageView, Room, image_view, scales
from tui.app.messages import RunFocused
from tui.app.widgets.blob_full import BlobFull
from tui.reader.payload.picture import Size

_PAN = 8
"""Which part of what is in view a press moves it by."""


class Placed(NamedTuple):
    """A picture on the screen: its first cell in the widget, the room it has, its size, and whose it is."""

    left: int
    top: int
    room: Room
    size: Size
    run: str

    def pixel_at(self, x: int, y: int, view: ImageView) -> tuple[int, int] | None:
        """The pixel under a cell of the widget; None beside the picture."""
        return view.pixel_at(x - self.left - (self.room.columns - view.columns) // 2, y - self.top)


class ImageZoom(BlobFull):
    """The part of `ImageFull` that tells which part of the pictures is in view.

    `zoom` counts steps from where all is seen. `at` is where the cursor is, as shares of width and height, so that it
    is the same place in pictures of all sizes; None for no cursor.
    """

    zoom = reactive(0, repaint=False, init=False)
    at: reactive[tuple[float, float] | None] = reactive(None, repaint=False, init=False)

    placed: tuple[Placed, ...] = ()
    """The pictures that are on the screen, the one that keys are about first."""
    _held: tuple[int, int] | None = None

    def watch_zoom(self) -> None:
        self.redraw()

    def watch_at(self) -> None:
        self.redraw()

    @property
    def is_close(self) -> bool:
        """Whether single pixels are asked for, and not just all of the picture."""
        return self.zoom > 0 or self.at is not None

    def pixel(self, size: Size) -> tuple[int, int] | None:
        """The pixel (x, y) that the cursor is on in a picture of a size."""
        if self.at is None:
            return None
        return min(int(self.at[0] * size[0]), size[0] - 1), min(int(self.at[1] * size[1]), size[1] - 1)

    def view_of(self, size: Size, room: Room) -> ImageView:
        """What is in view of a picture of a size."""
        return image_view(size, room, self.zoom, self.pixel(size))

    def put_at(self, x: float, y: float, size: Size) -> None:
        """Put the cursor on a pixel, or on the nearest one."""
        width, height = size
        self.at = (min(max(x, 0), width - 1) + 0.5) / width, (min(max(y, 0), height - 1) + 0.5) / height

    def zoom_to(self, zoom: int) -> None:
        """Zoom in or out, as far as the pictures in view can be."""
        if self.placed:
            first = self.placed[0]
            self.zoom = min(max(zoom, 0), len(scales(first.size, first.room)) - 1)
            if self.zoom and self.at is None:
                self.put_at(first.size[0] // 2, first.size[1] // 2, first.size)

    def pan(self, across: int, down: int) -> None:
        """Move the cursor by an eighth of what is in view, one pixel at least; what is in view follows."""
        if not self.placed:
            return
        first = self.placed[0]
        view = self.view_of(first.size, first.room)
        x, y = self.pixel(first.size) or (first.size[0] // 2, first.size[1] // 2)
        step = max(1, min(view.width, view.height) // _PAN)
        self.put_at(x + across * step, y + down * step, first.size)

    def action_zoom_in(self) -> None:
        self.zoom_to(self.zoom + 1)

    def action_zoom_out(self) -> None:
        self.zoom_to(self.zoom - 1)

    def action_zoom_all(self) -> None:
        self.zoom, self.at = 0, None

    def action_pan_left(self) -> None:
        self.pan(-1, 0)

    def action_pan_right(self) -> None:
        self.pan(1, 0)

    def action_pan_up(self) -> None:
        self.pan(0, -1)

    def action_pan_down(self) -> None:
        self.pan(0, 1)

    def action_leave(self) -> None:
        """Esc: first all of the picture again, without the cursor."""
        if self.is_close:
            self.action_zoom_all()
        else:
            super().action_leave()

    # The mouse

    def _hit(self, x: int, y: int) -> tuple[Placed, tuple[int, int]] | None:
        """The picture, and its pixel, under a cell of the widget."""
        for placed in self.placed:
            pixel = placed.pixel_at(x, y, self.view_of(placed.size, placed.room))
            if pixel is not None:
                return placed, pixel
        return None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        hit = self._hit(event.x, event.y)
        if hit is not None and event.button == 1:
            self._held = event.x, event.y
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """While the button is held, the picture goes along."""
        if self._held is None or not self.placed or not self.zoom:
            return
        first = self.placed[0]
        view, pixel = self.view_of(first.size, first.room), self.pixel(first.size)
        across = round((self._held[0] - event.x) / view.scale)
        down = round(2 * (self._held[1] - event.y) / view.scale)
        if pixel is not None and (across or down):
            self._held = event.x, event.y
            self.put_at(pixel[0] + across, pixel[1] + down, first.size)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._held is not None:
            self._held = None
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """The cursor goes to the pixel, and keys are about that run from then on."""
        hit = self._hit(event.x, event.y)
        if hit is None:
            return
        placed, pixel = hit
        if event.chain == 2:
            self.action_zoom_all()
        else:
            self.put_at(*pixel, placed.size)
            if placed is not self.placed[0]:
                self.post_message(RunFocused(placed.run))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        hit = self._hit(event.x, event.y)
        if hit is not None:
            self.put_at(*hit[1], hit[0].size)
        self.zoom_to(self.zoom + 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.zoom_to(self.zoom - 1)

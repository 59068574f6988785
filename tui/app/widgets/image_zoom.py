"""Zoom and cursor of the full view of images: by keys and by the mouse, the same for all pictures in view."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.reactive import reactive

from tui.analysis.image_view import ImageView, scales
from tui.app.messages import RunFocused
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.shown_pictures import Eye, Placed, ShownPictures
from tui.app.widgets.blob_full import BlobFull
from tui.reader.payload.picture import Size

_PAN = 8
"""Which part of what is in view a press moves it by."""


class ImageZoom(BlobFull):
    """The part of `ImageFull` that tells which part of the pictures is in view: by `zoom`, `at`, `item` and `frame` of
    its `Eye`."""

    zoom = reactive(0, repaint=False, init=False)
    at: reactive[tuple[float, float] | None] = reactive(None, repaint=False, init=False)
    item = reactive(0, repaint=False, init=False)
    frame = reactive(0, repaint=False, init=False)

    _held: tuple[int, int] | None = None

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self.pictures = ShownPictures(shared)

    def watch_zoom(self) -> None:
        self.redraw()

    def watch_at(self) -> None:
        self.redraw()

    def watch_item(self) -> None:
        self.redraw()

    def watch_frame(self) -> None:
        self.redraw()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        if old.opened_in(self.tab) != new.opened_in(self.tab):
            self.item = self.frame = 0
            self.pictures.forget()
            self.action_zoom_all()
        super().watch_selection(old, new)

    @property
    def eye(self) -> Eye:
        """What is looked at."""
        return Eye(self.zoom, self.at, self.item, self.frame)

    @property
    def placed(self) -> Sequence[Placed]:
        """The pictures that are on the screen, the one that keys are about first."""
        focused = self.series.key.run if self.series is not None else None
        return sorted(self.pictures.placed, key=lambda placed: placed.run != focused)

    def _view(self, placed: Placed) -> ImageView:
        return self.eye.view(placed.size, placed.room)

    def put_at(self, x: float, y: float, size: Size) -> None:
        """Put the cursor on a pixel, or on the nearest one."""
        width, height = size
        self.at = (min(max(x, 0), width - 1) + 0.5) / width, (min(max(y, 0), height - 1) + 0.5) / height

    def zoom_to(self, zoom: int) -> None:
        """Zoom in or out, as far as the pictures in view can be."""
        placed = self.placed
        if placed:
            first = placed[0]
            self.zoom = min(max(zoom, 0), len(scales(first.size, first.room)) - 1)
            if self.zoom and self.at is None:
                self.put_at(first.size[0] // 2, first.size[1] // 2, first.size)

    def pan(self, across: int, down: int) -> None:
        """Move the cursor by an eighth of what is in view, one pixel at least; what is in view follows."""
        placed = self.placed
        if not placed:
            return
        first = placed[0]
        view = self._view(first)
        x, y = self.eye.pixel(first.size) or (first.size[0] // 2, first.size[1] // 2)
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
        if self.eye.is_close:
            self.action_zoom_all()
        else:
            super().action_leave()

    # The mouse

    def _hit(self, x: int, y: int) -> tuple[Placed, tuple[int, int]] | None:
        """The picture, and its pixel, under a cell of the widget."""
        for placed in self.placed:
            pixel = placed.pixel_at(x, y, self._view(placed))
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
        placed = self.placed
        if self._held is None or not placed or not self.zoom:
            return
        first = placed[0]
        view, pixel = self._view(first), self.eye.pixel(first.size)
        across = round((self._held[0] - event.x) / view.scale)
        down = round(view.aspect * (self._held[1] - event.y) / view.scale)
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
            if placed != self.placed[0]:
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

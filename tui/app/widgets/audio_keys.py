"""Keys and mouse of the audio view: a cursor and a mark in time, zoom, and which clips are in view."""

from __future__ import annotations

from textual import events

from tui.analysis.zoom import panned
from tui.app.messages import Noticed
from tui.app.shared import Shared
from tui.app.sound_view import Stretch, Strip, least_stretch
from tui.app.widgets.blob_full import BlobFull
from tui.render.waveform import lane_area
from tui.render.window import Window

_CLOSER, _FARTHER = 0.5, 2.0
_WHEEL_CLOSER, _WHEEL_FARTHER = 0.8, 1.25
_PAN = 0.25


class AudioKeys(BlobFull):
    """Places in time are seconds from a clip's start. `zoom` is the stretch in view, None for all of `whole`."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self.cursor: float | None = None
        self.mark: float | None = None
        self.zoom: Stretch | None = None
        self.whole: Stretch | None = None
        self.window: Window | None = None
        self._scrolled = 0
        self._pressed_at: float | None = None

    def strips(self) -> list[Strip]:
        """The clips that are shown."""
        raise NotImplementedError

    def forget_places(self) -> None:
        """Another tag is shown."""
        self.cursor = self.mark = self.zoom = None

    @property
    def view(self) -> Stretch | None:
        """The stretch in view; None where nothing is drawn."""
        if self.whole is None or self.zoom is None or self.zoom[0] >= self.whole[1]:
            return self.whole
        return self.zoom[0], min(self.zoom[1], self.whole[1])

    # The cursor

    def _column(self) -> float:
        """Seconds that a column of the waveform stands for, or a frame takes, whichever is longer."""
        view = self.view
        if view is None or self.window is None:
            return 0.0
        rates = [strip.sound.rate for strip in self.strips() if strip.sound is not None and strip.sound.rate]
        area = lane_area(self.window, self.size.width)
        return max((view[1] - view[0]) / max(area.width, 1), 1 / max(rates, default=1.0))

    def _cursor_to(self, seconds: float) -> None:
        if self.whole is None or self.view is None:
            return
        self.cursor = min(max(seconds, self.whole[0]), self.whole[1])
        low, high = self.view
        if not low <= self.cursor <= high:
            length = high - low
            start = min(max(self.cursor - length / 2, self.whole[0]), self.whole[1] - length)
            self.zoom = start, start + length
        self.redraw()

    def _move(self, by: int) -> None:
        view = self.view
        if view is None:
            self.post_message(Noticed("no waveform to put a cursor on"))
        elif self.cursor is None:
            self._cursor_to((view[0] + view[1]) / 2)
        else:
            self._cursor_to(self.cursor + by * self._column())

    def action_cursor_back(self) -> None:
        self._move(-1)

    def action_cursor_on(self) -> None:
        self._move(1)

    def action_mark(self) -> None:
        """Mark the cursor's place; where the mark is already, or without a cursor, it goes."""
        if self.cursor is None and self.mark is None:
            self.post_message(Noticed(f"no cursor to mark: {self.shared.key('cursor_on')} puts one there"))
            return
        self.mark = None if self.cursor == self.mark else self.cursor
        self.redraw()

    def action_leave(self) -> None:
        """Esc: first the cursor and the mark go."""
        if self.cursor is None and self.mark is None:
            super().action_leave()
        else:
            self.cursor = self.mark = None
            self.redraw()

    # The stretch in view

    def zoom_by(self, factor: float, about: float | None = None) -> None:
        """Zoom about a place; without one about the cursor, or the middle."""
        view, whole = self.view, self.whole
        if view is None or whole is None:
            return
        if about is None:
            inside = self.cursor is not None and view[0] <= self.cursor <= view[1]
            about = self.cursor if inside and self.cursor is not None else (view[0] + view[1]) / 2
        length = min(max((view[1] - view[0]) * factor, least_stretch(self.strips())), whole[1] - whole[0])
        share = (about - view[0]) / (view[1] - view[0]) if view[1] > view[0] else 0.5
        start = min(max(about - share * length, whole[0]), whole[1] - length)
        self.zoom = None if length >= whole[1] - whole[0] else (start, start + length)
        self.redraw()

    def pan_by(self, share: float) -> None:
        """Move the stretch in view by a share of its length."""
        if self.view is not None and self.whole is not None and self.zoom is not None:
            self.zoom = panned(self.view, self.whole, share)
            self.redraw()

    def action_zoom_in(self) -> None:
        self.zoom_by(_CLOSER)

    def action_zoom_out(self) -> None:
        self.zoom_by(_FARTHER)

    def action_zoom_all(self) -> None:
        self.zoom = None
        self.redraw()

    def action_zoom_range(self) -> None:
        """To what lies between the mark and the cursor."""
        if self.cursor is None or self.mark is None or self.cursor == self.mark:
            marks = self.shared.key("mark")
            self.post_message(Noticed(f"no range to zoom to: {marks} marks one end, the cursor is the other"))
            return
        low, high = sorted((self.cursor, self.mark))
        self.zoom = low, max(high, low + least_stretch(self.strips()))
        self.redraw()

    def action_pan_left(self) -> None:
        self.pan_by(-_PAN)

    def action_pan_right(self) -> None:
        self.pan_by(_PAN)

    # Which clips are in view

    def scroll_clips(self, by: int) -> None:
        """Other clips come into view, where not all fit."""
        self._scrolled += by
        self.redraw()

    def take_scrolled(self) -> int:
        """By how many clips the view is to move; asked for once."""
        by, self._scrolled = self._scrolled, 0
        return by

    def action_pan_up(self) -> None:
        self.scroll_clips(-1)

    def action_pan_down(self) -> None:
        self.scroll_clips(1)

    # The mouse

    def _at(self, column: int) -> float | None:
        if self.window is None or self.view is None:
            return None
        area = lane_area(self.window, self.size.width)
        return area.x_at(min(max(column, area.left), area.left + area.width - 1), self.window)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        seconds = self._at(event.x)
        if seconds is not None and event.button == 1 and event.y:
            self._pressed_at = seconds
            self.capture_mouse()
            self._cursor_to(seconds)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """While the button is held: from where it was pressed to here."""
        seconds = self._at(event.x) if self._pressed_at is not None else None
        if seconds is not None and seconds != self.cursor:
            self.mark = self._pressed_at
            self._cursor_to(seconds)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._pressed_at is not None:
            self._pressed_at = None
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2:
            self.action_zoom_all()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, _WHEEL_CLOSER, -_PAN)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, _WHEEL_FARTHER, _PAN)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        self._wheel(event, None, -_PAN)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        self._wheel(event, None, _PAN)

    def _wheel(self, event: events.MouseEvent, factor: float | None, share: float) -> None:
        event.stop()
        if factor is None or event.shift:
            self.pan_by(share)
        else:
            self.zoom_by(factor, self._at(event.x))

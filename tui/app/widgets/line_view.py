"""A widget made of lines: one Strip a line, a cursor, and only lines that changed are repainted."""

from __future__ import annotations

from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.app.keys import WIDGET_BINDINGS
from tui.app.parts import Part
from tui.app.theme import Look, look_of
from tui.render.strips import row_strip


class StripView(Widget, can_focus=True):
    """Draws strips that subclasses compose, and repaints just the lines that differ from the last ones."""

    BINDINGS: ClassVar[list[BindingType]] = [*WIDGET_BINDINGS]

    DEFAULT_CSS = """
    StripView { width: 1fr; height: 1fr; background: $background; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = []
        self._composed_for = Size()
        self._look: Look | None = None

    @property
    def look(self) -> Look:
        """The styles of the theme in force."""
        if self._look is None:  # every part of a line asks for it
            self._look = look_of(self.app.theme, dark=self.app.current_theme.dark)
        return self._look

    @property
    def text(self) -> str:
        """What the widget shows, a line a row, without blanks at the ends."""
        return "\n".join(strip.text.rstrip() for strip in self._strips)

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        """At most `height` strips of `width` cells; subclasses say what they show."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Compose again, and repaint the lines that changed. A widget that is not shown does so when it is."""
        if not (self.size and self.is_mounted):
            self._composed_for = Size()
            return
        old = self._strips if self._composed_for == self.size else []
        self._draw()
        for y, (before, after) in enumerate(zip_longest(old, self._strips)):
            if before != after:
                self.refresh(Region(0, y, self.size.width, 1))

    def _draw(self) -> None:
        self._composed_for = self.size
        self._strips = self.compose_strips(*self.size)[: self.size.height]

    def render_line(self, y: int) -> Strip:
        """The strip of one line, blank below the last."""
        if self._composed_for != self.size:
            # The layout changed, and Textual is painting the whole widget already.
            self._draw()
        blank = Style(bgcolor=self.look.background)
        # Textual's filter for NO_COLOR takes no segment without a style, not even an empty one.
        strip = self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, blank)
        return strip.adjust_cell_length(self.size.width, blank)

    def on_mount(self) -> None:
        self.watch(self.app, "theme", self._theme_changed, init=False)

    def _theme_changed(self) -> None:
        self._look = None
        self._composed_for = Size()
        self.refresh()

    def on_focus(self) -> None:
        self.redraw()

    def on_blur(self) -> None:
        self.redraw()


def thumb(row: int, rows: int, top: int, count: int, look: Look) -> Strip:
    """One cell of the scroll bar beside `rows` lines in view, from the line `top` on, of `count`."""
    size = max(1, rows * rows // count)
    start = (rows - size) * top // max(1, count - rows)
    inside = start <= row < start + size
    return Strip([Segment("┃" if inside else "│", look.dim if inside else look.faint)], 1)


class LineView(StripView):
    """A list that scrolls under fixed heading lines, with a cursor line.

    Subclasses list the lines, say how many there are and draw one. `top` is the first line in view, `moved` tells
    whether the user put the cursor where it is. The list is made anew only when it is about to be seen, or used.
    """

    cursor = reactive(0, repaint=False, init=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.top = 0
        self.moved = False
        self._stale = True

    def relist(self) -> None:
        """Make the list of lines anew; the cursor stays with its line."""

    def invalidate(self) -> None:
        """What the lines are made from has changed."""
        self._stale = True
        self.redraw()

    def _freshen(self) -> None:
        if self._stale:
            self._stale = False
            self.relist()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Every action is allowed. Keys may come before the page that was opened, and what they are about, is drawn."""
        self._freshen()
        return super().check_action(action, parameters)

    def line_count(self) -> int:
        """How many lines there are, in view or not."""
        raise NotImplementedError

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        """One line as a strip of `width` cells."""
        raise NotImplementedError

    def line_strip(self, parts: list[Part], width: int, *, on_cursor: bool) -> Strip:
        """One line of the list, on the cursor's background where the cursor is."""
        look = self.look
        if on_cursor:
            parts = [(text, look.on_cursor(style)) for text, style in parts]
        return row_strip(parts, width, look.on_cursor(look.text) if on_cursor else look.text)

    def heading(self, width: int) -> list[Strip]:
        """Lines above the list that do not scroll."""
        return []

    def empty_lines(self, width: int) -> list[Strip]:
        """What stands where the list has no lines: say why, and what to do."""
        return []

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        self._freshen()
        heading = self.heading(width)
        count = self.line_count()
        if not count:
            return [*heading, *self.empty_lines(width)]
        rows = max(1, height - len(heading))
        self._keep_in_view(count, rows)
        bar = count > rows
        last = min(self.top + rows, count)
        strips = [
            self.draw_line(index, width - bar, on_cursor=self.shows_cursor and index == self.cursor)
            for index in range(self.top, last)
        ]
        if bar:
            strips = [Strip.join([s, thumb(i, rows, self.top, count, self.look)]) for i, s in enumerate(strips)]
        return [*heading, *strips]

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor line is marked: while the list has the focus."""
        return self.has_focus

    def _keep_in_view(self, count: int, rows: int) -> None:
        self.set_reactive(LineView.cursor, min(max(self.cursor, 0), count - 1))
        self.top = min(max(self.top, self.cursor - rows + 1), self.cursor)
        self.top = min(max(self.top, 0), max(0, count - rows))

    @property
    def page(self) -> int:
        """Lines of the list in view."""
        return max(1, self.size.height - len(self.heading(self.size.width)))

    def move(self, by: int) -> None:
        """Move the cursor, stopping at the ends."""
        self.moved = True
        self.cursor = min(max(self.cursor + by, 0), max(0, self.line_count() - 1))

    def watch_cursor(self) -> None:
        self.redraw()
        self.cursor_moved()

    def cursor_moved(self) -> None:
        """For subclasses: the cursor is on another line."""

    def action_cursor_up(self) -> None:
        self.move(-1)

    def action_cursor_down(self) -> None:
        self.move(1)

    def action_page_up(self) -> None:
        self.move(-self.page)

    def action_page_down(self) -> None:
        self.move(self.page)

    def action_first(self) -> None:
        self.move(-self.line_count())

    def action_last(self) -> None:
        self.move(self.line_count())

    def line_at(self, y: int) -> int | None:
        """The line at a row of the widget, None on the heading or below the last line."""
        index = self.top + y - len(self.heading(self.size.width))
        on_list = y >= len(self.heading(self.size.width)) and index < self.line_count()
        return index if on_list else None

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move(-3)

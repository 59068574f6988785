"""An app that sends its terminal no more than it must, and nothing that it cannot show."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, cast

from rich.console import Console, RenderableType
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.filter import ANSIToTruecolor, LineFilter, Monochrome, NoColor
from textual.geometry import Size
from textual.screen import Screen

from tui.app.output.album import Album
from tui.app.output.ascii_text import InAscii
from tui.app.output.cell_size import cell_size
from tui.app.output.colours import ToTruecolor, colour_filter
from tui.app.output.harmless import Harmless, harmless_lines
from tui.app.output.outlet import Outlet
from tui.app.output.pixels import KittyOutput, PixelOutput, SixelOutput
from tui.app.output.traffic import Traffic, counted, ending
from tui.app.output.unhurried import unhurried
from tui.app.settings import Settings
from tui.app.terminal_kind import Colours, Pixels, TerminalKind

if TYPE_CHECKING:
    from tui.app.output.stage import Stage

_log = logging.getLogger(__name__)


class TerminalApp(App[None]):
    """Textual's app with an output of its own. `kind` is what the terminal can show, `traffic` counts what is sent."""

    def __init__(self, settings: Settings, kind: TerminalKind) -> None:
        self.traffic = Traffic()
        self.album = Album()
        self._outlet = Outlet(self._lose_terminal)
        self._stage = opened_stage(kind, self.album) if settings.diff else None
        self.cell_size = cell_size()
        self.kind = kind if self._can_show(settings, kind) else replace(kind, pixels=None)
        self._drawn_for: Size | None = None
        self._in_ascii, self._harmless = InAscii(), Harmless()
        super().__init__()
        self.error_console = Console(markup=False, highlight=False, file=sys.__stderr__)
        self._colours = cache(lambda dark: colour_filter(kind.colours, "tbtui-dark" if dark else "tbtui-light"))
        self._to_truecolor = cache(ToTruecolor)
        self.no_color = kind.colours is Colours.NONE  # Textual's styles for it
        self.animation_level = "full" if settings.animations else "none"

    def _can_show(self, settings: Settings, kind: TerminalKind) -> bool:
        """Whether pixels can be shown: somebody has to draw them, and a sixel of which one does not know how many cells
        it takes is no good guess."""
        return self._stage is not None and (
            kind.pixels is not Pixels.SIXEL or self.cell_size is not None or settings.images != "auto"
        )

    def get_driver_class(self) -> type[Driver]:
        """The terminal's driver, counting."""
        driver = unhurried(super().get_driver_class(), self._outlet)
        return ending(counted(driver, self.traffic), self._end_of_screen)

    def _lose_terminal(self) -> None:
        """Called on the thread that writes."""
        self.call_later(self.terminal_gone)

    def terminal_gone(self) -> None:
        """For subclasses: nothing can be written any more."""

    def give_terminal_back(self) -> None:
        """As at the end, where that was not reached."""
        if self._driver is not None:
            with suppress(Exception):  # nobody is there to be told, and what can be restored is
                self._driver.stop_application_mode()
                self._driver.close()

    def _end_of_screen(self) -> str:
        return "" if self._stage is None else self._stage.end()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every strip passes: instead of Textual's ways with few colours, which still send some, ours."""
        filters = [f for f in super().get_line_filters() if not isinstance(f, Monochrome | NoColor)]
        colours = self._colours(self.current_theme.dark)
        if self.kind.colours in (Colours.SIXTEEN, Colours.EIGHT, Colours.NONE):
            # It would turn dim into a colour.
            filters = [f for f in filters if not isinstance(f, ANSIToTruecolor)]
        filters = [self._to_truecolor(f) if isinstance(f, ANSIToTruecolor) else f for f in filters]
        own = [self._harmless if self._stage is None else None, colours, self._in_ascii if self.kind.ascii else None]
        return [*filters, *(f for f in own if f is not None)]

    def _print_error_renderables(self) -> None:
        """Textual's account of a crash, which quotes what was read."""
        told = [harmless_lines(renderable, self.error_console) for renderable in self._exit_renderables]
        self._exit_renderables[:] = told
        super()._print_error_renderables()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Send what changed; what the stage does not know goes out as Textual writes it."""
        stage = self._stage
        if renderable is not None and not self._outlet.has_room(self._catch_up):
            return  # the terminal is slow: it gets what there is to be seen when it has taken what was sent
        if stage is None or renderable is None or self.is_headless:
            super()._display(screen, renderable)
        elif not stage.knows(renderable):
            stage.forget()
            super()._display(screen, renderable)
        else:
            frame = stage.frame(renderable, self.size, self.console)
            if frame.before:
                self.send(frame.before)  # not within the frame: terminals hold back only so much until one is complete
            super()._display(screen, cast(RenderableType, frame) if frame.text else None)
            if frame.text and not frame.was_taken:
                stage.forget()
                super()._display(screen, renderable)

    def _catch_up(self) -> None:
        """Called on the thread that writes."""
        self.call_later(self.refresh)

    def send(self, sequence: str) -> None:
        """Send the terminal, between two frames, what draws nothing and moves nothing."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    def on_resize(self, event: events.Resize) -> None:
        """The terminal may have lost what it showed: its size changed, perhaps and back, or another program was on."""
        self.forget_screen()
        before, self.cell_size = self.cell_size, cell_size()
        if event.size == self._drawn_for:
            self.refresh()  # Textual sees no reason to
            if before != self.cell_size:
                self.cells_resized()
        self._drawn_for = event.size

    def cells_resized(self) -> None:
        """For subclasses: cells have another size, and there are as many as before."""

    def forget_screen(self) -> None:
        """Whatever is drawn next is sent, also what should be on the terminal already."""
        if self._stage is not None:
            self._stage.forget()

    def action_redraw(self) -> None:
        """Draw everything anew, after another program has written over the screen."""
        self.forget_screen()
        self.refresh()


def opened_stage(kind: TerminalKind, album: Album) -> Stage | None:
    """The stage that sends changed cells only; None, and a line in the log, if this Textual is not as it should be."""
    try:
        from tui.app.output.stage import Stage, why_not
    except ImportError as error:
        why = str(error)
    else:
        why = why_not() or ""
    if why:
        _log.warning("sending whole regions instead of changed cells: in this Textual %s", why)
        return None
    return Stage(erases_in_colour=kind.erases_in_colour, pixels=_pixel_output(kind, album))


def _pixel_output(kind: TerminalKind, album: Album) -> PixelOutput | None:
    match kind.pixels:
        case Pixels.KITTY:
            return KittyOutput(album, in_tmux=kind.in_tmux)
        case Pixels.SIXEL:
            return SixelOutput(album)
        case None:
            return None

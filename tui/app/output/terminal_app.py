"""An app that sends its terminal no more than it must, and nothing that it cannot show."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, cast

from rich.console import RenderableType
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.filter import ANSIToTruecolor, LineFilter, Monochrome, NoColor
from textual.geometry import Size
from textual.screen import Screen

from tui.app.output.ascii_text import InAscii
from tui.app.output.colours import colour_filter
from tui.app.output.traffic import Traffic, counted
from tui.app.settings import Settings
from tui.app.terminal_kind import Colours, TerminalKind

if TYPE_CHECKING:
    from tui.app.output.stage import Stage

_log = logging.getLogger(__name__)


class TerminalApp(App[None]):
    """Textual's app with an output of its own. `kind` is what the terminal can show, `traffic` counts what is sent."""

    def __init__(self, settings: Settings, kind: TerminalKind) -> None:
        self.traffic = Traffic()
        self.kind = kind
        self._stage = opened_stage(kind) if settings.diff else None
        self._drawn_for: Size | None = None
        self._in_ascii = InAscii()
        super().__init__()
        self._colours = cache(lambda dark: colour_filter(kind.colours, "tbtui-dark" if dark else "tbtui-light"))
        self.no_color = kind.colours is Colours.NONE  # Textual's styles for it
        self.animation_level = "full" if settings.animations else "none"

    def get_driver_class(self) -> type[Driver]:
        """The terminal's driver, counting."""
        return counted(super().get_driver_class(), self.traffic)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every strip passes: instead of Textual's ways with few colours, which still send some, ours."""
        filters = [f for f in super().get_line_filters() if not isinstance(f, Monochrome | NoColor)]
        colours = self._colours(self.current_theme.dark)
        if self.kind.colours in (Colours.SIXTEEN, Colours.EIGHT, Colours.NONE):
            # It would turn dim into a colour.
            filters = [f for f in filters if not isinstance(f, ANSIToTruecolor)]
        own = [colours, self._in_ascii if self.kind.ascii else None]
        return [*filters, *(f for f in own if f is not None)]

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Send what changed; what the stage does not know goes out as Textual writes it."""
        stage = self._stage
        if stage is None or renderable is None or self.is_headless:
            super()._display(screen, renderable)
        elif not stage.knows(renderable):
            stage.forget()
            super()._display(screen, renderable)
        else:
            frame = stage.frame(renderable, self.size, self.console)
            super()._display(screen, cast(RenderableType, frame) if frame.text else None)
            if frame.text and not frame.was_taken:
                stage.forget()
                super()._display(screen, renderable)

    def on_resize(self, event: events.Resize) -> None:
        """The terminal may have lost what it showed: its size changed, perhaps and back, or another program was on."""
        self.forget_screen()
        if event.size == self._drawn_for:
            self.refresh()  # Textual sees no reason to
        self._drawn_for = event.size

    def forget_screen(self) -> None:
        """Whatever is drawn next is sent, also what should be on the terminal already."""
        if self._stage is not None:
            self._stage.forget()

    def action_redraw(self) -> None:
        """Draw everything anew, after another program has written over the screen."""
        self.forget_screen()
        self.refresh()


def opened_stage(kind: TerminalKind) -> Stage | None:
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
    return Stage(erases_in_colour=kind.erases_in_colour)

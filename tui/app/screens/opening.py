"""The first frame: what is opened. It needs nothing that takes long to import, and gives way to the main screen."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.app.theme import look_of
from tui.render.cells import fit


class _Line(Widget):
    """The header's line as it will stand there, saying that the screen is being opened."""

    DEFAULT_CSS = "_Line { width: 100%; height: 1; }"

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place

    def render_line(self, y: int) -> Strip:
        look, room = look_of(self.app.theme, dark=self.app.current_theme.dark), max(0, self.size.width - 18)
        name, state = Segment(" tbtui ", look.accent), Segment("opening ".rjust(11), look.dim)
        return Strip([name, Segment(fit(self._place, room, keep="both"), look.text), state]).crop(0, self.size.width)


class OpeningScreen(Screen[None]):
    """Shown for the moment that the rest takes; keeps the keys that are pressed meanwhile."""

    DEFAULT_CSS = "OpeningScreen { background: $background; }"

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place
        self.pressed: list[events.Key] = []

    def compose(self) -> ComposeResult:
        yield _Line(self._place)

    def on_key(self, event: events.Key) -> None:
        event.stop()  # else the app would act on it now, and on what is not there yet
        self.pressed.append(event)

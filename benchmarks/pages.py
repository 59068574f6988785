"""An app with nothing but one page of the screen, for what is measured without a terminal."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widget import Widget

from tui.app.theme import THEMES


class Page(App[None]):
    """Shows one widget."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget
        for _, theme in THEMES.values():
            self.register_theme(theme)
        self.theme = "tbtui-dark"

    def compose(self) -> ComposeResult:
        yield self._widget

"""The look: one background, two greys of text, colour for runs and states, one accent for focus."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from textual.theme import Theme

from tui.render.palette import fade


@dataclass(frozen=True, slots=True)
class Look:
    """Rich styles for one theme. Every one sets its background, so that any two can stand side by side."""

    dark: bool
    background: str
    cursor_background: str
    text: Style
    dim: Style
    faint: Style
    accent: Style
    good: Style
    warning: Style
    error: Style

    @property
    def shade(self) -> str:
        """The background of a marked range: between the two others."""
        return fade(self.background, self.cursor_background, 3)[1]

    def on_cursor(self, style: Style) -> Style:
        """The style on the line that the cursor is on."""
        return style + Style(bgcolor=self.cursor_background)

    def coloured(self, colour: str) -> Style:
        """Text in a run's colour."""
        return Style(color=colour, bgcolor=self.background)


def _look(*, dark: bool, background: str, cursor: str, **colours: str) -> Look:
    styles = {name: Style(color=colour, bgcolor=background) for name, colour in colours.items()}
    styles["accent"] += Style(bold=True)
    return Look(dark=dark, background=background, cursor_background=cursor, **styles)


DARK = _look(
    dark=True,
    background="#11131a",
    cursor="#262b3a",
    text="#d8dbe4",
    dim="#8b90a0",
    faint="#4a4f5e",
    accent="#7aa2f7",
    good="#73c991",
    warning="#e0af68",
    error="#f7768e",
)
LIGHT = _look(
    dark=False,
    background="#fafafa",
    cursor="#e2e6f0",
    text="#22252e",
    dim="#5d6270",
    faint="#b4b8c4",
    accent="#2a5bd7",
    good="#1f7a45",
    warning="#8f5a00",
    error="#b3123b",
)


def _theme(name: str, look: Look, accent: str, text: str, panel: str) -> Theme:
    return Theme(
        name=name,
        primary=accent,
        accent=accent,
        foreground=text,
        background=look.background,
        surface=look.background,
        panel=panel,
        dark=look.dark,
    )


THEMES = {
    "tbtui-dark": (DARK, _theme("tbtui-dark", DARK, "#7aa2f7", "#d8dbe4", "#1b1f2a")),
    "tbtui-light": (LIGHT, _theme("tbtui-light", LIGHT, "#2a5bd7", "#22252e", "#eceef4")),
}


def look_of(theme_name: str, *, dark: bool) -> Look:
    """The look for a Textual theme: ours for our two, else the one of its brightness."""
    if theme_name in THEMES:
        return THEMES[theme_name][0]
    return DARK if dark else LIGHT

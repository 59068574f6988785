"""The help screen: the key table, written out."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.strip import Strip

from tui.app.keys import help_sections
from tui.app.widgets.line_view import LineView
from tui.render.cells import fit, wrap
from tui.render.strips import row_strip

_KEYS_CELLS = 11


class HelpLines(LineView):
    """Headings and lines of `keys  what they do`, wrapped to the width."""

    DEFAULT_CSS = "HelpLines { width: 100%; height: 100%; }"

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[str, str]] = []

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        self._lines = _wrapped(width - _KEYS_CELLS - 5)
        return super().compose_strips(width, height)

    def line_count(self) -> int:
        return len(self._lines)

    @property
    def shows_cursor(self) -> bool:
        return False

    def heading(self, width: int) -> list[Strip]:
        title = (" tbtui keys", self.look.accent)
        return [row_strip([title, ("   Esc or ? closes", self.look.dim)], width, self.look.text)]

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        keys, text = self._lines[index]
        look = self.look
        if not text:
            return row_strip([(f" {keys}", look.text + Style(bold=True))], width, look.text)
        return row_strip([(f"   {fit(keys, _KEYS_CELLS)} ", look.accent), (text, look.text)], width, look.text)

    def move(self, by: int) -> None:
        """Scroll: there is no cursor line to move."""
        count = self.line_count()
        rows = self.page
        self.top = min(max(self.top + by, 0), max(0, count - rows))
        self.set_reactive(LineView.cursor, self.top)
        self.redraw()


def _wrapped(cells: int) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for heading, entries in help_sections().items():
        lines.append((heading, ""))
        for keys, text in entries:
            first, *more = wrap(text, max(cells, 12))
            lines += [(keys, first), *(("", rest) for rest in more)]
    return lines


class HelpScreen(ModalScreen[None]):
    """Every key and what it does."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,question_mark,q", "dismiss", "Close")]

    DEFAULT_CSS = "HelpScreen { background: $background; }"

    def compose(self) -> ComposeResult:
        yield HelpLines()

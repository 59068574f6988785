"""The help screen: the key table, written out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.strip import Strip

from tui.app.keys import KEYS, ROWS, Key, footer_keys, help_sections
from tui.app.output.terminal_app import TerminalApp
from tui.app.parts import cells_of, spread
from tui.app.remapping import ALWAYS
from tui.app.widgets.line_view import LineView
from tui.render.cells import fit, width, wrap
from tui.render.numbers import bytes_
from tui.render.strips import row_strip
from tui.render.text import printable

_KEYS_CELLS = 11


class HelpLines(LineView):
    """Headings and lines of `keys  what they do`, wrapped to the width."""

    DEFAULT_CSS = "HelpLines { width: 100%; height: 100%; }"

    def __init__(self, keys: Sequence[Key], view: str, mirrors: Sequence[tuple[str, str]], polled: str) -> None:
        super().__init__()
        self._mirrors, self._polled = mirrors, polled
        self._keys, self._here = keys, footer_keys(view, keys)
        self._lines: list[tuple[str, str]] = []
        self._keys_cells = min(max(_KEYS_CELLS, *(width(key.shown) for key in keys)), 2 * _KEYS_CELLS)

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        cells = width - self._keys_cells - 5
        told = [*_remote(self._mirrors, cells), *_polling(self._polled, cells)]
        self._lines = [*_listed(self._here), *told, *_wrapped(self._keys, cells)]
        return super().compose_strips(width, height)

    def line_count(self) -> int:
        return len(self._lines)

    @property
    def shows_cursor(self) -> bool:
        return False

    def heading(self, width: int) -> list[Strip]:
        title = [(" tbtui keys", self.look.accent), (f"   {self._closed_by} closes", self.look.dim)]
        sent = [(f"   {self._sent} ", self.look.dim)]
        return [spread(title, sent if cells_of([*title, *sent]) <= width else [], width, self.look)]

    @property
    def _sent(self) -> str:
        """What the screen costs the connection, in words."""
        app = self.app
        assert isinstance(app, TerminalApp)
        return f"sent {bytes_(app.traffic.last_minute)} in the last minute, {bytes_(app.traffic.total)} in all"

    @property
    def _closed_by(self) -> str:
        return " or ".join(key.shown.split(" ")[0] for key in self._keys if key.id in ("leave", "help"))

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        keys, text = self._lines[index]
        look = self.look
        if not text:
            return row_strip([(f" {keys}", look.text + Style(bold=True))], width, look.text)
        return row_strip([(f"   {fit(keys, self._keys_cells)} ", look.accent), (text, look.text)], width, look.text)

    def move(self, by: int) -> None:
        """Scroll: there is no cursor line to move."""
        count = self.line_count()
        rows = self.page
        self.top = min(max(self.top + by, 0), max(0, count - rows))
        self.set_reactive(LineView.cursor, self.top)
        self.redraw()


def _listed(here: Sequence[Key]) -> list[tuple[str, str]]:
    """What the line of keys of the view offers, whether there was room for it or not."""
    return [("Here", ""), *(key.in_footer for key in here)]


def _remote(mirrors: Sequence[tuple[str, str]], cells: int) -> list[tuple[str, str]]:
    """How each remote logdir is, and where its mirror lies."""
    lines = [("", line) for mirror in mirrors for text in mirror for line in wrap(printable(text), max(cells, 12))]
    return [("Remote", ""), *lines] if lines else []


def _polling(polled: str, cells: int) -> list[tuple[str, str]]:
    """What is polled, why, and how often."""
    return [("Polling", ""), *(("", line) for line in wrap(printable(polled), max(cells, 12)))] if polled else []


def _wrapped(table: Sequence[Key], cells: int) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for heading, entries in help_sections(table).items():
        lines.append((heading, ""))
        for keys, text in entries:
            first, *more = wrap(text, max(cells, 12))
            lines += [(keys, first), *(("", rest) for rest in more)]
    return lines


class HelpScreen(ModalScreen[None]):
    """The keys that matter in the `view` that it was called from, then every key and what it does."""

    DEFAULT_CSS = "HelpScreen { background: $background; }"

    def __init__(
        self,
        keys: Sequence[Key] = KEYS,
        view: str = ROWS,
        mirrors: Sequence[tuple[str, str]] = (),
        polled: str = "",
    ) -> None:
        super().__init__()
        self._table, self._view, self._mirrors, self._polled = keys, view, mirrors, polled
        closing = (key for key in keys if key.id in ("leave", "help", "quit"))
        self._closed_by = {name for key in closing for name in key.keys.split(",")}.difference(*ALWAYS.values())

    def compose(self) -> ComposeResult:
        yield HelpLines(self._table, self._view, self._mirrors, self._polled)

    def on_key(self, event: events.Key) -> None:
        """Close with the keys that open, leave or quit, whichever those are."""
        if event.key in self._closed_by:
            event.stop()
            if self.is_current:  # a key may come while another one has closed it
                self.dismiss()

"""A long text that scrolls and is searched in: what the full view of a text tag is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from rich.style import Style
from textual import events
from textual.strip import Strip

from tui.app.blobs import Unreadable
from tui.app.messages import Noticed
from tui.app.parts import Part
from tui.app.selection import Filter
from tui.app.shared import Shared
from tui.app.text_document import Document, Lengths, Placed, Section
from tui.app.text_lines import Matches, line_parts
from tui.app.texts import MOST_MATCHES
from tui.app.widgets.blob_full import BlobFull
from tui.app.widgets.line_view import thumb
from tui.render.numbers import count
from tui.render.page import Ink, Page
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import BlobSeries

_WHEEL = 3
_PAN = 8


class Hit(NamedTuple):
    """A match: the document's line, and where in its page's text it begins."""

    line: int
    page: Page
    start: int


class TextScroll(BlobFull):
    """Sections of text, of which `top` and `left` are the first line and column in view."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self.top = self.left = 0
        self._matches = Matches()
        self._hit: Hit | None = None
        self._searched_from = 0
        self._lengths = Lengths()
        self._document = Document((), 0, whole=True)
        self._styles: tuple[object, dict[Ink, Style]] = (None, {})

    def sections(self, series: BlobSeries, width: int) -> Iterator[Section]:
        """What is shown, from the top; `width` is that of the window, scroll bar and margins included."""
        raise NotImplementedError

    def to_start(self) -> None:
        """Another text is shown, or in another way: from its first line on."""
        self.top = self.left = 0
        self._hit = None

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        series = self.series
        if series is None:
            return self.none_visible("text", width, height)
        rows = max(height - 1, 1)
        self._lay_out(series, width, rows)
        waits = any(placed.page is None for placed in self._document.placed)
        lines = self.kept((self.tag, self.look, width, height), waits, lambda: self._lines(width, rows))
        return self.filled([self._title(series, width, rows, waits=waits), *lines], width, height)

    def _lines(self, width: int, rows: int) -> list[Strip]:
        lines = [self._line(placed, index, width - 1) for placed, index in self._in_view(rows)]
        document = self._document
        if document.whole and document.end > rows:
            bars = (thumb(i, rows, self.top, document.end, self.look) for i in range(rows))
            return [Strip.join(pair) for pair in zip(lines, bars, strict=True)]
        return [line.adjust_cell_length(width, self.look.text) for line in lines]

    def _lay_out(self, series: BlobSeries, width: int, rows: int) -> None:
        def document() -> Document:
            return self._lengths.document(self.sections(series, width), self.top, rows, self.shared.blobs)

        self._document = document()
        last = max(self._document.end - rows, 0)
        if self._document.whole and self.top > last:
            self.top = last
            self._document = document()
        pages = [placed.page for placed in self._document.placed if isinstance(placed.page, Page)]
        self._matches.keep(pages)
        if pages:
            self.left = max(min(self.left, max(page.cells for page in pages) - width + 2), 0)

    def _in_view(self, rows: int) -> Iterator[tuple[Placed, int]]:
        for placed in self._document.placed:
            for index in range(max(placed.first, self.top), min(placed.end, self.top + rows)):
                yield placed, index

    def _line(self, placed: Placed, index: int, width: int) -> Strip:
        look, page = self.look, placed.page
        if placed.section.heading is not None and index == placed.first:
            return row_strip(placed.section.heading, width, look.text)
        if not isinstance(page, Page):
            text, style = (page, look.error) if isinstance(page, Unreadable) else ("reading…", look.dim)
            return row_strip([(f" {printable(text)}", style)], width, look.text)
        if self._styles[0] is not look:
            self._styles = look, {}
        current = self._hit.start if self._hit is not None and self._hit.page is page else None
        parts = line_parts(page, index - placed.body, self._matches.of(page), current, look, self._styles[1])
        whole = row_strip([(" ", look.text), *parts], self.left + width, look.text)
        return whole.crop(self.left, self.left + width)

    def _title(self, series: BlobSeries, width: int, rows: int, *, waits: bool) -> Strip:
        """Besides what every title tells, as there is room: what is found, the part in view."""
        look, document, search = self.look, self._document, self.search
        right: list[Part] = [("  reading…", look.dim)] if waits else []
        if search.text:
            right.append((f"  {self._found()}", look.text if search.valid else look.error))
        if document.whole and document.end > rows:
            right.append((f"  {self.top + 1}-{self.top + rows} of {count(document.end)}", look.dim))
        return self.fitted_title(series, width, right, "text")

    def _found(self) -> str:
        """Which of how many matches."""
        hits = self._hits()
        many = count(len(hits)) + "+" * (len(hits) >= MOST_MATCHES)
        at = next((i for i, hit in enumerate(hits, 1) if hit == self._hit), None)
        which = f"{at} of {many}" if at is not None else f"{many} found" if hits else "none"
        return f"/{printable(self.search.text)}{f' {fault}: literal' if (fault := self.search.fault) else ''} {which}"

    # Search

    @property
    def search(self) -> Filter:
        """What is searched for."""
        return self._matches.search

    def search_for(self, text: str) -> None:
        """Mark all matches, and go to the first from where the search began."""
        if not self.search.text:
            self._searched_from = self.top
        self._matches.look_for(Filter(text))
        self._hit = None
        hits = self._hits()
        self._go_to(next((hit for hit in hits if hit.line >= self._searched_from), hits[0] if hits else None))

    def next_problem(self) -> None:
        """To the next match, and from the last to the first."""
        if not self.search.text:
            self.post_message(Noticed(f"nothing is searched for: {self.shared.key('filter')} asks what"))
            return
        hits = self._hits()
        if not hits:
            self.post_message(Noticed(f"no match for /{printable(self.search.text)} here"))
            return
        place = (self._hit.line, self._hit.start) if self._hit is not None else (self.top, -1)
        self._go_to(next((hit for hit in hits if (hit.line, hit.start) > place), hits[0]))

    def _hits(self) -> list[Hit]:
        hits: list[Hit] = []
        for placed in self._document.placed:
            if isinstance(placed.page, Page):
                starts = self._matches.of(placed.page)[:, 0]
                lines = np.searchsorted(placed.page.starts, starts, "right") - 1 + placed.body
                places = zip(lines.tolist(), starts.tolist(), strict=True)
                hits += [Hit(line, placed.page, start) for line, start in places]
        return hits

    def _go_to(self, hit: Hit | None) -> None:
        self._hit = hit
        rows = self._rows
        if hit is not None and not self.top <= hit.line < self.top + rows:
            self.top = max(hit.line - rows // 3, 0)
        self.redraw()

    # What keys do

    @property
    def _rows(self) -> int:
        return max(self.size.height - 1, 1)

    def scroll_lines(self, by: int) -> None:
        """Move the view so many lines down, as far as there are any."""
        top = max(self.top + by, 0)
        if self._document.whole:
            top = min(top, max(self._document.end - self._rows, 0))
        if top != self.top:
            self.top = top
            self.redraw()

    def action_pan_up(self) -> None:
        self.scroll_lines(-1)

    def action_pan_down(self) -> None:
        self.scroll_lines(1)

    def action_scroll_on(self) -> None:
        self.scroll_lines(max(self._rows - 1, 1))

    def action_scroll_back(self) -> None:
        self.scroll_lines(-max(self._rows - 1, 1))

    def action_toggle_line(self) -> None:
        """Space, as in every pager."""
        self.action_scroll_on()

    def action_pan_left(self) -> None:
        self.left = max(self.left - _PAN, 0)
        self.redraw()

    def action_pan_right(self) -> None:
        self.left += _PAN
        self.redraw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_lines(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_lines(-_WHEEL)

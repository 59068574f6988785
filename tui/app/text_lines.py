"""Lines of pages in the colours of the screen, with the matches of a search marked."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from rich.style import Style

from tui.app.parts import Part
from tui.app.selection import Filter
from tui.app.texts import matches
from tui.app.theme import Look
from tui.render.page import Ink, Page

_NO_MATCHES = np.empty((0, 2), np.int64)
_FLAGS = (
    (Ink.STRONG, Style(bold=True)),
    (Ink.EMPHASIS, Style(italic=True)),
    (Ink.STRIKE, Style(strike=True)),
    (Ink.LINK, Style(underline=True)),
)
_MATCH, _CURRENT = Style(underline=True, bold=True), Style(reverse=True, bold=True)


def ink_style(ink: Ink, look: Look) -> Style:
    """How an ink looks."""
    colours = (
        (Ink.ADDED, look.good),
        (Ink.REMOVED, look.error),
        (Ink.HEADING, look.accent),
        (Ink.RULE, look.faint),
        (Ink.DIM | Ink.KEY, look.dim),
    )
    style = next((style for inks, style in colours if ink & inks), look.text)
    for flag, more in _FLAGS:
        if ink & flag:
            style += more
    return style


@dataclass
class Matches:
    """Where pages match what is searched for: looked for once, and forgotten with the page."""

    search: Filter = field(default_factory=Filter)
    _known: list[tuple[Page, npt.NDArray[np.int64]]] = field(default_factory=list)

    def look_for(self, search: Filter) -> None:
        """Search for something else."""
        self.search, self._known = search, []

    def keep(self, pages: list[Page]) -> None:
        """Forget the others."""
        self._known = [(page, found) for page, found in self._known if any(page is kept for kept in pages)]

    def of(self, page: Page) -> npt.NDArray[np.int64]:
        """First and end of each match in the page's text, [n, 2]."""
        if not self.search.text:
            return _NO_MATCHES
        known = next((found for kept, found in self._known if kept is page), None)
        if known is None:
            known = matches(page, self.search)
            self._known.append((page, known))
        return known


def line_parts(
    page: Page, line: int, found: npt.NDArray[np.int64], current: int | None, look: Look, styles: dict[Ink, Style]
) -> list[Part]:
    """One line of a page; `found` are all of its matches, and `current` is where the one begins that `n` went to."""
    parts: list[Part] = [(text, _styled(ink, look, styles)) for text, ink in page.prefix(line)]
    start, end = int(page.starts[line]), int(page.ends[line])
    first = int(np.searchsorted(found[:, 1], start, "right"))
    last = int(np.searchsorted(found[:, 0], end, "left"))
    here = found[first:last].tolist()
    for at, text, ink in page.spans(line):
        style = _styled(ink, look, styles)
        for a, b in here:
            low, high = max(a - at, 0), b - at
            if low < len(text) and high > 0:
                marked = _CURRENT if a == current else _MATCH
                parts += [(text[:low], style), (text[low:high], style + marked)]
                text, at = text[max(high, 0) :], at + max(min(high, len(text)), 0)
        parts.append((text, style))
    return parts


def _styled(ink: Ink, look: Look, styles: dict[Ink, Style]) -> Style:
    if ink not in styles:
        styles[ink] = ink_style(ink, look)
    return styles[ink]

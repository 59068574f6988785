"""The title of a full view of blobs: tag, step, run, what is not to be seen, and the ways to show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from tui.app.parts import Part, cells_of, fitted_label, noted
from tui.app.shared import Shared
from tui.app.theme import Look
from tui.render.cells import width
from tui.render.text import printable

TAG_MARGINS = 3
"""Blanks about the tag."""
RUN_LEAST = 12
"""What a run's name may take in any window, with its mark."""
_TAG_SHARE = 0.3
"""Of the title, what a long tag keeps when something else needs the room."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to show what is open, by name in the order of their key, and which one is shown.

    `said` is what the title calls the present one, where that tells more than its name.
    """

    present: str
    every: Sequence[str]
    said: str = ""

    def parts(self, key: str, room: int, most: int, look: Look) -> list[Part]:
        """The key and all of them where there is `room`, else the present one, by its name if that is within `most`
        cells; nothing where there is one only.
        """
        if len(self.every) < 2:
            return []
        named = [(f"{self._words(way)} ", look.accent if way == self.present else look.dim) for way in self.every]
        head = (f"  {key} ", look.dim)
        every, present, short = [head, *named], [head, named[self.every.index(self.present)]], f"{self.present} "
        if cells_of(every) <= room:
            return every
        return present if cells_of(present) <= max(room, most) else [head, (short, look.accent)]

    def _words(self, way: str) -> str:
        return self.said if self.said and way == self.present else way

    def at(self, title: str, column: int) -> str | None:
        """The way whose name is under a column of the title."""
        for way in self.every:
            start = title.rfind(f" {self._words(way)} ") + 1
            if 0 < start <= column < start + len(self._words(way)):
                return way
        return None


def run_parts(run: str, shared: Shared, cells: int, look: Look) -> list[Part]:
    """A run's mark and name in its colour, in at most so many cells; where it is cut it differs from the others."""
    name = shared.runs.name(run)
    if width(name) + 2 > cells:
        name = shared.runs.fitted(run, max(cells - 2, 1))
    return [(f"{shared.runs.mark(run)} {name}", shared.runs.style(run, look))]


def least_of_tag(tag: str, cells: int) -> int:
    """The cells that a tag keeps in a title of so many."""
    return min(width(printable(tag)), max(int(cells * _TAG_SHARE), 1))


def title_line(
    tag: str,
    rest: Sequence[Part],
    notes: Sequence[str],
    right: Sequence[Part],
    cells: int,
    look: Look,
    beside: tuple[str, ...] = (),
) -> Strip:
    """The title, `cells` wide.

    Args:
        tag: yet to be made printable.
        rest: what stands behind it, what matters most first. The first part, the step, never goes: a tag that is too
            long for it is cut, in its middle or so that it differs from those `beside` it, which hold it too.
        notes: in many words and in few, as in `noted`.
    """
    name = printable(tag)
    least = least_of_tag(tag, cells)
    taken = cells_of(right) + (width(notes[-1]) + 3 if notes else 0)
    kept = list(rest)
    while len(kept) > 1 and TAG_MARGINS + least + cells_of(kept) + taken > cells:
        kept.pop()
    if TAG_MARGINS + least + cells_of(kept) + taken > cells:
        taken = cells_of(right) if TAG_MARGINS + least + cells_of(kept) + cells_of(right) <= cells else 0
    room = cells - TAG_MARGINS - cells_of(kept) - taken
    shown = fitted_label(tag, beside, min(width(name), max(room, 1)))
    left: list[Part] = [(f" {shown}  ", look.text + Style(bold=True)), *kept]
    return noted(left, notes, list(right), cells, cells_of(left[:2]), look)

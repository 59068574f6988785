"""The last gate before the terminal: what no widget may put in a strip is taken out, whoever put it there."""

from __future__ import annotations

import unicodedata

from rich.cells import get_character_cell_size
from rich.console import Console, RenderableType
from rich.segment import Segment, Segments
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

from tui.render.kitty import PLACEHOLDER
from tui.render.text import printable

_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MARK = "?"
_ANY = Color(0, 0, 0)


def harmless(text: str) -> str:
    """The text as wide as it was, without controls, formats, lone surrogates, line ends and cells of kitty's pictures.

    All texts are made printable where they are drawn, so that they are read there: this is for the one that is not.
    """
    if text.isprintable():
        return text
    return "".join(_MARK * get_character_cell_size(char) if is_harmful(char) else char for char in text)


def is_harmful(char: str) -> bool:
    """Whether a character does something to a terminal, or to the text around it, but show itself."""
    return not char.isprintable() and (char == PLACEHOLDER or unicodedata.category(char) in _HARMFUL)


def harmless_lines(renderable: RenderableType, console: Console) -> Segments:
    """What is printed once the screen is gone, such as a crash with the values that led to it: as lines, printable."""
    return Segments(
        segment if segment.control else Segment("\n".join(map(printable, segment.text.split("\n"))), segment.style)
        for segment in console.render(renderable)
    )


class Harmless(LineFilter):
    """Makes the texts of every strip harmless; nothing moves."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments; those of control sequences, which are Textual's own, are as they were."""
        return [segment if segment.control else Segment(harmless(segment.text), segment.style) for segment in segments]

    def applied(self, strip: Strip) -> Strip:
        """The strip made harmless."""
        return Strip(self.apply([*strip], _ANY), strip.cell_length)

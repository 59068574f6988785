"""The target of what is sent to a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import get_character_cell_size

from tests.fuzz.target import Target
from tests.tui.app.emulator import emulator, seen
from tui.app.output.cells import Cells
from tui.app.output.painter import Painter
from tui.app.output.pens import PLAIN, Pen, for_blanks

WIDTH, HEIGHT = 24, 6
_PENS = (PLAIN, Pen(ink="31"), Pen(ink="38;2;1;2;3", paper="44"), Pen(marks=1), Pen(paper="48;5;200"), Pen(marks=64))
_CHARACTERS = " .ab⣿─█漢字é0"


def _paints(data: bytes) -> Iterator[tuple[int, int, Cells]]:
    """Places and cells, of four bytes and two a character."""
    position = 0
    while position + 3 < len(data):
        y, x, length = data[position] % HEIGHT, data[position + 1] % WIDTH, data[position + 2] % WIDTH
        position += 3
        chars: list[str] = []
        pens: list[Pen] = []
        while len(chars) < min(length, WIDTH - x) and position + 1 < len(data):
            _add(chars, pens, data[position], data[position + 1], WIDTH - x)
            position += 2
        if chars:
            yield y, x, Cells(chars, pens)


def _add(chars: list[str], pens: list[Pen], character: int, pen: int, room: int) -> None:
    char, ink = _CHARACTERS[character % len(_CHARACTERS)], _PENS[pen % len(_PENS)]
    wide = get_character_cell_size(char) == 2
    if wide and len(chars) + 2 > room:
        char, wide = ".", False
    chars += [char, ""] if wide else [char]
    pens += [for_blanks(ink) if char == " " else ink] * (2 if wide else 1)


def check_cells(data: bytes) -> None:
    """Sending what changed shows what sending everything shows. No cell is painted twice a frame."""
    erases = bool(data and data[0] & 1)
    changed, stream = emulator(WIDTH, HEIGHT)
    whole, whole_stream = emulator(WIDTH, HEIGHT)
    painter, rows = Painter(WIDTH, HEIGHT, erases_in_colour=erases), set[int]()
    for y, x, cells in _paints(data[1:]):
        if y in rows:
            stream.feed(painter.take())
            rows.clear()
        rows.add(y)
        painter.paint(y, x, cells)
        forgetful = Painter(WIDTH, HEIGHT, erases_in_colour=erases)
        forgetful.paint(y, x, cells)
        whole_stream.feed(forgetful.take())
    stream.feed(painter.take())
    assert seen(changed) == seen(whole), "the screens differ"


TARGETS = (Target("cells", check_cells, lambda: [bytes(range(64)), bytes([1, 2, 3, 10]) + b"\x00\x01\x07\x02" * 12]),)

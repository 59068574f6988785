"""The target of what is sent to a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import get_character_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from tests.fuzz.draw import Draw
from tests.fuzz.target import Target
from tests.tui.app.emulator import emulator, seen
from tui.app.output.cells import Cells
from tui.app.output.painter import Painter
from tui.app.output.pens import PLAIN, Pen, for_blanks
from tui.app.output.stage import Stage, Update

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
    """What is sent shows what would be shown if everything was sent anew, by us or by Textual itself."""
    if data and data[0] & 2:
        _check_stage(Draw(data[1:]), erases=bool(data[0] & 1))
    else:
        _check_painter(data[1:], erases=bool(data and data[0] & 1))


def _check_painter(data: bytes, *, erases: bool) -> None:
    """No cell is painted twice a frame."""
    changed, stream = emulator(WIDTH, HEIGHT)
    whole, whole_stream = emulator(WIDTH, HEIGHT)
    painter, rows = Painter(WIDTH, HEIGHT, erases_in_colour=erases), set[int]()
    for y, x, cells in _paints(data):
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


_HOME = "\x1b[H"
_MOST_UPDATES = 6
# One kind of colours only: rich keeps the codes that a style was first written with, whatever the console.
_CONSOLE = Console(color_system="truecolor", force_terminal=True)
_STYLES = [
    None,
    Style(color="#d8dbe4", bgcolor="#11131a"),
    Style(color="#7aa2f7", bgcolor="#11131a", bold=True),
    Style(color="#4a4f5e", dim=True),
    Style(color="red", italic=True, blink=True),
    Style(bgcolor="#11131a"),
    Style(reverse=True, bgcolor="#11131a"),
    Style(underline=True, strike=True),
    Style(color="green", bold=True, dim=True, overline=True),
    Style(color="color(200)", bgcolor="color(17)"),
    Style(link="https://example.org", color="blue"),
]
_TEXTS = (
    "a",
    "bc0",
    " ",
    "    ",
    "........",
    "⣀⣤⣶⣿",
    "│─●",
    "漢字",
    "e\u0301",
    "ñ",
    "❤\ufe0f",
    "👍🏽",
    "🇩🇪",
    "x\u20dd",
    "a漢b",
)


def _check_stage(draw: Draw, *, erases: bool) -> None:
    """Textual's bytes and ours draw the same after each update of the whole screen or of parts, and after resizes."""
    width, height = WIDTH, HEIGHT
    expected, textual = emulator(width, height)
    actual, ours = emulator(width, height)
    stage = Stage(erases_in_colour=erases)
    for number in range(draw.integer(1, _MOST_UPDATES)):
        resized = draw.integer(0, 7) == 7
        if resized:
            width, height = draw.integer(3, WIDTH), draw.integer(1, HEIGHT)
            for screen in (expected, actual):
                screen.resize(height, width)
        update = _update(draw, width, height, whole=not number or resized or draw.flag())
        textual.feed(update.render_segments(_CONSOLE) + _HOME)
        ours.feed(stage.frame(update, Size(width, height), _CONSOLE).text + _HOME)
        assert seen(actual) == seen(expected), "the screens differ"


def _update(draw: Draw, width: int, height: int, *, whole: bool) -> Update:
    rows = [_row(draw, width) for _ in range(height)]
    if whole:
        return LayoutUpdate([row.values() for row in rows], Region(0, 0, width, height))
    ends = [[*list(row)[1:], width] for row in rows]
    spans = []
    for y in range(height):
        left, right = sorted((draw.integer(0, width), draw.integer(0, width)))
        if left < right:
            spans.append((y, left, right))
    return ChopsUpdate(rows, spans or [(0, 0, width)], ends)


def _row(draw: Draw, width: int) -> dict[int, Strip]:
    """A row as strips, by where they start."""
    cuts = sorted({0, *draw.several(lambda: draw.integer(1, width - 1), 2)})
    found = {}
    for start, end in zip(cuts, [*cuts[1:], width], strict=True):
        segments = [Segment(draw.pick(_TEXTS), draw.pick(_STYLES)) for _ in range(draw.integer(1, 4))]
        found[start] = Strip(segments).adjust_cell_length(end - start, draw.pick(_STYLES))
    return found


def _seeds() -> list[bytes]:
    return [
        bytes(range(64)),
        bytes([1, 2, 3, 10]) + b"\x00\x01\x07\x02" * 12,
        bytes([2, 0, 4]) + bytes(range(250)),
        bytes([3, 1, 5, 7, 9, 2]) + bytes(range(255, 5, -1)) * 2,
    ]


TARGETS = (Target("cells", check_cells, _seeds),)

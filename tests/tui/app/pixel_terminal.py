"""A terminal that shows pixels: what it is sent, decoded apart from the code that encodes it."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
import pyte
from PIL import Image

from tests.tui.render.sixel_decoder import decoded
from tui.app.output.album import CellSize

PLACEHOLDER = "\U0010eeee"
_IMAGE = "\ufffc"  # stands in the emulator's cells that show dots, so that it is seen when they are written over
_SEQUENCE = re.compile(r"\x1b_G(?P<kitty>[^\x1b]*)\x1b\\|\x1bP(?P<sixel>[0-9;]*q[^\x1b]*)\x1b\\")
_UNKNOWN = re.compile(r"\x1b\[[<>=?][0-9;]*u|\x1b\[\?[0-9;]*\$p")
_QUERIES = re.compile(
    r"\x1b\[[?>=]?[0-9;]*c|\x1b\[\??[0-9;]*n|\x1b\[>[0-9;]*q|\x1b\[1[1-9]t|\x1bP[+$]q|\x1b\](?:4|1[0-9]);[^\x07\x1b]*\?"
)


@dataclass
class KittyImage:
    """An image as it was transmitted, for so many cells."""

    columns: int
    rows: int
    pixels: np.ndarray


@dataclass
class PixelTerminal:
    """Shows `columns` x `lines` cells of a size. `dots` are those of sixel, [height, width, 3], -1 where there are
    none; `images` those of kitty by their numbers, `transmitted` and `deleted` all their numbers in order."""

    columns: int
    lines: int
    cell: CellSize
    images: dict[int, KittyImage] = field(default_factory=dict)
    transmitted: list[int] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    sixels: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Column, row, width and height in dots of each that was drawn."""
    _chunks: tuple[dict[str, str], str] | None = None
    _rest: str = ""

    def __post_init__(self) -> None:
        self.screen = pyte.Screen(self.columns, self.lines)
        self._stream = pyte.Stream(self.screen)
        self._stream.feed("\x1b[?7l")
        self.dots = np.full((self.lines * self.cell.height, self.columns * self.cell.width, 3), -1)

    def feed(self, text: str) -> None:
        """Show what is sent; a sequence may come in parts."""
        assert not _QUERIES.search(text)
        text = self._rest + text
        start = 0
        for match in _SEQUENCE.finditer(text):
            self._write(text[start : match.start()])
            if match["kitty"] is not None:
                self._take(match["kitty"])
            else:
                self._draw(match["sixel"])
            start = match.end()
        cut = max(text.rfind("\x1b_"), text.rfind("\x1bP"))
        end = cut if cut >= start else len(text)
        self._write(text[start:end])
        self._rest = text[end:]

    def wipe(self) -> None:
        """What was on the screen is gone; images that were transmitted are not."""
        self.__post_init__()

    def _write(self, text: str) -> None:
        self._stream.feed(_UNKNOWN.sub("", text))
        width, height = self.cell
        for y in range(self.lines):
            for x in range(self.columns):
                if self.screen.buffer[y][x].data != _IMAGE:
                    self.dots[y * height : (y + 1) * height, x * width : (x + 1) * width] = -1

    def _take(self, command: str) -> None:
        head, _, data = command.partition(";")
        keys = dict(pair.split("=") for pair in head.split(","))
        assert keys.pop("q") == "2", "it would answer"
        assert len(data) <= 4096
        if keys.get("a") == "d":
            assert keys == {"a": "d", "d": "I", "i": keys["i"]}
            self.deleted.append(int(keys["i"]))
            del self.images[int(keys["i"])]
            return
        more = keys.pop("m")
        if self._chunks is None:
            assert keys.pop("a") == "T" and keys.pop("U") == "1" and keys.pop("f") == "100"
            self._chunks = keys, data
        else:
            assert not keys and len(self._chunks[1]) % 4096 == 0
            self._chunks = self._chunks[0], self._chunks[1] + data
        if more == "0":
            keys, data = self._chunks
            self._chunks = None
            assert keys.keys() == {"i", "c", "r"}
            pixels = np.asarray(Image.open(BytesIO(b64decode(data, validate=True))))
            self.transmitted.append(int(keys["i"]))
            self.images[int(keys["i"])] = KittyImage(int(keys["c"]), int(keys["r"]), pixels)

    def _draw(self, data: str) -> None:
        pixels = decoded(data)
        height, width = pixels.shape[:2]
        y, x = self.screen.cursor.y, self.screen.cursor.x
        rows, columns = -(-height // self.cell.height), -(-width // self.cell.width)
        assert y + rows < self.lines, "it would scroll"
        assert x + columns <= self.columns
        self.sixels.append((x, y, width, height))
        top, left = y * self.cell.height, x * self.cell.width
        self.dots[top : top + height, left : left + width] = pixels
        for row in range(y, y + rows):
            for column in range(x, x + columns):
                self.screen.buffer[row][column] = self.screen.buffer[row][column]._replace(data=_IMAGE)

    def cell_dots(self, x: int, y: int) -> np.ndarray | None:
        """The dots that a cell shows; None where it shows a character."""
        width, height = self.cell
        char = self.screen.buffer[y][x]
        if char.data == _IMAGE:
            return self.dots[y * height : (y + 1) * height, x * width : (x + 1) * width]
        if not char.data.startswith(PLACEHOLDER):
            return None
        number = int(char.fg, 16)
        image = self.images[number]
        assert image.pixels.shape == (image.rows * height, image.columns * width, 3)
        piece = self._piece(x, y)
        if piece is None:  # in the middle of a frame
            return None
        row, column = piece
        return image.pixels[row * height : (row + 1) * height, column * width : (column + 1) * width]

    def _piece(self, x: int, y: int) -> tuple[int, int] | None:
        """Row and column that a placeholder shows: its own, or those next to its left neighbour's; None without one."""
        char = self.screen.buffer[y][x]
        if len(char.data) == 3:
            return DIACRITICS.index(char.data[1]), DIACRITICS.index(char.data[2])
        before = self.screen.buffer[y][x - 1]
        assert char.data == PLACEHOLDER
        if not x or not before.data.startswith(PLACEHOLDER) or before.fg != char.fg:
            return None
        piece = self._piece(x - 1, y)
        return None if piece is None else (piece[0], piece[1] + 1)

    def picture(self, left: int, top: int, columns: int, rows: int) -> np.ndarray | None:
        """The dots of a rectangle of cells; None if some do not show any."""
        found = [[self.cell_dots(x, y) for x in range(left, left + columns)] for y in range(top, top + rows)]
        lines = [np.concatenate(line, axis=1) for line in found if not any(dots is None for dots in line)]
        return np.concatenate(lines) if len(lines) == rows else None

    @property
    def area(self) -> tuple[int, int, int, int] | None:
        """The least rectangle of cells (left, top, columns, rows) that has all dots on the screen."""
        cells = [(x, y) for y in range(self.lines) for x in range(self.columns) if self.cell_dots(x, y) is not None]
        if not cells:
            return None
        xs, ys = [x for x, _ in cells], [y for _, y in cells]
        return min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1

    @property
    def text(self) -> str:
        """The characters, a line a row; `#` for cells that show dots."""
        return "\n".join(
            "".join(
                "#" if self.cell_dots(x, y) is not None else self.screen.buffer[y][x].data for x in range(self.columns)
            )
            for y in range(self.lines)
        )


DIACRITICS = (  # as far as tests need them; from the table in kitty's sources
    "\u0305\u030d\u030e\u0310\u0312\u033d\u033e\u033f\u0346\u034a\u034b\u034c\u0350\u0351\u0352\u0357\u035b\u0363\u0364"
    "\u0365\u0366\u0367\u0368\u0369\u036a\u036b\u036c\u036d\u036e\u036f\u0483\u0484\u0485\u0486\u0487\u0592\u0593\u0594"
    "\u0595\u0597\u0598\u0599\u059c\u059d\u059e\u059f\u05a0\u05a1\u05a8\u05a9\u05ab\u05ac\u05af\u05c4\u0610\u0611\u0612"
    "\u0613\u0614\u0615\u0616\u0617\u0657\u0658\u0659\u065a\u065b\u065d\u065e\u06d6\u06d7\u06d8\u06d9\u06da\u06db\u06dc"
    "\u06df\u06e0\u06e1\u06e2\u06e4\u06e7\u06e8\u06eb\u06ec\u0730\u0732\u0733\u0735\u0736\u073a\u073d\u073f\u0740\u0741"
)

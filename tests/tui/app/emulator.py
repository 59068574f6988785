"""A terminal emulator fed with what is written, and what one sees on it."""

from __future__ import annotations

import pyte

from tests.terminal import Screen

NO_WRAP = "\x1b[?7l"

Cell = tuple[object, ...]


def emulator(width: int, height: int) -> tuple[pyte.Screen, pyte.Stream]:
    """A blank screen that does not wrap, as Textual sets it up, and the stream that draws on it."""
    screen = Screen(width, height)
    stream = pyte.Stream(screen)
    stream.feed(NO_WRAP)
    return screen, stream


def seen(screen: pyte.Screen) -> list[list[Cell]]:
    """Every cell with all that shows: of a blank its background only, as it has no ink unless lined or reversed."""
    return [[_seen(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)]


def _seen(char: pyte.screens.Char) -> Cell:
    marked = char.underscore or char.strikethrough or char.reverse
    return (" ", char.bg) if char.data == " " and not marked else tuple(char)

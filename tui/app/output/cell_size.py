"""How many dots a cell of the screen has, as the terminal's driver knows it: the terminal itself is not asked."""

from __future__ import annotations

import fcntl
import struct
import sys
import termios

from tui.app.output.album import CellSize

USUAL = CellSize(10, 20)
"""Where it is not known: that of the VT340, which Windows Terminal keeps for sixel whatever its font."""


def cell_size() -> CellSize | None:
    """The size of a cell, None where the terminal has not told it (many do not, and it gets lost on the way)."""
    if sys.__stderr__ is None:
        return None
    try:
        # Where Textual writes to.
        window = fcntl.ioctl(sys.__stderr__.fileno(), termios.TIOCGWINSZ, bytes(8))
    except (OSError, ValueError):  # no terminal, or closed
        return None
    rows, columns, width, height = struct.unpack("HHHH", window)
    if not (columns and rows and width >= columns and height >= rows):
        return None
    return CellSize(width // columns, height // rows)  # some count the margin too, less than a dot for each cell

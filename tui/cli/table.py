"""Aligned columns of text for the commands that list things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.render.cells import fit, width
from tui.render.text import printable

_GAP = "  "
# A longer cell stands out of its column: every line would be as long as the longest name.
_WIDEST = 160


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, names: int) -> str:
    """Lines of aligned cells under headings: the first `names` columns to the left, numbers to the right.

    Cells are made printable, and not cut to fit.
    """
    shown = [[printable(cell) for cell in row] for row in (headings, *rows)]
    widths = [max((size for size in map(width, column) if size <= _WIDEST), default=0)
              for column in zip(*shown, strict=True)]  # fmt: skip
    return "".join(_GAP.join(_cells(row, widths, names)).rstrip() + "\n" for row in shown)


def _cells(row: Sequence[str], widths: Sequence[int], names: int) -> Iterator[str]:
    for at, (cell, size) in enumerate(zip(row, widths, strict=True)):
        yield cell if width(cell) > size else fit(cell, size, align="left" if at < names else "right")

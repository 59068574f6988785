"""Aligned columns of text for the commands that list things."""

from __future__ import annotations

from collections.abc import Sequence

from tui.render.cells import fit, width
from tui.render.text import printable

_GAP = "  "


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, names: int) -> str:
    """Lines of aligned cells under headings: the first `names` columns to the left, numbers to the right.

    Cells are made printable, and never cut.
    """
    columns = list(zip(headings, *rows, strict=True))
    widths = [max(width(cell) for cell in map(printable, column)) for column in columns]
    lines = []
    for row in (headings, *rows):
        cells = [fit(cell, widths[i], align="left" if i < names else "right") for i, cell in enumerate(row)]
        lines.append(_GAP.join(cells).rstrip() + "\n")
    return "".join(lines)

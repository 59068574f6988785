"""Panels of small scatters, each column of panels with one x and each row with one y."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui.render.canvas import Canvas, Part, curve_paint
from tui.render.cells import fit
from tui.render.glyphs import BRAILLE, Glyphs
from tui.render.raster import NO_OWNER
from tui.render.scatter import Scatter, scatter_cells
from tui.render.window import Window

LEAST_WIDTH, LEAST_HEIGHT = 22, 8
_WINDOW = Window(-0.06, 1.06, -0.08, 1.08)
"""Points are in 0..1: those at the ends are not on the frame."""


def panels_that_fit(width: int, height: int) -> tuple[int, int]:
    """How many panels there is room for: down, and across."""
    return max(1, height // LEAST_HEIGHT), max(1, width // LEAST_WIDTH)


def draw_matrix(
    panels: Sequence[Sequence[Scatter]],
    x_titles: Sequence[str],
    y_titles: Sequence[str],
    cursor: tuple[int, int],
    width: int,
    height: int,
    glyphs: Glyphs = BRAILLE,
) -> Canvas:
    """Panels with points in 0..1 on both axes, by row and column; the one at the cursor has a title that stands out.

    A panel has its x title above it; rows have their y title in the first column, beside that.
    """
    canvas = Canvas(width, height)
    down, across = len(panels), len(x_titles)
    for row, line in enumerate(panels):
        top, bottom = row * height // down, (row + 1) * height // down
        for column, scatter in enumerate(line):
            left, right = column * width // across, (column + 1) * width // across
            chosen = (row, column) == cursor
            title = f"{y_titles[row]} / {x_titles[column]}"
            _draw_panel(canvas, scatter, title, (top, left, bottom, right), chosen, glyphs)
    return canvas


def _draw_panel(
    canvas: Canvas, scatter: Scatter, title: str, area: tuple[int, int, int, int], chosen: bool, glyphs: Glyphs
) -> None:
    top, left, bottom, right = area
    width, height = right - left - 2, bottom - top - 2
    if width < 2 or height < 1:
        return
    frame = Part.CURSOR if chosen else Part.AXIS
    canvas.write(top, left + 1, fit(title, width, keep="both"), Part.CURSOR if chosen else Part.LABEL)
    for row in range(top + 1, bottom - 1):
        canvas.put(row, left, "│", frame)
    canvas.write(bottom - 1, left, "└" + "─" * width, frame)
    cells = scatter_cells(scatter, _WINDOW, width, height)
    if cells.raster is not None:
        canvas.draw(cells.raster, left + 1, top + 1, glyphs)
        return
    for row, column in np.argwhere(cells.chosen != NO_OWNER).tolist():
        owner = int(cells.chosen[row, column])
        paint = curve_paint(owner, bool(cells.faint[row, column]))
        canvas.put(top + 1 + row, left + 1 + column, scatter.marks[owner], paint)

"""Parallel coordinates: an axis a column, a line a row, from axis to axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.render.canvas import Canvas, Part
from tui.render.cells import fit, width
from tui.render.glyphs import BRAILLE, Glyphs
from tui.render.raster import PATTERNS, Curve, Raster, rasterise
from tui.render.text import printable
from tui.render.window import Window

AXIS, BRUSHED, CURSOR = "│", "┃", "◆"
LEAST_BETWEEN = 12
"""Cells from axis to axis."""
_HEAD = 2
"""Lines above the axes: the column's name, and its greatest value."""
_FOOT = 1
_DOTTED = PATTERNS.index((1, 3))

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AxisSpec:
    """One axis. `labels` are words beside places of 0..1, which are left out where there is no room.

    `brush` is a range of places. `cursor` is the place of the cursor, None on the other axes.
    """

    title: str
    low: str
    high: str
    labels: Sequence[tuple[float, str]] = ()
    brush: tuple[float, float] | None = None
    cursor: float | None = None


def axes_that_fit(cells: int) -> int:
    """How many axes there is room for in so many cells."""
    return max(2, cells // LEAST_BETWEEN)


def axis_columns(count: int, cells: int) -> list[int]:
    """Where the axes stand, evenly spread, half of the space between two free at both ends."""
    return [int((at + 0.5) * cells / count) for at in range(count)]


def place_at(row: int, height: int) -> float:
    """The place of 0..1 on the axes at a row of the picture."""
    rows = height - _HEAD - _FOOT
    return min(max(1 - (row - _HEAD) / max(1, rows - 1), 0.0), 1.0)


def parallel_lines(
    places: Floats, owners: Sequence[int], faint: npt.NDArray[np.bool_], width: int, height: int, *, dotted: int = 0
) -> Raster | None:
    """The lines of a picture of `width` x `height` cells, None where that has no room for any.

    `places` float64[axes, rows] are in 0..1, NaN where a row has none: its line has a gap there. `owners` [rows] say
    whose colour a line has, `faint` bool[rows] which lines lie behind. The first so many lines are `dotted`,
    for where no colour tells them from the others.
    """
    rows = height - _HEAD - _FOOT
    if rows < 2 or width < 2 * len(places):
        return None
    x = np.array(axis_columns(len(places), width), np.float64)
    curves = [
        Curve(x, places[:, row], owners[row], bool(faint[row]), _DOTTED if row < dotted else 0)
        for row in range(len(owners))
    ]
    return rasterise(curves, Window(0.0, float(max(width - 1, 1)), 0.0, 1.0), width, rows)


def draw_parallel(
    axes: Sequence[AxisSpec], lines: Raster | None, width: int, height: int, glyphs: Glyphs = BRAILLE
) -> Canvas:
    """The axes over the lines (of `parallel_lines`) in `width` x `height` cells."""
    canvas = Canvas(width, height)
    if lines is None:
        return canvas
    canvas.draw(lines, 0, _HEAD, glyphs)
    for spec, column in zip(axes, axis_columns(len(axes), width), strict=True):
        _draw_axis(canvas, spec, column, width // len(axes), height - _HEAD - _FOOT)
    return canvas


def _draw_axis(canvas: Canvas, spec: AxisSpec, column: int, room: int, rows: int) -> None:
    part = Part.AXIS if spec.cursor is None else Part.CURSOR
    for row in range(rows):
        place = 1 - row / (rows - 1)
        inside = spec.brush is not None and spec.brush[0] - 0.5 / rows <= place <= spec.brush[1] + 0.5 / rows
        canvas.put(_HEAD + row, column, BRUSHED if inside else AXIS, Part.MARK if inside else part)
    _centred(canvas, 0, column, spec.title, room, part if spec.cursor is not None else Part.LABEL)
    _centred(canvas, 1, column, spec.high, room, Part.LABEL)
    _centred(canvas, _HEAD + rows, column, spec.low, room, Part.LABEL)
    taken: set[int] = set()
    for place, label in spec.labels:
        row = round((1 - place) * (rows - 1))
        if row not in taken:
            taken.add(row)
            size = min(max(room - 3, 1), canvas.width - column - 1, width(printable(label)))
            canvas.write(_HEAD + row, column + 1, fit(label, size), Part.LABEL)
    if spec.cursor is not None:
        canvas.put(_HEAD + round((1 - spec.cursor) * (rows - 1)), column, CURSOR, Part.CURSOR)


def _centred(canvas: Canvas, row: int, column: int, text: str, room: int, part: Part) -> None:
    size = min(width(printable(text)), max(room - 1, 1))
    start = min(max(column - size // 2, 0), max(canvas.width - size, 0))
    canvas.write(row, start, fit(text, size, keep="both"), part)

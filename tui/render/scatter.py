"""Points on a plane: as braille dots, or with a mark each; labels where there is room; a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.render.canvas import Behind, Canvas, Part, curve_paint
from tui.render.cells import fit
from tui.render.chart import ChartSpec, PlotArea, Tick, draw_chart, label_cells, plot_area
from tui.render.glyphs import BRAILLE, Glyphs
from tui.render.raster import NO_OWNER, Marks, Raster, pack_dots
from tui.render.window import Window

CURSOR, NEAR = "◉", "○"
_SPARSE = 12
"""Cells a point at which each point gets a mark of its own."""
LABEL_MOST = 24
"""Cells of a label; what is longer is cut."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scatter:
    """Points to draw: `x` and `y` float64[n], NaN where there is none; `owners` int16[n] say whose colour each has;
    `faint` bool[n] are behind all others.

    Each owner has a mark, one character. With `dots` they are used only where the points are few; dots cannot be told
    apart without colours.
    """

    x: Floats
    y: Floats
    owners: npt.NDArray[np.int16]
    faint: npt.NDArray[np.bool_]
    marks: Sequence[str]
    dots: bool = True


@dataclass(frozen=True, slots=True)
class Label:
    """Words beside a point, by its place; `part` says how they look."""

    point: int
    text: str
    part: Part = Part.LABEL


@dataclass(frozen=True, eq=False)
class ScatterSpec:
    """Where the points of a scatter are seen, and what is pointed out: a cursor, points near it, labels, the most
    important first.
    """

    window: Window
    x_ticks: Sequence[Tick] = ()
    y_ticks: Sequence[Tick] = ()
    cursor: int | None = None
    near: Sequence[int] = ()
    labels: Sequence[Label] = ()
    glyphs: Glyphs = BRAILLE

    @property
    def chart(self) -> ChartSpec:
        """The axes."""
        return ChartSpec((), self.window, self.x_ticks, self.y_ticks, grid=False, glyphs=self.glyphs)


@dataclass(frozen=True, eq=False)
class Cells:
    """A scatter in cells: `rows` and `columns` intp[n], -1 for points out of view; `chosen` int16[h, w] the owner with
    the most points in a cell, `faint` bool[h, w]; `raster` where dots are drawn, None for marks.
    """

    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    chosen: npt.NDArray[np.int16]
    faint: npt.NDArray[np.bool_]
    raster: Raster | None


def dot_places(scatter: Scatter, window: Window, width: int, height: int) -> tuple[Floats, Floats]:
    """Where the points are in dots, of which a cell of `width` x `height` has two by four; y counts from the top."""
    return window.x_dots(scatter.x, 2 * width), window.y_dots(scatter.y, 4 * height)


def scatter_cells(scatter: Scatter, window: Window, width: int, height: int) -> Cells:
    """The scatter in `width` x `height` cells, both at least 1: what need not be made again for another cursor."""
    x, y = dot_places(scatter, window, width, height)
    with np.errstate(invalid="ignore"):
        seen = (x > -0.5) & (x < 2 * width - 0.5) & (y > -0.5) & (y < 4 * height - 0.5)
    dot_columns = np.where(seen, np.floor(np.where(seen, x, 0.0) + 0.5), -1).astype(np.intp)
    dot_rows = np.where(seen, np.floor(np.where(seen, y, 0.0) + 0.5), -1).astype(np.intp)
    rows, columns = np.where(seen, dot_rows // 4, -1), np.where(seen, dot_columns // 2, -1)
    front = seen & ~scatter.faint
    chosen = _majority(rows[front] * width + columns[front], scatter.owners[front], width * height)
    behind = seen & scatter.faint
    back = _majority(rows[behind] * width + columns[behind], scatter.owners[behind], width * height)
    faint = (chosen == NO_OWNER) & (back != NO_OWNER)
    chosen = np.where(faint, back, chosen).reshape(height, width)
    faint = faint.reshape(height, width)
    raster = None
    if scatter.dots and int(seen.sum()) * _SPARSE > width * height:
        shown = front | (behind & faint[rows, columns])
        dots = np.zeros((4 * height, 2 * width), np.bool_)
        dots[dot_rows[shown], dot_columns[shown]] = True
        raster = Raster(pack_dots(dots), chosen, faint, Marks.none(width))
    return Cells(rows, columns, chosen, faint, raster)


def _majority(places: npt.NDArray[np.intp], owners: npt.NDArray[np.int16], cells: int) -> npt.NDArray[np.int16]:
    """The most frequent owner of each cell, the first of equally frequent ones, NO_OWNER where there is none."""
    if not len(places):
        return np.full(cells, NO_OWNER, np.int16)
    kinds = int(owners.max()) + 1
    counts = np.bincount(places * kinds + owners, minlength=cells * kinds).reshape(cells, kinds)
    return np.where(counts.any(axis=1), counts.argmax(axis=1), NO_OWNER).astype(np.int16)


def draw_scatter(spec: ScatterSpec, scatter: Scatter, width: int, height: int, cells: Cells | None = None) -> Canvas:
    """The points with axes in `width` x `height` cells; `cells` spares counting them again."""
    area = plot_area(spec.chart, width, height)
    if area.width < 1 or area.height < 1:
        return Canvas(width, height)
    cells = cells or scatter_cells(scatter, spec.window, area.width, area.height)
    canvas = draw_chart(spec.chart, width, height, cells.raster or _nothing(area))
    if cells.raster is None:
        for row, column in np.argwhere(cells.chosen != NO_OWNER).tolist():
            owner = int(cells.chosen[row, column])
            paint = curve_paint(owner, bool(cells.faint[row, column]))
            canvas.put(area.top + row, area.left + column, scatter.marks[owner], paint)
    for point in spec.near:
        _put(canvas, area, cells, point, NEAR, Part.MARK)
    taken = cells.chosen != NO_OWNER
    _write_labels(canvas, area, cells, spec.labels, taken)
    if spec.cursor is not None and cells.rows[spec.cursor] >= 0:
        _put(canvas, area, cells, spec.cursor, CURSOR, Part.CURSOR)
        row, column = area.top + int(cells.rows[spec.cursor]), area.left + int(cells.columns[spec.cursor])
        canvas.put_behind(Behind.HIGHLIGHT, slice(column, column + 1), slice(row, row + 1))
    return canvas


def _nothing(area: PlotArea) -> Raster:
    shape = area.height, area.width
    codes, owners = np.zeros(shape, np.uint8), np.full(shape, NO_OWNER, np.int16)
    return Raster(codes, owners, np.zeros(shape, np.bool_), Marks.none(area.width))


def _put(canvas: Canvas, area: PlotArea, cells: Cells, point: int, character: str, part: Part) -> None:
    if cells.rows[point] >= 0:
        row, column = int(cells.rows[point]), int(cells.columns[point])
        canvas.put(area.top + row, area.left + column, character, part)


def _write_labels(
    canvas: Canvas, area: PlotArea, cells: Cells, labels: Sequence[Label], taken: npt.NDArray[np.bool_]
) -> None:
    """Each label to the right of its point, or to the left, where there are neither points nor other labels.

    A point has one label, its first.
    """
    written: set[int] = set()
    for label in labels:
        if label.point in written:
            continue
        written.add(label.point)
        row, column = int(cells.rows[label.point]), int(cells.columns[label.point])
        size = min(label_cells(label.text), LABEL_MOST)
        # A blank on either side keeps words from what is beside them.
        right, left = column + 2, column - 1 - size
        for start, free in ((right, slice(column + 1, right + size + 1)), (left, slice(max(left - 1, 0), column))):
            inside = row >= 0 and start >= 0 and start + size <= area.width
            if inside and not taken[row, free].any():
                canvas.write(area.top + row, area.left + start, fit(label.text, size), label.part)
                taken[row, start : start + size] = True
                break

"""Histograms over steps as a ridgeline: outlines one behind the other, the newest in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.render.canvas import Canvas, Part, curve_paint
from tui.render.chart import PlotArea, Tick, draw_x_axis, label_cells
from tui.render.glyphs import BRAILLE, Glyphs
from tui.render.raster import NO_OWNER, Marks, Raster, pack_dots
from tui.render.window import Floats, Window

Ints = npt.NDArray[np.int64]

_AXIS_ROWS = 2
_LEAST_PLOT_WIDTH = 8
# A ridge's greatest height is this share of the plot, and at least so many rows.
_PEAK_SHARE = 0.3
_LEAST_PEAK = 2


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """One histogram: what to call it (its step), and how many values each bin has, float64[bins]."""

    label: str
    counts: Floats


@dataclass(frozen=True, slots=True, eq=False)
class RidgelineSpec:
    """What to draw. `ridges` oldest first, all on `edges` float64[bins + 1], strictly ascending and finite; the
    canvas has ridge i as the curve of owner i, and the `chosen` one filled. x goes from the first to the last edge;
    without `x_ticks` there is no axis. Counts that are no finite number above 0 are taken as 0. `peak` is the greatest
    count of a bin of all pictures that share a scale; 0 for that of these ridges. ValueError for edges that do not fit.
    """

    ridges: Sequence[Ridge]
    edges: Floats
    chosen: int | None = None
    x_ticks: Sequence[Tick] = ()
    glyphs: Glyphs = BRAILLE
    peak: float = 0.0

    def __post_init__(self) -> None:
        if len(self.edges) < 2 or not np.isfinite(self.edges).all() or not (np.diff(self.edges / 2) > 0).all():
            raise ValueError("the edges of the bins are not finite and ascending")
        if any(len(ridge.counts) != len(self.edges) - 1 for ridge in self.ridges):
            raise ValueError(f"{len(self.edges)} edges do not bound the bins of every ridge")


def ridge_capacity(height: int) -> int:
    """How many ridges are told apart well in a canvas of this height, axis included; at least 1."""
    rows = max(height - _AXIS_ROWS, 1)
    return max(rows - _peak_rows(rows) + 1, 1)


def ridge_area(spec: RidgelineSpec, width: int, height: int) -> PlotArea:
    """Where the ridges are in a canvas of this size: the labels are to the right, the axis is below."""
    width, height = max(width, 0), max(height, 0)
    labels = max((label_cells(ridge.label) for ridge in spec.ridges), default=-1) + 1
    if width - labels < max(_LEAST_PLOT_WIDTH, width // 3):
        labels = 0
    below = _AXIS_ROWS if spec.x_ticks and height > _AXIS_ROWS + _LEAST_PEAK else 0
    return PlotArea(0, 0, width - labels, height - below)


def ridge_rows(spec: RidgelineSpec, width: int, height: int) -> list[int]:
    """The row of each ridge's baseline, oldest first; more than fit share the top row."""
    return _baselines(len(spec.ridges), ridge_area(spec, width, height).height)


def draw_ridgeline(spec: RidgelineSpec, width: int, height: int) -> Canvas:
    """Draw the ridges into `width` x `height` cells, whatever they are; all heights are on one scale of density."""
    canvas = Canvas(width, height)
    area = ridge_area(spec, width, height)
    if not (spec.ridges and area.width and area.height):
        return canvas
    baselines = _baselines(len(spec.ridges), area.height)
    canvas.draw(_silhouettes(spec, area, baselines), area.left, area.top, spec.glyphs)
    if area.width < canvas.width:
        for index, (ridge, row) in enumerate(zip(spec.ridges, baselines, strict=True)):
            paint = curve_paint(index) if index == spec.chosen else Part.LABEL
            canvas.write(row, area.width + 1, ridge.label, paint)
    if area.height < canvas.height:
        window = Window(float(spec.edges[0]), float(spec.edges[-1]), 0.0, 1.0)
        draw_x_axis(canvas, spec.x_ticks, window, area, spec.glyphs)
    return canvas


def _peak_rows(rows: int) -> int:
    return min(max(round(rows * _PEAK_SHARE), _LEAST_PEAK), rows)


def _baselines(n: int, rows: int) -> list[int]:
    """The newest stands in the last row, the others above it at equal distances of whole rows."""
    gap = max((rows - _peak_rows(rows)) // max(n - 1, 1), 1)
    return [max(rows - 1 - gap * (n - 1 - index), 0) for index in range(n)]


def _silhouettes(spec: RidgelineSpec, area: PlotArea, baselines: Sequence[int]) -> Raster:
    """Paint from the back to the front; a ridge hides what is behind it, and one dot more above its outline.

    Outlines, since filled shapes a row apart run into one; only the chosen one is filled.
    """
    dots = np.zeros((4 * area.height, 2 * area.width), np.bool_)
    owners = np.full((area.height, area.width), NO_OWNER, np.int16)
    # The oldest has the least room above it.
    peak = 4 * max(baselines[0] + 1, min(_LEAST_PEAK, area.height))
    heights = _on_ground(np.ceil(_shares(spec, 2 * area.width) * peak).astype(np.int64))
    rows = np.arange(4 * area.height)[:, np.newaxis]
    for index, baseline in enumerate(baselines):
        bottom = 4 * baseline + 3
        top = bottom + 1 - heights[index]
        # No ridge is higher than the peak: what is above that, and a dot more, stays as it is.
        first = max(baseline - (peak + 1) // 4, 0)
        row = rows[4 * first : bottom + 1]
        body = row >= top
        ridge = body if index == spec.chosen else body & (row <= _outline_end(top, bottom))
        over = dots[4 * first : bottom + 1]
        over &= ~(body | (row == top - 1) & (heights[index] > 0))
        over |= ridge
        owners[first : baseline + 1][pack_dots(ridge) != 0] = index
    return Raster(pack_dots(dots), owners, np.zeros(owners.shape, np.bool_), Marks.none(area.width))


def _on_ground(heights: Ints) -> Ints:
    """Heights [ridges, columns] of 1 or more from each ridge's first column with values to its last: no holes."""
    begun = np.maximum.accumulate(heights > 0, axis=1)
    not_over = np.maximum.accumulate(heights[:, ::-1] > 0, axis=1)[:, ::-1]
    return np.maximum(heights, begun & not_over)


def _outline_end(top: Ints, bottom: int) -> Ints:
    """The last row of the outline in each column: far enough down to meet the lower one of its neighbours."""
    padded = np.pad(top, 1, mode="edge")
    lower = np.maximum(padded[:-2], padded[2:])
    return np.asarray(np.minimum(np.maximum(lower - 1, top), bottom))


def _shares(spec: RidgelineSpec, columns: int) -> Floats:
    """The density of each ridge at each column of dots, float64[ridges, columns], of the greatest one."""
    counts = np.stack([ridge.counts for ridge in spec.ridges]).astype(np.float64)
    counts = np.where(np.isfinite(counts) & (counts > 0), counts, 0.0)
    # Halves and shares, because sums and differences of very large numbers overflow.
    own = float(counts.max()) or 1.0
    counts /= own
    places = (spec.edges / 2 - spec.edges[0] / 2) / (spec.edges[-1] / 2 - spec.edges[0] / 2)
    density = _density(counts, places, columns)
    return np.asarray(density / (density.max() or 1.0)) * min(own / (spec.peak or own), 1.0)


def _density(counts: Floats, places: Floats, columns: int) -> Floats:
    """Counts [ridges, bins] at each column of dots, averaged over a bin's or a column's width: the larger one.

    That joins wide bins by slopes, and loses nothing of narrow ones. `places` are the edges, scaled to 0..1.
    """
    reach = max(float(np.median(np.diff(places))), 1.0 / columns) / 2
    centres = np.linspace(0.0, 1.0, columns)
    total = np.concatenate((np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)), axis=1)
    slope = np.diff(total, axis=1) / np.diff(places)
    below, above = (_along(x, places, total, slope) for x in (centres - reach, centres + reach))
    return np.maximum(above - below, 0.0)


def _along(x: Floats, places: Floats, values: Floats, slope: Floats) -> Floats:
    """As np.interp of x [n] in each row of values [rows, places]; float64[rows, n]."""
    left = np.clip(np.searchsorted(places, x, side="right") - 1, 0, len(places) - 2)
    found = slope[:, left] * (x - places[left]) + values[:, left]
    return np.where(x >= places[-1], values[:, -1:], np.where(x < places[0], values[:, :1], found))

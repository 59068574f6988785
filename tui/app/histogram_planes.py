"""Planes of step and value: heatmaps, bands between percentiles, and the chosen step beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from rich.style import Style

from tui.analysis.percentiles import BASIS_POINTS, Floats
from tui.app.histogram_readout import PERCENTILE_NAMES
from tui.app.histogram_scene import Painting, Picture, Scene, along, shares
from tui.app.histograms import decoded_columns, percentile_columns, scaled, shown_columns, value_ticks
from tui.app.parts import Part as TextPart
from tui.render.canvas import Behind, Canvas, Part
from tui.render.chart import ChartSpec, PlotArea, draw_chart, label_cells, plot_area
from tui.render.heatmap import amounts, band_levels, draw_levels, draw_sideways, levels_of, pair
from tui.render.numbers import count
from tui.render.palette import fade
from tui.render.ramp import ramp
from tui.render.strips import ChartStyles
from tui.render.window import Window

LEVELS = 13
"""Colours of the heatmap, the background among them: few enough to be told apart, and many cells to be of one."""
_BANDS = len(BASIS_POINTS) // 2 + 2
_ROWS_A_TICK = 4
_NAME_CELLS = 5
# Of two names in one row the first stays: the median, the ends, then from the outside in.
_BY_WORTH = (4, 0, 8, 2, 6, 3, 5, 1, 7)


class Planes(Painting):
    """Draws planes, the runs' side by side on one axis of values."""

    def heatmaps(self, scene: Scene, width: int, height: int) -> tuple[list[Picture], float]:
        """A heatmap a run, side by side on one axis of values; and the greatest count in a bin, if any is drawn."""
        frames = self._frames(scene, width, height)
        heats = [self._heat(scene, run, frame.area) for run, frame in enumerate(frames)]
        most = max((float(heat.max()) for heat in heats if heat.size), default=0.0)
        pictures = []
        for run, (frame, heat) in enumerate(zip(frames, heats, strict=True)):
            levels = levels_of(heat, most, LEVELS, log=scene.log)
            draw_levels(frame.canvas, levels, frame.area, LEVELS, self.signs)
            styles = self._heat_styles(scene.shown[run].run)
            pictures.append(self._plane(scene, run, frame, styles))
        return pictures, most

    def _heat(self, scene: Scene, run: int, area: PlotArea) -> Floats:
        shown = scene.shown[run]
        positions = sorted(shown.found)
        columns = decoded_columns(shown, shown_columns(scene.axis.columns(run, area.width), shown.at))
        if not positions:
            return np.zeros((2 * area.height, area.width))
        counts = np.stack([self.counts(scene, shown, at) for at in positions])
        return amounts(counts, np.where(columns >= 0, np.searchsorted(positions, columns), -1), area.height)

    def _heat_styles(self, run: str) -> ChartStyles:
        if self.in_colours:
            return self.styles(_of_pairs(ramp(self.look.background, LEVELS)))
        return self.styles(dict.fromkeys(range(LEVELS), self.shared.runs.style(run, self.look)))

    def percentile_bands(self, scene: Scene, width: int, height: int) -> list[Picture]:
        """Bands between percentiles, a run beside the other on one axis of values, named at the right end."""
        named = _NAME_CELLS if width >= 8 * _NAME_CELLS else 0
        frames = self._frames(scene, width - named, height)
        pictures = []
        for run, (frame, shown) in enumerate(zip(frames, scene.shown, strict=True)):
            area, last = frame.area, run == len(frames) - 1
            x = frame.window.x0 + (np.arange(area.width) + 0.5) / max(area.width, 1) * (
                frame.window.x1 - frame.window.x0
            )
            points = percentile_columns(shown, scene.axis.places[run], x)
            levels = band_levels(points, scene.lo, scene.hi, area.height)
            draw_levels(frame.canvas, levels, area, _BANDS, self.signs)
            if named and last:
                frame = replace(frame, canvas=_with_names(frame, points, named), cells=frame.cells + named)
            pictures.append(self._plane(scene, run, frame, self._band_styles(shown.run)))
        return pictures

    def _band_styles(self, run: str) -> ChartStyles:
        colour, text = self.shared.runs.colour(run), self.look.text
        if self.in_colours:
            shades = fade(self.look.background, colour, _BANDS)[: _BANDS - 1]
            return self.styles(_of_pairs((*shades, text.color.name if text.color else colour)))
        inks = dict.fromkeys(range(_BANDS - 1), self.shared.runs.style(run, self.look))
        return self.styles({**inks, _BANDS - 1: text + Style(bold=True)})

    def _frames(self, scene: Scene, width: int, height: int) -> list[_Frame]:
        """The axes of planes side by side: that of values stands at the first only."""
        y_ticks = value_ticks(scene.lo, scene.hi, height, _ROWS_A_TICK)
        gutter = max((label_cells(label) for _, label in y_ticks), default=-1) + 1
        sizes = shares(width - gutter, len(scene.shown))
        window = Window(scene.axis.lo, scene.axis.hi, scene.lo, scene.hi)
        frames = []
        for run, size in enumerate(sizes):
            gap = run < len(sizes) - 1  # a blank column between this one and the next
            cells = size - gap + (0 if run else gutter)
            spec = ChartSpec((), window, scene.axis.ticks(size), () if run else y_ticks, grid=False)
            canvas, area = draw_chart(spec, cells, height), plot_area(spec, cells, height)
            self.mark_column(canvas, area, window, float(scene.axis.places[run][scene.shown[run].at]))
            if scene.cursor is not None and area.left:
                row = area.row_of(scene.middle(scene.cursor), window)
                canvas.put(area.top if row is None else row, area.left - 1, "▸", Part.CURSOR)
            frames.append(_Frame(canvas, area, window, cells + gap))
        return frames

    def _plane(self, scene: Scene, run: int, frame: _Frame, styles: ChartStyles) -> Picture:
        area, columns = frame.area, scene.axis.columns(run, frame.area.width)

        def value_at(x: int, y: int) -> float | None:
            inside = area.left <= x < area.left + area.width
            return along(area.top + area.height - 1 - y, area.height, scene) if inside else None

        def position_at(x: int, y: int) -> int | None:
            inside = 0 <= x - area.left < area.width and columns[x - area.left] >= 0
            return int(columns[x - area.left]) if inside else None

        return Picture(self.strips(frame.canvas, styles, frame.cells), value_at, position_at)

    def sideways(self, scene: Scene, width: int, height: int) -> Picture:
        """The chosen step of the only run as bars to the right, on the axis of values of the plane beside it."""
        shown = scene.shown[0]
        canvas = Canvas(width, height)
        frame = ChartSpec((), Window(0, 1, scene.lo, scene.hi), scene.axis.ticks(width))
        area = replace(plot_area(frame, width - 2, height), left=2)
        counts = self.counts(scene, shown, shown.at)
        cells = amounts(counts[np.newaxis], np.zeros(1, np.intp), area.height)[:, 0].reshape(-1, 2).mean(axis=1)
        draw_sideways(canvas, scaled(cells, log=scene.log).tolist(), area, 0)
        if scene.cursor is not None:
            row = area.row_of(scene.middle(scene.cursor), frame.window)
            if row is not None:
                canvas.put_behind(Behind.HIGHLIGHT, slice(area.left, width), slice(row, row + 1))
        if area.height < height:
            step = int(shown.series.steps[int(shown.line.entries[shown.at])])
            canvas.write(area.height, area.left, f"step {step}", Part.CURSOR)
            canvas.write(area.height + 1, area.left, f"peak {_whole(float(counts.max()))}", Part.LABEL)

        def value_at(x: int, y: int) -> float | None:
            return along(area.height - 1 - y, area.height, scene)

        return Picture(
            self.strips(canvas, self.styles({0: self.shared.runs.style(shown.run, self.look)}), width), value_at
        )

    def legend(self, most: float, *, log: bool) -> list[TextPart]:
        """What the colours, or the signs, of heatmaps mean: counts in a bin, from few to `most`."""
        dim = self.look.dim
        parts: list[TextPart] = [("  in a bin: 0 ", dim)]
        steps, signs = LEVELS - 1, self.signs
        for third in range(3):
            levels = range(third * steps // 3 + 1, (third + 1) * steps // 3 + 1)
            for level in levels:
                if signs is None:
                    ink = Style(color=ramp(self.look.background, LEVELS)[level], bgcolor=self.look.background)
                    parts.append(("██", ink))
                else:
                    parts.append((signs[-(-level * (len(signs) - 1) // steps)], self.look.text))
            share = (third + 1) / 3
            upto = float(np.expm1(share * np.log1p(most))) if log else share * most
            parts.append((f" {_whole(upto)} ", dim))
        return [*parts, ("log", dim)] if log else parts


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """Axes that are drawn, where what is between them belongs, and how many cells wide all is in the end."""

    canvas: Canvas
    area: PlotArea
    window: Window
    cells: int


def _whole(values: float) -> str:
    """How many, about: a bucket that is shared between bins leaves fractions in each."""
    return count(round(values, 0 if values >= 10 else 1))


def _with_names(frame: _Frame, points: Floats, cells: int) -> Canvas:
    """The canvas with the percentiles' names at the right of where they end; of two in one row the outer goes."""
    inner = frame.canvas
    canvas = Canvas(inner.width + cells, inner.height)
    canvas.chars[:, : inner.width], canvas.paints[:, : inner.width] = inner.chars, inner.paints
    drawn = np.flatnonzero(np.isfinite(points).all(axis=1))
    if not len(drawn):
        return canvas
    used: set[int] = set()
    for i in _BY_WORTH:
        row = frame.area.row_of(float(points[drawn[-1], i]), frame.window)
        if row is not None and row not in used:
            used.add(row)
            canvas.write(row, inner.width + 1, PERCENTILE_NAMES[i], Part.LABEL)
    return canvas


@lru_cache(maxsize=32)
def _of_pairs(colours: tuple[str, ...]) -> dict[int, Style]:
    """The styles of cells in half-blocks, by `pair`."""
    n = len(colours)
    return {
        pair(upper, lower, n): Style(color=colours[upper], bgcolor=colours[lower])
        for upper in range(n)
        for lower in range(n)
    }

"""The pictures of the full histogram view: ridgelines and bars besides the planes, and what stands over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from rich.style import Style
from textual.strip import Strip

from tui.app.histogram_planes import Planes
from tui.app.histogram_scene import Picture, Scene, along, shares
from tui.app.histograms import Shown, count_ticks, scaled, step_label, value_ticks
from tui.render.bars import BarsSpec, bars_area, bin_at, draw_bars
from tui.render.palette import fade
from tui.render.ridgeline import Ridge, RidgelineSpec, draw_ridgeline, ridge_area, ridge_rows
from tui.render.strips import ChartStyles, row_strip
from tui.render.window import Window

_GAP = 3
"""Blank columns between the steps' names and what is right of them, which may begin with numbers, too."""
_BESIDE_NAME = len(" ■   step  ")
"""What a picture's heading takes besides the run's name and the number of the step."""


class Pictures(Planes):
    """Draws everything that the view shows."""

    def ridgelines(self, scene: Scene, width: int, height: int) -> list[Picture]:
        """A ridgeline a run, side by side, all heights on one scale."""
        specs = [self._ridges(scene, shown) for shown in scene.shown]
        peak = max((float(ridge.counts.max()) for spec in specs for ridge in spec.ridges), default=0.0)
        sizes = shares(width, len(specs))
        return [
            self._ridgeline(replace(spec, peak=peak), scene, shown, size, height)
            for spec, shown, size in zip(specs, scene.shown, sizes, strict=True)
        ]

    def _ridges(self, scene: Scene, shown: Shown) -> RidgelineSpec:
        positions = sorted(shown.found)
        entries = shown.line.entries
        ridges = [
            Ridge(step_label(shown.series, int(entries[at])), scaled(self.counts(scene, shown, at), log=scene.log))
            for at in positions
        ]
        return RidgelineSpec(ridges, scene.edges, positions.index(shown.at) if shown.at in shown.found else None)

    def _ridgeline(self, spec: RidgelineSpec, scene: Scene, shown: Shown, width: int, height: int) -> Picture:
        spec = replace(spec, x_ticks=value_ticks(scene.lo, scene.hi, width))
        canvas = draw_ridgeline(spec, width - _GAP, height)
        area, rows = ridge_area(spec, width - _GAP, height), ridge_rows(spec, width - _GAP, height)
        positions = sorted(shown.found)
        if scene.cursor is not None:
            self.mark_column(canvas, area, Window(scene.lo, scene.hi, 0.0, 1.0), scene.middle(scene.cursor))

        def position_at(x: int, y: int) -> int | None:
            return next((at for at, row in zip(positions, rows, strict=True) if row >= y), None)

        def value_at(x: int, y: int) -> float | None:
            return along(x - area.left, area.width, scene)

        return Picture(self.strips(canvas, self._ridge_styles(spec, shown.run), width), value_at, position_at)

    def _ridge_styles(self, spec: RidgelineSpec, run: str) -> ChartStyles:
        """From faint, the oldest, to the run's colour, the newest; the chosen step in the accent colour."""
        n, faint, colour = len(spec.ridges), self.shared.runs.faint(run, self.look), self.shared.runs.colour(run)
        # Of few colours there are none between these two.
        shades = fade(faint, colour, n) if self.in_colours else [faint] * (n // 2) + [colour] * (n - n // 2)
        curves = {i: Style(color=shade) for i, shade in enumerate(shades)}
        if spec.chosen is not None and n > 1:
            curves[spec.chosen] = self.look.accent
        return self.styles(curves)

    def bars(self, scene: Scene, width: int, height: int) -> Picture:
        """The chosen step: of one run as bars, of several as outlines over each other."""
        decoded = [shown for shown in scene.shown if shown.chosen is not None]
        counts = [self.counts(scene, shown, shown.at) for shown in decoded]
        heights = [scaled(of_one, log=scene.log) for of_one in counts]
        most = max((float(of_one.max()) for of_one in counts), default=0.0)
        spec = BarsSpec(
            heights,
            scene.edges,
            float(scaled(np.array(most or 1.0), log=scene.log)),
            value_ticks(scene.lo, scene.hi, width),
            count_ticks(most, height, log=scene.log),
            scene.cursor,
            patterns=self.in_patterns,
            hatched=not self.in_colours,
        )
        canvas, area = draw_bars(spec, width, height), bars_area(spec, width, height)
        inks = {i: self.shared.runs.style(shown.run, self.look) for i, shown in enumerate(decoded)}

        def value_at(x: int, y: int) -> float | None:
            at = bin_at(x, len(scene.edges) - 1, area)
            return None if at is None else scene.middle(at)

        return Picture(self.strips(canvas, self.styles(inks), width), value_at)

    def heads(self, scene: Scene, pictures: Sequence[Picture], width: int) -> Strip:
        """Over each of several pictures its run and step."""
        strips = []
        for shown, picture in zip(scene.shown, pictures, strict=True):
            cells = picture.width
            label = str(int(shown.series.steps[int(shown.line.entries[shown.at])]))
            name = self.shared.runs.fitted(shown.run, max(cells - len(label) - _BESIDE_NAME, 4)).rstrip()
            parts = [(f" {self.shared.runs.mark(shown.run)} {name}", self.shared.runs.style(shown.run, self.look))]
            strips.append(row_strip([*parts, (f"  step {label}", self.look.dim)], cells, self.look.text))
        return Strip.join(strips).adjust_cell_length(width, self.look.text)

"""The chart of precision-recall curves: recall to the right, precision upwards, each run's mark at its threshold."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from tui.analysis.ticks import ticks
from tui.app.axes import y_ticks
from tui.app.plot import chart_styles
from tui.app.pr_curves import PrFacts
from tui.app.pr_readouts import MARK
from tui.app.shared import Shared
from tui.app.theme import Look
from tui.render.canvas import Behind
from tui.render.chart import ChartSpec, PlotArea, Spot, draw_chart, plot_area
from tui.render.raster import Path, Raster, rasterise
from tui.render.strips import ChartStyles, canvas_strips
from tui.render.window import Window

_CELLS_A_TICK = 14

Curves = Sequence[tuple[str, PrFacts]]
"""Runs with their curves; those that come later are drawn over those before."""


class PrDrawing:
    """Draws curves again and again: their lines only when they, their window or the size changed."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._drawn: tuple[tuple[object, ...], Raster] | None = None
        self._styled: tuple[tuple[object, ...], ChartStyles] | None = None
        self.area = PlotArea(0, 0, 0, 0)

    def strips(
        self,
        curves: Curves,
        window: Window,
        threshold: float | None,
        mark: float | None,
        look: Look,
        width: int,
        height: int,
    ) -> list[Strip]:
        """The chart in `width` x `height` cells; without a threshold the runs' marks stand where their F1 is best."""
        spec = ChartSpec(
            [Path(facts.recall, facts.precision, owner) for owner, (_, facts) in enumerate(curves)],
            window,
            [(tick.value, tick.label) for tick in ticks(window.x0, window.x1, max(2, width // _CELLS_A_TICK))],
            y_ticks(window, height),
            spots=[*self._spots(curves, mark, marks=True), *self._spots(curves, threshold)],
        )
        self.area = plot_area(spec, width, height)
        canvas = draw_chart(spec, width, height, self._raster(curves, spec))
        return canvas_strips(canvas, self._styles(curves, look))

    def _spots(self, curves: Curves, threshold: float | None, *, marks: bool = False) -> list[Spot]:
        if marks and threshold is None:
            return []
        spots = []
        for owner, (run, facts) in enumerate(curves):
            place = facts.at(threshold)
            if facts.on_curve[place]:
                sign = MARK if marks else self._shared.runs.mark(run)
                behind = Behind.NOTHING if threshold is None else Behind.SHADE if marks else Behind.HIGHLIGHT
                spots.append(Spot(float(facts.recall[place]), float(facts.precision[place]), sign, owner, behind))
        return spots

    def _raster(self, curves: Curves, spec: ChartSpec) -> Raster:
        # Facts are compared by identity: each is made once of what was logged.
        want = (tuple(facts for _, facts in curves), spec.window, self.area)
        if self._drawn is None or self._drawn[0] != want:
            self._drawn = want, rasterise(spec.curves, spec.window, self.area.width, self.area.height)
        return self._drawn[1]

    def _styles(self, curves: Curves, look: Look) -> ChartStyles:
        """The same object as long as the runs' colours are, since it remembers what it made of them."""
        runs = [run for run, _ in curves]
        want = (look, *(self._shared.runs.colour(run) for run in runs))
        if self._styled is None or self._styled[0] != want:
            self._styled = want, chart_styles(self._shared.runs, runs, look)
        return self._styled[1]

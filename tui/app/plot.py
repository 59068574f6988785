"""A chart of scalars at any size: the curves of some series, the window that shows them, and how they are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.style import Style
from textual.strip import Strip

from tui.analysis.outliers import inner_range
from tui.analysis.x_axis import XAxis
from tui.analysis.zoom import Stretch, clipped
from tui.app.axes import x_ticks, y_ticks
from tui.app.bands import margin_band
from tui.app.catalog import focused_run
from tui.app.choices import Fit
from tui.app.curve_cache import CurveCache
from tui.app.curves import Floats, RunCurve
from tui.app.selection import Selection
from tui.app.shared import RunStyles, Shared
from tui.app.theme import Look
from tui.model import SeriesKey
from tui.render.chart import ChartSpec, Flag, PlotArea, draw_chart, plot_area
from tui.render.raster import Curve, Raster, rasterise
from tui.render.strips import ChartStyles, canvas_strips
from tui.render.window import Window, fit_range
from tui.store.snapshot import StoreSnapshot

_Line = tuple[Floats, npt.NDArray[np.floating[Any]]]


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """Prepared curves, and the window that shows what is in view of them; None where that is no point.

    `whole` is the stretch of x that is in view where nothing is zoomed, None without a point.
    """

    curves: tuple[RunCurve, ...]
    window: Window | None
    whole: Stretch | None = None

    @property
    def tags(self) -> list[str]:
        """The tags of the curves, in order of their appearance, which is that of their line patterns."""
        return list(dict.fromkeys(curve.tag for curve in self.curves))

    def why_empty(self, selection: Selection) -> str:
        """What to say, and do, where there is no window."""
        if not self.curves:
            return "no visible run has this tag: Tab to the runs, then a shows all"
        if selection.zoom is not None and (self.whole is None or clipped(selection.zoom, self.whole) is None):
            return "nothing was logged in the stretch in view: 0 shows all"
        if selection.axis is not XAxis.STEP and not any(len(curve.x) for curve in self.curves):
            return "no time was logged with these points: x shows them by step"
        if selection.log_y and any(np.isfinite(curve.values).any() for curve in self.curves):
            return "no value above 0 to draw on a log axis: y makes it linear"
        return "every value so far is NaN or infinite"


class PlotCache(CurveCache):
    """Curves, and plots of them, made again only when their series changed or what the selection says of them."""

    def __init__(self) -> None:
        super().__init__()
        self._plots: dict[tuple[SeriesKey, ...], tuple[object, Plot]] = {}
        self._bounded: dict[tuple[SeriesKey, ...], tuple[tuple[RunCurve, ...], RunCurve]] = {}

    def plot(self, keys: tuple[SeriesKey, ...], curves: tuple[RunCurve, ...], view: _View) -> Plot:
        """The plot of the curves of some series."""
        known = self._plots.get(keys)
        if known is None or known[0] != (curves, view):
            known = self._plots[keys] = (curves, view), _plot(curves, view)
        return known[1]

    def bounded(self, keys: tuple[SeriesKey, ...], curve: RunCurve, lower: RunCurve, upper: RunCurve) -> RunCurve:
        """A curve with a band between two others; `keys` are those of all three."""
        known = self._bounded.get(keys)
        made_of = curve, lower, upper
        if known is None or known[0] != made_of:
            if len(lower.x) and len(upper.x):
                band = margin_band(curve.steps, (lower.steps, lower.smoothed), (upper.steps, upper.smoothed))
                curve = replace(curve, band=band)
            known = self._bounded[keys] = made_of, curve
        return known[1]

    def keep_plots(self, shown: Iterable[Sequence[SeriesKey]]) -> None:
        """Forget the plots of other series than are on one of those shown together, and their curves."""
        kept = {tuple(keys) for keys in shown}
        series = list(dict.fromkeys(key for keys in kept for key in keys))
        self.keep_only(series)
        self._bounded = {keys: known for keys, known in self._bounded.items() if set(keys) <= set(series)}
        self._plots = {keys: known for keys, known in self._plots.items() if keys in kept}


@dataclass(frozen=True, slots=True)
class _View:
    """What the window depends on besides the curves; `fitted` is the run to whose end x reaches, None for all."""

    zoom: Stretch | None
    log_y: bool
    superseded: bool
    no_outliers: bool
    fitted: str | None


Bounds = Mapping[SeriesKey, tuple[SeriesKey, SeriesKey]]
"""Series with a band about them -> those of its lower and its upper bound."""
NO_BOUNDS: Bounds = {}


def plot_of(
    snapshot: StoreSnapshot,
    keys: Sequence[SeriesKey],
    selection: Selection,
    cache: PlotCache,
    bounds: Bounds = NO_BOUNDS,
) -> Plot:
    """The plot of some series, of one tag or several, under a selection.

    `keep_plots` knows a plot with bounds by `with_bounds(keys, bounds)`.
    """
    of = {key: cache.of(snapshot.scalars[key], selection) for key in with_bounds(keys, bounds)}
    curves = tuple(
        cache.bounded((key, *bounds[key]), of[key], *(of[bound] for bound in bounds[key])) if key in bounds else of[key]
        for key in keys
    )
    fitted = focused_run(snapshot, selection) if selection.fit is Fit.FOCUSED else None
    view = _View(selection.zoom, selection.log_y, selection.superseded, selection.no_outliers, fitted)
    return cache.plot(with_bounds(keys, bounds), curves, view)


def with_bounds(keys: Sequence[SeriesKey], bounds: Bounds) -> tuple[SeriesKey, ...]:
    """Some series, and then those of the bounds of their bands."""
    return (*keys, *(bound for key in keys for bound in bounds.get(key, ())))


def _plot(curves: tuple[RunCurve, ...], view: _View) -> Plot:
    fitted = _lines([curve for curve in curves if curve.run == view.fitted], view.superseded)
    lines = _lines(curves, view.superseded)
    whole = _reach(fitted or lines)
    seen = clipped(view.zoom, whole) if whole is not None else None
    y_range = _y_range(lines, seen, view) if seen is not None else None
    window = Window(*seen, *y_range, view.log_y) if seen is not None and y_range is not None else None
    return Plot(curves, window, whole)


def _lines(curves: Sequence[RunCurve], superseded: bool) -> list[_Line]:
    """The points that are drawn of the curves that have any."""
    current = [(curve.x, curve.values) for curve in curves]
    old = [(piece.x, piece.smoothed) for curve in curves for piece in (curve.pieces if superseded else ())]
    bands = [(c.x, y) for c in curves if c.band is not None for y in (c.band.low, c.band.high)]
    return [line for line in (*current, *old, *bands) if len(line[0])]


def _reach(lines: Sequence[_Line]) -> Stretch | None:
    """From the first to the last x."""
    if not lines:
        return None
    return min(float(x[0]) for x, _ in lines), max(float(x[-1]) for x, _ in lines)


def _y_range(lines: Sequence[_Line], seen: Stretch, view: _View) -> tuple[float, float] | None:
    """The range of what is in view; where only lines cross it, that of the points beside it."""
    values = [y[slice(*_within(x, seen))] for x, y in lines]
    if (full := fit_range(values, log=view.log_y)) is None:
        values = [y[max(first - 1, 0) : end + 1] for x, y in lines for first, end in (_within(x, seen),)]
        full = fit_range(values, log=view.log_y)
    if full is None or not view.no_outliers or (inner := inner_range(values, log=view.log_y)) is None:
        return full
    low, high = max(full[0], inner[0]), min(full[1], inner[1])
    # The least numbers that there are lie below the range that is made for them in decades.
    return (low, high) if low < high else full


def _within(x: Floats, seen: Stretch) -> tuple[int, int]:
    return int(np.searchsorted(x, seen[0], "left")), int(np.searchsorted(x, seen[1], "right"))


def drawn(plot: Plot, *, superseded: bool) -> list[Curve]:
    """Raster curves, owners being places in the plot: the raw points faint behind where they are smoothed.

    Of superseded points, where they are wanted, only the smoothed curve is drawn, faint: beside the raw points of the
    current ones, their own could not be told apart. The line pattern tells tags apart; raw points have it too, or
    they would fill the gaps of the curve before them. The mean of a group of runs has its band instead of raw points.
    """
    patterns = {tag: number for number, tag in enumerate(plot.tags)}
    owned = [(i, c, patterns[c.tag]) for i, c in enumerate(plot.curves)]
    bands = [curve for i, c, _ in owned if c.band is not None for curve in c.band.drawn(c.x, i)]
    plain = [(i, c, pattern) for i, c, pattern in owned if c.smoothed is not c.values and c.band is None]
    raw = [Curve(c.x, c.values, i, True, pattern) for i, c, pattern in plain]
    old = [
        Curve(p.x, p.smoothed, i, True, pattern) for i, c, pattern in owned for p in (c.pieces if superseded else ())
    ]
    return [*bands, *raw, *old, *(Curve(c.x, c.smoothed, i, False, pattern) for i, c, pattern in owned)]


@lru_cache(maxsize=4096)
def _ink(colour: str) -> Style:
    """The style of a curve; two dozen cards of some runs need hundreds at every key."""
    return Style(color=colour)


def chart_styles(styles: RunStyles, runs: Sequence[str], look: Look) -> ChartStyles:
    """How a chart looks whose curves, by owner, are of these runs."""
    return ChartStyles(
        base=Style(bgcolor=look.background),
        axis=look.faint,
        label=look.dim,
        grid=look.faint,
        cursor=look.accent,
        mark=look.warning,
        warning=look.error,
        highlight=Style(bgcolor=look.cursor_background),
        shade=Style(bgcolor=look.shade),
        curves={i: _ink(styles.colour(run)) for i, run in enumerate(runs)},
        faint={i: _ink(styles.faint(run, look)) for i, run in enumerate(runs)},
    )


class PlotDrawing:
    """Draws a plot again and again: the curves only when they, their window or the size changed.

    With hundreds of runs, moving the cursor must not draw them all again.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._drawn: tuple[tuple[Plot, bool, PlotArea], Raster] | None = None
        self._styled: tuple[tuple[Look, tuple[str, ...]], ChartStyles] | None = None
        self.area = PlotArea(0, 0, 0, 0)

    def strips(
        self,
        plot: Plot,
        selection: Selection,
        look: Look,
        width: int,
        height: int,
        *,
        axes: bool = True,
        flags: Sequence[Flag] = (),
    ) -> list[Strip]:
        """The chart in `width` x `height` cells; nothing where the plot has no window."""
        window = plot.window
        if window is None:
            return []
        cursor, mark = selection.cursor, selection.mark
        spec = ChartSpec(
            drawn(plot, superseded=selection.superseded),
            window,
            x_ticks(window, selection, width) if axes else (),
            y_ticks(window, height) if axes else (),
            cursor_x=cursor,
            marks_x=() if mark is None else (mark,),
            shaded=None if cursor is None or mark is None else (min(cursor, mark), max(cursor, mark)),
            flags=flags,
        )
        self.area = plot_area(spec, width, height)
        canvas = draw_chart(spec, width, height, self._raster(plot, selection, spec))
        return canvas_strips(canvas, self._styles(plot, look))

    def _raster(self, plot: Plot, selection: Selection, spec: ChartSpec) -> Raster:
        want = (plot, selection.superseded, self.area)
        if self._drawn is None or self._drawn[0] != want:
            self._drawn = want, rasterise(spec.curves, spec.window, self.area.width, self.area.height)
        return self._drawn[1]

    def _styles(self, plot: Plot, look: Look) -> ChartStyles:
        """The same object as long as the colours are, since it remembers what it made of them."""
        runs = self._shared.runs
        want = look, tuple(runs.colour(curve.run) for curve in plot.curves)
        if self._styled is None or self._styled[0] != want:
            styles = chart_styles(runs, [curve.run for curve in plot.curves], look)
            self._styled = want, styles
        return self._styled[1]

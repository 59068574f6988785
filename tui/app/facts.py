"""What is derived from single series, and kept until they change: facts, sparklines, differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui.analysis.comparison import Difference, difference
from tui.analysis.statistics import Extremes, Trend, extremes, trend
from tui.analysis.x_axis import order
from tui.app.kept import Kept
from tui.model import SeriesKey
from tui.render.glyphs import BRAILLE, Glyphs
from tui.render.sparkline import Spark, sparkline
from tui.store.snapshot import ScalarSeries


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row tells of one series. `last` may be NaN; the others are of finite values, None without any."""

    last: float
    last_step: int
    trend: Trend | None
    extremes: Extremes | None


class FactsCache:
    """Facts of series, computed again only when a series' version moved."""

    def __init__(self) -> None:
        self._facts: Kept[SeriesKey, Facts] = Kept()
        self._extremes: Kept[SeriesKey, Extremes | None] = Kept()

    def of(self, series: ScalarSeries) -> Facts:
        """The facts of a series."""
        return self._facts.of(series.key, series.version, lambda: self._found(series))

    def extremes(self, series: ScalarSeries) -> Extremes | None:
        """The extremes alone, which cost a tenth of all facts: the best of a thousand runs wants no more."""
        return self._extremes.of(series.key, series.version, lambda: extremes(series.values, series.steps))

    def _found(self, series: ScalarSeries) -> Facts:
        return Facts(float(series.values[-1]), int(series.steps[-1]), trend_of(series), self.extremes(series))


def trend_of(series: ScalarSeries) -> Trend | None:
    """The trend, which an outline does not tell."""
    return trend(series.values) if not series.left_out else None


@dataclass(frozen=True, slots=True)
class Frame:
    """What several sparklines share: the range of steps, and that of values."""

    steps: tuple[float, float]
    values: tuple[float, float]


class SparkCache:
    """Sparklines of series, drawn again only when a series' version, the width or the frame moved: moving the cursor
    redraws every row, and a sparkline of a million points takes a millisecond."""

    def __init__(self) -> None:
        self.glyphs = BRAILLE
        self._sparks: Kept[SeriesKey, Spark] = Kept()

    def of(self, series: ScalarSeries, cells: int, frame: Frame | None = None) -> Spark:
        """The sparkline of a series in so many cells: over its own points, or over a frame's steps and values."""
        made_from = series.version, cells, frame
        return self._sparks.of(series.key, made_from, lambda: _spark(series, cells, frame, self.glyphs))


def _spark(series: ScalarSeries, cells: int, frame: Frame | None, glyphs: Glyphs) -> Spark:
    if frame is None:
        return sparkline(series.values, cells, glyphs=glyphs)
    steps, values = series.steps.astype(np.float64), series.values
    arrangement = order(steps)
    if arrangement is not None:
        steps, values = steps[arrangement], values[arrangement]
    return sparkline(values, cells, x=steps, x_range=frame.steps, y_range=frame.values, glyphs=glyphs)


class DifferenceCache:
    """Differences of series to a baseline, computed again only when either's version moved."""

    def __init__(self) -> None:
        self._differences: Kept[SeriesKey, Difference | None] = Kept()

    def of(self, series: ScalarSeries, base: ScalarSeries) -> Difference | None:
        """How the series stands against the baseline's; None where they have no step in common."""
        made_from = base.key, series.version, base.version
        points = series.steps, series.values, base.steps, base.values
        return self._differences.of(series.key, made_from, lambda: difference(*points))

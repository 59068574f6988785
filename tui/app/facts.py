"""What is derived from single series, and kept until they change: facts, sparklines, differences, the best run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tui.analysis.comparison import Difference, difference
from tui.analysis.statistics import Best, Extremes, Goal, Trend, best_among, best_value, extremes, goal, ranked, trend
from tui.analysis.x_axis import order
from tui.app.kept import Kept
from tui.app.tag_list import TagList
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
        return Facts(float(series.values[-1]), int(series.steps[-1]), trend(series.values), self.extremes(series))


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


class _Ranking(NamedTuple):
    """The best values of all runs that have a tag, the best first, and what they were taken from."""

    generation: int
    keys: Sequence[SeriesKey]
    versions: list[int]
    bests: list[Best | None]
    ranking: list[Best]


class BestCache:
    """The best run of each tag: there may be hundreds of tags in thousands of runs.

    All runs are ranked, so that hiding some of them costs nothing, and new data ranks those again that it is of.
    """

    def __init__(self) -> None:
        self._rankings: dict[str, _Ranking] = {}
        self._scalars: Mapping[SeriesKey, ScalarSeries] = {}
        self._generation = 0

    def of(self, tag: str, tags: TagList, scalars: Mapping[SeriesKey, ScalarSeries], facts: FactsCache) -> Best | None:
        """The best visible run of a tag, superseded points left out.

        None with fewer than two to choose from, or with nothing to choose: of several runs all equal.
        """
        aim = goal(tag)
        if aim is None or len(tags.keys[tag]) < 2:
            return None
        return best_among(self._ranking(tag, aim, tags.of_all_runs[tag], scalars, facts), tags.visible)

    def _ranking(
        self,
        tag: str,
        aim: Goal,
        keys: Sequence[SeriesKey],
        scalars: Mapping[SeriesKey, ScalarSeries],
        facts: FactsCache,
    ) -> list[Best]:
        if scalars is not self._scalars:
            self._scalars, self._generation = scalars, self._generation + 1
        known = self._rankings.get(tag)
        if known is not None and known.generation == self._generation and known.keys is keys:
            return known.ranking
        # Versions, not the series themselves: those would keep the memory of old snapshots.
        versions = [scalars[key].version for key in keys]
        same = known is not None and known.keys == keys
        bests = [
            known.bests[at] if same and known and known.versions[at] == version else _best(scalars[key], aim, facts)
            for at, (key, version) in enumerate(zip(keys, versions, strict=True))
        ]
        ranking = known.ranking if known is not None and same and known.bests == bests else ranked(bests, aim)
        self._rankings[tag] = _Ranking(self._generation, keys, versions, bests, ranking)
        return ranking


def _best(series: ScalarSeries, aim: Goal, facts: FactsCache) -> Best | None:
    """The best value of a series, superseded points left out."""
    return best_value(series.key.run, facts.extremes(series.current()), aim)

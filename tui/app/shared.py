"""What all widgets share besides snapshot and selection: derived values, cached until their series changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from rich.style import Style

from tui.analysis.run_state import CLOCK_SKEW, RunState, next_state_change, run_state
from tui.analysis.statistics import Extremes, Trend, extremes, trend
from tui.app.blobs import BlobCache
from tui.app.catalog import folded_names, natural_key
from tui.app.theme import Look
from tui.model import SeriesKey
from tui.render.cells import fit_distinct
from tui.render.palette import RunStyle, assign, fade
from tui.render.sparkline import Spark, sparkline
from tui.render.text import printable
from tui.store.snapshot import RunSummary, ScalarSeries


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
        self._known: dict[SeriesKey, tuple[int, Facts]] = {}

    def of(self, series: ScalarSeries) -> Facts:
        """The facts of a series."""
        known = self._known.get(series.key)
        if known is None or known[0] != series.version:
            facts = Facts(
                float(series.values[-1]),
                int(series.steps[-1]),
                trend(series.values),
                extremes(series.values, series.steps),
            )
            known = self._known[series.key] = (series.version, facts)
        return known[1]


class SparkCache:
    """Sparklines of series, drawn again only when a series' version or the width moved: moving the cursor redraws
    every row, and a sparkline of a million points takes a millisecond."""

    def __init__(self) -> None:
        self._known: dict[SeriesKey, tuple[int, int, Spark]] = {}

    def of(self, series: ScalarSeries, cells: int) -> Spark:
        """The sparkline of a series in so many cells."""
        known = self._known.get(series.key)
        if known is None or known[:2] != (series.version, cells):
            known = self._known[series.key] = (series.version, cells, sparkline(series.values, cells))
        return known[2]


class RunStyles:
    """How every run looks: colour and mark, never changed once reading has settled, and its name without shared
    directories."""

    def __init__(self) -> None:
        self._styles: Mapping[str, RunStyle] = {}
        self._names: Mapping[str, str] = {}
        self._fitted: dict[int, Mapping[str, str]] = {}
        self._settled = False

    def see(self, names: Iterable[str], *, settled: bool = True) -> None:
        """Give the runs that are new a style; those known keep theirs.

        Until reading has `settled` all are given one anew, by name, so that a log directory looks the same each time
        it is opened, in whatever order its files were read.
        """
        known = [] if not self._settled else list(self._styles)
        new = sorted(set(names) - set(known), key=natural_key)
        if new:
            self._styles = assign([*known, *new])
            self._names = {name: printable(short) for name, short in folded_names(list(self._styles)).items()}
            self._fitted = {}
        self._settled = settled

    def name(self, name: str) -> str:
        """The run's name as it is shown: printable, without the directories that all runs share."""
        return self._names[name]

    def fitted(self, name: str, cells: int) -> str:
        """The run's name in exactly `cells`, cut so that it differs from the other runs' names."""
        if cells not in self._fitted:
            self._fitted[cells] = fit_distinct(self._names.values(), cells)
        return self._fitted[cells][self._names[name]]

    def mark(self, name: str) -> str:
        """One cell that stands for the run where colours do not show."""
        return self._styles[name].mark

    def colour(self, name: str) -> str:
        """The run's colour, as #rrggbb."""
        return self._styles[name].colour

    def faint(self, name: str, look: Look) -> str:
        """The run's colour more than half way to the background: for what lies behind."""
        return fade(self._styles[name].colour, look.background, 9)[5]

    def style(self, name: str, look: Look) -> Style:
        """Text in the run's colour."""
        return look.coloured(self.colour(name))


class SignsOfLife(TypedDict):
    """What `run_state` judges a run by."""

    last_wall_time: float | None
    interval: float | None
    ended: bool
    has_nan: bool
    deleted: bool
    now: float


@dataclass
class Shared:
    """The shared objects. `place` names what is open, printable; `clock` gives epoch seconds and is frozen in tests."""

    place: str = ""
    facts: FactsCache = field(default_factory=FactsCache)
    sparks: SparkCache = field(default_factory=SparkCache)
    runs: RunStyles = field(default_factory=RunStyles)
    blobs: BlobCache = field(default_factory=BlobCache)
    clock: Callable[[], float] = time.time

    def silence(self, run: RunSummary) -> float | None:
        """Seconds since the run's newest event; None without one, or where its time cannot be true."""
        now = self.clock()
        known = run.last_wall_time is not None and run.last_wall_time <= now + CLOCK_SKEW
        return now - run.last_wall_time if known and run.last_wall_time is not None else None

    def state_of(self, run: RunSummary) -> RunState:
        """Whether the run is live, stalled, done, deleted or has gone NaN, now."""
        return run_state(**self._signs_of_life(run))

    def state_lasts(self, run: RunSummary) -> float | None:
        """Seconds until silence alone changes the run's state, None if it never does."""
        return next_state_change(**self._signs_of_life(run))

    def _signs_of_life(self, run: RunSummary) -> SignsOfLife:
        return SignsOfLife(
            last_wall_time=run.last_wall_time,
            interval=run.interval,
            ended=run.ended,
            has_nan=run.has_nan,
            deleted=run.deleted,
            now=self.clock(),
        )

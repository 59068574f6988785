"""What all widgets share besides snapshot and selection: derived values, cached until their series changes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rich.style import Style

from tui.analysis.run_state import CLOCK_SKEW, RunState, next_state_change, run_state, signs_of_life
from tui.app.bests import BestCache
from tui.app.blobs import BlobCache
from tui.app.catalog import folded_names, natural_key
from tui.app.facts import DifferenceCache, FactsCache, SparkCache
from tui.app.hparam_frames import HParamFrames
from tui.app.keys import KEYS, Key
from tui.app.pictures import Pictures
from tui.app.projections import Embeddings
from tui.app.remapping import remapped
from tui.app.settings import Settings
from tui.app.tag_list import TagLists
from tui.app.theme import Look
from tui.render.cells import fit_distinct
from tui.render.file_text import guard_formulas
from tui.render.numbers import age, next_age_change
from tui.render.palette import RunStyle, assign, faint
from tui.render.text import printable
from tui.store.snapshot import RunSummary


class RunStyles:
    """How every run looks: colour and mark, never changed once reading has settled, and its name without shared
    directories."""

    def __init__(self, palette: str = "default") -> None:
        self.palette = palette
        self._styles: Mapping[str, RunStyle] = {}
        self._names: Mapping[str, str] = {}
        self._fitted: dict[int, Mapping[str, str]] = {}
        self._settled = False
        self._group_styles: dict[str, RunStyle] = {}
        self._group_names: dict[str, str] = {}
        self._last_groups: dict[str, str] = {}

    def see(
        self, names: Iterable[str], *, starts: Callable[[str], float] = lambda name: 0.0, settled: bool = True
    ) -> None:
        """Give the runs that are new a style; those known keep theirs.

        Older runs are served first, by when each `starts`, then by name: a run that is added later changes no other's
        style, in this session or the next. Until reading has `settled` all are given one anew, so that a log directory
        looks the same each time it is opened, in whatever order its files were read.
        """
        known = list(self._styles) if self._settled else []
        new = sorted(set(names).difference(known), key=lambda name: (starts(name), natural_key(name)))
        if new and [*known, *new] != list(self._styles):
            self._styles = assign([*known, *new], palette=self.palette)
            self._names = {name: printable(short) for name, short in folded_names(list(self._styles)).items()}
            self._fitted = {}
        self._settled = settled

    def see_groups(self, names: list[str], beside: Iterable[str]) -> None:
        """Give groups of runs a style each, that differs from those of the runs beside them; known ones keep theirs.

        These and the last ones have names from now on: while a pattern is typed groups come and go, and one widget
        has the new snapshot before the other.
        """
        new = [name for name in names if name not in self._group_styles]
        shown = [self._style(name) for name in (*beside, *names) if name not in new]
        self._group_styles |= assign(new, shown, palette=self.palette)
        shorts = {name: printable(short) for name, short in folded_names(names).items()}
        if shorts != self._last_groups:
            self._group_names = {**self._last_groups, **shorts}
            self._last_groups, self._fitted = shorts, {}

    def _style(self, name: str) -> RunStyle:
        return self._styles[name] if name in self._styles else self._group_styles[name]

    def knows(self, name: str) -> bool:
        """Whether the run has a style and a name."""
        return name in self._styles or name in self._group_styles

    def name(self, name: str) -> str:
        """The run's name as it is shown: printable, without the directories that all runs share."""
        return self._names[name] if name in self._names else self._group_names[name]

    def fitted(self, name: str, cells: int) -> str:
        """The run's name in exactly `cells`, cut so that it differs from the other runs' names."""
        if cells not in self._fitted:
            self._fitted[cells] = fit_distinct([*self._names.values(), *self._group_names.values()], cells)
        return self._fitted[cells][self.name(name)]

    def mark(self, name: str) -> str:
        """One cell that stands for the run where colours do not show."""
        return self._style(name).mark

    def colour(self, name: str) -> str:
        """The run's colour, as #rrggbb."""
        return self._style(name).colour

    def faint(self, name: str, look: Look) -> str:
        """The run's colour more than half way to the background: for what lies behind."""
        return faint(self._style(name).colour, look.background)

    def style(self, name: str, look: Look) -> Style:
        """Text in the run's colour."""
        return look.coloured(self.colour(name))


@dataclass(frozen=True, slots=True)
class RunStatus:
    """A run's state, and how old its newest event is, as it is shown: "" where that is not known.

    `since` and `until` are the epoch seconds between which both stay as they are, as long as nothing is logged.
    """

    state: RunState
    age: str
    since: float
    until: float


@dataclass
class Shared:
    """The shared objects. `place` names what is open, printable; `clock` gives epoch seconds and is frozen in tests.

    Nothing is ever written under the `logdirs`. `mean_of` is how many of the last points the table of runs and tags
    takes the mean of. `loading` tells that files are read for the first time.
    """

    place: str = ""
    logdirs: tuple[Path, ...] = ()
    facts: FactsCache = field(default_factory=FactsCache)
    sparks: SparkCache = field(default_factory=SparkCache)
    bests: BestCache = field(default_factory=BestCache)
    differences: DifferenceCache = field(default_factory=DifferenceCache)
    tag_lists: TagLists = field(default_factory=TagLists)
    runs: RunStyles = field(default_factory=RunStyles)
    blobs: BlobCache = field(default_factory=BlobCache)
    pictures: Pictures = field(init=False)
    hparams: HParamFrames = field(init=False)
    embeddings: Embeddings = field(default_factory=Embeddings)
    clock: Callable[[], float] = time.time
    loading: bool = False
    mean_of: int = Settings().mean_of
    keys: tuple[Key, ...] = KEYS
    _statuses: dict[str, tuple[RunSummary, RunStatus]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self.pictures = Pictures(self.blobs)
        self.hparams = HParamFrames(self.blobs)

    def key(self, id: str) -> str:
        """The first key of a command, as it is written: hints must tell what the user's configuration made of it."""
        return next(key.shown for key in self.keys if key.id == id).split(" ")[0]

    def status(self, run: RunSummary) -> RunStatus:
        """The run's state and age, judged again only when the run or the clock asks for it: there may be thousands."""
        now, known = self.clock(), self._statuses.get(run.name)
        if known is None or known[0] is not run or not known[1].since <= now < known[1].until:
            known = self._statuses[run.name] = (run, self._judged(run, now))
        return known[1]

    def keep_statuses(self, runs: Iterable[str]) -> None:
        """Forget the statuses of all other runs: that of a group holds all paths of its members."""
        self._statuses = {name: self._statuses[name] for name in runs if name in self._statuses}

    def _judged(self, run: RunSummary, now: float) -> RunStatus:
        silence, lasts = self.silence(run), self.state_lasts(run)
        until = min(math.inf if silence is None else next_age_change(silence), math.inf if lasts is None else lasts)
        return RunStatus(self.state_of(run), "" if silence is None else age(silence), now, now + until)

    def silence(self, run: RunSummary) -> float | None:
        """Seconds since the run's newest event; None without one, or where its time cannot be true."""
        now = self.clock()
        known = run.last_wall_time is not None and run.last_wall_time <= now + CLOCK_SKEW
        return now - run.last_wall_time if known and run.last_wall_time is not None else None

    def state_of(self, run: RunSummary) -> RunState:
        """Whether the run is live, stalled, done, deleted or has gone NaN, now."""
        return run_state(**signs_of_life(run, self.clock()))

    def state_lasts(self, run: RunSummary) -> float | None:
        """Seconds until silence alone changes the run's state, None if it never does."""
        return next_state_change(**signs_of_life(run, self.clock()))


def shared_for(settings: Settings) -> Shared:
    """The shared objects as the settings ask for them; so is the CSV that this process writes."""
    guard_formulas(settings.spreadsheet)
    return Shared(runs=RunStyles(settings.palette), mean_of=settings.mean_of, keys=remapped(settings.keys))

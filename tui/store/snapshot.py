"""Frozen views of the store: what screens and commands see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.hparams import Experiment, SessionEnd, SessionStart
from tui.model import BlobRef, Flags, Problem, ProjectorInfo, SeriesKey, Steps, TagInfo, Values, WallTimes
from tui.store.news import NO_NEWS, News

Number = TypeVar("Number", bound=np.generic)


class _Chosen(Sequence[BlobRef]):
    """Some items of a sequence, those at `places` [n], as they are asked for."""

    def __init__(self, items: Sequence[BlobRef], places: npt.NDArray[np.intp]) -> None:
        self._items = items
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> BlobRef: ...
    @overload
    def __getitem__(self, index: slice) -> _Chosen: ...
    def __getitem__(self, index: int | slice) -> BlobRef | _Chosen:
        if isinstance(index, slice):
            return _Chosen(self._items, self._places[index])
        return self._items[int(self._places[index])]


@dataclass(frozen=True, slots=True, eq=False)
class ScalarSeries:
    """Every point of one scalar series, in the order of files and as logged; read-only arrays of shape [n], n >= 1.

    `version` grows whenever the points change, so that equal versions mean equal points. `superseded` marks the
    points that a restarted run logged again, None where there are none; the newest session's never are.

    So many points as `left_out` says were let go to spare memory. Those in the arrays are an outline of all: among them
    are the last one, the extremes, and the first that is not finite.
    """

    key: SeriesKey
    version: int
    steps: Steps
    wall_times: WallTimes
    values: Values
    superseded: Flags | None = None
    left_out: int = 0
    _current: ScalarSeries | None = field(default=None, init=False, repr=False)

    def current(self) -> ScalarSeries:
        """The series without superseded points: itself where none is, else another, of another version."""
        if self.superseded is None:
            return self
        if self._current is None:
            kept = np.flatnonzero(~self.superseded)
            steps, wall_times = _picked(self.steps, kept), _picked(self.wall_times, kept)
            values = _picked(self.values, kept)
            current = ScalarSeries(self.key, self.version + 1, steps, wall_times, values, left_out=self.left_out)
            object.__setattr__(self, "_current", current)
            return current
        return self._current


@dataclass(frozen=True, slots=True, eq=False)
class BlobSeries:
    """Every blob of one series: histograms, images, text, audio, tensors, graphs; all else is as in ScalarSeries."""

    key: SeriesKey
    version: int
    steps: Steps
    wall_times: WallTimes
    refs: Sequence[BlobRef]
    superseded: Flags | None = None
    _current: BlobSeries | None = field(default=None, init=False, repr=False)

    def current(self) -> BlobSeries:
        """The series without superseded blobs: itself where none is, else another, of another version."""
        if self.superseded is None:
            return self
        if self._current is None:
            kept = np.flatnonzero(~self.superseded)
            steps, wall_times = _picked(self.steps, kept), _picked(self.wall_times, kept)
            current = BlobSeries(self.key, self.version + 1, steps, wall_times, _Chosen(self.refs, kept))
            object.__setattr__(self, "_current", current)
            return current
        return self._current


def _picked(array: npt.NDArray[Number], places: npt.NDArray[np.intp]) -> npt.NDArray[Number]:
    picked = array[places]
    picked.flags.writeable = False
    return picked


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run. Wall times are epoch seconds, None before the first event; `interval` is its usual silence in s.

    `paths` are its event files, oldest first, those in `gone` no longer exist. `points` counts scalar points, the
    superseded ones too; `last_step` is the largest step of those that are not. `has_nan` tells whether any tag's
    newest value is NaN or infinite. `end` is the session's end as logged.
    `ended_below` tells that the last thing it did was to log a session into a directory below its own, as torch's
    `add_hparams` does where a training is over.
    """

    name: str
    paths: tuple[str, ...]
    tags: int
    points: int
    last_step: int | None
    first_wall_time: float | None
    last_wall_time: float | None
    interval: float | None
    has_nan: bool
    problems: int
    start: SessionStart | None
    end: SessionEnd | None
    experiment: Experiment | None
    gone: tuple[str, ...] = ()
    ended_below: bool = False

    @property
    def ended(self) -> bool:
        """Whether the session was logged as ended; some writers log an end that says it still runs."""
        return self.end is not None and self.end.status != "RUNNING"

    @property
    def deleted(self) -> bool:
        """Whether none of its event files exists any more."""
        return bool(self.paths) and len(self.gone) == len(self.paths)


@dataclass(frozen=True, slots=True, eq=False)
class StoreSnapshot:
    """All that was read up to one commit. Mappings keep the order of first appearance, runs are sorted by name.

    `projectors` are by run, each with embeddings; such a run need not be among `runs`.
    Two snapshots share a mapping (or the tuple of problems, which is by file) in which nothing changed between them.
    `news` tells which of the scalars did; who puts other scalars into one takes it away.
    """

    version: int
    runs: Mapping[str, RunSummary]
    scalars: Mapping[SeriesKey, ScalarSeries]
    blobs: Mapping[SeriesKey, BlobSeries]
    tags: Mapping[SeriesKey, TagInfo]
    problems: tuple[Problem, ...]
    projectors: Mapping[str, ProjectorInfo] = field(default_factory=dict)
    news: News = NO_NEWS


EMPTY_SNAPSHOT = StoreSnapshot(0, {}, {}, {}, {}, ())

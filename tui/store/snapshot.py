"""Frozen views of the store: what screens and commands see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logging_lib.tfevents.hparams import Experiment, SessionEnd, SessionStart
from tui.model import BlobRef, Flags, Problem, SeriesKey, Steps, TagInfo, Values, WallTimes


@dataclass(frozen=True, slots=True, eq=False)
class ScalarSeries:
    """Every point of one scalar series in file order; read-only arrays of shape [n], n >= 1.

    `version` grows whenever the points change, so that equal versions mean equal points. `superseded` marks the
    points that a restarted run wrote again, None where there are none.
    """

    key: SeriesKey
    version: int
    steps: Steps
    wall_times: WallTimes
    values: Values
    superseded: Flags | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BlobSeries:
    """Every blob of one series in file order: histograms, images, text, audio, tensors, graphs.

    `superseded` is as in ScalarSeries.
    """

    key: SeriesKey
    version: int
    steps: Steps
    wall_times: WallTimes
    refs: Sequence[BlobRef]
    superseded: Flags | None = None


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run. Wall times are epoch seconds, None before the first event; `interval` is its usual silence in s.

    `points` counts scalar points, `last_step` is the largest step logged. `has_nan` tells whether any tag's
    newest value is NaN or infinite. `end` is the session's end as logged.
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

    @property
    def ended(self) -> bool:
        """Whether the session was logged as ended; some writers log an end that says it still runs."""
        return self.end is not None and self.end.status != "RUNNING"


@dataclass(frozen=True, slots=True, eq=False)
class StoreSnapshot:
    """All that was read up to one commit. Mappings keep the order of first appearance, runs are sorted by name.

    Two snapshots share a mapping (or the tuple of problems, which is by file) in which nothing changed between them.
    """

    version: int
    runs: Mapping[str, RunSummary]
    scalars: Mapping[SeriesKey, ScalarSeries]
    blobs: Mapping[SeriesKey, BlobSeries]
    tags: Mapping[SeriesKey, TagInfo]
    problems: tuple[Problem, ...]


EMPTY_SNAPSHOT = StoreSnapshot(0, {}, {}, {}, {}, ())

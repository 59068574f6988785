"""What was decoded since the last take, series by series, until it becomes batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from tui.model import BlobBatch, BlobRef, Origin, ScalarBatch, SeriesKey, Steps, Values, WallTimes


@dataclass(slots=True)
class Points:
    """Points of one tag in file order: `pieces` in arrays of one shape each, then the latest one by one in lists.

    `wide` tells that values of the lists need float64.
    """

    steps: list[int] = field(default_factory=list)
    wall_times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    wide: bool = False
    pieces: list[tuple[Steps, WallTimes, Values]] = field(default_factory=list)

    def add_arrays(self, steps: Steps, wall_times: WallTimes, values: Values) -> None:
        """Add points [n] behind all others; the arrays are kept as they are."""
        self._close_lists()
        self.pieces.append((steps, wall_times, values))

    def arrays(self) -> tuple[Steps, WallTimes, Values]:
        """All points, [n] each; float64 values where any of them needs it."""
        self._close_lists()
        if len(self.pieces) == 1:
            return self.pieces[0]
        steps, wall_times, values = zip(*self.pieces, strict=True)
        return np.concatenate(steps), np.concatenate(wall_times), np.concatenate(values)

    def _close_lists(self) -> None:
        if not self.steps:
            return
        values: Values = np.array(self.values, np.float64 if self.wide else np.float32)
        self.pieces.append((np.array(self.steps, np.int64), np.array(self.wall_times, np.float64), values))
        self.steps, self.wall_times, self.values, self.wide = [], [], [], False


@dataclass(slots=True)
class Blobs:
    """Blobs of one tag and plugin in file order."""

    steps: list[int] = field(default_factory=list)
    wall_times: list[float] = field(default_factory=list)
    refs: list[BlobRef] = field(default_factory=list)


@dataclass(slots=True)
class Collection:
    """The data of one session of a file: scalars by tag, blobs by tag and plugin."""

    scalars: dict[str, Points] = field(default_factory=dict)
    blobs: dict[tuple[str, str], Blobs] = field(default_factory=dict)

    def batches(self, run: str, plugin: str, origin: Origin) -> Iterator[ScalarBatch | BlobBatch]:
        """One batch a series; `plugin` is the scalars' one."""
        for tag, points in self.scalars.items():
            yield ScalarBatch(SeriesKey(run, tag, plugin), origin, *points.arrays())
        for name, blobs in self.blobs.items():
            steps, wall_times = np.array(blobs.steps, np.int64), np.array(blobs.wall_times, np.float64)
            yield BlobBatch(SeriesKey(run, *name), origin, steps, wall_times, blobs.refs)

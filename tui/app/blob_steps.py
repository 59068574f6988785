"""The steps of blobs: which entry of each series is shown at a place, and the places to go through."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui.analysis.x_axis import Indices
from tui.model import Steps
from tui.store.snapshot import BlobSeries


class Place(NamedTuple):
    """A step, and which of the entries logged at it: who logs without a step logs everything at step 0."""

    step: int
    again: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class StepLine:
    """The entries of a series in order of their steps, those of one step as logged; all arrays are [n], n >= 0.

    `entries` are places in the series, `steps` their steps, and `again` counts the earlier ones of the same step.
    """

    entries: Indices
    steps: Steps
    again: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.entries)

    def at(self, place: Place | None) -> int:
        """The position of what is shown at a place: the last not after it, else the first; the newest for None."""
        if place is None:
            return len(self) - 1
        start, end = np.searchsorted(self.steps, place.step, "left"), np.searchsorted(self.steps, place.step, "right")
        return max(min(int(start) + place.again, int(end) - 1), int(start) - 1, 0)

    def place(self, position: int) -> Place:
        """The place of a position."""
        return Place(int(self.steps[position]), int(self.again[position]))


def step_line(series: BlobSeries, *, superseded: bool = False) -> StepLine:
    """The line of a series: its current entries, or all. The same one each time, as long as few others are asked for:
    a step through thousands asks several times.
    """
    return _step_line(series, superseded)


@lru_cache(maxsize=64)
def _step_line(series: BlobSeries, superseded: bool) -> StepLine:
    all_of = superseded or series.superseded is None
    shown = np.arange(len(series.steps)) if all_of else np.flatnonzero(~np.asarray(series.superseded))
    steps = series.steps[shown]
    order = np.argsort(steps, kind="stable")
    entries, steps = shown[order], steps[order]
    starts = np.searchsorted(steps, steps, "left")
    return StepLine(entries, steps, np.arange(len(steps)) - starts)


def places(lines: Iterable[StepLine]) -> Sequence[Place]:
    """All places of several series, in order, each once. Of the same lines it is the same list: leave it as it is."""
    return _places(tuple(lines))


@lru_cache(maxsize=4)
def _places(lines: tuple[StepLine, ...]) -> Sequence[Place]:
    return sorted(
        {Place(*pair) for line in lines for pair in zip(line.steps.tolist(), line.again.tolist(), strict=True)}
    )


def moved(stops: Sequence[Place], place: Place | None, by: int) -> Place | None:
    """The place so many stops on; None at the last, where the newest is shown from then on."""
    last = len(stops) - 1
    after = last + 1 if place is None else bisect_right(stops, place)
    shown = max(after - 1, 0)
    to = min(max(shown + by, 0), last)
    return None if to >= last else stops[to]

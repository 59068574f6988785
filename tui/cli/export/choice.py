"""Which series are exported: those in whose runs and tags patterns are found, with superseded points or without."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tui.cli.reading import tell
from tui.model import SeriesKey
from tui.store.snapshot import BlobSeries, ScalarSeries

_Series = TypeVar("_Series", ScalarSeries, BlobSeries)


@dataclass(frozen=True, slots=True)
class Choice:
    """Patterns that must be found in a run and in a tag."""

    run: re.Pattern[str]
    tag: re.Pattern[str]

    def series(self, of_kind: Mapping[SeriesKey, _Series], plugin: str) -> list[_Series]:
        """A plugin's series that the patterns are found in: by name of run, then in order of first appearance."""
        chosen = [
            series
            for key, series in of_kind.items()
            if key.plugin == plugin and self.run.search(key.run) and self.tag.search(key.tag)
        ]
        return sorted(chosen, key=lambda series: series.key.run)


def kept(chosen: Sequence[_Series], *, superseded: bool) -> tuple[list[_Series], int]:
    """The series with or without their superseded points, and how many are left out."""
    if superseded:
        return list(chosen), 0
    current = [series.current() for series in chosen]
    return current, sum(len(series.steps) for series in chosen) - sum(len(series.steps) for series in current)


def tell_left_out(points: int) -> None:
    """Tell how many superseded points are not exported; nothing where none are."""
    if points:
        were = "point was" if points == 1 else "points were"
        tell(f"{points} superseded {were} left out; --superseded exports them too")

"""Which series are exported: those in whose runs and tags patterns are found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

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

"""Which series are exported: patterns for runs and tags."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from tui.cli.errors import CommandError
from tui.model import SeriesKey
from tui.render.text import printable
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


def pattern(option: str, text: str) -> re.Pattern[str]:
    """A regular expression.

    Raises:
        CommandError: `text`, which was given as `option`, is none.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # what a later Python may read differently is fine today
            return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise CommandError(f"{option} {printable(text)} is no regular expression: {error}") from None

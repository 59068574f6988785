"""Which scalar series differ from one snapshot to a later one, without a look at all of them: there may be 100,000."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tui.model import SeriesKey

_LONGEST = 64
"""Snapshots that are remembered: who looks at them misses a few, not as many."""
_MOST = 1 << 14
"""Series of which it is told that they changed; while all is read for the first time nobody asks."""


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What a snapshot's series have in common with those of the snapshots before it.

    `keys` is the same object as long as no series comes or goes, None where that is not known. `recent` are the last
    snapshots, this one at the end: an object that stands for it, and the series that differ from the one before.
    """

    keys: object = None
    recent: tuple[tuple[object, frozenset[SeriesKey]], ...] = ()

    @property
    def here(self) -> object:
        """Stands for this snapshot; None where nothing is known about it."""
        return self.recent[-1][0] if self.recent else None

    def since(self, earlier: object) -> set[SeriesKey] | None:
        """The series that may differ from an earlier snapshot's, new and lost ones too; None where that is not known.

        `earlier` stands for that snapshot (`here`).
        """
        changed: set[SeriesKey] = set()
        for here, series in reversed(self.recent if earlier is not None else ()):
            if here is earlier:
                return changed
            changed |= series
        return None

    def next(self, changed: Collection[SeriesKey], *, same_keys: bool) -> News:
        """That of the next snapshot, in which these series differ."""
        keys = self.keys if same_keys and self.keys is not None else object()
        if len(changed) > _MOST:
            return News(keys, ((object(), frozenset()),))
        return News(keys, (*self.recent[1 - _LONGEST :], (object(), frozenset(changed))))


NO_NEWS = News()

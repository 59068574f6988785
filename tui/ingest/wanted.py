"""What the screen wants of which runs: by it the files are read in order, and points are kept or let go."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked at.

    `drawn` are the runs whose points are drawn, the most wanted first, all their tags or, unless it is None, those in
    `tags`. `listed` are runs of which only values are told, in the order of their lines. Of the runs in neither,
    those in `hidden` matter least.
    """

    drawn: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    tags: frozenset[str] | None = None
    _ranks: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def rank(self, run: str) -> int:
        """What place the run takes: 0 for the first; all that are neither named nor hidden share one."""
        if not self._ranks:
            self._ranks.update({name: place for place, name in reversed([*enumerate((*self.drawn, *self.listed))])})
        named = len(self.drawn) + len(self.listed)
        return self._ranks.get(run, named + (run in self.hidden))


NOTHING_WANTED = Wanted()

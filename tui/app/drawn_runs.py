"""Which runs a chart draws where there are too many of them: hundreds of curves are a blot, and take a second."""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import dataclass
from itertools import islice

from tui.app.catalog import baseline_run, focused_run, group_with
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.tag_list import TagList
from tui.render.numbers import plural
from tui.store.snapshot import StoreSnapshot


@dataclass(frozen=True, slots=True)
class DrawnRuns:
    """The runs of a tag that are drawn, `of` so many visible ones; those with the best values, or the first."""

    runs: Set[str]
    of: int
    best: bool

    @property
    def left_out(self) -> int:
        """How many visible runs are not drawn."""
        return self.of - len(self.runs)

    @property
    def note(self) -> list[str]:
        """What is to be said of it, in many words and in few; nothing where all are drawn."""
        if not self.left_out:
            return []
        which = "best" if self.best else "first"
        return [f"the {which} {len(self.runs)} of {plural(self.of, 'run')} drawn", f"{which} {len(self.runs)}"]


def drawn_runs(
    tag: str,
    runs: Collection[str],
    tags: TagList,
    snapshot: StoreSnapshot,
    selection: Selection,
    shared: Shared,
    most: int,
) -> DrawnRuns:
    """So many of some visible runs at most: those that were asked about (in focus, baseline, pinned), then those with
    the best values of a tag; where neither less nor more of it is better the first ones, in the order given.
    """
    if len(runs) <= most:
        return DrawnRuns(frozenset(runs), len(runs), best=False)
    pinned = (group_with(snapshot, run) for run in selection.pinned_runs)
    asked = (focused_run(snapshot, selection), baseline_run(snapshot, selection), *pinned)
    best = shared.bests.first(tag, tags, snapshot, most)
    among = frozenset(runs)
    in_order = dict.fromkeys(run for run in (*asked, *best, *runs) if run in among)
    return DrawnRuns(frozenset(islice(in_order, most)), len(runs), best=bool(best))

"""What the screen shows of which runs, so that their files are read first and their points are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from tui.app.catalog import focused_run, visible_runs
from tui.app.choices import SCALAR_TABS, Density, Measure, Tab
from tui.app.selection import Selection
from tui.ingest.wanted import Wanted
from tui.store.snapshot import StoreSnapshot


def looked_at(read: StoreSnapshot, selection: Selection, listed: Sequence[str], charted: Collection[str]) -> Wanted:
    """What is wanted of the runs that were `read`.

    `listed` are those in view in the runs pane, `charted` those of which the cards in view, or the full chart, draw
    curves.
    """
    focused, visible = focused_run(read, selection), visible_runs(read, selection)
    first = (focused, selection.baseline, *(selection.hparams.compared or ()))
    drawn = dict.fromkeys(run for run in (*first, *_curves(selection, visible, charted)) if run in read.runs)
    hidden = frozenset(read.runs).difference(visible) if len(visible) < len(read.runs) else frozenset()
    alone = selection.tab is Tab.SCALARS and selection.tag is not None and not selection.together
    return Wanted(tuple(drawn), tuple(listed), hidden, frozenset((selection.tag or "",)) if alone else None)


def _curves(selection: Selection, visible: Sequence[str], charted: Collection[str]) -> Iterable[str]:
    """The runs of which curves are drawn beside the focused one's, or means taken."""
    s = selection
    if s.tab not in SCALAR_TABS:
        # Values at the best step of another metric may be any.
        return visible if s.tab is Tab.HPARAMS and s.hparams.measure == "at" else ()
    if s.aggregation is not None or s.tab is Tab.CUSTOM:
        return visible
    if s.tag is not None or s.density is Density.CARDS:
        return (run for run in visible if run in charted)
    all_of_them = s.expanded if s.density is Density.ROWS else s.measure is Measure.MEAN
    return visible if all_of_them else ()

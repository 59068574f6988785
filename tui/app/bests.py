"""The best run of each tag, of thousands: kept, and found again only in the runs that have new points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tui.analysis.statistics import Best, Goal, best_value, best_values, extremes, goal
from tui.app.tag_list import TagList
from tui.model import SeriesKey
from tui.store.snapshot import ScalarSeries, StoreSnapshot

_Scalars = Mapping[SeriesKey, ScalarSeries]


class _Runs:
    """Runs in some order: where each of them is, and all of their places in the order of their names."""

    def __init__(self, runs: list[str]) -> None:
        self.runs = runs
        self.places = {run: at for at, run in enumerate(runs)}
        self.by_name = np.array(sorted(range(len(runs)), key=runs.__getitem__), np.intp)


class _Ranking(NamedTuple):
    """The series of all runs that have a tag, the best values of each (NaN without one), and the places of those that
    have one, the best first, of equal ones the first by name.
    """

    keys: Sequence[SeriesKey]
    runs: _Runs
    versions: list[int]
    values: npt.NDArray[np.float64]
    order: list[int]


class BestCache:
    """The best runs of each tag: there may be hundreds of tags in thousands of runs.

    All runs are ranked, so that hiding some of them costs nothing, and new data ranks those again that it is of.
    """

    def __init__(self) -> None:
        self._rankings: dict[str, _Ranking] = {}
        self._seen: object = None
        # Of each tag that was ranked, the runs with new points since; None for any of them.
        self._stale: dict[str, set[str] | None] = {}
        self._runs = _Runs([])

    def see(self, snapshot: StoreSnapshot) -> None:
        """From here on the best is that of this snapshot's series."""
        # Not the snapshot itself, for the same reason as in `_ranked`.
        here = snapshot.news.here or snapshot.scalars
        if here is self._seen:
            return
        changed = snapshot.news.since(self._seen)
        self._seen = here
        if changed is None:
            self._stale = dict.fromkeys(self._rankings)
            return
        for key in changed:
            runs = self._stale.setdefault(key.tag, set()) if key.tag in self._rankings else None
            if runs is not None:
                runs.add(key.run)

    def knows(self, tag: str, tags: TagList) -> bool:
        """Whether these series of a tag were looked at before; else a look at all of them is to come."""
        known, keys = self._rankings.get(tag), tags.of_all_runs[tag]
        return goal(tag) is None or (known is not None and (known.keys is keys or known.keys == keys))

    def of(self, tag: str, tags: TagList, snapshot: StoreSnapshot) -> Best | None:
        """The best visible run of a tag, superseded points left out.

        None with fewer than two to choose from, or with nothing to choose: of several runs all equal.
        """
        aim = goal(tag)
        if aim is None or len(tags.keys[tag]) < 2:
            return None
        keys, _, _, values, order = self._ranking(tag, aim, tags, snapshot)
        first = next((at for at in order if keys[at].run in tags.visible), None)
        last = next((at for at in reversed(order) if keys[at].run in tags.visible), None)
        if first is None or last is None or (first != last and values[first] == values[last]):
            return None
        points = snapshot.scalars[keys[first]].current()
        return best_value(keys[first].run, extremes(points.values, points.steps), aim)

    def first(self, tag: str, tags: TagList, snapshot: StoreSnapshot, most: int) -> list[str]:
        """The visible runs with the best values of a tag, the best first, at most so many; none where less is neither
        better nor worse.
        """
        aim = goal(tag)
        if aim is None:
            return []
        keys, _, _, _, order = self._ranking(tag, aim, tags, snapshot)
        return list(islice((keys[at].run for at in order if keys[at].run in tags.visible), most))

    def _ranking(self, tag: str, aim: Goal, tags: TagList, snapshot: StoreSnapshot) -> _Ranking:
        self.see(snapshot)
        scalars, keys, known = snapshot.scalars, tags.of_all_runs[tag], self._rankings.get(tag)
        if known is None or (known.keys is not keys and known.keys != keys):
            known = self._ranked(keys, scalars, aim)
        elif tag in self._stale:
            known = _again(known, self._stale[tag], scalars, aim)
        self._rankings[tag] = known
        self._stale.pop(tag, None)
        return known

    def _ranked(self, keys: Sequence[SeriesKey], scalars: _Scalars, aim: Goal) -> _Ranking:
        series, runs = [scalars[key] for key in keys], [key.run for key in keys]
        if runs != self._runs.runs:  # most tags are of the same runs
            self._runs = _Runs(runs)
        values = best_values([one.current().values for one in series], aim)
        # Versions, not the series themselves: those would keep the memory of old snapshots.
        return _Ranking(keys, self._runs, [one.version for one in series], values, _order(self._runs, values, aim))


def _again(known: _Ranking, runs: set[str] | None, scalars: _Scalars, aim: Goal) -> _Ranking:
    """The ranking after some runs, or for None any, may have new points."""
    asked = (
        known.runs.places.values()
        if runs is None
        else [known.runs.places[run] for run in runs if run in known.runs.places]
    )
    places = [at for at in asked if scalars[known.keys[at]].version != known.versions[at]]
    series = [scalars[known.keys[at]] for at in places]
    versions, values = list(known.versions), known.values.copy()
    for at, one in zip(places, series, strict=True):
        versions[at] = one.version
    values[places] = best_values([one.current().values for one in series], aim)
    same = np.array_equal(values, known.values, equal_nan=True)
    order = known.order if same else _order(known.runs, values, aim)
    return known._replace(versions=versions, values=values, order=order)


def _order(runs: _Runs, values: npt.NDArray[np.float64], aim: Goal) -> list[int]:
    by_name = runs.by_name[~np.isnan(values[runs.by_name])]
    order = np.argsort(values[by_name] if aim == "min" else -values[by_name], kind="stable")
    places: list[int] = by_name[order].tolist()
    return places

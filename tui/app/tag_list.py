"""The tags to show with their series, in the order of every view; made again only where something of it changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from logging_lib.tfevents import plugins
from tui.app.catalog import Group, grouped, keys_by_tag, natural_key, visible_runs
from tui.app.selection import Filter, Selection
from tui.model import SeriesKey
from tui.store.snapshot import StoreSnapshot


@dataclass(frozen=True, slots=True, eq=False)
class TagList:
    """Tags of one kind that the visible runs have.

    `keys` are their series, whatever the filter says, and `of_all_runs` those of hidden runs too, both in the order of
    the runs pane; `visible` are the same runs as `runs`. `groups` and `tags` are what the filter lets through, in
    order. `series` counts all of the kind, in visible runs or not.
    """

    runs: Sequence[str]
    visible: Set[str]
    keys: Mapping[str, list[SeriesKey]]
    of_all_runs: Mapping[str, list[SeriesKey]]
    groups: Sequence[Group]
    tags: Sequence[str]
    series: int


NO_TAGS = TagList((), frozenset(), {}, {}, (), (), 0)


class _Known(NamedTuple):
    """What the last list of a kind was made from, and parts of it that outlive others."""

    source: object
    kept: object
    keys: list[SeriesKey]
    all_runs: list[str]
    runs: list[str]
    of_all_runs: Mapping[str, list[SeriesKey]]
    by_tag: Mapping[str, list[SeriesKey]]
    ordered: list[str]
    filters: tuple[Filter, tuple[str, ...]]
    made: TagList


class _OfRuns(Mapping[str, list[SeriesKey]]):
    """Those of `everything` that are of `runs`; a tag's list is made when it is asked for."""

    def __init__(self, everything: Mapping[str, list[SeriesKey]], runs: Set[str]) -> None:
        self._everything, self._runs = everything, runs
        self._tags = {tag: None for tag, keys in everything.items() if any(key.run in runs for key in keys)}
        self._made: dict[str, list[SeriesKey]] = {}

    def __getitem__(self, tag: str) -> list[SeriesKey]:
        if tag not in self._made:
            if tag not in self._tags:
                raise KeyError(tag)
            self._made[tag] = [key for key in self._everything[tag] if key.run in self._runs]
        return self._made[tag]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tags)

    def __len__(self) -> int:
        return len(self._tags)


def _keys(snapshot: StoreSnapshot, plugin: str) -> list[SeriesKey]:
    if plugin == plugins.SCALARS:
        return list(snapshot.scalars)
    return [key for key in snapshot.blobs if key.plugin == plugin]


class TagLists:
    """The list of each kind, the same object as long as it would be equal.

    With thousands of tags of many runs a list takes long to make. What comes in mostly are points of known series,
    and what is pressed mostly changes neither runs nor tags.
    """

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def of(self, snapshot: StoreSnapshot, selection: Selection, plugin: str) -> TagList:
        """The list of the tags of one plugin under a selection."""
        known = self._known.get(plugin)
        source = snapshot.scalars if plugin == plugins.SCALARS else snapshot.blobs
        all_runs, runs = visible_runs(snapshot, Selection()), visible_runs(snapshot, selection)
        filters = (selection.tags_filter, selection.pinned_tags)
        kept = snapshot.news.keys if plugin == plugins.SCALARS else None
        same = known is not None and (known.source is source or (kept is not None and kept is known.kept))
        keys = known.keys if known and same else _keys(snapshot, plugin)
        if known is None or (known.keys is not keys and known.keys != keys) or known.all_runs != all_runs:
            of_all_runs: Mapping[str, list[SeriesKey]] = keys_by_tag(keys, all_runs)
        else:
            of_all_runs = known.of_all_runs
        if known is None or known.of_all_runs is not of_all_runs or known.runs != runs:
            by_tag = of_all_runs if runs == all_runs else _OfRuns(of_all_runs, frozenset(runs))
            ordered = sorted(by_tag, key=natural_key)
        elif known.filters == filters:
            self._known[plugin] = known._replace(source=source, kept=kept, keys=keys)
            return known.made
        else:
            by_tag, ordered = known.by_tag, known.ordered
        groups = grouped(ordered, selection)
        tags = [tag for group in groups for tag in group.tags]
        made = TagList(runs, frozenset(runs), by_tag, of_all_runs, groups, tags, len(keys))
        self._known[plugin] = _Known(source, kept, keys, all_runs, runs, of_all_runs, by_tag, ordered, filters, made)
        return made

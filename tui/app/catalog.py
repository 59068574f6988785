"""Which runs and tags there are to show: names in order, groups, filters. Pure functions of snapshot and selection."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from tui.app.selection import Selection
from tui.model import SeriesKey
from tui.store.snapshot import StoreSnapshot


@dataclass(frozen=True, slots=True)
class Group:
    """Tags that share the part before the first `/`; `name` is "" for tags without one."""

    name: str
    tags: tuple[str, ...]


_DIGITS = re.compile(r"([0-9]+)")


@lru_cache(maxsize=65536)
def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts layer2 before layer10 and ignores case, except between names that are equal otherwise."""
    parts = (_number_key(part) if part[0] in "0123456789" else (1, 0, part.casefold()) for part in _split(name))
    return (*parts, (-1, 0, name))


def _split(name: str) -> list[str]:
    return [part for part in _DIGITS.split(name) if part]


def _number_key(digits: str) -> tuple[int, int, str]:
    """By value, without int(), which refuses numbers of thousands of digits."""
    significant = digits.lstrip("0")
    return 0, len(significant), significant


def group_of(tag: str) -> str:
    """The part before the first `/`, "" where there is none."""
    return tag.partition("/")[0] if "/" in tag else ""


def short_name(tag: str) -> str:
    """A tag's name inside its group."""
    return tag.partition("/")[2] or tag


def grouped(tags: Iterable[str], selection: Selection) -> list[Group]:
    """Tags that the filter lets through, grouped; tags without a group come first."""
    groups: dict[str, list[str]] = {}
    for tag in sorted(set(tags), key=natural_key):
        if selection.tags_filter.matches(tag):
            groups.setdefault(group_of(tag), []).append(tag)
    return [Group(name, tuple(groups[name])) for name in sorted(groups, key=natural_key)]


def listed_runs(snapshot: StoreSnapshot, selection: Selection) -> list[str]:
    """The runs that the filter lets through, hidden ones included, in natural order."""
    names = (name for name in snapshot.runs if selection.runs_filter.matches(name))
    return sorted(names, key=natural_key)


def visible_runs(snapshot: StoreSnapshot, selection: Selection) -> list[str]:
    """The runs that charts draw."""
    return [name for name in listed_runs(snapshot, selection) if name not in selection.hidden]


def focused_run(snapshot: StoreSnapshot, selection: Selection) -> str | None:
    """The run whose values the rows show: the chosen one, else the visible one that logged last.

    Runs with no more than a point a tag, or with few tags beside others with many, come after all others: writers
    leave such beside the real one, to hold hparams, a final result, or one of the curves of an `add_scalars`.
    """
    visible = visible_runs(snapshot, selection)
    if selection.focused_run in visible:
        return selection.focused_run
    runs = [snapshot.runs[name] for name in visible]
    most = max((run.tags for run in runs), default=0)
    latest = max(
        runs,
        key=lambda run: (run.points > run.tags, run.tags * 2 >= most, run.last_wall_time or 0.0),
        default=None,
    )
    return latest.name if latest else None


def keys_by_tag(keys: Iterable[SeriesKey], runs: Iterable[str]) -> dict[str, list[SeriesKey]]:
    """Tag -> its series in those runs, in the order of `runs`."""
    place = {name: number for number, name in enumerate(runs)}
    tags: dict[str, list[SeriesKey]] = {}
    for key in keys:
        if key.run in place:
            tags.setdefault(key.tag, []).append(key)
    for series in tags.values():
        series.sort(key=lambda key: place[key.run])
    return tags


def folded_names(names: list[str]) -> dict[str, str]:
    """Names without the directories that all of them share: `a/b/x, a/b/y` are shown as `x, y`, and `a/b` as `b`.

    Different names stay different: beside `a/b/b`, `a/b` is `b` and the other one `b/b`.
    """
    if len(names) < 2:
        return {name: name for name in names}
    parts = [name.split("/") for name in names]
    shared = len(list(takewhile(lambda level: len(set(level)) == 1, zip(*parts, strict=False))))
    folded = {name: "/".join(p[shared:] or p[-1:]) for name, p in zip(names, parts, strict=True)}
    if len(set(folded.values())) < len(folded):
        folded = {name: "/".join(p[shared - 1 :]) for name, p in zip(names, parts, strict=True)}
    return folded

"""Which runs and tags there are to show: names in order, groups, filters. Pure functions of snapshot and selection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from tui.app.aggregation import GroupSummary
from tui.app.selection import Filter, Selection
from tui.model import SeriesKey
from tui.store.snapshot import StoreSnapshot

PINNED = "/Pinned"
"""The name of the group of pinned tags: with its slash no other group can be called so."""


@dataclass(frozen=True, slots=True)
class Group:
    """Tags that share the part before the first `/`; `name` is "" for tags without one, PINNED for pinned ones."""

    name: str
    tags: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the group is called on the screen, yet to be made printable."""
        return self.name.removeprefix("/") if self.name == PINNED else self.name

    def label(self, tag: str) -> str:
        """What one of its tags is called under the title, yet to be made printable: pinned ones by their full names."""
        return (short_name(tag) if self.name not in ("", PINNED) else said(tag)) or "(no name)"

    @property
    def labels(self) -> tuple[str, ...]:
        """What all of its tags are called, in order."""
        return tuple(map(self.label, self.tags))


# A learning rate as 0.003 or 3e-4 is one number; 0.3 inside blocks.0.3 or layer0.3.weight is two indices.
_NUMBERS = re.compile(r"((?<![0-9.])[0-9]+(?:\.[0-9]+)?[eE]-[0-9]{1,3}(?![0-9])|(?<![0-9.])0\.[0-9]+(?![0-9.])|[0-9]+)")
_LEAST = -(1 << 62)
# Characters of a name whose numbers count; names that are alike so far are sorted as text.
_SORTED_BY = 1 << 14


@lru_cache(maxsize=65536)
def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts layer2 before layer10, lr0.003 before lr0.01 and ignores case, except between names equal otherwise."""
    parts = (_number_key(part) if part[0] in "0123456789" else (1, 0, part.casefold()) for part in _split(name))
    return (*parts, (-1, 0, name))


def _split(name: str) -> list[str]:
    return [part for part in _NUMBERS.split(name[:_SORTED_BY]) if part]


def _number_key(number: str) -> tuple[int, int, str]:
    """By value: the power of ten, then the digits; without int(), which refuses numbers of thousands of digits."""
    mantissa, _, exponent = number.lower().partition("e-")
    whole, _, fraction = mantissa.partition(".")
    significant = (whole + fraction).lstrip("0")
    power = len(significant) - len(fraction) - int(exponent or 0)
    return 0, power if significant else _LEAST, significant.rstrip("0")


def group_of(tag: str) -> str:
    """The part before the first `/`, "" where there is none."""
    return said(tag).partition("/")[0] if "/" in said(tag) else ""


def short_name(tag: str) -> str:
    """A tag's name inside its group."""
    return said(tag).partition("/")[2] or said(tag)


def said(tag: str) -> str:
    """A tag without what torch and tensorboardX put behind every text's."""
    return tag.removesuffix("/text_summary")


def tag_labels(tags: Sequence[str]) -> dict[str, str]:
    """What tags on one chart are called, yet to be made printable: without their group where that is the same."""
    alike = len({group_of(tag) for tag in tags}) == 1
    return {tag: short_name(tag) if alike else tag for tag in tags}


def grouped(ordered: Sequence[str], selection: Selection) -> list[Group]:
    """Of different tags in natural order those that the filter lets through.

    Pinned ones come first, in the order they were pinned in, then those without a group.
    """
    shown = [tag for tag in ordered if selection.tags_filter.matches(tag)]
    groups: dict[str, list[str]] = {}
    if selection.pinned_tags:
        found = set(shown).intersection(selection.pinned_tags)
        groups[PINNED] = [tag for tag in selection.pinned_tags if tag in found]
        shown = [tag for tag in shown if tag not in found]
    for tag in shown:
        groups.setdefault(group_of(tag), []).append(tag)
    names = sorted((name for name in groups if name != PINNED), key=natural_key)
    return [Group(name, tuple(groups[name])) for name in (PINNED, *names) if groups.get(name)]


def listed_runs(snapshot: StoreSnapshot, selection: Selection) -> list[str]:
    """The runs that the filter lets through, hidden ones included, in natural order."""
    return list(_listed(tuple(snapshot.runs), selection.runs_filter))


def visible_runs(snapshot: StoreSnapshot, selection: Selection) -> list[str]:
    """The runs that charts draw."""
    return list(_visible(tuple(snapshot.runs), selection.runs_filter, selection.hidden))


# Every widget asks for them at every key, and of thousands of runs the names stay the same while points come in.
@lru_cache(maxsize=8)
def _listed(names: tuple[str, ...], runs_filter: Filter) -> tuple[str, ...]:
    return tuple(name for name in _in_order(names) if runs_filter.matches(name))


@lru_cache(maxsize=8)
def _visible(names: tuple[str, ...], runs_filter: Filter, hidden: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in _listed(names, runs_filter) if name not in hidden)


@lru_cache(maxsize=2)
def _in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(names, key=natural_key))


def group_with(snapshot: StoreSnapshot, run: str | None) -> str | None:
    """The run; where it is not shown by itself, the group that it is a member of."""
    if run is None or run in snapshot.runs:
        return run
    groups = (group for group in snapshot.runs.values() if isinstance(group, GroupSummary) and run in group.members)
    return next((group.name for group in groups), run)


def baseline_run(snapshot: StoreSnapshot, selection: Selection) -> str | None:
    """The run that others are compared with, or the group that it is a member of; None where neither is there."""
    baseline = group_with(snapshot, selection.baseline)
    return baseline if baseline in snapshot.runs else None


def _is_visible(run: str, selection: Selection) -> bool:
    return run not in selection.hidden and selection.runs_filter.matches(run)


def focused_run(snapshot: StoreSnapshot, selection: Selection) -> str | None:
    """The run whose values the rows show: the chosen one, else the visible one that logged last.

    Runs with no more than a point a tag, or with few tags beside others with many, come after all others: writers
    leave such beside the real one, to hold hparams, a final result, or one of the curves of an `add_scalars`.
    """
    chosen = group_with(snapshot, selection.focused_run)
    if chosen is not None and chosen in snapshot.runs and _is_visible(chosen, selection):
        return chosen
    runs = [snapshot.runs[name] for name in visible_runs(snapshot, selection)]
    most = max((run.tags for run in runs), default=0)
    latest = max(
        runs,
        key=lambda run: (run.points > run.tags, run.tags * 2 >= most, run.last_wall_time or 0.0),
        default=None,
    )
    return latest.name if latest else None


def shown_key(snapshot: StoreSnapshot, keys: Sequence[SeriesKey], run: str | None) -> SeriesKey:
    """Of a tag's series the one to show for a visible run: its own, or that of the run that logged last."""
    if run is not None:
        own = keys[0]._replace(run=run)
        if own in snapshot.scalars or own in snapshot.blobs:
            return own
    return max(keys, key=lambda key: snapshot.runs[key.run].last_wall_time or 0.0)


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

"""The charts that runs logged layouts for: merged over the runs, and which series each one shows."""

from __future__ import annotations

import re
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import is_

from logging_lib.tfevents import plugins
from tui.app.blob_steps import step_line
from tui.app.blobs import BlobCache, Unreadable
from tui.app.catalog import Group, natural_key
from tui.app.selection import Filter
from tui.app.time_box import time_box
from tui.model import BlobRef, SeriesKey
from tui.reader.payload import Category, Chart, Layout, read_layout
from tui.render.numbers import plural
from tui.store.snapshot import BlobSeries, StoreSnapshot

_LONGEST_MATCH, _LONGEST_IN_ALL = 0.2, 1.0
"""Seconds for one pattern over all tags; for all patterns that take too long, and for all of one chart."""


def merged(layouts: Iterable[Layout]) -> Layout:
    """One layout of several, as TensorBoard merges them: categories with the same title are one, equal charts too."""
    categories: dict[str, Category] = {}
    for category in (category for layout in layouts for category in layout.categories):
        known = categories.get(category.title, replace(category, charts=()))
        charts = dict.fromkeys((*known.charts, *category.charts))
        categories[category.title] = replace(known, charts=tuple(charts))
    return Layout(tuple(categories.values()))


@dataclass(frozen=True, slots=True)
class ChartGroup(Group):
    """A category. Its name is no group's of tags: what is folded here is unfolded there.

    `tags` are the names of its charts; `titles` what they are called. `closed` ones are folded at first.
    """

    titles: Mapping[str, str] = field(default_factory=dict, compare=False)
    closed: bool = False

    @property
    def title(self) -> str:
        return self.name.removeprefix(_CATEGORY) or "(no name)"

    def label(self, tag: str) -> str:
        return self.titles[tag] or "(no name)"


_CATEGORY = "/Custom/"


@dataclass(frozen=True, slots=True, eq=False)
class ChartList:
    """Charts by name, in the order of the layout: `category/title`, numbered where that repeats."""

    charts: Mapping[str, Chart]
    groups: Sequence[ChartGroup]

    def shown(self, tags_filter: Filter) -> list[ChartGroup]:
        """The groups with the charts that a filter lets through, those without any left out."""
        some = (replace(group, tags=tuple(filter(tags_filter.matches, group.tags))) for group in self.groups)
        return [group for group in some if group.tags]


def listed(layout: Layout) -> ChartList:
    """The charts of a layout."""
    charts: dict[str, Chart] = {}
    groups, last = [], Counter[str]()
    for category in layout.categories:
        titles = {}
        for chart in category.charts:
            name = _unused(f"{category.title}/{chart.title}", charts, last)
            charts[name], titles[name] = chart, chart.title
        groups.append(ChartGroup(_CATEGORY + category.title, tuple(titles), titles, category.closed))
    return ChartList(charts, groups)


class ChartLists:
    """The charts of all runs' layouts, the same object as long as the layouts are.

    Hidden runs have their say, too: a layout is often logged by a run of its own. Of each run the newest one counts.
    """

    def __init__(self, blobs: BlobCache) -> None:
        self._blobs = blobs
        self._made_of: list[Layout | Unreadable] = []
        self._made = ChartList({}, ())
        self.faults: Sequence[str] = ()
        """Why layouts cannot be read."""
        self.reading = False

    def of(self, snapshot: StoreSnapshot) -> ChartList:
        """The charts; those of before while a new layout is decoded."""
        keys = sorted(key for key in snapshot.blobs if key.plugin == plugins.CUSTOM_SCALARS)
        refs = [newest(snapshot.blobs[key]) for key in keys]
        found = [self._blobs.get(ref, read_layout) for ref in refs]
        self.reading = None in found
        layouts = [layout for layout in found if layout is not None]
        # By identity: layouts that the cache has decoded once may be long.
        known = len(layouts) == len(self._made_of) and all(map(is_, layouts, self._made_of))
        if not self.reading and not known:
            self._made_of = layouts
            self._made = listed(merged(layout for layout in layouts if isinstance(layout, Layout)))
            self.faults = [str(layout) for layout in layouts if isinstance(layout, Unreadable)]
        return self._made


def newest(series: BlobSeries) -> BlobRef:
    """What was logged last of a series, at its last step."""
    line = step_line(series)
    return series.refs[int(line.entries[line.at(None)])]


def _unused(plain: str, used: Mapping[str, object], last: Counter[str]) -> str:
    """The name, with a number behind where there is one already; `last` are the last numbers of each."""
    name = plain
    while name in used:
        last[plain] += 1
        name = f"{plain} ({last[plain] + 1})"
    return name


@dataclass(frozen=True, slots=True)
class ChartContent:
    """What a chart shows of the visible runs: series, tag by tag; and why some of what it is for is not there.

    `bounds` are the lower and the upper bound of those series that have a band.
    """

    keys: tuple[SeriesKey, ...]
    bounds: Mapping[SeriesKey, tuple[SeriesKey, SeriesKey]]
    faults: tuple[str, ...]


class ChartContents:
    """The contents of charts, found again only when there are other tags or other charts."""

    def __init__(self) -> None:
        self._patterns = Patterns()
        self._made_of: tuple[object, object] = (None, None)
        self._known: dict[str, ChartContent] = {}

    def of(self, name: str, charts: ChartList, keys: Mapping[str, Sequence[SeriesKey]]) -> ChartContent:
        """That of a chart; `keys` are the series of scalars by their tags, the same object as long as it is equal."""
        if self._made_of[0] is not charts or self._made_of[1] is not keys:
            self._made_of, self._known = (charts, keys), {}
        if name not in self._known:
            chart = charts.charts[name]
            self._known[name] = _margins(chart, keys) if chart.margins else self._lines(chart, keys)
        return self._known[name]

    def _lines(self, chart: Chart, keys: Mapping[str, Sequence[SeriesKey]]) -> ChartContent:
        """All tags that one of the patterns matches from their start on, as in TensorBoard."""
        tags: dict[str, None] = {}
        faults = [] if chart.tags else ["this chart is for no tag at all"]
        end = time.perf_counter() + _LONGEST_IN_ALL
        for number, pattern in enumerate(chart.tags):
            if time.perf_counter() > end:
                faults.append(f"{plural(len(chart.tags) - number, 'pattern')} more would take too long to match")
                break
            try:
                found = self._patterns.matched(pattern, keys)
            except ValueError as error:
                faults.append(str(error))
                continue
            tags |= dict.fromkeys(sorted(found, key=natural_key))
            if not found:
                faults.append(f"no visible run has a tag that matches '{pattern}'")
        return ChartContent(tuple(key for tag in tags for key in keys[tag]), {}, tuple(faults))


def _margins(chart: Chart, keys: Mapping[str, Sequence[SeriesKey]]) -> ChartContent:
    """Values with the bounds that their runs logged; tags are names here, not patterns."""
    shown: dict[SeriesKey, None] = {}
    bounds: dict[SeriesKey, tuple[SeriesKey, SeriesKey]] = {}
    faults: dict[str, None] = {}
    for margin in chart.margins:
        tags = (margin.value, margin.lower, margin.upper)
        faults |= {f"no visible run has '{tag}'": None for tag in tags if not keys.get(tag)}
        beside = set(keys.get(margin.lower, ())), set(keys.get(margin.upper, ()))
        for key in keys.get(margin.value, ()):
            shown[key] = None
            lower, upper = key._replace(tag=margin.lower), key._replace(tag=margin.upper)
            if lower in beside[0] and upper in beside[1]:
                bounds.setdefault(key, (lower, upper))
    return ChartContent(tuple(shown), bounds, tuple(faults))


class Patterns:
    """Regular expressions of layouts. One that takes too long is not tried again, nor are others after too many."""

    def __init__(self) -> None:
        self._slow: set[str] = set()

    def matched(self, pattern: str, tags: Iterable[str]) -> list[str]:
        """The tags that a pattern matches from their start on.

        ValueError, with one line that says why, for what is no pattern and for what takes too long.
        """
        if not pattern:
            raise ValueError("an empty pattern matches nothing")
        if pattern not in self._slow and len(self._slow) * _LONGEST_MATCH < _LONGEST_IN_ALL:
            try:
                with time_box(_LONGEST_MATCH), warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # they would be printed over the screen
                    compiled = re.compile(pattern)
                    return [tag for tag in tags if compiled.match(tag)]
            except (re.error, OverflowError, RecursionError) as error:
                raise ValueError(f"'{pattern}' is no regular expression: {error}") from error
            except TimeoutError:
                self._slow.add(pattern)
        raise ValueError(f"'{pattern}' takes too long to match")

"""Sorts the records of an irregular log: those of one layout are gathered, and their numbers taken out together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.record import HEADER_BYTES
from tui.model import Steps, Values, WallTimes
from tui.reader.layouts import Layouts
from tui.reader.record_scan import Bytes, Chain
from tui.reader.scalar_layout import Geometry, Layout, column, times_of

Places = npt.NDArray[np.intp]
Kinds = npt.NDArray[np.int64]
_Words = npt.NDArray[np.uint64]

# Fewer records of one length than this are left over: numpy's calls would cost more than they save. So would finding
# the layout of so few.
_LEAST_RECORDS = 16
# The same holds for records of one layout that is known; so many of the unknown ones are then looked for, for the sake
# of the chains to come.
LEAST_ALIKE = 4
_MOST_FOUND = 512
# So many samples of one length that have no layout tell that there is none to be found.
_MOST_FAILURES = 4
# Each geometry of records of one length costs a look at all of them.
_MOST_GEOMETRIES = 8
_WORD_BYTES = 8
# Odd numbers with bits all over: different records seldom give the same sum of products.
_FACTORS = np.arange(1, (1 << 16) // _WORD_BYTES + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
_FACTORS = ((_FACTORS >> np.uint64(31)) ^ _FACTORS) * np.uint64(0xBF58476D1CE4E5B9) | np.uint64(1)


class Group(NamedTuple):
    """Records of one layout: their places in a chain, ascending, and what they hold, [n] each; values by scalar."""

    layout: Layout
    places: Places
    steps: Steps
    wall_times: WallTimes
    values: tuple[Values, ...]

    def part(self, start: int, end: int) -> Group:
        """Some of the records, by their number in the group."""
        run = slice(start, end)
        values = tuple(column[run] for column in self.values)
        return Group(self.layout, self.places[run], self.steps[run], self.wall_times[run], values)


@dataclass(slots=True, eq=False)
class Sorting:
    """The records of a chain: groups, several of which may have one layout, and the places of all others.

    `kinds` and `steps` [records] tell each record's kind, by a number that those alike share (and few others), and
    step. The kind is -1 where there is no layout, the step 0 where it was not looked at.
    """

    kinds: Kinds
    steps: Steps
    groups: list[Group] = field(default_factory=list)
    others: list[Places] = field(default_factory=list)
    to_find: int = _MOST_FOUND
    """How many layouts of few records may still be looked for."""

    @property
    def found_some(self) -> bool:
        """Whether there were new layouts of few records."""
        return self.to_find < _MOST_FOUND


def sort_records(buffer: Bytes, chain: Chain, layouts: Layouts) -> Sorting:
    """Group the records of a chain in a buffer by their layouts."""
    sorting = Sorting(np.full(len(chain), -1, np.int64), np.zeros(len(chain), np.int64))
    order = chain.lengths.argsort(kind="stable")
    lengths = chain.lengths[order]
    for start, end in runs(lengths[1:] != lengths[:-1]):
        places = order[start:end]
        length = int(lengths[start])
        sorting.kinds[places] = -2 - length
        if len(places) < _LEAST_RECORDS or not length:
            sorting.others.append(places)
        else:
            payloads = _gather(buffer, chain.positions[places] + HEADER_BYTES, length)
            _sort_by_geometry(payloads, places, layouts, sorting)
    return sorting


def _sort_by_geometry(payloads: Bytes, places: Places, layouts: Layouts, sorting: Sorting) -> None:
    """Sort payloads of one length, uint8[n, length]: a round for each geometry among them."""
    tried: list[Geometry] = []
    failures = 0
    while len(places) >= _LEAST_RECORDS and failures < _MOST_FAILURES and len(tried) < _MOST_GEOMETRIES:
        # The first ones may be unlike all that follow.
        middle = len(places) // 2
        sample = layouts.known(payloads[middle]) or layouts.find(payloads[middle])
        if sample is None:
            failures += 1
            sorting.kinds[places[middle]] = -1
            sorting.others.append(places[middle : middle + 1])
            payloads, places = np.delete(payloads, middle, axis=0), np.delete(places, middle)
            continue
        if sample.geometry in tried:
            break
        tried.append(sample.geometry)
        rest = _sort_alike(payloads, places, sample, layouts, sorting)
        payloads, places = payloads[rest], places[rest]
    if len(places):
        sorting.others.append(places)


def _sort_alike(payloads: Bytes, places: Places, sample: Layout, layouts: Layouts, sorting: Sorting) -> Places:
    """Group the payloads of the sample's geometry; returns the indices of those that may be of another, ascending."""
    geometry = sample.geometry
    sums, order, alike = _equal_rows(payloads, sample.mask)
    payloads, places = payloads[order], places[order]
    steps, wall_times = times_of(geometry, payloads)
    sorting.kinds[places], sorting.steps[places] = sums[order], steps
    rest: list[Places] = []
    values: list[Values] | None = None
    for start, end in alike:
        layout = layouts.known(payloads[start]) if end - start >= LEAST_ALIKE else None
        if layout is None and _worth_finding(end - start, sorting):
            layout = layouts.find(payloads[start])
        if layout is None or layout.geometry != geometry:
            rest.append(order[start:end])
            continue
        if values is None:
            numbers = layout.scalars
            values = [column(payloads, n.offset, n.dtype).astype(n.kept_as) for n in numbers]
        sorting.groups.append(Group(layout, places, steps, wall_times, tuple(values)).part(start, end))
    return np.sort(np.concatenate(rest)) if rest else np.empty(0, np.intp)


def _worth_finding(records: int, sorting: Sorting) -> bool:
    """Whether to look for the layout of so many records."""
    if LEAST_ALIKE <= records < _LEAST_RECORDS:
        sorting.to_find -= 1
        return sorting.to_find >= 0
    return records >= _LEAST_RECORDS


def _equal_rows(payloads: Bytes, mask: Bytes) -> tuple[Kinds, Places, Iterator[tuple[int, int]]]:
    """Rows that are equal under the mask, uint8[n, length].

    Returns:
        For each row a number that equal ones share, and hardly any other; an order in which equal ones follow each
        other, as they did before; and their runs in this order, though equal ones may make more than one.
    """
    count, length = payloads.shape
    padded = np.zeros((count, -(-length // _WORD_BYTES) * _WORD_BYTES), np.uint8)
    np.bitwise_and(payloads, mask, out=padded[:, :length])
    words: _Words = padded.view(np.uint64)
    sums = _sums(words)
    # 16 bits are sorted quickly.
    order = (sums >> np.uint64(48)).astype(np.uint16).argsort(kind="stable")
    words = words[order]
    differs = words[1:, 0] != words[:-1, 0]
    for place in range(1, words.shape[1]):
        differs |= words[1:, place] != words[:-1, place]
    return sums.view(np.int64), order, runs(differs)


def _sums(words: _Words) -> _Words:
    """A hash of each row, [n, words]."""
    sums: _Words = words @ _FACTORS[: words.shape[1]]
    sums ^= sums >> np.uint64(29)
    sums *= _FACTORS[0]
    return sums


def runs(differs: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Start and end of each run of n + 1 items, of which `differs` [n] tells which one is unlike the one before."""
    starts = [0, *(np.flatnonzero(differs) + 1).tolist(), len(differs) + 1]
    return pairwise(starts)


def _gather(buffer: Bytes, starts: npt.NDArray[np.int64], length: int) -> Bytes:
    """The payloads of one length that lie at `starts`, as uint8[n, length]: each is copied as one item."""
    windows = np.ndarray((len(buffer) - length + 1,), f"V{length}", buffer.data, 0, (1,))
    return windows[starts].view(np.uint8).reshape(-1, length)

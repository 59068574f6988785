"""Sorts the records of an irregular log: those of one layout are gathered, and their numbers taken out together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.record import HEADER_BYTES
from tui.model import Steps, Values, WallTimes
from tui.reader.layouts import Layouts
from tui.reader.record_scan import Bytes, Chain
from tui.reader.scalar_layout import Geometry, Layout, column, times_of

Places = npt.NDArray[np.intp]
_Words = npt.NDArray[np.uint64]

# Fewer records of one length than this are left over: numpy's calls would cost more than they save. So would finding
# the layout of so few.
_LEAST_RECORDS = 16
# So many samples of one length that have no layout tell that there is none to be found.
_MOST_FAILURES = 4
_WORD_BYTES = 8
# Odd numbers with bits all over: different records seldom give the same sum of products.
_FACTORS = np.random.default_rng(1).integers(0, 1 << 63, (1 << 16) // _WORD_BYTES, np.uint64) | np.uint64(1)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Records of one layout: their places in a chain, ascending, and what they hold, [n] each; values by scalar."""

    layout: Layout
    places: Places
    steps: Steps
    wall_times: WallTimes
    values: tuple[Values, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sorting:
    """The records of a chain: groups, several of which may have one layout, and the places of all others."""

    groups: list[Group] = field(default_factory=list)
    others: list[Places] = field(default_factory=list)


def sort_records(buffer: Bytes, chain: Chain, layouts: Layouts) -> Sorting:
    """Group the records of a chain in a buffer by their layouts."""
    sorting = Sorting()
    order = chain.lengths.argsort(kind="stable")
    lengths = chain.lengths[order]
    for start, end in _runs(lengths[1:] != lengths[:-1]):
        places = order[start:end]
        length = int(lengths[start])
        if len(places) < _LEAST_RECORDS or not length:
            sorting.others.append(places)
        else:
            payloads = _gather(buffer, chain.positions[places] + HEADER_BYTES, length)
            _sort_alike(payloads, places, layouts, sorting)
    return sorting


def _sort_alike(payloads: Bytes, places: Places, layouts: Layouts, sorting: Sorting) -> None:
    """Sort payloads of one length, uint8[n, length]: a round for each geometry among them."""
    failures = 0
    while len(places) >= _LEAST_RECORDS and failures < _MOST_FAILURES:
        sample = layouts.known(payloads[0]) or layouts.find(payloads[0])
        if sample is None:
            failures += 1
            sorting.others.append(places[:1])
            payloads, places = payloads[1:], places[1:]
            continue
        rest = _sort_by_geometry(payloads, places, sample.geometry, layouts, sorting)
        payloads, places = payloads[rest], places[rest]
    if len(places):
        sorting.others.append(places)


def _sort_by_geometry(
    payloads: Bytes, places: Places, geometry: Geometry, layouts: Layouts, sorting: Sorting
) -> Places:
    """Group the payloads of a geometry; returns the indices of those that have another one, or none, ascending."""
    order, runs = _equal_rows(payloads, layouts.mask(geometry))
    payloads, places = payloads[order], places[order]
    steps, wall_times = times_of(geometry, payloads)
    rest: list[Places] = []
    values: list[Values] | None = None
    for start, end in runs:
        layout = layouts.known(payloads[start])
        if layout is None and end - start >= _LEAST_RECORDS:
            layout = layouts.find(payloads[start])
        if layout is None or layout.geometry != geometry:
            rest.append(order[start:end])
            continue
        if values is None:
            numbers = layout.scalars
            values = [column(payloads, n.offset, n.dtype).astype(n.kept_as, copy=False) for n in numbers]
        run = slice(start, end)
        sorting.groups.append(
            Group(layout, places[run], steps[run], wall_times[run], tuple(column[run] for column in values))
        )
    return np.sort(np.concatenate(rest)) if rest else np.empty(0, np.intp)


def _equal_rows(payloads: Bytes, mask: Bytes) -> tuple[Places, Iterator[tuple[int, int]]]:
    """An order of the rows, uint8[n, length], in which those equal under the mask follow each other, and their runs.

    Rows that are equal stay in their order, but may make more than one run.
    """
    count, length = payloads.shape
    padded = np.zeros((count, -(-length // _WORD_BYTES) * _WORD_BYTES), np.uint8)
    np.bitwise_and(payloads, mask, out=padded[:, :length])
    words: _Words = padded.view(np.uint64)
    order = _codes(words).argsort(kind="stable")
    words = words[order]
    differs = words[1:, 0] != words[:-1, 0]
    for place in range(1, words.shape[1]):
        differs |= words[1:, place] != words[:-1, place]
    return order, _runs(differs)


def _codes(words: _Words) -> npt.NDArray[np.uint16]:
    """A number for each row, [n, words]: the same for equal rows, seldom for others. 16 bits are sorted quickly."""
    sums: _Words = words @ _FACTORS[: words.shape[1]]
    sums ^= sums >> np.uint64(29)
    sums *= _FACTORS[0]
    sums >>= np.uint64(48)
    return sums.astype(np.uint16)


def _runs(differs: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Start and end of each run of n + 1 items, of which `differs` [n] tells which one is unlike the one before."""
    starts = [0, *(np.flatnonzero(differs) + 1).tolist(), len(differs) + 1]
    return pairwise(starts)


def _gather(buffer: Bytes, starts: npt.NDArray[np.int64], length: int) -> Bytes:
    """The payloads of one length that lie at `starts`, as uint8[n, length]: each is copied as one item."""
    windows = np.ndarray((len(buffer) - length + 1,), f"V{length}", buffer.data, 0, (1,))
    return windows[starts].view(np.uint8).reshape(-1, length)

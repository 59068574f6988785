"""Decodes a chain of intact records: the groups of `scalar_groups` at once, all others one by one.

The outcome is what decoding all of them in their order gives. So the chain is cut where a session starts; and of what
lies between, a tag's points are either all decoded at once or, where an event that is in no group says anything about
the tag, all one by one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from logging_lib.tfevents.record import HEADER_BYTES, Record
from tui.model import Steps, Values, WallTimes
from tui.reader.decode import EventDecoder
from tui.reader.layouts import Layouts
from tui.reader.parsed import Parsed, parse, starts_session
from tui.reader.record_scan import Bytes, Chain
from tui.reader.scalar_groups import LEAST_ALIKE, Group, Kinds, Places, runs, sort_records

# Sorting is worth it where one of so many records is decoded in bulk.
_LEAST_GAIN = 4
# Between two calls of `breathe`.
_RECORDS_PER_BREATH = 64


class Decoded(NamedTuple):
    """How a chain was decoded.

    `gained` tells whether it was, or soon will be, quicker than record by record; `kinds` and `steps` are as in
    Sorting.
    """

    gained: bool
    kinds: Kinds
    steps: Steps


class _Part(NamedTuple):
    """Points of one tag from one group."""

    places: Places
    steps: Steps
    wall_times: WallTimes
    values: Values


def decode_chain(
    buffer: Bytes,
    base: int,
    chain: Chain,
    layouts: Layouts,
    decoder: EventDecoder,
    *,
    breathe: Callable[[], None] = lambda: None,
) -> Decoded:
    """Decode the records of a chain in a buffer that lies at `base` in its file; `breathe` is called now and then."""
    sorting = sort_records(buffer, chain, layouts)
    records = _Records(buffer, base, chain, breathe)
    others = records.parse(place for places in sorting.others for place in places.tolist())
    in_bulk = 0
    for stretch in _stretches(sorting.groups, others, records):
        bulk, singly = _divide(stretch.groups, stretch.others.values(), decoder)
        stretch.others.update(records.parse(place for group in singly for place in group.places.tolist()))
        _add(bulk, stretch.others, records, decoder)
        in_bulk += sum(len(group.places) for group in bulk)
    return Decoded(sorting.found_some or in_bulk * _LEAST_GAIN >= len(chain), sorting.kinds, sorting.steps)


@dataclass(frozen=True, slots=True)
class _Records:
    """The records of a chain, by place."""

    buffer: Bytes
    base: int
    chain: Chain
    breathe: Callable[[], None]

    def at(self, place: int) -> Record:
        offset = self.base + int(self.chain.positions[place]) + HEADER_BYTES
        return Record(offset, self.chain.payload(self.buffer, place).tobytes())

    def parse(self, places: Iterable[int]) -> dict[int, Parsed]:
        parsed: dict[int, Parsed] = {}
        for place in places:
            parsed[place] = parse(self.at(place))
            if len(parsed) % _RECORDS_PER_BREATH == 0:
                self.breathe()
        return parsed


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Records of a chain that belong to one session: groups, and all others by place."""

    groups: list[Group] = field(default_factory=list)
    others: dict[int, Parsed] = field(default_factory=dict)


def _stretches(groups: list[Group], others: dict[int, Parsed], records: _Records) -> list[_Stretch]:
    """What lies before the first START of a session, and each START with what follows it, in order."""
    starts = sorted(place for place, parsed in others.items() if starts_session(parsed))
    if not starts:
        return [_Stretch(groups, others)]
    stretches = [_Stretch() for _ in range(len(starts) + 1)]
    few: list[int] = []
    for group in groups:
        numbers = np.searchsorted(starts, group.places, side="right")
        for start, end in runs(numbers[1:] != numbers[:-1]):
            if end - start < LEAST_ALIKE:
                few += group.places[start:end].tolist()
            else:
                stretches[int(numbers[start])].groups.append(group.part(start, end))
    for place, parsed in (others | records.parse(few)).items():
        stretches[bisect_right(starts, place)].others[place] = parsed
    return stretches


def _divide(
    groups: Iterable[Group], others: Iterable[Parsed], decoder: EventDecoder
) -> tuple[list[Group], list[Group]]:
    """The groups to decode at once, by first place; those to decode singly, since others tell about their tags."""
    taken = {tag for parsed in others for tag in parsed.tags}
    ordered = sorted(groups, key=lambda group: int(group.places[0]))
    taken.update(tag for group in ordered if group.layout.repeats_a_tag for tag in group.layout.tags)
    groups_of = Counter(tag for group in ordered for tag in group.layout.tags)
    for group in ordered:
        tags = group.layout.tags
        # The first record of an unknown tag may go first, alone; not where another group's come in between.
        if any(groups_of[tag] > 1 for tag in tags) and not decoder.admits(group.layout.scalars):
            taken.update(tags)
    _spread(taken, ordered)
    bulk = [group for group in ordered if taken.isdisjoint(group.layout.tags)]
    return bulk, [group for group in ordered if not taken.isdisjoint(group.layout.tags)]


def _spread(taken: set[str], groups: Iterable[Group]) -> None:
    """Add to `taken` all tags of the groups that have one of these tags, or one that this adds."""
    waiting = dict(enumerate(group.layout.tags for group in groups))
    numbers: dict[str, list[int]] = {}
    for number, tags in waiting.items():
        for tag in tags:
            numbers.setdefault(tag, []).append(number)
    reached = [tag for tag in taken if tag in numbers]
    while reached:
        for number in numbers.pop(reached.pop(), ()):
            tags = waiting.pop(number, ())
            taken.update(tags)
            reached += tags


def _add(bulk: Sequence[Group], others: dict[int, Parsed], records: _Records, decoder: EventDecoder) -> None:
    """Add the groups' points and the other events, by the place at which each series appears first."""
    units: list[tuple[int, Callable[[], None]]] = [
        (place, partial(decoder.add_parsed, parsed)) for place, parsed in others.items()
    ]
    parts: dict[str, list[_Part]] = {}
    for group in bulk:
        if decoder.admits(group.layout.scalars):
            decoder.note_events(group.wall_times)
            for tag, part in _parts(group):
                parts.setdefault(tag, []).append(part)
        else:
            units.append((int(group.places[0]), partial(_add_unknown, group, records, decoder)))
    units += [(int(found[0].places[0]), partial(_add_points, tag, found, decoder)) for tag, found in parts.items()]
    for number, (_, unit) in enumerate(sorted(units, key=lambda unit: unit[0])):
        unit()
        if number % _RECORDS_PER_BREATH == 0:
            records.breathe()


def _parts(group: Group, start: int = 0) -> Iterator[tuple[str, _Part]]:
    for scalar, values in zip(group.layout.scalars, group.values, strict=True):
        yield scalar.tag, _Part(group.places[start:], group.steps[start:], group.wall_times[start:], values[start:])


def _add_unknown(group: Group, records: _Records, decoder: EventDecoder) -> None:
    """Add a group whose first record has something to tell about a tag."""
    first, *rest = group.places.tolist()
    decoder.add(records.at(first))
    if not rest:
        return
    if not decoder.admits(group.layout.scalars):
        for place in rest:
            decoder.add(records.at(place))
        return
    decoder.note_events(group.wall_times[1:])
    for tag, part in _parts(group, 1):
        _add_points(tag, [part], decoder)


def _add_points(tag: str, parts: Sequence[_Part], decoder: EventDecoder) -> None:
    """Add a tag's points of several groups in the order of their places."""
    if all(before.places[-1] < after.places[0] for before, after in pairwise(parts)):
        for part in parts:
            decoder.add_points(tag, part.steps, part.wall_times, part.values)
        return
    order = np.concatenate([part.places for part in parts]).argsort()
    steps = np.concatenate([part.steps for part in parts])[order]
    wall_times = np.concatenate([part.wall_times for part in parts])[order]
    values: Values = np.concatenate([part.values for part in parts])[order]
    decoder.add_points(tag, steps, wall_times, values)

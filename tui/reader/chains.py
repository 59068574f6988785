"""Decodes a chain of intact records: the groups of `scalar_groups` at once, all others one by one.

The outcome is what decoding all of them in their order gives. So a tag's points are either all decoded at once or,
where an event that is in no group says anything about the tag, all one by one; and a session that starts ends the
chain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from logging_lib.tfevents.record import HEADER_BYTES, Record
from tui.model import Steps, Values, WallTimes
from tui.reader.decode import EventDecoder, Parsed, parse, starts_session
from tui.reader.layouts import Layouts
from tui.reader.record_scan import Bytes, Chain
from tui.reader.scalar_groups import Group, Kinds, Places, sort_records


class Decoded(NamedTuple):
    """What was decoded: the first so many records of a chain.

    `in_bulk` tells whether any of them were decoded together, or the next ones may be; `kinds` and `steps` are as in
    Sorting.
    """

    records: int
    in_bulk: bool
    kinds: Kinds
    steps: Steps


class _Part(NamedTuple):
    """Points of one tag from one group."""

    places: Places
    steps: Steps
    wall_times: WallTimes
    values: Values


def decode_chain(buffer: Bytes, base: int, chain: Chain, layouts: Layouts, decoder: EventDecoder) -> Decoded:
    """Decode records of a chain in a buffer that lies at `base` in its file; at least the first."""
    sorting = sort_records(buffer, chain, layouts)
    record_at = partial(_record, buffer, base, chain)
    others = {place: parse(record_at(place)) for places in sorting.others for place in places.tolist()}
    start = min((place for place, parsed in others.items() if starts_session(parsed)), default=None)
    if start:
        return decode_chain(buffer, base, chain.first(start), layouts, decoder)
    if start == 0:
        decoder.add_parsed(others[0])
        return Decoded(1, False, sorting.kinds[:1], sorting.steps[:1])
    bulk, singly = _divide(sorting.groups, others.values(), decoder)
    places = (place for group in singly for place in group.places.tolist())
    others |= {place: parse(record_at(place)) for place in places}
    _add(bulk, others, record_at, decoder)
    return Decoded(len(chain), bool(bulk) or sorting.found_some, sorting.kinds, sorting.steps)


def _record(buffer: Bytes, base: int, chain: Chain, place: int) -> Record:
    return Record(base + int(chain.positions[place]) + HEADER_BYTES, chain.payload(buffer, place).tobytes())


def _divide(
    groups: Iterable[Group], others: Iterable[Parsed], decoder: EventDecoder
) -> tuple[list[Group], list[Group]]:
    """The groups to decode at once, by first place; those to decode singly, since others tell about their tags."""
    taken = {tag for parsed in others for tag in parsed.tags}
    ordered = sorted(groups, key=lambda group: int(group.places[0]))
    taken.update(tag for group in ordered if group.layout.repeats_a_tag for tag in group.layout.tags)
    bulk, singly = _without(ordered, taken)
    groups_of = Counter(tag for group in bulk for tag in group.layout.tags)
    for group in bulk:
        tags = group.layout.tags
        if not taken.isdisjoint(tags):  # to be admitted would note what an earlier group has yet to tell
            continue
        # The first record of an unknown tag may go first, alone; not where another group's come in between.
        if not decoder.admits(group.layout.scalars) and any(groups_of[tag] > 1 for tag in tags):
            taken.update(tags)
    bulk, more = _without(bulk, taken)
    return bulk, singly + more


def _without(groups: Sequence[Group], taken: set[str]) -> tuple[list[Group], list[Group]]:
    """The groups that have none of these tags, nor any of a group that has; and those that have. Adds to `taken`."""
    left, hit = list(groups), []
    while touched := [group for group in left if not taken.isdisjoint(group.layout.tags)]:
        hit += touched
        left = [group for group in left if taken.isdisjoint(group.layout.tags)]
        taken.update(tag for group in touched for tag in group.layout.tags)
    return left, hit


def _add(
    bulk: Sequence[Group], others: dict[int, Parsed], record_at: Callable[[int], Record], decoder: EventDecoder
) -> None:
    """Add the groups' points and the other events, by the place at which each series appears first."""
    units: list[tuple[int, Callable[[], None]]] = [
        (place, partial(decoder.add_parsed, parsed)) for place, parsed in others.items()
    ]
    parts: dict[str, list[_Part]] = {}
    for group in bulk:
        admitted = decoder.admits(group.layout.scalars)
        if admitted:
            decoder.note_events(group.wall_times)
            for tag, part in _parts(group):
                parts.setdefault(tag, []).append(part)
        else:
            units.append((int(group.places[0]), partial(_add_unknown, group, record_at, decoder)))
    units += [(int(found[0].places[0]), partial(_add_points, tag, found, decoder)) for tag, found in parts.items()]
    for _, unit in sorted(units, key=lambda unit: unit[0]):
        unit()


def _parts(group: Group, start: int = 0) -> Iterator[tuple[str, _Part]]:
    for scalar, values in zip(group.layout.scalars, group.values, strict=True):
        yield scalar.tag, _Part(group.places[start:], group.steps[start:], group.wall_times[start:], values[start:])


def _add_unknown(group: Group, record_at: Callable[[int], Record], decoder: EventDecoder) -> None:
    """Add a group whose first record has something to tell about a tag."""
    first, *rest = group.places.tolist()
    decoder.add(record_at(first))
    if not rest:
        return
    if not decoder.admits(group.layout.scalars):
        for place in rest:
            decoder.add(record_at(place))
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

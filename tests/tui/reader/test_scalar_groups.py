"""Records of an irregular log are gathered by their layouts; all others are named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from logging_lib.tfevents.proto import tensor_pb2
from tests.tui.reader import wire_events as wire
from tests.tui.reader.wire_events import Shape, Value
from tui.reader.layouts import Layouts
from tui.reader.record_scan import Bytes, RecordScanner
from tui.reader.scalar_groups import Group, Sorting, sort_records

DOUBLE = tensor_pb2.DT_DOUBLE


def event(*values: Value, step: int, **options: bool) -> bytes:
    """Its wall time is half the step, its n-th number the step plus n."""
    shape = Shape(values, **options)  # type: ignore[arg-type]
    return shape.encode(step, step / 2, [step + item for item in range(len(values))], 1)


def sort(payloads: Sequence[bytes], layouts: Layouts | None = None) -> tuple[Sorting, Bytes]:
    buffer = np.frombuffer(bytearray(b"ab" + wire.framed(payloads)), np.uint8)
    chain = RecordScanner().find(buffer, 2, len(buffer)).chain(2)
    assert chain is not None
    assert len(chain) == len(payloads)
    return sort_records(buffer, chain, layouts or Layouts()), buffer


def others(sorting: Sorting) -> list[int]:
    return sorted(place for places in sorting.others for place in places.tolist())


def summary(
    groups: Sequence[Group],
) -> dict[tuple[str, ...], tuple[list[int], list[int], list[float], list[list[float]]]]:
    return {
        group.layout.tags: (
            group.places.tolist(),
            group.steps.tolist(),
            group.wall_times.tolist(),
            [column.tolist() for column in group.values],
        )
        for group in groups
    }


def test_records_of_two_tags() -> None:
    tags = [b"loss" if number % 3 else b"rate" for number in range(60)]
    sorting, buffer = sort([event(Value(tag), step=step + 1) for step, tag in enumerate(tags)])
    buffer[:] = 0xAA  # what was handed out does not lie in there
    assert others(sorting) == []
    losses, rates = [n for n in range(60) if n % 3], [n for n in range(60) if n % 3 == 0]
    assert summary(sorting.groups) == {
        (tag,): (places, [n + 1 for n in places], [(n + 1) / 2 for n in places], [[n + 1.0 for n in places]])
        for tag, places in (("loss", losses), ("rate", rates))
    }
    assert sorting.steps.tolist() == list(range(1, 61))
    assert len(set(sorting.kinds.tolist())) == 2
    assert len(set(sorting.kinds[losses].tolist())) == 1
    assert not sorting.found_some


def test_several_values_of_several_types() -> None:
    payloads = [event(Value(b"a"), Value(b"b", DOUBLE), step=step) for step in range(1, 21)]
    sorting, _ = sort(payloads)
    [group] = sorting.groups
    assert group.layout.tags == ("a", "b")
    assert [column.dtype for column in group.values] == [np.float32, np.float64]
    assert [column.tolist() for column in group.values] == [list(range(1, 21)), list(range(2, 22))]
    part = group.part(5, 8)
    assert (part.layout, part.places.tolist(), part.steps.tolist()) == (group.layout, [5, 6, 7], [6, 7, 8])
    assert part.wall_times.tolist() == [3.0, 3.5, 4.0]
    assert [column.tolist() for column in part.values] == [[6, 7, 8], [7, 8, 9]]


def test_several_geometries_of_one_length() -> None:
    kinds = [(b"loss", 1), (b"los", 200), (b"lo", 20_000)]
    payloads = [event(Value(kinds[n % 3][0]), step=kinds[n % 3][1] + n) for n in range(90)]
    assert len({len(payload) for payload in payloads}) == 1
    sorting, _ = sort(payloads)
    assert others(sorting) == []
    assert {tags: places for tags, (places, *_) in summary(sorting.groups).items()} == {
        (tag.decode(),): list(range(number, 90, 3)) for number, (tag, _) in enumerate(kinds)
    }
    assert sorting.steps.tolist() == [kinds[n % 3][1] + n for n in range(90)]


def test_few_records_of_a_length_are_left_over() -> None:
    payloads = [event(Value(b"loss"), step=n + 1) for n in range(40)] + [event(Value(b"lr"), step=9)] * 15
    sorting, _ = sort(payloads)
    assert others(sorting) == list(range(40, 55))
    assert [group.places.tolist() for group in sorting.groups] == [list(range(40))]
    assert set(sorting.kinds[40:].tolist()) == {-2 - len(payloads[-1])}
    assert sorting.steps[40:].tolist() == [0] * 15


def test_few_records_of_a_layout_are_found_for_the_next_time() -> None:
    tags = [b"t%d" % (n % 5) for n in range(20)] + [b"x%d" % n for n in range(3)] + [b"y1"] * 3
    payloads = [event(Value(tag), step=n + 1) for n, tag in enumerate(tags)]
    sorting, _ = sort(payloads, layouts := Layouts())
    assert sorting.found_some
    assert others(sorting) == list(range(20, 26))
    assert sorted(group.places.tolist() for group in sorting.groups) == [list(range(n, 20, 5)) for n in range(5)]
    again, _ = sort(payloads, layouts)
    assert not again.found_some
    assert summary(again.groups) == summary(sorting.groups)


@pytest.mark.parametrize("other", [b"no event at all, but of one length", wire.text_event(b"x" * 30), b"x"])
def test_records_without_a_layout(other: bytes) -> None:
    payloads = [event(Value(b"loss"), step=n + 1) for n in range(20)]
    payloads[10:10] = [other] * 30
    sorting, _ = sort(payloads)
    assert others(sorting) == list(range(10, 40))
    assert [group.places.tolist() for group in sorting.groups] == [[*range(10), *range(40, 50)]]
    assert set(sorting.kinds[10:40].tolist()) <= {-1, -2 - len(other)}


def test_a_record_without_a_layout_among_others_of_its_length() -> None:
    good = [event(Value(b"loss"), step=n + 1) for n in range(40)]
    odd = b"?" * len(good[0])
    for place in (0, 19, 20, 21, 40):
        payloads = [*good[:place], odd, *good[place:]]
        sorting, _ = sort(payloads)
        assert others(sorting) == [place]
        assert [group.places.tolist() for group in sorting.groups] == [[n for n in range(41) if n != place]]


def test_what_is_left_out_stands_for_zero() -> None:
    payload = Shape((Value(b"loss"),), has_wall_time=False).encode(0, 0.0, [0.5], 0)
    sorting, _ = sort([payload] * 20)
    assert summary(sorting.groups) == {("loss",): (list(range(20)), [0] * 20, [0.0] * 20, [[0.5] * 20])}


def test_long_payloads() -> None:
    payloads = [event(Value(b"t" * 65_507), step=n + 1) for n in range(16)]
    assert {len(payload) for payload in payloads} == {65_535}
    sorting, _ = sort(payloads)
    assert [group.steps.tolist() for group in sorting.groups] == [list(range(1, 17))]


def test_the_number_of_geometries_is_bounded() -> None:
    """Each costs a look at all records of its length."""
    layouts = [Value(b"t" * (30 - n), extra=wire.bytes_field(7, b"n" * n), number_first=True) for n in range(1, 13)]
    sorting, _ = sort([event(layouts[n % 12], step=n % 100 + 1) for n in range(240)])
    found = {place for group in sorting.groups for place in group.places.tolist()}
    assert (len(sorting.groups), len(found)) == (8, 160)
    assert others(sorting) == sorted({*range(240)} - found)

"""A chain of records gives what its records give one by one, in their order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from logging_lib.tfevents.proto import tensor_pb2
from logging_lib.tfevents.record import Record
from tests import builders
from tests.tui.reader import wire_events as wire
from tests.tui.reader.outcome import Outcome, outcome_of
from tests.tui.reader.wire_events import Shape, Value
from tui.model import Batch, Origin, Problem, RunActivity, ScalarBatch, TagInfo
from tui.reader.chains import Decoded, decode_chain
from tui.reader.decode import EventDecoder
from tui.reader.layouts import Layouts
from tui.reader.record_scan import RecordScanner

BASE = 1000
NOTE = wire.text_event(tag="note")
START = wire.start_event(7)


class CountingDecoder(EventDecoder):
    """Counts the points that are added in bulk."""

    in_bulk = 0

    def note_events(self, wall_times: np.ndarray) -> None:  # type: ignore[type-arg]
        self.in_bulk += wall_times.size
        super().note_events(wall_times)


def tf2(tag: bytes, plugin: bytes | None = b"scalars", dtype: int = tensor_pb2.DT_FLOAT) -> Value:
    return Value(tag, dtype, plugin=plugin, plugin_until=1000)


def event(*values: Value | bytes, step: int = 1) -> bytes:
    """Its wall time is the step; its n-th number is the step plus n."""
    shape = Shape(tuple(Value(value) if isinstance(value, bytes) else value for value in values))
    return shape.encode(step, float(step), [float(step + item) for item in range(len(values))], 1)


def decode(payloads: Sequence[bytes], known: dict[str, str] | None = None) -> tuple[CountingDecoder, Decoded, int]:
    """Decode the payloads as a chain, and tell how often others could run meanwhile."""
    buffer = np.frombuffer(bytearray(wire.framed(payloads)), np.uint8)
    chain = RecordScanner().find(buffer, 0, len(buffer)).chain(0)
    assert chain is not None
    assert len(chain) == len(payloads)
    breaths: list[int] = []
    decoder = CountingDecoder("run", "file", dict(known or {}))
    decoded = decode_chain(buffer, BASE, chain, Layouts(), decoder, breathe=lambda: breaths.append(1))
    buffer[:] = 0xAA  # what was handed out does not lie in there
    return decoder, decoded, len(breaths)


def ordinary(payloads: Sequence[bytes], known: dict[str, str] | None = None) -> Outcome:
    decoder = EventDecoder("run", "file", dict(known or {}))
    offset = BASE
    for payload in payloads:
        decoder.add(Record(offset + 12, payload))
        offset += len(payload) + 16
    return outcome_of(decoder.take())


def both(payloads: Sequence[bytes], known: dict[str, str] | None = None) -> tuple[list[Batch], int]:
    """What a chain gives, made sure that it is what its records give; and how many of them went in bulk."""
    decoder, _, _ = decode(payloads, known)
    batches = list(decoder.take())
    assert outcome_of(batches) == ordinary(payloads, known)
    return batches, decoder.in_bulk


def steps_of(batches: Sequence[Batch]) -> dict[str, list[int]]:
    return {batch.key.tag: batch.steps.tolist() for batch in batches if isinstance(batch, ScalarBatch)}


def test_two_tags_and_others() -> None:
    payloads = [event(b"loss" if n % 2 else b"rate", step=n + 1) for n in range(40)]
    payloads[20:20] = [NOTE, b"no event"]
    decoder, decoded, _ = decode(payloads)
    assert decoder.in_bulk == 40
    assert decoded.gained
    assert (len(decoded.kinds), decoded.steps.tolist()[18:24]) == (42, [19, 20, 0, 0, 21, 22])
    batches = list(decoder.take())
    assert steps_of(batches) == {"rate": list(range(1, 41, 2)), "loss": list(range(2, 41, 2))}
    assert [batch for batch in batches if isinstance(batch, Problem)] == [
        Problem("file", BASE + sum(len(payload) + 16 for payload in payloads[:21]) + 12, "record holds no event")
    ]
    assert batches[-1] == RunActivity("run", "file", 41, 1.0, builders.WALL_TIME)
    assert outcome_of(batches) == ordinary(payloads)


def test_records_that_are_all_different() -> None:
    payloads = [event(b"t" * n, step=n + 1) for n in range(30)]
    decoder, decoded, _ = decode(payloads)
    assert (decoder.in_bulk, decoded.gained) == (0, False)
    assert steps_of(list(decoder.take())) == {"t" * n: [n + 1] for n in range(30)}


def test_one_record() -> None:
    for payload in (event(b"loss"), START, b"no event"):
        both([payload])


def test_points_of_a_tag_from_several_layouts_are_in_their_order() -> None:
    """The step's length changes, back and forth; another layout has a second value."""
    steps = [number % 100 + (1000 if number % 3 else 1) for number in range(300)]
    payloads = [event(b"loss", b"lr", step=s) if n % 5 == 0 else event(b"loss", step=s) for n, s in enumerate(steps)]
    batches, in_bulk = both(payloads)
    assert steps_of(batches) == {"loss": steps, "lr": steps[::5]}
    assert in_bulk == 300


@pytest.mark.parametrize("first", [0, 1, 2])
def test_series_are_in_the_order_of_their_first_points(first: int) -> None:
    tags = [b"c", b"a", b"b"]
    payloads = [event(tags[(first + n) % 3], step=n + 1) for n in range(60)]
    payloads[30:30] = [event(b"alone")]
    batches, in_bulk = both(payloads)
    assert in_bulk == 60
    expected = [tags[(first + n) % 3].decode() for n in range(3)]
    assert list(steps_of(batches)) == [*expected, "alone"]


@pytest.mark.parametrize("places", [[0], [10], [40], [0, 1], [5, 6, 30], [2, 4, 6, 8, 10, 12]])
def test_sessions(places: list[int]) -> None:
    payloads = [event(b"loss" if n % 2 else b"rate", step=n + 1) for n in range(40)]
    for place in reversed(places):
        payloads.insert(place, START)
    batches, in_bulk = both(payloads)
    scalars = [batch for batch in batches if isinstance(batch, ScalarBatch)]
    steps: dict[Origin, list[int]] = {}
    for batch in scalars:
        steps.setdefault(batch.origin, []).extend(batch.steps.tolist())
    origins = [Origin("file"), *(Origin("file", number + 1, 7) for number in range(len(places)))]
    cuts = [0, *places, 40]
    assert {origin: sorted(found) for origin, found in steps.items()} == {
        origin: list(range(cuts[number] + 1, cuts[number + 1] + 1))
        for number, origin in enumerate(origins)
        if cuts[number] < cuts[number + 1]
    }
    assert in_bulk >= (24 if len(places) > 3 else 32)


OTHERS = {
    "histogram": wire.histogram_event("loss"),
    "text": wire.text_event(tag="loss"),
    "another plugin": event(tf2(b"loss", b"mystery")),
    "twice": event(b"loss", b"loss"),
    "no data": builders.event(builders.Value(tag="loss"), step=4).SerializeToString(),
}


@pytest.mark.parametrize("place", [0, 20, 40])
@pytest.mark.parametrize("other", OTHERS)
def test_a_tag_that_others_tell_about_goes_record_by_record(place: int, other: str) -> None:
    payloads = [event(b"loss" if n % 2 else b"rate", step=n + 1) for n in range(40)]
    payloads.insert(place, OTHERS[other])
    _, in_bulk = both(payloads)
    assert in_bulk == 20


def test_so_do_tags_that_share_its_events() -> None:
    payloads = [event(b"ab"[n % 2 :][:1] * 2, step=n + 1) for n in range(40)]
    payloads += [event(b"aa", b"cc", step=n + 1) for n in range(20)]
    payloads += [event(b"cc", b"dd", step=n + 1) for n in range(20)]
    payloads += [event(b"ee", b"ff", step=n + 1) for n in range(20)]
    _, in_bulk = both(payloads)
    assert in_bulk == 100
    _, in_bulk = both([*payloads, wire.histogram_event("dd")])
    assert in_bulk == 40  # b, e and f


def test_the_first_event_of_an_unknown_tag_tells_about_it() -> None:
    payloads = [event(tf2(b"loss") if n % 2 else b"rate", step=n + 1) for n in range(60)]
    batches, in_bulk = both(payloads)
    assert [batch.key.tag for batch in batches if isinstance(batch, TagInfo)] == ["loss"]
    assert in_bulk == 59
    batches, in_bulk = both(payloads, {"loss": "scalars"})
    assert [batch for batch in batches if isinstance(batch, TagInfo)] == []
    assert in_bulk == 60


@pytest.mark.parametrize("plugin", ["", "text", "mystery"])
def test_tensors_of_a_tag_of_another_plugin(plugin: str) -> None:
    payloads = [event(tf2(b"loss", None) if n % 2 else tf2(b"rate", b"mystery"), step=n + 1) for n in range(60)]
    both(payloads, {"loss": plugin})
    both(payloads, {"rate": plugin})


@pytest.mark.parametrize("order", [1, -1])
def test_an_unknown_tag_in_several_layouts(order: int) -> None:
    double = tf2(b"loss", dtype=tensor_pb2.DT_DOUBLE)
    values = [Value(b"loss"), tf2(b"loss"), double, tf2(b"loss", None)][::order]
    payloads = [event(values[n % 4], step=n + 1) for n in range(80)]
    batches, _ = both(payloads)
    assert steps_of(batches) == {"loss": list(range(1, 81))}
    _, in_bulk = both(payloads, {"loss": "scalars"})
    assert in_bulk == 80


def test_an_unknown_tag_in_two_layouts_by_turns() -> None:
    values = [tf2(b"loss"), tf2(b"loss", dtype=tensor_pb2.DT_DOUBLE)]
    batches, _ = both([event(values[n % 2], step=n + 1) for n in range(80)])
    assert steps_of(batches) == {"loss": list(range(1, 81))}


def test_a_tag_that_comes_twice_in_an_event() -> None:
    payloads = [event(b"loss", b"loss", step=n + 1) for n in range(20)] + [
        event(b"rate", step=n + 1) for n in range(20)
    ]
    batches, in_bulk = both(payloads)
    assert steps_of(batches)["loss"] == [step for step in range(1, 21) for _ in range(2)]
    assert in_bulk == 20


def test_others_may_run_meanwhile() -> None:
    _, _, breaths = decode([event(b"loss", step=n + 1) for n in range(640)])
    assert breaths == 1
    _, _, breaths = decode([event(b"t%03d" % n, step=n + 1) for n in range(640)])
    assert breaths == 20

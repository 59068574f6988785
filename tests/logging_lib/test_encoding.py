"""Records built by hand are byte for byte what protobuf makes of the same event."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logging_lib import encoding
from logging_lib.encoding import encode
from logging_lib.inbox import Captured, Inbox
from logging_lib.summary.scalar import scalar
from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.record import encode_record
from logging_lib.tfevents.wire import bytes_field, event_start, varint

STEPS = st.none() | st.integers(-(1 << 63), (1 << 63) - 1) | st.sampled_from([0, 127, 128, 16383, 16384, 1 << 35])
TAGS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=200)
SUBRUNS = st.sampled_from(["", "a", "b/c"])
WALL_TIMES = st.floats(allow_nan=False).filter(bool)
SCALARS = st.tuples(SUBRUNS, TAGS, st.floats(), STEPS, WALL_TIMES)


def event_record(tag: str, value: float, step: int | None, wall_time: float) -> bytes:
    event = event_pb2.Event(wall_time=wall_time, summary=scalar(tag, value))
    if step is not None:
        event.step = step
    return encode_record(event.SerializeToString())


def encoded(batch: list[Any]) -> dict[str, tuple[bytes, int]]:
    def fail(subrun: str, error: Exception) -> None:
        raise error

    (by_subrun,) = encode(batch, fail)
    return {subrun: (b"".join(records.parts), records.count) for subrun, records in by_subrun.items()}


@given(st.lists(SCALARS, max_size=8), st.booleans())
def test_scalars_are_protobufs(logged: list[tuple[str, str, float, int | None, float]], captured: bool) -> None:
    """In order, file by file, whether they take the short way or the other one."""
    batch: list[Any] = []
    expected: dict[str, bytes] = {}
    for subrun, tag, value, step, wall_time in logged:
        what: Any = (subrun, tag) if subrun else tag
        if captured:
            what, entry_value = Captured(partial(scalar, tag, value), subrun), None
        else:
            entry_value = value
        batch.extend((what, entry_value, step, wall_time))
        expected[subrun] = expected.get(subrun, b"") + event_record(tag, value, step, wall_time)
    counts = {name: sum(subrun == name for subrun, *_ in logged) for name in expected}
    assert encoded(batch) == {name: (records, counts[name]) for name, records in expected.items()}


def test_an_empty_tag_and_a_time_of_zero_are_stored_though_protobuf_leaves_them_out() -> None:
    ((record, _),) = encoded(["", 0.5, 3, 0.0]).values()
    event = event_pb2.Event.FromString(record[12:-4])
    assert event == event_pb2.Event(step=3, summary=scalar("", 0.5))


@pytest.mark.parametrize(("value", "stored"), [(1e300, float("inf")), (-1e300, float("-inf")), (5e-324, 0.0)])
def test_what_float32_cannot_hold_is_what_protobuf_makes_of_it(value: float, stored: float) -> None:
    (records,) = encoded(["x", value, 3, 1.5]).values()
    assert records == (event_record("x", stored, 3, 1.5), 1)


def test_an_event_that_is_no_summary() -> None:
    made = event_pb2.Event(file_version="x")
    ((records, count),) = encoded([Captured(lambda: made), None, 7, 2.5]).values()
    assert records == encode_record(event_pb2.Event(file_version="x", step=7, wall_time=2.5).SerializeToString())
    assert count == 1


def test_what_writes_other_files_appends_nothing() -> None:
    assert encoded([Captured(lambda: None), None, 7, 2.5]) == {}


def test_what_fails_is_told_and_the_others_are_encoded() -> None:
    lost: list[tuple[str, str]] = []
    batch = [
        *(Captured(lambda: scalar("t", "x"), "sub"), None, 1, 1.0),  # type: ignore[arg-type]
        *("t", 0.5, 2, 1.0),
    ]
    (records,) = encode(batch, lambda subrun, error: lost.append((subrun, str(error))))
    assert [(name, made.count) for name, made in records.items()] == [("", 1)]
    assert lost == [("sub", "could not convert string to float: 'x'")]


def test_what_took_long_is_handed_over_before_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 0.05, 0.2, 0.2, 0.25])
    monkeypatch.setattr(encoding.time, "monotonic", lambda: next(now))
    batch: list[Any] = []
    for step in range(3):
        batch.extend((Captured(partial(scalar, "t", 0.5)), None, step, 1.0))
    counts = [records[""].count for records in encode(batch, lambda subrun, error: None)]
    assert counts == [2, 1]


@given(st.integers(-(1 << 63), (1 << 64) - 1))
def test_varints_are_protobufs(number: int) -> None:
    signed = number - (1 << 64) if number >= 1 << 63 else number
    assert event_start(0.5, signed) == event_pb2.Event(wall_time=0.5, step=signed).SerializeToString()
    assert varint(number) == varint(signed)


@given(st.binary(max_size=300))
def test_bytes_fields_are_protobufs(content: bytes) -> None:
    expected = event_pb2.Event(graph_def=content).SerializeToString()
    assert bytes_field(4, content) == expected


def test_an_inbox_is_emptied_in_order_and_weighed() -> None:
    inbox = Inbox()
    heavy = Captured(lambda: None, nbytes=70)
    inbox.nbytes_in += heavy.nbytes
    inbox.extend(("a", 1.0, 1, 2.0))
    inbox.extend((heavy, None, 2, 2.0))
    taken = inbox.take()
    assert taken == ["a", 1.0, 1, 2.0, heavy, None, 2, 2.0]
    assert (list(inbox), inbox.nbytes) == ([], 70)
    inbox.done(taken)
    assert inbox.nbytes == 0

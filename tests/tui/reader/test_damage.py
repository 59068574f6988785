"""Every byte of a file damaged, and the file cut at every byte: only the record that was hit is lost, and it is told.

The file goes through the same reader as a real one, fast paths included.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import event_pb2, summary_pb2, tensor_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tui.model import Batch, BlobBatch, Problem, ScalarBatch, SeriesKey
from tui.reader import scalar_blocks
from tui.reader.decode import EventDecoder
from tui.reader.event_file import EventFileReader
from tui.reader.scalar_blocks import FastTools

Point = tuple[int, float, object]
Data = dict[SeriesKey, list[Point]]

# One bit of each byte, all bits, and the bytes that length fields and varints are made of. Each byte gets one of
# them, each kind of place in a record all of them in turn.
PATTERNS = (0x01, 0x80, 0xFF, 0x10)
PAGE = 4096
TOOLS = FastTools()


def tf2_scalar(tag: str, value: float, *, first: bool) -> summary_pb2.Summary.Value:
    proto = tensor_pb2.TensorProto(dtype=tensor_pb2.DT_FLOAT, float_val=[value])
    return builders.tensor(tag, proto, plugins.SCALARS if first else None)


def histogram(step: int) -> summary_pb2.Summary.Value:
    proto = summary_pb2.HistogramProto(min=0, max=2, num=step, sum=step, bucket_limit=[1, 2], bucket=[step, 1])
    return builders.Value(tag="h", histo=proto)


def mixed_events() -> Iterator[event_pb2.Event]:
    """200 events: passes of a loop, of plain scalars, a tensor and two values in one event, and what interrupts it."""
    yield builders.version_event()
    for step in range(37):
        wall_time = builders.WALL_TIME + step
        yield builders.scalar_event("a", step, step / 2, wall_time)
        yield builders.scalar_event("b", step, step / 4, wall_time + 0.1)
        yield builders.event(builders.scalar("c", step), builders.scalar("d", -step), step=step, wall_time=wall_time)
        yield builders.event(tf2_scalar("e", step / 8, first=step == 0), step=step, wall_time=wall_time + 0.2)
        yield builders.scalar_event("f", 1000 + step, step * 2.0, wall_time + 0.3)
        if step > 30:
            yield builders.event(histogram(step), step=step, wall_time=wall_time + 0.4)
    for step in range(8):
        ids = to_tensor_proto(np.arange(3, dtype=np.int32))
        yield builders.event(builders.tensor("ids", ids, "custom"), step=step, wall_time=builders.WALL_TIME + step)


EVENTS = list(mixed_events())
RECORDS = [builders.record(event) for event in EVENTS]
DATA = b"".join(RECORDS)
# Where each record starts, and where the last one ends.
STARTS = np.cumsum([0, *map(len, RECORDS)])


def points_of(batches: list[Batch]) -> Data:
    found: Data = {}
    for batch in batches:
        if isinstance(batch, ScalarBatch | BlobBatch):
            values = batch.values.tolist() if isinstance(batch, ScalarBatch) else [ref[1:] for ref in batch.refs]
            points = zip(batch.steps.tolist(), batch.wall_times.tolist(), values, strict=True)
            found.setdefault(batch.key, []).extend(points)
    return found


def read_file(path: Path) -> tuple[Data, list[Problem]]:
    """What a new reader finds."""
    reader = EventFileReader(EventDecoder("run", str(path), {}), tools=TOOLS)
    told = reader.look()
    while reader.pending:
        told += reader.read()
    told += reader.take()
    return points_of(told), [item for item in told if isinstance(item, Problem)]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The undamaged file; who damages it repairs it."""
    path = tmp_path_factory.mktemp("damage") / builders.FILE_NAME
    path.write_bytes(DATA)
    return path


def kept_of(lost: set[int]) -> Data:
    """What these records' loss leaves, worked out from the events themselves."""
    expected: Data = {}
    for number, event in enumerate(EVENTS):
        if number in lost:
            continue
        for item, value in enumerate(event.summary.value):
            kind = value.WhichOneof("value")
            plugin = {"histo": "histograms"}.get(kind, "custom" if value.tag == "ids" else "scalars")
            ref = int(STARTS[number]) + 12, len(RECORDS[number]) - 16, item
            number_of = {"simple_value": value.simple_value, "tensor": value.tensor.float_val[:1]}
            content = number_of.get(kind, ref) if plugin == "scalars" else ref
            content = content[0] if isinstance(content, list) else content
            points = expected.setdefault(SeriesKey("run", value.tag, plugin), [])
            points.append((event.step, event.wall_time, content))
    return expected


ALL = kept_of(set())


def record_at(offset: int) -> int:
    return int(np.searchsorted(STARTS, offset, side="right")) - 1


def test_the_undamaged_file(path: Path) -> None:
    assert len(EVENTS) == 200
    assert read_file(path) == (ALL, [])


@pytest.mark.parametrize("part", range(8))
def test_a_damaged_byte_costs_its_record_only(path: Path, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every byte of some records, and every third of the others, of each another third than of the one before."""
    expected: tuple[int, Data] = (-1, {})
    with path.open("r+b", buffering=0) as file:
        for offset in range(len(DATA) * part // 8, len(DATA) * (part + 1) // 8):
            victim = record_at(offset)
            if victim % 20 != 7 and (offset - STARTS[victim] + victim) % 3:
                continue
            if expected[0] != victim:
                expected = victim, kept_of({victim})
                # A small window has a loop's passes decoded as in a large file, a large one takes all as irregular.
                monkeypatch.setattr(scalar_blocks, "_FIRST_WINDOW", 2048 if victim % 4 == 1 else len(DATA))
            # Successive records get successive patterns at the same place.
            flipped = DATA[offset] ^ PATTERNS[(offset + victim) % len(PATTERNS)]
            os.pwrite(file.fileno(), bytes([flipped]), offset)
            found, problems = read_file(path)
            os.pwrite(file.fileno(), DATA[offset : offset + 1], offset)
            assert found == expected[1], offset
            assert [problem.offset for problem in problems] == [STARTS[victim]], offset


def test_a_file_that_ends_anywhere_has_its_whole_records(path: Path) -> None:
    """At every byte of some records, and in all of them around header and footer."""
    cut_path = path.with_name(f"cut.{path.name}")
    cut_path.write_bytes(DATA)
    for victim in reversed(range(len(EVENTS))):
        size = len(RECORDS[victim])
        places = range(size) if victim % 20 == 7 else (0, 1, 11, 12, 13, size - 5, size - 4, size - 1)
        expected = kept_of(set(range(victim, len(EVENTS))))
        for place in sorted(places, reverse=True):
            os.truncate(cut_path, STARTS[victim] + place)
            assert read_file(cut_path) == (expected, []), (victim, place)


def test_a_file_that_ends_at_any_byte_is_read_as_far_and_goes_on(path: Path) -> None:
    grown = path.with_name(f"grown.{path.name}")
    grown.touch()
    reader = EventFileReader(EventDecoder("run", str(grown), {}), tools=TOOLS)
    found: Data = {}
    count = 0
    with grown.open("ab", buffering=0) as file:
        for end in range(1, len(DATA) + 1):
            file.write(DATA[end - 1 : end])
            assert reader.look() == []
            while reader.pending:
                assert reader.read() == []
            for key, points in points_of(list(reader.take())).items():
                found.setdefault(key, []).extend(points)
                count += len(points)
            whole = int(np.searchsorted(STARTS, end, side="right")) - 1
            assert count == sum(len(event.summary.value) for event in EVENTS[:whole]), end
    assert found == ALL


@pytest.mark.parametrize("page", range(len(DATA) // PAGE + 1))
def test_a_page_of_zeros_costs_the_records_in_it(path: Path, page: int) -> None:
    """As a crash may leave it, in the middle of a file or at its end, where it need not stay."""
    start, end = page * PAGE, min((page + 1) * PAGE, len(DATA))
    holed = path.with_name(f"holed.{path.name}")
    holed.write_bytes(DATA[:start] + bytes(end - start) + DATA[end:])
    first, last = record_at(start), record_at(end - 1)
    found, problems = read_file(holed)
    assert found == kept_of(set(range(first, last + 1)))
    assert [problem.offset for problem in problems] == [STARTS[first] if end < len(DATA) else None]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.binary(min_size=1, max_size=60)), min_size=1, max_size=5))
def test_stretches_of_anything_cost_the_records_they_touch(path: Path, stretches: list[tuple[int, bytes]]) -> None:
    damaged = bytearray(DATA)
    for offset, content in stretches:
        damaged[offset : offset + len(content)] = content[: len(DATA) - offset]
    other = path.with_name(f"other.{path.name}")
    other.write_bytes(damaged)
    whole = np.frombuffer(damaged, np.uint8) == np.frombuffer(DATA, np.uint8)
    lost = {n for n in range(len(EVENTS)) if not whole[STARTS[n] : STARTS[n + 1]].all()}
    found, problems = read_file(other)
    assert found == kept_of(lost)
    told = {problem.offset for problem in problems if problem.offset is not None}
    # What reaches to the end may look like a record that goes on, or like zeros that wait for their data.
    ended = next(n for n in range(len(EVENTS), -1, -1) if n - 1 not in lost)
    assert {int(STARTS[n]) for n in lost if n - 1 not in lost and n < ended} <= told
    assert told <= {int(STARTS[n]) for n in lost}

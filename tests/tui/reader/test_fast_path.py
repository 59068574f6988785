"""Many records decoded at once give exactly what they give one by one, whatever the file holds."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logging_lib.tfevents.filename import is_event_filename
from logging_lib.tfevents.proto import tensor_pb2
from logging_lib.tfevents.record import FRAME_BYTES, Record
from tests import builders
from tests.strategies import pieces
from tests.tui.reader import wire_events as wire
from tests.tui.reader.outcome import Outcome, outcome_of
from tests.tui.reader.wire_events import Loop, Shape, Value
from tui.model import Batch
from tui.reader import stream
from tui.reader.decode import EventDecoder
from tui.reader.event_file import EventFileReader
from tui.reader.scalar_blocks import FastTools

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
WHOLE = 1 << 20


class CountingDecoder(EventDecoder):
    """Counts the records that are decoded one by one."""

    one_by_one = 0

    def add(self, record: Record) -> None:
        self.one_by_one += 1
        super().add(record)


@dataclass
class File:
    """An event file that grows, read after each change by a reader of one kind."""

    path: Path
    fast: bool
    tag_plugins: dict[str, str] = field(default_factory=dict)
    tools: FastTools | None = None
    take_late: bool = False

    def __post_init__(self) -> None:
        self.path.unlink(missing_ok=True)
        self.decoder = CountingDecoder("run", str(self.path), self.tag_plugins)
        self.reader = EventFileReader(self.decoder, fast=self.fast, tools=self.tools)
        self.batches: list[Batch] = []

    def append(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)
        self.read()

    def replace(self) -> None:
        """Put a copy in its place, as rsync does."""
        copy = self.path.with_suffix(".copy")
        copy.write_bytes(self.path.read_bytes())
        copy.replace(self.path)
        self.read()

    def read(self) -> None:
        self.batches += self.reader.look()
        while self.reader.pending:
            self.batches += self.reader.read()
            if not self.take_late or self.reader.full:
                self.batches += self.reader.take()
        self.batches += self.reader.take()

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.batches)


@pytest.fixture(scope="module")
def path() -> Iterator[Path]:
    with TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as directory:
        yield Path(directory) / builders.FILE_NAME


def read_both(
    path: Path, parts: Iterable[bytes], *, chunk: int = WHOLE, late: bool = False, tools: FastTools | None = None
) -> tuple[File, File]:
    """Read a file that grows part by part, both ways; makes sure that they give the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "CHUNK_BYTES", chunk)
        fast, ordinary = File(path, fast=True, tools=tools), File(path, fast=False)
        for file in (ordinary, fast):
            path.unlink(missing_ok=True)
            file.take_late = late
            for part in parts:
                file.append(part)
        assert fast.outcome == ordinary.outcome
        assert fast.reader.offset == ordinary.reader.offset
        assert fast.reader.pending == ordinary.reader.pending
    return fast, ordinary


def chunks(data: bytes) -> st.SearchStrategy[int]:
    """Chunk sizes that cut it into a few pieces, or not at all."""
    return st.sampled_from([1, 2, 5, 20]).map(lambda count: len(data) // count + 1)


@settings(max_examples=120)
@given(st.data())
def test_any_log(path: Path, data: st.DataObject) -> None:
    log = data.draw(wire.logs())
    read_both(path, [log], chunk=data.draw(chunks(log)), late=data.draw(st.booleans()))


@settings(max_examples=120)
@given(st.data())
def test_any_damage(path: Path, data: st.DataObject) -> None:
    log = data.draw(wire.damaged_logs())
    read_both(path, [log], chunk=data.draw(chunks(log)), late=data.draw(st.booleans()))


@settings(max_examples=80)
@given(st.data())
def test_any_growth(path: Path, data: st.DataObject) -> None:
    log = data.draw(st.one_of(wire.logs(), wire.damaged_logs()))
    parts = data.draw(pieces(log))
    replaced = data.draw(st.integers(0, len(parts) * 2))
    chunk = data.draw(chunks(log))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "CHUNK_BYTES", chunk)
        outcomes = []
        for fast in (True, False):
            file = File(path, fast)
            for number, part in enumerate(parts):
                file.append(part)
                if number == replaced:
                    file.replace()
            outcomes.append(file.outcome)
    assert outcomes[0] == outcomes[1]


@settings(max_examples=40)
@given(st.lists(wire.logs(), min_size=2, max_size=3))
def test_files_of_a_run_share_what_is_known(path: Path, logs: list[bytes]) -> None:
    outcomes = []
    for fast in (True, False):
        plugins: dict[str, str] = {}
        tools = FastTools() if fast else None
        batches: list[Batch] = []
        for number, log in enumerate(logs):
            file = File(path.with_suffix(f".{number}"), fast, plugins, tools)
            file.append(log)
            batches += file.batches
        outcomes.append((outcome_of(batches), plugins))
    assert outcomes[0] == outcomes[1]


def tf2(tag: bytes, dtype: int = tensor_pb2.DT_FLOAT, **options: object) -> Value:
    """A scalar as TensorFlow 2 writes it."""
    return Value(tag, dtype, **({"plugin": b"scalars", "plugin_until": 10**9} | options))  # type: ignore[arg-type]


def events(*tags: bytes) -> list[Shape]:
    """One simple_value an event."""
    return [Shape((Value(tag),)) for tag in tags]


TEN = [b"train/loss", b"train/accuracy", b"lr", b"grad_norm", b"a", b"b", b"eval", b"tokens", b"perf/step_time", b"z"]
SAME_LENGTH = [b"layer%02d/norm" % number for number in range(20)]
REGULAR = {
    "one tag": Loop(events(b"loss"), 5000),
    "ten tags": Loop(events(*TEN), 2000),
    "steps of many lengths": Loop(events(b"loss", b"lr"), 3000, stride=7),
    "steps of ten bytes": Loop(events(b"loss", b"lr"), 2000, first_step=-5000),
    "several values": Loop([Shape(tuple(map(Value, TEN)))], 3000),
    "several values an event, several events": Loop([Shape((Value(b"a"), Value(b"b"))), *events(b"c")], 3000),
    "tensor content": Loop([Shape((tf2(tag),)) for tag in TEN[:4]], 1500),
    "tensor lists": Loop([Shape((tf2(tag, storage="packed"),)) for tag in TEN[:4]], 1500),
    "tensor without shape": Loop([Shape((tf2(tag, shape=None),)) for tag in TEN[:4]], 1500),
    "tensor of one element": Loop([Shape((tf2(tag, shape=(1,)),)) for tag in TEN[:4]], 1500),
    "tensor of doubles": Loop([Shape((tf2(tag, tensor_pb2.DT_DOUBLE),)) for tag in TEN[:4]], 1500),
    "metadata once": Loop([Shape((tf2(tag, plugin_until=1),)) for tag in TEN[:4]], 1500),
    "no metadata": Loop([Shape((tf2(tag, plugin=None),)) for tag in TEN[:4]], 1500),
    "source metadata": Loop([Shape((Value(b"loss"),), extra=wire.bytes_field(10, b"\x0a\x01w"))], 3000),
    "odd numbers": Loop(events(*TEN), 1000, odd_numbers=True),
    "odd wall times": Loop(events(*TEN), 1000, odd_times=True),
}
IRREGULAR = {
    "random order": Loop(events(*TEN, b"x" * 40), 1500, shuffled=True),
    "random order, one length": Loop(events(*SAME_LENGTH), 800, shuffled=True),
    "random order of tensors": Loop([Shape((tf2(tag),)) for tag in SAME_LENGTH], 400, shuffled=True),
    "random order of mixed events": Loop(
        [*events(*TEN), *(Shape((tf2(tag),)) for tag in SAME_LENGTH[:5])], 800, shuffled=True
    ),
}


@pytest.mark.parametrize("name", REGULAR)
def test_regular_logs_are_decoded_at_once(path: Path, name: str) -> None:
    payloads = REGULAR[name].encode()
    fast, ordinary = read_both(path, [wire.framed(payloads)])
    assert ordinary.decoder.one_by_one == len(payloads)
    assert fast.decoder.one_by_one < (0.3 if name.startswith("odd") else 0.05) * len(payloads)


@pytest.mark.parametrize("name", IRREGULAR)
def test_irregular_logs_are_decoded_at_once(path: Path, name: str) -> None:
    payloads = IRREGULAR[name].encode()
    fast, ordinary = read_both(path, [wire.framed(payloads)])
    assert ordinary.decoder.one_by_one == len(payloads)
    assert fast.decoder.one_by_one < 0.1 * len(payloads)


@pytest.mark.parametrize("loop", [REGULAR["ten tags"], IRREGULAR["random order"]], ids=["regular", "irregular"])
@pytest.mark.parametrize("chunk", [1 << 12, 50_001, WHOLE])
def test_interrupted_logs_are_decoded_at_once(path: Path, loop: Loop, chunk: int) -> None:
    payloads: list[bytes] = []
    for number, payload in enumerate(loop.encode()):
        payloads.append(payload)
        if number % 970 == 0:
            payloads.append(wire.evaluation(number))
        if number % 5000 == 4000:
            payloads += [wire.histogram_event(step=number), wire.text_event(b"x" * 9000), wire.start_event(number % 7)]
    fast, _ = read_both(path, [wire.framed(payloads)], chunk=chunk)
    assert fast.decoder.one_by_one < 0.3 * len(payloads)
    assert {origin.session for _, origin, *_ in fast.outcome.scalars} == {*range(sum(map(is_start, payloads)) + 1)}


def is_start(payload: bytes) -> bool:
    """Whether it is the START of a session."""
    return payload in (wire.start_event(step) for step in range(7))


DOUBLE = tensor_pb2.DT_DOUBLE
# How the events of one tag disagree about what it is.
CONFLICTS = {
    "a histogram at first": [wire.histogram_event("loss")],
    "a text at first": [wire.text_event(tag="loss")],
    "another plugin's at first": [Shape((tf2(b"loss", plugin=b"mystery"),)).encode(1, 5.0, [0.5], 0)],
    "no number at first": [Shape((tf2(b"loss", shape=(1, 1)),)).encode(1, 5.0, [0.5], 0)],
    "a double at first": [Shape((tf2(b"loss", DOUBLE),)).encode(1, 5.0, [0.1], 0)],
    "simple at first": [Shape((Value(b"loss"),)).encode(1, 5.0, [0.1], 0)],
}


@pytest.mark.parametrize("name", CONFLICTS)
@pytest.mark.parametrize("place", [0, 1, 150, 400])
def test_events_of_a_tag_that_disagree(path: Path, name: str, place: int) -> None:
    for value in (tf2(b"loss"), tf2(b"loss", plugin=None), tf2(b"loss", plugin_until=1), Value(b"loss")):
        loop = Loop([Shape((value,)), *events(b"lr")], 200).encode()
        loop[place:place] = CONFLICTS[name]
        fast, _ = read_both(path, [wire.framed(loop)])
        assert fast.decoder.one_by_one < len(loop)


def test_one_tag_in_several_encodings(path: Path) -> None:
    values = [Value(b"loss"), tf2(b"loss"), tf2(b"loss", DOUBLE), tf2(b"loss", tensor_pb2.DT_INT64, storage="packed")]
    for shuffled in (False, True):
        for first in values:
            loop = Loop([Shape((first,)), *(Shape((value,)) for value in values)], 150, shuffled=shuffled)
            read_both(path, [wire.framed(loop.encode())])
    read_both(path, [wire.framed(Loop([Shape(tuple(values))], 300).encode())])


def test_bytes_of_a_step_that_are_another_field(path: Path) -> None:
    """A step of three bytes is as long as one of one byte before an unknown field."""
    [payload] = Loop(events(b"loss"), 1, first_step=20_000).encode()
    step, other = wire.varint_field(2, 20_000), wire.varint_field(2, 5) + wire.varint_field(15, 3)
    assert len(step) == len(other)
    payloads = Loop(events(b"loss"), 400, first_step=20_000).encode()
    odd = payload.replace(step, other)
    assert odd != payload
    for place in (100, 101, 350):
        payloads.insert(place, odd)
    fast, _ = read_both(path, [wire.framed(payloads)])
    assert fast.decoder.one_by_one < 0.5 * len(payloads)
    read_both(path, [wire.framed([payload, odd] * 200)])


TWO = Shape((Value(b"loss"), tf2(b"lr")))


@pytest.mark.parametrize(
    ("loop", "odd"),
    [
        (Loop([TWO, *events(b"loss", b"lr")], 100, shuffled=True), [Shape((tf2(b"loss"),))]),
        (Loop([TWO, *events(b"loss", b"lr")], 100, shuffled=True), []),
        (Loop([*events(b"lr"), TWO], 100, shuffled=True, seed=3), []),
        (Loop([TWO, Shape((tf2(b"loss", DOUBLE), Value(b"a"))), *events(b"a", b"lr")], 100, shuffled=True), []),
    ],
)
def test_irregular_events_that_share_tags(path: Path, loop: Loop, odd: list[Shape]) -> None:
    payloads = loop.encode()
    for place, shape in enumerate(odd * 3):
        payloads.insert(50 * place, shape.encode(place, 5.0, [0.5], 0))
    fast, _ = read_both(path, [wire.framed(payloads)])
    assert fast.outcome.events == len(payloads)


def test_damage_that_goes_on_while_the_file_grows(path: Path) -> None:
    data = bytearray(wire.framed(REGULAR["ten tags"].encode()[:500]))
    data[:30] = bytes(range(1, 31))
    cuts = [0, 20, 25, 31, 39, 800, 810, 6000, len(data)]
    read_both(path, [bytes(data[start:end]) for start, end in pairwise(cuts)])


# Just long enough for the fast path.
SMALL = {
    "regular": Loop(events(b"loss", b"accuracy"), 50, first_step=100),
    "irregular": Loop(events(b"loss", b"lr", b"accuracy"), 32, first_step=100, shuffled=True),
    "tensors": Loop([Shape((tf2(b"loss"),)), Shape((tf2(b"lr"),))], 34, first_step=100),
}


@pytest.mark.parametrize("name", SMALL)
def test_damage_at_every_byte(path: Path, name: str) -> None:
    payloads = SMALL[name].encode()
    data = wire.framed(payloads)
    tools = FastTools()
    intact, _ = read_both(path, [data])
    assert intact.decoder.one_by_one < 0.2 * len(payloads)
    ends = accumulate(len(payload) + FRAME_BYTES for payload in payloads)
    for record, (start, end) in enumerate(pairwise([0, *ends])):
        # Of most records every fifth byte, each time others.
        for place in range(start, end) if name == "regular" else range(start + record % 5, end, 5):
            damaged = bytearray(data)
            damaged[place] ^= 1 << place % 8
            fast, _ = read_both(path, [bytes(damaged)], tools=tools)
            assert [offset for _, offset, _ in fast.outcome.problems] == [start]
            assert fast.outcome.events == len(payloads) - 1


@pytest.mark.parametrize("name", SMALL)
def test_truncation_at_every_byte(path: Path, name: str) -> None:
    """Of some records in the middle, where what is in front of the cut and what is behind it is long enough each."""
    payloads = SMALL[name].encode() * 2
    data = wire.framed(payloads)
    tools = FastTools()
    for cut in [*range(0, len(data), 199), *range(len(data) // 2 - 150, len(data) // 2 + 150)]:
        fast, _ = read_both(path, [data[:cut], data[cut:]], tools=tools)
        assert fast.outcome.events == len(payloads)


def test_files_embedded_in_a_payload_are_not_read(path: Path) -> None:
    loop = REGULAR["ten tags"].encode()[:1500]
    before, file, after = wire.framed(loop[:700]), wire.framed([wire.embedded_file()]), wire.framed(loop[700:])
    fast, _ = read_both(path, [before + file + after])
    assert "embedded" not in {key.tag for key, *_ in fast.outcome.scalars}
    random.seed(0)
    for place in [*range(16), *random.sample(range(16, len(file)), 100), len(file) - 1]:
        damaged = bytearray(file)
        damaged[place] ^= 1 << place % 8
        read_both(path, [before + damaged + after], chunk=40_000)


@pytest.mark.parametrize("size", [100, 4096, 100_000, 3 << 20])
def test_zero_holes_and_huge_records(path: Path, size: int) -> None:
    loop = REGULAR["ten tags"].encode()[:3000]
    before, after = wire.framed(loop[:1700]), wire.framed(loop[1700:])
    for start in (0, 5, 20, 300):
        read_both(path, [before[: len(before) - start] + bytes(size) + after])
    read_both(path, [before + wire.framed([wire.text_event(b"y" * size)]) + after], chunk=50_000)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real logs is not here")
def test_real_logs(path: Path) -> None:
    files = [file for file in sorted(CORPUS.rglob("*")) if is_event_filename(file.name) and file.is_file()]
    assert files
    one_by_one = total = 0
    for file in files:
        fast, ordinary = read_both(path, [file.read_bytes()])
        one_by_one += fast.decoder.one_by_one
        total += ordinary.decoder.one_by_one
    assert one_by_one < 0.3 * total

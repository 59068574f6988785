"""The fast path as a whole: rows are found, go on after interruptions, and are given up where they do not pay."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from logging_lib.tfevents.proto import tensor_pb2
from logging_lib.tfevents.record import Record, RecordDecoder
from tests import builders
from tests.tui.reader import wire_events as wire
from tests.tui.reader.outcome import Outcome, outcome_of
from tests.tui.reader.wire_events import Loop, Shape, Value
from tui.model import TagInfo
from tui.reader.decode import EventDecoder
from tui.reader.mark import Mark
from tui.reader.scalar_blocks import BlockDecoder, FastTools, Stop

SHAPES = [Shape((Value(tag),)) for tag in (b"loss", b"accuracy", b"lr")]


class Reading:
    """Decodes one chunk; the records that the fast path leaves are decoded singly, and remembered."""

    def __init__(
        self, data: bytes, *, tools: FastTools | None = None, breathe: Callable[[], None] = lambda: None
    ) -> None:
        self.decoder = EventDecoder("run", "file", {})
        self.blocks = BlockDecoder(self.decoder, tools or FastTools(), breathe=breathe)
        self.singly: list[int] = []
        """The offsets of what was left, and the lengths."""
        self.rests: list[int] = []
        self.buffer = np.frombuffer(bytearray(data), np.uint8)
        self.position = 0

    def run(self, *, more: bool = False) -> Stop:
        self.blocks.open(self.buffer, 0)
        stop = self.blocks.decode(0, more=more)
        while stop.singly:
            self.position = stop.position
            self._read_on(stop.singly)
            stop = self.blocks.decode(self.position, more=more)
        return stop

    def _read_on(self, least: int) -> None:
        """Read the next record, or all that begin within so many bytes; on to the next intact one."""
        end = self.position + least
        if least > 1:
            self.rests.append(least)
        records = RecordDecoder(self.position)
        for item in records.feed(self.buffer[self.position :].tobytes()):
            if isinstance(item, Record):
                self.singly.append(item.offset - 12)
                self.decoder.add(item)
                self.position = item.offset + len(item.payload) + 4
                if self.position >= end:
                    return
        self.position = len(self.buffer)

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.decoder.take())


def ordinary(data: bytes) -> Outcome:
    decoder = EventDecoder("run", "file", {})
    for item in RecordDecoder().feed(data):
        if isinstance(item, Record):
            decoder.add(item)
    return outcome_of(decoder.take())


def read(payloads: Sequence[bytes], tools: FastTools | None = None) -> Reading:
    data = wire.framed(payloads)
    reading = Reading(data, tools=tools)
    assert reading.run() == Stop(len(data), 0)
    assert reading.outcome == ordinary(data)
    return reading


def offsets(payloads: Sequence[bytes]) -> list[int]:
    return np.cumsum([0, *(len(payload) + 16 for payload in payloads)]).tolist()


def loop(rows: int = 1000, first_step: int = 1) -> list[bytes]:
    return Loop(SHAPES, rows, first_step).encode()


def test_a_regular_log() -> None:
    payloads = [builders.version_event().SerializeToString(), *loop()]
    reading = read(payloads)
    assert reading.singly == [0]  # all others in windows and rows


def test_the_last_record_is_marked() -> None:
    for payloads in (loop(), loop()[:-1], [*loop(), *loop(60)[::-1]]):
        data = wire.framed(payloads)
        reading = Reading(data)
        reading.run()
        if reading.singly and reading.singly[-1] == offsets(payloads)[-2]:
            continue
        length = len(payloads[-1])
        assert reading.blocks.last == Mark(len(data) - length - 4, length, int.from_bytes(data[-4:], "little"))


def test_a_second_file_is_read_in_rows_from_its_start() -> None:
    tools = FastTools()
    read(loop(), tools)
    assert read(loop(), tools).singly == []
    assert read([builders.version_event().SerializeToString(), *loop()], tools).singly == [0]


def test_files_of_two_scripts_in_turn() -> None:
    tools = FastTools()
    other = Loop([Shape((Value(b"x%d" % number),)) for number in range(5)], 500, 1).encode()
    for _ in range(2):
        first, second = read(loop(), tools), read(other, tools)
    assert (first.singly, second.singly) == ([], [])


@pytest.mark.parametrize("between", [1, 3, 5])
def test_rows_go_on_after_an_interruption(between: int) -> None:
    payloads = loop()
    tools = FastTools()
    read(payloads, tools)
    for place in (3 * 500, 3 * 500 + 1):
        interrupted = [*payloads[:place], *[wire.evaluation(number) for number in range(between)], *payloads[place:]]
        reading = read(interrupted, tools)
        starts = offsets(interrupted)
        # The rest of the pass that was interrupted goes singly too.
        begun = place // 3 * 3
        left = between if place == begun else between + 3
        assert reading.singly == starts[begun : begun + left]


def test_rows_begin_where_passes_begin() -> None:
    """Rows that straddle two passes would match no longer when the step's length changes: here at each second one."""
    payloads = loop(400)
    reading = read(payloads, tools := FastTools())
    assert len(reading.singly) < 40
    start = offsets(payloads)[300]
    template = tools.templates.fitting(np.frombuffer(wire.framed(payloads), np.uint8), start, tools.scratch)
    assert template is not None
    assert template.tags == ["loss", "accuracy", "lr"]


def test_a_change_of_the_steps_length() -> None:
    tools = FastTools()
    payloads = loop(2_000, 16_000)
    read(payloads, tools)
    assert read(payloads, tools).singly == []


def test_damage_is_left_to_others() -> None:
    payloads = loop()
    data = bytearray(wire.framed(payloads))
    starts = offsets(payloads)
    tools = FastTools()
    read(payloads, tools)
    for record in (0, 1, 2, 1500, 1501, 2999):
        damaged = data.copy()
        damaged[starts[record] + 13] ^= 1
        reading = Reading(bytes(damaged), tools=tools)
        assert reading.run() == Stop(len(data), 0)
        assert reading.outcome == ordinary(bytes(damaged))
        assert starts[record] not in reading.singly
        assert len(reading.singly) < 20
        # Footers are put back where they were not used up.
        behind = reading.buffer[starts[record] : starts[record + 1]]
        assert behind.tobytes() == damaged[starts[record] : starts[record + 1]]


def test_a_damaged_row_tells_nothing_about_its_tags() -> None:
    tools = FastTools()
    payloads = loop()
    read(payloads, tools)
    data = bytearray(wire.framed([*payloads[:3], wire.text_event(tag="loss"), wire.histogram_event("lr")]))
    data[13] ^= 1
    reading = Reading(bytes(data), tools=tools)
    reading.run()
    assert reading.outcome == ordinary(bytes(data))


def test_series_of_a_file_are_in_their_order_whatever_their_types() -> None:
    types = [None, tensor_pb2.DT_DOUBLE, tensor_pb2.DT_FLOAT, tensor_pb2.DT_DOUBLE]
    payloads = Loop([Shape((Value(b"t%d" % n, dtype),)) for n, dtype in enumerate(types)], 600, 1).encode()
    tools = FastTools()
    read(payloads, tools)
    decoder = EventDecoder("run", "file", {f"t{number}": "scalars" for number in range(4)})
    blocks = BlockDecoder(decoder, tools, breathe=lambda: None)
    buffer = np.frombuffer(bytearray(wire.framed(payloads[: 4 * 120])), np.uint8)
    blocks.open(buffer, 0)
    assert blocks.decode(0, more=False) == Stop(len(buffer), 0)
    assert [key.tag for key, *_ in outcome_of(decoder.take()).scalars] == ["t0", "t1", "t2", "t3"]


def test_tags_that_are_unknown_go_singly_at_first() -> None:
    tools = FastTools()
    value = Value(b"loss", tensor_pb2.DT_FLOAT, plugin=b"scalars", plugin_until=10**9)
    payloads = Loop([Shape((value,))], 500, 1).encode()
    read(payloads, tools)
    reading = Reading(wire.framed(payloads), tools=tools)
    reading.run()
    assert reading.singly == [0]
    assert [info.key.tag for info in reading.decoder.take() if isinstance(info, TagInfo)] == ["loss"]


def test_where_there_is_more_to_come_the_rest_of_a_row_waits() -> None:
    tools = FastTools()
    payloads = loop()
    read(payloads, tools)
    starts = offsets(payloads)
    for cut in (starts[1500] + 1, starts[1501], starts[1502] + 9):
        reading = Reading(wire.framed(payloads)[:cut], tools=tools)
        assert reading.run(more=True) == Stop(starts[1500], 0)
        assert reading.singly == []


def test_a_partial_record_is_left() -> None:
    data = wire.framed(loop(40))
    for cut in (1, 11, 12, 20, len(data) - 1):
        reading = Reading(data[:cut])
        reading.run()
        assert reading.outcome == ordinary(data[:cut])


def test_a_log_that_gains_nothing_is_read_singly() -> None:
    payloads = [builders.scalar_event(f"t{number:05}", number, 0.5).SerializeToString() for number in range(20_000)]
    reading = read(payloads)
    assert len(reading.singly) > 9_000
    assert len(reading.rests) == 1


def test_nothing_is_kept_of_a_chunk() -> None:
    reading = Reading(wire.framed(loop()))
    reading.run()
    reading.blocks.close()
    assert [value for value in vars(reading.blocks).values() if isinstance(value, np.ndarray) and value.size] == []
    assert reading.blocks._headers is None


def test_others_may_run_meanwhile() -> None:
    breaths: list[int] = []
    reading = Reading(wire.framed(loop(10_000)), breathe=lambda: breaths.append(1))
    reading.run()
    assert len(breaths) > 5

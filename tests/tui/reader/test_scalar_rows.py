"""Rows of a regular log: which match, which are intact, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.proto import tensor_pb2
from logging_lib.tfevents.record import encode_record
from tests.tui.reader import wire_events as wire
from tests.tui.reader.wire_events import Shape, Value
from tui.model import RunActivity, ScalarBatch
from tui.reader.decode import EventDecoder
from tui.reader.record_scan import Bytes, RecordScanner
from tui.reader.scalar_layout import Layout, layout_of
from tui.reader.scalar_rows import RowTemplate, RowTemplates

LOSS, LR = Shape((Value(b"loss"),)), Shape((Value(b"lr"),))
MIXED = [
    Shape((Value(b"a"), Value(b"b", tensor_pb2.DT_DOUBLE))),
    Shape((Value(b"c", tensor_pb2.DT_HALF),), has_wall_time=False),
    Shape((Value(b"d", tensor_pb2.DT_INT64), Value(b"e"))),
]


def row(shapes: Sequence[Shape], step: int, number: float) -> list[bytes]:
    """The payloads of one pass; the n-th one's wall time is the step and n tenths."""
    return [
        shape.encode(step, step + place / 10, [number + item for item in range(len(shape.values))], 1)
        for place, shape in enumerate(shapes)
    ]


def rows_of(shapes: Sequence[Shape], steps: Sequence[int]) -> Bytes:
    data = wire.framed(payload for step in steps for payload in row(shapes, step, step * 2.0))
    return np.frombuffer(bytearray(data), np.uint8).reshape(len(steps), -1)


def layouts_of(shapes: Sequence[Shape], step: int = 1) -> list[Layout]:
    layouts = [layout_of(payload) for payload in row(shapes, step, 0.5)]
    return [layout for layout in layouts if layout is not None]


def template_of(shapes: Sequence[Shape], step: int = 1) -> RowTemplate:
    return RowTemplate(layouts_of(shapes, step), RecordScanner())


def scratch() -> Bytes:
    return np.full(1 << 16, 0xAA, np.uint8)


def decoded(template: RowTemplate, rows: Bytes) -> tuple[list[ScalarBatch], RunActivity]:
    decoder = EventDecoder("run", "file", {})
    template.decode(rows, decoder)
    rows[:] = 0xAA  # what was handed out does not lie in there
    *scalars, activity = decoder.take()
    assert isinstance(activity, RunActivity)
    return [batch for batch in scalars if isinstance(batch, ScalarBatch)], activity


def test_a_template() -> None:
    template = template_of([LOSS, LR])
    payloads = row([LOSS, LR], 1, 0.5)
    assert template.size == sum(map(len, payloads)) + 32
    assert (template.tags, template.last_length) == (["loss", "lr"], len(payloads[1]))
    assert template.head == encode_record(payloads[0])[:12]


def test_rows_that_match() -> None:
    rows = rows_of([LOSS, LR], range(1, 100))
    template = template_of([LOSS, LR])
    assert template.matching(rows, scratch()) == 99
    assert template_of([LR, LOSS]).matching(rows, scratch()) == 0
    assert template_of([LOSS, Shape((Value(b"lx"),))]).matching(rows, scratch()) == 0
    for place in range(template.size):
        varied = rows.copy()
        varied[50, place] ^= 0x41
        # Wall times, steps, values, CRCs: 8 + 1 + 4 + 4 of each record.
        assert template.matching(varied, scratch()) in (50, 99)
    varying = sum(
        template.matching(rows ^ np.where(np.arange(template.size) == place, 1, 0).astype(np.uint8), scratch()) == 99
        for place in range(template.size)
    )
    assert varying == 2 * 17


def test_rows_match_as_long_as_the_step_is_as_long() -> None:
    rows = np.frombuffer(bytearray(wire.framed([row([LOSS], 127, 0.5)[0]])), np.uint8).reshape(1, -1)
    longer = wire.framed([row([LOSS], 128, 0.5)[0]])
    assert template_of([LOSS]).matching(rows, scratch()) == 1
    assert template_of([LOSS], 128).size == rows.size + 1
    same = np.frombuffer(longer[: rows.size], np.uint8).reshape(1, -1)
    assert template_of([LOSS]).matching(same, scratch()) == 0


@pytest.mark.parametrize("shapes", [[LOSS], [LOSS, LR], MIXED])
def test_rows_that_are_intact(shapes: list[Shape]) -> None:
    rows = rows_of(shapes, range(1, 41))
    template = template_of(shapes)
    last = masked_crc32c(row(shapes, 40, 80.0)[-1])
    assert template.intact(rows.copy()) == (40, last)
    for damaged in (0, 1, 17, 38, 39):
        for place in (-1, 12, rows.shape[1] // 2):
            copy = rows.copy()
            copy[damaged, place] ^= 0x10
            behind = copy[damaged:].copy()
            count, crc = template.intact(copy)
            assert count == damaged
            assert (copy[damaged:] == behind).all()
            if damaged:
                assert crc == masked_crc32c(row(shapes, damaged, damaged * 2.0)[-1])


def test_what_rows_hold() -> None:
    batches, activity = decoded(template_of(MIXED), rows_of(MIXED, range(1, 101)))
    steps = np.arange(1, 101)
    assert activity == RunActivity("run", "file", 300, 0.0, 100.2)
    # In the order in which they were logged, whatever their types.
    expected: dict[str, tuple[str, int, Any]] = {
        "a": ("float32", 0, steps * 2.0),
        "b": ("float64", 0, steps * 2.0 + 1),
        "c": ("float32", 1, steps * 2.0),
        "d": ("float64", 2, steps * 2000),
        "e": ("float32", 2, steps * 2.0 + 1),
    }
    assert [batch.key.tag for batch in batches] == list(expected)
    for batch, (dtype, record, values) in zip(batches, expected.values(), strict=True):
        assert (batch.values.dtype, batch.values.tolist()) == (dtype, values.tolist())
        assert (batch.steps.dtype, batch.steps.tolist()) == (np.int64, steps.tolist())
        times = np.zeros(100) if record == 1 else steps + record / 10
        assert (batch.wall_times.dtype, batch.wall_times.tolist()) == (np.float64, times.tolist())


@pytest.mark.parametrize("first", [128, 1 << 20, (1 << 62) + 5, -9])
def test_long_steps(first: int) -> None:
    steps = [first, first + 1, first + 2]
    [batch], _ = decoded(template_of([LOSS], first), rows_of([LOSS], steps))
    assert batch.steps.tolist() == steps


def test_steps_of_several_lengths_in_a_row() -> None:
    payloads = [
        LOSS.encode(3, 1.0, [0.5], 0),
        LR.encode(300, 1.0, [0.5], 0),
        Shape((Value(b"z"),)).encode(0, 1, [1], 0),
    ]
    layouts = [layout for layout in map(layout_of, payloads) if layout is not None]
    rows = np.frombuffer(bytearray(wire.framed(payloads * 4)), np.uint8).reshape(4, -1)
    batches, _ = decoded(RowTemplate(layouts, RecordScanner()), rows)
    assert [(batch.key.tag, batch.steps.tolist()) for batch in batches] == [
        ("loss", [3] * 4),
        ("lr", [300] * 4),
        ("z", [0] * 4),
    ]


def test_rows_without_times() -> None:
    shape = Shape((Value(b"loss"),), has_wall_time=False)
    rows = np.frombuffer(bytearray(wire.framed([shape.encode(0, 0.0, [0.25], 0)] * 5)), np.uint8).reshape(5, -1)
    [batch], activity = decoded(template_of([shape], 0), rows)
    assert (batch.steps.tolist(), batch.wall_times.tolist(), batch.values.tolist()) == ([0] * 5, [0.0] * 5, [0.25] * 5)
    assert activity == RunActivity("run", "file", 5, 0.0, 0.0)


def test_templates_are_found_by_what_stands_there() -> None:
    templates = RowTemplates(RecordScanner())
    buffer = np.concatenate([np.full(3, 7, np.uint8), rows_of([LOSS, LR], [1, 2]).reshape(-1)])
    size = (len(buffer) - 3) // 2
    assert templates.fitting(buffer, 3, scratch()) is None
    layouts = layouts_of([LOSS, LR])
    template = templates.of(layouts)
    assert templates.of(layouts) is template
    other = templates.of(layouts_of([LR, LOSS]))
    assert other is not template
    assert templates.fitting(buffer, 3, scratch()) is template
    assert templates.fitting(buffer, 3 + size, scratch()) is template
    assert templates.fitting(buffer[:-1], 3 + size, scratch()) is None
    for start in (0, 2, 4, len(buffer)):
        assert templates.fitting(buffer, start, scratch()) is None


def test_only_the_latest_templates_are_kept() -> None:
    templates = RowTemplates(RecordScanner())
    shapes = [Shape((Value(b"t%02d" % number),)) for number in range(20)]
    for shape in shapes[:16]:
        templates.of(layouts_of([shape]))
    assert templates.fitting(rows_of([shapes[0]], [1]).reshape(-1), 0, scratch()) is not None
    for shape in shapes[16:]:
        templates.of(layouts_of([shape]))
    fitting = [templates.fitting(rows_of([shape], [1]).reshape(-1), 0, scratch()) is not None for shape in shapes]
    assert fitting == [True, *[False] * 4, *[True] * 15]

"""The target of the writer: what was logged is read back by TensorBoard and by ours."""

from __future__ import annotations

import logging
import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.util import tensor_util

from logging_lib import SummaryWriter
from tests.fuzz.draw import Draw
from tests.fuzz.logs import drained, reader_of
from tests.fuzz.target import Target, scratch
from tests.logging_lib.event_files import event_paths, raw_events
from tests.tui.reader.outcome import outcome_of

_MOST_CALLS = 16
DTYPES = ("<f2", "<f4", "<f8", "i1", "<i2", "<i4", "<i8", "u1", "<u2", "?", "<c8")
REFUSED = (TypeError, ValueError)
"""What is documented for arguments that can never be written."""
_TAGS = ("loss", "a/b", "é", "x" * 300, "")
Point = tuple[str, int, float, float]


@contextmanager
def fresh_writer(**options: Any) -> Iterator[SummaryWriter]:
    """One in an empty directory, whose warnings nobody sees; none of them says that an accepted event was lost."""
    directory = scratch() / "written"
    shutil.rmtree(directory, ignore_errors=True)
    logger, said = logging.getLogger("logging_lib"), _Said()
    logger.propagate = False
    logger.addHandler(said)
    try:
        with SummaryWriter(directory, flush_secs=60, **options) as writer:
            yield writer
    finally:
        logger.removeHandler(said)
        logger.propagate = True
    lost = [line for line in said.lines if "lost" in line]
    assert not lost, lost


class _Said(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@dataclass
class _Logged:
    """What was accepted, in order."""

    points: list[Point] = field(default_factory=list)
    texts: list[tuple[str, int, bytes]] = field(default_factory=list)
    tensors: list[tuple[str, int, npt.NDArray[Any]]] = field(default_factory=list)


def check_writer(data: bytes) -> None:
    """All that was accepted is in the file, in order and to the last bit, for TensorBoard's reader and for ours."""
    draw, logged = Draw(data), _Logged()
    with fresh_writer() as writer:
        for _ in range(draw.integer(1, _MOST_CALLS)):
            try:
                _call(draw, writer, logged)
            except REFUSED as error:
                assert "\n" not in str(error)
        directory = Path(writer.log_dir)
    events = raw_events(directory)
    assert events[0].file_version == "brain.Event:2"
    assert _same_points(_points(events), logged.points), (_points(events), logged.points)
    texts = [(tag, event.step, value.tensor.string_val[0]) for event, tag, value in _values(events, "text")]
    assert texts == [(f"{tag}/text_summary", step, text) for tag, step, text in logged.texts]
    tensors = [
        (tag, event.step, tensor_util.make_ndarray(value.tensor)) for event, tag, value in _values(events, "tensor")
    ]
    assert len(tensors) == len(logged.tensors)
    for (tag, step, array), (own_tag, own_step, own) in zip(tensors, logged.tensors, strict=True):
        assert (tag, step, array.dtype, array.shape) == (own_tag, own_step, own.dtype, own.shape)
        assert array.tobytes() == own.tobytes()
    _check_our_reader(directory, logged)


def _call(draw: Draw, writer: SummaryWriter, logged: _Logged) -> None:
    tag = draw.pick(_TAGS) if draw.flag() else draw.name()
    step = draw.pick((None, 0, 1, -1, 2**63 - 1, -(2**63), draw.integer(0, 1 << 20)))
    wall_time = draw.number()
    kind = draw.integer(0, 4)
    if kind <= 2:
        value, new, double = draw.number(), draw.flag(), draw.flag()
        writer.add_scalar(tag, value, step, wall_time, new_style=new, double_precision=double)
        with np.errstate(over="ignore"):
            stored = value if new and double else float(np.float32(value))
        logged.points.append((tag, step or 0, wall_time, stored))
    elif kind == 3:
        text = draw.name(60)
        writer.add_text(tag, text, step, wall_time)
        logged.texts.append((tag, step or 0, text.encode()))
    else:
        array, tag = draw.array(DTYPES), f"{tag}()"  # what is first logged of a tag says of which kind it is
        writer.add_tensor(tag, array, step, wall_time)
        logged.tensors.append((tag, step or 0, array.copy()))


def _values(events: list[Event], plugin: str) -> Iterator[tuple[Event, str, Any]]:
    for event in events:
        for value in event.summary.value:
            if value.metadata.plugin_data.plugin_name == plugin:
                yield event, value.tag, value


def _points(events: list[Event]) -> list[Point]:
    found = []
    for event in events:
        for value in event.summary.value:
            if value.WhichOneof("value") == "simple_value":
                found.append((value.tag, event.step, event.wall_time, value.simple_value))
            elif value.metadata.plugin_data.plugin_name == "scalars":
                number = float(tensor_util.make_ndarray(value.tensor))
                found.append((value.tag, event.step, event.wall_time, number))
    return found


def _same_points(found: list[Point], expected: list[Point]) -> bool:
    return len(found) == len(expected) and all(
        a[:3] == b[:3] and (a[3] == b[3] or (math.isnan(a[3]) and math.isnan(b[3])))
        for a, b in zip(found, expected, strict=True)
    )


def _check_our_reader(directory: Path, logged: _Logged) -> None:
    (path,) = event_paths(directory)
    outcome = outcome_of(drained(reader_of(str(path), fast=True)))
    assert not outcome.problems, outcome.problems
    ours: list[Point] = []
    for key, _, steps, times, values in outcome.scalars:
        columns = (np.frombuffer(content, dtype).tolist() for dtype, content in (steps, times, values))
        ours += [(key.tag, *point) for point in zip(*columns, strict=True)]
    tags = dict.fromkeys(tag for tag, *_ in logged.points)
    expected = [point for tag in tags for point in logged.points if point[0] == tag]
    assert _same_points(ours, expected), (ours, expected)


def random_seeds() -> list[bytes]:
    """Bytes that stand for calls."""
    chance = np.random.default_rng(3)
    return [chance.integers(0, 256, size).astype(np.uint8).tobytes() for size in (30, 100, 300, 300, 300)]


TARGETS = (Target("writer", check_writer, random_seeds),)

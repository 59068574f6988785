"""Targets of the writer: what was logged is read back by TensorBoard and by ours, and nothing breaks a training."""

from __future__ import annotations

import inspect
import logging
import math
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.util import tensor_util

from logging_lib import SummaryWriter
from logging_lib.tfevents.record import Record, RecordDecoder
from tests.fuzz.draw import Draw
from tests.fuzz.logs import drained, reader_of
from tests.fuzz.target import Target, scratch
from tests.logging_lib.event_files import event_paths, raw_events
from tests.tui.reader.outcome import outcome_of

_MOST_CALLS = 16
_DTYPES = ("<f2", "<f4", "<f8", "i1", "<i2", "<i4", "<i8", "u1", "<u2", "?", "<c8")
_TAGS = ("loss", "a/b", "é", "x" * 300, "")
_REFUSED = (TypeError, ValueError)
"""What is documented for arguments that can never be written."""
_WITHOUT = ("add_graph", "add_onnx_graph")
"""What takes models apart takes those of torch, and seconds."""
Point = tuple[str, int, float, float]


@contextmanager
def _writer(**options: Any) -> Iterator[SummaryWriter]:
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
    with _writer() as writer:
        for _ in range(draw.integer(1, _MOST_CALLS)):
            try:
                _call(draw, writer, logged)
            except _REFUSED as error:
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
        array, tag = draw.array(_DTYPES), f"{tag}()"  # what is first logged of a tag says of which kind it is
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


class _Angry:
    """Raises whatever is asked of it, as some libraries' objects do."""

    def __float__(self) -> float:
        raise RuntimeError("no\nnumber")

    def __int__(self) -> int:
        raise NotImplementedError

    def __array__(self, dtype: Any = None, copy: Any = None) -> npt.NDArray[Any]:
        raise RuntimeError("on another device")

    def __iter__(self) -> Iterator[Any]:
        raise AttributeError("cannot iterate")

    def __len__(self) -> int:
        raise ValueError("length")  # an object's own error, where it is asked whether it is true, is let through

    def __str__(self) -> str:
        raise ZeroDivisionError("no text either")

    __repr__ = __str__


class _Endless:
    """Is no array, but says that it is one."""

    shape, dtype, ndim = (3, -1), "f4", 7

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return "no array"


def _thing(draw: Draw, depth: int = 0) -> Any:
    """Anything that somebody may pass."""
    # No separator: a name of a run may lead anywhere, for who trains says where to write.
    simple: list[Callable[[], Any]] = [
        lambda: None,
        lambda: draw.text().replace("/", ":"),
        draw.number,
        lambda: draw.integer(-(1 << 70), 1 << 70),
        draw.flag,
        lambda: draw.raw(4),
        lambda: draw.array((*_DTYPES, "S2", "<U2", "M8[s]", "V4", "<u8", "<c16")),
        lambda: np.array([None, 1, "a"], object),
        lambda: np.arange(draw.integer(0, 24), dtype=draw.pick(("f4", "u1", "i8"))).reshape(
            draw.pick(((-1,), (1, -1)))
        ),
        lambda: np.zeros([draw.integer(0, 3) for _ in range(draw.integer(0, 5))], draw.pick(("f4", "u1", "?"))),
        lambda: np.float16(draw.number(finite=True) % 100),
        lambda: Decimal("NaN"),
        lambda: Fraction(1, 3),
        lambda: complex(1, draw.number()),
        lambda: datetime(2024, 1, 1, tzinfo=UTC),
        lambda: Path("name"),
        _Angry,
        _Endless,
        object,
        lambda: int,
        lambda: iter([1, 2]),
        lambda: range(3),
        lambda: {1.5, 2.5},
    ]
    kind = draw.byte()
    if depth < 3 and kind % 8 == 0:
        return [_thing(draw, depth + 1) for _ in range(draw.integer(0, 3))]
    if depth < 3 and kind % 8 == 1:
        keys = [
            draw.text(6).replace("/", ":") if draw.flag() else draw.integer(0, 5) for _ in range(draw.integer(0, 3))
        ]
        return {key: _thing(draw, depth + 1) for key in keys}
    return simple[draw.byte() % len(simple)]()


def _calls() -> dict[str, list[str]]:
    """The names of the arguments of each call."""
    names = sorted(name for name in dir(SummaryWriter) if name.startswith("add_") and name not in _WITHOUT)
    return {name: list(inspect.signature(getattr(SummaryWriter, name)).parameters)[1:] for name in names}


CALLS = _calls()
_PIXELS = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
_FITTING: dict[str, Any] = {
    "tag": "tag", "main_tag": "tag", "scalar_value": 0.5, "tag_scalar_dict": {"a": 0.5}, "text_string": "text",
    "values": np.array([0.5, 2.0, -1.0]), "bins": 5, "tensor": np.arange(4.0), "snd_tensor": np.zeros(8),
    "min": 0.0, "max": 1.0, "num": 2, "sum": 1.0, "sum_squares": 1.0,
    "bucket_limits": [0.5, 1.0], "bucket_counts": [1, 1],
    "hparam_dict": {"lr": 0.1, "opt": "adam"}, "metric_dict": {"loss": 1.0}, "run_name": "trial",
    "img_tensor": _PIXELS, "box_tensor": np.array([[0.0, 1.0, 3.0, 2.0]]),
    "vid_tensor": _PIXELS[np.newaxis, np.newaxis],
    "vertices": np.eye(3)[np.newaxis], "faces": np.array([[[0, 1, 2]]]), "mat": np.eye(3), "metadata": ["a", "b", "c"],
    "predictions": np.array([0.1, 0.9]), "true_positive_counts": [2, 1], "false_positive_counts": [1, 0],
    "true_negative_counts": [0, 1], "false_negative_counts": [0, 1], "precision": [0.5, 1.0], "recall": [1.0, 0.5],
    "layout": {"c": {"t": ["Multiline", ["a"]]}}, "tags": ["a", "b", "c"],
}  # fmt: skip
_FITTING_OF = {"add_images": {"img_tensor": _PIXELS[np.newaxis]}, "add_pr_curve": {"labels": np.array([0, 1])}}
"""Arguments by their names with which calls are taken; the others have defaults."""


def _arguments(draw: Draw, name: str) -> dict[str, Any]:
    """For a call: about half of them fit, some are anything, some are left out."""
    fitting = _FITTING | _FITTING_OF.get(name, {})
    found = {}
    for argument in CALLS[name]:
        kind = draw.integer(0, 7)
        if kind > 3 and argument in fitting:
            found[argument] = fitting[argument]
        elif kind in (1, 2, 3):
            found[argument] = _thing(draw)
    return found


def check_calls(data: bytes) -> None:
    """Calls with any objects are taken or refused by one line of a TypeError or ValueError; the files stay whole."""
    draw = Draw(data)
    with _writer() as writer:
        for _ in range(draw.integer(1, 4)):
            name = draw.pick(tuple(CALLS))
            try:
                getattr(writer, name)(**_arguments(draw, name))
            except _REFUSED as error:
                assert "\n" not in str(error) or "argument" in str(error), (name, error)
        assert writer.flush() in (True, False)
        directory = Path(writer.log_dir)
    paths = list(directory.rglob("*tfevents*"))
    assert paths
    for path in paths:
        _assert_whole(path)


def _assert_whole(path: Path) -> None:
    """TensorBoard's own reader opens no path that is not UTF-8."""
    decoder = RecordDecoder()
    for item in decoder.feed(path.read_bytes()):
        assert isinstance(item, Record), item
        Event.FromString(item.payload)
    assert not decoder.pending


def _seeds() -> list[bytes]:
    chance = np.random.default_rng(3)
    return [chance.integers(0, 256, size).astype(np.uint8).tobytes() for size in (30, 100, 300, 300, 300)]


TARGETS = (Target("writer", check_writer, _seeds), Target("calls", check_calls, _seeds))

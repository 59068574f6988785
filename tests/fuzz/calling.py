"""The target of calls with any arguments: nothing breaks a training, and what was taken is not lost."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto.event_pb2 import Event

from logging_lib import SummaryWriter
from logging_lib.tfevents.record import Record, RecordDecoder
from tests.fuzz.draw import Draw
from tests.fuzz.target import Target
from tests.fuzz.writing import DTYPES, REFUSED, fresh_writer, random_seeds

_WITHOUT = ("add_graph", "add_onnx_graph")
"""What takes models apart takes those of torch, and seconds."""


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
        lambda: draw.array((*DTYPES, "S2", "<U2", "M8[s]", "V4", "<u8", "<c16")),
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


_CALLS = _calls()
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
    for argument in _CALLS[name]:
        kind = draw.integer(0, 7)
        if kind > 3 and argument in fitting:
            found[argument] = fitting[argument]
        elif kind in (1, 2, 3):
            found[argument] = _thing(draw)
    return found


def check_calls(data: bytes) -> None:
    """Calls with any objects are taken or refused by one line of a TypeError or ValueError; the files stay whole."""
    draw = Draw(data)
    with fresh_writer() as writer:
        for _ in range(draw.integer(1, 4)):
            name = draw.pick(tuple(_CALLS))
            try:
                getattr(writer, name)(**_arguments(draw, name))
            except REFUSED as error:
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


TARGETS = (Target("calls", check_calls, random_seeds),)

"""add_hparams takes what torch's takes, refuses what it refuses, and knows tensorboardX's keyword."""

from __future__ import annotations

import enum
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorboardX
import torch
from tensorboard.plugins.hparams import plugin_data_pb2
from torch.utils.tensorboard import SummaryWriter as TorchWriter

from logging_lib import SummaryWriter
from tests.logging_lib.event_files import summaries
from tests.logging_lib.test_against_torch import written


class Optimizer(enum.StrEnum):
    ADAM = "adam"


class Size(enum.IntEnum):
    LARGE = 3


class Plain(enum.Enum):
    ONE = 1


CALLS: dict[str, Callable[[Any], None]] = {
    "kinds of str": lambda w: w.add_hparams({"a": np.str_("x"), "b": Optimizer.ADAM, "c": ""}, {}, run_name="r"),
    "kinds of number": lambda w: w.add_hparams(
        {"a": np.float64(0.1), "b": Size.LARGE, "c": 1 << 60, "d": float("nan"), "e": -0.0}, {}, run_name="r"
    ),
    "tensors": lambda w: w.add_hparams({"a": torch.tensor([0.5], requires_grad=True)}, {}, run_name="r"),
    "nothing": lambda w: w.add_hparams({}, {}, run_name="r"),
    "only None": lambda w: w.add_hparams({"a": None}, {"m": 1}, run_name="r"),
    "metrics": lambda w: w.add_hparams({}, {"m": 1, "n": np.float32(0.5), "o": torch.ones(1)}, None, "r", 3),
    "domains": lambda w: w.add_hparams(
        {"a": 1, "b": "x", "c": None}, {}, {"a": [1, 2], "b": ["x", "y"], "c": [None]}, run_name="r"
    ),
    "an empty domain": lambda w: w.add_hparams({"a": 1.0}, {}, {"a": []}, run_name="r"),
    "a name with a directory": lambda w: w.add_hparams({"a": 1}, {"m": 1}, run_name="sweep/r"),
    "a path": lambda w: w.add_hparams({"a": 1}, {"m": 1}, run_name=Path("sweep", "r")),
    "a step": lambda w: w.add_hparams({"a": 1}, {"m": 1}, run_name="r", global_step=np.int64(5)),
}


@pytest.mark.parametrize("name", CALLS)
def test_same_events(tmp_path: Path, name: str) -> None:
    ours = written(SummaryWriter, tmp_path / "ours", CALLS[name])
    assert ours == written(TorchWriter, tmp_path / "torch", CALLS[name])
    assert len(ours) == 2


REFUSED: dict[str, tuple[Callable[[Any], None], type[Exception]]] = {
    "list": (lambda w: w.add_hparams({"a": [0.5]}, {}), ValueError),
    "tuple": (lambda w: w.add_hparams({"a": (0.5,)}, {}), ValueError),
    "dict": (lambda w: w.add_hparams({"a": {"b": 1}}, {}), ValueError),
    "set": (lambda w: w.add_hparams({"a": {1}}, {}), ValueError),
    "bytes": (lambda w: w.add_hparams({"a": b"x"}, {}), ValueError),
    "path": (lambda w: w.add_hparams({"a": Path("x")}, {}), ValueError),
    "enum": (lambda w: w.add_hparams({"a": Plain.ONE}, {}), ValueError),
    "function": (lambda w: w.add_hparams({"a": len}, {}), ValueError),
    "hparams of another type": (lambda w: w.add_hparams([("a", 1)], {}), TypeError),
    "metrics of another type": (lambda w: w.add_hparams({}, [("m", 1)]), TypeError),
    "domains of another type": (lambda w: w.add_hparams({"a": 1}, {}, [1]), TypeError),
    "domain of another type": (lambda w: w.add_hparams({"a": 1}, {}, {"a": (1, 2)}), TypeError),
    "domain of no hparam": (lambda w: w.add_hparams({"a": 1}, {}, {"b": [1, 2]}), TypeError),
    "domain of other values": (lambda w: w.add_hparams({"a": 1}, {}, {"a": [1, "x"]}), TypeError),
    "run name of another type": (lambda w: w.add_hparams({"a": 1}, {}, run_name=5), TypeError),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("make", [SummaryWriter, TorchWriter])
def test_same_errors(tmp_path: Path, make: Any, name: str) -> None:
    call, error = REFUSED[name]
    with make(str(tmp_path)) as writer, pytest.raises(error):
        call(writer)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def stored(directory: Path) -> dict[str, Any]:
    """The hparams of a session."""
    content = summaries(directory)[1].summary.value[0].metadata.plugin_data.content
    values = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info.hparams
    return {name: getattr(value, value.WhichOneof("kind")) for name, value in values.items()}


def test_more_types_than_torch_takes(tmp_path: Path) -> None:
    values = {"a": np.float32(0.5), "b": np.int16(3), "c": np.bool_(True), "d": torch.tensor(2.0), "e": np.array([4])}
    with SummaryWriter(tmp_path) as writer:
        writer.add_hparams(OrderedDict(values), OrderedDict(m=1.0), run_name="r")
    assert stored(tmp_path / "r") == {"a": 0.5, "b": 3.0, "c": True, "d": 2.0, "e": 4.0}


def test_a_tensor_of_several_numbers_is_no_hparam(tmp_path: Path) -> None:
    """torch takes the first one."""
    with (
        SummaryWriter(tmp_path) as writer,
        pytest.raises(ValueError, match=r"hparam 'a' must be .* expected one number"),
    ):
        writer.add_hparams({"a": torch.ones(2)}, {})


def test_tensorboardx_calls_the_run_name(tmp_path: Path) -> None:
    for make in (SummaryWriter, tensorboardX.SummaryWriter):
        with make(str(tmp_path / make.__module__)) as writer:
            writer.add_hparams({"lr": 0.5, "opt": "adam"}, {"m": 1.0}, name="trial")
        assert stored(tmp_path / make.__module__ / "trial") == {"lr": 0.5, "opt": "adam"}


def test_one_run_has_one_name(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(TypeError, match="add_hparams: run_name and name are two"):
        writer.add_hparams({"lr": 0.5}, {}, run_name="a", name="b")
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []

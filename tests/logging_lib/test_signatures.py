"""Whoever changes only the import finds every call, with its arguments in the same places and the same defaults."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import tensorboardX
from torch.utils.tensorboard import SummaryWriter as TorchWriter

from logging_lib import SummaryWriter

# Half of its default would be lost by a SIGKILL; the events in torch's queue are not the ones that wait for the disk.
OTHER_DEFAULTS = {"flush_secs": 1}
# Of tensorboardX; docs/differences.md says why.
LEFT_OUT = {"add_openvino_graph", "use_metadata"}


def methods(writer: type) -> list[str]:
    return ["__init__", *(name for name, _ in inspect.getmembers(writer, inspect.isfunction) if name[0] != "_")]


def parameters(writer: type, method: str) -> list[tuple[str, Any]]:
    found = inspect.signature(getattr(writer, method)).parameters.values()
    return [(each.name, each.default) for each in found if each.kind is not each.VAR_KEYWORD]


@pytest.mark.parametrize("method", methods(TorchWriter))
def test_torchs_calls(method: str) -> None:
    theirs = [(name, OTHER_DEFAULTS.get(name, default)) for name, default in parameters(TorchWriter, method)]
    assert parameters(SummaryWriter, method)[: len(theirs)] == theirs


def test_tensorboardx_calls() -> None:
    missing = set(methods(tensorboardX.SummaryWriter)) - set(methods(SummaryWriter))
    assert missing == LEFT_OUT


@pytest.mark.parametrize("name", ["log_dir", "purge_step", "max_queue", "flush_secs", "filename_suffix"])
def test_torchs_attributes(tmp_path: Any, name: str) -> None:
    with SummaryWriter(str(tmp_path / "ours")) as ours, TorchWriter(str(tmp_path / "torch")) as theirs:
        expected = OTHER_DEFAULTS.get(name, getattr(theirs, name))
        assert getattr(ours, name) == (str(tmp_path / "ours") if name == "log_dir" else expected)

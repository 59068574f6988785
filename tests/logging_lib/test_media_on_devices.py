"""Pictures, sounds and meshes from a device: the call looks at their shapes, the writer's thread at the numbers."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from logging_lib import SummaryWriter
from logging_lib.capture import DeviceArray
from tests.logging_lib.test_against_torch import written
from tests.logging_lib.test_media_against_torch import CALLS

MODULES = ("image", "video", "audio", "mesh")


class Later(DeviceArray):
    """A capture that must not be read by the thread that made it."""

    def __init__(self, value: object) -> None:
        self._array = np.array(value)
        super().__init__(self._array.shape, self._array.itemsize)
        self._captured_by = threading.current_thread()

    def on_host(self) -> np.ndarray:
        assert threading.current_thread() is not self._captured_by
        return self._array


@pytest.mark.parametrize("name", ["image bool", "boxes, labels", "audio", "mesh", "video"])
def test_calls_do_not_wait_for_the_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    frames = np.random.default_rng(0).random((2, 3, 3, 4, 5))
    call = {"video": lambda w: w.add_video("v", frames)}.get(name) or CALLS[name]
    at_once = written(SummaryWriter, tmp_path / "at once", call)
    for module in MODULES:
        monkeypatch.setattr(f"logging_lib.calls.{module}.captured_array", Later)
    later = written(SummaryWriter, tmp_path / "later", call)
    assert later == at_once
    assert any(event.HasField("summary") for event in later["."])

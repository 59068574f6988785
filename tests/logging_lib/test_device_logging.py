"""Tensors of a GPU through the whole writer: no call waits for the device, and what is logged is as from memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from logging_lib import SummaryWriter
from logging_lib.capture import captured_array
from logging_lib.summary import histogram as histograms
from logging_lib.summary.histogram import checked_bins, histogram
from tests.logging_lib.event_files import summaries
from tests.logging_lib.fake_device import FakeDevice, Operations
from tests.logging_lib.test_against_torch import written

VALUES = torch.from_numpy(np.random.default_rng(0).normal(size=(40, 50)).astype(np.float32))

CALLS: dict[str, Callable[[Any], None]] = {
    "scalar": lambda w: w.add_scalar("a", VALUES.sum(), 1),
    "scalar double": lambda w: w.add_scalar("a", VALUES.sum(), 1, new_style=True, double_precision=True),
    "scalars": lambda w: w.add_scalars("m", {"x": VALUES[0, 0], "y": VALUES.max(), "z": 1.0}, 1),
    "tensor": lambda w: w.add_tensor("t", VALUES, 1),
    "tensor of bfloat16": lambda w: w.add_tensor("t", VALUES.bfloat16(), 1),
    "image": lambda w: w.add_image("i", VALUES, 1, dataformats="HW"),
    "histogram": lambda w: w.add_histogram("h", VALUES, 1),
    "histogram raw": lambda w: w.add_histogram_raw(
        "h", VALUES.min(), VALUES.max(), 2, VALUES.sum(), VALUES.sum(), VALUES[0].sort()[0], VALUES[1], 1
    ),
}


def test_no_call_waits_for_the_device(tmp_path: Path, fake_device: FakeDevice) -> None:
    """The device computes nothing until all calls returned; meanwhile nothing is written, then everything."""
    arguments = [VALUES, VALUES.sum(), VALUES[0]]
    with SummaryWriter(tmp_path, flush_secs=0) as writer:
        fake_device.done.clear()
        with Operations() as operations:
            writer.add_scalar("a", arguments[1], 1)
            writer.add_scalars("m", {"x": arguments[1]}, 1)
            writer.add_histogram("h", arguments[0], 1)
            writer.add_histogram("r", arguments[0], 1, bins="sqrt")
            writer.add_tensor("t", arguments[0], 1)
            writer.add_image("i", arguments[0], 1, dataformats="HW")
        assert set(operations.seen) == {"aten::detach", "aten::clone"}
        assert not summaries(tmp_path)
        fake_device.done.set()
    assert [event.summary.value[0].tag for event in summaries(tmp_path)] == ["a", "h", "r", "t", "i"]
    assert [event.summary.value[0].tag for event in summaries(tmp_path / "m_x")] == ["m"]
    waited = [on_main for what, on_main in fake_device.calls if what == "synchronize"]
    assert waited == [False] * 6


@pytest.mark.parametrize("name", CALLS)
def test_same_events_as_from_memory(tmp_path: Path, request: pytest.FixtureRequest, name: str) -> None:
    from_memory = written(SummaryWriter, tmp_path / "memory", CALLS[name])
    fake = request.getfixturevalue("fake_device")
    from_device = written(SummaryWriter, tmp_path / "device", CALLS[name])
    assert ("synchronize", False) in fake.calls
    for events in (*from_memory.values(), *from_device.values()):
        for event in events:
            for value in event.summary.value:
                value.histo.sum, value.histo.sum_squares = round(value.histo.sum, 9), round(value.histo.sum_squares, 9)
    assert from_device == from_memory


BINS: list[tuple[Any, int | None]] = [
    ("tensorflow", None),
    ("tensorflow", 30),
    (7, None),
    ("auto", None),
    ([-1.0, 0.0, 0.25, 1.0], None),
    ([5.0, 6.0], None),
]
SPECIAL = {
    "normal": VALUES,
    "not finite": torch.tensor([float("nan"), 1.0, float("-inf"), 3.0]),
    "none finite": torch.tensor([float("nan"), float("inf")]),
    "beyond the edges": torch.tensor([1e25, -1e30, 2.0]),
    "too close for bins": torch.full((3,), 1e300, dtype=torch.float64),
    "integers": torch.arange(-5, 9),
    "halves": VALUES.half(),
    "bools": VALUES > 0,
}


@pytest.mark.parametrize("name", SPECIAL)
@pytest.mark.parametrize(("bins", "max_bins"), BINS, ids=str)
def test_histograms_are_counted_on_the_device(
    fake_device: FakeDevice, monkeypatch: pytest.MonkeyPatch, name: str, bins: Any, max_bins: int | None
) -> None:
    kept = checked_bins(bins, max_bins)
    expected = histogram("h", SPECIAL[name].numpy(), kept, max_bins).value[0].histo
    captured = captured_array(SPECIAL[name])
    monkeypatch.setattr(histograms, "HostValues", None)
    counted = histogram("h", captured, kept, max_bins).value[0].histo
    assert list(counted.bucket) == list(expected.bucket)
    assert list(counted.bucket_limit) == list(expected.bucket_limit)
    assert counted.num == expected.num
    np.testing.assert_array_equal([counted.min, counted.max], [expected.min, expected.max])
    np.testing.assert_allclose(
        [counted.sum, counted.sum_squares], [expected.sum, expected.sum_squares], rtol=1e-12, atol=1e-12
    )


def test_what_a_device_cannot_count_the_host_does(fake_device: FakeDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_memory(tensor: object) -> None:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(histograms, "DeviceValues", without_memory)
    counted = histogram("h", captured_array(VALUES))
    assert counted == histogram("h", VALUES.numpy())


def test_tensors_of_inference_mode(tmp_path: Path, fake_device: FakeDevice) -> None:
    """The writer's thread, which is in no such mode, may read them but not change them."""
    with SummaryWriter(tmp_path) as writer, torch.inference_mode():
        writer.add_histogram("h", VALUES * 2, 1)
        writer.add_scalar("s", VALUES.sum() * 2, 1)
    histo, scalar = (event.summary.value[0] for event in summaries(tmp_path))
    assert sum(histo.histo.bucket) == VALUES.numel()
    assert scalar.simple_value == VALUES.sum() * 2


def test_a_call_in_the_capture_of_a_graph_names_the_tag(tmp_path: Path, fake_device: FakeDevice) -> None:
    fake_device.capturing = True
    with SummaryWriter(tmp_path) as writer, pytest.raises(ValueError, match="tag 'loss': a graph is being captured"):
        writer.add_scalar("loss", torch.tensor(1.0), 1)

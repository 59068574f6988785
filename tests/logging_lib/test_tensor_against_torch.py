"""add_tensor and add_histogram_raw: the events that torch writes, and what it cannot write or writes wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt
import pytest
import torch
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.util import tensor_util
from torch.utils.tensorboard import SummaryWriter as TorchWriter

from logging_lib import SummaryWriter
from logging_lib.summary import tensor as tensors
from logging_lib.tfevents.proto import tensor_pb2 as pb
from logging_lib.tfevents.tensor import from_tensor_proto
from tests.logging_lib.event_files import shown_events, summaries
from tests.logging_lib.test_against_torch import written

NUMBERS = torch.tensor([[0, 1, -2], [3, 100, -128]])
COUNTS = {"limits": [0.5, 1.0, 2.5], "counts": [1, 0, 4]}
# Those of torch's dtypes that its writer stores so that they read back the same.
STORED_BY_TORCH = [
    torch.float32,
    torch.float64,
    torch.int8,
    torch.int16,
    torch.int32,
    torch.int64,
    torch.bool,
    torch.complex64,
    torch.complex128,
]


def raw(limits: Any, counts: Any, *numbers: Any) -> Callable[[Any], None]:
    minimum, maximum, num, total, sum_squares = numbers or (0.1, 2.0, 5, 6.5, 17.25)
    return lambda w: w.add_histogram_raw("h", minimum, maximum, num, total, sum_squares, limits, counts, 3, 9.0)


RAW: dict[str, Callable[[Any], None]] = {
    "lists": raw(**COUNTS),
    "arrays": raw(np.array(COUNTS["limits"]), np.array(COUNTS["counts"])),
    "tensors": raw(torch.tensor(COUNTS["limits"]), torch.tensor(COUNTS["counts"])),
    "float32": raw(np.array(COUNTS["limits"], np.float32), np.array(COUNTS["counts"], np.uint8), *np.ones(5, "f4")),
    "fractions": raw([1.0], [0.25]),
    "not finite": raw([1.0, float("inf")], [1, 2], float("-inf"), float("nan"), 3, 0, float("inf")),
    "no buckets": raw([], []),
}


def elements(events: list[Event]) -> list[npt.NDArray[Any]]:
    """The tensors of all events, taken out of them."""
    values = [value for event in events for value in event.summary.value]
    arrays = [tensor_util.make_ndarray(value.tensor) for value in values]
    for value in values:
        value.ClearField("tensor")
    return arrays


@pytest.mark.parametrize("name", RAW)
def test_raw_histograms(tmp_path: Path, name: str) -> None:
    ours = written(SummaryWriter, tmp_path / "ours", RAW[name])
    theirs = written(TorchWriter, tmp_path / "torch", RAW[name])
    assert str(ours) == str(theirs)  # as text, where NaN is NaN
    assert ours["."][1].summary.value[0].HasField("histo")


@pytest.mark.parametrize(
    ("limits", "counts", "message"),
    [
        ([1.0, 2.0], [1], r"tag 'h': len\(bucket_limits\) != len\(bucket_counts\), see the document\."),
        (np.zeros(3), np.zeros(2), r"len\(bucket_limits\) != len\(bucket_counts\)"),
        (np.zeros((2, 1)), np.zeros(2), r"buckets in a row, got shapes \[2, 1\] and \[2\]"),
        (1.0, 2.0, r"buckets in a row, got shapes \[\] and \[\]"),
    ],
)
def test_raw_histograms_that_are_none(tmp_path: Path, limits: Any, counts: Any, message: str) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(ValueError, match=message):
        raw(limits, counts)(writer)


def test_raw_histograms_hold_copies(tmp_path: Path) -> None:
    counts = np.array([1.0, 2.0])
    with SummaryWriter(tmp_path, flush_secs=60) as writer:
        raw([1.0, 2.0], counts)(writer)
        counts[:] = 0
    assert list(summaries(tmp_path)[0].summary.value[0].histo.bucket) == [1.0, 2.0]


@pytest.mark.parametrize("dtype", STORED_BY_TORCH)
@pytest.mark.parametrize("shape", [(2, 3), (6,), (1, 3, 2), "scalar"])
def test_tensors(tmp_path: Path, dtype: torch.dtype, shape: Any) -> None:
    tensor = NUMBERS.to(dtype)[1, 0] if shape == "scalar" else NUMBERS.to(dtype).reshape(shape)

    def log(writer: Any) -> None:
        writer.add_tensor("t", tensor, 3, 9.5)

    ours, theirs = written(SummaryWriter, tmp_path / "ours", log), written(TorchWriter, tmp_path / "torch", log)
    np.testing.assert_array_equal(elements(ours["."]), elements(theirs["."]), strict=True)
    assert ours == theirs


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (NUMBERS.to(torch.uint8), np.uint8),
        (NUMBERS.to(torch.float16), np.float16),
        (NUMBERS.to(torch.uint16), np.uint16),
        (NUMBERS.to(torch.float8_e5m2), np.float32),
        (NUMBERS.to(torch.float32).to_sparse(), np.float32),
        (NUMBERS.to(torch.float32).T, np.float32),
        (NUMBERS.numpy(), np.int64),
        (NUMBERS.numpy().astype(">f8"), np.float64),
        (NUMBERS.tolist(), np.int64),
        (0.5, np.float64),
        (True, np.bool_),
    ],
)
def test_tensors_that_torch_cannot_store(tmp_path: Path, value: Any, dtype: type[np.generic]) -> None:
    """It raises, or stores what readers refuse: uint8 in the wrong list, half as the bits of a float32."""
    with SummaryWriter(tmp_path) as writer:
        writer.add_tensor("t", value, 1)
    stored = tensor_util.make_ndarray(shown_events(tmp_path)[1].summary.value[0].tensor)
    expected = value.to(torch.float64).to_dense().tolist() if isinstance(value, torch.Tensor) else value
    np.testing.assert_array_equal(stored, expected)
    assert stored.dtype == dtype


@pytest.mark.parametrize(
    "value", [torch.tensor([1.5, -1e30, float("inf")]).bfloat16(), np.array([1.5, -1e30, np.inf], ml_dtypes.bfloat16)]
)
def test_bfloat16_is_stored_as_such(tmp_path: Path, value: Any) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_tensor("t", value, 1)
    stored = summaries(tmp_path)[0].summary.value[0]
    assert stored.metadata.plugin_data.plugin_name == "tensor"
    tensor = pb.TensorProto.FromString(stored.tensor.SerializeToString())
    assert (tensor.dtype, len(tensor.tensor_content)) == (pb.DT_BFLOAT16, 6)
    expected = np.array([1.5, -1e30, np.inf], ml_dtypes.bfloat16)
    assert from_tensor_proto(tensor).tolist() == expected.astype(np.float32).tolist()
    assert tensor.tensor_content == expected.tobytes()


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (np.zeros(2, np.longdouble), ValueError, "tag 't': cannot store an array of dtype"),
        (np.array(["a"]), TypeError, "tag 't': expected numbers"),
        (None, TypeError, "tag 't': expected numbers, got NoneType"),
    ],
)
def test_tensors_that_cannot_be_stored(tmp_path: Path, value: Any, error: type[Exception], message: str) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(error, match=message):
        writer.add_tensor("t", value, 1)


def test_tensors_have_torchs_limit_of_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tensors._MOST_BYTES < 1 << 31
    monkeypatch.setattr(tensors, "_MOST_BYTES", 15)
    message = "tag 't': tensor is bigger than protocol buffer's hard limit of 2GB in size"
    with SummaryWriter(tmp_path) as writer:
        writer.add_tensor("t", np.zeros(15, np.uint8), 1)
        with pytest.raises(ValueError, match=message):
            writer.add_tensor("t", np.zeros(16, np.uint8), 1)

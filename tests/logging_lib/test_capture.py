"""What is captured at a call: copies at once, and what a GPU computes without waiting for it."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
import torch

from logging_lib import capture, streams
from logging_lib.capture import DeviceArray, DeviceNumber, captured_array, captured_number
from logging_lib.streams import is_on_device
from tests.logging_lib.fake_device import FakeDevice, Operations


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.array([2]), torch.tensor(2.0), [2.0], [torch.tensor(2.0)]])
def test_numbers_in_memory_are_floats_at_once(value: Any) -> None:
    number = captured_number(value)
    assert type(number) is float
    assert number == 2.0


class Shared:
    """An object of another library, which hands out its own memory."""

    def __init__(self) -> None:
        self.array = np.zeros((2, 2))

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.array

    def __setitem__(self, index: int, value: object) -> None:
        self.array[index] = value


@pytest.mark.parametrize("value", [np.zeros((2, 3)).T, torch.zeros(2, 3), [[0.0, 0.0]], Shared()])
def test_arrays_in_memory_are_copied(value: Any) -> None:
    array = captured_array(value)
    assert isinstance(array, np.ndarray)
    value[0] = torch.ones(3) if isinstance(value, torch.Tensor) else [1.0, 1.0]
    assert not array.any()
    assert array.flags.owndata
    assert array.flags.c_contiguous
    assert array.flags.writeable


def test_complex_numbers_are_captured_where_they_are_welcome() -> None:
    assert captured_array([1j], complex_too=True).tolist() == [1j]
    for value in ([1j], torch.tensor([1j]), np.array(1j)):
        with pytest.raises(TypeError, match="expected real numbers, got complex ones"):
            captured_array(value)


def test_a_number_on_a_device_is_read_later(fake_device: FakeDevice) -> None:
    loss = torch.tensor([[0.5]], requires_grad=True)
    with Operations() as operations:
        number = captured_number(loss)
    assert isinstance(number, DeviceNumber)
    assert operations.seen == ["aten::detach", "aten::clone"]  # nothing that waits
    assert fake_device.calls == [("record on the job's", True)]
    assert number.nbytes == 4
    with torch.no_grad():
        loss.fill_(7.0)
    assert float(number) == 0.5
    assert fake_device.calls[1:] == [("synchronize", True), ("new stream", True)]


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6.0).reshape(2, 3).T,
        torch.arange(6, dtype=torch.int16)[::2],
        torch.tensor([1.5, float("nan")], dtype=torch.bfloat16),
        torch.tensor([1 + 2j]).conj(),
        torch.eye(2).to_sparse(),
        torch.zeros(0, 3),
        torch.ones(2, requires_grad=True) * 2,
    ],
)
def test_an_array_on_a_device_is_read_later(fake_device: FakeDevice, tensor: torch.Tensor) -> None:
    expected = captured_array(tensor.detach(), complex_too=True)
    with Operations() as operations:
        array = captured_array(tensor, complex_too=True)
    assert isinstance(array, DeviceArray)
    assert set(operations.seen) <= {"aten::detach", "aten::clone"}
    assert (array.shape, array.size) == (tuple(tensor.shape), tensor.numel())
    assert array.nbytes == tensor.numel() * tensor.element_size()
    np.testing.assert_array_equal(np.asarray(array), np.asarray(expected), strict=True)
    np.testing.assert_array_equal(np.asarray(array, np.complex128), np.asarray(expected).astype(np.complex128))


def test_lists_of_tensors_on_a_device_are_read_later(fake_device: FakeDevice) -> None:
    norms = [torch.tensor(1.0), torch.tensor(2.0, requires_grad=True)]
    with Operations() as operations:
        array = captured_array(norms)
    assert isinstance(array, DeviceArray)
    assert operations.seen == ["aten::detach", "aten::detach", "aten::stack"]
    norms[0].fill_(9.0)
    assert np.asarray(array).tolist() == [1.0, 2.0]
    assert float(captured_number((torch.tensor(3.0),))) == 3.0
    assert isinstance(captured_array([torch.tensor(1.0), 2.0]), np.ndarray)
    assert captured_array([]).tolist() == []


def test_what_a_device_holds_is_checked_at_the_call(fake_device: FakeDevice) -> None:
    with pytest.raises(ValueError, match=r"expected one number, got shape \[2\]"):
        captured_number(torch.zeros(2))
    for complex_value in (torch.tensor([1j]), [torch.tensor(1j)]):
        with pytest.raises(TypeError, match="expected real numbers, got complex ones"):
            captured_array(complex_value)
    with pytest.raises(TypeError, match="complex"):
        captured_number(torch.tensor(1j))
    assert ("synchronize", True) not in fake_device.calls


def test_tensors_have_no_values_while_a_graph_is_captured(fake_device: FakeDevice) -> None:
    fake_device.capturing = True
    with pytest.raises(ValueError, match="a graph is being captured: its tensors have no values before"):
        captured_number(torch.tensor(1.0))


def test_other_threads_may_capture_graphs_while_one_reads(fake_device: FakeDevice) -> None:
    """The thread's mode is 1, thread-local, while it reads, and 0 as before it afterwards."""
    array = captured_array(torch.zeros(2))
    assert fake_device.capture_modes == []
    np.asarray(array)
    assert fake_device.capture_modes == [1, 0]


def test_no_memory_left_on_the_device(fake_device: FakeDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(streamed: object) -> None:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(capture, "TorchArray", full)
    assert captured_number(torch.tensor(1.5)) == 1.5
    assert isinstance(captured_array(torch.zeros(2)), np.ndarray)


def test_the_devices_memory_is_given_back(fake_device: FakeDevice) -> None:
    array = captured_array(torch.zeros(2))
    with array.read() as tensor:  # type: ignore[union-attr]
        copy = weakref.ref(tensor)
    del array, tensor
    gc.collect()
    assert copy() is None


class Device:
    """Stands for a tensor, of which is_on_device asks little."""

    is_cpu = False
    __torch_dispatch__ = torch.Tensor.__torch_dispatch__

    def __init__(self, kind: str) -> None:
        self.device = torch.device(kind)


def test_which_devices_are_read_later() -> None:
    """Those whose streams several threads may use: torch ends the process where two use Apple's."""
    assert [kind for kind in ("cuda", "xpu", "mps", "xla", "meta") if is_on_device(Device(kind))] == ["cuda", "xpu"]
    assert not is_on_device(torch.zeros(1))
    distributed = Device("cuda")
    distributed.__torch_dispatch__ = lambda *args: None  # type: ignore[method-assign]
    assert not is_on_device(distributed)


def test_without_an_nvidia_driver_there_is_no_capture_mode_to_exchange() -> None:
    try:
        streams.ctypes.CDLL("libcuda.so.1")
    except OSError:
        assert streams._exchange_capture_mode()(None) is None
    else:
        pytest.skip("has the driver")

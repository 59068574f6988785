"""Tensors on a GPU, read by another thread while the one that computes them goes on.

A copy is queued on the stream on which the job works, behind what computes the tensor, with an event that tells when
it is made. The reader waits for that event alone, and reads on a stream of its own: torch's streams do not wait for
each other, and on the job's it would wait for all that was queued since.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Devices with streams that several threads may use, and the options of their events: who waits for one sleeps, if it
# can. Apple's is not among them, because two threads that use it may crash the process (pytorch's issue 197805), nor
# are those whose tensors are computed when they are read, such as XLA's.
_EVENT_OPTIONS: dict[str, dict[str, bool]] = {"cuda": {"blocking": True}, "xpu": {}}
_THREAD_LOCAL = 1  # CU_STREAM_CAPTURE_MODE_THREAD_LOCAL


def is_on_device(tensor: Any) -> bool:
    """Whether a torch tensor can be read by another thread while its device works on.

    Not one of a class with operations of its own: to read a distributed tensor, all processes may have to take part.
    """
    if tensor.is_cpu or tensor.device.type not in _EVENT_OPTIONS:
        return False
    return bool(tensor.__torch_dispatch__ is sys.modules["torch"].Tensor.__torch_dispatch__)


class StreamedTensor:
    """A tensor that nobody else changes, and that may still be being computed on the calling thread's stream."""

    def __init__(self, tensor: Any) -> None:
        """Mark the place in the stream; nothing waits.

        Raises:
            ValueError: the stream is being captured into a graph, where nothing is computed.
        """
        streams = _streams(tensor.device)
        if getattr(streams, "is_current_stream_capturing", bool)():
            raise ValueError("a graph is being captured: its tensors have no values before it is replayed")
        self._tensor = tensor
        self._computed = streams.Event(**_EVENT_OPTIONS[tensor.device.type])
        self._computed.record(streams.current_stream(tensor.device))

    @contextmanager
    def read(self) -> Iterator[Any]:
        """Wait, and give the tensor, to be read on a stream of this package's own, and not after."""
        device = self._tensor.device
        with _beside_captures():
            self._computed.synchronize()
            with _streams(device).stream(_side_stream(device)):
                yield self._tensor


def _streams(device: Any) -> Any:
    """torch's module of a device: torch.cuda or torch.xpu."""
    return getattr(sys.modules["torch"], device.type)


@functools.cache
def _side_stream(device: Any) -> Any:
    return _streams(device).Stream(device)


@contextmanager
def _beside_captures() -> Iterator[None]:
    """While another thread captures a CUDA graph, do not make the capture fail by what this one does meanwhile.

    That is what happens by default. Source: cuThreadExchangeStreamCaptureMode in the CUDA driver API.
    """
    exchange = _exchange_capture_mode()
    mode = ctypes.c_int(_THREAD_LOCAL)
    exchange(ctypes.byref(mode))
    try:
        yield
    finally:
        exchange(ctypes.byref(mode))  # now holds the mode from before


@functools.cache
def _exchange_capture_mode() -> Any:
    try:
        return ctypes.CDLL("libcuda.so.1").cuThreadExchangeStreamCaptureMode
    except OSError:  # no NVIDIA driver, or not on Linux
        return lambda mode: None

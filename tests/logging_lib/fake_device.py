"""CPU tensors taken for ones on a GPU: torch's streams and events, noting who did what, with a GPU that can be held."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class FakeDevice:
    """Stands for the module torch.cuda, and for its only device; set `done` when what was queued is computed."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.done.set()
        self.capturing = False
        self.calls: list[tuple[str, bool]] = []  # what, and whether on the main thread
        self.local = threading.local()
        self.capture_modes: list[int] = []

    def note(self, what: str) -> None:
        self.calls.append((what, threading.current_thread() is threading.main_thread()))

    def current_stream(self, device: Any) -> str:
        assert device == torch.device("cpu")
        return getattr(self.local, "stream", "the job's")

    def is_current_stream_capturing(self) -> bool:
        return self.capturing

    def Stream(self, device: Any) -> str:
        self.note("new stream")
        return "side"

    @contextmanager
    def stream(self, stream: str) -> Iterator[None]:
        self.local.stream = stream
        try:
            yield
        finally:
            del self.local.stream

    def Event(self, blocking: bool = False) -> FakeEvent:
        assert blocking
        return FakeEvent(self)

    def exchange_capture_mode(self, mode: Any) -> int:
        self.capture_modes.append(mode._obj.value)
        mode._obj.value = 0
        return 0


class FakeEvent:
    def __init__(self, device: FakeDevice) -> None:
        self.device = device

    def record(self, stream: str) -> None:
        self.device.note(f"record on {stream}")

    def synchronize(self) -> None:
        self.device.note("synchronize")
        assert self.device.done.wait(10)


class Operations(TorchDispatchMode):
    """Notes what torch computes on this thread."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.seen.append(function._schema.name)
        return function(*args, **(kwargs or {}))

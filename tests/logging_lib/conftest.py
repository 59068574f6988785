"""Fixtures of the writer's tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from logging_lib import capture, streams

if TYPE_CHECKING:  # takes torch
    from tests.logging_lib.fake_device import FakeDevice


@pytest.fixture
def fake_device(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDevice]:
    """CPU tensors are on a GPU."""
    from tests.logging_lib.fake_device import FakeDevice

    fake = FakeDevice()
    monkeypatch.setattr(streams, "_EVENT_OPTIONS", {"cpu": {"blocking": True}})
    monkeypatch.setattr(streams, "_streams", lambda device: fake)
    monkeypatch.setattr(streams, "_exchange_capture_mode", lambda: fake.exchange_capture_mode)
    monkeypatch.setattr(capture, "is_on_device", lambda tensor: True)
    streams._side_stream.cache_clear()
    yield fake
    fake.done.set()
    streams._side_stream.cache_clear()

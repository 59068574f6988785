"""Layouts that were found are known again, whatever the numbers are."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tui.reader import wire_events as wire
from tests.tui.reader.wire_events import Shape, Value
from tui.reader import layouts as module
from tui.reader.layouts import Layouts
from tui.reader.record_scan import Bytes


def payload(tag: bytes, step: int = 5, number: float = 0.5, node: bytes = b"") -> Bytes:
    """An event; its number lies behind `node`."""
    value = Value(tag, extra=wire.bytes_field(7, node) if node else b"", number_first=bool(node))
    return np.frombuffer(Shape((value,)).encode(step, 7.5, [number], 0), np.uint8)


def test_a_layout_is_known_once_it_was_found() -> None:
    layouts = Layouts()
    assert layouts.known(payload(b"loss")) is None
    found = layouts.find(payload(b"loss"))
    assert found is not None
    assert found.tags == ("loss",)
    assert layouts.known(payload(b"loss", 99, -1.0)) is found
    assert layouts.known(payload(b"lass")) is None
    assert layouts.known(payload(b"loss", 128)) is None
    assert layouts.known(payload(b"los")) is None
    assert layouts.known(np.empty(0, np.uint8)) is None


def test_layouts_of_one_length() -> None:
    layouts = Layouts()
    samples = [payload(b"loss"), payload(b"rate"), payload(b"los", 128), payload(b"l", node=b"n")]
    assert len({len(sample) for sample in samples}) == 1
    found = [layouts.find(sample) for sample in samples]
    assert [layout and layout.tags for layout in found] == [("loss",), ("rate",), ("los",), ("l",)]
    assert [layouts.known(sample) for sample in samples] == found


def test_what_has_no_layout() -> None:
    layouts = Layouts()
    text = np.frombuffer(wire.text_event(), np.uint8)
    assert layouts.find(text) is None
    assert layouts.known(text) is None


def test_of_many_geometries_of_one_length_the_latest_are_known() -> None:
    layouts = Layouts()
    samples = [payload(b"t" * (30 - size), node=b"n" * size) for size in range(1, 20)]
    assert len({len(sample) for sample in samples}) == 1
    for sample in samples:
        assert layouts.find(sample) is not None
    known = [layouts.known(sample) is not None for sample in samples]
    assert known == [False] * 3 + [True] * 16


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = payload(b"t000")
    monkeypatch.setattr(module, "_MOST_KEPT", 10 * (len(sample) + 64))
    layouts = Layouts()
    samples = [payload(b"t%03d" % number) for number in range(25)]
    for sample in samples:
        assert layouts.find(sample) is not None
    assert [layouts.known(sample) is not None for sample in samples] == [False] * 20 + [True] * 5

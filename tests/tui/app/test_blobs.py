"""Blobs decoded in the background: asked for once, announced, kept, and never a traceback."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from logging_lib.tfevents.histogram import EMPTY, Buckets
from logging_lib.tfevents.record import HEADER_BYTES
from tests import builders
from tests.tui.app.screens import histogram
from tui.app import blobs
from tui.app.blobs import BlobCache
from tui.model import BlobRef

DEADLINE = 20.0


class Reader:
    """Stands in for `read_histogram`; waits at the gate, and counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[BlobRef] = []
        self.gate = threading.Event()
        monkeypatch.setattr(blobs, "read_histogram", self)

    def __call__(self, ref: BlobRef) -> Buckets:
        self.asked.append(ref)
        assert self.gate.wait(DEADLINE)
        return EMPTY


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    return Reader(monkeypatch)


class Announced:
    """A cache, and what it announced."""

    def __init__(self) -> None:
        self.times = 0
        self.threads: set[int] = set()
        self._event = threading.Event()
        self.cache = BlobCache()
        self.cache.on_loaded = self._loaded

    def _loaded(self) -> None:
        self.times += 1
        self.threads.add(threading.get_ident())
        self._event.set()

    def wait(self) -> None:
        """Wait for an announcement."""
        assert self._event.wait(DEADLINE)
        self._event.clear()

    def loaded(self, ref: BlobRef) -> Buckets | str:
        """What becomes of a blob."""
        while (found := self.cache.get(ref)) is None:
            self.wait()
        return found


@pytest.fixture
def announced() -> Iterator[Announced]:
    announced = Announced()
    yield announced
    announced.cache.close()


def blob(number: int, path: str = "file") -> BlobRef:
    return BlobRef(path, number, 1, 0)


def written(path: Path) -> BlobRef:
    """A file of one histogram, and where that lies."""
    event = builders.event(histogram("weight", 0))
    builders.write(path, [event])
    return BlobRef(str(path), HEADER_BYTES, event.ByteSize(), 0)


def test_a_histogram_is_read_from_its_file(tmp_path: Path, announced: Announced) -> None:
    ref = written(tmp_path / "file")
    assert announced.cache.get(ref) is None
    announced.wait()
    found = announced.cache.get(ref)
    assert isinstance(found, Buckets)
    np.testing.assert_array_equal(found.counts, [1.0, 6.0, 15.0, 20.0, 15.0, 1.0])
    assert announced.cache.get(ref) is found
    assert announced.times == 1
    assert announced.threads.isdisjoint({threading.get_ident()})


def test_a_blob_is_asked_for_once_while_it_is_read(reader: Reader, announced: Announced) -> None:
    assert [announced.cache.get(blob(0)) for _ in range(3)] == [None] * 3
    reader.gate.set()
    announced.wait()
    assert announced.cache.get(blob(0)) is EMPTY
    assert announced.cache.get(blob(0)) is EMPTY
    assert reader.asked == [blob(0)]


def test_blobs_that_wait_to_be_taken_are_announced_together(reader: Reader, announced: Announced) -> None:
    for number in range(3):
        announced.cache.get(blob(number))
    reader.gate.set()
    announced.cache.close()  # waits for the one that is read; what it has not begun it drops
    before = announced.times
    assert before == 1
    assert announced.cache.get(blob(0)) is EMPTY
    assert announced.times == before


def test_every_blob_is_announced(monkeypatch: pytest.MonkeyPatch, announced: Announced) -> None:
    monkeypatch.setattr(blobs, "read_histogram", lambda ref: EMPTY)
    waiting = {blob(number) for number in range(500)}
    waiting = {ref for ref in waiting if announced.cache.get(ref) is None}
    while waiting:
        announced.wait()
        waiting = {ref for ref in waiting if announced.cache.get(ref) is None}


def test_what_cannot_be_read_becomes_a_line_that_says_why(tmp_path: Path, announced: Announced) -> None:
    ref = written(tmp_path / "file")
    assert announced.loaded(blob(0, "missing")) == "missing: No such file or directory"
    assert announced.loaded(ref._replace(item=1)) == f"{ref.path}: no summary value 1 in the record at byte 12"
    Path(ref.path).write_bytes(b"x" * 1000)
    assert announced.loaded(ref) == f"{ref.path}: changed since it was read (at byte 12)"


def test_a_bug_becomes_a_line_too_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, announced: Announced, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(ref: BlobRef) -> Buckets:
        raise RuntimeError("as a bug would")

    monkeypatch.setattr(blobs, "read_histogram", fail)
    with caplog.at_level(logging.ERROR, blobs.__name__):
        assert announced.loaded(blob(0)) == "RuntimeError: as a bug would"
    assert [record.exc_info is not None for record in caplog.records] == [True]


def test_only_the_latest_blobs_are_kept(monkeypatch: pytest.MonkeyPatch, reader: Reader, announced: Announced) -> None:
    monkeypatch.setattr(blobs, "_KEPT", 3)
    reader.gate.set()
    for number in range(3):
        announced.loaded(blob(number))
    announced.loaded(blob(0))  # used again: 1 is now the oldest
    announced.loaded(blob(3))
    for number in (0, 2, 3):
        assert announced.cache.get(blob(number)) is EMPTY
    assert reader.asked == [blob(number) for number in range(4)]
    announced.loaded(blob(1))
    assert reader.asked == [blob(number) for number in (0, 1, 2, 3, 1)]


def test_closing_drops_what_waits(reader: Reader, announced: Announced) -> None:
    for number in range(100):
        announced.cache.get(blob(number))
    threading.Timer(0.05, reader.gate.set).start()
    announced.cache.close()
    assert len(reader.asked) == 1
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tbtui-blobs")]


def test_closing_what_was_never_used() -> None:
    BlobCache().close()

"""Blobs decoded in the background: asked for once, announced, kept, and never a traceback."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from logging_lib.tfevents.histogram import EMPTY, Buckets
from logging_lib.tfevents.record import HEADER_BYTES
from tests import builders
from tests.tui.app.screens import histogram
from tui.app import blobs
from tui.app.blobs import BlobCache, Unreadable
from tui.model import BlobRef
from tui.reader.payload import PayloadError, read_histogram

DEADLINE = 20.0

Read = Callable[[BlobRef], Buckets]


class Reader:
    """Reads nothing; waits at the gate, and counts."""

    def __init__(self) -> None:
        self.asked: list[BlobRef] = []
        self.gate = threading.Event()

    def __call__(self, ref: BlobRef) -> Buckets:
        self.asked.append(ref)
        assert self.gate.wait(DEADLINE)
        return EMPTY


@pytest.fixture
def reader() -> Reader:
    return Reader()


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

    def loaded(self, ref: BlobRef, read: Read = read_histogram) -> Buckets | str:
        """What becomes of a blob."""
        self.cache.trim()
        while (found := self.cache.get(ref, read)) is None:
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
    assert announced.cache.get(ref, read_histogram) is None
    announced.wait()
    found = announced.cache.get(ref, read_histogram)
    assert isinstance(found, Buckets)
    np.testing.assert_array_equal(found.counts, [1.0, 6.0, 15.0, 20.0, 15.0, 1.0])
    assert announced.cache.get(ref, read_histogram) is found
    assert announced.times == 1
    assert announced.threads.isdisjoint({threading.get_ident()})


def test_a_blob_is_asked_for_once_while_it_is_read(reader: Reader, announced: Announced) -> None:
    assert [announced.cache.get(blob(0), reader) for _ in range(3)] == [None] * 3
    reader.gate.set()
    announced.wait()
    assert announced.cache.get(blob(0), reader) is EMPTY
    assert announced.cache.get(blob(0), reader) is EMPTY
    assert reader.asked == [blob(0)]


def test_different_readings_of_a_blob_are_different(announced: Announced) -> None:
    other = Buckets(EMPTY.left, EMPTY.right, EMPTY.counts)
    readings: list[Read] = [lambda ref: EMPTY, lambda ref: other]
    assert [announced.loaded(blob(0), read) for read in readings] == [EMPTY, other]
    assert announced.cache.get(blob(0), readings[1]) is other


def test_what_was_asked_for_last_is_read_first(reader: Reader, announced: Announced) -> None:
    for number in range(4):
        announced.cache.get(blob(number), reader)
        while not reader.asked:  # the first is being read
            time.sleep(0.001)
    reader.gate.set()
    while announced.cache.waits:
        for number in range(4):
            announced.cache.get(blob(number), reader)
        time.sleep(0.001)
    assert [ref.offset for ref in reader.asked] == [0, 3, 2, 1]


def test_of_very_many_that_wait_the_first_are_forgotten(
    monkeypatch: pytest.MonkeyPatch, reader: Reader, announced: Announced
) -> None:
    monkeypatch.setattr(blobs, "_MOST_WAITING", 3)
    announced.cache.get(blob(0), reader)
    while not reader.asked:
        time.sleep(0.001)
    for number in range(1, 10):
        announced.cache.get(blob(number), reader)
    reader.gate.set()
    while len(reader.asked) < 4:
        time.sleep(0.001)
    assert [ref.offset for ref in reader.asked] == [0, 9, 8, 7]
    assert announced.loaded(blob(1), reader) is EMPTY  # asked for again, it is read


def test_no_more_bytes_are_kept_than_allowed(monkeypatch: pytest.MonkeyPatch, announced: Announced) -> None:
    monkeypatch.setattr(blobs, "MOST_BYTES", 250)
    read: list[int] = []

    def array(ref: BlobRef) -> np.ndarray:
        read.append(ref.offset)
        return np.zeros(100, np.uint8)

    for number in (0, 1, 2, 1, 0):
        announced.cache.trim()
        while announced.cache.get(blob(number), array) is None:
            announced.wait()
    assert read == [0, 1, 2, 0]


def looked_at(announced: Announced, wanted: Sequence[BlobRef], read: Callable[[BlobRef], object]) -> list[object]:
    """What becomes of all that is in view, drawn anew at each announcement; fails if that never ends."""
    for _ in range(2 * len(wanted) + 2):
        found = [announced.cache.get(ref, read) for ref in wanted]
        if not announced.cache.waits:
            return found
        announced.wait()
        announced.cache.trim()
    raise AssertionError("decoded for ever")


@pytest.fixture
def read() -> list[int]:
    """The numbers of what was read by `hundred`."""
    return []


@pytest.fixture
def hundred(read: list[int]) -> Callable[[BlobRef], np.ndarray]:
    def hundred(ref: BlobRef) -> np.ndarray:
        read.append(ref.offset)
        return np.zeros(100, np.uint8)

    return hundred


Hundred = Callable[[BlobRef], np.ndarray]


def test_what_is_in_view_does_not_push_itself_out(
    monkeypatch: pytest.MonkeyPatch, announced: Announced, hundred: Hundred, read: list[int]
) -> None:
    monkeypatch.setattr(blobs, "MOST_BYTES", 150)
    in_view = [blob(number) for number in range(3)]
    assert all(isinstance(found, np.ndarray) for found in looked_at(announced, in_view, hundred))
    looked_at(announced, in_view, hundred)
    assert sorted(read) == [0, 1, 2]
    for number in (3, 0):  # it goes, once others are looked at
        announced.cache.trim()
        looked_at(announced, [blob(number)], hundred)
    assert read[3:] == [3, 0]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_more_in_view_than_there_is_room_for_is_said(
    monkeypatch: pytest.MonkeyPatch, announced: Announced, hundred: Hundred, read: list[int], order: tuple[int, ...]
) -> None:
    monkeypatch.setattr(blobs, "MOST_BYTES", 150)
    monkeypatch.setattr(blobs, "MOST_IN_VIEW", 200)
    in_view = [blob(number) for number in order]
    found = looked_at(announced, in_view, hundred)
    said = [ref for ref, what in zip(in_view, found, strict=True) if isinstance(what, Unreadable)]
    assert [str(what) for what in found if isinstance(what, str)] == [
        "100 B, more than there is room for beside what is shown"
    ]
    for _ in range(3):
        announced.cache.trim()
        looked_at(announced, in_view, hundred)
    assert sorted(read) == [0, 1, 2]
    for _ in range(2):  # alone there is room for it
        announced.cache.trim()
        (alone,) = looked_at(announced, said, hundred)
    assert isinstance(alone, np.ndarray)


def test_blobs_that_wait_to_be_taken_are_announced_together(reader: Reader, announced: Announced) -> None:
    for number in range(3):
        announced.cache.get(blob(number), reader)
    reader.gate.set()
    while len(reader.asked) < 3:
        time.sleep(0.001)
    announced.cache.close()  # waits for the last one
    assert announced.times == 1
    assert [announced.cache.get(blob(number), reader) for number in range(3)] == [EMPTY] * 3
    assert announced.times == 1


def test_every_blob_is_announced(announced: Announced) -> None:
    def read(ref: BlobRef) -> Buckets:
        return EMPTY

    waiting = {blob(number) for number in range(200)}
    waiting = {ref for ref in waiting if announced.cache.get(ref, read) is None}
    while waiting:
        announced.wait()
        waiting = {ref for ref in waiting if announced.cache.get(ref, read) is None}


def test_what_cannot_be_read_becomes_a_line_that_says_why(tmp_path: Path, announced: Announced) -> None:
    ref = written(tmp_path / "file")
    assert announced.loaded(blob(0, "missing")) == "missing: No such file or directory"
    assert announced.loaded(ref._replace(item=1)) == f"{ref.path}: no summary value 1 in the record at byte 12"
    Path(ref.path).write_bytes(b"x" * 1000)
    assert announced.loaded(ref) == f"{ref.path}: damaged, or changed since it was read (at byte 12)"


def test_a_bug_becomes_a_line_too_and_is_logged(announced: Announced, caplog: pytest.LogCaptureFixture) -> None:
    def fail(ref: BlobRef) -> Buckets:
        raise RuntimeError("as a bug would")

    with caplog.at_level(logging.ERROR, blobs.__name__):
        assert announced.loaded(blob(0), fail) == "RuntimeError: as a bug would"
    assert [record.exc_info is not None for record in caplog.records] == [True]


def test_only_the_latest_blobs_are_kept(monkeypatch: pytest.MonkeyPatch, reader: Reader, announced: Announced) -> None:
    monkeypatch.setattr(blobs, "_KEPT", 3)
    reader.gate.set()
    for number in range(3):
        announced.loaded(blob(number), reader)
    announced.loaded(blob(0), reader)  # used again: 1 is now the oldest
    announced.loaded(blob(3), reader)
    for number in (0, 2, 3):
        assert announced.cache.get(blob(number), reader) is EMPTY
    assert reader.asked == [blob(number) for number in range(4)]
    announced.loaded(blob(1), reader)
    assert reader.asked == [blob(number) for number in (0, 1, 2, 3, 1)]


def test_closing_drops_what_waits(reader: Reader, announced: Announced) -> None:
    for number in range(100):
        announced.cache.get(blob(number), reader)
    threading.Timer(0.05, reader.gate.set).start()
    announced.cache.close()
    assert len(reader.asked) == 1
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tbtui-blobs")]


def test_closing_does_not_wait_for_what_takes_long(monkeypatch: pytest.MonkeyPatch, reader: Reader) -> None:
    monkeypatch.setattr(blobs, "_LONGEST_END", 0.01)
    cache = BlobCache()
    cache.on_loaded = lambda: pytest.fail("announced after the end")
    cache.get(blob(0), reader)
    while not reader.asked:
        time.sleep(0.001)
    cache.close()  # the reader still waits at its gate
    (worker,) = [thread for thread in threading.enumerate() if thread.name == "tbtui-blobs"]
    assert worker.daemon
    reader.gate.set()
    worker.join(DEADLINE)
    assert not worker.is_alive()


def test_closing_what_was_never_used() -> None:
    BlobCache().close()


def test_what_may_have_changed_is_read_again(announced: Announced) -> None:
    """A key need not be a BlobRef."""
    answers = iter((b"first", b"second"))

    def read(name: str) -> bytes:
        return next(answers)

    def loaded() -> object:
        while (found := announced.cache.get("name", read)) is None:
            announced.wait()
        return found

    announced.cache.forget("name", read)  # not known yet
    assert (loaded(), loaded()) == (b"first", b"first")
    announced.cache.forget("name", read)
    assert loaded() == b"second"


def test_a_cache_may_be_given_more_or_less_memory(announced: Announced) -> None:
    small = blobs.BlobCache(most_bytes=0)
    small.on_loaded = announced.cache.on_loaded
    read: list[str] = []

    def array(name: str) -> np.ndarray:
        read.append(name)
        return np.zeros(100, np.uint8)

    try:
        for name in ("a", "b", "b", "a"):
            small.trim()
            while small.get(name, array) is None:
                announced.wait()
        assert read == ["a", "b", "a"]
    finally:
        small.close()


@pytest.mark.parametrize("error", [PayloadError, ValueError])
def test_names_in_a_reason_are_one_harmless_line(announced: Announced, error: type[Exception]) -> None:
    def fail(_: BlobRef) -> Buckets:
        raise error("/logs/a\nb\x1b]0;title\x07: no such file")

    found = announced.loaded(BlobRef("a", 0, 1, 0), fail)
    assert isinstance(found, Unreadable)
    assert found.endswith(r"/logs/a\nb\x1b]0;title\x07: no such file")

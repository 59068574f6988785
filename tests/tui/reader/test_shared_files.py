"""Files on a file server: sizes, times and content that come late, out of order or not at all, and errors that pass."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logging_lib.tfevents.proto import event_pb2
from tests import builders
from tui.model import Batch, BlobBatch, Forgotten, Gone, Problem, Recovered, ScalarBatch
from tui.reader import event_file
from tui.reader.decode import EventDecoder
from tui.reader.event_file import EventFileReader

EVENTS = [builders.version_event(), *builders.points("a", range(30)), *builders.points("b", range(5))]
DATA = builders.records(EVENTS)
ALL_STEPS = {"a": list(range(30)), "b": list(range(5))}


@dataclass
class Shown:
    """What the batches of a file leave on the screen."""

    steps: dict[str, list[int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take(self, batches: list[Batch]) -> None:
        """As the store does."""
        for batch in batches:
            match batch:
                case ScalarBatch():
                    self.steps.setdefault(batch.key.tag, []).extend(batch.steps.tolist())
                case Forgotten():
                    self.steps.clear()
                    self.problems.clear()
                case Problem():
                    self.problems.append(batch)
                case Recovered():
                    self.problems = [problem for problem in self.problems if problem.offset is not None]


class Client:
    """A file system's client: what it says of the one file, and what it gives of it.

    `size` and `opened_size` are what a stat says of a file that is closed or open, None for how long it is; `short`
    takes so many bytes off each read; `failing` is the error of the next reads, by their number.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size: int | None = None
        self.opened_size: int | None = None
        self.short = 0
        self.failing: dict[int, int] = {}
        self.reads = 0
        self.now = 100.0

    def read(self, wanted: int) -> int:
        """How many bytes a read gives."""
        self.reads += 1
        if (code := self.failing.pop(self.reads, 0)) != 0:
            raise OSError(code, os.strerror(code))
        return max(wanted - self.short, 1)

    @contextmanager
    def mounted(self) -> Iterator[None]:
        """Have all reading of the one file go through this client."""
        client, inode = self, self.path.stat().st_ino
        stat, fstat, pread = os.stat, os.fstat, os.pread

        def sized(status: os.stat_result, size: int | None) -> os.stat_result:
            if size is None or status.st_ino != inode:
                return status
            return os.stat_result([*status[:6], size, *status[7:10]], {"st_mtime_ns": status.st_mtime_ns})

        class File(FileIO):
            def read(self, size: int | None = -1, /) -> bytes:  # type: ignore[override]
                return super().read(client.read(-1 if size is None else size)) or b""

            def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
                return super().readinto(buffer[: client.read(len(buffer))]) or 0

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "stat", lambda path, **options: sized(stat(path, **options), client.size))
            patch.setattr(os, "fstat", lambda descriptor: sized(fstat(descriptor), client.opened_size))
            patch.setattr(os, "pread", lambda descriptor, size, at: pread(descriptor, client.read(size), at))
            patch.setattr(event_file, "open_unbuffered", File)
            patch.setattr("time.monotonic", lambda: client.now)
            yield


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    client = Client(builders.write(tmp_path / builders.FILE_NAME, []))
    with client.mounted():
        yield client


def reader_of(client: Client) -> EventFileReader:
    return EventFileReader(EventDecoder("run", str(client.path), {}))


def poll(reader: EventFileReader, *, opened: bool = False) -> list[Batch]:
    """Look once and read what there seems to be."""
    batches = reader.look(opened=opened)
    for _ in range(3 * len(DATA)):
        if not reader.pending:
            return [*batches, *reader.take()]
        batches += reader.read()
    raise AssertionError("reading did not end")


def show(path: Path, data: bytes, mtime: int) -> None:
    """Have the file hold this, and say that it changed then."""
    with path.open("r+b") as file:
        file.truncate(len(data))
        file.write(data)
    os.utime(path, (mtime, mtime))


@st.composite
def views(draw: st.DrawFn) -> tuple[bytes, dict[str, object]]:
    """The file's content at some moment, with zeros where it did not arrive yet, and how the client shows it."""
    length = draw(st.integers(0, len(DATA)))
    data = bytearray(DATA[:length])
    for start in draw(st.lists(st.integers(0, len(DATA)), max_size=2)):
        stop = min(start + draw(st.integers(1, 200)), length)
        data[start:stop] = bytes(max(stop - start, 0))
    data += bytes(min(draw(st.sampled_from([0, 0, 3, 8, 500])), len(DATA) - length))
    sizes = st.one_of(st.none(), st.integers(0, len(DATA) + 100))
    settings = {
        "mtime": draw(st.integers(1, 4)),
        "size": draw(sizes),
        "opened_size": draw(sizes),
        "short": draw(st.sampled_from([0, 0, 1, 7, 1000])),
        "failing": draw(st.dictionaries(st.integers(1, 20), st.sampled_from([errno.EIO, errno.ESTALE]), max_size=3)),
        "opened": draw(st.booleans()),
    }
    return bytes(data), settings


@given(st.lists(views(), max_size=8))
def test_whatever_is_shown_meanwhile_all_is_read_once(
    tmp_path_factory: pytest.TempPathFactory, moments: list[tuple[bytes, dict[str, object]]]
) -> None:
    """Stale sizes, sizes ahead, short reads, zeros, holes, times that stand still or go back, errors that pass."""
    client = Client(builders.write(tmp_path_factory.mktemp("shared") / builders.FILE_NAME, []))
    shown = Shown()
    with client.mounted():
        reader = reader_of(client)
        for data, settings in moments:
            show(client.path, data, int(str(settings["mtime"])))
            for name in ("size", "opened_size", "short"):
                setattr(client, name, settings[name])
            failing = settings["failing"]
            assert isinstance(failing, dict)
            client.failing, client.reads = dict(failing), 0
            client.now += 1.0
            shown.take(poll(reader, opened=bool(settings["opened"])))
        client.size = client.opened_size = None
        client.short, client.failing = 0, {}
        show(client.path, DATA, 9)
        for _ in range(2):
            shown.take(poll(reader))
    assert (shown.steps, shown.problems) == (ALL_STEPS, [])


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE, errno.ETIMEDOUT])
def test_a_failing_read_loses_nothing_of_an_unfinished_record(client: Client, code: int) -> None:
    """What there was of it waits while a read fails, twice where the file is opened anew at once."""
    reader, shown = reader_of(client), Shown()
    cut = len(builders.records(EVENTS[:10])) + 20
    show(client.path, DATA[:cut], 1)
    shown.take(poll(reader))
    show(client.path, DATA, 2)
    for number in range(1, 30):
        if sum(map(len, shown.steps.values())) == 35:
            break
        client.failing, client.reads = {number: code, number + 1: code}, 0
        shown.take(poll(reader))
    assert number > 4
    shown.take(poll(reader))
    assert (shown.steps, shown.problems) == (ALL_STEPS, [])


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE])
@pytest.mark.parametrize("events", [EVENTS, [*EVENTS, event_pb2.Event(graph_def=bytes(200_000)), *EVENTS]])
def test_a_read_that_fails_once_loses_nothing_of_a_long_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, events: list[event_pb2.Event]
) -> None:
    """Whichever read it is of those that it takes."""
    monkeypatch.setattr("tui.reader.stream.CHUNK_BYTES", 100_000 if len(events) > 40 else 500)
    for number in range(1, 20):
        client = Client(builders.write(tmp_path / f"{number}.tfevents", events))
        shown = Shown()
        with client.mounted():
            reader = reader_of(client)
            client.failing = {number: code}
            for _ in range(2):
                shown.take(poll(reader))
        assert sum(map(len, shown.steps.values())) == 35 * (1 + (len(events) > 40))
        assert shown.problems == []


@pytest.mark.parametrize("missing", [1, 4, 5, 1000, 299_000])
def test_a_size_ahead_of_a_long_image_waits_for_its_content(client: Client, missing: int) -> None:
    value = builders.Value(tag="i")
    value.image.encoded_image_string = bytes(range(1, 251)) * 1200
    data = DATA + builders.record(builders.event(value, step=3))
    reader, shown = reader_of(client), Shown()
    client.size = client.opened_size = len(data)
    show(client.path, data[:-missing], 1)
    shown.take(poll(reader))
    shown.take(poll(reader))
    show(client.path, data, 2)
    batches = poll(reader)
    shown.take(batches)
    assert (shown.steps, shown.problems) == (ALL_STEPS, [])
    assert [list(batch.steps) for batch in batches if isinstance(batch, BlobBatch)] == [[3]]


def test_a_stale_handle_is_looked_up_again_before_anything_is_said(client: Client) -> None:
    reader = reader_of(client)
    show(client.path, DATA, 1)
    client.failing = {1: errno.ESTALE}
    batches = poll(reader)
    assert [batch for batch in batches if isinstance(batch, Problem)] == []
    assert sum(len(batch.steps) for batch in batches if isinstance(batch, ScalarBatch)) == 35


@pytest.mark.parametrize(("code", "why"), [(errno.ESTALE, "Stale file handle"), (errno.EIO, "Input/output error")])
def test_a_server_that_is_out_of_reach_is_a_state(
    client: Client, monkeypatch: pytest.MonkeyPatch, code: int, why: str
) -> None:
    """Its files are not gone; they are read on when it is back."""
    reader = reader_of(client)
    show(client.path, DATA[:1000], 1)
    poll(reader)
    with monkeypatch.context() as patch:

        def refuse(path: object, **options: object) -> os.stat_result:
            raise OSError(code, os.strerror(code))

        patch.setattr(os, "stat", refuse)
        batches = poll(reader)
        assert batches == [Problem(str(client.path), None, f"file cannot be read: {why}")]
        assert not any(isinstance(batch, Gone) for batch in batches)
        assert poll(reader) == []
    show(client.path, DATA, 2)
    batches = poll(reader)
    assert batches[0] == Recovered(str(client.path))
    assert not any(isinstance(batch, Forgotten) for batch in batches)


def test_a_file_that_is_opened_shows_how_long_it_is(client: Client) -> None:
    """Where a stat says for a minute what it said before."""
    reader, shown = reader_of(client), Shown()
    show(client.path, DATA[:1000], 1)
    shown.take(poll(reader))
    client.size = 1000
    with client.path.open("r+b") as file:
        file.write(DATA)
    os.utime(client.path, (1, 1))
    assert poll(reader) == []
    shown.take(poll(reader, opened=True))
    assert shown.steps == ALL_STEPS


@pytest.mark.parametrize("hole", [(1000, 1400), (len(DATA) - 300, len(DATA))])
def test_content_that_arrives_late_and_moves_nothing_is_read(client: Client, hole: tuple[int, int]) -> None:
    """Of size, time and identity; the file is looked into again, ever more seldom."""
    reader, shown = reader_of(client), Shown()
    start, stop = hole
    show(client.path, DATA[:start] + bytes(stop - start) + DATA[stop:], 1)
    shown.take(poll(reader))
    assert len(shown.problems) == 1
    assert poll(reader) == []
    client.now += 1.5
    assert poll(reader) == []
    client.now += 1.5
    show(client.path, DATA, 1)
    assert poll(reader) == []  # that was half of the pause
    client.now += 1.5
    shown.take(poll(reader))
    assert (shown.steps, shown.problems) == (ALL_STEPS, [])


def test_damage_that_stays_is_looked_into_for_two_minutes(client: Client) -> None:
    reader = reader_of(client)
    show(client.path, DATA[:1000] + bytes(100) + DATA[1100:], 1)
    poll(reader)
    looks = []
    for _ in range(1000):
        client.now += 1.0
        client.reads = 0
        assert poll(reader) == []
        looks.append(client.reads > 0)
    assert [second + 1 for second, looked in enumerate(looks) if looked] == [1, 3, 7, 15, 31, 63, 127]


@pytest.mark.parametrize(
    ("mtime", "age"),
    [(lambda now: now - 7200, 7200.0), (lambda now: now + 7200, 0.0), (lambda now: now - 5, 5.0)],
    ids=["behind", "ahead", "equal"],
)
def test_a_server_whose_clock_is_wrong_has_files_that_change_now(
    client: Client, mtime: Callable[[float], float], age: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a file is first seen, its own time is all there is; after that, our clock says when it changed."""
    monkeypatch.setattr("time.time", lambda: 1_000_000.0)
    reader = reader_of(client)
    show(client.path, DATA[:1000], int(mtime(1_000_000.0)))
    reader.look()
    assert reader.changed_at == client.now - age
    client.now += 50.0
    poll(reader)
    assert reader.changed_at == client.now - 50.0 - age
    show(client.path, DATA, int(mtime(1_000_000.0)))
    poll(reader)
    assert reader.changed_at == client.now

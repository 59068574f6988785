"""Long records of data are passed over; what is known of them is what reading them tells."""

from __future__ import annotations

from collections.abc import Iterable
from io import FileIO
from pathlib import Path

import numpy as np
import pytest

from logging_lib.tfevents import plugins
from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.record import HEADER_BYTES
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.builders import Value, scalar_event
from tui.ingest.ingester import Ingester
from tui.model import Gone, Problem, SeriesKey
from tui.reader import stream
from tui.reader.decode import EventDecoder
from tui.reader.event_file import EventFileReader
from tui.reader.named_logdir import LogDir
from tui.reader.payload import PayloadError, read_image
from tui.reader.skim import LEAST_BYTES, Skimmed, skim
from tui.store.snapshot import StoreSnapshot

LONG = bytes(range(256)) * (LEAST_BYTES // 256 + 1)


def image(tag: str = "i", data: bytes = LONG) -> Value:
    return Value(tag=tag, image=summary_pb2.Summary.Image(height=1, width=2, encoded_image_string=data))


def tensor(tag: str, *strings: bytes, plugin: str | None = plugins.IMAGES) -> Value:
    array = np.empty(len(strings), object)
    array[:] = strings
    return builders.tensor(tag, to_tensor_proto(array), plugin, b"content" if plugin else b"")


def audio(tag: str) -> Value:
    return Value(tag=tag, audio=summary_pb2.Summary.Audio(sample_rate=8000.0, encoded_audio_string=LONG))


def skimmed(path: Path, items: Iterable[event_pb2.Event | bytes], start: int = 0) -> object:
    builders.write(path, items)
    with FileIO(path) as file:
        return skim(file, start, path.stat().st_size)


def read(path: Path) -> StoreSnapshot:
    return Ingester([LogDir("", path)]).read_all()


def same(a: StoreSnapshot, b: StoreSnapshot) -> bool:
    """Whether both say the same of everything."""

    def said(snapshot: StoreSnapshot) -> object:
        blobs = {
            key: (series.steps.tolist(), series.wall_times.tolist(), list(series.refs))
            for key, series in snapshot.blobs.items()
        }
        scalars = {key: series.values.tolist() for key, series in snapshot.scalars.items()}
        return blobs, scalars, snapshot.tags, snapshot.problems, snapshot.runs

    return said(a) == said(b)


def many() -> list[event_pb2.Event]:
    """Short and long records of all kinds, in turn."""
    events = [builders.version_event()]
    for step in range(40):
        events.append(scalar_event("loss", step, step / 4))
        values = [image(), tensor("t", b"1", b"2", LONG), audio("a"), tensor("text", LONG, plugin=plugins.TEXT)]
        events.append(builders.event(values[step % 4], step=step, wall_time=builders.WALL_TIME + step))
    return [*events, scalar_event("loss", 40, 1.0)]


def test_the_outcome_is_that_of_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, many())
    passed: list[int] = []
    monkeypatch.setattr(stream, "skim", lambda *args: (record := skim(*args)) and (passed.append(1) or record))
    quick = read(tmp_path)
    assert len(passed) >= 35  # the first ones come whole with the first chunk
    monkeypatch.setattr(stream, "skim", lambda *args: None)
    assert same(quick, read(tmp_path))
    assert quick.tags[SeriesKey(".", "t", plugins.IMAGES)].content == b"content"
    (ref, *_) = quick.blobs[SeriesKey(".", "i", plugins.IMAGES)].refs
    assert read_image(ref) == [LONG] and ref.path == str(path)


def test_a_file_that_grows(tmp_path: Path) -> None:
    """The record is read like any other until it is whole, and passed over when it is."""
    path = tmp_path / builders.FILE_NAME
    start = builders.records([builders.version_event(), scalar_event("loss", 0, 1.0)])
    record = builders.record(builders.event(image(), step=5))
    ingester = Ingester([LogDir("", tmp_path)])
    for end in (3, 40, 70_000, len(record) - 1):
        path.write_bytes(start + record[:end])
        assert not ingester.read_all().blobs
    path.write_bytes(start + record)
    assert [list(series.steps) for series in ingester.read_all().blobs.values()] == [[5]]
    builders.append(path, [scalar_event("loss", 1, 2.0)])
    snapshot = ingester.read_all()
    assert [len(series.values) for series in snapshot.scalars.values()] == [2]
    assert not snapshot.problems


def test_a_file_that_lost_its_end_since_its_size_was_asked(tmp_path: Path) -> None:
    path = tmp_path / builders.FILE_NAME
    record = builders.record(builders.event(image(), step=5))
    for left in [*range(60), LEAST_BYTES, len(record) - 4, len(record) - 1]:
        path.write_bytes(record[:left])
        with FileIO(path) as file:
            assert skim(file, 0, len(record)) is None


SOUND = summary_pb2.Summary.Audio(sample_rate=8000.0, encoded_audio_string=LONG)
KEPT = "k" * 9000
"""Longer than what is read at a time, and no data."""


@pytest.mark.parametrize(
    "event",
    [
        builders.event(image(), builders.scalar("a", 1.0)),
        builders.event(image(), image()),
        builders.event(Value(tag=LONG.hex(), simple_value=1.0)),
        builders.event(Value(tag=LONG.hex(), image=summary_pb2.Summary.Image(encoded_image_string=LONG))),
        builders.event(Value(tag="h", histo=summary_pb2.HistogramProto(bucket=[1.0] * LEAST_BYTES))),
        builders.event(builders.tensor("t", to_tensor_proto(np.zeros(LEAST_BYTES)))),
        event_pb2.Event(graph_def=LONG),
        image("i").SerializeToString(),
        builders.event(image()).SerializeToString() * 2,
        builders.event(image()).SerializeToString() + builders.event(builders.scalar("a", 1.0)).SerializeToString(),
        builders.event(image()).SerializeToString() + b"\x10\x01" * 64,
        b"\xff" * LEAST_BYTES,
    ],
    ids=[
        "a number beside it", "two", "a long tag", "a long tag beside it", "histogram", "numbers", "graph", "no event",
        "two summaries", "a short summary beside it", "many fields", "no message",
    ],
)  # fmt: skip
def test_records_that_are_read_like_any_other(event: event_pb2.Event | bytes, tmp_path: Path) -> None:
    payload = event if isinstance(event, bytes) else event.SerializeToString()
    assert len(payload) >= LEAST_BYTES
    assert skimmed(tmp_path / "file", [payload]) is None


NAMED = Value(tag="i", image=image().image, metadata=plugins.summary_metadata(plugins.IMAGES, display_name=KEPT))


@pytest.mark.parametrize(
    "value", [image(KEPT), NAMED, Value(tag="a", audio=SOUND), tensor("t", KEPT.encode() * 2, LONG)]
)
def test_all_but_the_data_is_kept(value: Value, tmp_path: Path) -> None:
    event = builders.event(value, step=7, wall_time=1.5)
    record = skimmed(tmp_path / "file", [event])
    assert isinstance(record, Skimmed)
    assert (record.event.step, record.event.wall_time) == (7, 1.5)
    (kept,) = record.event.summary.value
    assert (kept.tag, kept.metadata, kept.WhichOneof("value")) == (value.tag, value.metadata, value.WhichOneof("value"))
    assert (record.offset, record.length) == (HEADER_BYTES, event.ByteSize())
    assert record.mark == (HEADER_BYTES, event.ByteSize(), masked_crc32c(event.SerializeToString()))


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A logdir of one file: an image in the middle of which a bit is flipped, a whole one, a scalar."""
    events = [builders.event(image(), step=0), builders.event(image(), step=1), scalar_event("loss", 1, 2.0)]
    flip(builders.write(tmp_path / builders.FILE_NAME, events))
    return tmp_path


def flip(path: Path) -> None:
    """Flip a bit in the middle of the first long record."""
    data = bytearray(path.read_bytes())
    data[LEAST_BYTES // 2] ^= 1
    path.write_bytes(data)


def damage(path: Path) -> list[Problem]:
    """What is told of it."""
    length = builders.event(image(), step=0).ByteSize()
    reason = f"payload fails its CRC; {length} bytes that cannot be shown"
    return [Problem(str(path / builders.FILE_NAME), 0, reason)]


def test_damage_inside_is_found_afterwards(damaged: Path) -> None:
    snapshot = read(damaged)
    assert list(snapshot.problems) == damage(damaged)
    (series,) = snapshot.blobs.values()
    assert series.steps.tolist() == [0, 1]
    with pytest.raises(PayloadError, match="damaged, or changed since it was read"):
        read_image(series.refs[0])
    assert read_image(series.refs[1]) == [LONG]


@pytest.mark.parametrize("repaired", [True, False])
def test_damage_is_checked_again_when_the_file_has_grown(damaged: Path, repaired: bool) -> None:
    """A network file system may show the data late."""
    ingester = Ingester([LogDir("", damaged)])
    assert ingester.read_all().problems
    path = damaged / builders.FILE_NAME
    if repaired:
        flip(path)
    builders.append(path, [scalar_event("loss", 2, 1.0)])
    for _ in range(2):  # where it is repaired, the file is read from its start at the next look
        snapshot = ingester.read_all()
    assert list(snapshot.problems) == ([] if repaired else damage(damaged))
    assert [len(series.values) for series in snapshot.scalars.values()] == [2]
    assert [series.steps.tolist() for series in snapshot.blobs.values()] == [[0, 1]]


def checked(reader: EventFileReader) -> list[object]:
    """What checking all that can be tells."""
    told: list[object] = []
    while before := len(reader.unchecked):
        told += reader.check()
        if len(reader.unchecked) == before:
            break
    return told


@pytest.fixture
def reader(damaged: Path) -> EventFileReader:
    """That has read the damaged file, and checked nothing."""
    reader = EventFileReader(EventDecoder(".", str(damaged / builders.FILE_NAME), {}))
    reader.look()
    while reader.pending:
        assert reader.read() == []
    return reader


def test_the_newest_is_checked_first(reader: EventFileReader, damaged: Path) -> None:
    sizes = [builders.event(image(), step=step).ByteSize() for step in (0, 1)]
    assert len(reader.unchecked) == 2 and reader.unchecked.bytes == sum(sizes)
    assert reader.check() == []
    assert len(reader.unchecked) == 1 and reader.unchecked.bytes == sizes[0]
    assert reader.check() == damage(damaged)
    assert len(reader.unchecked) == reader.unchecked.bytes == 0


def test_of_another_file_in_its_place_nothing_is_said(reader: EventFileReader, damaged: Path) -> None:
    path = damaged / builders.FILE_NAME
    path.rename(damaged / "aside")
    builders.write(path, [builders.event(image(data=LONG + LONG))])
    assert checked(reader) == []
    assert len(reader.unchecked) == 2
    (damaged / "aside").rename(path)
    assert checked(reader) == damage(damaged)


def test_a_file_that_is_gone_is_told_as_ever(reader: EventFileReader, damaged: Path) -> None:
    path = damaged / builders.FILE_NAME
    path.unlink()
    assert checked(reader) == [
        Problem(str(path), None, "file is gone; what was read of it stays"), Gone(str(path))
    ]  # fmt: skip


def test_checking_ends_when_reading_does(damaged: Path) -> None:
    """A record of gigabytes must not hold up the end."""

    class EndError(Exception):
        pass

    def breathe() -> None:
        if ending.unchecked and not ending.pending:
            raise EndError

    ending = EventFileReader(EventDecoder(".", str(damaged / builders.FILE_NAME), {}), breathe=breathe)
    ending.look()
    while ending.pending:
        ending.read()
    with pytest.raises(EndError):
        ending.check()


def test_a_record_that_was_torn_is_searched_for_others(tmp_path: Path) -> None:
    torn = builders.record(builders.event(image()))[: LEAST_BYTES // 2]
    path = tmp_path / builders.FILE_NAME
    # What follows reaches beyond the end that the torn record claims.
    path.write_bytes(torn + builders.records(scalar_event("loss", step, 1.0) for step in range(9000)))
    assert path.stat().st_size > LEAST_BYTES + len(torn)
    snapshot = read(tmp_path)
    assert [len(series.values) for series in snapshot.scalars.values()] == [9000]
    assert not snapshot.blobs and len(snapshot.problems) == 1


@pytest.mark.parametrize(
    "event",
    [
        builders.event(image(data=LONG[:1000])),  # short
        builders.event(image(), image("j")),
        builders.event(image(), builders.scalar("s", 1.0)),
        builders.event(builders.tensor("numbers", to_tensor_proto(np.zeros(LEAST_BYTES)), plugins.MESH)),
        event_pb2.Event(graph_def=LONG),
        event_pb2.Event(file_version=LONG.decode("latin-1")),
        # The first of two summaries, which are one.
        builders.event(builders.scalar("s", 1.0)).SerializeToString() + builders.event(image()).SerializeToString(),
        b"\xff" * LEAST_BYTES,
    ],
    ids=["short", "two", "mixed", "numbers", "graph", "version", "parts", "nothing"],
)
def test_what_is_read_like_any_other(tmp_path: Path, event: event_pb2.Event | bytes) -> None:
    assert skimmed(tmp_path / "file", [event]) is None


def test_the_place_matters(tmp_path: Path) -> None:
    path, record = tmp_path / "file", builders.record(builders.event(image()))
    assert skimmed(path, [builders.event(image())]) is not None
    assert skimmed(path, [builders.event(image())], start=1) is None
    with FileIO(path) as file:
        assert skim(file, 0, len(record) - 1) is None  # not to be read so far yet
        assert skim(file, len(record), len(record)) is None
    path.write_bytes(record + bytes(20))
    with FileIO(path) as file:
        assert skim(file, 0, len(record) + 20) is None  # no record follows

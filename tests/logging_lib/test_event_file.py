"""EventFile: created, never truncating another, whole records only."""

from __future__ import annotations

import errno
import itertools
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logging_lib import event_file
from logging_lib.event_file import EventFile, _version_event
from logging_lib.tfevents import filename
from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.record import encode_record
from tests.logging_lib.event_files import event_paths, raw_events


def record(step: int) -> bytes:
    return encode_record(bytes([0x10, step]))


def steps(directory: Path) -> list[int]:
    """Of all events but the first of each file."""
    return [event.step for event in raw_events(directory) if not event.file_version]


def test_starts_with_a_file_version(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "run"
    before = time.time()
    file = EventFile(str(directory), ".suffix")
    assert not directory.exists()
    file.open()
    (path,) = event_paths(directory)
    assert path.name.endswith(".suffix")
    (version,) = raw_events(directory)
    assert (version.file_version, version.source_metadata.writer) == ("brain.Event:2", "tbtui.logging_lib")
    assert before <= version.wall_time <= time.time()
    file.open()
    file.append(b"")
    file.close()
    file.close()
    assert event_paths(directory) == [path]
    assert file.paths == [path]


@given(st.floats())
def test_the_first_event_is_as_protobuf_encodes_it(wall_time: float) -> None:
    source = event_pb2.SourceMetadata(writer="tbtui.logging_lib")
    expected = event_pb2.Event(wall_time=wall_time, file_version="brain.Event:2", source_metadata=source)
    encoded = _version_event(wall_time)
    assert event_pb2.Event.FromString(encoded).SerializeToString() == expected.SerializeToString()
    if struct.pack("<d", wall_time) != bytes(8):  # a zero may be left out, which protobuf does
        assert encoded == expected.SerializeToString()


def test_append_opens(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    file.append(record(5))
    file.append(record(5))
    file.sync()
    file.close()
    assert [event.step for event in raw_events(tmp_path)] == [0, 5, 5]


def test_sync_before_anything_is_written_does_nothing(tmp_path: Path) -> None:
    EventFile(str(tmp_path / "run")).sync()
    assert not (tmp_path / "run").exists()


def test_an_existing_file_is_never_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when another container has our host name, process id and second."""
    monkeypatch.setattr(event_file.time, "time", lambda: 1700000000.0)
    monkeypatch.setattr(filename, "_uids", itertools.count())
    taken = tmp_path / filename.make_event_filename(1700000000.0)
    taken.write_bytes(b"somebody else's")
    monkeypatch.setattr(filename, "_uids", itertools.count())
    file = EventFile(str(tmp_path))
    file.open()
    file.close()
    assert taken.read_bytes() == b"somebody else's"
    assert len(event_paths(tmp_path)) == 2


def test_a_start_time_of_its_own(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path), start_time=1500000000.5)
    file.open()
    file.close()
    (path,) = event_paths(tmp_path)
    assert path.name.startswith("events.out.tfevents.1500000000.")
    assert [event.wall_time for event in raw_events(tmp_path)] == [1500000000.5]


def test_a_name_that_no_file_can_have_is_an_error_of_the_system(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path / "bad\0name"))
    with pytest.raises(OSError, match=r"null (byte|character)"):
        file.append(record(1))


def failing(*outcomes: int | OSError) -> Callable[[int, memoryview], int]:
    """An os.write: each call writes so many bytes or fails, in order, and later ones do as the last."""
    real_write = os.write
    remaining = list(outcomes)

    def write(descriptor: int, data: memoryview) -> int:
        outcome = remaining.pop(0) if len(remaining) > 1 else remaining[0]
        if isinstance(outcome, OSError):
            raise outcome
        return real_write(descriptor, data[:outcome])

    return write


def full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def broken(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def test_the_torn_rest_of_an_append_is_cut_off_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = EventFile(str(tmp_path))
    file.append(record(1))
    (path,) = event_paths(tmp_path)
    whole = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(event_file.os, "write", failing(5, 3, full()))
        with pytest.raises(OSError, match="No space left"):
            file.append(record(2))
    assert path.read_bytes() == whole
    file.append(record(3))
    file.close()
    assert steps(tmp_path) == [1, 3]
    assert file.paths == [path]


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.EROFS, errno.ENOTCONN])
def test_a_descriptor_that_may_be_dead_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    file = EventFile(str(tmp_path))
    file.append(record(1))
    descriptor = file._descriptor
    assert descriptor is not None
    with monkeypatch.context() as patch:
        patch.setattr(event_file.os, "write", failing(5, broken(number)))
        with pytest.raises(OSError, match=os.strerror(number)):
            file.append(record(2))
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.fstat(descriptor)
    file.append(record(3))
    file.close()
    assert [path.stat().st_size for path in file.paths] == [file.paths[0].stat().st_size] * 2  # both are whole
    assert event_paths(tmp_path) == file.paths
    assert steps(tmp_path) == [1, 3]


def test_where_a_torn_rest_stays_the_file_goes_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = EventFile(str(tmp_path))
    file.append(record(1))

    def fail(descriptor: int, length: int) -> None:
        raise broken(errno.EIO)

    with monkeypatch.context() as patch:
        patch.setattr(event_file.os, "write", failing(5, full()))
        patch.setattr(event_file.os, "ftruncate", fail)
        with pytest.raises(OSError, match="No space left"):
            file.append(record(2))
    torn, second = file.paths[0], record(2)
    assert torn.read_bytes().endswith(second[:5])
    file.append(second)
    file.close()
    assert torn.read_bytes().endswith(second[:5])
    assert steps(tmp_path) == [1, 2]


@pytest.mark.parametrize("kept", [0, 20])
def test_a_torn_rest_in_a_file_that_was_truncated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    """What is cut off is unknown then; to make the file longer would fill it with zeros."""
    file = EventFile(str(tmp_path))
    file.append(record(1))
    os.truncate(file.paths[0], kept)
    with monkeypatch.context() as patch:
        patch.setattr(event_file.os, "write", failing(5, full()))
        with pytest.raises(OSError, match="No space left"):
            file.append(record(2))
    assert file.paths[0].stat().st_size == kept + 5
    file.append(record(3))
    file.close()
    assert len(file.paths) == 2
    assert file.paths[1].read_bytes().endswith(record(3))


def test_a_file_that_was_emptied_is_appended_to(tmp_path: Path) -> None:
    """As by logrotate's copytruncate: no zeros are left before what follows."""
    file = EventFile(str(tmp_path))
    file.append(record(1))
    os.truncate(file.paths[0], 0)
    file.append(record(2))
    file.close()
    assert file.paths[0].read_bytes() == record(2)
    assert steps(tmp_path) == [2]


@pytest.mark.parametrize("end", [EventFile.close, lambda file: file.append(record(3))])
def test_what_an_interruption_tears_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: Callable[[EventFile], None]
) -> None:
    """By the append that follows, or the close."""
    file = EventFile(str(tmp_path))
    file.append(record(1))
    whole = file.paths[0].stat().st_size
    real_write = os.write

    def interrupted(descriptor: int, data: memoryview) -> int:
        real_write(descriptor, data[:5])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(event_file.os, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            file.append(record(2))
    assert file.paths[0].stat().st_size == whole + 5
    end(file)
    file.close()
    assert 2 not in steps(tmp_path)
    assert file.paths[0].stat().st_size in (whole, whole + len(record(3)))


@pytest.mark.parametrize("written", [0, 5])
def test_a_file_whose_start_cannot_be_written_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """A full disk has room for a name, and each try to write would leave another."""
    file = EventFile(str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(event_file.os, "write", failing(written, full()) if written else failing(full()))
        with pytest.raises(OSError, match="No space left"):
            file.open()
    assert list(tmp_path.iterdir()) == []
    file.append(record(1))
    file.close()
    assert steps(tmp_path) == [1]
    assert len(file.paths) == 1


def test_a_disowned_file_is_left_as_it_is_and_the_next_append_has_its_own(
    tmp_path: Path,
) -> None:
    """As in a forked child, where the parent may be in the middle of an append."""
    file = EventFile(str(tmp_path))
    file.append(record(1))
    descriptor = file._descriptor
    assert descriptor is not None
    (parents,) = event_paths(tmp_path)
    file._torn = True
    os.write(descriptor, b"half a rec")
    before = parents.read_bytes()
    file.disown()
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.fstat(descriptor)
    file.append(record(2))
    file.close()
    file.disown()
    assert parents.read_bytes() == before
    (own,) = (path for path in event_paths(tmp_path) if path != parents)
    assert own.read_bytes().endswith(record(2))

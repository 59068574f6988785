"""EventFile: created, never truncating another, whole records only."""

from __future__ import annotations

import errno
import itertools
import os
import time
from pathlib import Path

import pytest

from logging_lib import event_file
from logging_lib.event_file import EventFile
from logging_lib.tfevents import filename
from logging_lib.tfevents.record import encode_record
from tests.logging_lib.event_files import event_paths, raw_events


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


def test_append_opens(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    record = encode_record(b"\x10\x05")
    file.append(record)
    file.append(record)
    file.close()
    assert [event.step for event in raw_events(tmp_path)] == [0, 5, 5]


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


def test_a_torn_append_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = EventFile(str(tmp_path))
    first, lost, last = (encode_record(bytes([0x10, step])) for step in (1, 2, 3))
    file.append(first)
    (path,) = event_paths(tmp_path)
    whole = path.stat().st_size
    real_write = os.write

    def write_five_bytes_then_fail(descriptor: int, data: memoryview) -> int:
        if len(data) < len(lost):
            raise OSError(28, "No space left on device")
        return real_write(descriptor, data[:5])

    with monkeypatch.context() as patch:
        patch.setattr(event_file.os, "write", write_five_bytes_then_fail)
        with pytest.raises(OSError, match="No space left"):
            file.append(lost)
    assert path.stat().st_size == whole + 5
    file.append(last)
    file.close()
    assert [event.step for event in raw_events(tmp_path)] == [0, 1, 3]
    assert path.stat().st_size == whole + len(last)


def test_close_cuts_a_torn_append_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = EventFile(str(tmp_path))
    file.append(encode_record(b"\x10\x01"))
    (path,) = event_paths(tmp_path)
    whole = path.read_bytes()
    answers = iter([3])
    real_write = os.write

    def write_some_then_fail(descriptor: int, data: memoryview) -> int:
        length = next(answers, None)
        if length is None:
            raise OSError(5, "Input/output error")
        return real_write(descriptor, data[:length])

    with monkeypatch.context() as patch:
        patch.setattr(event_file.os, "write", write_some_then_fail)
        with pytest.raises(OSError, match="Input/output"):
            file.append(encode_record(b"\x10\x02"))
    file.close()
    assert path.read_bytes() == whole


def test_a_start_time_of_its_own(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path), start_time=1500000000.5)
    file.open()
    file.close()
    (path,) = event_paths(tmp_path)
    assert path.name.startswith("events.out.tfevents.1500000000.")
    assert [event.wall_time for event in raw_events(tmp_path)] == [1500000000.5]


def test_a_disowned_file_is_left_as_it_is_and_the_next_append_has_its_own(
    tmp_path: Path,
) -> None:
    """As in a forked child, where the parent may be in the middle of an append."""
    file = EventFile(str(tmp_path))
    file.append(encode_record(b"\x10\x01"))
    descriptor = file._descriptor
    assert descriptor is not None
    (parents,) = event_paths(tmp_path)
    file._torn = True
    os.write(descriptor, b"half a rec")
    before = parents.read_bytes()
    file.disown()
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.fstat(descriptor)
    file.append(encode_record(b"\x10\x02"))
    file.close()
    file.disown()
    assert parents.read_bytes() == before
    (own,) = (path for path in event_paths(tmp_path) if path != parents)
    assert own.read_bytes().endswith(encode_record(b"\x10\x02"))

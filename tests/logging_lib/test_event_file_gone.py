"""EventFile when its file is deleted, renamed or closed by somebody else: nothing is written where nobody looks."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from logging_lib import event_file
from logging_lib.event_file import EventFile, _has_moved
from tests.logging_lib.test_event_file import failing, full, record, steps

POSIX = pytest.mark.skipif(os.name != "posix", reason="only POSIX deletes and renames open files")


@POSIX
def test_a_deleted_file_is_followed_by_another(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run = tmp_path / "runs" / "a"
    file = EventFile(str(run))
    file.append(record(1))
    for step in (2, 3):
        file.paths[-1].unlink()
        file.paths[-1].parent.rmdir()
        file.append(record(step))
    file.append(record(4))
    file.close()
    assert steps(run) == [3, 4]
    assert len(file.paths) == 3
    assert [entry.getMessage() for entry in caplog.records] == [
        f"{file.paths[0]} was deleted; what is logged now is in {file.paths[1]}"
    ]


@POSIX
def test_a_file_deleted_on_a_full_disk_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes up space until it is closed."""
    file = EventFile(str(tmp_path))
    file.append(record(1))
    file.paths[0].unlink()
    with monkeypatch.context() as patch:
        patch.setattr(event_file.os, "write", failing(full()))
        with pytest.raises(OSError, match="No space left"):
            file.append(record(2))
    assert file._descriptor is None
    file.append(record(2))
    file.close()
    assert steps(tmp_path) == [2]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells where an open file is now")
def test_a_run_that_was_renamed_is_followed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run = tmp_path / "run"
    file = EventFile(str(run))
    file.append(record(1))
    run.rename(tmp_path / "better name")
    file.append(record(2))
    assert not run.exists()
    file.close()
    assert steps(tmp_path / "better name") == [1, 2]
    assert caplog.records == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells where an open file is now")
@pytest.mark.parametrize("name", [".nfs00000000001b3c5800000001", ".fuse_hidden0000000100000001"])
def test_names_of_deleted_files_on_nfs_and_fuse(tmp_path: Path, name: str) -> None:
    """Deleting an open file renames it there."""
    file = EventFile(str(tmp_path))
    file.append(record(1))
    file.paths[0].rename(tmp_path / name)
    file.append(record(2))
    file.close()
    assert steps(tmp_path) == [2]


@POSIX
def test_a_deleted_file_with_a_hard_link_elsewhere(tmp_path: Path) -> None:
    """As in a backup made with `cp -al`: nobody would look for what is logged there."""
    file = EventFile(str(tmp_path / "run"))
    file.append(record(1))
    backup = tmp_path / "backup"
    backup.hardlink_to(file.paths[0])
    file.paths[0].unlink()
    file.append(record(2))
    file.close()
    assert steps(tmp_path / "run") == [2]


@POSIX
def test_a_file_that_is_deleted_while_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last name is gone before it is looked at, and it is not taken for one of a file system without links."""
    write_all = event_file._write_all

    def deleted(descriptor: int, data: bytes) -> None:
        write_all(descriptor, data)
        for path in (tmp_path / "run").iterdir():
            path.unlink()

    file = EventFile(str(tmp_path / "run"))
    with monkeypatch.context() as patch:
        patch.setattr(event_file, "_write_all", deleted)
        file.open()
    for step in (1, 2):
        file.append(record(step))
    file.close()
    assert steps(tmp_path / "run") == [1, 2]


def test_without_a_way_to_tell_a_file_that_is_not_in_its_place_is_gone() -> None:
    assert not _has_moved(-1)


def test_a_file_system_that_counts_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_fstat = os.fstat

    def without_links(descriptor: int) -> os.stat_result:
        status = list(real_fstat(descriptor))
        status[3] = 0
        return os.stat_result(status)

    monkeypatch.setattr(event_file.os, "fstat", without_links)
    file = EventFile(str(tmp_path))
    file.append(record(1))
    file.append(record(2))
    file.close()
    assert len(file.paths) == 1
    assert steps(tmp_path) == [1, 2]


def test_a_descriptor_that_somebody_closed_is_not_used(tmp_path: Path) -> None:
    """It may be another file's by now: nothing is written there, nor is it closed."""
    file = EventFile(str(tmp_path / "run"))
    file.append(record(1))
    taken = file._descriptor
    assert taken is not None
    other = os.open(tmp_path / "checkpoint", os.O_RDWR | os.O_CREAT)
    os.dup2(other, taken)
    file.append(record(2))
    file.close()
    assert (tmp_path / "checkpoint").read_bytes() == b""
    os.write(taken, b"weights")  # still open
    os.close(taken)
    file.append(record(3))
    assert file._descriptor is not None
    os.close(file._descriptor)
    file.append(record(4))
    file.close()
    os.close(other)
    assert (tmp_path / "checkpoint").read_bytes() == b"weights"
    assert steps(tmp_path / "run") == [1, 2, 3, 4]


@pytest.mark.parametrize("end", [EventFile.close, EventFile.disown])
def test_a_descriptor_that_somebody_closed_is_not_closed_again(
    tmp_path: Path, end: Callable[[EventFile], None]
) -> None:
    file = EventFile(str(tmp_path / "run"))
    file.append(record(1))
    taken = file._descriptor
    assert taken is not None
    os.close(taken)
    end(file)
    file.append(record(2))
    taken = file._descriptor
    assert taken is not None
    other = os.open(tmp_path / "checkpoint", os.O_RDWR | os.O_CREAT)
    os.dup2(other, taken)
    os.close(other)
    end(file)
    os.write(taken, b"weights")
    os.close(taken)
    assert (tmp_path / "checkpoint").read_bytes() == b"weights"
    assert steps(tmp_path / "run") == [1, 2]

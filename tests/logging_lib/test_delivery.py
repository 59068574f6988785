"""Delivery: what the disk refuses waits in order, bounded and counted, and is told of in few words."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from logging_lib import delivery, event_file
from logging_lib.delivery import Delivery, Report
from logging_lib.event_file import EventFile
from logging_lib.tfevents.record import encode_record
from tests.logging_lib.event_files import raw_events


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Disk:
    """An EventFile.append that can be told to refuse, and counts the tries."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error: OSError | None = None
        self.tries = 0
        append = EventFile.append

        def try_to_append(file: EventFile, records: bytes) -> None:
            self.tries += 1
            if self.error is not None:
                raise self.error
            append(file, records)

        monkeypatch.setattr(EventFile, "append", try_to_append)

    def fill(self) -> None:
        self.error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(delivery, "time", clock)
    return clock


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def batch(*steps: int) -> bytes:
    return b"".join(encode_record(bytes([0x10, step])) for step in steps)


def steps(directory: Path) -> list[int]:
    return [event.step for event in raw_events(directory) if not event.file_version]


def delivery_to(directory: Path, report: Report | None = None) -> Delivery:
    return Delivery(EventFile(str(directory)), report or Report())


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    assert {(record.name, record.levelno) for record in caplog.records} <= {("logging_lib", logging.WARNING)}
    return [record.getMessage() for record in caplog.records]


def test_what_is_sent_is_in_the_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    sent = delivery_to(tmp_path)
    sent.send(batch(1, 2), 2)
    assert (sent.waiting, sent.lost, sent.directory) == (0, 0, str(tmp_path))
    assert steps(tmp_path) == [1, 2]
    sent.retry()
    sent.sync()
    sent.close()
    assert sent.file._descriptor is None
    assert messages(caplog) == []


def test_what_is_refused_is_written_later_in_order(
    tmp_path: Path, clock: Clock, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    sent = delivery_to(tmp_path)
    sent.send(batch(1), 1)
    disk.fill()
    sent.send(batch(2, 3), 2)
    sent.send(batch(4), 1)
    assert (sent.waiting, steps(tmp_path)) == (3, [1])
    disk.error = None
    sent.retry()
    sent.send(batch(5), 1)
    assert (sent.waiting, steps(tmp_path)) == (4, [1])  # the pause is not over
    clock.now += 1
    sent.retry()
    assert (sent.waiting, sent.lost, steps(tmp_path)) == (0, 0, [1, 2, 3, 4, 5])
    sent.close()
    assert messages(caplog) == [
        f"cannot write to {tmp_path}: No space left on device; the training goes on, 2 events wait and are tried again",
        f"writing to {tmp_path} works again; 0 events were lost meanwhile",
    ]


def test_a_send_when_the_pause_is_over_writes_all(tmp_path: Path, clock: Clock, disk: Disk) -> None:
    sent = delivery_to(tmp_path)
    disk.fill()
    sent.send(batch(1), 1)
    disk.error = None
    clock.now += 1
    sent.send(batch(2), 1)
    assert steps(tmp_path) == [1, 2]
    sent.close()


def test_pauses_get_longer(tmp_path: Path, clock: Clock, disk: Disk) -> None:
    sent = delivery_to(tmp_path)
    disk.fill()
    sent.send(batch(1), 1)
    tried_at = []
    for second in range(1, 130):
        clock.now += 1
        before = disk.tries
        sent.retry()
        sent.retry()
        if disk.tries > before:
            assert disk.tries == before + 1
            tried_at.append(second)
    assert tried_at == [1, 3, 7, 15, 31, 61, 91, 121]
    disk.error = None
    clock.now += 30
    sent.retry()
    disk.fill()
    sent.send(batch(2), 1)
    disk.error = None
    clock.now += 1
    sent.retry()
    assert steps(tmp_path) == [1, 2]  # short again
    sent.close()


def test_the_oldest_are_given_up(
    tmp_path: Path, clock: Clock, disk: Disk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivery, "MAX_WAITING_BYTES", 3 * len(batch(1)))
    report = Report()
    report.lose(100)  # could not be encoded: no fault of the disk
    sent = delivery_to(tmp_path, report)
    disk.fill()
    for step in range(1, 6):
        sent.send(batch(step), 1)
    assert (sent.waiting, sent.lost) == (3, 2)
    sent.send(batch(6, 7), 2)
    assert (sent.waiting, sent.lost) == (3, 4)
    sent.send(batch(*range(8, 18)), 10)  # more than the bound, but the newest
    assert (sent.waiting, sent.lost) == (10, 7)
    disk.error = None
    clock.now += 1
    sent.retry()
    assert steps(tmp_path) == list(range(8, 18))
    sent.close()
    report.close()
    assert messages(caplog)[1:] == [
        f"writing to {tmp_path} works again; 7 events were lost meanwhile",
        "107 logged events were lost",
    ]


def test_what_waits_at_the_close_is_tried_again(tmp_path: Path, clock: Clock, disk: Disk) -> None:
    sent = delivery_to(tmp_path)
    disk.fill()
    sent.send(batch(1), 1)
    disk.error = None
    sent.close()
    assert (sent.waiting, sent.lost, steps(tmp_path)) == (0, 0, [1])


def test_what_waits_at_the_close_is_lost_else(
    tmp_path: Path, clock: Clock, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    report = Report()
    sent = delivery_to(tmp_path, report)
    sent.send(batch(1), 1)
    disk.fill()
    for step in (2, 3):
        sent.send(batch(step), 1)
    sent.close()
    report.lose(1)  # one that could not be encoded
    report.close()
    report.close()
    assert (sent.waiting, sent.lost, steps(tmp_path)) == (0, 2, [1])
    assert messages(caplog)[1:] == ["3 logged events were lost"]


def test_trouble_that_starts_at_the_close_promises_nothing(
    tmp_path: Path, clock: Clock, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    report = Report()
    sent = [delivery_to(tmp_path / name, report) for name in "ab"]
    for each in sent:
        each._batches.append((batch(1), 1))
        each.waiting = 1
    disk.fill()
    for each in sent:
        each.close()
    report.close()
    assert messages(caplog) == [
        f"cannot write to {tmp_path / 'a'}: No space left on device",
        "2 logged events were lost",
    ]


def test_many_files_on_one_disk_are_told_of_once(
    tmp_path: Path, clock: Clock, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    report = Report()
    sent = [delivery_to(tmp_path / str(number), report) for number in range(5)]
    disk.fill()
    for each in sent:
        each.send(batch(1), 1)
    disk.error = None
    clock.now += 1
    for each in sent[1:]:
        each.retry()
    assert len(messages(caplog)) == 1
    sent[0].retry()
    for each in sent:
        each.close()
    assert [message.split(";")[0] for message in messages(caplog)] == [
        f"cannot write to {tmp_path / '0'}: No space left on device",
        f"writing to {tmp_path / '0'} works again",
    ]


def test_trouble_that_comes_and_goes_is_told_of_once_a_minute(
    tmp_path: Path, clock: Clock, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    sent = delivery_to(tmp_path)
    for _ in range(60):  # two minutes
        disk.fill()
        sent.send(batch(1), 1)
        disk.error = None
        clock.now += 2
        sent.retry()
    assert len(messages(caplog)) == 4
    sent.close()


def test_sync_says_what_is_not_on_the_disk(
    tmp_path: Path, clock: Clock, disk: Disk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sent = delivery_to(tmp_path)
    disk.fill()
    sent.send(batch(1), 1)
    tries = disk.tries
    with pytest.raises(OSError, match="No space left"):
        sent.sync()
    assert disk.tries == tries + 1  # without a pause
    disk.error = None
    sent.sync()
    assert (sent.waiting, steps(tmp_path)) == (0, [1])

    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    caplog.clear()
    monkeypatch.setattr(event_file.os, "fsync", fail)
    for _ in range(120):  # seconds
        clock.now += 1
        with pytest.raises(OSError, match="Input/output"):
            sent.sync()
    sent.close()
    assert messages(caplog) == 2 * [f"cannot sync {tmp_path} to the disk: Input/output error"]


def test_a_failing_close_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As on a network file system that stores the last bytes only then."""
    sent = delivery_to(tmp_path)
    sent.send(batch(1), 1)
    close = os.close

    def fail(descriptor: int) -> None:
        close(descriptor)
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    with monkeypatch.context() as patch:
        patch.setattr(event_file.os, "close", fail)
        sent.close()
    assert messages(caplog) == [f"cannot close an event file in {tmp_path}: {os.strerror(errno.EDQUOT)}"]


@pytest.mark.parametrize(("write", "written"), [(Delivery.close, []), (lambda sent: sent.send(batch(2), 1), [2])])
def test_a_disowned_delivery_leaves_what_waits_to_the_parent(
    tmp_path: Path, clock: Clock, disk: Disk, write: Callable[[Delivery], None], written: list[int]
) -> None:
    sent = delivery_to(tmp_path)
    disk.fill()
    sent.send(batch(1), 1)
    sent.disown()
    disk.error = None
    clock.now += 1
    write(sent)
    sent.close()
    assert (sent.waiting, sent.lost) == (0, 0)
    assert steps(tmp_path) == written

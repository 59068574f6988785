"""The queue: barrier, bound, deadline, failures, and the end of its thread."""

from __future__ import annotations

import gc
import logging
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from logging_lib import background
from logging_lib.background import MIN_QUEUE, BackgroundWriter, Pending
from logging_lib.event_file import EventFile
from logging_lib.summary.scalar import scalar
from logging_lib.writer import SummaryWriter
from tests.logging_lib.event_files import raw_events, summaries

NEVER = 3600.0
SOON = 10.0


def pending(file: EventFile, step: int, nbytes: int = 0) -> Pending:
    return Pending(file, 1.0, step, partial(scalar, "tag", 0.5), nbytes)


def steps(directory: Path) -> list[int]:
    return [event.step for event in summaries(directory)]


def wait_for_steps(directory: Path, expected: list[int]) -> None:
    deadline = time.monotonic() + SOON
    while steps(directory) != expected:
        assert time.monotonic() < deadline, steps(directory)
        time.sleep(0.01)


def test_flush_is_a_barrier(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    writer = BackgroundWriter(file, 10, NEVER)
    for step in range(5):
        assert writer.put(pending(file, step))
    writer.flush()
    assert steps(tmp_path) == [0, 1, 2, 3, 4]
    writer.close()


def test_written_in_time_without_another_call(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    writer = BackgroundWriter(file, 10, 0.05)
    writer.put(pending(file, 1))
    wait_for_steps(tmp_path, [1])
    writer.put(pending(file, 2))
    wait_for_steps(tmp_path, [1, 2])
    writer.close()


@pytest.mark.parametrize("flush_secs", [-1.0, float("nan"), float("inf"), 1e30])
def test_any_flush_secs_will_do(tmp_path: Path, flush_secs: float) -> None:
    file = EventFile(str(tmp_path))
    writer = BackgroundWriter(file, 10, flush_secs)
    writer.put(pending(file, 1))
    writer.flush()
    assert steps(tmp_path) == [1]
    writer.close()


def test_a_full_queue_waits_until_it_is_written(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    writer = BackgroundWriter(file, 1, NEVER)
    longest = 0
    for step in range(3 * MIN_QUEUE):
        writer.put(pending(file, step))
        longest = max(longest, writer._queue.qsize())
    writer.close()
    assert longest <= MIN_QUEUE
    assert steps(tmp_path) == list(range(3 * MIN_QUEUE))


def test_many_bytes_wait_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "MAX_QUEUED_BYTES", 1000)
    file = EventFile(str(tmp_path))
    writer = BackgroundWriter(file, 10, NEVER)
    writer.put(pending(file, 1, nbytes=999))
    assert writer.queued_bytes == 999
    writer.put(pending(file, 2, nbytes=1))
    assert steps(tmp_path) == [1, 2]
    assert writer.queued_bytes == 0
    writer.close()


def test_close_writes_everything_ends_the_thread_and_can_be_repeated(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    writer = BackgroundWriter(file, 10, NEVER)
    writer.put(pending(file, 1))
    writer.close()
    assert steps(tmp_path) == [1]
    assert not writer._thread.is_alive()
    assert not writer.put(pending(file, 2))
    writer.flush()
    writer.close()
    assert steps(tmp_path) == [1]


def test_a_signal_handler_inside_put_may_flush_and_close(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    writer = BackgroundWriter(file, 10, NEVER)
    with writer._lock:  # where the signal finds the thread
        writer.put(pending(file, 1))
        writer.flush()
        assert steps(tmp_path) == [1]
        writer.put(pending(file, 2))
        writer.close()
    assert steps(tmp_path) == [1, 2]


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    writer = BackgroundWriter(file, 10, 0.01)

    def log(start: int) -> None:
        for step in range(start, start + 500):
            writer.put(pending(file, step))

    threads = [threading.Thread(target=log, args=(start,)) for start in range(0, 4000, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    written = steps(tmp_path)
    assert sorted(written) == list(range(4000))
    for start in range(0, 4000, 500):  # each thread's own order is kept
        assert [step for step in written if start <= step < start + 500] == list(range(start, start + 500))


def test_what_cannot_be_encoded_is_one_warning_and_a_count(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = EventFile(str(tmp_path))
    writer = BackgroundWriter(file, 10, NEVER)
    writer.put(pending(file, 1))
    for _ in range(3):
        writer.put(Pending(file, 1.0, 2, lambda: scalar("tag", "no number")))  # type: ignore[arg-type]
    writer.put(pending(file, 3))
    writer.close()
    assert steps(tmp_path) == [1, 3]
    first, last = caplog.records
    assert (first.name, first.levelno) == ("logging_lib", logging.WARNING)
    assert first.getMessage().startswith(f"cannot log to {tmp_path}: ")
    assert "\n" not in first.getMessage()
    assert last.getMessage() == "3 logged events were lost"


def test_what_cannot_be_written_is_one_warning_and_a_count(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the directory should be")
    lost, kept = EventFile(str(blocked / "run")), EventFile(str(tmp_path / "kept"))
    writer = BackgroundWriter(kept, 10, NEVER)
    for step in range(2):
        writer.put(pending(lost, step))
        writer.put(pending(kept, step))
        writer.flush()
    blocked.unlink()
    writer.put(pending(lost, 2))
    writer.close()
    assert steps(tmp_path / "kept") == [0, 1]
    assert steps(blocked / "run") == [2]
    assert len(caplog.records) == 2
    assert "Not a directory" in caplog.records[0].getMessage()
    assert caplog.records[1].getMessage() == "2 logged events were lost"


def test_a_writer_that_is_forgotten_writes_and_ends(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path, flush_secs=NEVER)
    files = writer._files
    assert files is not None
    writer.add_scalar("tag", 1.0, 7)
    del writer
    gc.collect()
    files.background._thread.join(SOON)
    assert not files.background._thread.is_alive()
    assert files.main._descriptor is None
    assert steps(tmp_path) == [7]
    assert len(raw_events(tmp_path)) == 2

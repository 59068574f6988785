"""The queue: barrier, bound, deadline, failures, and the end of its thread."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from logging_lib import background
from logging_lib.background import _HURRY_EVERY, MIN_QUEUE, BackgroundWriter, Pending
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


def patient(file: EventFile, max_queue: int = 10) -> BackgroundWriter:
    """A writer that has just written, and by itself will not do so again in this test."""
    writer = BackgroundWriter(file, max_queue, NEVER)
    writer._wrote_at = time.monotonic()
    return writer


def test_flush_is_a_barrier(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    writer = patient(file, 10)
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


def test_a_point_after_a_pause_is_written_at_once_and_the_next_ones_wait(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    writer = BackgroundWriter(file, 10, NEVER)
    writer.put(pending(file, 1))
    wait_for_steps(tmp_path, [1])
    writer.put(pending(file, 2))
    time.sleep(0.2)
    assert steps(tmp_path) == [1]
    writer.close()
    assert steps(tmp_path) == [1, 2]


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
    writer = patient(file, 1)
    longest = 0
    for step in range(3 * MIN_QUEUE):
        writer.put(pending(file, step))
        longest = max(longest, writer._queue.qsize())
    writer.close()
    assert longest <= MIN_QUEUE
    assert steps(tmp_path) == list(range(3 * MIN_QUEUE))


def test_a_growing_queue_is_written_without_waiting_for_its_time(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    writer = patient(file, 1)
    for step in range(_HURRY_EVERY):
        writer.put(pending(file, step))
    wait_for_steps(tmp_path, list(range(_HURRY_EVERY)))
    writer.close()


def test_many_bytes_wait_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "MAX_QUEUED_BYTES", 1000)
    file = EventFile(str(tmp_path))
    writer = patient(file, 10)
    writer.put(pending(file, 1, nbytes=999))
    assert writer.queued_bytes == 999
    writer.put(pending(file, 2, nbytes=1))
    assert steps(tmp_path) == [1, 2]
    assert writer.queued_bytes == 0
    writer.close()


def test_close_writes_everything_ends_the_thread_and_can_be_repeated(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    writer = patient(file, 10)
    writer.put(pending(file, 1))
    writer.close()
    assert steps(tmp_path) == [1]
    assert writer._thread is not None and not writer._thread.is_alive()
    assert not writer.put(pending(file, 2))
    writer.flush()
    writer.close()
    assert steps(tmp_path) == [1]


def test_a_signal_handler_inside_put_may_flush_and_close(tmp_path: Path) -> None:
    file = EventFile(str(tmp_path))
    writer = patient(file, 10)
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
    writer = patient(file, 10)
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


def test_any_failure_of_an_append_is_one_warning_and_a_count(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, kept = EventFile(str(tmp_path / "bad\0name")), EventFile(str(tmp_path / "kept"))
    writer = BackgroundWriter(kept, 10, NEVER)
    for step in range(3):
        writer.put(pending(file, step))
        writer.put(pending(kept, step))
        writer.flush()
    writer.close()
    assert steps(tmp_path / "kept") == [0, 1, 2]
    first, last = (record.getMessage() for record in caplog.records)
    assert first.startswith("cannot log to ") and "embedded null byte" in first
    assert last == "3 logged events were lost"


class Handler(logging.Handler):
    """A logging handler that does what it is given; `installed` for a test."""

    def __init__(self, emit: Callable[[], object]) -> None:
        super().__init__()
        self._emit = emit

    def emit(self, record: logging.LogRecord) -> None:
        self._emit()


@contextmanager
def installed(emit: Callable[[], object]) -> Iterator[None]:
    handler = Handler(emit)
    logger = logging.getLogger("logging_lib")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def unwritable(writer: BackgroundWriter) -> Pending:
    return Pending(next(iter(writer._files)), 1.0, 0, lambda: scalar("tag", "no number"))  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_a_count_and_no_delay(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError("a handler's own mistake")

    file = EventFile(str(tmp_path))
    writer = patient(file, 10)
    writer.put(pending(file, 1))
    writer.flush()
    with installed(fail):
        writer.put(unwritable(writer))
        writer.put(pending(file, 2))
        writer.flush()
        assert writer._ended.wait(SOON)
    caplog.clear()
    for step in range(MIN_QUEUE + 10):  # beyond what would wait
        assert writer.put(pending(file, step))
    writer.flush()
    writer.close()
    assert [record.getMessage() for record in caplog.records] == [f"{MIN_QUEUE + 10} logged events were lost"]
    assert steps(tmp_path) == [1]
    assert not writer.put(pending(file, 3))  # so that the run opens new files


@pytest.mark.parametrize("call", ["flush", "close", "put", "fill"])
def test_the_thread_does_not_wait_for_itself(tmp_path: Path, call: str) -> None:
    """A logging handler may log, flush and close: it runs in the thread whose failure it is told of."""
    file = EventFile(str(tmp_path))
    writer = patient(file, 10)

    def emit() -> None:
        match call:
            case "flush":
                writer.flush()
            case "close":
                writer.close()
            case "put":
                writer.put(pending(file, 7))
            case "fill":
                for step in range(MIN_QUEUE + 1):
                    writer.put(pending(file, step))

    with installed(emit):
        writer.put(unwritable(writer))
        done = threading.Thread(target=lambda: (writer.flush(), writer.close()), daemon=True)
        done.start()
        done.join(SOON)
        assert not done.is_alive()
    expected = {"put": [7], "fill": list(range(MIN_QUEUE + 1))}.get(call, [])
    assert steps(tmp_path) == expected


def no_thread(self: threading.Thread) -> None:
    raise RuntimeError("can't create new thread at interpreter shutdown")


def test_without_a_thread_each_call_writes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = EventFile(str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        writer = patient(file, 10)
    for step in range(3):
        assert writer.put(pending(file, step, nbytes=5))
        assert steps(tmp_path) == list(range(step + 1))
        assert writer.queued_bytes == 0
    writer.put(unwritable(writer))
    writer.flush()
    writer.close()
    writer.close()
    writer.flush()
    assert file._descriptor is None
    assert not writer.put(pending(file, 9))
    assert steps(tmp_path) == [0, 1, 2]
    assert caplog.records[-1].getMessage() == "1 logged events were lost"


@pytest.mark.parametrize("closing", [False, True])
def test_without_a_thread_a_signal_handler_may_log_inside_a_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closing: bool
) -> None:
    file = EventFile(str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        writer = patient(file, 10)
    append = file.append
    interruptions = iter([2])

    def interrupted(records: bytes) -> None:
        for step in interruptions:
            writer.put(pending(file, step))
            writer.flush()
            if closing:
                writer.close()
        append(records)

    monkeypatch.setattr(file, "append", interrupted)
    writer.put(pending(file, 1))
    assert steps(tmp_path) == [1, 2]
    assert (file._descriptor is None) is closing
    writer.close()


def test_a_second_close_waits_for_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after Ctrl+C in the first."""
    file = EventFile(str(tmp_path))
    writer = patient(file, 10)
    append, writing, go_on = file.append, threading.Event(), threading.Event()

    def slow(records: bytes) -> None:
        writing.set()
        assert go_on.wait(SOON)
        append(records)

    monkeypatch.setattr(file, "append", slow)
    writer.put(pending(file, 1))
    closers = [threading.Thread(target=call) for call in (writer.close, writer.close, writer.flush)]
    closers[0].start()
    assert writing.wait(SOON)
    closers[1].start()
    closers[2].start()
    time.sleep(0.05)
    assert all(closer.is_alive() for closer in closers)
    go_on.set()
    for closer in closers:
        closer.join(SOON)
    assert steps(tmp_path) == [1]


def test_a_writer_that_is_forgotten_writes_and_ends(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path, flush_secs=NEVER)
    files = writer._run._files
    assert files is not None and files.background._thread is not None
    writer.add_scalar("tag", 1.0, 7)
    del writer
    gc.collect()
    files.background._thread.join(SOON)
    assert not files.background._thread.is_alive()
    assert files.main._descriptor is None
    assert steps(tmp_path) == [7]
    assert len(raw_events(tmp_path)) == 2

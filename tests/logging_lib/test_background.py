"""The inbox and the thread that empties it: barrier, bound, deadline, failures, and the end of the thread."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from logging_lib import background as background_module
from logging_lib import process, run_writer
from logging_lib.background import _HURRY_AFTER, BackgroundWriter
from logging_lib.encoding import Records
from logging_lib.inbox import ENTRY, NOBODY, Captured
from logging_lib.run_writer import MIN_QUEUE, RunWriter
from logging_lib.summary.scalar import scalar
from logging_lib.writer import SummaryWriter
from tests.logging_lib.event_files import event_paths, raw_events, summaries

NEVER = 3600.0
SOON = 10.0


def steps(directory: Path) -> list[int]:
    return [event.step for event in summaries(directory)]


def wait_for_steps(directory: Path, expected: list[int]) -> None:
    deadline = time.monotonic() + SOON
    while steps(directory) != expected:
        assert time.monotonic() < deadline, steps(directory)
        time.sleep(0.01)


def opened(directory: Path, flush_secs: float = NEVER, max_queue: int = 10, **options: Any) -> RunWriter:
    run = RunWriter(directory, max_queue, flush_secs, **options)
    run.create()
    return run


def background_of(run: RunWriter) -> BackgroundWriter:
    assert run._background is not None
    return run._background


def patient(directory: Path, max_queue: int = 10, **options: Any) -> RunWriter:
    """A writer that has just written, and by itself will not do so again in this test."""
    run = opened(directory, NEVER, max_queue, **options)
    background_of(run)._took_at = time.monotonic()
    return run


def log(run: RunWriter, step: int, nbytes: int = 0) -> None:
    if nbytes:
        run.put(Captured(lambda: scalar("tag", 0.5), nbytes=nbytes), None, step, 1.0)
    else:
        run.put("tag", 0.5, step, 1.0)


def writer_threads() -> list[threading.Thread]:
    """Those that go on; one that was told to end, or has nothing to do, is given the time to."""
    threads = [thread for thread in threading.enumerate() if thread.name == "logging_lib"]
    for thread in threads:
        thread.join(0.1)
    return [thread for thread in threads if thread.is_alive()]


def log_unwritable(run: RunWriter) -> None:
    run.put(Captured(lambda: scalar("tag", "no number")), None, 0, 1.0)  # type: ignore[arg-type]


def test_flush_is_a_barrier(tmp_path: Path) -> None:
    run = patient(tmp_path)
    for step in range(5):
        log(run, step)
    assert run.flush()
    assert steps(tmp_path) == [0, 1, 2, 3, 4]
    run.close()
    assert run.flush()


def test_a_flush_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = patient(tmp_path)
    delivery = background_of(run)._deliveries.of("")
    synced: list[list[int]] = []
    monkeypatch.setattr(delivery.file, "sync", lambda: synced.append(steps(tmp_path)))
    log(run, 1)
    assert run.flush()
    log(run, 2)
    assert run.flush(sync=True)
    assert synced == [[1, 2]]
    run.close()


def test_a_flush_to_the_disk_that_fails_is_false_and_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise OSError(5, "Input/output error")

    run = patient(tmp_path)
    monkeypatch.setattr(background_of(run)._deliveries.of("").file, "sync", fail)
    log(run, 1)
    assert run.flush(sync=True) is False
    (record,) = caplog.records
    assert record.getMessage() == f"cannot sync {tmp_path} to the disk: Input/output error"
    assert steps(tmp_path) == [1]
    run.close()


def test_written_in_time_without_another_call(tmp_path: Path) -> None:
    run = opened(tmp_path, 0.05)
    log(run, 1)
    wait_for_steps(tmp_path, [1])
    log(run, 2)
    wait_for_steps(tmp_path, [1, 2])
    run.close()


def test_a_point_after_a_pause_is_written_at_once_and_the_next_ones_wait(tmp_path: Path) -> None:
    run = opened(tmp_path)
    log(run, 1)
    wait_for_steps(tmp_path, [1])
    log(run, 2)
    time.sleep(0.2)
    assert steps(tmp_path) == [1]
    run.close()
    assert steps(tmp_path) == [1, 2]


@pytest.mark.parametrize("flush_secs", [-1.0, float("nan"), float("inf"), 1e30])
def test_any_flush_secs_will_do(tmp_path: Path, flush_secs: float) -> None:
    run = opened(tmp_path, flush_secs)
    log(run, 1)
    run.flush()
    assert steps(tmp_path) == [1]
    run.close()


def test_a_full_queue_waits_until_it_is_written(tmp_path: Path) -> None:
    run = patient(tmp_path, 1)
    longest = 0
    for step in range(3 * MIN_QUEUE):
        log(run, step)
        longest = max(longest, len(run.inbox) // ENTRY)
    run.close()
    assert longest <= MIN_QUEUE
    assert steps(tmp_path) == list(range(3 * MIN_QUEUE))


def test_a_growing_queue_is_written_without_waiting_for_its_time(tmp_path: Path) -> None:
    run = patient(tmp_path)
    log(run, 0)
    deadline = time.monotonic() + SOON
    while run.inbox.limit != _HURRY_AFTER * ENTRY:  # the thread has woken, and waits for more
        assert time.monotonic() < deadline
        time.sleep(0.001)
    for step in range(1, _HURRY_AFTER + 1):
        log(run, step)
    wait_for_steps(tmp_path, list(range(_HURRY_AFTER + 1)))
    run.close()


def test_many_bytes_wait_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_writer, "MAX_QUEUED_BYTES", 1000)
    run = patient(tmp_path)
    log(run, 1, nbytes=999)
    assert run.inbox.nbytes == 999
    log(run, 2, nbytes=1)
    assert steps(tmp_path) == [1, 2]
    assert run.inbox.nbytes == 0
    run.close()


def test_a_large_array_is_written_at_once(tmp_path: Path) -> None:
    run = patient(tmp_path)
    log(run, 1, nbytes=1000)
    time.sleep(0.1)
    assert steps(tmp_path) == []
    log(run, 2, nbytes=1 << 20)
    wait_for_steps(tmp_path, [1, 2])
    run.close()


def test_what_a_full_queue_drops_is_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = opened(tmp_path, 0, on_full="drop")
    writing, go_on = threading.Event(), threading.Event()

    def slow() -> Any:
        writing.set()
        assert go_on.wait(SOON)
        return scalar("tag", 0.5)

    run.put(Captured(slow), None, 0, 1.0)
    assert writing.wait(SOON)  # the thread is busy
    for step in range(1, MIN_QUEUE + 12):
        log(run, step)
    assert len(run.inbox) == (MIN_QUEUE + 1) * ENTRY
    go_on.set()
    run.flush()
    log(run, -1)
    run.close()
    assert steps(tmp_path) == [*range(MIN_QUEUE + 2), -1]
    assert [record.getMessage() for record in caplog.records] == [
        f"the queue of events for {tmp_path} is full; some are dropped",
        f"10 events for {tmp_path} were dropped: the queue was full",
    ]


def test_close_writes_everything_ends_the_thread_and_can_be_repeated(tmp_path: Path) -> None:
    run = patient(tmp_path)
    background = background_of(run)
    log(run, 1)
    run.close()
    assert steps(tmp_path) == [1]
    assert background.has_ended
    assert background._thread is not None
    background._thread.join(SOON)
    assert not background._thread.is_alive()
    assert run.inbox.limit == NOBODY
    background.close()
    run.close()
    log(run, 2)
    assert background_of(run) is not background
    run.close()
    assert steps(tmp_path) == [1, 2]
    assert len(run.paths) == 2


def test_a_call_that_slips_in_behind_the_close_is_written(tmp_path: Path) -> None:
    """It added to the inbox, and saw a limit, while the thread was on its last round."""
    run = patient(tmp_path)
    background = background_of(run)
    end = background._deliveries.report.close

    def slip_in() -> None:
        run.inbox.extend(("tag", 0.5, 2, 1.0))
        end()

    background._deliveries.report.close = slip_in  # type: ignore[method-assign]
    log(run, 1)
    run.close()
    assert background_of(run) is not background  # it was handed over to another one, which is closed as well
    assert background_of(run).has_ended
    assert steps(tmp_path) == [1, 2]


def test_a_signal_handler_inside_a_call_may_flush_and_close(tmp_path: Path) -> None:
    run = patient(tmp_path)
    with run._lock:  # where the signal finds the thread
        log(run, 1)
        run.flush()
        assert steps(tmp_path) == [1]
        log(run, 2)
        run.close()
    assert steps(tmp_path) == [1, 2]


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    run = opened(tmp_path, 0.01)

    def log_all(start: int) -> None:
        for step in range(start, start + 500):
            log(run, step)

    threads = [threading.Thread(target=log_all, args=(start,)) for start in range(0, 4000, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.close()
    written = steps(tmp_path)
    assert sorted(written) == list(range(4000))
    for start in range(0, 4000, 500):  # each thread's own order is kept
        assert [step for step in written if start <= step < start + 500] == list(range(start, start + 500))


def test_what_cannot_be_encoded_is_one_warning_and_a_count(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run = patient(tmp_path)
    log(run, 1)
    for _ in range(3):
        log_unwritable(run)
    log(run, 3)
    run.close()
    assert steps(tmp_path) == [1, 3]
    first, last = caplog.records
    assert (first.name, first.levelno) == ("logging_lib", logging.WARNING)
    assert first.getMessage().startswith(f"cannot log to {tmp_path}: ")
    assert "\n" not in first.getMessage()
    assert last.getMessage() == "3 logged events were lost"


def test_what_cannot_be_written_costs_other_files_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the directory should be")
    run = opened(tmp_path)
    for step in range(2):
        run.put(("blocked", "tag"), 0.5, step, 1.0)
        log(run, step)
        assert run.flush() is False
    assert steps(tmp_path) == [0, 1]
    blocked.unlink()
    run.put(("blocked", "tag"), 0.5, 2, 1.0)
    run.close()
    assert steps(tmp_path) == [0, 1]
    assert steps(blocked) == [0, 1, 2]
    trouble, well = (record.getMessage() for record in caplog.records)
    assert trouble.startswith(f"cannot write to {blocked}: ")
    assert well == f"writing to {blocked} works again; 0 events were lost meanwhile"


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


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_a_count_and_no_delay(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class End(BaseException):
        """What ends a thread though it goes on after any error."""

    def fail() -> None:
        raise End

    run = patient(tmp_path)
    background = background_of(run)
    log(run, 1)
    run.flush()
    with installed(fail):
        log_unwritable(run)
        log(run, 2)
        assert run.flush() is False
        assert background._thread is not None
        background._thread.join(SOON)
    assert background._died
    caplog.clear()
    for step in range(MIN_QUEUE + 10):  # beyond what would wait
        log(run, step)
    assert run.flush() is False
    run.close()
    assert [record.getMessage() for record in caplog.records] == [f"{MIN_QUEUE + 12} logged events were lost"]
    assert steps(tmp_path) == [1]
    log(run, 3)  # in a new file
    run.close()
    assert sorted(steps(tmp_path)) == [1, 3]


def test_a_handler_that_fails_costs_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise RuntimeError("a handler's own mistake")

    run = patient(tmp_path)
    log(run, 1)
    with installed(fail):
        log_unwritable(run)
        log(run, 2)
        assert run.flush() is True
        log(run, 3)
        run.close()
    assert steps(tmp_path) == [1, 2, 3]
    told = capfd.readouterr().err
    assert f"logging_lib: cannot log to {tmp_path}: " in told
    assert "logging_lib: 1 logged events were lost" in told
    assert "a handler's own mistake" in told


@pytest.mark.parametrize("threadless", [False, True])
def test_after_a_failure_of_its_own_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, threadless: bool
) -> None:
    """As where there was no memory for a moment: what was in hand is lost and counted, the rest is written."""
    run = without_thread(tmp_path, monkeypatch) if threadless else patient(tmp_path)
    log(run, 1)
    run.flush()
    with monkeypatch.context() as patch:
        patch.setattr(background_module, "encode", fail_for_want_of_memory)
        log(run, 10)
        log(run, 11)
        assert run.flush() is False
    log(run, 3)
    assert run.flush() is True
    run.close()
    assert steps(tmp_path) == [1, 3]
    lost = [record.getMessage() for record in caplog.records]
    assert lost[0].startswith(f"writing to {tmp_path} failed: MemoryError: none left (training goes on; ")
    assert lost[1:] == ["2 logged events were lost"]


def fail_for_want_of_memory(*arguments: object) -> Iterator[dict[str, Records]]:
    raise MemoryError("none left")


@pytest.mark.parametrize("call", ["flush", "close", "put", "fill"])
def test_the_thread_does_not_wait_for_itself(tmp_path: Path, call: str) -> None:
    """A logging handler may log, flush and close: it runs in the thread whose failure it is told of."""
    run = patient(tmp_path)

    def emit() -> None:
        match call:
            case "flush":
                run.flush()
            case "close":
                run.close()
            case "put":
                log(run, 7)
            case "fill":
                for step in range(MIN_QUEUE + 1):
                    log(run, step)

    with installed(emit):
        log_unwritable(run)
        done = threading.Thread(target=lambda: (run.flush(), run.close()), daemon=True)
        done.start()
        done.join(SOON)
        assert not done.is_alive()
    run.close()
    expected = {"put": {7}, "fill": set(range(MIN_QUEUE + 1))}.get(call, set())
    assert set(steps(tmp_path)) == expected


def no_thread(self: threading.Thread) -> None:
    raise RuntimeError("can't create new thread at interpreter shutdown")


def without_thread(directory: Path, monkeypatch: pytest.MonkeyPatch) -> RunWriter:
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        return opened(directory)


def test_without_a_thread_each_call_writes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = without_thread(tmp_path, monkeypatch)
    for step in range(3):
        log(run, step, nbytes=5)
        assert steps(tmp_path) == list(range(step + 1))
        assert run.inbox.nbytes == 0
    log_unwritable(run)
    assert run.flush()
    run.close()
    run.close()
    assert run.flush()
    assert steps(tmp_path) == [0, 1, 2]
    assert caplog.records[-1].getMessage() == "1 logged events were lost"


@pytest.mark.parametrize("closing", [False, True])
def test_without_a_thread_a_signal_handler_may_log_inside_a_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closing: bool
) -> None:
    run = without_thread(tmp_path, monkeypatch)
    background = background_of(run)
    delivery = background._deliveries.of("")
    send = delivery.send
    interruptions = iter([2])

    def interrupted(records: bytes, count: int) -> None:
        for step in interruptions:
            log(run, step)
            run.flush()
            if closing:
                run.close()
        send(records, count)

    monkeypatch.setattr(delivery, "send", interrupted)
    log(run, 1)
    assert steps(tmp_path) == [1, 2]
    assert background.has_ended is closing
    run.close()


def test_a_second_close_waits_for_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after Ctrl+C in the first."""
    run = patient(tmp_path)
    background = background_of(run)
    delivery = background._deliveries.of("")
    send, writing, go_on = delivery.send, threading.Event(), threading.Event()

    def slow(records: bytes, count: int) -> None:
        writing.set()
        assert go_on.wait(SOON)
        send(records, count)

    monkeypatch.setattr(delivery, "send", slow)
    log(run, 1)
    closers = [threading.Thread(target=call) for call in (background.close, background.close, background.flush)]
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
    background = background_of(writer._run_writer)
    assert background._thread is not None
    writer.add_scalar("tag", 1.0, 7)
    del writer
    gc.collect()
    background._thread.join(SOON)
    assert not background._thread.is_alive()
    assert steps(tmp_path) == [7]
    assert len(raw_events(tmp_path)) == 2


def test_a_call_that_is_held_up_while_another_thread_closes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It wakes a writer that has ended meanwhile; what is logged afterwards needs another one all the same."""
    run = patient(tmp_path)
    wake, there, go_on = BackgroundWriter.wake, threading.Event(), threading.Event()

    def slow(self: BackgroundWriter, limit: int, urgent: bool = False) -> None:
        there.set()
        assert go_on.wait(SOON)
        wake(self, limit, urgent)

    with monkeypatch.context() as patch:
        patch.setattr(BackgroundWriter, "wake", slow)
        caller = threading.Thread(target=log, args=(run, 1))
        caller.start()
        assert there.wait(SOON)
    run.close()
    go_on.set()
    caller.join()
    log(run, 2)
    wait_for_steps(tmp_path, [1, 2])
    run.close()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("calls", ["log", "log flush", "log close", "close log", "flush close log flush"])
def test_a_signal_handler_inside_the_start_of_the_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str, calls: str
) -> None:
    run = RunWriter(tmp_path, 10, NEVER)
    start, handled = threading.Thread.start, iter(calls.split())

    def handle() -> None:
        for call in handled:
            log(run, 1) if call == "log" else getattr(run, call)()

    def interrupted(self: threading.Thread) -> None:
        if when == "before":
            handle()
        start(self)
        handle()

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", interrupted)
        log(run, 0)
    for step in range(2, 10):
        log(run, step)
    run.close()
    assert steps(tmp_path) == list(range(10))
    assert writer_threads() == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_ctrl_c_inside_the_start_of_the_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """There is one thread in the end, which writes every event once."""
    run = RunWriter(tmp_path, 10, NEVER)
    start = threading.Thread.start

    def interrupted(self: threading.Thread) -> None:
        if when == "after":
            start(self)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", interrupted)
        with pytest.raises(KeyboardInterrupt):
            log(run, 0)
    for step in range(1, 10):
        log(run, step)
    assert run.flush()
    assert steps(tmp_path) == list(range(10))
    assert len(writer_threads()) == 1
    run.close()
    assert len(event_paths(tmp_path)) == 1
    assert writer_threads() == []


def test_a_writer_that_has_ended_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where Ctrl+C interrupted the start, and a call that was held up then tries again."""
    run = RunWriter(tmp_path, 10, NEVER)
    background = run._open()
    start = threading.Thread.start

    def interrupted(self: threading.Thread) -> None:
        start(self)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", interrupted)
        with pytest.raises(KeyboardInterrupt):
            background.start()
    assert background in process._open
    background.abandon()
    deadline = time.monotonic() + SOON
    while background in process._open:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    assert background.has_ended
    background.flush()
    background.close()
    assert background not in process._open


def test_the_thread_that_closes_in_a_logging_handler_goes_on_alone(tmp_path: Path) -> None:
    """What is logged before it has ended is no work for a second one beside it."""
    run = patient(tmp_path)
    threads: list[int] = []

    def emit() -> None:
        run.close()
        log(run, len(threads))
        threads.append([thread.name for thread in threading.enumerate()].count("logging_lib"))

    with installed(emit):
        log_unwritable(run)  # one warning now, one at the close
        run.close()
    run.close()
    assert threads == [1, 1]
    assert steps(tmp_path) == [0, 1]


def test_a_logging_handler_that_flushes_does_not_wait_for_ever_for_the_thread_that_warns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handler holds its lock, which the thread's warning of the full disk needs."""
    monkeypatch.setattr(background_module, "_ALIVE_CHECK_SECS", 0.01)
    run = patient(tmp_path)
    kept: list[bool] = []

    def emit() -> None:
        if threading.current_thread() is caller:
            log(run, 1)
            kept.append(run.flush())

    def full(records: bytes) -> None:
        raise OSError(28, "No space left on device")

    caller = threading.Thread(target=logging.getLogger("logging_lib").warning, args=("of the job",), daemon=True)
    with installed(emit):
        with monkeypatch.context() as patch:
            patch.setattr(background_of(run)._deliveries.of("").file, "append", full)
            caller.start()
            caller.join(SOON)
            assert kept == [False]
        run.close()
    assert steps(tmp_path) == [1]


def test_a_flush_while_another_thread_closes_waits_for_what_slipped_in(tmp_path: Path) -> None:
    run = patient(tmp_path)
    background = background_of(run)
    kept: list[bool] = []
    end = background._deliveries.report.close

    def slip_in() -> None:
        log(run, 2)
        flusher.start()
        time.sleep(0.1)
        end()

    flusher = threading.Thread(target=lambda: kept.append(run.flush()))
    background._deliveries.report.close = slip_in  # type: ignore[method-assign]
    log(run, 1)
    run.close()
    flusher.join(SOON)
    assert (kept, steps(tmp_path)) == ([True], [1, 2])
    run.close()

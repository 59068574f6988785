"""SummaryWriter.log_system: when it samples, what it writes, and what ends it."""

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from logging_lib import SummaryWriter, process
from logging_lib.calls import system as calls
from logging_lib.system import SystemLogger
from tests.logging_lib.event_files import event_paths, summaries

SECONDS = 20  # longer than anything here takes


class Sensor:
    """Says 1.0, 2.0, ..., a number a sample, and counts them."""

    def __init__(self) -> None:
        self.samples = 0
        self.closed = threading.Event()
        self.at: dict[int, Callable[[], object]] = {}
        self.sampled = threading.Semaphore(0)

    def sample(self) -> dict[str, float]:
        self.samples += 1
        self.at.get(self.samples, int)()
        self.sampled.release()
        return {"system/x": float(self.samples)}

    def close(self) -> None:
        self.closed.set()


class Scripted(SystemLogger):
    """On a clock of its own, which waiting moves."""

    def __init__(self, writer: SummaryWriter, sensor: Sensor, interval: float) -> None:
        self.now = 1000.0
        self.waits: list[float] = []
        super().__init__(writer, lambda: [sensor], interval, started=990.4, clock=lambda: self.now)

    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def points(directory: Path) -> list[tuple[str, int, float]]:
    """Tag, step and value of each event."""
    return [
        (event.summary.value[0].tag, event.step, event.summary.value[0].simple_value) for event in summaries(directory)
    ]


def test_samples_at_once_and_every_interval(tmp_path: Path) -> None:
    """Steps are whole seconds; what is sampled after the close is not logged."""
    sensor = Sensor()
    with SummaryWriter(tmp_path) as writer:
        logger = Scripted(writer, sensor, 2.5)
        sensor.at = {2: lambda: logger.pass_time(0.5), 4: logger.close}
        logger.run()
    assert points(tmp_path) == [("system/x", 10, 1.0), ("system/x", 13, 2.0), ("system/x", 15, 3.0)]
    assert logger.waits == [2.5, 2.0, 2.5]  # a slow sample does not move the next
    assert sensor.closed.is_set()


def test_what_a_sleeping_machine_missed_is_not_made_up_for(tmp_path: Path) -> None:
    sensor = Sensor()
    with SummaryWriter(tmp_path) as writer:
        logger = Scripted(writer, sensor, 10)
        sensor.at = {2: lambda: logger.pass_time(34), 4: logger.close}
        logger.run()
    assert logger.waits == [10, 6, 10]
    assert [step for _, step, _ in points(tmp_path)] == [10, 54, 60]


def test_sensors_are_closed_where_logging_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*arguments: Any) -> None:
        raise OSError("broken")

    sensor = Sensor()
    with SummaryWriter(tmp_path) as writer:
        monkeypatch.setattr(writer._run_writer, "put", broken)
        logger = Scripted(writer, sensor, 10)
        logger.run()
    assert sensor.closed.is_set()
    assert [record.getMessage() for record in caplog.records] == ["no system metrics any more: OSError: broken"]


@pytest.fixture
def sensor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sensor]:
    """The machine's only one. Afterwards no thread samples."""
    sensor = Sensor()
    monkeypatch.setattr(calls, "machine_sensors", lambda directory: [sensor])
    yield sensor
    for thread in samplers():
        thread.join(SECONDS)
        assert not thread.is_alive()


def samplers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "logging_lib system metrics"]


def wait_for(sensor: Sensor, count: int) -> None:
    for _ in range(count):
        assert sensor.sampled.acquire(timeout=SECONDS)


def test_runs_until_the_close(tmp_path: Path, sensor: Sensor) -> None:
    writer = SummaryWriter(tmp_path)
    assert not samplers()  # off by default
    writer.log_system(0.1)
    wait_for(sensor, 3)
    writer.close()
    logged = points(tmp_path)
    assert [value for _, _, value in logged][:2] == [1.0, 2.0]
    assert [step for _, step, _ in logged] == [0] * len(logged)
    assert sensor.closed.wait(SECONDS)
    assert len(event_paths(tmp_path)) == 1
    assert points(tmp_path) == logged
    writer.close()


def test_logs_again_after_a_close(tmp_path: Path, sensor: Sensor) -> None:
    writer = SummaryWriter(tmp_path)
    writer.log_system()
    assert writer._system_logger is not None
    started = writer._system_logger._started
    (first,) = samplers()
    writer.close()
    first.join(SECONDS)
    sensor.sampled = threading.Semaphore(0)
    writer.log_system(0.1)
    assert writer._system_logger is not None
    assert writer._system_logger._started == started  # steps go on
    wait_for(sensor, 2)  # the first of them is logged
    writer.close()
    assert float(sensor.samples - 1) in [value for _, _, value in points(tmp_path)]


def test_a_second_call_changes_the_interval(tmp_path: Path, sensor: Sensor) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.log_system(3600)
        wait_for(sensor, 1)
        first = samplers()
        writer.log_system(0.1)
        first[0].join(SECONDS)
        assert not first[0].is_alive()
        wait_for(sensor, 3)
        assert len(samplers()) == 1


@pytest.mark.parametrize("off", [0, None, 0.0])
def test_stops(tmp_path: Path, sensor: Sensor, off: float | None) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.log_system(off)
        assert not samplers()
        writer.log_system()
        wait_for(sensor, 1)
        writer.log_system(off)
        assert sensor.closed.wait(SECONDS)


def test_a_writer_that_writes_nothing_does_not_sample(tmp_path: Path, sensor: Sensor) -> None:
    with SummaryWriter(tmp_path, write_to_disk=False) as writer:
        writer.log_system()
        assert not samplers()


def test_does_not_keep_the_writer_alive(tmp_path: Path, sensor: Sensor) -> None:
    writer = SummaryWriter(tmp_path)
    writer.log_system(3600)
    wait_for(sensor, 1)
    forgotten = weakref.ref(writer)
    logger = weakref.ref(writer._system_logger)
    (thread,) = samplers()
    del writer
    gc.collect()
    assert forgotten() is None
    thread.join(SECONDS)  # though it has an hour to wait
    assert not thread.is_alive()
    gc.collect()
    assert logger() is None


@pytest.mark.parametrize(
    ("interval", "error", "message"),
    [
        (-1, ValueError, "log_system: an interval is at least 0.1 seconds, or 0 for none, got -1"),
        (0.05, ValueError, "log_system: an interval is at least 0.1 seconds, or 0 for none, got 0.05"),
        (float("nan"), ValueError, "log_system: an interval is at least 0.1 seconds, or 0 for none, got nan"),
        (float("inf"), ValueError, "log_system: an interval is at least 0.1 seconds, or 0 for none, got inf"),
        ([], TypeError, "log_system: float() argument must be a string or a real number, not 'list'"),
    ],
)
def test_bad_intervals(tmp_path: Path, sensor: Sensor, interval: Any, error: type[Exception], message: str) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.log_system(3600)
        with pytest.raises(error) as raised:
            writer.log_system(interval)
        assert str(raised.value) == message
        assert len(samplers()) == 1  # what was on stays on


def test_without_psutil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    with SummaryWriter(tmp_path) as writer:
        with pytest.raises(ImportError, match=r"^log_system needs psutil: pip install 'tbtui\[system\]'$"):
            writer.log_system()
        writer.log_system(0)


def test_where_no_thread_can_start(
    tmp_path: Path, sensor: Sensor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_more(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with SummaryWriter(tmp_path) as writer:
        before = len(process._open)
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", no_more)
            writer.log_system()
        assert caplog.record_tuples == [
            ("logging_lib", logging.WARNING, "cannot log system metrics: can't start new thread")
        ]
        assert len(process._open) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_child_does_not_sample(tmp_path: Path, sensor: Sensor) -> None:
    """Even where the parent's thread was just logging."""
    writer = SummaryWriter(tmp_path)
    writer.log_system(3600)
    wait_for(sensor, 1)
    system = writer._system_logger
    assert system is not None
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with system._lock:
            held.set()
            release.wait(SECONDS)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(SECONDS)
    child = os.fork()
    if not child:
        ok = False
        signal.alarm(SECONDS)  # it would wait for ever for a lock
        try:
            writer.close()
            ok = not samplers() and writer._system_logger is None and system not in process._open
        finally:
            os._exit(0 if ok else 1)
    release.set()
    holder.join()
    assert os.waitpid(child, 0)[1] == 0
    assert len(samplers()) == 1
    writer.close()
    assert len(event_paths(tmp_path)) == 1


def test_a_copy_does_not_sample(tmp_path: Path, sensor: Sensor) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.log_system(3600)
        with pickle.loads(pickle.dumps(writer)) as copy:
            assert copy._system_logger is None
            assert len(samplers()) == 1


def test_a_job_that_just_ends(tmp_path: Path) -> None:
    """On the real machine; nothing is printed, and no second file opened while the interpreter ends."""
    code = (
        "import sys, time; from logging_lib import SummaryWriter\n"
        "writer = SummaryWriter(sys.argv[1]); writer.log_system(0.1); time.sleep(0.3)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert len(event_paths(tmp_path)) == 1
    logged = {tag for tag, _, _ in points(tmp_path)}
    assert {"system/memory_gib", "system/cpu_percent", "system/disk_free_gib"} <= logged

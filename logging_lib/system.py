"""The thread behind SummaryWriter.log_system: samples the machine's sensors and logs what they say."""

from __future__ import annotations

import logging
import queue
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias

from logging_lib import process
from logging_lib.calls.sink import EventSink
from logging_lib.telling import warn

_logger = logging.getLogger("logging_lib")


class Source(Protocol):
    """Some sensors."""

    def sample(self) -> dict[str, float]:
        """What they say now, by tag."""

    def close(self) -> None:
        """Let go of them."""


# Opens the sensors of the machine, in the thread that samples.
Opener: TypeAlias = Callable[[], list[Source]]


def machine_sensors(directory: Path) -> list[Source]:
    """All sensors that this package knows; `directory` is the run's."""
    from logging_lib.sensors import GpuSensors, HostSensors  # needs psutil

    return [HostSensors(directory), GpuSensors()]


class SystemLogger:
    """Logs a sample at once and one an interval, in a daemon thread, until it is closed or the writer is forgotten.

    Nothing is logged once close() has returned. It does not wait for the thread, which may be inside a sensor that
    hangs. In a forked child it is closed. The writer is held weakly, and what wakes the thread is a SimpleQueue,
    because a forgotten writer may say so inside a garbage collection. The lock is reentrant, so that a signal handler
    may close.
    """

    def __init__(
        self,
        writer: EventSink,
        open_sensors: Opener,
        interval: float,
        started: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; start() or run() begins.

        Args:
            writer: logged to.
            open_sensors: called once, in the thread that samples.
            interval: seconds from one sample to the next.
            started: the clock when the run's system metrics began; steps are whole seconds since then.
            clock: seconds, from any start.
        """
        self._writer = weakref.ref(writer)
        self._open_sensors = open_sensors
        self._interval = interval
        self._started = started
        self._clock = clock
        self._closed = False
        self._lock = threading.RLock()
        self._wakes: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._forgotten = weakref.finalize(writer, self._wakes.put, None)
        self._forgotten.atexit = False

    def start(self) -> None:
        """Run in a thread of its own; where the system gives none, a warning is logged and that is all."""
        process.register(self)
        try:
            threading.Thread(target=self.run, name="logging_lib system metrics", daemon=True).start()
        except RuntimeError as error:
            self.close()
            _logger.warning("cannot log system metrics: %s", error)

    def run(self) -> None:
        """Sample and log until closed."""
        sources: list[Source] = []
        due = self._clock()
        try:
            sources = self._open_sensors()
            while self._log([source.sample() for source in sources]):
                now = self._clock()
                due += self._interval * max(1, (now - due) // self._interval + 1)  # a machine that slept missed some
                self._wait(due - now)
        except Exception as error:  # noqa: BLE001  # in a thread, where nobody else would say so in a line
            warn("no system metrics any more: %s: %s", type(error).__name__, error)
        finally:
            self.close()
            for source in sources:
                source.close()

    def close(self) -> None:
        """Log no more; closing twice does nothing."""
        with self._lock:
            self._closed = True
        self._forgotten.detach()
        process.unregister(self)
        self._wakes.put(None)

    def disown(self) -> None:
        """In a forked child, which has no such thread."""
        self._lock = threading.RLock()  # the parent's thread may hold the old one
        self._closed = True

    def _wait(self, seconds: float) -> None:
        try:
            self._wakes.get(timeout=seconds)
        except queue.Empty:
            return

    def _log(self, samples: list[dict[str, float]]) -> bool:
        """Whether it goes on."""
        step, wall_time = round(self._clock() - self._started), time.time()
        with self._lock:
            writer = self._writer()
            if writer is None or self._closed or process.is_ending():
                return False
            for sample in samples:
                for tag, value in sample.items():
                    writer._run_writer.put(tag, float(value), step, wall_time)
        return True

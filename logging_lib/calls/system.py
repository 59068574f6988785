"""SummaryWriter.log_system."""

from __future__ import annotations

import time
from functools import partial

from logging_lib.arguments import About
from logging_lib.calls.sink import EventSink
from logging_lib.system import SystemLogger, machine_sensors

_MIN_INTERVAL = 0.1  # psutil's shortest, below which its CPU per cents mean little


class SystemCalls(EventSink):
    """The machine's own metrics."""

    # Of the class, so that a writer without them, such as one that was unpickled, needs nothing.
    _system_logger: SystemLogger | None = None
    _system_started: float | None = None

    def log_system(self, interval: float | None = 10) -> None:
        """Log how busy the machine is, now and every `interval` seconds, until close(): tags under `system/`.

            writer = SummaryWriter("runs/resnet50")
            writer.log_system()  # system/cpu_percent, system/memory_gib, system/gpu0/utilization_percent, ...
            for step, batch in enumerate(loader):
                writer.add_scalar("loss", train(batch), step)
            writer.close()

        CPU, memory, space and transfer of the disks, the process's own CPU and memory; of each NVIDIA GPU in
        CUDA_VISIBLE_DEVICES utilization, memory, temperature and power. The step is whole seconds since the first
        call. What the machine has no sensor for is left out; the debug log of "logging_lib" names it. A forked child
        logs nothing until it calls this itself.

        Args:
            interval: seconds between samples, at least 0.1; 0 or None stops. A second call changes it.

        Raises:
            ImportError: psutil is missing.
            TypeError, ValueError: no such interval.
        """
        with About(call="log_system"):
            seconds = _checked(interval)
        if seconds:
            _check_psutil()
        self._stop_system()
        if seconds and self.write_to_disk:
            if self._system_started is None:
                self._system_started = time.monotonic()
            system = SystemLogger(self, partial(machine_sensors, self._run_directory), seconds, self._system_started)
            system.start()
            self._system_logger = system

    def _stop_system(self) -> None:
        """Nothing is sampled or logged afterwards: what close() begins with."""
        system, self._system_logger = self._system_logger, None
        if system is not None:
            system.close()


def _checked(interval: float | None) -> float:
    seconds = 0.0 if interval is None else float(interval)
    if seconds and not _MIN_INTERVAL <= seconds < float("inf"):
        raise ValueError(f"an interval is at least {_MIN_INTERVAL} seconds, or 0 for none, got {interval}")
    return seconds


def _check_psutil() -> None:
    try:
        import psutil  # noqa: F401  # an extra of this package
    except ImportError as error:
        raise ImportError("log_system needs psutil: pip install 'tbtui[system]'", name="psutil") from error

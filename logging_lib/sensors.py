"""Reads the machine: CPU, memory and disk by psutil, NVIDIA GPUs by nvidia-ml-py; a missing sensor is left out."""

from __future__ import annotations

import functools
import importlib
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import psutil

_logger = logging.getLogger("logging_lib")

_MIB = 1 << 20
_GIB = 1 << 30

# One look at a sensor: numbers by tag; none where there is no earlier look to compare with.
Reading: TypeAlias = Callable[[], Mapping[str, float]]


class Sensors:
    """Readings by name, of which some may fail. To be built and used in one thread."""

    def __init__(self, readings: Mapping[str, Reading]) -> None:
        self._readings = readings
        self._missing: set[str] = set()

    def sample(self) -> dict[str, float]:
        """What can be read now, by tag. What cannot is named once, in a line of the debug log."""
        values: dict[str, float] = {}
        for name, read in self._readings.items():
            try:
                values.update(read())
            except Exception as error:  # noqa: BLE001  # a sensor's library may raise anything; the others go on
                self._tell(name, error)
        return values

    def close(self) -> None:
        """Let go of the sensors."""

    def _tell(self, name: str, error: Exception) -> None:
        if name not in self._missing:
            self._missing.add(name)
            _logger.debug("no system metrics of %s: %s", name, error)


class HostSensors(Sensors):
    """The machine that this process runs on, all of its containers together, and the process itself.

    CPU and disk transfer are averages since the sample before, and absent from the first.
    """

    def __init__(self, directory: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Prepare.

        Args:
            directory: where the run is logged: its file system is "the disk" whose space is told.
            clock: seconds, from any start.
        """
        process = functools.cache(psutil.Process)  # one object, which remembers; made where it may fail
        super().__init__(
            {
                # Per cent of all cores.
                "CPU": _from_the_second(lambda: {"system/cpu_percent": psutil.cpu_percent()}),
                # 100 is one core, as in `top`.
                "the process's CPU": _from_the_second(lambda: {"system/process_cpu_percent": process().cpu_percent()}),
                "memory": _memory,
                "the process's memory": lambda: {"system/process_memory_gib": process().memory_info().rss / _GIB},
                "disk space": lambda: _disk_space(directory),
                "disk transfer": _DiskTransfer(clock),
            }
        )


class GpuSensors(Sensors):
    """The GPUs that CUDA_VISIBLE_DEVICES lets the job use, numbered from 0 as the job sees them; all where it is unset.

    The order is that of the PCI bus, as in nvidia-smi.
    """

    def __init__(self) -> None:
        """Load nvidia-ml-py and the driver's library; where there is none, there are no readings."""
        super().__init__({})
        self._nvml: Any = None
        try:
            self._nvml = importlib.import_module("pynvml")
            self._nvml.nvmlInit()
        except Exception as error:  # noqa: BLE001  # no package, no driver, another version of it: there is no GPU to read
            self._nvml = None
            self._tell("GPUs", error)
            return
        self._readings = {
            f"gpu{number} {name}": reading
            for number, device in enumerate(self._devices())
            for name, reading in _gpu_readings(self._nvml, device, f"system/gpu{number}").items()
        }

    def close(self) -> None:
        """Let go of the driver's library, which counts its users."""
        nvml, self._nvml, self._readings = self._nvml, None, {}
        if nvml is not None:
            nvml.nvmlShutdown()

    def _devices(self) -> list[Any]:
        devices = []
        try:
            for device in _visible_devices(self._nvml, os.environ.get("CUDA_VISIBLE_DEVICES")):
                devices.append(device)  # those before a name that fails are kept
        except self._nvml.NVMLError as error:
            self._tell("GPUs", error)
        return devices


def _from_the_second(read: Reading) -> Reading:
    """Without the first result, which psutil says is meaningless: it has nothing to compare with."""
    calls = 0

    def compared() -> Mapping[str, float]:
        nonlocal calls
        values = read()
        calls += 1
        return values if calls > 1 else {}

    return compared


def _memory() -> Mapping[str, float]:
    memory = psutil.virtual_memory()
    used = (memory.total - memory.available) / _GIB
    return {"system/memory_percent": memory.percent, "system/memory_gib": used}


def _disk_space(directory: Path) -> Mapping[str, float]:
    disk = psutil.disk_usage(os.fspath(directory))
    return {"system/disk_percent": disk.percent, "system/disk_free_gib": disk.free / _GIB}


class _DiskTransfer:
    """Bytes read and written a second, over all disks, between two readings."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last: tuple[float, int, int] | None = None

    def __call__(self) -> Mapping[str, float]:
        counters = psutil.disk_io_counters()
        if counters is None:
            raise LookupError("no disks")
        now = (self._clock(), counters.read_bytes, counters.write_bytes)
        last, self._last = self._last, now
        if last is None or now[0] <= last[0]:
            return {}
        read, written = ((now[i] - last[i]) / (now[0] - last[0]) / _MIB for i in (1, 2))
        return {"system/disk_read_mib_per_second": read, "system/disk_write_mib_per_second": written}


def _visible_devices(nvml: Any, named: str | None) -> Iterator[Any]:
    """The GPUs that a CUDA_VISIBLE_DEVICES names, by index, UUID, its beginning, or the UUID of a part (MIG).

    As in CUDA, a name that nothing has ends the list.
    """
    devices = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
    if named is None:
        yield from devices
        return
    by_name = {str(index): device for index, device in enumerate(devices)}
    for name in (part.strip() for part in named.split(",")):
        if name.startswith("GPU-"):
            device = next((device for device in devices if nvml.nvmlDeviceGetUUID(device).startswith(name)), None)
        elif name.startswith("MIG-"):
            device = nvml.nvmlDeviceGetHandleByUUID(name)
        else:
            device = by_name.get(name)
        if device is None:
            return
        yield device


def _gpu_readings(nvml: Any, device: Any, group: str) -> dict[str, Reading]:
    def memory() -> Mapping[str, float]:
        held = nvml.nvmlDeviceGetMemoryInfo(device)
        return {f"{group}/memory_percent": 100 * held.used / held.total, f"{group}/memory_gib": held.used / _GIB}

    return {
        "utilization": lambda: {f"{group}/utilization_percent": nvml.nvmlDeviceGetUtilizationRates(device).gpu},
        "memory": memory,
        "temperature": lambda: {
            f"{group}/temperature_celsius": nvml.nvmlDeviceGetTemperature(device, nvml.NVML_TEMPERATURE_GPU)
        },
        "power": lambda: {f"{group}/power_watts": nvml.nvmlDeviceGetPowerUsage(device) / 1000},
    }

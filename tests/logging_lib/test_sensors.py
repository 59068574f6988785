"""What the sensors say of a machine that is made up, and what they leave out."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import psutil
import pytest

from logging_lib.sensors import GpuSensors, HostSensors

GIB = 1 << 30
MIB = 1 << 20


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Machine:
    """What psutil says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bytes_read = self.bytes_written = 0
        self.process = SimpleNamespace(cpu_percent=lambda: 250.0, memory_info=lambda: SimpleNamespace(rss=3 * GIB))
        memory = SimpleNamespace(total=64 * GIB, available=48 * GIB, percent=25.0)
        monkeypatch.setattr(psutil, "Process", lambda: self.process)
        monkeypatch.setattr(psutil, "cpu_percent", lambda: 12.5)
        monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
        monkeypatch.setattr(psutil, "disk_usage", self.disk_usage)
        monkeypatch.setattr(psutil, "disk_io_counters", self.disk_io_counters)

    def disk_usage(self, path: str) -> Any:
        assert path == "/data/run"
        return SimpleNamespace(percent=80.0, free=7 * GIB)

    def disk_io_counters(self) -> Any:
        return SimpleNamespace(read_bytes=self.bytes_read, write_bytes=self.bytes_written)


def test_host(monkeypatch: pytest.MonkeyPatch) -> None:
    machine, clock = Machine(monkeypatch), Clock()
    sensors = HostSensors(Path("/data/run"), clock)
    at_once = {
        "system/memory_percent": 25.0,
        "system/memory_gib": 16.0,
        "system/process_memory_gib": 3.0,
        "system/disk_percent": 80.0,
        "system/disk_free_gib": 7.0,
    }
    assert sensors.sample() == at_once

    clock.now += 4
    machine.bytes_read, machine.bytes_written = 40 * MIB, 2 * MIB
    compared = at_once | {
        "system/cpu_percent": 12.5,
        "system/process_cpu_percent": 250.0,
        "system/disk_read_mib_per_second": 10.0,
        "system/disk_write_mib_per_second": 0.5,
    }
    assert sensors.sample() == compared

    clock.now += 1  # each rate is since the sample before
    still = compared | {"system/disk_read_mib_per_second": 0.0, "system/disk_write_mib_per_second": 0.0}
    assert sensors.sample() == still


def test_this_machine(tmp_path: Path) -> None:
    """The real psutil has what is asked of it."""
    sensors = HostSensors(tmp_path)
    sensors.sample()
    sampled = sensors.sample()
    assert {"system/cpu_percent", "system/memory_gib", "system/process_cpu_percent", "system/disk_percent"} <= set(
        sampled
    )
    assert 0 < sampled["system/process_memory_gib"] < sampled["system/memory_gib"] + 64
    usage = os.statvfs(tmp_path)
    assert sampled["system/disk_free_gib"] == pytest.approx(usage.f_bavail * usage.f_frsize / GIB, rel=0.1)


def test_a_missing_sensor_is_named_once(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="logging_lib")
    machine = Machine(monkeypatch)
    machine.process = SimpleNamespace(memory_info=machine.process.memory_info)
    monkeypatch.setattr(psutil, "disk_io_counters", lambda: None)
    sensors = HostSensors(Path("/data/run"), Clock())
    for _ in range(3):
        assert "system/process_cpu_percent" not in sensors.sample()
    assert caplog.messages == [
        "no system metrics of the process's CPU: 'types.SimpleNamespace' object has no attribute 'cpu_percent'",
        "no system metrics of disk transfer: no disks",
    ]
    assert {record.levelno for record in caplog.records} == {logging.DEBUG}


def test_a_sensor_that_comes_back_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch)
    sensors = HostSensors(Path("/data/run"), Clock())

    def stale(path: str) -> Any:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(psutil, "disk_usage", stale)
    assert "system/disk_percent" not in sensors.sample()
    monkeypatch.setattr(psutil, "disk_usage", machine.disk_usage)
    assert sensors.sample()["system/disk_percent"] == 80.0


class NVMLError(Exception):
    """As nvidia-ml-py's."""


class FakeNvml(ModuleType):
    """nvidia-ml-py on a machine of two GPUs, the second divided (MIG): a part has memory only."""

    NVMLError = NVMLError
    NVML_TEMPERATURE_GPU = 0
    UUIDS = ("GPU-aaaa-1111", "GPU-bbbb-2222")

    def __init__(self) -> None:
        super().__init__("pynvml")
        self.users = 0

    def nvmlInit(self) -> None:
        self.users += 1

    def nvmlShutdown(self) -> None:
        self.users -= 1

    def nvmlDeviceGetCount(self) -> int:
        return len(self.UUIDS)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> str:
        return self.UUIDS[index]

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> str:
        if uuid != "MIG-cccc":
            raise NVMLError("Not Found")
        return uuid

    def nvmlDeviceGetUUID(self, device: str) -> str:
        return device

    def nvmlDeviceGetUtilizationRates(self, device: str) -> Any:
        return SimpleNamespace(gpu=self._of_a_whole(device, 90))

    def nvmlDeviceGetMemoryInfo(self, device: str) -> Any:
        return SimpleNamespace(total=80 * GIB, used=20 * GIB)

    def nvmlDeviceGetTemperature(self, device: str, sensor: int) -> int:
        assert sensor == self.NVML_TEMPERATURE_GPU
        return self._of_a_whole(device, 60)

    def nvmlDeviceGetPowerUsage(self, device: str) -> int:
        return self._of_a_whole(device, 350_500)

    def _of_a_whole(self, device: str, value: int) -> int:
        if device not in self.UUIDS:
            raise NVMLError("Not Supported")
        return value + self.UUIDS.index(device)


def test_the_fake_is_like_nvidia_ml_py() -> None:
    real = importlib.import_module("pynvml")
    names = {name for name in vars(FakeNvml) if name.lower().startswith("nvml")}
    assert len(names) == 12
    assert names <= set(dir(real))
    assert issubclass(real.NVMLError, Exception)
    assert real.NVML_TEMPERATURE_GPU == FakeNvml.NVML_TEMPERATURE_GPU


@pytest.fixture
def nvml(monkeypatch: pytest.MonkeyPatch) -> FakeNvml:
    fake = FakeNvml()
    monkeypatch.setitem(sys.modules, "pynvml", fake)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return fake


def whole(number: int, index: int) -> dict[str, float]:
    """What gpu<number> of the job says where it is the machine's `index`."""
    return {
        f"system/gpu{number}/utilization_percent": 90 + index,
        f"system/gpu{number}/memory_percent": 25.0,
        f"system/gpu{number}/memory_gib": 20.0,
        f"system/gpu{number}/temperature_celsius": 60 + index,
        f"system/gpu{number}/power_watts": 350.5 + index / 1000,
    }


def part(number: int) -> dict[str, float]:
    """What a part of a GPU says."""
    return {f"system/gpu{number}/memory_percent": 25.0, f"system/gpu{number}/memory_gib": 20.0}


def test_all_gpus(nvml: FakeNvml) -> None:
    sensors = GpuSensors()
    assert sensors.sample() == whole(0, 0) | whole(1, 1)
    assert nvml.users == 1
    sensors.close()
    assert (nvml.users, sensors.sample()) == (0, {})
    sensors.close()
    assert nvml.users == 0


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        ("1", whole(0, 1)),
        ("1, 0", whole(0, 1) | whole(1, 0)),
        ("GPU-bbbb-2222,0", whole(0, 1) | whole(1, 0)),
        ("GPU-bb", whole(0, 1)),
        ("MIG-cccc", part(0)),
        ("0,MIG-cccc", whole(0, 0) | part(1)),
        ("0,-1,1", whole(0, 0)),
        ("0,GPU-dd,1", whole(0, 0)),
        ("0,MIG-dddd,1", whole(0, 0)),
        ("2", {}),
        ("", {}),
        ("NoDevFiles", {}),
    ],
)
def test_visible_gpus(
    nvml: FakeNvml, monkeypatch: pytest.MonkeyPatch, visible: str, expected: dict[str, float]
) -> None:
    """Numbered as the job sees them; a name that nothing has ends the list."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert GpuSensors().sample() == expected


def test_a_gpus_missing_sensors_are_named(
    nvml: FakeNvml, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="logging_lib")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "MIG-cccc")
    sensors = GpuSensors()
    sensors.sample()
    sensors.sample()
    assert caplog.messages == [
        f"no system metrics of gpu0 {name}: Not Supported" for name in ("utilization", "temperature", "power")
    ]


def test_without_a_driver(nvml: FakeNvml, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="logging_lib")

    def no_library() -> None:
        raise NVMLError("NVML Shared Library Not Found")

    monkeypatch.setattr(nvml, "nvmlInit", no_library)
    sensors = GpuSensors()
    assert sensors.sample() == {}
    sensors.close()
    assert nvml.users == 0
    assert caplog.messages == ["no system metrics of GPUs: NVML Shared Library Not Found"]


def test_without_nvidia_ml_py(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="logging_lib")
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert GpuSensors().sample() == {}
    assert [message[:30] for message in caplog.messages] == ["no system metrics of GPUs: imp"]

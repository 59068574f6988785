"""A file system that does not answer is told, and one that does again."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest

from tui.ingest import pulse as pulse_module
from tui.ingest.pulse import Pulse, Silence

DEADLINE = 30.0


class Patient:
    """A pulse that is looked after without patience, and what it told."""

    def __init__(self) -> None:
        self.told: list[Silence | None] = []
        self._news = threading.Condition()
        self.pulse = Pulse(self._note)

    def _note(self) -> None:
        with self._news:
            self.told.append(self.pulse.silence)
            self._news.notify_all()

    def wait_for(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.told) >= count, DEADLINE)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[Patient]:
    monkeypatch.setattr(pulse_module, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(pulse_module, "_PATIENCE", 0.03)
    monkeypatch.setattr(pulse_module, "mount_of", lambda path: ("/mnt/cluster", "nfs4"))
    patient = Patient()
    patient.pulse.watch()
    yield patient
    patient.pulse.stop()


def test_silence_is_told_once_and_taken_back(patient: Patient) -> None:
    patient.pulse.at("/mnt/cluster/run/file")
    patient.wait_for(1)
    assert re.fullmatch(r"no answer since \d\d:\d\d:\d\d from /mnt/cluster", str(patient.told[0]))
    patient.pulse.beat()
    patient.pulse.rest()
    patient.wait_for(2)
    assert patient.told[1:] == [None]


def test_who_asks_for_nothing_is_not_silent(patient: Patient) -> None:
    """However long a thread computes; after that the next question shows that it is looked after."""
    patient.pulse.at("/mnt/cluster/run/file")
    patient.pulse.rest()
    assert not patient.pulse.is_asking
    threading.Event().wait(0.2)
    assert patient.told == []
    patient.pulse.at("/mnt/cluster/run/file")
    assert patient.pulse.is_asking
    patient.wait_for(1)


@pytest.mark.parametrize(("mount", "named"), [(("/", "ext4"), "/data/file"), (("", ""), "/data/file")])
def test_where_nothing_is_mounted_the_path_is_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, mount: tuple[str, str], named: str
) -> None:
    monkeypatch.setattr(pulse_module, "mount_of", lambda path: mount)
    patient.pulse.at("/data/file")
    patient.wait_for(1)
    assert patient.told[0] is not None and patient.told[0].place == named


def test_a_failure_of_its_own_is_told_and_it_goes_on(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.Event()
    told: list[str] = []

    def hook(failure: threading.ExceptHookArgs) -> None:
        assert failure.thread is not None
        told.append(f"{failure.thread.name}: {failure.exc_value}")
        failed.set()

    def fail(path: str) -> tuple[str, str]:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(threading, "excepthook", hook)
    with monkeypatch.context() as patch:
        patch.setattr(pulse_module, "mount_of", fail)
        patient.pulse.at("/mnt/cluster/run/file")
        assert failed.wait(DEADLINE)
    assert told[0] == "tbtui-pulse: a bug"
    patient.wait_for(1)
    assert patient.told[0] is not None

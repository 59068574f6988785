"""Logdirs on file systems of their own, which fill up, go away, come back and take nothing; and what inotify may do.

Only in user and mount namespaces of our own (`unshare`): nobody else on the machine sees anything of it.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

from benchmarks.chaos.acts import Act

_DISK_BYTES = 256 << 20
_WATCHES = Path("/proc/sys/user/max_inotify_watches")
_INSTANCES = Path("/proc/sys/user/max_inotify_instances")
_MANY_EVENTS = 40_000  # more than fs.inotify.max_queued_events, 16384


def own_namespace() -> tuple[str, ...]:
    """What to begin a command with so that mounts and limits are its own."""
    return ("unshare", "--user", "--map-root-user", "--mount", "--propagation", "private")


def without_privileges() -> tuple[str, ...]:
    """What to begin a command with so that permissions are heeded, though it runs as root."""
    return ("setpriv", "--bounding-set=-all", "--inh-caps=-all")


def _run(*command: object) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(done.stderr.strip())


class Disks:
    """Three logdirs: on a small disk, on one that is mounted elsewhere too, and in a plain directory."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.small, self.loose, self.plain = root / "small", root / "loose", root / "plain"
        self.places = [self.small, self.loose, self.plain]
        self._behind = root / "behind"
        self._chance = chance
        for place in (*self.places, self._behind):
            place.mkdir()
        _run("mount", "-t", "tmpfs", "-o", f"size={_DISK_BYTES}", "tmpfs", self.small)
        _run("mount", "-t", "tmpfs", "-o", f"size={_DISK_BYTES}", "tmpfs", self._behind)
        self._mount()

    def _mount(self) -> None:
        _run("mount", "--bind", self._behind, self.loose)

    @property
    def acts(self) -> dict[Act, int]:
        """What can be done to them."""
        return {self.fill: 2, self.unmount: 2, self.read_only: 2, self.no_watches: 1, self.no_instances: 1}

    def fill(self) -> str:
        """Leave no room for some seconds."""
        filler = self.small / "filler"
        try:
            with contextlib.suppress(OSError), filler.open("wb") as file:
                while True:
                    file.write(bytes(1 << 20))
            time.sleep(2)
        finally:
            filler.unlink(missing_ok=True)
        return str(self.small)

    def unmount(self) -> str:
        """Take a disk away, though files on it are open, and put it back."""
        _run("umount", "--lazy", self.loose)
        try:
            time.sleep(self._chance.uniform(0.5, 4.0))
        finally:
            self._mount()
        return str(self.loose)

    def read_only(self) -> str:
        """Let nobody open a file there to write for a while: by a mount over the other, on which some are open."""
        self._mount()
        try:
            _run("mount", "-o", "remount,bind,ro", self.loose)
            time.sleep(self._chance.uniform(0.5, 3.0))
        finally:
            _run("umount", "--lazy", self.loose)
        return str(self.loose)

    def no_watches(self) -> str:
        """Let inotify watch nothing more for a while, in which directories come."""
        return self._limit(_WATCHES, "1")

    def no_instances(self) -> str:
        """Let nobody begin to use inotify for a while."""
        return self._limit(_INSTANCES, "0")

    def _limit(self, file: Path, value: str) -> str:
        before = file.read_text()
        try:
            file.write_text(value)
            for number in range(3):
                (self.plain / f"empty_{time.monotonic_ns()}_{number}").mkdir()
            time.sleep(3)
        finally:
            file.write_text(before)
        return f"{file.name} {value}"


def flood(process: int, directory: Path) -> str:
    """Let more happen than inotify keeps, while a program does not look."""
    os.kill(process, signal.SIGSTOP)
    try:
        names = [directory / f"{number}.tfevents.flood" for number in range(2)]
        for number in range(_MANY_EVENTS // 4):
            path = names[number % 2]
            path.touch()
            path.unlink()
    finally:
        os.kill(process, signal.SIGCONT)
    return str(directory)

"""Processes that log: killed, stopped, forked, two in a directory, with clocks that go back.

python -m benchmarks.chaos.writers DIRECTORY KIND
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.chaos.acts import Act
from logging_lib import SummaryWriter

KINDS = ("plain", "plain", "two", "forks", "clock")


def write(directory: Path, kind: str) -> None:
    """Log until killed, some scalars fifty times a second, and now and then a histogram and a picture."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies
    writers = [SummaryWriter(str(directory)) for _ in range(2 if kind == "two" else 1)]
    for step in range(10_000_000):
        now = time.time()
        if kind == "clock":  # set back an hour, and forward again
            now -= 3600.0 * (step // 100 % 2)
        for number, writer in enumerate(writers):
            writer.add_scalar("loss", random.random(), step, walltime=now)
            writer.add_scalar("acc", step / 1000 + number, step, walltime=now)
            if step % 50 == 0:
                writer.add_histogram("weights", np.random.default_rng(step).normal(size=100), step)
                writer.add_image("noise", np.random.default_rng(step).random((3, 8, 8)), step)
        if kind == "forks" and step % 100 == 99 and not os.fork():
            _be_a_child(writers[0], step)
        time.sleep(0.02)


def _be_a_child(writer: SummaryWriter, step: int) -> None:
    """As a data loader's worker: it logs too, and ends without a word to anybody."""
    for number in range(5):
        writer.add_scalar("child", number, step + number)
    writer.flush()
    os._exit(0)


class Writers:
    """The ones that log now."""

    def __init__(self, places: list[Path], count: int, chance: random.Random) -> None:
        self._places, self._count, self._chance = places, count, chance
        self._running: list[tuple[Path, subprocess.Popen[bytes]]] = []
        self._number = 0
        for _ in range(count):
            self._start(None)

    @property
    def acts(self) -> dict[Act, int]:
        """What can be done to them."""
        return {self.kill: 4, self.terminate: 4, self.hold: 2, self.join: 2}

    def _start(self, directory: Path | None) -> str:
        """One of a new run, or of one that was there."""
        self._number += 1
        directory = directory or self._chance.choice(self._places) / f"run_{self._number}"
        kind = self._chance.choice(KINDS)
        command = (sys.executable, "-m", "benchmarks.chaos.writers", str(directory), kind)
        # Its warnings on a full disk are as expected.
        self._running.append((directory, subprocess.Popen(command, stderr=subprocess.DEVNULL)))
        return f"{directory} {kind}"

    def _tend(self) -> None:
        """Start others for those that have ended by themselves: where nothing can be written when they begin."""
        self._running = [(directory, writer) for directory, writer in self._running if writer.poll() is None]
        while len(self._running) < self._count:
            self._start(None)

    def kill(self) -> str:
        return self._end(signal.SIGKILL)

    def terminate(self) -> str:
        return self._end(signal.SIGTERM)

    def join(self) -> str:
        """A second process that logs to a directory in which one does."""
        self._tend()
        return self._start(self._chance.choice(self._running)[0])

    def hold(self) -> str:
        """Stop one for a while."""
        self._tend()
        directory, writer = self._chance.choice(self._running)
        writer.send_signal(signal.SIGSTOP)
        time.sleep(self._chance.uniform(0.2, 1.0))
        writer.send_signal(signal.SIGCONT)
        return str(directory)

    def _end(self, number: signal.Signals) -> str:
        self._tend()
        directory, writer = self._running.pop(self._chance.randrange(len(self._running)))
        writer.send_signal(number)
        code = writer.wait()
        following = directory if self._chance.random() < 0.5 else None
        started = self._start(following) if len(self._running) < self._count else "nobody"
        return f"{directory} ended with {code}; then {started}"

    def stop(self) -> None:
        """End them, each by a signal that it can answer."""
        for _, writer in self._running:
            writer.terminate()
        for _, writer in self._running:
            writer.wait()


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2])

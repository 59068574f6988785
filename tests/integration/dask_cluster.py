"""A real Dask cluster on loopback: a scheduler and workers, each a process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.terminal import DEADLINE


class Cluster:
    """A scheduler; `address` is its own, `workers` are the processes that were started."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.file = directory / "scheduler.json"
        self._log = (directory / "dask.log").open("w")
        self.scheduler = self._start("dask_scheduler", "--port", "0", "--scheduler-file", str(self.file), "--no-show")
        self.address = self._address()
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_worker(self, before: str = "pass") -> subprocess.Popen[bytes]:
        """Start a worker with one thread; `before` is run in it first."""
        options = ["--nthreads", "1", "--no-nanny", "--local-directory", str(self._directory)]
        self.workers.append(self._start("dask_worker", self.address, *options, before=before))
        return self.workers[-1]

    def end(self) -> None:
        """Kill what is left of it."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self._log.close()

    def _start(self, program: str, *options: str, before: str = "pass") -> subprocess.Popen[bytes]:
        code = f"import sys; {before}; from distributed.cli.{program} import main; main()"
        command = [sys.executable, "-c", code, *options, "--host", "127.0.0.1", "--no-dashboard"]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)

    def _address(self) -> str:
        end = time.monotonic() + DEADLINE
        while not (self.file.exists() and self.file.stat().st_size):
            assert time.monotonic() < end, "no scheduler"
            time.sleep(0.05)
        address: str = json.loads(self.file.read_text())["address"]
        return address


@contextmanager
def cluster(directory: Path, workers: int = 2) -> Iterator[Cluster]:
    """A cluster with some workers, which are on their way."""
    made = Cluster(directory)
    try:
        for _ in range(workers):
            made.add_worker()
        yield made
    finally:
        made.end()

"""What watching thousands of runs on a slow shared file system costs, and how late new points, files and runs show.

    python -m benchmarks.bench_poll [--runs 2000] [--latency 0.001] [--seconds 30] [--patience 120]

A directory of runs, one file each, is shown through FUSE as an NFS client would show it (tests/shared_fs.py: attributes
of files last 3 s, those of directories and names 30 s, a file that is opened is asked about anew), by a server that
takes `--latency` seconds for each answer. Twenty of the runs are active: each gets a point every two seconds. The rest
are a day old. Needs root and /dev/fuse. `--local` watches the directory itself instead, with inotify.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.work import FILE_NAME, LOSS_TAGS, frame, plain_value
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from tests.shared_fs import SharedFileSystem
from tui.ingest import mounts
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir

ACTIVE = 20
DAY = 86400.0
CADENCE = 2.0
CLIENT = {"attributes_last": 3, "directories_last": 30, "names_last": 30}


def point(step: int) -> bytes:
    """A record of one point."""
    summary = summary_pb2.Summary(value=[plain_value(LOSS_TAGS[0])])
    return frame(event_pb2.Event(wall_time=time.time(), step=step, summary=summary))


def make_runs(logdir: Path, count: int) -> list[Path]:
    """Runs of ten points, a day old."""
    data = b"".join(point(step) for step in range(10))
    paths = []
    for number in range(count):
        path = logdir / f"run{number:05}" / FILE_NAME
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        for changed in (path, path.parent):
            os.utime(changed, (time.time() - DAY, time.time() - DAY))
        paths.append(path)
    return paths


class Watched:
    """An ingester on a logdir: how many points it knows of each run, and when it knew."""

    def __init__(self, logdir: Path) -> None:
        self._news = threading.Condition()
        self._ingester = Ingester([LogDir("", logdir)], on_commit=lambda version: self._note())
        self.start = time.monotonic()
        self._ingester.start()

    def _note(self) -> None:
        with self._news:
            self._news.notify_all()

    def points(self, run: str) -> int:
        """Points of a run in the latest snapshot."""
        summary = self._ingester.snapshot.runs.get(run)
        return summary.points if summary else 0

    def runs(self) -> int:
        """Runs with points."""
        return sum(summary.points > 0 for summary in self._ingester.snapshot.runs.values())

    def seconds_until_runs(self, count: int) -> float:
        """Seconds from the start until so many runs have points."""
        with self._news:
            self._news.wait_for(lambda: self.runs() >= count and (count == 1 or not self._ingester.status.loading), 900)
        return time.monotonic() - self.start

    def delay(self, run: str, points: int, patience: float) -> float | None:
        """Seconds from now until a run has so many points; None where that took too long."""
        start = time.monotonic()
        with self._news:
            seen = self._news.wait_for(lambda: self.points(run) >= points, patience)
        return time.monotonic() - start if seen else None

    @property
    def mode(self) -> str:
        """How it watches."""
        status = self._ingester.status
        return f"{status.mode}, every {status.poll_seconds} s ({status.detail})"

    def stop(self) -> None:
        """End it."""
        self._ingester.stop()


def append(path: Path, count: int) -> None:
    """Points for a run that had so many."""
    with path.open("ab") as file:
        file.write(point(count))


def active_delays(watched: Watched, paths: list[Path], seconds: float) -> list[float]:
    """Each active run gets a point every two seconds; how long each point took to show."""
    delays: list[float] = []
    end = time.monotonic() + seconds
    counts = {path: watched.points(path.parent.name) for path in paths}
    while time.monotonic() < end:
        for path in paths:
            append(path, counts[path])
            counts[path] += 1
        waiting, written = dict(counts), time.monotonic()
        while waiting and time.monotonic() - written < 60:
            for path, count in list(waiting.items()):
                if watched.points(path.parent.name) >= count:
                    delays.append(time.monotonic() - written)
                    del waiting[path]
            time.sleep(0.01)
        time.sleep(max(0.0, CADENCE * random.uniform(0.5, 1.0) - (time.monotonic() - written)))
    return delays


def told(delays: list[float | None], patience: float) -> str:
    """Delays in words."""
    return ", ".join(f"> {patience:.0f} s" if delay is None else f"{delay:.1f} s" for delay in delays)


def measure(source: Path, shown: Path, file_system: SharedFileSystem | None, arguments: argparse.Namespace) -> None:
    """Print all figures of one logdir; `source` is where it is written, `shown` where it is read."""
    paths = make_runs(source, arguments.runs)
    active = paths[:: max(len(paths) // ACTIVE, 1)][:ACTIVE]
    for path in active:
        append(path, 10)
    if file_system:
        file_system.tell(latency=arguments.latency, reset=True, **CLIENT)
    watched = Watched(shown)
    print(f"{arguments.runs} runs, {arguments.latency * 1000:.1f} ms an answer")
    print(f"first run shows after {watched.seconds_until_runs(1):.1f} s,", end=" ", flush=True)
    print(f"all {arguments.runs} after {watched.seconds_until_runs(arguments.runs):.1f} s; {watched.mode}")
    if file_system:
        counts = file_system.tell(reset=True)
        each = ", ".join(f"{value / arguments.runs:.2f} {name}" for name, value in sorted(counts.items()))
        print(f"questions for each run while loading: {each}")
    time.sleep(5)
    if file_system:
        file_system.tell(reset=True)
    cpu, start = time.process_time() - time.thread_time(), time.monotonic()
    delays = active_delays(watched, active, arguments.seconds)
    cpu, spent = time.process_time() - time.thread_time() - cpu, time.monotonic() - start
    print(f"a point of an active run: median {statistics.median(delays):.2f} s, longest {max(delays):.2f} s", end="; ")
    print(f"processor {cpu / spent * 1000:.1f} ms a second; {watched.mode}")
    if file_system:
        rates = ", ".join(f"{n / spent:.1f} {name}" for name, n in sorted(file_system.tell(reset=True).items()))
        print(f"questions a second: {rates}")
    late: list[float | None] = []
    for number in range(3):
        run = shown.joinpath(f"new{number}").name
        (source / run).mkdir()
        (source / run / FILE_NAME).write_bytes(point(0))
        late.append(watched.delay(run, 1, arguments.patience))
    print(f"a new run: {told(late, arguments.patience)}", flush=True)
    late.clear()
    quiet = [path for path in paths if path not in active]
    for path in random.sample(quiet, 3):
        append(path, 10)
        late.append(watched.delay(path.parent.name, 11, arguments.patience))
    print(f"a point of a run that was quiet for a day: {told(late, arguments.patience)}", flush=True)
    watched.stop()


def main() -> None:
    """Make the runs, measure, and take all away again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--latency", type=float, default=0.001, help="seconds for each answer of the server")
    parser.add_argument("--seconds", type=float, default=30.0, help="for how long the active runs are watched")
    parser.add_argument("--patience", type=float, default=120.0, help="seconds to wait for what is not active")
    parser.add_argument("--local", action="store_true", help="watch the directory itself")
    arguments = parser.parse_args()
    random.seed(0)
    with tempfile.TemporaryDirectory() as directory, _as_nfs():
        source, shown = Path(directory, "source"), Path(directory, "shown")
        if arguments.local:
            measure(source, source, None, arguments)
            return
        with SharedFileSystem(source, shown) as file_system:
            measure(source, shown, file_system, arguments)


@contextlib.contextmanager
def _as_nfs() -> Iterator[None]:
    """The file system is taken for what it behaves like."""
    kind = mounts.file_system_type

    def told_as_nfs(path: str, table: str | None = None) -> str:
        found = kind(path, table)
        return "nfs4" if found == "fuse.shared" else found

    mounts.file_system_type = told_as_nfs
    try:
        yield
    finally:
        mounts.file_system_type = kind


if __name__ == "__main__":
    main()

"""What a few new records cost in a directory of a thousand runs: processor time of everything but the writer.

    python -m benchmarks.bench_tail [--rounds 50] [--data DIRECTORY]

Ten records are appended, to one run or to ten; measured is the time of the ingest thread and of the watcher's until
the new points are in a snapshot. Prints milliseconds, and what watching costs while nothing happens.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.work import FILE_NAME, LOSS_TAGS, frame, plain_value, prepare
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir

WORK = "1000-runs"
RECORDS = 10
IDLE_SECONDS = 10.0
DEADLINE = 30.0


def new_record(step: int) -> bytes:
    """One point that was just logged."""
    summary = summary_pb2.Summary(value=[plain_value(LOSS_TAGS[0])])
    return frame(event_pb2.Event(wall_time=time.time(), step=step, summary=summary))


def others_time() -> float:
    """Processor seconds of all threads but this one."""
    return time.process_time() - time.thread_time()


class Watched:
    """An ingester at work on a logdir, and a way to wait for what it commits."""

    def __init__(self, logdir: Path) -> None:
        self._committed = threading.Condition()
        self._ingester = Ingester([LogDir("", logdir)], on_commit=self._note)
        self._ingester.start()
        self.wait_for(None)

    def _note(self, _version: int) -> None:
        with self._committed:
            self._committed.notify_all()

    @property
    def points(self) -> int:
        """Points in the latest snapshot."""
        return sum(run.points for run in self._ingester.snapshot.runs.values())

    @property
    def mode(self) -> str:
        """Whether the file system announces changes."""
        return self._ingester.status.mode

    def wait_for(self, points: int | None) -> None:
        """Sleep until there are so many points, or until loading is over."""
        with self._committed:
            done = self._committed.wait_for(
                lambda: not self._ingester.status.loading if points is None else self.points >= points, DEADLINE
            )
        if not done:
            raise TimeoutError(f"{self.points} points, not {points}, after {DEADLINE} s")

    def stop(self) -> None:
        """Stop reading."""
        self._ingester.stop()


def tail(watched: Watched, files: Sequence[Path], step: int) -> tuple[float, float]:
    """Append a record to each file (one may stand there often); CPU ms of ingest, and ms until the points show."""
    records = {path: b"".join(new_record(step) for other in files if other == path) for path in files}
    points = watched.points + len(files)
    cpu, start = others_time(), time.perf_counter()
    for path, data in records.items():
        with path.open("ab") as file:
            file.write(data)
    watched.wait_for(points)
    return (others_time() - cpu) * 1000, (time.perf_counter() - start) * 1000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--data", type=Path, help="where the log is kept between runs")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        logdir = shutil.copytree(prepare(WORK, arguments.data or scratch / "data"), scratch / "logdir")
        files = sorted(logdir.rglob(FILE_NAME))
        watched = Watched(logdir)
        stack.callback(watched.stop)
        time.sleep(2.0)
        print(f"{len(files)} runs, {watched.mode}; CPU ms: median, p90, most; ms until shown: median")
        step = 1_000
        for title, chosen in (
            ("10 records in 1 run", files[:1] * RECORDS),
            ("10 records in 10 runs", files[-RECORDS:]),
        ):
            results = []
            for _ in range(arguments.rounds):
                results.append(tail(watched, chosen, step))
                step += 1
                time.sleep(0.6)
            cpu, shown = zip(*results, strict=True)
            p90 = statistics.quantiles(cpu, n=10, method="inclusive")[-1]
            print(
                f"{title:24} {statistics.median(cpu):7.2f} {p90:7.2f} {max(cpu):7.2f} {statistics.median(shown):7.1f}"
            )
        cpu = others_time()
        time.sleep(IDLE_SECONDS)
        print(f"{'idle, a second':24} {(others_time() - cpu) * 1000 / IDLE_SECONDS:7.2f}")


if __name__ == "__main__":
    main()

"""The screen, open for hours beside trainings that log: memory, processor, bytes and latency, from start to end.

    python -m benchmarks.soak [--minutes 120] [--runs 20] [--rate 100] [--every 5]

A process of its own logs `rate` scalars a second over the runs by SummaryWriter; `tbtui` shows them on a terminal of
160x45. Every so many minutes: resident memory, processor share, bytes sent since the last line, keys (help opened and
closed, median of ten), open files, threads. At the end what was logged is counted against `tbtui export` and
TensorBoard's own reader. Ends with 1 where points are missing.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

from benchmarks.bench_keys import COLUMNS, LINES, Screen
from logging_lib import SummaryWriter
from tests.terminal import Terminal

TAGS = ("loss/train", "loss/val", "accuracy", "lr", "grad_norm")
_KEYS = 10
_TICKS = os.sysconf("SC_CLK_TCK")
_HEAD = f"{'minute':>7} {'on disk':>9} {'MB':>7} {'CPU %':>6} {'kB/min':>7} {'key ms':>7} {'files':>6} {'threads':>8}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the program was at one time: seconds, resident MB, processor seconds, bytes sent, open files, threads."""

    at: float
    megabytes: float
    cpu: float
    written: int
    files: int
    threads: int

    @classmethod
    def take(cls, screen: Terminal) -> Reading:
        """Look at the process now."""
        process = Path(f"/proc/{screen.process.pid}")
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        resident = int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        cpu = (int(fields[11]) + int(fields[12])) / _TICKS
        files = sum(1 for _ in (process / "fd").iterdir())
        return cls(time.monotonic(), resident / 1e6, cpu, screen.written, files, int(fields[17]))


def write(logdir: Path, runs: int, rate: float, seconds: float) -> int:
    """Log so many scalars a second over the runs, each in its turn; returns how many that were."""
    with ExitStack() as stack:
        writers = [stack.enter_context(SummaryWriter(str(logdir / f"run_{number:02}"))) for number in range(runs)]
        start, count = time.monotonic(), 0
        while (elapsed := time.monotonic() - start) < seconds:
            while count < elapsed * rate:
                step, turn = divmod(count, runs * len(TAGS))
                number, tag = divmod(turn, len(TAGS))
                value = math.exp(-step / 500) * (1 + 0.1 * number) + random.gauss(0, 0.02)
                writers[number].add_scalar(TAGS[tag], value, step)
                count += 1
            time.sleep(0.05)
    return count


def latency(screen: Screen) -> float:
    """Milliseconds until help is open or closed, the median."""
    taken = []
    for _ in range(_KEYS // 2):
        for marker in (b"closes", b"help"):
            screen.read(random.uniform(0.1, 0.2))
            taken.append(screen.answer(b"?", marker))
    return statistics.median(taken)


def watch(screen: Screen, logdir: Path, writer: subprocess.Popen[str], every: float) -> None:
    """Print a line every so many seconds until the writer has ended."""
    start = before = Reading.take(screen)
    print(_HEAD, flush=True)
    while writer.poll() is None:
        screen.read(min(every, 1.0) if time.monotonic() - before.at < every else 0.0)
        if time.monotonic() - before.at < every:
            continue
        now = Reading.take(screen)
        minutes = (now.at - before.at) / 60
        share = 100 * (now.cpu - before.cpu) / (now.at - before.at)
        sent = (now.written - before.written) / 1e3 / minutes
        size = sum(path.stat().st_size for path in logdir.rglob("*tfevents*"))
        print(
            f"{(now.at - start.at) / 60:7.0f} {size / 1e6:7.1f}MB {now.megabytes:7.1f} {share:6.2f} {sent:7.1f}"
            f" {latency(screen):7.1f} {now.files:6} {now.threads:8}",
            flush=True,
        )
        before = Reading.take(screen)


def counted(logdir: Path) -> tuple[int, int]:
    """Points by `tbtui export`, and by TensorBoard's reader."""
    export = (sys.executable, "-m", "tui", "export", str(logdir))
    lines = subprocess.run(export, capture_output=True, text=True, check=True).stdout.count("\n") - 1
    events = (event for path in logdir.rglob("*tfevents*") for event in EventFileLoader(str(path)).Load())
    return lines, sum(len(event.summary.value) for event in events)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--rate", type=float, default=100, help="scalars a second, of all runs together")
    parser.add_argument("--every", type=float, default=5, help="minutes between two lines")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.write:
        print(write(arguments.write, arguments.runs, arguments.rate, arguments.minutes * 60))
        return 0
    with tempfile.TemporaryDirectory() as name:
        logdir = Path(name)
        options = [f"--{option}={getattr(arguments, option)}" for option in ("minutes", "runs", "rate")]
        command = (sys.executable, "-m", "benchmarks.soak", f"--write={logdir}", *options)
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        with Screen.tbtui(str(logdir), columns=COLUMNS, lines=LINES) as screen:
            screen.until(lambda: b"accuracy" in screen.output)
            screen.read(5)
            watch(screen, logdir, writer, arguments.every * 60)
            screen.press(b"q")
            code = screen.end()
        logged = int(writer.communicate()[0])
        exported, loaded = counted(logdir)
    print(f"logged {logged}, exported {exported}, by TensorBoard's reader {loaded}; tbtui ended with {code}")
    return 0 if logged == exported == loaded and not code else 1


if __name__ == "__main__":
    sys.exit(main())

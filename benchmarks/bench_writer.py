"""Cost of add_scalar and add_histogram: logging_lib against torch.utils.tensorboard and tensorboardX, side by side.

Run: python benchmarks/bench_writer.py [ROUNDS]. Prints medians over the rounds, which take turns. "call" is wall
time on the calling thread, "CPU" the time of all threads until everything is in the file, both a call.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorboardX
from torch.utils.tensorboard import SummaryWriter as TorchWriter

from logging_lib import SummaryWriter

PACED_CALLS = 2_000
SUSTAINED_CALLS = 20_000
HISTOGRAM_CALLS = 10
PAUSE_EVERY = 5
PAUSE_SECS = 0.0005

Writer = Any
WRITERS: dict[str, Callable[[str], Writer]] = {
    "logging_lib": lambda path: SummaryWriter(path),
    "torch": lambda path: TorchWriter(path),
    "tensorboardX": lambda path: tensorboardX.SummaryWriter(path),
}


def sustained_scalars(writer: Writer) -> tuple[float, int]:
    """Back to back: the queue fills and the calls wait for it."""
    start = time.perf_counter()
    for step in range(SUSTAINED_CALLS):
        writer.add_scalar("Loss/train", 0.5, step)
    return time.perf_counter() - start, SUSTAINED_CALLS


def paced_scalars(writer: Writer) -> tuple[float, int]:
    """As a training does: a few scalars, then half a millisecond of other work outside the interpreter."""
    busy = 0.0
    for step in range(0, PACED_CALLS, PAUSE_EVERY):
        start = time.perf_counter()
        for offset in range(PAUSE_EVERY):
            writer.add_scalar("Loss/train", 0.5, step + offset)
        busy += time.perf_counter() - start
        time.sleep(PAUSE_SECS)
    return busy, PACED_CALLS


def histograms(writer: Writer) -> tuple[float, int]:
    """A million float32 values each."""
    values = np.random.default_rng(0).normal(size=1_000_000).astype(np.float32)
    busy = 0.0
    for step in range(HISTOGRAM_CALLS):
        start = time.perf_counter()
        writer.add_histogram("weights", values, step)
        busy += time.perf_counter() - start
        time.sleep(0.1)
    return busy, HISTOGRAM_CALLS


def measure(work: Callable[[Writer], tuple[float, int]], make: Callable[[str], Writer]) -> tuple[float, float]:
    """Microseconds a call on the calling thread, and of CPU in all threads."""
    with tempfile.TemporaryDirectory() as directory:
        writer = make(directory)
        cpu = time.process_time()
        busy, calls = work(writer)
        writer.close()
        return busy / calls * 1e6, (time.process_time() - cpu) / calls * 1e6


def compare(work: Callable[[Writer], tuple[float, int]], rounds: int) -> None:
    """Print a table of medians, and how many times less than torch."""
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in WRITERS}
    for _ in range(rounds):
        for name, make in WRITERS.items():
            results[name].append(measure(work, make))
    medians = {name: list(map(statistics.median, zip(*rows, strict=True))) for name, rows in results.items()}
    print(f"{work.__name__}: {(work.__doc__ or '').strip()}")
    for name, values in medians.items():
        call, cpu = (
            f"{ours:9.2f} us ({torchs / ours:5.1f}x)" for ours, torchs in zip(values, medians["torch"], strict=True)
        )
        print(f"  {name:13} call {call}   CPU {cpu}")


if __name__ == "__main__":
    for task in (paced_scalars, sustained_scalars, histograms):
        compare(task, int(sys.argv[1]) if len(sys.argv) > 1 else 5)

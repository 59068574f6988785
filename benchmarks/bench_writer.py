"""Cost of logging: logging_lib against torch.utils.tensorboard and tensorboardX, side by side.

Run: python -m benchmarks.bench_writer [ROUNDS]. Prints medians over the rounds, in which the writers take turns, and
how many times less than torch that is. "wall" and "thread" are wall and CPU time of the calling thread, "CPU" the time
of all threads until everything is in the file, all a call; what the loop itself costs is taken off.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorboardX
import torch
from torch.utils.tensorboard import SummaryWriter as TorchWriter

from logging_lib import SummaryWriter
from logging_lib.encoding import encode
from logging_lib.inbox import ENTRY
from logging_lib.run_writer import MIN_QUEUE
from logging_lib.summary.scalar import scalar
from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.record import encode_record

BACK_TO_BACK_CALLS = 20_000
PACED_CALLS = 2_000
PACED_AT_ONCE = 5
PAUSE_SECS = 0.0005
HISTOGRAM_CALLS = 10
SUSTAINED_EVENTS = 1_000_000
TRAINING_STEPS = 300
SCALARS_A_STEP = 20

Writer = Any
WRITERS: dict[str, Callable[[str], Writer]] = {
    "logging_lib": lambda path: SummaryWriter(path),
    "torch": lambda path: TorchWriter(path),
    "tensorboardX": lambda path: tensorboardX.SummaryWriter(path),
}


class Cost(NamedTuple):
    """Microseconds a call."""

    wall: float
    thread: float
    cpu: float


class Nobody:
    """Takes the calls and does nothing: what the loop costs."""

    def add_scalar(self, tag: str, value: float, step: int) -> None:
        """Nothing."""

    def add_histogram(self, tag: str, values: Any, step: int) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class Watch:
    """Adds up the wall and CPU time that the calling thread spends in calls."""

    def __init__(self) -> None:
        self.wall = self.thread = 0.0

    def __enter__(self) -> None:
        self._wall, self._thread = time.perf_counter(), time.thread_time()

    def __exit__(self, *_: object) -> None:
        self.thread += time.thread_time() - self._thread
        self.wall += time.perf_counter() - self._wall


def back_to_back(writer: Writer, watch: Watch) -> int:
    """add_scalar in a loop that does nothing else."""
    with watch:
        for step in range(BACK_TO_BACK_CALLS):
            writer.add_scalar("Loss/train", 0.5, step)
    return BACK_TO_BACK_CALLS


def paced(writer: Writer, watch: Watch) -> int:
    """add_scalar 5 times, then half a millisecond outside the interpreter, as in a training; caches are cold."""
    for step in range(0, PACED_CALLS, PACED_AT_ONCE):
        with watch:
            for offset in range(PACED_AT_ONCE):
                writer.add_scalar("Loss/train", 0.5, step + offset)
        time.sleep(PAUSE_SECS)
    return PACED_CALLS


def histograms(writer: Writer, watch: Watch) -> int:
    """add_histogram of a million float32 values, ten a second."""
    values = np.random.default_rng(0).normal(size=1_000_000).astype(np.float32)
    for step in range(HISTOGRAM_CALLS):
        with watch:
            writer.add_histogram("weights", values, step)
        time.sleep(0.1)
    return HISTOGRAM_CALLS


Work = Callable[[Writer, Watch], int]


def measured(work: Work, make: Callable[[str], Writer]) -> Cost:
    with tempfile.TemporaryDirectory() as directory:
        writer, watch = make(directory), Watch()
        cpu = time.process_time()
        calls = work(writer, watch)
        writer.close()
        cpu = time.process_time() - cpu
        return Cost(*(seconds / calls * 1e6 for seconds in (watch.wall, watch.thread, cpu)))


def compare(work: Work, rounds: int) -> None:
    """Print a table of medians, and how many times less than torch."""
    results: dict[str, list[Cost]] = {name: [] for name in WRITERS}
    loops: list[Cost] = []
    for _ in range(rounds):
        loops.append(measured(work, lambda path: Nobody()))
        for name, make in WRITERS.items():
            results[name].append(measured(work, make))
    loop = medians(loops)
    net = {name: [cost - own for cost, own in zip(medians(rows), loop, strict=True)] for name, rows in results.items()}
    print(f"{work.__name__}: {(work.__doc__ or '').strip()}")
    for name, costs in net.items():
        columns = (
            f"{what} {cost:9.2f} us ({torchs / cost:5.1f}x)"
            for what, cost, torchs in zip(Cost._fields, costs, net["torch"], strict=True)
        )
        print(f"  {name:13}", "   ".join(columns))


def medians(rows: list[Cost]) -> Cost:
    return Cost(*map(statistics.median, zip(*rows, strict=True)))


def sustained() -> None:
    """A million add_scalar back to back, and the longest that the queue was after a call."""
    with tempfile.TemporaryDirectory() as directory, SummaryWriter(directory) as writer:
        longest, start = 0, time.perf_counter()
        for step in range(SUSTAINED_EVENTS):
            writer.add_scalar("Loss/train", 0.5, step)
            longest = max(longest, len(writer._run_inbox))
        writer.flush()
        seconds = time.perf_counter() - start
    queue = f"longest queue {longest // ENTRY} of {MIN_QUEUE} events"
    print(f"sustained: {SUSTAINED_EVENTS} events in {seconds:.2f} s; {queue}")


def encoding(rounds: int) -> None:
    """Scalars to records on the writer's thread: by template, and by protobuf."""
    batch: list[Any] = []
    for step in range(BACK_TO_BACK_CALLS):
        batch.extend(("Loss/train", 0.5, step, 1.5))
    times: dict[str, list[float]] = {"templates": [], "protobuf": []}
    for _ in range(rounds):
        start = time.perf_counter()
        list(encode(batch, print))
        times["templates"].append(time.perf_counter() - start)
        start = time.perf_counter()
        for tag, value, step, wall_time in zip(*[iter(batch)] * ENTRY, strict=True):
            event = event_pb2.Event(wall_time=wall_time, step=step, summary=scalar(tag, value))
            encode_record(event.SerializeToString())
        times["protobuf"].append(time.perf_counter() - start)
    own, protobuf = (statistics.median(each) / BACK_TO_BACK_CALLS * 1e6 for each in times.values())
    print(f"encoding: a scalar takes {own:.2f} us by template, {protobuf:.2f} us by protobuf ({protobuf / own:.1f}x)")


def training(rounds: int) -> None:
    """How much longer a step of a small torch model takes with 20 scalars a step, one of them a tensor."""
    results: dict[str, list[float]] = {"nobody": [], **{name: [] for name in WRITERS}}
    for _ in range(rounds):
        for name, make in {"nobody": lambda path: Nobody(), **WRITERS}.items():
            with tempfile.TemporaryDirectory() as directory:
                writer = make(directory)
                results[name].append(train(writer))
                writer.close()
    base = statistics.median(results.pop("nobody"))
    print(f"training: a step takes {base:.2f} ms, and with {SCALARS_A_STEP} scalars a step")
    for name, times in results.items():
        print(f"  {name:13} {(statistics.median(times) / base - 1) * 100:6.1f} % longer")


def train(writer: Writer) -> float:
    """Milliseconds a step, median."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = torch.nn.Sequential(torch.nn.Linear(256, 512), torch.nn.ReLU(), torch.nn.Linear(512, 10))
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    inputs, targets = torch.randn(128, 256), torch.randint(10, (128,))
    times = []
    for step in range(TRAINING_STEPS):
        start = time.perf_counter()
        loss = torch.nn.functional.cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        writer.add_scalar("Loss/train", loss, step)
        for number in range(1, SCALARS_A_STEP):
            writer.add_scalar(f"metric/{number}", 0.5, step)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def imports(rounds: int) -> None:
    """What importing the writer takes beyond numpy."""
    statements = {
        "logging_lib": "from logging_lib import SummaryWriter",
        "torch": "from torch.utils.tensorboard import SummaryWriter",
        "tensorboardX": "from tensorboardX import SummaryWriter",
    }
    base = statistics.median(start_up("import numpy") for _ in range(rounds))
    print(f"imports: numpy takes {base:.0f} ms, and beyond that")
    for name, statement in statements.items():
        took = statistics.median(start_up(f"import numpy; {statement}") for _ in range(rounds))
        print(f"  {name:13} {took - base:7.0f} ms")


def start_up(code: str) -> float:
    """Milliseconds of a Python that runs the code."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (time.perf_counter() - start) * 1e3


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    for task in (back_to_back, paced, histograms):
        compare(task, number)
    sustained()
    encoding(number)
    training(number)
    imports(number)

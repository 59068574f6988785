"""kill -9 in a loop: what is left of what a training logged, when it is killed at any moment.

Run: python benchmarks/kill_writer.py [KILLS [FLUSH_SECS [ALLOWED_SECS]]]; about a second a kill and core. Each
child logs scalars, sub-runs, texts, histograms and images, small and large, every few milliseconds, and writes down the
time of each call that has returned in memory that outlives it. For every kill: each file reads back without damage, a
torn record at its very end aside; and the oldest event that is missing was logged less than ALLOWED_SECS (by default
FLUSH_SECS) before. Exits with 1 where that is not so.
"""

from __future__ import annotations

import mmap
import os
import random
import signal
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from logging_lib import SummaryWriter
from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.record import Damage, RecordDecoder

KILLS = 200
AT_A_TIME = min(4, os.cpu_count() or 1)  # what is late for want of a core is not the writer's fault
SHORTEST_LIFE, LONGEST_LIFE = 0.05, 2.5
PAUSE_SECS = 0.02  # after ten calls
MAX_CALLS = 1 << 16
_COUNT = struct.Struct("<Q")
_TIME = struct.Struct("<d")


class Journal:
    """Times of calls that have returned, epoch seconds, in memory shared by a child and who kills it."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _COUNT.size + MAX_CALLS * _TIME.size)

    def add(self) -> None:
        """A call has returned."""
        (count,) = _COUNT.unpack_from(self._memory)
        _TIME.pack_into(self._memory, _COUNT.size + count * _TIME.size, time.time())
        _COUNT.pack_into(self._memory, 0, count + 1)

    def times(self) -> list[float]:
        """Of all calls that have returned, in order."""
        (count,) = _COUNT.unpack_from(self._memory)
        return [_TIME.unpack_from(self._memory, _COUNT.size + call * _TIME.size)[0] for call in range(count)]


@dataclass(slots=True)
class Child:
    """A process that logs, and when it is to be killed (monotonic seconds)."""

    process: int
    directory: Path
    journal: Journal
    due: float


@dataclass(slots=True)
class Outcome:
    """What a kill left: calls that returned, events in files, seconds from the oldest missing one to the kill."""

    calls: int
    events: int
    lag: float
    torn: int
    mistakes: list[str]


def log_forever(directory: Path, flush_secs: float, journal: Journal) -> None:
    """A training: call number n logs one event of step n."""
    random_values = np.random.default_rng(os.getpid())
    values = random_values.normal(size=10_000)
    small, large = (random_values.integers(0, 256, (3, size, size), dtype=np.uint8) for size in (32, 700))
    writer = SummaryWriter(directory, flush_secs=flush_secs)
    for step in range(MAX_CALLS):
        match step % 50:
            case 10:
                writer.add_histogram("weights", values, step)
            case 20:
                writer.add_image("large" if step % 200 == 20 else "small", large if step % 200 == 20 else small, step)
            case 30:
                writer.add_scalars("losses", {"train": step}, step)
            case 40:
                writer.add_text("notes", f"step {step}", step)
            case _:
                writer.add_scalar("loss", step, step)
        journal.add()
        if step % 10 == 0:
            time.sleep(PAUSE_SECS)


def start(directory: Path, flush_secs: float, life: float) -> Child:
    """Fork a child."""
    journal = Journal()
    process = os.fork()
    if process == 0:
        try:
            log_forever(directory, flush_secs, journal)
        finally:
            os._exit(1)  # neither is to happen before the kill
    return Child(process, directory, journal, time.monotonic() + life)


def kill(child: Child) -> Outcome:
    """Kill it, and see what is left."""
    killed_at = time.time()
    os.kill(child.process, signal.SIGKILL)
    _, status = os.waitpid(child.process, 0)
    mistakes = (
        [] if os.WIFSIGNALED(status) else [f"the child ended by itself, with {os.waitstatus_to_exitcode(status)}"]
    )
    steps: list[int] = []
    torn = 0
    for path in child.directory.rglob("*tfevents*"):
        decoder = RecordDecoder()
        for item in decoder.feed(path.read_bytes()):
            if isinstance(item, Damage):
                mistakes.append(f"{path.name}: {item}")
            else:
                event = event_pb2.Event.FromString(item.payload)
                steps += [event.step] if event.HasField("summary") else []
        torn += decoder.pending > 0
    times = child.journal.times()
    if len(set(steps)) != len(steps):
        mistakes.append("an event was written twice")
    written = set(steps)
    missing = (when for step, when in enumerate(times) if step not in written)
    lag = max(0.0, killed_at - next(missing, killed_at))
    return Outcome(len(times), len(steps), lag, torn, mistakes)


def outcomes(kills: int, flush_secs: float, root: Path) -> Iterator[Outcome]:
    """Kill children that have lived for random times, a few side by side."""
    lives = random.Random(5)
    children: list[Child] = []
    for number in range(kills + AT_A_TIME):
        if number < kills:
            life = lives.uniform(SHORTEST_LIFE, LONGEST_LIFE)
            children.append(start(root / str(number), flush_secs, life))
        if len(children) == AT_A_TIME or (number >= kills and children):
            next_one = min(children, key=lambda child: child.due)
            time.sleep(max(0.0, next_one.due - time.monotonic()))
            children.remove(next_one)
            yield kill(next_one)


def main(kills: int = KILLS, flush_secs: float = 1.0, allowed: float | None = None) -> int:
    """Print a summary; the exit status."""
    with tempfile.TemporaryDirectory() as root:
        ended = list(outcomes(kills, flush_secs, Path(root)))
    lags = sorted(outcome.lag for outcome in ended)
    late = sum(lag > (flush_secs if allowed is None else allowed) for lag in lags)
    mistakes = [mistake for outcome in ended for mistake in outcome.mistakes]
    logged, written = sum(outcome.calls for outcome in ended), sum(outcome.events for outcome in ended)
    print(f"{kills} kills, flush_secs={flush_secs:g}: {logged} events logged, {written} of them in the files")
    print(
        f"oldest missing event before the kill: median {statistics.median(lags) * 1e3:.0f} ms, "
        f"max {lags[-1] * 1e3:.0f} ms, {late} later than allowed"
    )
    print(f"torn tails: {sum(outcome.torn for outcome in ended)}; damage: {len(mistakes)}", *mistakes[:10], sep="\n")
    return int(late > 0 or bool(mistakes))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(main(*(int(value) for value in arguments[:1]), *(float(value) for value in arguments[1:])))

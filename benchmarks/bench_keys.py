"""How soon the screen answers a key while a large log loads, and when nothing happens; through a pseudo-terminal.

    python -m benchmarks.bench_keys [--rounds 5] [--data DIRECTORY]

From the key's byte going in to the first bytes that can only be its answer coming out, in milliseconds.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import select
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from benchmarks.work import WORKS, prepare
from tests.terminal import DEADLINE, UNKNOWN, Terminal

LOADING, IDLE = "long", "W1"
IDLE_TURNS = 20
COLUMNS, LINES = 160, 45
# Where the cursor starts and the tag below. Only cells that change are sent: a name only when the cursor comes or goes.
_UPPER, _LOWER = b"entropy", b"policy"
# Each key, and what only its answer writes: cursor down and up, smoothing off and on, help open and closed.
TURN = (
    ("down", b"\x1b[B", _LOWER),
    ("up", b"\x1b[A", _UPPER),
    ("s", b"s", b"raw"),
    ("s", b"s", b"mooth"),
    ("? opens", b"?", b"closes"),
    ("? closes", b"?", b"help"),
)

Samples = dict[str, list[float]]


class Screen(Terminal):
    """The program on a terminal whose bytes are kept, and drawn when it is asked about: not while a key is timed."""

    _drawn = 0

    def _take(self) -> None:
        self.output += os.read(self._master, 1 << 16)

    @property
    def loading(self) -> bool:
        """Whether the header says that reading goes on."""
        self._stream.feed(UNKNOWN.sub(b"", bytes(self.output[self._drawn :])))
        self._drawn = self.written
        return "reading " in self.screen.display[0]

    def answer(self, key: bytes, marker: bytes) -> float:
        """Press a key; milliseconds until its answer."""
        seen = self.written
        start = time.perf_counter()
        self.press(key)
        while self.output.find(marker, seen) < 0:
            if not select.select([self._master], [], [], DEADLINE)[0]:
                raise TimeoutError(f"no {marker!r} after {key!r}")
            self._take()
        return (time.perf_counter() - start) * 1000


def turns(screen: Screen, samples: Samples, most: int) -> None:
    """Press every key in turn until loading is over, or so often."""
    started_loading = screen.loading
    for _ in range(most):
        for name, key, marker in TURN:
            # Never in step with the program's own rhythm.
            screen.read(random.uniform(0.02, 0.06))
            taken = screen.answer(key, marker)
            if screen.loading == started_loading:
                samples.setdefault(name, []).append(taken)
        if screen.loading != started_loading:
            return


def measure(loading: Path, idle: Path, samples: tuple[Samples, Samples]) -> float:
    """A log that loads and one that is loaded; returns how long the first was loading after its first tag showed."""
    with Screen.tbtui(str(loading), columns=COLUMNS, lines=LINES) as screen:
        screen.until(lambda: _UPPER in screen.output and screen.loading)
        start = time.perf_counter()
        turns(screen, samples[0], most=10_000)
        seconds = time.perf_counter() - start
    with Screen.tbtui(str(idle), columns=COLUMNS, lines=LINES) as screen:
        screen.until(lambda: _UPPER in screen.output and not screen.loading)
        screen.until_silent(1.0)
        turns(screen, samples[1], most=IDLE_TURNS)
    return seconds


def line(title: str, samples: Iterable[float]) -> str:
    """A row of the table."""
    values = sorted(samples)
    if len(values) < 2:
        return f"{title:24} {len(values):5}"
    p90 = statistics.quantiles(values, n=10, method="inclusive")[-1]
    return f"{title:24} {len(values):5} {statistics.median(values):8.1f} {p90:8.1f} {values[-1]:8.1f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="where the log is kept between runs")
    arguments = parser.parse_args()
    loading: Samples = {}
    idle: Samples = {}
    with contextlib.ExitStack() as stack:
        data = arguments.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        logdirs = prepare(LOADING, data), prepare(IDLE, data)
        seconds = [measure(*logdirs, (loading, idle)) for _ in range(arguments.rounds)]
    print(f"{WORKS[LOADING].title}, {statistics.median(seconds):.1f} s of loading a round; idle: {WORKS[IDLE].title}")
    print(f"{'':24} {'keys':>5} {'median':>8} {'p90':>8} {'most':>8}   (ms)")
    for title, samples in (("loading", loading), ("idle", idle)):
        print(line(f"{title}, all", [taken for values in samples.values() for taken in values]))
        for name, values in samples.items():
            print(line(f"{title}, {name}", values))


if __name__ == "__main__":
    main()

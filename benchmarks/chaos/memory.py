"""The screen where the system gives no more memory: it goes on, or ends with one line.

    python -m benchmarks.chaos.memory [--tries 12] [--seed N]

Each time `tbtui` is opened on a log that grows; then its address space may not grow by more than some megabytes while
keys are pressed. Told: how it ended, if it did. Ends with 1 where that was in another way than with `out of memory`.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.chaos.screen import Watched
from logging_lib import SummaryWriter
from tests.terminal import UNKNOWN

_SECONDS = 12.0
_KEYS = [b"1", b"2", b"3", b"4", b"?", b"?", b"\r", b"\x1b", b"\x1b[B", b"v", b"g", b"A", b"t", b"r"]


def try_once(logdir: Path, megabytes: float, chance: random.Random) -> str:
    """How it went."""
    with (
        SummaryWriter(str(logdir / "run"), flush_secs=0.2) as writer,
        Watched(sys.executable, "-m", "tui", str(logdir), columns=160, lines=45) as terminal,
    ):
        writer.add_scalar("loss", 1.0, 0)
        terminal.until(lambda: b"loss" in terminal.output)
        terminal.read(3)
        process = terminal.process.pid
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + int(megabytes * 1e6)
        resource.prlimit(process, resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
        end = time.monotonic() + _SECONDS
        step = 0
        while time.monotonic() < end and terminal.process.poll() is None:
            for _ in range(500):
                writer.add_scalar("loss", chance.random(), step)
                step += 1
            writer.add_histogram("weights", [chance.random() for _ in range(100)], step)
            terminal.press(chance.choice(_KEYS))
            terminal.read(0.2)
        if terminal.process.poll() is None:
            return _goes_on(terminal)
        text = UNKNOWN.sub(b"", bytes(terminal.output)).decode(errors="replace")
        said = "out of memory" in text and "Traceback" not in text
        return f"ended with {terminal.process.returncode}" + (", out of memory" if said else f": {text[-1500:]!r}")


def _goes_on(terminal: Watched) -> str:
    resource.prlimit(terminal.process.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
    terminal.press(b"\x1b\x1b")
    terminal.read(1)
    before = terminal.written
    terminal.press(b"?")
    terminal.read(5)
    return "goes on" if terminal.written > before else "is there, and answers nothing"


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    chance, faults = random.Random(arguments.seed), 0
    for number in range(arguments.tries):
        megabytes = (0.0, 1.0, 4.0, 16.0)[number % 4]
        with tempfile.TemporaryDirectory() as name:
            outcome = try_once(Path(name), megabytes, chance)
        print(f"{megabytes:4.0f} MB more: {outcome}", flush=True)
        faults += not (outcome == "goes on" or outcome.endswith("out of memory"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""What charts as text and reports take beyond reading: `python -m benchmarks.bench_report [DIRECTORY]`.

Sweeps of 10 tags of 1,000 points are written to DIRECTORY (a temporary one unless given), and each command is run a few
times in a process of its own. Prints the least processor time in seconds, the most memory, and the size of the file.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.sweeps import prepare

RUNS, TAGS, STEPS = (10, 200, 1000), 10, 1000
ROUNDS = 3


def cost(*arguments: str) -> tuple[float, float]:
    """Processor time in seconds and memory in MB of `tbtui` with these arguments."""
    pid = os.fork()
    if not pid:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.execv(sys.executable, [sys.executable, "-m", "tui", *arguments])
    _, status, used = os.wait4(pid, 0)
    assert status == 0, arguments
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1000


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        print(f"{'runs':>5} {'points':>9}  {'command':<22} {'CPU s':>6} {'MB':>5} {'file kB':>8}")
        for runs in RUNS:
            logdir = str(prepare(data, runs, TAGS, STEPS))
            for command in ("ls", "plot", "report .html", "report .md", "report .svg"):
                name, _, suffix = command.partition(" ")
                path = Path(temporary) / f"report{suffix}"
                options = ["-o", str(path)] if suffix else []
                rounds = [cost(name, logdir, *options) for _ in range(ROUNDS)]
                size = f"{path.stat().st_size / 1000:.0f}" if suffix else ""
                least, memory = min(taken for taken, _ in rounds), max(held for _, held in rounds)
                print(f"{runs:>5} {runs * TAGS * STEPS:>9}  {command:<22} {least:>6.2f} {memory:>5.0f} {size:>8}")


if __name__ == "__main__":
    main()

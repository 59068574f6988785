"""Bytes of memory a scalar point: `python -m benchmarks.bench_memory [--data DIRECTORY]`.

Each work is read into the store by a process of its own; what its peak exceeds 60 MB by is divided by the points.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from pathlib import Path

from benchmarks.bench_peers import Peers
from benchmarks.work import WORKS, prepare

BASE = 60e6
NAMES = ("W1", "4M", "long", "W2", "4M-runs")


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="where the works are kept between runs")
    arguments = parser.parse_args()
    print("| work | points | peak memory | bytes a point beyond 60 MB |")
    print("| --- | --- | --- | --- |")
    with contextlib.ExitStack() as stack:
        data = arguments.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in NAMES:
            reading = Peers(sys.executable).read("tbtui", prepare(name, data), count=True)
            points = reading.kept["points"]
            beyond = (reading.peak - BASE) / points
            print(f"| {WORKS[name].title} | {points:,} | {reading.peak / 1e6:.0f} MB | {beyond:.1f} |", flush=True)


if __name__ == "__main__":
    main()

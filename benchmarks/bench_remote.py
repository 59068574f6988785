"""What a remote logdir costs: time to the first data and to all of it, requests, bytes; then when it is opened again.

    python -m benchmarks.bench_remote [--runs 200] [--run-bytes 100000] [--big 200000000] [--delay 0.02]

Each server runs on loopback behind a link that holds up each answer by `--delay` seconds. The bytes are all that came
over the link, headers, listings and encryption included; `share` is theirs of the size of the files. Requests are
counted by the servers of S3 and HTTP. A command reads what it fetched, which is in the times.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.builders import FILE_NAME, append, points, records, version_event, write
from tests.integration.remote_servers import SERVERS, Served


class Cost(NamedTuple):
    """Of one opening. Seconds; bytes over the link; requests, None where the server does not tell."""

    first: float
    all: float
    received: int
    requests: int | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--run-bytes", type=int, default=100_000)
    parser.add_argument("--big", type=int, default=200_000_000, help="bytes of the one file of the second logdir")
    parser.add_argument("--delay", type=float, default=0.02, help="seconds until an answer is here")
    parser.add_argument("--servers", nargs="+", choices=list(SERVERS), default=list(SERVERS))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        many, big = Path(directory, "many"), Path(directory, "big")
        for run in range(arguments.runs):
            _fill(many / f"run{run:03d}" / FILE_NAME, arguments.run_bytes)
        _fill(big / "run" / FILE_NAME, arguments.big)
        print(f"{'':32}first data   all      bytes  share  requests")
        for kind in arguments.servers:
            for files in (many, big):
                _measure(kind, files, Path(directory, f"{kind}-{files.name}"), arguments.delay)


def _fill(path: Path, size: int) -> None:
    block = records(points("loss", range(1000)))
    write(path, [version_event()])
    with path.open("ab") as file:
        for _ in range(max(1, size // len(block))):
            file.write(block)


def _measure(kind: str, files: Path, home: Path, delay: float) -> None:
    home.mkdir()
    served = SERVERS[kind](files, home)
    served.link.delay = delay
    environ = {**os.environ, **served.environ, "TBTUI_CACHE": str(home / "cache")}
    title = f"{kind}, {files.name}"
    try:
        size = sum(path.stat().st_size for path in files.rglob("*tfevents*"))
        _tell(title, _opened(served, environ, home), size)
        _tell("  again", _opened(served, environ, home), size)
        path = next(files.rglob("*tfevents*"))
        append(path, points("loss", range(100)))
        served.publish(str(path.relative_to(files)))
        _tell("  after 100 points more", _opened(served, environ, home), size)
    finally:
        served.close()


def _opened(served: Served, environ: dict[str, str], home: Path) -> Cost:
    served.link.received = 0
    if hasattr(served, "requests"):
        served.requests = 0
    start = time.monotonic()
    command = [sys.executable, "-m", "tui", "ls", served.url]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environ)
    first = None
    while process.poll() is None:
        if first is None and any(path.stat().st_size for path in home.glob("cache/*/files/**/*tfevents*")):
            first = time.monotonic() - start
        time.sleep(0.01)
    assert process.returncode == 0
    return Cost(first or 0.0, time.monotonic() - start, served.link.received, getattr(served, "requests", None))


def _tell(title: str, cost: Cost, size: int) -> None:
    requests = "-" if cost.requests is None else str(cost.requests)
    received = f"{cost.received / 1e6:.2f} MB"
    print(f"{title:32}{cost.first:8.1f} s {cost.all:5.1f} s {received:>10} {cost.received / size:6.1%} {requests:>9}")


if __name__ == "__main__":
    main()

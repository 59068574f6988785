"""How long until the screen shows something, and until it shows everything: a cold start on a million points.

    python -m benchmarks.bench_start [--rounds 5] [--data DIRECTORY] [--only tbtui,tensorboard,terminalboard]

Cold: the log's files are dropped from the page cache before every start. Each program is started as a user would, on a
terminal of 160x45 (TensorBoard: its server, asked over loopback as its page asks it). "First frame" is the first
picture that names the log directory (TensorBoard: the page is served), "everything" is when all points of all tags are
read (TensorBoard keeps 1000 a tag). Peers are found on PATH; `--peers DIRECTORY` is where else to look.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from benchmarks.work import WORKS, prepare
from tests.terminal import Terminal

WORK, TAGS, LAST_STEP = "W1", 10, 99_999
COLUMNS, LINES = 160, 45
DEADLINE = 120.0

Times = tuple[float, float]


def drop_from_cache(logdir: Path) -> None:
    """Let the next read of every file come from the disk."""
    for path in logdir.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class Watched(Terminal):
    """A program on a terminal; `since` is when it was started."""

    def __init__(self, *command: str, **environment: str) -> None:
        self.since = time.perf_counter()
        super().__init__(*command, columns=COLUMNS, lines=LINES, **environment)

    def seconds_until(self, condition: Callable[[], bool]) -> float:
        """Seconds from the start until a condition on what was written comes true."""
        while not condition():
            if self.process.poll() is not None or time.perf_counter() - self.since > DEADLINE:
                raise RuntimeError(f"ended or too slow:\n{self.text}")
            self.read(0.002)
        return time.perf_counter() - self.since


def tbtui(logdir: Path) -> Times:
    """The screen: the header names the directory; it no longer says that it reads."""
    with Watched(sys.executable, "-m", "tui", str(logdir)) as screen:
        first = screen.seconds_until(lambda: str(logdir).encode() in screen.output)
        everything = screen.seconds_until(lambda: "1M points" in screen.text and "reading" not in screen.text)
        return first, everything


def terminalboard(logdir: Path) -> Times:
    """The peer paints nothing until all is read: its first picture with a chart is both."""
    with Watched("terminalboard", "--logdir", str(logdir)) as screen:
        first = screen.seconds_until(lambda: bool(screen.text.strip()))
        everything = screen.seconds_until(lambda: any("⠀" < character <= "⣿" for character in screen.text))
        return first, everything


def tensorboard(logdir: Path) -> Times:
    """The server: the page is served; the last step of every tag is."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    since = time.perf_counter()
    command = ["tensorboard", "--logdir", str(logdir), "--port", str(port), "--load_fast", "true"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            base = f"http://127.0.0.1:{port}"
            waited(lambda: asked(f"{base}/") is not None)
            first = time.perf_counter() - since
            waited(lambda: all_loaded(base))
            return first, time.perf_counter() - since
        finally:
            process.terminate()


def all_loaded(base: str) -> bool:
    """Whether the server has read to the end: every tag's last step is the last that was written."""
    tags = json.loads(asked(f"{base}/data/plugin/scalars/tags") or "{}")
    runs = [(run, tag) for run, of_run in tags.items() for tag in of_run]
    if len(runs) < TAGS:
        return False
    steps = []
    for run, tag in runs:
        url = f"{base}/data/plugin/scalars/scalars?run={urllib.parse.quote(run)}&tag={urllib.parse.quote(tag)}"
        steps.append(json.loads(asked(url) or "[]"))
    return all(points and points[-1][1] == LAST_STEP for points in steps)


def asked(url: str) -> str | None:
    """What the server answers, None while it does not."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return str(answer.read().decode())
    except (urllib.error.URLError, OSError):
        return None


def waited(condition: Callable[[], bool]) -> None:
    """Ask until it is so."""
    end = time.perf_counter() + DEADLINE
    while not condition():
        if time.perf_counter() > end:
            raise TimeoutError
        time.sleep(0.01)


PROGRAMS = {"tbtui": tbtui, "tensorboard": tensorboard, "terminalboard": terminalboard}


def main() -> None:
    """Print the table: medians, and the least and most."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="where the log is kept between runs")
    parser.add_argument("--peers", type=Path, help="directory of the peers' commands")
    parser.add_argument("--only", default=",".join(PROGRAMS), help="programs, comma separated")
    arguments = parser.parse_args()
    if arguments.peers:
        os.environ["PATH"] = f"{arguments.peers}{os.pathsep}{os.environ['PATH']}"
    taken: dict[str, list[Times]] = {name: [] for name in arguments.only.split(",")}
    with contextlib.ExitStack() as stack:
        data = arguments.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        logdir = prepare(WORK, data)
        for _ in range(arguments.rounds):
            for name, times in taken.items():
                drop_from_cache(logdir)
                times.append(PROGRAMS[name](logdir))
    print(f"{WORKS[WORK].title}; medians of {arguments.rounds} (least to most), in seconds")
    print(f"{'':14} {'first frame':>22} {'everything after that':>26}")
    for name, times in taken.items():
        first, after = ([seconds for seconds, _ in times], [every - seconds for seconds, every in times])
        print(f"{name:14} {spread(first):>22} {spread(after):>26}")


def spread(seconds: list[float]) -> str:
    """Median (least to most)."""
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"


if __name__ == "__main__":
    main()

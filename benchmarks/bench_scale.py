"""How costs grow with the number of runs, from ten to thousands, 50 tags of 1,000 steps each.

    python -m benchmarks.bench_scale --data DIRECTORY [--runs 10,30,...] [--memory SIZE] [--peers-python PYTHON]

For each number of runs `tbtui` is started on a terminal of 160x45: seconds until a sparkline is on the screen, and
until all is read, with the processor time of both; resident memory then, the most before, and what it exceeds 60 MB by,
by points; milliseconds from a key to its answer while loading; processor time of the thread that draws and of the
others for one new point in one run, when all is read. The directory takes 5 GB for 2,000 runs: smaller numbers are
links to these. With `--peers-python`, an interpreter that has it, TensorBoard's data server, all points kept, reads the
same, up to `--peers-most` runs.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks import sweeps
from benchmarks.bench_images import cpu_times, memory
from benchmarks.bench_keys import Screen
from benchmarks.bench_memory import BASE
from benchmarks.bench_peers import SERVER, Peers
from benchmarks.readers import peak_memory
from benchmarks.work import FILE_NAME, frame, plain_value
from logging_lib.tfevents.proto import event_pb2, summary_pb2

RUNS, TAGS, STEPS = (10, 30, 100, 300, 1000, 2000), 50, 1000
COLUMNS, LINES = 160, 45
NEW_POINTS = 5
IDLE_MS = 50.0
"""Processor time of a second in which nothing is done but looking at files."""
# A cell of a sparkline that is not blank.
_SPARK = re.compile(rb"\xe2(?:\xa0[\x81-\xbf]|[\xa1-\xa3][\x80-\xbf])")
# Smoothing off and on, and what only the answer writes.
_KEYS = ((b"s", b"raw"), (b"s", b"mooth"))
_TITLES = ("runs", "points", "first screen, s: wall, CPU", "all read, s", "CPU, s", "resident, MB", "most, MB",
           "bytes a point", "key while loading, ms: median, p90", "a new point, CPU ms: drawing, others")  # fmt: skip


def linked(sweep: Path, runs: int, scratch: Path) -> Path:
    """A logdir of the sweep's first runs, by links; the last one, which is the newest, is a copy to append to."""
    logdir = scratch / f"{runs}"
    for number in range(runs):
        source, target = (root / sweeps.run_name(number) / FILE_NAME for root in (sweep, logdir))
        target.parent.mkdir(parents=True)
        if number < runs - 1:
            target.symlink_to(source)
        else:
            shutil.copy2(source, target)
    return logdir


def measure(logdir: Path, runs: int, options: list[str]) -> list[str]:
    """A row of the table."""
    start = time.perf_counter()
    with Screen.tbtui("--fresh", *options, str(logdir), columns=COLUMNS, lines=LINES) as screen:
        pid = screen.process.pid
        screen.until(lambda: _SPARK.search(screen.output) is not None)
        first, of_first = time.perf_counter() - start, sum(cpu_times(pid)) / 1000
        keys: list[float] = []
        turn = 0
        while screen.loading:
            taken = screen.answer(*_KEYS[turn % len(_KEYS)])
            turn += 1
            if screen.loading:
                keys.append(taken)
            screen.read(random.uniform(0.05, 0.15))
        every, cpu = time.perf_counter() - start, sum(cpu_times(pid)) / 1000
        rest(screen)
        resident, most = memory(pid), peak_memory(pid) / 1e6
        new = new_points(screen, logdir / sweeps.run_name(runs - 1) / FILE_NAME)
    points = runs * TAGS * STEPS
    beyond = f"{(resident * 1e6 - BASE) / points:.1f}"
    pressed = f"{statistics.median(keys):.0f}, {sorted(keys)[len(keys) * 9 // 10]:.0f}" if len(keys) > 3 else ""
    cells = [
        f"{runs:,}",
        f"{points / 1e6:.1f}M",
        f"{first:.2f}, {of_first:.2f}",
        f"{every:.1f}",
        f"{cpu:.1f}",
        f"{resident:.0f}",
    ]
    return [*cells, f"{most:.0f}", beyond, pressed, new]


def rest(screen: Screen) -> None:
    """Wait until it has nothing to do any more: the health rules go on after all is read."""
    busy = True
    while busy:
        before = sum(cpu_times(screen.process.pid))
        screen.read(1.0)
        busy = sum(cpu_times(screen.process.pid)) - before > IDLE_MS


def new_points(screen: Screen, path: Path) -> str:
    """Milliseconds of the thread that draws and of all others until one more point of a tag is on the screen."""
    costs = []
    for number in range(NEW_POINTS):
        before = cpu_times(screen.process.pid)
        summary = summary_pb2.Summary(value=[plain_value(sweeps.tag_name(0))])
        with path.open("ab") as file:
            file.write(frame(event_pb2.Event(wall_time=time.time(), step=STEPS + number, summary=summary)))
        screen.until_silent(1.5)
        costs.append([after - was for after, was in zip(cpu_times(screen.process.pid), before, strict=True)])
    return ", ".join(f"{statistics.median(times):.0f}" for times in zip(*costs, strict=True))


def main() -> None:
    """Print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="where the runs are kept")
    parser.add_argument("--runs", default=",".join(map(str, RUNS)), help="numbers of runs, comma separated")
    parser.add_argument("--memory", help="tbtui's option")
    parser.add_argument("--peers-python", help="an interpreter that has the data server")
    parser.add_argument("--peers-most", type=int, default=300, help="runs that it reads: it takes 100 bytes a point")
    arguments = parser.parse_args()
    numbers = [int(text) for text in arguments.runs.split(",")]
    options = ["--memory", arguments.memory] if arguments.memory else []
    with ExitStack() as stack:
        sweep = sweeps.prepare(arguments.data, max(*numbers, max(RUNS)), TAGS, STEPS)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=arguments.data)))
        print(f"| {' | '.join(_TITLES)} |\n|{' --- |' * len(_TITLES)}")
        for runs in numbers:
            logdir = linked(sweep, runs, scratch)
            print(f"| {' | '.join(measure(logdir, runs, options))} |", flush=True)
            if arguments.peers_python and runs <= arguments.peers_most:
                reading = Peers(arguments.peers_python).read(f"{SERVER}, all", logdir, count=False)
                print(f"{SERVER}: {reading.seconds:.2f} s, {reading.peak / 1e6:.0f} MB", flush=True)
            shutil.rmtree(logdir)


if __name__ == "__main__":
    main()

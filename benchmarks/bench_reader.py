"""Reading into the store beside TensorBoard's EventAccumulator (all points kept): time and peak memory.

Run it from the project root: `python -m benchmarks.bench_reader [--points N] [LOGDIR]`. Without LOGDIR a single file
of N scalars is written first. Each reader runs in a process of its own; peak memory is that process's, imports
included.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TAGS = 10
WALL_TIME = 1_700_000_000.0


def main() -> None:
    """Write or take a logdir, and run the readers on it one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logdir", nargs="?", type=Path)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--reader", choices=list(READERS), help="run this reader in this process, and print its line")
    arguments = parser.parse_args()
    if arguments.reader:
        print(measure(arguments.reader, arguments.logdir))
        return
    with tempfile.TemporaryDirectory() as directory:
        logdir = arguments.logdir or write_scalars(Path(directory), arguments.points)
        for reader in READERS:
            command = [sys.executable, "-m", "benchmarks.bench_reader", "--reader", reader, str(logdir)]
            subprocess.run(command, check=True)


def write_scalars(directory: Path, points: int) -> Path:
    """One file of interleaved tags, as a training loop writes it."""
    from logging_lib.tfevents.proto import event_pb2, summary_pb2
    from logging_lib.tfevents.record import encode_record

    tags = [f"loss/tag{number}" for number in range(TAGS)]
    with (directory / "events.out.tfevents.1700000000.host.1.0").open("wb") as file:
        for number in range(points):
            value = summary_pb2.Summary.Value(tag=tags[number % TAGS], simple_value=number / points)
            event = event_pb2.Event(wall_time=WALL_TIME + number * 1e-3, step=number // TAGS)
            event.summary.value.append(value)
            file.write(encode_record(event.SerializeToString()))
    return directory


def read_tbtui(logdir: Path) -> int:
    """The number of scalar points in the store."""
    from tui.ingest.ingester import Ingester
    from tui.reader.logdir import LogDir

    snapshot = Ingester([LogDir("", logdir)]).read_all()
    return sum(run.points for run in snapshot.runs.values())


def read_accumulator(logdir: Path) -> int:
    """The number of scalar points that TensorBoard's EventAccumulators hold, one for each directory of event files."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    points = 0
    for directory in sorted({path.parent for path in logdir.rglob("*tfevents*")}):
        accumulator = EventAccumulator(
            str(directory), size_guidance={"scalars": 0, "tensors": 0}, purge_orphaned_data=False
        )
        accumulator.Reload()
        points += sum(len(accumulator.Scalars(tag)) for tag in accumulator.Tags()["scalars"])
        for tag in accumulator.Tags()["tensors"]:
            plugin = accumulator.SummaryMetadata(tag).plugin_data.plugin_name
            points += len(accumulator.Tensors(tag)) if plugin == "scalars" else 0
    return points


READERS = {"tbtui": read_tbtui, "EventAccumulator": read_accumulator}


def measure(reader: str, logdir: Path) -> str:
    """Run one reader: name, seconds, points, peak memory."""
    start = time.perf_counter()
    points = READERS[reader](logdir)
    seconds = time.perf_counter() - start
    # Linux counts in kilobytes, macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return f"{reader:18} {seconds:7.2f} s  {points:9} points  {peak / 1e6:6.0f} MB peak"


if __name__ == "__main__":
    main()

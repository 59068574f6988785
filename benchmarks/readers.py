"""The readers that bench_peers compares: `python benchmarks/readers.py NAME LOGDIR` loads a logdir in this process.

Prints two lines of JSON: when all is loaded its seconds (imports not counted) and the process's peak memory, then
what was kept. A peer is imported only by its own function, so that its Python needs nothing else, this project neither.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

EVERYTHING = 1 << 30


class Series(NamedTuple):
    """What a reader kept of one tag of one run; `values` are numbers where `kind` is scalars."""

    kind: str
    values: Sequence[Any]


# Loads a logdir; what it returns lists all that was kept.
Load = Callable[[], Callable[[], Iterator[Series]]]


def tbtui(logdir: str) -> Load:
    """Into the store, as every command of ours does."""
    from tui.ingest.ingester import Ingester
    from tui.reader.named_logdir import LogDir

    def load() -> Callable[[], Iterator[Series]]:
        snapshot = Ingester([LogDir("", Path(logdir))]).read_all()
        return lambda: (
            Series(key.plugin, series.values if key.plugin == "scalars" else series.refs)
            for group in (snapshot.scalars, snapshot.blobs)
            for key, series in group.items()
        )

    return load


def accumulator(logdir: str) -> Load:
    """TensorBoard's own classes, told to keep everything; one for each directory of event files."""
    from tensorboard.backend.event_processing import event_accumulator

    def load() -> Callable[[], Iterator[Series]]:
        guidance = dict.fromkeys(("scalars", "histograms", "tensors"), 0)
        directories = sorted({path.parent for path in Path(logdir).rglob("*tfevents*")})
        accumulators = [
            event_accumulator.EventAccumulator(str(path), guidance, purge_orphaned_data=False) for path in directories
        ]
        for one in accumulators:
            one.Reload()
        return lambda: (series for one in accumulators for series in _accumulated(one))

    return load


def _accumulated(one: Any) -> Iterator[Series]:
    from tensorboard.util import tensor_util

    tags = one.Tags()
    for tag in tags["scalars"]:
        yield Series("scalars", [event.value for event in one.Scalars(tag)])
    for tag in tags["tensors"]:
        if one.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
            yield Series("scalars", [tensor_util.make_ndarray(event.tensor_proto).item() for event in one.Tensors(tag)])
    for tag in tags["histograms"]:
        yield Series("histograms", one.Histograms(tag))


def tbparse(logdir: str) -> Load:
    """Data frames of what there is, with wall time and run."""
    from tbparse import SummaryReader

    def load() -> Callable[[], Iterator[Series]]:
        reader = SummaryReader(logdir, extra_columns={"dir_name", "wall_time"})
        frames = [("scalars", reader.scalars), ("scalars", reader.tensors), ("histograms", reader.histograms)]
        return lambda: (
            Series(kind, frame["value" if kind == "scalars" else "step"].tolist())
            for kind, frame in frames
            if len(frame)
        )

    return load


def terminalboard(logdir: str) -> Load:
    """The reader that its screen takes by default."""
    from terminalboard.reader import make_reader

    def load() -> Callable[[], Iterator[Series]]:
        runs = make_reader(logdir).poll()
        return lambda: (
            Series("scalars", series.values) if hasattr(series, "values") else Series("histograms", series.steps)
            for run in runs.values()
            for series in run.series.values()
        )

    return load


def served(address: str) -> Iterator[Series]:
    """What a TensorBoard data server at HOST:PORT serves."""
    import grpc
    from tensorboard.context import RequestContext
    from tensorboard.data import grpc_provider, provider

    channel = grpc.insecure_channel(address, [("grpc.max_receive_message_length", -1)])
    source = grpc_provider.GrpcDataProvider(address, grpc_provider.make_stub(channel))
    all_of: dict[str, Any] = {"ctx": RequestContext(), "experiment_id": ""}
    for run, tags in source.list_scalars(plugin_name="scalars", **all_of).items():
        for tag in tags:
            wanted = provider.RunTagFilter([run], [tag])
            found = source.read_scalars(plugin_name="scalars", run_tag_filter=wanted, downsample=EVERYTHING, **all_of)
            yield Series("scalars", [point.value for point in found[run][tag]])
    for run, tags in source.list_tensors(plugin_name="histograms", **all_of).items():
        for tag in tags:
            wanted = provider.RunTagFilter([run], [tag])
            found = source.read_tensors(
                plugin_name="histograms", run_tag_filter=wanted, downsample=EVERYTHING, **all_of
            )
            yield Series("histograms", found[run][tag])


READERS = {"tbtui": tbtui, "EventAccumulator": accumulator, "tbparse": tbparse, "terminalboard": terminalboard}


def peak_memory(process: int | str = "self") -> int:
    """The most memory that a process has held so far, in bytes; Linux counts a program's own, not its parent's."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) << 10
    raise ValueError(f"no peak memory of process {process} in /proc")


def kept(all_series: Iterable[Series]) -> dict[str, Any]:
    """How many points there are, and the largest scalar among them."""
    points, largest = 0, None
    for kind, values in all_series:
        if kind in ("scalars", "histograms"):
            points += len(values)
        if kind == "scalars" and len(values):
            largest = max(float(max(values)), float("-inf") if largest is None else largest)
    return {"points": points, "largest": largest}


def main(name: str, source: str) -> None:
    """Load with one reader, or count what a server serves."""
    if name == "served":
        print(json.dumps(kept(served(source))))
        return
    load = READERS[name](source)
    start = time.perf_counter()
    loaded = load()
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak": peak_memory()}), flush=True)
    print(json.dumps(kept(loaded())))


if __name__ == "__main__":
    main(*sys.argv[1:])

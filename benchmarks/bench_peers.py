"""Reading everything, side by side with other readers: time, points kept, peak memory, whether damage is noticed.

    python -m benchmarks.bench_peers [--peers-python PYTHON] [--repeat 5] [--only W1,W5] [--readers tbtui,tbparse]

Prints tables in Markdown. The readers take turns, each in a process of its own; figures are medians. `time` is from
the end of the imports to the last point read, for TensorBoard's data server what it logs as its load cycle;
`process` is from the start of the process. The peers live in a Python environment of their own:

    python -m venv PEERS && PEERS/bin/pip install tensorboard tensorboard-data-server tbparse terminalboard

Memory is taken from /proc, so this runs on Linux.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchmarks.readers import READERS, peak_memory
from benchmarks.work import FILE_NAME, PEERS_WORKS, WORKS, frame, plain_value, prepare
from logging_lib.tfevents.proto import event_pb2, summary_pb2

SCRIPT = Path(__file__).with_name("readers.py")
SERVER = "tensorboard-data-server"
SERVERS = {
    f"{SERVER}, all": ["--samples-per-plugin", "scalars=all,histograms=all"],
    f"{SERVER}, default": [],
    f"{SERVER}, all, --checksum": ["--samples-per-plugin", "scalars=all,histograms=all", "--checksum"],
}
NAMES = ["tbtui", *SERVERS, *(name for name in READERS if name != "tbtui")]
_CYCLE = re.compile(r"Finished load cycle \(([\d.]+)(ns|µs|ms|s)\)")
_SECONDS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}
_PACKAGES = ("numpy", "protobuf", "tensorboard", SERVER, "tbparse", "terminalboard")
_BINARY = "import tensorboard_data_server; print(tensorboard_data_server.server_binary())"


@dataclass(frozen=True, slots=True)
class Reading:
    """One load: seconds of reading and since the process's start, peak memory in bytes, what was kept if counted."""

    seconds: float
    process: float
    peak: int
    kept: Mapping[str, Any]


class ReaderError(Exception):
    """A reader failed; the message is what it said last."""


class Peers:
    """Runs readers; `python` is the interpreter that has the peers."""

    def __init__(self, python: str) -> None:
        self._python = python

    def read(self, name: str, logdir: Path, *, count: bool) -> Reading:
        """Load a logdir once.

        Raises:
            ReaderError: the reader failed.
        """
        if name in SERVERS:
            return self._serve(SERVERS[name], logdir, count=count)
        python = sys.executable if name == "tbtui" else self._python
        start = time.perf_counter()
        with _running([python, str(SCRIPT), name, str(logdir)], stdout=subprocess.PIPE) as (process, errors):
            assert process.stdout is not None
            first = process.stdout.readline()
            seconds = time.perf_counter() - start
            second = process.stdout.readline()
            if process.wait() or not second:
                raise ReaderError(_last_line(errors))
            return Reading(process=seconds, kept=json.loads(second), **json.loads(first))

    def versions(self) -> str:
        """Which releases are compared."""
        script = f"import importlib.metadata as m; print(*(f'{{n}} {{m.version(n)}}' for n in {_PACKAGES}), sep=', ')"
        return self._output("-c", script)

    def _serve(self, options: Sequence[str], logdir: Path, *, count: bool) -> Reading:
        binary = self._output("-c", _BINARY)
        with tempfile.TemporaryDirectory() as directory:
            port = Path(directory) / "port"
            command = [binary, "-v", "--logdir", str(logdir), "--port", "0", "--port-file", str(port)]
            start = time.perf_counter()
            with _running([*command, "--reload", "once", *options], stderr=subprocess.PIPE) as (process, _):
                assert process.stderr is not None
                cycle = next((found for line in process.stderr if (found := _CYCLE.search(line))), None)
                seconds = time.perf_counter() - start
                if cycle is None:
                    raise ReaderError("the server ended")
                peak = peak_memory(process.pid)
                kept = json.loads(self._served(port)) if count else {}
        return Reading(float(cycle[1]) * _SECONDS[cycle[2]], seconds, peak, kept)

    def _served(self, port: Path) -> str:
        return self._output(str(SCRIPT), "served", f"localhost:{port.read_text().strip()}")

    def _output(self, *arguments: str) -> str:
        done = subprocess.run([self._python, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ReaderError((done.stderr.strip().splitlines() or ["no message"])[-1])
        return done.stdout.strip()


@contextlib.contextmanager
def _running(command: Sequence[str], **pipes: int) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """A process that is gone at the end, and what it writes to stderr, unless that is piped."""
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, text=True, encoding="utf-8", **({"stderr": errors} | pipes))  # type: ignore[call-overload]
        try:
            yield process, errors
        finally:
            process.kill()
            process.communicate()


def _last_line(errors: IO[str]) -> str:
    errors.seek(0)
    return (errors.read().strip().splitlines() or ["no message"])[-1]


def notices_damage(peers: Peers, name: str) -> str:
    """Whether (yes or no) a reader keeps no wrong value of a log in which one bit of one value is flipped."""
    with tempfile.TemporaryDirectory() as directory:
        summary = summary_pb2.Summary(value=[plain_value("loss")])
        summary.value[0].simple_value = 1.0
        # Fewer than the thousand that a server keeps by default.
        frames = [frame(event_pb2.Event(wall_time=1.7e9 + step, step=step, summary=summary)) for step in range(500)]
        data = bytearray().join(frames)
        middle = sum(map(len, frames[:300]))
        data[middle - 4 - 2] ^= 0x40  # in front of the CRC stands the value, 1.0, which becomes 1.5
        (Path(directory) / FILE_NAME).write_bytes(data)
        return "yes" if peers.read(name, Path(directory), count=True).kept["largest"] == 1.0 else "no"


def measure(peers: Peers, logdir: Path, names: Sequence[str], repeat: int) -> dict[str, list[Reading] | str]:
    """Readings of every reader, in turns; why, where one failed."""
    results: dict[str, list[Reading] | str] = {name: [] for name in names}
    for turn in range(repeat):
        for name in names:
            readings = results[name]
            if isinstance(readings, str):
                continue
            try:
                readings.append(peers.read(name, logdir, count=turn == 0))
            except ReaderError as error:
                results[name] = str(error)
    return results


def table(results: Mapping[str, list[Reading] | str], crc: Mapping[str, str]) -> Iterator[str]:
    """A Markdown table; ratios are to tbtui, or to the first reader where tbtui was left out."""
    yield "| reader | time | ratio | process | points | peak memory | CRC |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    base: float | None = None
    for name, readings in results.items():
        if isinstance(readings, str):
            yield f"| {name} | failed: {readings} | | | | | {crc[name]} |"
            continue
        seconds = statistics.median(reading.seconds for reading in readings)
        process = statistics.median(reading.process for reading in readings)
        peak = statistics.median(reading.peak for reading in readings)
        base = base or seconds
        yield (
            f"| {name} | {seconds:.3f} s | {seconds / base:.1f}x | {process:.2f} s | {readings[0].kept['points']:,} "
            f"| {peak / 1e6:.0f} MB | {crc[name]} |"
        )


def main() -> None:
    """Print a table for each work."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers-python", default=sys.executable, help="the Python that has the peers")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", type=_listed(PEERS_WORKS), default=PEERS_WORKS, help="some of the works, by name")
    parser.add_argument("--readers", type=_listed(NAMES), default=NAMES, help="some of the readers, by their beginning")
    parser.add_argument("--data", type=Path, help="where the works are kept between runs")
    parser.add_argument("--crc-check", action=argparse.BooleanOptionalAction, default=True)
    arguments = parser.parse_args()
    peers = Peers(arguments.peers_python)
    try:
        versions = peers.versions()
        check = notices_damage if arguments.crc_check else lambda *_: "?"
        crc = {name: check(peers, name) for name in arguments.readers}
    except ReaderError as error:
        parser.error(f"{arguments.peers_python} cannot run the peers: {error}")
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; {versions}\n", flush=True)
    with contextlib.ExitStack() as stack:
        data = arguments.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for work in arguments.only:
            results = measure(peers, prepare(work, data), arguments.readers, arguments.repeat)
            print(f"{work}: {WORKS[work].title}\n", *table(results, crc), "", sep="\n", flush=True)


def _listed(known: Sequence[str]) -> Any:
    """Turns a list such as `W1,W5` into those known names that begin so."""

    def parse(text: str) -> list[str]:
        chosen = [name for name in known if name.startswith(tuple(text.split(",")))]
        if not chosen:
            raise argparse.ArgumentTypeError(f"none of {', '.join(known)}")
        return chosen

    return parse


if __name__ == "__main__":
    main()

"""The screen while everything goes wrong: writers killed, files cut, deleted and renamed, a full disk, no inotify.

    python -m benchmarks.chaos [--minutes 10] [--seed N] [--runs 6]     (as root: also a disk that fills, no inotify)

Several writers log; every so often something is done to them, to their files, to the disk, to the terminal of `tbtui`,
which shows them, or a random key is pressed. Told at the end: how often what was done; memory, open files and threads
at the start and the end; whether the screen still shows new points; whether a reader that was at it all the time has
what a fresh one finds; and whether `tbtui export --superseded` has the points that a plain scan of every byte finds.
Ends with 1 where one of these does not hold.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from crc32c import crc32c

from benchmarks.soak import Reading
from logging_lib import SummaryWriter
from logging_lib.tfevents.proto import event_pb2
from tests.terminal import Terminal
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir

_DISK_BYTES = 512 << 20
_WORKERS = 3
_WATCHES = Path("/proc/sys/fs/inotify/max_user_watches")
_KEYS = [
    b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\r", b"\x1b", b"\t", b" ", b"g", b"G", b"v", b"b", b"A", b"r", b"s",
    b"y", b"x", b"n", b"m", b"+", b"-", b"0", b"{", b"}", b"?", b"?", *(b"%d" % digit for digit in range(1, 10)),
]  # fmt: skip
_SIZES = [(160, 45), (80, 24), (40, 12), (200, 60), (120, 30)]

Point = tuple[str, str, int, str]


def write(directory: Path) -> None:
    """Log until killed, some hundred scalars a second, and now and then a histogram."""
    with SummaryWriter(str(directory)) as writer:
        for step in range(10_000_000):
            writer.add_scalar("loss", random.random(), step)
            writer.add_scalar("acc", step / 1000, step)
            if step % 50 == 0:
                writer.add_histogram("weights", np.random.default_rng(step).normal(size=100), step)
            time.sleep(0.01)


class Chaos:
    """What can be done to a logdir, its writers and a terminal. `done` counts it."""

    def __init__(self, logdir: Path, screen: Terminal, runs: int, chance: random.Random) -> None:
        self.done: Counter[str] = Counter()
        self._logdir, self._screen, self._chance = logdir, screen, chance
        self._writers: dict[str, subprocess.Popen[bytes]] = {}
        self._number = 0
        for _ in range(runs):
            self.start()

    def act(self) -> None:
        """Do one of the things, some more often than others."""
        acts: list[tuple[Callable[[], None], int]] = [
            (self.press, 60), (self.kill, 8), (self.resize, 5), (self.truncate, 4), (self.delete, 3), (self.rename, 3),
            (self.forbid, 2), (self.fill, 1), (self.blind, 1), (self.garbage, 2),
        ]  # fmt: skip
        act = self._chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        # What is done to a file may come too late, where it is elsewhere by now, or find no room on the disk.
        with contextlib.suppress(OSError):
            act()
            self.done[act.__name__] += 1

    def stop(self) -> None:
        """End the writers, each by a signal it can answer."""
        for writer in self._writers.values():
            writer.terminate()
        for writer in self._writers.values():
            writer.wait()

    def start(self, name: str = "") -> None:
        """A writer, of a new run or of one that was there."""
        self._number += 1
        name = name or f"run_{self._number}"
        command = (sys.executable, "-m", "benchmarks.chaos", f"--write={self._logdir / name}")
        # Its warnings on a full disk are as expected.
        self._writers[name] = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def press(self) -> None:
        self._screen.press(self._chance.choice(_KEYS))

    def kill(self) -> None:
        name = self._chance.choice(list(self._writers))
        writer = self._writers.pop(name)
        writer.send_signal(self._chance.choice([signal.SIGKILL, signal.SIGTERM]))
        writer.wait()
        self.start(self._chance.choice([name, ""]))

    def resize(self) -> None:
        self._screen.resize(*self._chance.choice(_SIZES))

    def truncate(self) -> None:
        path = self._file()
        os.truncate(path, self._chance.randint(0, path.stat().st_size))

    def delete(self) -> None:
        self._file().unlink()

    def rename(self) -> None:
        directory = self._file().parent
        directory.rename(directory.with_name(f"{directory.name}_moved_{self.done['rename']}"))

    def forbid(self) -> None:
        path = self._file()
        path.chmod(0)
        self._screen.read(1)
        path.chmod(0o644)

    def garbage(self) -> None:
        with self._file().open("ab") as file:
            file.write(self._chance.randbytes(self._chance.randint(1, 3000)))

    def fill(self) -> None:
        """Leave no room for some seconds; only on a disk of our own."""
        if not self._logdir.is_mount():
            return
        filler = self._logdir / "filler"
        with contextlib.suppress(OSError), filler.open("wb") as file:
            while True:
                file.write(bytes(1 << 20))
        self._screen.read(3)
        filler.unlink(missing_ok=True)

    def blind(self) -> None:
        """Let inotify watch nothing more for some seconds, while directories come."""
        if os.geteuid():
            return
        before = _WATCHES.read_text()
        try:
            _WATCHES.write_text("1")
            self.start()
            self._screen.read(3)
        finally:
            _WATCHES.write_text(before)

    def _file(self) -> Path:
        files = list(self._logdir.rglob("*tfevents*"))
        if not files:
            raise FileNotFoundError
        return self._chance.choice(files)


def scanned(logdir: Path) -> Counter[Point]:
    """The scalars of every record that stands anywhere in a file with the CRCs that it should have."""
    points: Counter[Point] = Counter()
    for path in logdir.rglob("*tfevents*"):
        run = str(path.parent.relative_to(logdir))
        for payload in _payloads(path.read_bytes()):
            event = event_pb2.Event.FromString(payload)
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    points[run, value.tag, event.step, str(np.float32(value.simple_value))] += 1
    return points


def _payloads(data: bytes) -> Iterator[bytes]:
    place = 0
    while place + 16 <= len(data):
        (length, crc) = struct.unpack_from("<QI", data, place)
        end = place + 12 + length
        if crc == _masked(data[place : place + 8]) and end + 4 <= len(data):
            payload = data[place + 12 : end]
            if struct.unpack_from("<I", data, end)[0] == _masked(payload):
                yield payload
                place = end + 4
                continue
        place += 1


def _masked(data: bytes) -> int:
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def exported(logdir: Path) -> Counter[Point]:
    """The points by `tbtui export`."""
    command = (sys.executable, "-m", "tui", "export", "--superseded", str(logdir))
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    rows = (line.split(",") for line in lines)
    return Counter((run, tag, int(step), str(np.float32(value))) for run, tag, step, _, value, _ in rows)


def same_as_fresh(live: Ingester, logdir: Path) -> list[str]:
    """Series of which a reader that was there all the time has other points than one that comes now."""
    fresh = Ingester([LogDir("", logdir)]).read_all()
    # What it read of files that are gone stays.
    whole = {run for run, summary in live.snapshot.runs.items() if not summary.gone}
    other = []
    for key, series in fresh.scalars.items():
        seen = live.snapshot.scalars.get(key)
        steps, values = ([], b"") if seen is None else (seen.steps.tolist(), seen.values.tobytes())
        if key.run in whole and (steps, values) != (series.steps.tolist(), series.values.tobytes()):
            other.append(f"{key.run}/{key.tag}: {len(steps)} of {len(series.steps)} points, or others")
    return other


@contextlib.contextmanager
def disk() -> Iterator[Path]:
    """A directory for the logdir: a small disk of its own where we may have one."""
    directory = Path(tempfile.mkdtemp(prefix="tbtui-chaos-"))
    mount = ("mount", "-t", "tmpfs", "-o", f"size={_DISK_BYTES}", "tmpfs", str(directory))
    mounted = not os.geteuid() and subprocess.run(mount, check=False).returncode == 0
    try:
        yield directory
    finally:
        if mounted:
            subprocess.run(("umount", "-l", str(directory)), check=True)
        shutil.rmtree(directory)


def growth(start: Reading, end: Reading) -> list[str]:
    """Print what the program held at both times; what of it has grown that should not."""
    print(f"{'':8}{'MB':>8}{'files':>7}{'threads':>9}")
    for title, reading in (("start", start), ("end", end)):
        print(f"{title:8}{reading.megabytes:8.1f}{reading.files:7}{reading.threads:9}")
    # A tab that decodes starts its worker when it is first looked at.
    left = end.files > start.files or end.threads > start.threads + _WORKERS
    return ["files or threads stay open"] if left else []


def run(minutes: float, runs: int, seed: int) -> int:
    """Go on for so long; returns the exit code."""
    faults: list[str] = []
    with disk() as logdir, contextlib.chdir(tempfile.mkdtemp()):
        with Terminal.tbtui(str(logdir), columns=160, lines=45) as screen:
            live = Ingester([LogDir("", logdir)])
            live.start()
            chaos = Chaos(logdir, screen, runs, random.Random(seed))
            screen.read(15)
            start = Reading.take(screen)
            try:
                while time.monotonic() - start.at < minutes * 60 and screen.process.poll() is None:
                    chaos.act()
                    screen.read(0.3)
            except BaseException:  # also of Ctrl+C: the writers would go on for ever
                chaos.stop()
                raise
            if screen.process.poll() is not None:
                print(screen.text)
                faults.append(f"tbtui ended with {screen.process.returncode}")
            else:
                screen.resize(160, 45)
                screen.read(20)
                before, end = screen.written, Reading.take(screen)
                screen.read(5)
                if screen.written == before:
                    faults.append("the screen shows no new points any more")
                faults += growth(start, end)
            chaos.stop()
            time.sleep(15)
            if live.status.error:
                faults.append(f"ingest stopped: {live.status.error}")
            faults += same_as_fresh(live, logdir)[:5]
            live.stop()
        print(", ".join(f"{count} x {name}" for name, count in chaos.done.most_common()))
        found, expected = exported(logdir), scanned(logdir)
        print(f"{found.total()} points exported, {expected.total()} found by a scan of every byte")
        if found != expected:
            faults.append(
                f"missing: {list((expected - found).items())[:3]}, too many: {list((found - expected).items())[:3]}"
            )
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--runs", type=int, default=6, help="writers at a time")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.write:
        write(arguments.write)
        return 0
    print(f"seed {arguments.seed}", flush=True)
    return run(arguments.minutes, arguments.runs, arguments.seed)


if __name__ == "__main__":
    sys.exit(main())

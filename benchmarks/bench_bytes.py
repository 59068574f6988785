"""What the screen costs a connection: bytes sent to a terminal of 160x45, with the output stage and without.

    python -m benchmarks.bench_bytes [--updates 15] [--idle 60] [--data DIRECTORY]

24 tags in 4 runs of 1,000 steps, as torch logs them. An update is one new point in each tag of each run. Bytes are
counted as they leave the program, until it has been silent for a while.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.work import FILE_NAME, WORKS, frame, plain_value, prepare
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from tests.terminal import Terminal

WORK, RUNS, TAGS, STEPS = "4x24", 4, 24, 1_000
COLUMNS, LINES = 160, 45
SILENCE = 0.5
PAGE_DOWN, PAGE_UP, ENTER, ESCAPE = b"\x1b[6~", b"\x1b[5~", b"\r", b"\x1b"
# What is pressed from the list of tags, and pressed afterwards to be there again.
FLIPS = {
    "page down": (PAGE_DOWN, PAGE_UP),
    "cards": (b"g", b"g"),
    "table": (b"v", b"v"),
    "full chart": (ENTER, ESCAPE),
    "help": (b"?", b"?"),
}
VIEWS = {"rows": (b"", b""), "cards": (b"g", b"g"), "table": (b"v", b"v"), "full chart": (ENTER, ESCAPE)}


@dataclass
class Costs:
    """What one session took. Bytes; of updates one number each; `idle_share` is of one core."""

    start: int = 0
    updates: dict[str, list[int]] = field(default_factory=dict)
    update_ms: dict[str, float] = field(default_factory=dict)
    flips: dict[str, tuple[int, int]] = field(default_factory=dict)
    idle: int = 0
    idle_share: float = 0.0


class Screen(Terminal):
    """The program on a terminal."""

    def sent_by(self, keys: bytes) -> int:
        """Bytes that pressing keys makes it send."""
        before = self.written
        self.press(keys)
        self.until_silent(SILENCE)
        return self.written - before

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Training:
    """The runs of a logdir, of which each logs one more step when asked to."""

    def __init__(self, logdir: Path) -> None:
        self._files = sorted(logdir.rglob(FILE_NAME))
        first = self._files[0].read_bytes()
        self._tags = sorted(_tags_in(first))
        self._step = STEPS

    def log(self) -> None:
        """One point of every tag of every run, logged now."""
        for run, path in enumerate(self._files):
            value = 0.5 + 0.01 * run + 0.02 * (self._step * 7919 % 13) / 13
            with path.open("ab") as file:
                file.write(b"".join(frame(_point(tag, self._step, value)) for tag in self._tags))
        self._step += 1


def _tags_in(data: bytes) -> Iterator[str]:
    """The tags of the first step in an event file."""
    at, steps = 0, set()
    while len(steps) < 2:
        length = int.from_bytes(data[at : at + 8], "little")
        event = event_pb2.Event.FromString(data[at + 12 : at + 12 + length])
        at += 16 + length
        for value in event.summary.value:
            steps.add(event.step)
            if event.step == 0:
                yield value.tag


def _point(tag: str, step: int, number: float) -> event_pb2.Event:
    value = plain_value(tag)
    value.simple_value = number
    return event_pb2.Event(wall_time=time.time(), step=step, summary=summary_pb2.Summary(value=[value]))


def measure(logdir: Path, updates: int, idle: float, *options: str) -> Costs:
    """One session: start, page flips, an idle time, then updates in each view."""
    costs = Costs()
    with Screen.tbtui(str(logdir), "--fresh", *options, columns=COLUMNS, lines=LINES) as screen:
        screen.until_shown("96k points")
        screen.until_silent(1.0)
        costs.start = screen.written
        for name, (there, back) in FLIPS.items():
            costs.flips[name] = screen.sent_by(there), screen.sent_by(back)
        before, cpu = screen.written, screen.cpu
        screen.read(idle)
        costs.idle, costs.idle_share = screen.written - before, (screen.cpu - cpu) / max(idle, 1e-9)
        training = Training(logdir)
        for name, (there, back) in VIEWS.items():
            screen.sent_by(there)
            costs.updates[name], cpu = [], screen.cpu
            for _ in range(updates):
                before = screen.written
                training.log()
                screen.until(lambda before=before: screen.written > before)  # type: ignore[misc]
                screen.until_silent(SILENCE)
                costs.updates[name].append(screen.written - before)
            costs.update_ms[name] = (screen.cpu - cpu) / max(updates, 1) * 1000
            screen.sent_by(back)
    return costs


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--updates", type=int, default=15)
    parser.add_argument("--idle", type=float, default=60.0, help="seconds")
    parser.add_argument("--data", type=Path, help="where the log is kept between runs")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        source = prepare(WORK, arguments.data or scratch)
        found = []
        for number, options in enumerate(((), ("--no-diff",))):
            logdir = scratch / f"logs{number}"
            shutil.copytree(source, logdir)
            found.append(measure(logdir, arguments.updates, arguments.idle, *options))
    report(*found)


def report(ours: Costs, textuals: Costs) -> None:
    """Both sessions, side by side."""
    print(f"{WORKS[WORK].title}; bytes sent   {'stage':>10} {'Textual':>10}")
    line("start-up", ours.start, textuals.start)
    for name, (there, back) in ours.flips.items():
        line(f"{name}, and back", f"{there} {back}", "{} {}".format(*textuals.flips[name]))
    for name, taken in ours.updates.items():
        line(f"update in {name}, median", statistics.median(taken), statistics.median(textuals.updates[name]))
        line(f"update in {name}, CPU ms", f"{ours.update_ms[name]:.0f}", f"{textuals.update_ms[name]:.0f}")
    line("idle", ours.idle, textuals.idle)
    line("idle, % of a core", f"{ours.idle_share:.2%}", f"{textuals.idle_share:.2%}")


def line(title: str, ours: object, textuals: object) -> None:
    """A row of the table."""
    print(f"{title:40} {ours!s:>14} {textuals!s:>14}")


if __name__ == "__main__":
    main()

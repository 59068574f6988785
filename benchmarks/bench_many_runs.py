"""What thousands of runs cost on the screen: each key while idle and while loading, and new points of live runs.

    python -m benchmarks.bench_many_runs [--runs 2000] [--tags 50] [--points 50] [--size 160x45] [--data DIRECTORY]

Through a pseudo-terminal, in milliseconds. `first byte` is from the key's byte going in to the first byte of the
answer, `last byte` to its end; `drawing` is the processor time of the thread that draws, `others` that of all others,
until nothing has come for a while. Of a commit there is no key: drawing and others are for a point more in all tags
of all live runs. Other work on the machine makes the first two longer.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import bench_tabs
from benchmarks.bench_images import cpu_times, memory
from benchmarks.sweeps import prepare, run_name, tag_name
from benchmarks.work import FILE_NAME, WALL_TIME, frame
from logging_lib.summary.hparams import hparams
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from tests.terminal import DEADLINE

TAB, ENTER, ESC = b"\t", b"\r", b"\x1b"
UP, DOWN, LEFT, RIGHT = b"\x1b[A", b"\x1b[B", b"\x1b[D", b"\x1b[C"
LONGEST = 3.0
"""Seconds that a key's answer is waited for."""
LIVE_EVERY = 100
"""One run in so many goes on."""
PAGE_UP, PAGE_DOWN, HOME, END = b"\x1b[5~", b"\x1b[6~", b"\x1b[H", b"\x1b[F"


class Press(NamedTuple):
    """Keys under one title, each measured; `after` are pressed behind them and not measured."""

    title: str
    keys: Sequence[bytes]
    after: Sequence[bytes] = ()


WHILE_LOADING = (
    Press("down, up", [DOWN, UP]),
    Press("help opens, closes", [b"?", ESC]),
    Press("smoothing", [b"s"] * 2),
)
IN_ROWS = (
    Press("rows: down, up", [DOWN] * 6 + [UP] * 6),
    Press("rows: a page", [PAGE_DOWN, PAGE_UP] * 3),
    Press("rows: a tag opened into its runs, closed", [b" ", b" "] * 2),
    Press("tags: a letter of the filter", [b"/", b"l", b"o", b"s", b"s"], [ESC]),
    Press("full chart opens", [ENTER]),
    Press("full chart: cursor", [LEFT] * 8),
    Press("full chart: the next tag", [DOWN, UP] * 3),
    Press("full chart: smoothing", [b"s", b"s"] * 2),
    Press("full chart: zoom", [b"+", b"-"] * 2),
    Press("full chart closes", [ESC, ESC]),
    Press("cards open", [b"g"]),
    Press("cards: down, up", [DOWN] * 4 + [UP] * 4),
    Press("cards: a page", [PAGE_DOWN, PAGE_UP] * 2),
    Press("cards: cursor", [b","] * 5, [ESC]),
    Press("cards close", [b"g"]),
    Press("table opens", [b"v"]),
    Press("table: down, up", [DOWN] * 4 + [UP] * 4),
    Press("table: a page", [PAGE_DOWN, PAGE_UP] * 2),
    Press("table: to the right", [RIGHT] * 4),
    Press("table: sort", [ENTER] * 3),
    Press("table: another measure", [b"w"] * 4),
    Press("table closes", [b"v"]),
    Press("seeds as one", [b"A"], [ENTER]),
    Press("seeds: full chart opens", [ENTER], [ESC]),
    Press("seeds no more", [b"A"], [ESC]),
)
IN_RUNS = (
    Press("runs: focus", [TAB]),
    Press("runs: down, up", [DOWN] * 6 + [UP] * 6),
    Press("runs: a page", [PAGE_DOWN] * 4),
    Press("runs: home, end", [HOME, END] * 2, [HOME, DOWN, DOWN, DOWN]),
    Press("runs: hide, show", [b" "] * 6),
    Press("runs: none, all", [b"a"] * 4),
    Press("runs: only this, all", [b"o"] * 4),
    Press("runs: baseline on, off", [b"b"] * 4),
    Press("runs: pin, unpin", [b"p"] * 4),
    Press("runs: a letter of the filter", [b"/", *(bytes([c]) for c in b"run17")], [ESC]),
    Press("runs: sort", [b"S"] * 8),
    Press("runs: to the directory, fold, unfold", [LEFT, LEFT, RIGHT] * 2),
    Press("runs: left", [TAB]),
)
IN_TABS = (
    Press("HParams opens", [b"2"]),
    Press("HParams: down, up", [DOWN] * 4 + [UP] * 4),
    Press("HParams: parallel axes", [b"g"]),
    Press("HParams: axes down, up", [DOWN] * 3 + [UP] * 3),
    Press("next tab (Problems)", [b"3"]),
    Press("Problems: down", [DOWN] * 4),
    Press("back to the scalars", [b"1"]),
    Press("help opens, closes", [b"?", ESC] * 2),
)


def sweep(data: Path, runs: int, tags: int, steps: int) -> Path:
    """A sweep below `data`, written unless it is there: each run has hparams, and has ended unless it is live."""
    path = data / f"ended_{runs}x{tags}x{steps}"
    if not path.exists():
        unfinished = prepare(data, runs, tags, steps)
        for number in range(runs):
            model, optimizer, _ = run_name(number).split("/")
            chosen = {"model": model, "optimizer": optimizer, "lr": 10.0 ** -(number // 6 % 5), "seed": number // 30}
            _, start, end = hparams(chosen, [tag_name(0)])
            with (unfinished / run_name(number) / FILE_NAME).open("ab") as file:
                for summary in (start,) if number % LIVE_EVERY == 0 else (start, end):
                    file.write(frame(event_pb2.Event(wall_time=WALL_TIME, summary=summary)))
        unfinished.rename(path)
    return path


class Live:
    """The runs of a sweep that go on."""

    def __init__(self, logdir: Path, runs: int, tags: int, steps: int) -> None:
        self.paths = [logdir / run_name(number) / FILE_NAME for number in range(0, runs, LIVE_EVERY)]
        self._steps, self._begun = steps, logdir.stat().st_ctime
        self._values = [summary_pb2.Summary.Value(tag=tag_name(n), simple_value=0.5) for n in range(tags)]

    def append(self) -> None:
        """Log another step of all tags, in all of them."""
        now = time.time()
        summary = summary_pb2.Summary(value=self._values)
        record = frame(event_pb2.Event(wall_time=now, step=self._steps + int(now - self._begun), summary=summary))
        for path in self.paths:
            with path.open("ab") as file:
                file.write(record)


class Cost(NamedTuple):
    """What a key took, in ms."""

    first: float
    last: float
    drawing: float
    others: float


class Screen(bench_tabs.Screen):
    """The program on a terminal."""

    def timed(self, keys: bytes, silence: float) -> Cost:
        """Press, and see when the answer comes and what it costs; nan for a key that has none."""
        cpu = cpu_times(self.process.pid)
        start = time.perf_counter()
        self.press(keys)
        first = self.last = float("nan")
        if select.select([self._master], [], [], LONGEST)[0]:
            self._take()
            first = self.last
            end = time.perf_counter() + DEADLINE
            while select.select([self._master], [], [], silence)[0] and time.perf_counter() < end:
                self._take()
        drawing, others = (after - before for after, before in zip(cpu_times(self.process.pid), cpu, strict=True))
        return Cost((first - start) * 1e3, (self.last - start) * 1e3, drawing, others)


class Table:
    """Costs by title."""

    def __init__(self) -> None:
        self.costs: dict[str, list[Cost]] = {}

    def add(self, title: str, cost: Cost) -> None:
        """One more."""
        self.costs.setdefault(title, []).append(cost)

    def lines(self) -> Iterator[str]:
        """The table."""
        yield "| | presses | first byte, ms | p90 | last byte | p90 | drawing | most | others |"
        yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
        for title, costs in self.costs.items():
            answered = [cost for cost in costs if cost.first == cost.first]
            if not answered:
                yield f"| {title} | {len(costs)} | no answer |"
                continue
            first, last, drawing, others = (sorted(values) for values in zip(*answered, strict=True))
            numbers = (
                statistics.median(first), _p90(first), statistics.median(last), _p90(last),
                statistics.median(drawing), drawing[-1], statistics.median(others),
            )  # fmt: skip
            yield f"| {title} | {len(costs)} | " + " | ".join(f"{value:.0f}" for value in numbers) + " |"


def _p90(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=10, method="inclusive")[-1] if len(values) > 1 else values[0]


def press_all(screen: Screen, presses: Sequence[Press], table: Table, silence: float) -> None:
    """Every key of a list."""
    for press in presses:
        for key in press.keys:
            table.add(press.title, screen.timed(key, silence))
        for key in press.after:
            screen.timed(key, silence)


def while_loading(logdir: Path, size: tuple[int, int], table: Table) -> float:
    """Keys from the first runs on until all is read; returns the seconds that took."""
    with Screen.tbtui("--fresh", str(logdir), columns=size[0], lines=size[1]) as screen:
        start = time.perf_counter()
        screen.until(lambda: b"mean" in screen.output)
        while screen.loading:
            for press in WHILE_LOADING:
                for key in press.keys:
                    screen.read(random.uniform(0.02, 0.06))
                    table.add(f"loading: {press.title}", screen.timed(key, 0.02))
        return time.perf_counter() - start


def idle(logdir: Path, size: tuple[int, int], table: Table, live: Live, parts: Sequence[str], silence: float) -> None:
    """All keys when nothing happens, then new points."""
    with Screen.tbtui("--fresh", str(logdir), columns=size[0], lines=size[1]) as screen:
        screen.until(lambda: b"mean" in screen.output and not screen.loading)
        print(f"read: {memory(screen.process.pid):.0f} MB", file=sys.stderr)
        quiet(screen)
        print(f"judged: {memory(screen.process.pid):.0f} MB", file=sys.stderr)
        for name, presses in (("rows", IN_ROWS), ("runs", IN_RUNS), ("tabs", IN_TABS)):
            if name in parts:
                press_all(screen, presses, table, silence)
        if "live" in parts:
            commits(screen, live, table)
        print(f"at the end: {memory(screen.process.pid):.0f} MB", file=sys.stderr)


def quiet(screen: Screen) -> None:
    """Wait until the program does nothing any more."""
    start, busy = time.perf_counter(), True
    while busy:
        cpu = sum(cpu_times(screen.process.pid))
        screen.read(1.0)
        busy = sum(cpu_times(screen.process.pid)) - cpu > 50
    print(f"quiet after {time.perf_counter() - start:.1f} s", file=sys.stderr)


def commits(screen: Screen, live: Live, table: Table) -> None:
    """A point more in each tag of the live runs, with the rows, the cards and the chart in view."""
    for title, key in (("rows", b""), ("cards", b"g"), ("full chart", ENTER)):
        if key:
            screen.timed(key, 0.5)
        for _ in range(8):
            cpu = cpu_times(screen.process.pid)
            live.append()
            start = screen.last = time.perf_counter()
            screen.read(2.0)
            cost = (after - before for after, before in zip(cpu_times(screen.process.pid), cpu, strict=True))
            table.add(f"new points of {len(live.paths)} runs: {title}", Cost(0, (screen.last - start) * 1e3, *cost))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--tags", type=int, default=50)
    parser.add_argument("--points", type=int, default=50)
    parser.add_argument("--size", default="160x45", help="of the terminal")
    parser.add_argument("--data", type=Path, help="where the logs are kept between runs")
    parser.add_argument("--silence", type=float, default=0.3, help="seconds after which an answer has ended")
    parser.add_argument("--parts", nargs="+", default=["loading", "rows", "runs", "tabs", "live"])
    arguments = parser.parse_args()
    columns, lines = map(int, arguments.size.split("x"))
    amount = arguments.runs, arguments.tags, arguments.points
    table = Table()
    with contextlib.ExitStack() as stack:
        data = arguments.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        logdir = sweep(data, *amount)
        if "loading" in arguments.parts:
            print(f"read in {while_loading(logdir, (columns, lines), table):.1f} s", file=sys.stderr)
        if set(arguments.parts) - {"loading"}:
            idle(logdir, (columns, lines), table, Live(logdir, *amount), arguments.parts, arguments.silence)
    print("\n".join(table.lines()))


if __name__ == "__main__":
    main()

"""What a thousand runs cost: keys, filter letters and new data, in ms of this process's CPU until the frame is drawn.

    python -m benchmarks.bench_runs [--runs 1000] [--tags 40] [--rounds 20] [--profile KEY]

The runs are in directories of thirty-six; the screen is 160x45 and has no terminal behind it.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import numpy as np
from textual.pilot import Pilot

from tests.builders import WALL_TIME
from tests.tui.app.still import READ, showing
from tests.tui.app.views import of_runs, run_summary
from tui.app.screens.main import MainScreen
from tui.model import SeriesKey
from tui.store.snapshot import ScalarSeries, StoreSnapshot

POINTS = 200
NOW = WALL_TIME + 7200.0
Act = Callable[[], Awaitable[object]]


def name_of(number: int) -> str:
    """A run among directories of models, optimizers and learning rates."""
    model, optimizer = ("resnet50", "vit_b16", "convnext_tiny")[number % 3], ("adam", "sgd")[number // 3 % 2]
    return f"{model}/{optimizer}/lr_{10.0 ** -(1 + number // 6 % 3):g}/seed_{number // 18}"


def snapshot_of(runs: int, tags: int) -> StoreSnapshot:
    """A run in ten is live; each has all tags, and a best value of its own."""
    steps, times = np.arange(POINTS), NOW - POINTS + np.arange(POINTS, dtype=np.float64)
    curve = 1 / (1 + steps / 20.0)
    series: dict[SeriesKey, ScalarSeries] = {}
    for number in range(runs):
        values = (curve + (number * 7919 % runs) / runs).astype(np.float32)
        for tag in range(tags):
            key = SeriesKey(name_of(number), f"group{tag // 8}/loss{tag}", "scalars")
            series[key] = ScalarSeries(key, 1, steps, times, values)
    summaries = (
        run_summary(name_of(n), tags=tags, points=POINTS * tags, last_wall_time=NOW - (0 if n % 10 == 0 else 60 * n))
        for n in range(runs)
    )
    return replace(of_runs(*summaries), scalars=series)


def with_news(snapshot: StoreSnapshot, version: int) -> StoreSnapshot:
    """The next commit: one live run has logged a point."""
    run = snapshot.runs[name_of(0)]
    runs = {**snapshot.runs, run.name: replace(run, last_step=POINTS + version)}
    scalars = dict(snapshot.scalars)
    for key in [key for key in scalars if key.run == run.name]:
        scalars[key] = replace(scalars[key], version=version)
    return replace(snapshot, version=version, runs=runs, scalars=scalars)


class Stopwatch:
    """Milliseconds of CPU by what was done."""

    def __init__(self, profile: str | None) -> None:
        self.samples: dict[str, list[float]] = {}
        self._profile, self.profiler = profile, cProfile.Profile()

    async def of(self, title: str, act: Act) -> None:
        """Do it, and see how long it takes."""
        if title == self._profile:
            self.profiler.enable()
        start = time.process_time()
        await act()
        taken = (time.process_time() - start) * 1000
        self.profiler.disable()
        self.samples.setdefault(title, []).append(taken)

    def table(self) -> str:
        """A line for each thing done."""
        lines = [f"{'':28} {'times':>5} {'median':>8} {'p90':>8} {'most':>8}   (ms)"]
        for title, values in self.samples.items():
            p90 = statistics.quantiles(values, n=10, method="inclusive")[-1] if len(values) > 1 else values[0]
            middle = statistics.median(values)
            lines.append(f"{title:28} {len(values):5} {middle:8.1f} {p90:8.1f} {max(values):8.1f}")
        return "\n".join(lines)


async def press(pilot: Pilot[None], watch: Stopwatch, title: str, *keys: str) -> None:
    """Press each key, one after the other."""
    for key in keys:
        await watch.of(title, lambda key=key: pilot.press(key))  # type: ignore[misc]


async def in_the_pane(pilot: Pilot[None], watch: Stopwatch, rounds: int) -> None:
    """Every key that a long list of runs makes expensive."""
    await press(pilot, watch, "focus the pane", "tab")
    await press(pilot, watch, "down", *["down"] * rounds)
    await press(pilot, watch, "page down", *["pagedown"] * rounds)
    await press(pilot, watch, "home, end", *["home", "end"] * (rounds // 2))
    await press(pilot, watch, "hide, show a run", *["space"] * rounds)
    await press(pilot, watch, "only this, all", *["o"] * rounds)
    await press(pilot, watch, "none, all", *["a"] * rounds)
    await press(pilot, watch, "baseline", *["b"] * rounds)
    await press(pilot, watch, "pin, unpin", *["p"] * rounds)
    await press(pilot, watch, "to the directory, fold", *["left", "left", "right", "right"] * (rounds // 4))
    for _ in range(max(1, rounds // 8)):
        await pilot.press("slash")
        await press(pilot, watch, "a letter of the filter", *"seed_17", *["backspace"] * 7)
        await pilot.press("escape")
    for _ in range(max(1, rounds // 4)):
        for order in ("by event", "by last value", "by best value", "by name"):
            await press(pilot, watch, f"sort {order}", "S")


async def measure(runs: int, tags: int, rounds: int, watch: Stopwatch) -> None:
    """Everything, on one snapshot."""
    snapshot = snapshot_of(runs, tags)
    async with showing(of_runs(), now=NOW) as (pilot, main):
        await watch.of("first look", lambda: _show(pilot, main, snapshot))
        gc.freeze()  # as the app does once all was read
        for version in range(2, rounds + 2):
            await watch.of("new data", lambda version=version: _show(pilot, main, with_news(snapshot, version)))  # type: ignore[misc]
        await press(pilot, watch, "down, in the tags", *["down"] * rounds)
        await in_the_pane(pilot, watch, rounds)


async def _show(pilot: Pilot[None], main: MainScreen, snapshot: StoreSnapshot) -> None:
    main.show(snapshot, READ)
    await pilot.pause()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--tags", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--profile", metavar="KEY", help="a line of the table, whose functions are listed too")
    arguments = parser.parse_args()
    watch = Stopwatch(arguments.profile)
    asyncio.run(measure(arguments.runs, arguments.tags, arguments.rounds, watch))
    print(f"{arguments.runs} runs x {arguments.tags} tags")
    print(watch.table())
    if arguments.profile:
        watch.profiler.print_stats("cumulative")


if __name__ == "__main__":
    main()

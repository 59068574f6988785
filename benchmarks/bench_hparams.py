"""How long the sessions of a large sweep take: 2000 sessions of 30 columns.

    python -m benchmarks.bench_hparams [--sessions N] [--columns N]

Prints the least of several runs in milliseconds of processor time: filtering and sorting as `tbtui hparams` does, and
in the tab from a key to every line in view.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle

import numpy as np

from benchmarks.bench_raster import least_ms
from benchmarks.pages import Page
from logging_lib.tfevents.hparams import HParam, SessionStart
from logging_lib.tfevents.plugins import SCALARS
from tui.analysis.hparams.correlation import associations
from tui.analysis.hparams.frame import Frame
from tui.analysis.hparams.matching import matching
from tui.analysis.hparams.measures import Measurer
from tui.analysis.hparams.ordering import SortKey, ordered
from tui.analysis.hparams.sessions import sessions_of
from tui.analysis.hparams.table import table_of
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.hparam_axes import HParamAxes
from tui.app.widgets.hparams import HParams
from tui.model import SeriesKey
from tui.store.snapshot import RunSummary, ScalarSeries, StoreSnapshot

WIDTH, HEIGHT = 124, 42
METRICS = 5
FILTERS = {
    "a comparison": "h0>=0.5",
    "five terms": "h0>=0.1 h1<0.9 h6=b0 (h2>0.5 or h3>0.5) -has:nothing",
    "a regex of a text, and of the run": "h6~^b[12]$ run~9$",
    "a regex of numbers": "h1~0.12",
}


def sweep(sessions: int, columns: int) -> StoreSnapshot:
    """Sessions with `columns` columns: hparams, each seventh of them a text, and METRICS metrics of ten points."""
    random = np.random.default_rng(0)
    runs, scalars = {}, {}
    steps = np.arange(10)
    for number in range(sessions):
        name = f"sweep/run{number:04}"
        hparams: dict[str, HParam] = {
            f"h{at}": f"b{int(random.integers(4))}" if at % 7 == 6 else float(random.uniform())
            for at in range(columns - METRICS)
        }
        start = SessionStart(hparams, f"group{number // 4}")
        runs[name] = RunSummary(name, (), METRICS, 50, 9, 0.0, 9.0, 1.0, False, 0, start, None, None)
        for at in range(METRICS):
            key = SeriesKey(name, f"metric{at}", SCALARS)
            values = random.uniform(size=10).astype(np.float32)
            scalars[key] = ScalarSeries(key, 1, steps, steps.astype(np.float64), values)
    return StoreSnapshot(1, runs, scalars, {}, {}, ())


def of_frames(snapshot: StoreSnapshot) -> None:
    """What the commands do."""
    measurer = Measurer()

    def made() -> Frame:
        frame = table_of(snapshot, sessions_of(snapshot), measurer, derived=True)
        for column in frame.columns:
            frame.cells(column)
        return frame

    print(f"{'every column made':45} {least_ms(made):7.1f}")
    frame = made()
    for title, text in FILTERS.items():
        print(f"{'filter: ' + title:45} {least_ms(lambda text=text: matching(frame, text)):7.2f}")
    keys = [SortKey(frame.hparams[6]), SortKey(frame.metrics[0], True), SortKey(frame.hparams[0])]
    for count in (1, 3):
        title = f"sort by {count} columns"
        print(f"{title:45} {least_ms(lambda count=count: ordered(frame, keys[:count])):7.2f}")
    cells, metric = [frame.cells(column) for column in frame.hparams], frame.cells(frame.metrics[0])
    print(f"{'what goes with one metric':45} {least_ms(lambda: associations(cells, metric)):7.2f}")


def changes(view: HParams | HParamAxes) -> dict[str, Callable[[], object]]:
    """What a user does."""
    turns, bounds = cycle((True, False)), cycle(range(100))

    def choose(**what: object) -> None:
        chosen = replace(view.selection.hparams, **what)  # type: ignore[arg-type]
        view.selection = replace(view.selection, hparams=chosen)

    def sort_anew() -> None:
        choose(sort=(("hparams.h6", False), ("hparams.h0", next(turns))))

    def press(*actions: str) -> None:
        for action in actions:
            getattr(view, f"action_{action}")()

    return {
        "filter": lambda: choose(where=f"h0>=0.0{next(bounds)} h6!=b0"),
        "sort by two columns": sort_anew,
        "a line down, and up": lambda: press("cursor_down", "cursor_up"),
        "a page down, and up": lambda: press("page_down", "page_up"),
        "a column on, and back": lambda: press("cursor_right", "cursor_left"),
    }


async def of_the_tab(snapshot: StoreSnapshot) -> None:
    """What keys cost, each drawn at once."""
    shared = Shared()
    shared.runs.see(snapshot.runs)
    for make in (HParams, HParamAxes):
        view = make(shared)
        async with Page(view).run_test(size=(WIDTH, HEIGHT)):
            view.snapshot, view.selection = snapshot, Selection()
            for title, change in changes(view).items():
                print(f"{make.__name__ + ': ' + title:45} {least_ms(change):7.2f}")


def main() -> None:
    """Print what each change costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=2000)
    parser.add_argument("--columns", type=int, default=30)
    options = parser.parse_args()
    snapshot = sweep(options.sessions, options.columns)
    of_frames(snapshot)
    asyncio.run(of_the_tab(snapshot))


if __name__ == "__main__":
    main()

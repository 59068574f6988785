"""How long the rows and the cards take with many tags or runs: 3000 tags of 10 runs, 20 tags of 500 runs.

    python -m benchmarks.bench_lists [--points N]

Prints the least of several runs in milliseconds of processor time, from a change until every line in view is made.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from benchmarks.bench_raster import least_ms
from benchmarks.pages import Page
from benchmarks.snapshots import snapshot_of
from tui.app.selection import Filter, Selection
from tui.app.shared import Shared
from tui.app.widgets.scalar_cards import ScalarCards
from tui.app.widgets.scalar_rows import ScalarRows
from tui.store.snapshot import StoreSnapshot

SIZES = ((3000, 10), (20, 500))
WIDTH, HEIGHT = 124, 42
FILTERS = ("a", "at", "att", "att.*s", "loss$", "")
View = ScalarRows | ScalarCards


def changes(view: View, snapshot: StoreSnapshot) -> dict[str, Callable[[], object]]:
    """What a user or new data do, each drawn at once."""
    some = frozenset(list(snapshot.runs)[:3])
    versions = count(2)

    def choose(**what: object) -> None:
        view.selection = replace(view.selection, **what)

    def grow() -> None:
        # Only the version tells: the points are as many as before.
        version, run = next(versions), next(iter(snapshot.runs))
        grown = {key: replace(series, version=version) for key, series in snapshot.scalars.items() if key.run == run}
        view.snapshot = replace(snapshot, version=version, scalars={**snapshot.scalars, **grown})

    def press(*actions: str) -> None:
        for action in actions:
            getattr(view, f"action_{action}")()

    return {
        "six keys of the filter": lambda: [choose(tags_filter=Filter(text)) for text in FILTERS],
        "three runs hidden, and shown": lambda: [choose(hidden=hidden) for hidden in (some, frozenset())],
        "another run focused, and back": lambda: [choose(focused_run=run) for run in list(snapshot.runs)[1::-1]],
        "a line down, and up": lambda: press("cursor_down", "cursor_up"),
        "a page down, and up": lambda: press("page_down", "page_up"),
        "to the end, and back": lambda: press("last", "first"),
        "G on, and off": lambda: [choose(together=on) for on in (True, False)],
        "one run has new points": grow,
    }


async def measure(widget: type[View], tags: int, runs: int, points: int) -> None:
    """Print how long each change takes."""
    snapshot, shared = snapshot_of(tags, runs, points), Shared()
    shared.runs.see(snapshot.runs)
    view = widget(shared)
    async with Page(view).run_test(size=(WIDTH, HEIGHT)):
        view.selection = Selection(focused_run=next(iter(snapshot.runs)))
        first = least_ms(lambda: setattr(view, "snapshot", snapshot), 0.0)
        print(f"{widget.__name__}: {tags} tags of {runs} runs with {points} points")
        print(f"{first:8.2f} ms  shown first")
        for name, change in changes(view, snapshot).items():
            change()
            print(f"{least_ms(change, 1.0):8.2f} ms  {name}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=100)
    args = parser.parse_args()
    for widget in (ScalarRows, ScalarCards):
        for tags, runs in SIZES:
            asyncio.run(measure(widget, tags, runs, args.points))


if __name__ == "__main__":
    main()

"""How long the cards take to draw: 24 cards of 10 runs with 10,000 points each, in a page of 124x42 cells.

    python -m benchmarks.bench_cards [--cards N] [--runs N] [--points N]

Prints the least of several runs in milliseconds of processor time.
"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace

from benchmarks.bench_raster import least_ms
from benchmarks.pages import Page
from benchmarks.snapshots import snapshot_of
from tui.app.plot import PlotCache
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.scalar_cards import ScalarCards
from tui.store.snapshot import StoreSnapshot

WIDTH, HEIGHT = 124, 42


async def measure(snapshot: StoreSnapshot) -> None:
    """Draw the snapshot's cards in several ways."""
    shared = Shared()
    shared.runs.see(snapshot.runs)
    cards = ScalarCards(shared)
    async with Page(cards).run_test(size=(WIDTH, HEIGHT)):
        cards.selection, cards.snapshot = Selection(), snapshot

        def draw() -> None:
            cards.compose_strips(WIDTH, HEIGHT)

        def from_series() -> None:
            cards._curves, cards._drawings = PlotCache(), {}
            draw()

        def from_curves() -> None:
            cards._curves._plots, cards._drawings = {}, {}
            draw()

        def with_cursor() -> None:
            cursor = (cards.selection.cursor or 0.0) + 10
            cards.set_reactive(ScalarCards.selection, replace(cards.selection, cursor=cursor))
            draw()

        versions = iter(range(2, 1_000_000))

        def with_a_point() -> None:
            # Only the version tells: the points are as many as before.
            version, run = next(versions), next(iter(snapshot.runs))
            grown = {key: replace(s, version=version) for key, s in snapshot.scalars.items() if key.run == run}
            cards.set_reactive(ScalarCards.snapshot, replace(snapshot, scalars={**snapshot.scalars, **grown}))
            draw()

        for name, work in (
            ("all cards, from the series on: smoothed, fitted, drawn", from_series),
            ("all cards, of smoothed curves: fitted, drawn", from_curves),
            ("the cursor moved", with_cursor),
            ("one run has a new point in each card", with_a_point),
            ("nothing changed", draw),
        ):
            print(f"{least_ms(work, 2.0):8.2f} ms  {name}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=24)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--points", type=int, default=10_000)
    args = parser.parse_args()
    print(f"{args.cards} cards of {args.runs} runs x {args.points:,} points, {WIDTH}x{HEIGHT} cells")
    asyncio.run(measure(snapshot_of(args.cards, args.runs, args.points)))


if __name__ == "__main__":
    main()

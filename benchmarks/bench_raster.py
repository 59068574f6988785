"""How long a line chart takes: our rasteriser and whole chart beside plotext, at 80x20 cells.

    python benchmarks/bench_raster.py

Prints the least of several runs in milliseconds of processor time, and how many times longer plotext takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import plotext

from tui.render.chart import ChartSpec, draw_chart
from tui.render.raster import Curve, rasterise
from tui.render.sparkline import sparkline
from tui.render.strips import ChartStyles, canvas_strips
from tui.render.window import fit_window

WIDTH, HEIGHT = 80, 20


def least_ms(work: Callable[[], object], seconds: float = 0.5) -> float:
    """The least processor time of one call, from as many as fit in `seconds` (one at least)."""
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while not taken or time.perf_counter() < end:
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken) * 1000


def noisy_loss(points: int) -> Curve:
    """A falling, noisy loss with a spike of one step."""
    x = np.arange(points, dtype=np.float64)
    y = 3 * np.exp(-4 * x / points) + np.random.default_rng(0).normal(0.3, 0.15, points)
    y[points // 2] = 9.0
    return Curve(x, y, 0)


def with_plotext(x: list[float], y: list[float]) -> str:
    """The same chart drawn by plotext, with its default axes."""
    figure = plotext.figure
    figure.clear()
    figure.plot_size(WIDTH, HEIGHT)
    figure.draw(figure.signal(x, y, marker="braille").lines())
    return str(figure.build().string(colorless=True))


def main() -> None:
    """Print the table. At a million points plotext takes half a minute."""
    plotext.terminal.limit(False, False)
    print(f"{'points':>9} {'raster':>8} {'chart+strips':>13} {'sparkline':>10} {'plotext':>10} {'ratio':>8}   (ms)")
    for points in (1_000, 100_000, 1_000_000):
        curve = noisy_loss(points)
        window = fit_window([(curve.x, curve.y)])
        if window is None:
            raise ValueError("the benchmark's curve has no finite point")
        ticks = [(float(x), f"{x:.0f}") for x in np.linspace(0, points, 6)]
        spec = ChartSpec([curve], window, x_ticks=ticks, y_ticks=[(float(y), str(y)) for y in range(10)])
        raster = least_ms(lambda: rasterise([curve], window, WIDTH, HEIGHT))  # noqa: B023
        chart = least_ms(lambda: canvas_strips(draw_chart(spec, WIDTH, HEIGHT), ChartStyles()))  # noqa: B023
        spark = least_ms(lambda: sparkline(curve.y, 24))  # noqa: B023
        x, y = curve.x.tolist(), curve.y.tolist()
        peer = least_ms(lambda: with_plotext(x, y))  # noqa: B023
        print(f"{points:>9,} {raster:8.2f} {chart:13.2f} {spark:10.2f} {peer:10.1f} {peer / chart:7.0f}x")


if __name__ == "__main__":
    main()

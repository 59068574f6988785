"""Plots with ready-made axes, drawn by plotext: for what is drawn once or rarely. No other module imports plotext."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.render.cells import fit
from tui.render.numbers import count, number
from tui.render.text import printable

Floats = npt.NDArray[np.float64]
Ticks = Sequence[tuple[float, str]]

# plotext has one figure a process, and its C++ code aborts the process at a NaN. So one thread draws at a time, and
# all that it is given are fractions of the axes, 0..1, computed here from finite values.
_figure_lock = threading.Lock()


def bars(
    left: npt.ArrayLike,
    right: npt.ArrayLike,
    counts: npt.ArrayLike,
    width: int,
    height: int,
    *,
    x_ticks: Ticks | None = None,
    y_ticks: Ticks | None = None,
) -> list[str]:
    """A histogram as bars from `left` to `right` (each [k]) with axes: `height` lines of exactly `width` cells.

    The x axis spans all finite edges, those of empty bins too; the y axis 0 to the greatest count. Ticks are values
    with their labels; without them the ends of the axes are labelled. Bins with an edge or a count that is not
    finite, or a count below 0, are left out. Rebin to some tens of bins before: each costs about 0.2 ms.
    """
    if width <= 0 or height <= 0:
        return [""] * max(height, 0)
    lefts, rights, heights = (np.asarray(column, np.float64) for column in (left, right, counts))
    finite = np.isfinite(lefts) & np.isfinite(rights) & np.isfinite(heights)
    if not finite.any():
        return [" " * width] * height
    lefts, rights, heights = lefts[finite], rights[finite], heights[finite]
    lo, hi = float(min(lefts.min(), rights.min())), float(max(lefts.max(), rights.max()))
    top = float(heights.max())
    filled = heights > 0
    rectangles = np.stack([_along(lefts, lo, hi), _along(rights, lo, hi), _along(heights, 0.0, top)])[:, filled]
    lines = _draw(
        rectangles.T.tolist(),
        _tick_fractions([(lo, number(lo)), (hi, number(hi))] if x_ticks is None else x_ticks, lo, hi),
        _tick_fractions([(0.0, "0"), (top, count(top))] if y_ticks is None else y_ticks, 0.0, top),
        width,
        height,
    )
    return [fit(line, width) for line in (lines + [""] * height)[:height]]


def _along(values: Floats, lo: float, hi: float) -> Floats:
    """Values, clipped to [lo, hi], as fractions of it, 0.5 where it has no span; halves, since that may overflow."""
    span = hi / 2 - lo / 2
    if not span > 0:
        return np.full(values.shape, 0.5)
    return np.asarray((np.clip(values, lo, hi) / 2 - lo / 2) / span, np.float64)


def _tick_fractions(ticks: Ticks, lo: float, hi: float) -> dict[float, str]:
    """Labels by their fraction of [lo, hi], outside of which there are none."""
    inside = [(value, label) for value, label in ticks if lo <= value <= hi]
    places = _along(np.array([value for value, _ in inside], np.float64), lo, hi)
    return dict(zip(places.tolist(), (printable(label) for _, label in inside), strict=True))


def _draw(
    rectangles: list[list[float]], x_ticks: dict[float, str], y_ticks: dict[float, str], width: int, height: int
) -> list[str]:
    """Filled rectangles (left, right, top, from the bottom) in plain text; every number is a fraction of an axis."""
    with _figure_lock:
        import plotext  # 0.15 s, for the few screens and commands that use it

        plotext.terminal.limit(False, False)
        figure: Any = plotext.figure
        figure.clear()
        figure.plot_size(width, height)
        for axis, far_side, ticks in (("x", "upper", x_ticks), ("y", "right", y_ticks)):
            figure.axes(False, axis=axis, side=far_side)
            figure.ruler(axis).lim(0, 1).alignment(lim="edge")
            figure.ruler(axis).ticks(list(ticks), list(ticks.values()))
            figure.ruler(axis, far_side).ticks([], [])
        for left, right, top in rectangles:
            figure.draw(figure.rectangle((left, right), (0, top), marker="hd"))
        text: str = figure.build().string(colorless=True)
    return text.split("\n")

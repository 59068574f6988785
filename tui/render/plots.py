"""Plots with ready-made axes, drawn by plotext: for what is drawn once or rarely. No other module imports plotext."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tui.render.cells import fit
from tui.render.cells import width as cells_of
from tui.render.numbers import count, number
from tui.render.text import printable

Floats = npt.NDArray[np.float64]
Ticks = Sequence[tuple[float, str]]

BRAILLE = "braille"
_PAINTED = re.compile(r"\x1b\[([0-9;]*)m")
_LABEL_GAP = 2
_RGB, _PAPER = "38;2;1;", "48;"
# plotext's smallest figure that has room for axes with their labels.
_LEAST_WIDTH, _LEAST_HEIGHT = 10, 5


class Stroke(NamedTuple):
    """Points with a line through them, shares 0..1 of the axes from the left and from below.

    `marker` is BRAILLE, or one narrow character that is put at every point, without a line. `paint` is a number, 0 to
    65535, that tells the stroke's cells from others'.
    """

    x: Floats
    y: Floats
    paint: int
    marker: str = BRAILLE


Line = list[tuple[str, int | None]]
"""Stretches of one line of text with the paint of the stroke that drew them, None for axes and blanks."""


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


def chart(
    strokes: Sequence[Stroke], width: int, height: int, *, x_ticks: Ticks, y_ticks: Ticks, x_label: str = ""
) -> list[Line]:
    """Strokes with axes, the last before the others: `height` lines of at most `width` cells, 10 x 5 at least.

    Ticks are shares 0..1 of the axes with their labels; points that are not finite or beside the axes are left out.
    Labels of x that would touch are left out.
    """
    width, height = max(width, _LEAST_WIDTH), max(height, _LEAST_HEIGHT)
    y_labels = {share: printable(label) for share, label in y_ticks if 0 <= share <= 1}
    gutter = max(map(cells_of, y_labels.values()), default=0) + 1
    x_labels = _apart({share: printable(label) for share, label in x_ticks if 0 <= share <= 1}, width - gutter)
    with _figure_lock:
        figure, plotext = _figure(width, height, x_labels, y_labels)
        figure.label(printable(x_label)) if x_label else None
        for stroke in strokes:
            inside = (stroke.x >= 0) & (stroke.x <= 1) & (stroke.y >= 0) & (stroke.y <= 1)
            if inside.any():
                pixel = plotext.pixel((1, *divmod(stroke.paint, 256)))
                signal = figure.signal(
                    stroke.x[inside].tolist(), stroke.y[inside].tolist(), marker=plotext.marker(stroke.marker, pixel)
                )
                figure.draw(signal.lines() if stroke.marker == BRAILLE else signal)
        text: str = figure.build().string()
    return [_painted(line) for line in (text.split("\n") + [""] * height)[:height]]


def _apart(labels: dict[float, str], width: int) -> dict[float, str]:
    """Every so many-th of the labels of x, so that there are blanks between them; at the ends they stay inside."""
    places = []
    for share in sorted(labels):
        cells = cells_of(labels[share])
        start = min(max(share * (width - 1) - cells / 2, 0), width - cells)
        places.append((share, start, start + cells))
    for stride in range(1, len(places) + 1):
        kept = places[::stride]
        if all(end + _LABEL_GAP <= start for (_, _, end), (_, start, _) in pairwise(kept)):
            return {share: labels[share] for share, _, _ in kept}
    return {}


def _painted(line: str) -> Line:
    """A line as plotext colours it, with the paints that its colours stand for; blanks at its end are left out."""
    spans: Line = []
    paint: int | None = None
    for at, part in enumerate(_PAINTED.split(line)):
        if at % 2:
            if part.startswith(_RGB):
                high, low = map(int, part.removeprefix(_RGB).split(";"))
                paint = 256 * high + low
            elif not part.startswith(_PAPER):
                paint = None
        elif part:
            spans.append((part, paint))
    while spans and not (text := spans[-1][0].rstrip()):
        spans.pop()
    if spans:
        spans[-1] = text, spans[-1][1]
    return spans


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
        figure, _ = _figure(width, height, x_ticks, y_ticks)
        for left, right, top in rectangles:
            figure.draw(figure.rectangle((left, right), (0, top), marker="hd"))
        text: str = figure.build().string(colorless=True)
    return text.split("\n")


def _figure(width: int, height: int, x_ticks: dict[float, str], y_ticks: dict[float, str]) -> tuple[Any, Any]:
    """The figure, blank, with axes from 0 to 1 at its left and below, and plotext itself."""
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
    return figure, plotext

"""A chart as lines of text: title, plot with axes, legend with numbers. In colours, or told apart by marks alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tui.app.terminal_kind import Colours
from tui.cli.charts import X_LABELS, Chart, ChartLine
from tui.render.cells import fit, fit_distinct, width
from tui.render.numbers import number
from tui.render.palette import RunStyle
from tui.render.plots import Line, Stroke, chart
from tui.render.polyline import Polyline, marks_along
from tui.render.text import printable
from tui.render.to_ascii import to_ascii

TITLE, NOTE, WARNING = 0xFFFF, 0xFFFE, 0xFFFD
"""Paints of what is no curve; that of a curve is its number."""
_CELLS_A_MARK = 18
_LEAST_NAME = 8
_RESET = "\x1b[0m"
_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_CUBE = (0, 95, 135, 175, 215, 255)
"""The steps of each channel in the colours of 256."""
_NAN, _ABOVE, _BELOW = "×", "▴", "▾"


@dataclass(frozen=True, slots=True)
class Paper:
    """What lines are for: so many cells, `height` rows of them for a plot with its axes; its colours and characters."""

    width: int = 80
    height: int = 20
    colours: Colours = Colours.NONE
    ascii: bool = False


def text_chart(what: Chart, paper: Paper) -> str:
    """The whole chart as text that ends with a line break; a line says so where there is nothing to draw."""
    return as_text(list(_lines(what, paper)), [line.style for line in what.lines], paper)


def as_text(lines: Sequence[Line], styles: Sequence[RunStyle], paper: Paper) -> str:
    """Lines with their paints turned into what the terminal knows, or into nothing."""
    return "".join("".join(_shown(*span, styles, paper) for span in line).rstrip(" ") + "\n" for line in lines)


def _lines(what: Chart, paper: Paper) -> Iterator[Line]:
    yield [(fit(what.title, min(width(printable(what.title)), paper.width), keep="both"), TITLE)]
    if what.window is None:
        yield [(f" {what.why_empty()}", NOTE)]
        return
    yield from _plot(what, paper)
    yield from _legend(what, paper)
    for note in _wrapped(what.notes(), paper.width):
        yield [(note, NOTE)]


def _plot(what: Chart, paper: Paper) -> Iterator[Line]:
    """The axes with the curves; where these are smoothed, raw points behind them could not be told apart."""
    y_ticks = what.y_ticks(paper.height - 3)
    room = max(paper.width - max((width(label) for _, label in y_ticks), default=0) - 1, 1)
    # One place a dot, and there are two in a cell.
    shapes = [what.shape(line, 2 * room, raw=False) for line in what.lines]
    strokes = [Stroke(piece.x, piece.y, n) for n, shape in enumerate(shapes) for piece in shape.pieces]
    strokes += _undrawable([what.shape(line, 2 * room, raw=True) for line in what.lines])
    for n, (line, shape) in enumerate(zip(what.lines, shapes, strict=True)):
        marks = np.array(marks_along(shape, n, len(shapes), max(room // _CELLS_A_MARK, 1))).reshape(-1, 2)
        strokes.append(Stroke(marks[:, 0], marks[:, 1], n, line.style.mark))
    yield from chart(
        strokes,
        paper.width,
        paper.height,
        x_ticks=what.x_ticks(room),
        y_ticks=y_ticks,
        x_label=X_LABELS[what.view.axis],
    )


def _undrawable(shapes: Sequence[Polyline]) -> Iterator[Stroke]:
    """Marks where points are missing: at the lower edge for NaN, at the edges for infinities and what is past them."""
    for character, edge, name, paint in (
        (_ABOVE, 1.0, "over", NOTE),
        (_BELOW, 0.0, "under", NOTE),
        (_NAN, 0.0, "nan", WARNING),
        (_ABOVE, 1.0, "above", WARNING),
        (_BELOW, 0.0, "below", WARNING),
    ):
        x = np.unique(np.concatenate([getattr(shape, name) for shape in shapes])) if shapes else np.empty(0)
        if len(x):
            yield Stroke(x, np.full(len(x), edge), paint, character)


def _legend(what: Chart, paper: Paper) -> Iterator[Line]:
    """A line a curve: its mark, its run and tag, the last value and the best."""
    names = [_name(line) for line in what.lines]
    last, best = [number(line.last) for line in what.lines], [_best(what, line) for line in what.lines]
    beside = max(map(len, last), default=0) + max(map(len, best), default=0) + 5
    fitted = fit_distinct(names, min(max(map(width, names), default=0), max(paper.width - beside, _LEAST_NAME)))
    for n, (line, name) in enumerate(zip(what.lines, names, strict=True)):
        value = last[n].rjust(max(map(len, last)))
        yield [(f" {line.style.mark} ", n), (f"{fitted[name]}  {value}", None), (best[n], NOTE)]


def _name(line: ChartLine) -> str:
    return printable(f"{line.curve.run} · {line.label}" if line.label else line.curve.run)


def _best(what: Chart, line: ChartLine) -> str:
    if line.extremes is None:
        return ""
    ends = line.extremes
    least, most = f"min {number(ends.min)} @{ends.min_step}", f"max {number(ends.max)} @{ends.max_step}"
    return "  " + (most if what.goal == "max" else least if what.goal == "min" else f"{least}, {most}")


def _wrapped(notes: Sequence[str], cells: int) -> list[str]:
    lines: list[str] = []
    for note in notes:
        if lines and len(lines[-1]) + len(note) + 2 <= cells:
            lines[-1] += f"; {note}"
        else:
            lines.append(f" {note}")
    return lines


def _shown(text: str, paint: int | None, styles: Sequence[RunStyle], paper: Paper) -> str:
    text = to_ascii(text) if paper.ascii else text
    if paint is None or paper.colours is Colours.NONE or not text.strip():
        return text
    return f"{_sgr(paint, styles, paper.colours)}{text}{_RESET}"


def _sgr(paint: int, styles: Sequence[RunStyle], colours: Colours) -> str:
    special = {TITLE: "1", NOTE: "2", WARNING: "31"}
    if paint in special:
        return f"\x1b[{special[paint]}m"
    return f"\x1b[{foreground(styles[paint], colours)}m"


def foreground(style: RunStyle, colours: Colours) -> str:
    """The parameters of SGR for a run's colour."""
    channels = [int(style.colour[at : at + 2], 16) for at in (1, 3, 5)]
    if colours is Colours.ALL:
        return "38;2;" + ";".join(map(str, channels))
    if colours is Colours.MANY:
        red, green, blue = (min(range(6), key=lambda at: abs(_CUBE[at] - channel)) for channel in channels)
        return f"38;5;{16 + 36 * red + 6 * green + blue}"
    bright, name = style.ansi.startswith("bright_"), style.ansi.removeprefix("bright_")
    number = _NAMES.index(name)
    return f"1;{30 + number}" if bright and colours is Colours.EIGHT else str(number + (90 if bright else 30))

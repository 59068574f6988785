"""One small chart with its title: all visible runs of a tag, or of a group's tags together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from rich.segment import Segment
from textual.strip import Strip

from tui.analysis.health import Severity
from tui.analysis.statistics import Best
from tui.app.axes import y_ticks
from tui.app.chart_findings import ChartFindings, flags
from tui.app.curves import RunCurve, readout
from tui.app.findings import NO_FINDINGS, Findings, mark_part
from tui.app.parts import Part, cells_of, headed_parts
from tui.app.plot import Plot, PlotDrawing
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.theme import Look
from tui.render.cells import fit, width, wrap
from tui.render.chart import Flag
from tui.render.numbers import number
from tui.render.raster import pattern_sample
from tui.render.strips import row_strip
from tui.render.text import printable

_MARGIN = 1
_LEAST_NAME, _ENOUGH_NAME = 8, 16
_SAMPLE = 4


@dataclass(frozen=True, slots=True)
class CardSize:
    """Cells of a card, and how many of them at its left the labels of y take in all cards of the page."""

    width: int
    height: int
    gutter: int


@dataclass(frozen=True, slots=True)
class CardTexts:
    """What a title says: the name, and the shown run's curve of each tag, with `labels` where there are several.

    `group` is "" where it stands elsewhere; `best` is the best run of a single tag, `beside` the names of all tags
    of its group. `missing` is what is not there of what the chart is for, if anything: said where there are no curves,
    elsewhere `!` hints at it. `severity` is that of the worst that was found in what is shown.
    """

    group: str
    name: str
    shown: tuple[RunCurve, ...]
    labels: tuple[str, ...]
    best: Best | None
    beside: tuple[str, ...] = ()
    missing: str = ""
    severity: Severity | None = None


class CardDrawing:
    """Draws one card again and again, and only where something of it has changed."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._drawing = PlotDrawing(shared)
        self._findings = ChartFindings()
        self._drawn: tuple[tuple[object, ...], list[Strip]] = (), []

    @property
    def columns(self) -> int:
        """How many cells wide the curves were drawn last."""
        return self._drawing.area.width

    def strips(
        self,
        plot: Plot,
        texts: CardTexts,
        selection: Selection,
        look: Look,
        size: CardSize,
        *,
        on_cursor: bool,
        findings: Findings = NO_FINDINGS,
    ) -> list[Strip]:
        """The card's lines, all of `size.width` cells."""
        found = self._findings.of(plot, findings)
        want = plot, texts, _seen(selection), look, size, on_cursor, found, texts.severity
        if self._drawn[0] != want:
            title = self._title(plot, texts, selection, look, size.width, on_cursor=on_cursor)
            why_empty = texts.missing if texts.missing and not plot.curves else plot.why_empty(selection)
            self._drawn = want, [title, *self._chart(plot, why_empty, selection, look, size, flags(found))]
        return self._drawn[1]

    def _chart(
        self, plot: Plot, why_empty: str, selection: Selection, look: Look, size: CardSize, marks: Sequence[Flag]
    ) -> list[Strip]:
        height = size.height - 1
        if plot.window is None:
            lines = wrap(why_empty, size.width - 2 * _MARGIN)[:height]
            lines += [""] * (height - len(lines))
            return [row_strip([(f" {line}", look.dim)], size.width, look.text) for line in lines]
        cells = size.width - size.gutter - _MARGIN
        strips = self._drawing.strips(plot, selection, look, cells, height, axes=False, flags=marks)
        labels = {self._drawing.area.row_of(y, plot.window): label for y, label in _ticks(plot.window, height)}
        edge = Segment(" " * _MARGIN, look.text)
        beside = (
            Segment(fit(labels.get(row, ""), size.gutter - 1, align="right") + " ", look.dim) for row in range(height)
        )
        return [Strip([label, *strip, edge], size.width) for label, strip in zip(beside, strips, strict=True)]

    def _title(
        self, plot: Plot, texts: CardTexts, selection: Selection, look: Look, cells: int, *, on_cursor: bool
    ) -> Strip:
        """The name, then the shown run's value, then the best run, as far as there is room."""
        room = cells - 2 * _MARGIN
        whole = width(printable(f"{texts.group}/{texts.name}" if texts.group else texts.name))
        right = self._values(plot, texts, selection, look, room, whole)
        if texts.missing and plot.curves:
            right.append((" !", look.warning))
        mark = [] if texts.severity is None else [mark_part(texts.severity, look), (" ", look.text)]
        name = headed_parts(texts.group, texts.name, texts.beside, room - cells_of([*mark, *right]), look)
        parts = [(" ", look.text), *mark, *name, *right, (" ", look.text)]
        if on_cursor:
            parts = [(text, look.on_cursor(style)) for text, style in parts]
        return row_strip(parts, cells, look.text)

    def _values(
        self, plot: Plot, texts: CardTexts, selection: Selection, look: Look, room: int, name: int
    ) -> list[Part]:
        """The shown run's mark and value of each tag, the best run's mark, the best run's name, as far as they fit.

        The less they tell, the more of the title's `name` cells they leave.
        """
        parts: list[Part] = []
        in_order = [(more, _LEAST_NAME) for more in self._of_tags(plot, texts, selection, look)]
        in_order += zip(self._of_best(texts, look), (_ENOUGH_NAME, name), strict=False)
        for more, left in in_order:
            if cells_of([*parts, *more]) + min(left, name) + 1 > room:
                break
            parts += more
        return parts

    def _of_tags(self, plot: Plot, texts: CardTexts, selection: Selection, look: Look) -> list[list[Part]]:
        found = []
        for curve, label in zip_longest(texts.shown, texts.labels):
            point = readout(curve, selection.cursor)
            if point is None:
                continue
            style = look.faint if point.beyond else look.text if math.isfinite(point.value) else look.error
            colour = self._shared.runs.style(curve.run, look)
            start = [(f" {self._shared.runs.mark(curve.run)} ", colour)]
            if label is not None:
                sample = pattern_sample(plot.tags.index(curve.tag), _SAMPLE)
                start = [(f"  {sample} ", colour), (f"{printable(label)} ", look.dim)]
            found.append([*start, (number(point.value), style)])
        return found

    def _of_best(self, texts: CardTexts, look: Look) -> list[list[Part]]:
        if texts.best is None:
            return []
        style = self._shared.runs.style(texts.best.run, look)
        mark, name = self._shared.runs.mark(texts.best.run), self._shared.runs.name(texts.best.run)
        return [[(f"  ★ {mark}", style)], [(f" {name}", style)]]


def _seen(selection: Selection) -> tuple[object, ...]:
    """What of the selection a card shows that is not in its plot."""
    return selection.cursor, selection.mark, selection.superseded


def gutter_of(plots: Iterable[tuple[Plot, int]]) -> int:
    """Cells that the labels of y take beside cards of so many lines each, with a blank on both sides."""
    labels = (label for plot, lines in plots if plot.window for _, label in _ticks(plot.window, lines - 1))
    return _MARGIN + max(map(width, labels), default=0) + 1


_ticks = lru_cache(maxsize=512)(y_ticks)

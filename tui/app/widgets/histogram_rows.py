"""The rows density of histograms: the silhouette of the step shown, mean, spread, what is odd, and the range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.style import Style
from textual.strip import Strip

from logging_lib.tfevents import plugins
from tui.analysis.distribution import equal_edges, rebin
from tui.app.blob_steps import step_line
from tui.app.distributions import Distribution, Measures, read_distribution
from tui.app.histogram_readout import share
from tui.app.parts import Part
from tui.app.widgets.tag_rows import Line, TagRows
from tui.render.cells import fit
from tui.render.numbers import count, number
from tui.render.sparkline import sparkline
from tui.render.strips import row_strip

_LABEL_EXTRA = 5
_STEP = 8
_SILHOUETTE_LEAST, _SILHOUETTE_MOST = 10, 48


class _Columns(NamedTuple):
    """Cells of each column, 0 for one that is left out. `odd` says in words what `zeros`, `ends` and `lost` say."""

    name: int
    silhouette: int
    mean: int
    odd: int
    zeros: int
    ends: int
    lost: int
    range: int


class HistogramRows(TagRows):
    """All histogram tags of the visible runs."""

    kind = plugins.HISTOGRAMS

    def label_cells(self, width: int) -> int:
        return self._columns(width).name

    def _columns(self, cells: int) -> _Columns:
        """What there is room for, in the order of worth."""
        room = cells - _LABEL_EXTRA - _STEP - 1
        name = min(max(self.longest_name, 6), max(8, room * 2 // 5))
        room -= name + _SILHOUETTE_LEAST
        wanted = {"mean": 24, "odd": 14, "zeros": 7, "ends": 9, "lost": 9, "range": 24}
        kept = dict.fromkeys(wanted, 0)
        for column, least in wanted.items():
            if column in ("zeros", "ends", "lost"):
                continue
            kept[column] = least if room >= least else 0
            room -= kept[column]
        apart = wanted["zeros"] + wanted["ends"] + wanted["lost"]
        if kept["odd"] and room + kept["odd"] >= apart:
            room -= apart - kept["odd"]
            kept |= {"odd": 0, "zeros": wanted["zeros"], "ends": wanted["ends"], "lost": wanted["lost"]}
        return _Columns(name, min(_SILHOUETTE_LEAST + max(room, 0), _SILHOUETTE_MOST), **kept)

    def heading(self, width: int) -> list[Strip]:
        look, columns = self.look, self._columns(width)
        title = self.title()
        taken = sum(len(text) for text, _ in title)
        blank = " " * max(1, columns.name + _LABEL_EXTRA + columns.silhouette - taken)
        heads = zip(
            ("mean ± std", "", "zeros", "at ends", "NaN/Inf", "range", "step"), (*columns[2:], _STEP), strict=True
        )
        text = "".join(fit(head, cells, align="right") for head, cells in heads)
        return [row_strip([*title, (blank, look.text), (text, look.dim)], width, look.text)]

    def tag_parts(self, line: Line, width: int, label: list[Part]) -> list[Part]:
        look, key = self.look, self.key_of(line)
        columns = self._columns(width)
        series = self.snapshot.blobs[key]
        steps = step_line(series)
        at = steps.at(self.selection.step)
        found = self.shared.blobs.get(series.refs[int(steps.entries[at])], read_distribution)
        parts = [*label]
        if not isinstance(found, Distribution):
            style = look.error if found else look.dim
            parts.append((fit(found or "reading…", sum(columns[1:]), keep="end"), style))
        else:
            parts += self._told(found, self.shared.runs.style(key.run, look), columns)
        return [*parts, (fit(count(int(steps.steps[at])), _STEP, align="right"), look.dim)]

    def _told(self, found: Distribution, colour: Style, columns: _Columns) -> list[Part]:
        look, measures = self.look, found.measures
        if measures is None:
            words = f"no value but NaN and infinities ({share(found.lost)})" if found.lost else "empty"
            return [(fit(words, sum(columns[1:])), look.error if found.lost else look.dim)]
        middle = f"{number(measures.moments.mean)} ± {number(measures.moments.std)}"
        ends = f"{number(measures.span[0])} … {number(measures.span[1])}"
        alarm = " NaN" if found.lost and not (columns.odd or columns.lost) else ""
        return [
            (self._silhouette(found, measures, columns.silhouette - len(alarm)), colour),
            (alarm, look.error),
            (fit(middle, columns.mean, align="right"), look.text),
            *self._odd_parts(found, measures, columns),
            (fit(ends, columns.range, align="right"), look.dim),
        ]

    def _silhouette(self, found: Distribution, measures: Measures, cells: int) -> str:
        whole = measures.core if self.selection.no_outliers else measures.span
        edges = equal_edges([whole], 2 * cells)
        if edges is None:
            return " " * cells
        return sparkline(rebin(found.buckets, edges), cells, glyphs=self.shared.sparks.glyphs).text

    def _odd_parts(self, found: Distribution, measures: Measures, columns: _Columns) -> Sequence[Part]:
        """Which part of the values is zero, piled up at the ends, or no number; in a narrow pane the worst of it."""
        look = self.look
        if not columns.odd:
            return [
                (fit(share(measures.zeros), columns.zeros, align="right"), look.text),
                (fit(share(measures.clipped), columns.ends, align="right"), look.warning),
                (fit(share(found.lost), columns.lost, align="right"), look.error),
            ]
        if found.lost:
            words, style = f"{share(found.lost)} NaN/Inf", look.error
        elif measures.clipped > measures.zeros:
            words, style = f"{share(measures.clipped)} at ends", look.warning
        else:
            words, style = f"{share(measures.zeros)} zeros" if measures.zeros else "", look.text
        return [(fit(words, columns.odd, align="right"), style)]

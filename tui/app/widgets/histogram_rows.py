"""The rows density of histograms: the newest silhouette, mean, spread and range of every tag."""

from __future__ import annotations

from rich.style import Style
from textual.strip import Strip

from logging_lib.tfevents import plugins
from logging_lib.tfevents.histogram import Buckets
from tui.analysis.distribution import moments, rebin, shared_edges, usable
from tui.app.parts import Part
from tui.app.widgets.tag_rows import Line, TagRows
from tui.render.cells import fit
from tui.render.numbers import count, number
from tui.render.sparkline import sparkline
from tui.render.strips import row_strip

_LABEL_EXTRA = 5
_MEAN, _RANGE, _STEP = 24, 24, 8
_SILHOUETTE_LEAST, _SILHOUETTE_MOST = 10, 48


class HistogramRows(TagRows):
    """All histogram tags of the visible runs."""

    kind = plugins.HISTOGRAMS

    def label_cells(self, width: int) -> int:
        return self._columns(width)[0]

    def _columns(self, cells: int) -> tuple[int, int, int, int]:
        """Cells of name, silhouette, mean and range; 0 for a column that is left out."""
        room = cells - _LABEL_EXTRA - _STEP - 1
        name = min(max(self.longest_name, 6), max(8, room * 2 // 5))
        room -= name + _SILHOUETTE_LEAST
        mean = _MEAN if room >= _MEAN else 0
        room -= mean
        spread = _RANGE if room >= _RANGE else 0
        room -= spread
        return name, min(_SILHOUETTE_LEAST + max(room, 0), _SILHOUETTE_MOST), mean, spread

    def heading(self, width: int) -> list[Strip]:
        look, (name, silhouette, mean, spread) = self.look, self._columns(width)
        title = self.title()
        taken = sum(len(text) for text, _ in title)
        blank = " " * max(1, name + _LABEL_EXTRA + silhouette - taken)
        heads = fit("mean ± std", mean, align="right") + fit("range", spread, align="right")
        heads += fit("step", _STEP, align="right")
        return [row_strip([*title, (blank, look.text), (heads, look.dim)], width, look.text)]

    def tag_parts(self, line: Line, width: int, label: list[Part]) -> list[Part]:
        look, key = self.look, self.key_of(line)
        _, silhouette, mean, spread = self._columns(width)
        series = self.snapshot.blobs[key].current()
        parts = [*label]
        newest = self.shared.blobs.get(series.refs[-1])
        if not isinstance(newest, Buckets):
            style = look.error if newest else look.dim
            parts.append((fit(newest or "reading…", silhouette + mean + spread, keep="end"), style))
        else:
            parts += self._buckets_parts(newest, self.shared.runs.style(key.run, look), silhouette, mean, spread)
        return [*parts, (fit(count(int(series.steps[-1])), _STEP, align="right"), look.dim)]

    def _buckets_parts(self, buckets: Buckets, colour: Style, silhouette: int, mean: int, spread: int) -> list[Part]:
        look, edges = self.look, shared_edges([buckets], 2 * silhouette)
        of_values, filled = moments(buckets), usable(buckets)
        if edges is None or of_values is None:
            return [(fit("empty", silhouette + mean + spread), look.dim)]
        middle = f"{number(of_values.mean)} ± {number(of_values.std)}"
        ends = f"{number(float(filled.left[0]))} … {number(float(filled.right.max()))}"
        return [
            (sparkline(rebin(buckets, edges), silhouette, glyphs=self.shared.sparks.glyphs).text, colour),
            (fit(middle, mean, align="right"), look.text),
            (fit(ends, spread, align="right"), look.dim),
        ]

"""The list of PR curve tags."""

from __future__ import annotations

import numpy as np

from logging_lib.tfevents import plugins
from tui.app.parts import Part
from tui.app.pr_curves import PrOutline, read_pr_outline
from tui.app.widgets.blob_rows import BlobRows
from tui.model import BlobRef
from tui.render.cells import fit
from tui.render.numbers import number
from tui.render.sparkline import sparkline
from tui.store.snapshot import BlobSeries

_AREA, _BEST = 10, 26
_CURVE_LEAST, _CURVE_MOST = 6, 24


class PrCurveRows(BlobRows):
    """All PR curve tags: precision over recall in small, the area below it, the best F1 and its threshold."""

    kind = plugins.PR_CURVES

    def summary(self, series: BlobSeries, ref: BlobRef, cells: int) -> list[Part]:
        look, found = self.look, self.shared.blobs.get(ref, read_pr_outline)
        if not isinstance(found, PrOutline):
            return [(fit(found or "reading…", cells, keep="end"), look.error if found else look.dim)]
        curve, area, best = _columns(cells)
        style = self.shared.runs.style(series.key.run, look)
        parts = [
            (_small(found, curve), style),
            (fit(number(found.area), area, align="right"), look.text),
            (fit(_best_text(found), best, align="right"), look.text),
        ]
        return [*parts, (" " * (cells - curve - area - best), look.text)]

    def summary_heads(self, cells: int, room: int) -> str:
        curve, area, best = _columns(cells)
        heads = fit("", curve) + fit("AP", area, align="right") + fit("best F1 @ threshold", best, align="right")
        return fit(heads, cells)[cells - room :]


def _columns(cells: int) -> tuple[int, int, int]:
    """Cells of the small curve, of the area and of the best F1; 0 for what is left out."""
    best = _BEST if cells >= _CURVE_LEAST + _AREA + _BEST else 0
    area = _AREA if cells >= _CURVE_LEAST + _AREA else 0
    return min(cells - area - best, _CURVE_MOST), area, best


def _small(found: PrOutline, cells: int) -> str:
    """Precision by recall, each from 0 to 1."""
    precision = np.clip(found.precision, 0.0, 1.0)
    return sparkline(precision, cells, x=found.recall, x_range=(0.0, 1.0), y_range=(0.0, 1.0)).text


def _best_text(found: PrOutline) -> str:
    return "-" if found.best is None else f"{number(found.best[0])} @ {number(found.best[1])}"

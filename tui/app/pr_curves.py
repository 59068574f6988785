"""Precision-recall curves as they are shown: what one comes to, and what it reads at a threshold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tui.analysis.pr import Bools, Floats, average_precision, best_place, defined, f1_scores
from tui.app.curves import nearest
from tui.model import BlobRef
from tui.reader.payload import PayloadError, PrCurve, read_pr_curve
from tui.render.chart import PlotArea
from tui.render.window import Window

MOST_THRESHOLDS = 20_000
"""More take too long to draw where a curve goes to and fro."""
_MOST_OUTLINED = 128
_FAR = 1e3
"""Ratios farther from 0 than this, which only a bug can log, are not worth making all others invisible."""


@dataclass(frozen=True, slots=True, eq=False)
class PrFacts:
    """A curve of n thresholds, and what it comes to.

    `on_curve` bool[n] tells where precision is defined; `recall`, `precision` and `f1` float64[n] are NaN elsewhere.
    `area` is the average precision, NaN without a point on the curve; `best` is where F1 is best.
    """

    curve: PrCurve
    on_curve: Bools
    recall: Floats
    precision: Floats
    f1: Floats
    area: float
    best: int | None

    @property
    def nbytes(self) -> int:
        """What the arrays take, about."""
        return 11 * self.recall.nbytes

    def at(self, threshold: float | None) -> int:
        """The place nearest to a threshold; for None where F1 is best."""
        return (self.best or 0) if threshold is None else nearest(self.curve.thresholds, threshold)

    def threshold(self, place: int) -> float:
        """The threshold at a place."""
        return float(self.curve.thresholds[place])


def read_pr_facts(ref: BlobRef) -> PrFacts:
    """A curve with what it comes to.

    Raises:
        PayloadError: as `read_pr_curve`, or it has more than MOST_THRESHOLDS.
    """
    curve = read_pr_curve(ref)
    if len(curve.recall) > MOST_THRESHOLDS:
        raise PayloadError(f"{len(curve.recall)} thresholds: at most {MOST_THRESHOLDS} are drawn")
    return pr_facts(curve)


def pr_facts(curve: PrCurve) -> PrFacts:
    """What a curve comes to."""
    on_curve = defined(curve.true_positives, curve.false_positives, curve.precision, curve.recall)
    recall, precision = (np.where(on_curve, ratios, np.nan) for ratios in (curve.recall, curve.precision))
    f1 = f1_scores(precision, recall)
    area = average_precision(precision[on_curve], recall[on_curve])
    return PrFacts(curve, on_curve, recall, precision, f1, area, best_place(f1))


@dataclass(frozen=True, slots=True, eq=False)
class PrOutline:
    """What the list shows of a curve: `recall`, ascending, and `precision` of some of its points, float64[m], the area
    below all of them, and the best F1 with its threshold, if there is one.
    """

    recall: Floats
    precision: Floats
    area: float
    best: tuple[float, float] | None


def read_pr_outline(ref: BlobRef) -> PrOutline:
    """The outline of a curve; a hundred rows of long curves would not fit the cache.

    Raises:
        PayloadError: as `read_pr_facts`.
    """
    facts = read_pr_facts(ref)
    on_curve = np.flatnonzero(facts.on_curve)
    order = on_curve[np.argsort(facts.recall[on_curve], kind="stable")]
    some = order[np.unique(np.linspace(0, len(order) - 1, _MOST_OUTLINED).astype(np.intp))] if len(order) else order
    best = None if facts.best is None else (float(facts.f1[facts.best]), facts.threshold(facts.best))
    return PrOutline(facts.recall[some], facts.precision[some], facts.area, best)


def plane_of(curves: Iterable[PrFacts]) -> Window:
    """What there is to see of recall and precision: from 0 to 1, and farther where a curve has ratios that are none."""
    x, y = [0.0, 1.0], [0.0, 1.0]
    for facts in curves:
        if facts.on_curve.any():
            x += [float(np.nanmin(facts.recall)), float(np.nanmax(facts.recall))]
            y += [float(np.nanmin(facts.precision)), float(np.nanmax(facts.precision))]
    return Window(max(min(x), -_FAR), min(max(x), _FAR), max(min(y), -_FAR), min(max(y), _FAR))


# Places on a curve


def cells_on(facts: PrFacts, window: Window, area: PlotArea) -> tuple[Floats, Floats]:
    """Column and row of the cells, inside the axes, in which a curve's points are; each [n], NaN off the curve."""
    column = np.floor((window.x_dots(facts.recall, 2 * area.width) + 0.5) / 2)
    row = np.floor((window.y_dots(facts.precision, 4 * area.height) + 0.5) / 4)
    return column, row


def next_place(facts: PrFacts, place: int, window: Window, area: PlotArea, *, back: bool) -> int:
    """The next place on the curve, or the one before, that is seen to be another; the last where there is none."""
    column, row = cells_on(facts, window, area)
    on_curve = np.flatnonzero(facts.on_curve)
    ahead = on_curve[on_curve < place][::-1] if back else on_curve[on_curve > place]
    other = ahead[(column[ahead] != column[place]) | (row[ahead] != row[place])]
    return int(other[0]) if len(other) else int(ahead[-1]) if len(ahead) else place


def nearest_threshold(curves: Sequence[PrFacts], column: int, row: int, window: Window, area: PlotArea) -> float | None:
    """The threshold of the point, on any of the curves, nearest to a cell inside the axes; None without a point."""
    found = min(_distances(curves, column, row, window, area), default=None)
    return found[1] if found is not None else None


def place_of(column: int, row: int, window: Window, area: PlotArea) -> tuple[float, float]:
    """Recall and precision in the middle of a cell inside the axes."""
    down = (row + 0.5) / area.height
    return float(window.x_at(2 * column + 0.5, 2 * area.width)), window.y1 * (1 - down) + window.y0 * down


def _distances(
    curves: Sequence[PrFacts], column: int, row: int, window: Window, area: PlotArea
) -> Iterator[tuple[float, float]]:
    for facts in curves:
        columns, rows = cells_on(facts, window, area)
        # A cell is twice as high as it is wide.
        distance = np.where(facts.on_curve, np.hypot(columns - column, 2 * (rows - row)), np.inf)
        if facts.on_curve.any():
            at = int(np.argmin(distance))
            yield float(distance[at]), facts.threshold(at)

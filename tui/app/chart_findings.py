"""Where in a chart something was found: marks at its upper edge, and what was found at the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.analysis.health import Finding, Severity
from tui.app.findings import MARKS, ORDER, Findings
from tui.app.jumps import place_in
from tui.app.plot import Plot
from tui.render.chart import Flag


class Found(NamedTuple):
    """A finding of a series that is drawn, and where on the x axis its step is."""

    x: float
    finding: Finding


class ChartFindings:
    """The findings of a plot's curves by x, found anew only where the plot or the findings are others."""

    def __init__(self) -> None:
        self._known: tuple[Plot, Findings, tuple[Found, ...]] | None = None

    def of(self, plot: Plot, findings: Findings) -> tuple[Found, ...]:
        """Ascending; of one x the worst first."""
        known = self._known
        if known is None or known[0] is not plot or known[1] is not findings:
            known = self._known = plot, findings, _found(plot, findings)
        return known[2]


def _found(plot: Plot, findings: Findings) -> tuple[Found, ...]:
    of_series = findings.of_series
    found = [
        Found(x, finding)
        for curve in (plot.curves if of_series else ())
        for finding in of_series.get((curve.run, curve.tag), ())
        if finding.step is not None and (x := place_in(curve, finding.step)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (one.x, ORDER.index(one.finding.severity))))


def flags(found: Sequence[Found]) -> tuple[Flag, ...]:
    """The marks, the worst last."""
    in_order = sorted(found, key=lambda one: -ORDER.index(one.finding.severity))
    return tuple(Flag(one.x, MARKS[one.finding.severity], one.finding.severity is Severity.ERROR) for one in in_order)


def within(found: Sequence[Found], first: float, last: float) -> list[Found]:
    """Those in a stretch of x, both ends included."""
    return [one for one in found if first <= one.x <= last]

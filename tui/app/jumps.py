"""Where a finding leads: the selection that shows the step at which it was found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from logging_lib.tfevents import plugins
from tui.analysis.health import Finding
from tui.app.blob_steps import Place
from tui.app.choices import Fit, Tab
from tui.app.curves import RunCurve, by_progress, prepare
from tui.app.selection import Selection
from tui.model import SeriesKey
from tui.store.snapshot import StoreSnapshot


def shown_at(finding: Finding, snapshot: StoreSnapshot, selection: Selection) -> Selection | None:
    """The selection that shows the step of a finding in the full view of its tag; None where it names none, or where
    its tag is no more.

    The run is shown and in focus, whatever was hidden; the tab that it is called from is where Esc leads back to.
    """
    if not finding.tag or finding.step is None:
        return None
    seen = replace(
        selection,
        focused_run=finding.run,
        hidden=selection.hidden - {finding.run},
        back_to=selection.tab,
    )
    series = snapshot.scalars.get(SeriesKey(finding.run, finding.tag, plugins.SCALARS))
    if series is not None:
        curve = prepare(series, selection.axis, 0.0)
        x = place_in(by_progress(curve) if selection.fit is Fit.PROGRESS else curve, finding.step)
        zoom = selection.zoom
        in_view = zoom is None or (x is not None and zoom[0] <= x <= zoom[1])
        return replace(seen, tab=Tab.SCALARS, tag=finding.tag, cursor=x, mark=None, zoom=zoom if in_view else None)
    if SeriesKey(finding.run, finding.tag, plugins.HISTOGRAMS) in snapshot.blobs:
        opened = seen.opening(Tab.HISTOGRAMS, finding.tag)
        return replace(opened, tab=Tab.HISTOGRAMS, step=Place(finding.step))
    return None


def place_in(curve: RunCurve, step: int) -> float | None:
    """Where a step lies on the x axis of a curve: at the first point of that step, else at the nearest one."""
    if not len(curve.steps):
        return None
    apart = np.abs(curve.steps.astype(np.float64) - step)
    return float(curve.x[int(np.argmin(apart))])

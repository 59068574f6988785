"""What the full histogram view shows of a series: which steps, and their shapes on common edges."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logging_lib.tfevents.histogram import Buckets
from tui.analysis.distribution import rebin, shared_edges
from tui.analysis.ticks import ticks
from tui.analysis.x_axis import Indices
from tui.render.chart import Tick
from tui.render.numbers import count
from tui.render.ridgeline import Ridge, RidgelineSpec
from tui.store.snapshot import BlobSeries

# What TensorBoard shows; finer ones show the writer's buckets rather than the values.
BINS = 30
_CELLS_A_TICK = 12


def picked(n: int, most: int, chosen: int) -> list[int]:
    """At most `most` of `n` places, evenly spread with both ends, and `chosen` in place of its nearest."""
    if n <= most:
        return list(range(n))
    if most == 1:
        return [chosen]
    picks = np.unique(np.linspace(0, n - 1, most).round().astype(int)).tolist()
    picks[min(range(len(picks)), key=lambda i: abs(picks[i] - chosen))] = chosen
    return sorted(set(picks))


def ridgeline_spec(series: BlobSeries, found: Mapping[int, Buckets], chosen: int, width: int) -> RidgelineSpec | None:
    """The ridgeline of the decoded entries (entry -> buckets), None where all are empty.

    A ridge is called by its step, in brackets where the entry is superseded.
    """
    edges = shared_edges(found.values(), BINS)
    if edges is None:
        return None
    entries = sorted(found)
    return RidgelineSpec(
        [Ridge(_label(series, entry), rebin(found[entry], edges)) for entry in entries],
        edges,
        chosen=entries.index(chosen) if chosen in found else None,
        x_ticks=value_ticks(float(edges[0]), float(edges[-1]), width),
    )


def _label(series: BlobSeries, entry: int) -> str:
    step = count(int(series.steps[entry]))
    return f"({step})" if is_superseded(series, entry) else step


def shown_entries(series: BlobSeries, *, superseded: bool) -> Indices:
    """The entries of a series to show, in file order: those that are current, or all."""
    if superseded or series.superseded is None:
        return np.arange(len(series.steps))
    return np.flatnonzero(~series.superseded)


def is_superseded(series: BlobSeries, entry: int) -> bool:
    """Whether a restarted run logged the entry again."""
    return series.superseded is not None and bool(series.superseded[entry])


def value_ticks(lo: float, hi: float, width: int) -> list[Tick]:
    """Ticks of an axis of values, `width` cells long."""
    return [(tick.value, tick.label) for tick in ticks(lo, hi, max(2, width // _CELLS_A_TICK))]

"""Prepared curves, kept: made again only when they must be, and extended where points were appended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from weakref import WeakValueDictionary

import numpy as np

from tui.analysis.smooth import ema_continued
from tui.analysis.x_axis import XAxis, order, x_values
from tui.app.choices import Fit, Spread
from tui.app.curves import Floats, RunCurve, by_progress, prepare
from tui.app.selection import Selection
from tui.model import SeriesKey
from tui.store.columns import Column
from tui.store.snapshot import ScalarSeries


class CurveCache:
    """Prepared curves, made again only when their series, the axis, its fit or the weight changed."""

    def __init__(self) -> None:
        self._known: dict[SeriesKey, tuple[int, _Way, _Growing]] = {}
        self._shared: WeakValueDictionary[tuple[int, float, float], _SharedX] = WeakValueDictionary()

    def of(self, series: ScalarSeries, selection: Selection) -> RunCurve:
        """The curve of a series under a selection. Curves with equal x mostly have the same array."""
        spread = selection.aggregation.spread if selection.aggregation is not None else None
        way = _Way(selection.axis, selection.fit is Fit.PROGRESS, selection.smoothing_weight, spread)
        version, known_way, growing = self._known.get(series.key, (-1, None, None))
        if growing is None or known_way != way or (version != series.version and not way.grows(growing, series)):
            growing = self._prepared(way.curve(series))
        self._known[series.key] = series.version, way, growing
        return growing.curve

    def _prepared(self, curve: RunCurve) -> _Growing:
        if not len(curve.x):
            return _Growing(curve, _SharedX(curve.x))
        ends = len(curve.x), float(curve.x[0]), float(curve.x[-1])
        shared = self._shared.get(ends)
        if shared is None or not shared.begins_with(curve.x):
            shared = self._shared[ends] = _SharedX(curve.x)
        return (
            _Growing(replace(curve, x=shared.x), shared) if len(shared.x) == len(curve.x) else _Growing(curve, shared)
        )

    def keep_only(self, keys: Sequence[SeriesKey]) -> None:
        """Forget the curves that are not shown: each holds copies of its points."""
        self._known = {key: self._known[key] for key in keys if key in self._known}


class _Way(NamedTuple):
    """How curves are prepared."""

    axis: XAxis
    progress: bool
    weight: float
    spread: Spread | None

    def curve(self, series: ScalarSeries) -> RunCurve:
        """The curve of a series."""
        curve = prepare(series, self.axis, self.weight, self.spread)
        return by_progress(curve) if self.progress else curve

    def grows(self, growing: _Growing, series: ScalarSeries) -> bool:
        """Let a curve grow with its series, if it can."""
        return not self.progress and growing.extend(series, self.axis, self.weight)


class _Growing:
    """A curve that is extended by what is appended to its series: a point is added to a million, no array is copied."""

    def __init__(self, curve: RunCurve, shared: _SharedX) -> None:
        self.curve = curve
        self._shared = shared
        self._smoothed: Column[np.float64] = Column(np.float64)

    def extend(self, series: ScalarSeries, axis: XAxis, weight: float) -> bool:
        """Make it the curve of a later version; returns whether that can be done so."""
        curve = self.curve
        old, new = (curve.values, curve.steps, curve.wall_times), (series.values, series.steps, series.wall_times)
        # What a series showed once is never written again: arrays in the same memory begin with the same points.
        same = all(a.base is not None and a.base is b.base for a, b in zip(old, new, strict=True))
        end = len(curve.x)
        if not same or not end or series.superseded is not None or math.isnan(curve.first_wall_time):
            return False
        x = x_values(axis, series.steps[end:], series.wall_times[end:], curve.first_wall_time)
        if order(np.concatenate((curve.x[-1:], x))) is not None:
            return False
        if not self._shared.holds(end, x):
            self._shared = _SharedX(curve.x)
        smoothed = series.values
        if weight:
            before = np.asarray(curve.smoothed, np.float64)
            if not len(self._smoothed):
                self._smoothed.extend(before)
            self._smoothed.extend(ema_continued(before, series.values[end:], weight))
            smoothed = self._smoothed.view()
        self.curve = replace(
            curve,
            x=self._shared.extended(end, x),
            values=series.values,
            smoothed=smoothed,
            steps=series.steps,
            wall_times=series.wall_times,
        )
        return True


class _SharedX:
    """The x of curves that are equal as far as they go. Runs that log at the same steps have them in common, which
    spares memory, and comparing them whenever they are drawn.
    """

    def __init__(self, x: Floats) -> None:
        self.x = x
        self._column: Column[np.float64] = Column(np.float64)

    def begins_with(self, x: Floats) -> bool:
        """Whether these are the first x."""
        return len(x) <= len(self.x) and bool((self.x[: len(x)] == x).all())

    def holds(self, end: int, more: Floats) -> bool:
        """Whether `more` stands after the first `end`, or can be put there."""
        known = self.x[end : end + len(more)]
        return len(known) == 0 if len(self.x) == end else len(known) == len(more) and bool((known == more).all())

    def extended(self, end: int, more: Floats) -> Floats:
        """The first `end` x with `more` after them: they are held, or none is after them yet."""
        if len(self.x) == end and len(more):
            if not len(self._column):
                self._column.extend(self.x)
            self._column.extend(more)
            self.x = self._column.view()
        return self.x if len(self.x) == end + len(more) else self.x[: end + len(more)]

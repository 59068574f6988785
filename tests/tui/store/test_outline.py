"""Outlines of series: what they keep, whatever is added and superseded afterwards."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.model import Origin, ScalarBatch, SeriesKey
from tui.store.outline import MOST_POINTS, outline
from tui.store.scalars import GrowingScalars
from tui.store.snapshot import ScalarSeries

KEY = SeriesKey("run", "tag", "scalars")
Floats = npt.NDArray[np.float32]
VALUES = arrays(np.float32, st.integers(1, 400), elements=st.floats(width=32), fill=st.nothing())


def facts(series: ScalarSeries) -> tuple[object, ...]:
    """What lists say of a series, as text: a NaN equals another one there."""
    now = series.current()
    finite = np.isfinite(now.values)
    some, their_steps = now.values[finite], now.steps[finite]
    at = (some.argmin(), some.argmax()) if finite.any() else ()
    ends, places = [some[place] for place in at], [int(their_steps[place]) for place in at]
    last = (now.steps.max(), now.steps[-1], str(now.values[-1])) if len(now.steps) else ()
    bad = series.steps[~np.isfinite(series.values)][:1].tolist()
    return (len(series.steps) + series.left_out, *map(str, ends), *places, *last, *bad, series.steps[0])


@settings(max_examples=30)
@given(VALUES, st.data())
def test_an_outline_has_what_lists_say(values: Floats, data: st.DataObject) -> None:
    count = len(values)
    steps = data.draw(arrays(np.int64, count, elements=st.integers(-9, 99), fill=st.nothing()))
    times = data.draw(arrays(np.float64, count, elements=st.floats(allow_nan=True), fill=st.nothing()))
    superseded = data.draw(st.none() | arrays(np.bool_, count))
    places = outline(steps, times, values, superseded)
    assert len(places) <= MOST_POINTS
    assert (np.diff(places) > 0).all()
    whole = ScalarSeries(KEY, 1, steps, times, values, superseded)
    part = picked(whole, places)
    assert facts(part) == facts(whole)
    again = places[outline(part.steps, part.wall_times, part.values, part.superseded)]
    assert facts(picked(whole, again)) == facts(whole)


def picked(series: ScalarSeries, places: npt.NDArray[np.intp]) -> ScalarSeries:
    """An outline of a series."""
    flags = None if series.superseded is None else series.superseded[places]
    arrays = series.steps[places], series.wall_times[places], series.values[places]
    return ScalarSeries(KEY, 1, *arrays, flags, len(series.steps) - len(places))


def batch(path: str, first: int, values: Floats, *, at: float = 0.0, session: int = 0) -> ScalarBatch:
    steps = np.arange(first, first + len(values))
    return ScalarBatch(KEY, Origin(path, session), steps, at + steps.astype(np.float64), values)


def test_points_go_on_behind_an_outline() -> None:
    series, whole = GrowingScalars(KEY), GrowingScalars(KEY)
    values = np.sin(np.arange(1000, dtype=np.float32))
    for start in range(0, 1000, 250):
        for one in (series, whole):
            one.append(batch("a", start, values[start : start + 250]))
        series.thin()
        assert facts(series.freeze(1)) == facts(whole.freeze(1))
    assert (series.count, whole.count, series.left_out + len(series)) == (1000, 1000, 1000)
    assert len(series) <= MOST_POINTS
    assert series.nbytes < whole.nbytes / 5
    assert series.whole_bytes == 1300 + 20 * 1000
    assert not series.outdated
    assert not whole.left_out


def test_a_short_series_stays_whole() -> None:
    series = GrowingScalars(KEY)
    series.append(batch("a", 0, np.zeros(2 * MOST_POINTS - 1, np.float32)))
    assert not series.thin()
    assert series.left_out == 0


def test_the_interval_is_that_of_points_in_a_row_or_unknown() -> None:
    series = GrowingScalars(KEY)
    series.append(batch("a", 0, np.zeros(1000, np.float32)))
    assert series.interval() == 1.0
    series.thin()
    assert series.interval() is None
    series.append(batch("a", 1000, np.zeros(65, np.float32)))
    assert series.interval() == 1.0


def test_a_restart_makes_an_outline_outdated() -> None:
    series = GrowingScalars(KEY)
    series.append(batch("a", 0, np.arange(1000, dtype=np.float32)))
    series.thin()
    series.append(batch("b", 500, np.zeros(200, np.float32), at=10_000.0))
    frozen = series.freeze(1)
    assert series.outdated
    assert frozen.superseded is not None
    assert frozen.superseded.tolist() == [
        step >= 500 and value > 0 for step, value in zip(frozen.steps, frozen.values, strict=True)
    ]
    assert len(series) + series.left_out == 1200


def test_each_session_keeps_a_point_and_a_file_is_forgotten_with_what_was_left_out() -> None:
    series = GrowingScalars(KEY)
    for number, name in enumerate("abc"):
        series.append(batch(name, 1000 * number, np.full(300, number, np.float32), at=0.0))
    series.freeze(1)
    series.thin()
    assert series.count == 900
    assert series.forget("a") == 300
    assert series.outdated
    assert series.forget("c") == 300
    assert (series.count, series.left_out) == (300, 300 - len(series))
    assert set(series.freeze(2).values.tolist()) == {1.0}
    assert series.forget("b") == 300
    assert (series.count, series.left_out, len(series)) == (0, 0, 0)
    series.append(batch("a", 0, np.array([math.nan], np.float32)))
    assert (series.count, series.left_out, series.ends_finite) == (1, 0, False)

"""What is derived from series and kept: facts, sparklines, differences to a baseline."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from tests.tui.app.views import scalar_series
from tui.analysis.comparison import Difference
from tui.analysis.statistics import Extremes, Trend
from tui.app.facts import DifferenceCache, Facts, FactsCache, Frame, SparkCache
from tui.render.sparkline import sparkline

NAN = math.nan


def test_facts_of_a_series() -> None:
    facts = FactsCache().of(scalar_series([4.0, 1.0, 3.0, 2.0], steps=[0, 10, 20, 5]))
    assert facts == Facts(2.0, 5, Trend(-1 / 3, "down"), Extremes(1.0, 10, 4.0, 0))


def test_facts_of_what_cannot_be_drawn() -> None:
    facts = FactsCache().of(scalar_series([NAN, math.inf]))
    assert (facts.last, facts.last_step, facts.trend, facts.extremes) == (math.inf, 1, None, None)
    after = FactsCache().of(scalar_series([1.0, NAN]))
    assert math.isnan(after.last) and after.extremes == Extremes(1.0, 0, 1.0, 0)


def test_facts_are_computed_once_a_version() -> None:
    cache, series = FactsCache(), scalar_series([1.0, 2.0])
    first = cache.of(series)
    assert cache.of(replace(series)) is first
    assert cache.of(scalar_series([1.0, 2.0, 3.0], version=2)).last == 3.0
    assert cache.of(scalar_series([9.0], run="other")).last == 9.0
    assert cache.of(scalar_series([1.0, 2.0, 3.0], version=2)) is cache.of(scalar_series([0.0], version=2))


def test_sparklines_are_drawn_once_a_version_and_width() -> None:
    cache, series = SparkCache(), scalar_series([1.0, 2.0])
    first = cache.of(series, 4)
    assert first == sparkline(series.values, 4)
    assert cache.of(replace(series), 4) is first
    assert cache.of(series, 5) == sparkline(series.values, 5)
    longer = scalar_series([1.0, 2.0, 0.5], version=2)
    assert cache.of(longer, 5) == sparkline(longer.values, 5)
    assert cache.of(scalar_series([9.0], run="other"), 5) == sparkline(np.array([9.0]), 5)


def test_a_frame_is_shared_by_sparklines_of_any_length_and_order() -> None:
    cache, frame = SparkCache(), Frame((0, 3), (0.0, 3.0))
    low, high = scalar_series([0.0, 0.0, 0.0, 0.0], run="low"), scalar_series([3.0, 3.0], run="high")
    assert cache.of(low, 2, frame).text == "⣀⣀"
    assert cache.of(high, 2, frame).text == "⣿ "
    assert cache.of(low, 2).text == "⣤⣤"
    backwards = scalar_series([3.0, 0.0], steps=[3, 0], run="backwards")
    assert cache.of(backwards, 2, frame).text == cache.of(scalar_series([0.0, 3.0], steps=[0, 3]), 2, frame).text


def test_differences_are_found_once_a_version_of_either() -> None:
    cache = DifferenceCache()
    base, series = scalar_series([1.0, 2.0], run="base"), scalar_series([1.0, 3.0])
    first = cache.of(series, base)
    assert first == Difference(1.0, 0.5, 1)
    assert cache.of(replace(series), replace(base)) is first
    assert cache.of(scalar_series([1.0, 4.0], version=2), base) == Difference(2.0, 1.0, 1)
    assert cache.of(series, scalar_series([1.0, 3.0], run="base", version=2)) == Difference(0.0, 0.0, 1)
    assert cache.of(series, scalar_series([3.0, 3.0], run="other")) == Difference(0.0, 0.0, 1)
    assert cache.of(series, scalar_series([1.0], steps=[5], run="late")) is None

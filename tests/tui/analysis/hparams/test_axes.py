"""Axes of parallel coordinates: scales, places, and ranges that rows are within."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from logging_lib.tfevents.hparams import HParam
from tests.tui.analysis.hparams.snapshots import frame_of
from tui.analysis.hparams.axes import Axis, Brush, Scale, axes_order, axis_of, brushed


def axis(values: list[HParam], scale: Scale | None = None) -> Axis | None:
    frame = frame_of({"x": values})
    return axis_of(frame, frame.hparams[0], scale)


def test_numbers_are_linear_or_logarithmic() -> None:
    linear = axis([1.0, 3.0, 2.0, None, math.nan, math.inf])
    assert linear is not None
    assert (linear.scale, linear.low, linear.high) == (Scale.LINEAR, 1.0, 3.0)
    np.testing.assert_array_equal(linear.places, [0.0, 1.0, 0.5, np.nan, np.nan, np.nan])
    log = axis([1e-4, 1e-2, 1e-3])
    assert log is not None
    assert log.scale is Scale.LOG
    np.testing.assert_allclose(log.places, [0.0, 1.0, 0.5])
    assert log.value_at(0.5) == pytest.approx(1e-3)
    assert linear.value_at(0.25) == 1.5
    assert linear.label_at(0.5) is None


def test_a_chosen_scale_that_fits() -> None:
    for values, scale, expected in (
        ([1.0, 2.0], Scale.LOG, Scale.LOG),
        ([-1.0, 2.0], Scale.LOG, Scale.LINEAR),
        ([1e-4, 1.0], Scale.LINEAR, Scale.LINEAR),
        ([1.0, 2.0], Scale.CATEGORY, Scale.CATEGORY),
        (["a", 2.0], Scale.LINEAR, Scale.CATEGORY),
    ):
        found = axis(list(values), scale)
        assert found is not None
        assert found.scale is expected


def test_categories() -> None:
    found = axis(["b", "a", None, 2.0, 10.0, True, "a"])
    assert found is not None
    assert found.categories == ("2", "10", "true", "a", "b")
    np.testing.assert_array_equal(found.places, [1.0, 0.75, np.nan, 0.0, 0.25, 0.5, 0.75])
    assert [found.label_at(place) for place in (0.0, 0.6, 1.0)] == ["2", "true", "b"]


def test_one_value_is_in_the_middle_and_none_is_no_axis() -> None:
    for values in ([3.0, 3.0], ["a", "a"]):
        found = axis(list(values))
        assert found is not None
        assert found.places.tolist() == [0.5, 0.5]
    assert axis([None, None]) is None
    assert axis([math.nan, math.inf]) is None


def test_brushes() -> None:
    frame = frame_of({"x": [0.0, 1.0, 2.0, None], "y": ["a", "b", "c", "a"]})
    x, y = frame.hparams
    axes = [found for column in (x, y) if (found := axis_of(frame, column)) is not None]
    assert brushed(axes, {}).tolist() == [True, True, True, True]
    assert brushed(axes, {x: Brush(1.0, 0.5)}).tolist() == [False, True, True, False]
    assert brushed(axes, {x: Brush(0.5, 1.0), y: Brush(0.0, 0.5)}).tolist() == [False, True, False, False]


def test_which_columns_have_axes() -> None:
    frame = frame_of(
        {"same": [1.0] * 20, "x": list(range(20)), "name": [f"n{i}" for i in range(20)], "o": ["a", "b"] * 10}
    )
    assert [column.name for column in axes_order(frame, frame.hparams)] == ["x", "o"]


@given(st.lists(st.one_of(st.none(), st.floats()), min_size=1, max_size=8), st.sampled_from([None, *Scale]))
@example([0.0, 5e-324], None)
@example([-1e308, 1e308], None)
@example([1.7976931348622105e308], Scale.LOG)
@example([5e-324, 1.7976931348623157e308], Scale.LOG)
def test_places_are_within_the_axis(values: list[float | None], scale: Scale | None) -> None:
    found = axis(list(values), scale)
    if found is not None:
        places = found.places[~np.isnan(found.places)]
        assert len(places)
        assert ((places >= 0) & (places <= 1)).all()
        assert all(found.place_of(found.end_at(place)) == pytest.approx(place) for place in places)


def test_an_end_of_a_range_keeps_its_value_when_rows_come() -> None:
    first, wider = axis([1.0, 10.0]), axis([1.0, 100.0])
    assert first is not None and wider is not None
    assert wider.place_of(first.end_at(1.0)) == pytest.approx(0.5)
    assert first.place_of(100.0) == pytest.approx(11.0)
    log, words, more = axis([1.0, 10.0], Scale.LOG), axis(["a", "c"]), axis(["a", "b", "c"])
    assert log is not None and words is not None and more is not None
    assert (log.place_of(math.sqrt(10)), log.place_of(-1.0), log.place_of("a")) == (pytest.approx(0.5), None, None)
    assert [more.place_of(words.end_at(place)) for place in (0.0, 1.0)] == [0.0, 1.0]
    assert (words.place_of("b"), words.place_of(1.0)) == (None, None)

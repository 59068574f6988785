"""Stretches of the x axis: zoomed, panned, brought to a place; never outside the data, never without points."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.zoom import Stretch, brought, clipped, holds_two, panned, zoomed

INF = math.inf
WHOLE = (0.0, 100.0)
POINTS = np.arange(101.0)


@pytest.mark.parametrize(
    ("view", "about", "factor", "found"),
    [
        ((0, 100), 100, 0.5, (50, INF)),
        ((0, 100), 0, 0.5, (0, 50)),
        ((0, 100), 60, 0.5, (30, 80)),
        ((30, 80), 60, 2.0, None),
        ((50, 100), 100, 2.0, None),
        ((40, 60), 50, 2.0, (30, 70)),
        ((0, 20), 20, 4.0, (0, 80)),
        ((50, 52), 51, 0.5, (50.5, 51.5)),
    ],
)
def test_zooming(view: Stretch, about: float, factor: float, found: Stretch | None) -> None:
    points = POINTS if view != (50, 52) else np.arange(0, 100.5, 0.5)
    assert zoomed(view, WHOLE, about, factor, points) == found


def test_two_points_stay_in_view() -> None:
    assert zoomed((50, 52), WHOLE, 51, 0.5, POINTS) == (50, 52)
    assert zoomed((0, 100), WHOLE, 50, 0.5, np.array([0.0, 100.0])) is None
    assert zoomed((3.0, 3.0), (3.0, 3.0), 3.0, 0.5, np.array([3.0])) is None


@pytest.mark.parametrize(
    ("view", "share", "found"),
    [
        ((20, 40), 0.25, (25, 45)),
        ((20, 40), -0.25, (15, 35)),
        ((20, 40), -2, (0, 20)),
        ((70, 95), 1, (75, INF)),
        ((0, 100), 1, None),
        ((90, 100), 1, (90, INF)),
    ],
)
def test_panning_stops_at_the_ends(view: Stretch, share: float, found: Stretch | None) -> None:
    assert panned(view, WHOLE, share) == found


@pytest.mark.parametrize(
    ("x", "found"), [(30, (20, 40)), (40, (20, 40)), (50, (35, 55)), (10, (5, 25)), (1, (0, 20)), (99, (80, INF))]
)
def test_a_place_is_brought_a_quarter_inside(x: float, found: Stretch) -> None:
    assert brought((20, 40), WHOLE, x) == found


@pytest.mark.parametrize(
    ("zoom", "found"),
    [(None, WHOLE), ((50, INF), (50, 100)), ((-5, 5), (0, 5)), ((100, INF), (100, 100)), ((101, INF), None)],
)
def test_a_kept_stretch_is_clipped_to_the_data(zoom: Stretch | None, found: Stretch | None) -> None:
    assert clipped(zoom, WHOLE) == found


def test_equal_x_are_one_place() -> None:
    assert not holds_two(np.array([1.0, 1.0, 2.0]), 0.0, 1.5)
    assert holds_two(np.array([1.0, 1.0, 2.0]), 1.0, 2.0)
    assert not holds_two(np.array([]), 0.0, 1.0)


FINITE = st.floats(-1e300, 1e300)


@given(
    st.lists(FINITE, min_size=1, max_size=20),
    st.tuples(FINITE, FINITE),
    st.floats(0, 1),
    st.lists(st.tuples(st.sampled_from([0.5, 0.8, 1.25, 2.0]), st.floats(-2, 2)), max_size=20),
)
def test_no_way_leads_out_of_the_data(
    points: list[float], view: Stretch, about: float, moves: list[tuple[float, float]]
) -> None:
    x = np.array(sorted(points))
    whole = (float(x[0]), float(x[-1]))
    zoom = clipped((min(view), max(view)), whole)
    for factor, share in moves:
        now = clipped(zoom, whole) or whole
        zoom = zoomed(now, whole, now[0] * (1 - about) + now[1] * about, factor, x)
        now = clipped(zoom, whole) or whole
        zoom = panned(now, whole, share)
        assert zoom is None or (whole[0] <= zoom[0] <= whole[1] and zoom[0] <= zoom[1])
        assert clipped(zoom, whole) is not None

"""Which part of a plane is in view."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.app.plane import brought, inside, panned, whole_plane, zoomed
from tui.render.window import Window

WHOLE = Window(0, 100, -10, 10)
shares = st.floats(0, 1)
parts = st.builds(
    lambda x, y, size: Window(x * (1 - size) * 100, (x * (1 - size) + size) * 100,
                              -10 + y * (1 - size) * 20, -10 + (y * (1 - size) + size) * 20),
    shares, shares, st.floats(0.01, 1),
)  # fmt: skip


def contains(outer: Window, inner: Window) -> bool:
    near = 1e-6
    across = outer.x0 - near <= inner.x0 and inner.x1 <= outer.x1 + near
    return across and outer.y0 - near <= inner.y0 and inner.y1 <= outer.y1 + near


def test_all_points_have_a_margin() -> None:
    assert whole_plane(np.array([0.0, 10, np.nan]), np.array([5.0, -5, 3])) == Window(-0.4, 10.4, -5.4, 5.4)
    assert whole_plane(np.array([np.nan]), np.array([1.0])) is None
    assert whole_plane(np.array([3.0, 3.0]), np.array([0.0, 0.0])) == Window(2, 4, -1, 1)
    far = whole_plane(np.array([3e38]), np.array([-3e38]))
    assert far is not None
    assert zoomed(far, far, (3e38, -3e38), 0.5) is not None


def test_a_zoom_keeps_its_place_where_it_is() -> None:
    assert zoomed(WHOLE, WHOLE, (50, 0), 0.5) == Window(25, 75, -5, 5)
    assert zoomed(WHOLE, WHOLE, (0, 10), 0.5) == Window(0, 50, 0, 10)
    assert zoomed(Window(0, 50, 0, 10), WHOLE, (25, 5), 2) is None
    assert zoomed(Window(0, 25, 0, 5), WHOLE, (0, 0), 2) == Window(0, 50, 0, 10)
    close = Window(50, 50.001, 0, 0.0002)
    assert zoomed(close, WHOLE, (50, 0), 0.5) == close


@given(parts, shares, shares, st.sampled_from([0.5, 0.8, 1.25, 2.0]))
def test_a_zoom_stays_inside(view: Window, across: float, up: float, factor: float) -> None:
    about = view.x0 + across * (view.x1 - view.x0), view.y0 + up * (view.y1 - view.y0)
    found = zoomed(view, WHOLE, about, factor)
    if found is not None:
        assert contains(WHOLE, found)
        assert found.x0 - 1e-6 <= about[0] <= found.x1 + 1e-6 and found.y0 - 1e-6 <= about[1] <= found.y1 + 1e-6


@given(parts, st.floats(-3, 3), st.floats(-3, 3))
def test_a_move_keeps_the_size_and_stays_inside(view: Window, right: float, up: float) -> None:
    found = panned(view, WHOLE, right, up)
    assert contains(WHOLE, found)
    assert (found.x1 - found.x0, found.y1 - found.y0) == pytest.approx((view.x1 - view.x0, view.y1 - view.y0), abs=1e-6)


def test_a_place_out_of_view_is_brought_to_its_middle() -> None:
    view = Window(0, 10, 0, 2)
    assert brought(view, WHOLE, 5, 1) == view
    assert brought(view, WHOLE, 50, 1) == Window(45, 55, 0, 2)
    assert brought(view, WHOLE, 100, -10) == Window(90, 100, -10, -8)
    assert inside(Window(95, 105, 9, 11), WHOLE) == Window(90, 100, 8, 10)

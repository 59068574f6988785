"""Which part of a plane of points is in view: all of it, zoomed about a place, moved along, brought to a place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tui.render.window import Window, fit_range

Floats = npt.NDArray[np.float64]

_MARGIN = 0.04
_CLOSEST = 1e-5
"""The part of the whole that is seen at most zoom; float32 has no more places."""


def whole_plane(x: Floats, y: Floats) -> Window | None:
    """All points of float64[n] each; None without a finite one."""
    x_range, y_range = fit_range([x], margin=_MARGIN), fit_range([y], margin=_MARGIN)
    if x_range is None or y_range is None:
        return None
    return Window(*_with_room(*x_range), *_with_room(*y_range))


def _with_room(low: float, high: float) -> tuple[float, float]:
    """A range that can be zoomed into, even where all points are the same."""
    room = 0.0 if low < high else max(1.0, abs(low) / 8)
    return low - room, high + room


def zoomed(view: Window, whole: Window, about: tuple[float, float], factor: float) -> Window | None:
    """`view` made `factor` times as long on both sides about a place in it; None for all of `whole`."""
    longest = max((view.x1 - view.x0) / (whole.x1 - whole.x0), (view.y1 - view.y0) / (whole.y1 - whole.y0))
    if longest * factor >= 1:
        return None
    if longest * factor < _CLOSEST:
        return view
    x, y = about
    x0, x1 = (bound * factor + x * (1 - factor) for bound in (view.x0, view.x1))
    y0, y1 = (bound * factor + y * (1 - factor) for bound in (view.y0, view.y1))
    return inside(Window(x0, x1, y0, y1), whole)


def panned(view: Window, whole: Window, right: float, up: float) -> Window:
    """`view` moved by shares of its own sides, as far as `whole` goes."""
    x, y = right * (view.x1 - view.x0), up * (view.y1 - view.y0)
    return inside(Window(view.x0 + x, view.x1 + x, view.y0 + y, view.y1 + y), whole)


def brought(view: Window, whole: Window, x: float, y: float) -> Window:
    """`view` moved so that a place outside of it is in its middle; as it is where the place is inside."""
    if view.x0 <= x <= view.x1 and view.y0 <= y <= view.y1:
        return view
    right = (x - (view.x0 + view.x1) / 2) / (view.x1 - view.x0)
    up = (y - (view.y0 + view.y1) / 2) / (view.y1 - view.y0)
    return panned(view, whole, right, up)


def inside(view: Window, whole: Window) -> Window:
    """`view`, not longer than `whole`, moved back where it is past its edges."""
    x = max(whole.x0 - view.x0, 0.0) - max(view.x1 - whole.x1, 0.0)
    y = max(whole.y0 - view.y0, 0.0) - max(view.y1 - whole.y1, 0.0)
    return Window(view.x0 + x, view.x1 + x, view.y0 + y, view.y1 + y)

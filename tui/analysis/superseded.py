"""The superseded points of a series, apart by session: what a run had logged past the step it was restarted from."""

from __future__ import annotations

import numpy as np

from tui.analysis.x_axis import Indices
from tui.model import Flags, Steps

MOST_PIECES = 64
"""Steps that go back more often than that are logged out of order, not by so many restarts."""


def pieces(steps: Steps, superseded: Flags | None) -> list[Indices]:
    """Indices of the superseded points, one array a piece, in file order; both arrays have one shape, [n].

    A piece ends where a point follows that is not superseded, and where the next one's step is less: there an older
    session ended and another began. Where that makes more than `MOST_PIECES`, all points are one piece.
    """
    if superseded is None:
        return []
    places = np.flatnonzero(superseded)
    if not len(places):
        return []
    apart = (places[1:] > places[:-1] + 1) | (steps[places[1:]] < steps[places[:-1]])
    ends = np.flatnonzero(apart) + 1
    return [places] if len(ends) >= MOST_PIECES else np.split(places, ends)

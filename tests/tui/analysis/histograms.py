"""Histograms for tests, from rows of left edge, right edge and count."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from logging_lib.tfevents.histogram import Buckets

NAN, INF = math.nan, math.inf


def buckets(*rows: tuple[float, float, float]) -> Buckets:
    """Buckets from rows."""
    columns = np.array(rows, np.float64).reshape(-1, 3)
    return Buckets(columns[:, 0], columns[:, 1], columns[:, 2])


def rows(found: Buckets) -> list[list[float]]:
    """Rows from buckets."""
    return np.stack([found.left, found.right, found.counts], axis=1).tolist()


POINT = buckets((2, 2, 5))
HOLED = buckets((0, 1, 2), (1, 2, 0), (3, 5, 2))
BROKEN = buckets((NAN, 1, 1), (0, INF, 1), (0, 1, NAN), (0, 1, INF), (0, 1, 1e300), (0, 1, -3))
WIDEST = buckets((-1.7e308, 0, 1e299), (0, 1.7e308, 1e299))


@st.composite
def contiguous(draw: st.DrawFn) -> Buckets:
    """Buckets side by side, some of them empty, one at least not."""
    counts = draw(st.lists(st.integers(0, 20), min_size=1, max_size=12).filter(any))
    widths = draw(st.lists(st.floats(0.125, 8), min_size=len(counts), max_size=len(counts)))
    edges = draw(st.floats(-20, 20)) + np.concatenate([[0.0], np.cumsum(widths)])
    return Buckets(edges[:-1], edges[1:], np.array(counts, np.float64))


@st.composite
def separate(draw: st.DrawFn) -> Buckets:
    """Buckets in order, with gaps between some and no width in others."""
    places = sorted(draw(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=24)))
    places = places[: len(places) // 2 * 2]
    counts = draw(st.lists(st.integers(0, 50), min_size=len(places) // 2, max_size=len(places) // 2))
    return Buckets(np.array(places[::2]), np.array(places[1::2]), np.array(counts, np.float64))


any_rows = st.lists(st.tuples(st.floats(), st.floats(), st.floats()), max_size=6)

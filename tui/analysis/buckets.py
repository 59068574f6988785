"""Which of a histogram's buckets can be counted with: files hold any."""

from __future__ import annotations

import numpy as np

from logging_lib.tfevents.histogram import EMPTY, Buckets

_TOO_MANY = 1e300
"""Counts below it can be added up; no honest histogram has more."""


def countable(buckets: Buckets) -> Buckets:
    """The buckets with finite edges and a count from 0 to 1e300, ascending, each with left <= right."""
    left, right, counts = buckets.left, buckets.right, buckets.counts
    with np.errstate(invalid="ignore"):
        kept = np.isfinite(left) & np.isfinite(right) & (counts >= 0) & (counts < _TOO_MANY)
    if not kept.all():
        left, right, counts = left[kept], right[kept], counts[kept]
    left, right = np.minimum(left, right), np.maximum(left, right)
    if (left[1:] < left[:-1]).any():
        ascending = np.lexsort((right, left))
        left, right, counts = left[ascending], right[ascending], counts[ascending]
    return Buckets(left, right, counts)


def filled(buckets: Buckets) -> Buckets:
    """Those of `countable` that hold something; EMPTY where none does."""
    buckets = countable(buckets)
    kept = buckets.counts > 0
    return Buckets(buckets.left[kept], buckets.right[kept], buckets.counts[kept]) if kept.any() else EMPTY

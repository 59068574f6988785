"""Numbers in JSON, which has no other than finite ones."""

from __future__ import annotations

import math


def json_number(value: float) -> float | str:
    """The number, or its name as `export` writes it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"

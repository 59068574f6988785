"""Differences to a baseline: at which step, of which points, in which direction."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.comparison import Difference, compared, difference


def compare(points: list[tuple[int, float]], base: list[tuple[int, float]]) -> Difference | None:
    """The difference of two lists of (step, value)."""
    (steps, values), (base_steps, base_values) = zip(*points, strict=True), zip(*base, strict=True)
    return difference(
        np.array(steps, np.int64), np.array(values), np.array(base_steps, np.int64), np.array(base_values)
    )


@pytest.mark.parametrize(
    ("points", "base", "expected"),
    [
        ([(0, 1.0), (9, 3.0)], [(0, 1.0), (9, 2.0)], Difference(1.0, 0.5, 9)),
        ([(0, 1.0), (9, 3.0)], [(0, 4.0), (5, 2.0)], Difference(-1.0, -0.5, 5)),
        ([(0, 4.0), (5, 2.0)], [(0, 1.0), (9, 3.0)], Difference(1.0, 1.0, 5)),
        ([(0, 1.0), (9, -1.0)], [(0, 1.0), (9, -2.0)], Difference(1.0, 0.5, 9)),
        ([(9, 3.0), (0, 1.0)], [(5, 2.0), (0, 9.0)], Difference(-1.0, -0.5, 5)),
        ([(0, 1.0), (0, 3.0)], [(0, 9.0), (0, 2.0)], Difference(1.0, 0.5, 0)),
        ([(0, 1.0)], [(0, 0.0)], Difference(1.0, math.inf, 0)),
        ([(0, -1.0)], [(0, 0.0)], Difference(-1.0, -math.inf, 0)),
        ([(0, 0.0)], [(0, 0.0)], Difference(0.0, 0.0, 0)),
        ([(0, 1.0), (9, 1.0)], [(10, 1.0)], None),
        ([(10, 1.0)], [(0, 1.0), (9, 1.0)], None),
    ],
)
def test_difference(points: list[tuple[int, float]], base: list[tuple[int, float]], expected: Difference) -> None:
    assert compare(points, base) == expected


@pytest.mark.parametrize(
    ("value", "base"), [(1.0, math.nan), (math.nan, 1.0), (math.nan, 0.0), (0.0, math.nan), (math.inf, math.inf)]
)
def test_a_difference_with_nan_is_nan(value: float, base: float) -> None:
    found = compared(value, base, 7)
    assert math.isnan(found.value) and math.isnan(found.fraction) and found.step == 7


POINTS = st.lists(st.tuples(st.integers(-5, 5), st.floats(-1e6, 1e6)), min_size=1, max_size=8)


@given(POINTS, POINTS)
def test_the_step_is_the_last_that_both_have_reached(
    points: list[tuple[int, float]], base: list[tuple[int, float]]
) -> None:
    found = compare(points, base)
    step = min(max(step for step, _ in points), max(step for step, _ in base))
    if found is None:
        assert min(step for step, _ in points) > step or min(step for step, _ in base) > step
    else:
        assert found.step == step
        turned = compare(base, points)
        assert turned is not None and (turned.value, turned.step) == (-found.value, step)

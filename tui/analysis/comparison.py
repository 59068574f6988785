"""How a series stands against another one of the same tag, at the same step."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tui.model import Steps, Values


@dataclass(frozen=True, slots=True)
class Difference:
    """A value less the baseline's at `step`, and as a fraction of the baseline's magnitude.

    Both are NaN where either value is; the fraction of a change from exactly 0 is infinite.
    """

    value: float
    fraction: float
    step: int


def difference(steps: Steps, values: Values, base_steps: Steps, base_values: Values) -> Difference | None:
    """The difference at the last step that both have reached; None where the later one starts after that.

    Each stands there as at its last point up to that step. Steps are in any order, at least one in each.
    """
    step = min(int(steps.max()), int(base_steps.max()))
    value, base = value_at(step, steps, values), value_at(step, base_steps, base_values)
    return None if value is None or base is None else compared(value, base, step)


def compared(value: float, base: float, step: int) -> Difference:
    """The difference of two values, at a step."""
    by = value - base
    if base:
        return Difference(by, by / abs(base), step)
    return Difference(by, math.copysign(math.inf, by) if abs(by) > 0 else by, step)


def value_at(step: int, steps: Steps, values: Values) -> float | None:
    """The value at the greatest step up to `step`, of equal ones the last logged."""
    if steps[-1] <= step and steps[-1] == steps.max():
        return float(values[-1])
    reached = np.flatnonzero(steps <= step)
    if not len(reached):
        return None
    upto = steps[reached]
    return float(values[reached[len(upto) - 1 - int(upto[::-1].argmax())]])
